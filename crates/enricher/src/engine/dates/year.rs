//! Years and decades: four digits that are no count.

use super::phrase::{Meaning, Phrase};
use crate::engine::pieces::{Class, Classes, Mark, Pieces};

/// Returns the year that a piece could be.
pub(super) fn value(p: Pieces<'_>, at: usize) -> Option<i16> {
    let text = p.str(at);
    if !p.is_digits(at) || text.len() != 4 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|year| (1000..=2199).contains(year))
}

/// Reads a year, a span of years or a decade whose surroundings do not make it a count.
pub(super) fn read(p: Pieces<'_>, at: usize, start: usize) -> Option<Phrase> {
    short_decade(p, at, start).or_else(|| {
        let before = at.wrapping_sub(1);
        let follows_sign = at > start
            && (p.is_mark(before, Mark::Currency)
                || p.is_any_mark(before, &[Mark::Hash])
                || p.is(before, Class::CurrencyCode) && p.is_capital(before));
        let phrase = read_plain(p, at)?;
        let year = value(p, at)?;
        let is_span = phrase.last > at;
        let fits =
            is_span || !is_count(p, at, start) && (names_year(p, at, start) || (1900..=2099).contains(&year));
        (!follows_sign && fits).then_some(phrase)
    })
}

/// Reads "'82" behind a word that asks for a year.
pub(super) fn read_short(p: Pieces<'_>, at: usize, start: usize) -> Option<Phrase> {
    let text = p.str(at + 1);
    let ends = !p.is_glued(at + 1) || !(p.is_word(at + 2) || p.is_digits(at + 2));
    let is_short = p.is_digits(at + 1) && text.len() == 2 && p.is_glued(at) && !p.is_glued_before(at);
    if !is_short || !ends || !names_year(p, at, start) {
        return None;
    }
    let year: i16 = text.parse().ok()?;
    Some(Phrase {
        first: at,
        last: at + 1,
        meaning: Meaning::Year(if year < 50 { 2000 + year } else { 1900 + year }),
    })
}

/// Reads "2024", "2024–25", "1990s" without looking around.
pub(super) fn read_plain(p: Pieces<'_>, at: usize) -> Option<Phrase> {
    let year = value(p, at)?;
    let next = at + 1;
    let phrase = |last, meaning| {
        Some(Phrase {
            first: at,
            last,
            meaning,
        })
    };
    if p.is_glued(at)
        && (p.says(next, "s") || p.is_any_mark(next, &[Mark::Apostrophe]) && p.says(next + 1, "s"))
    {
        return phrase(next, Meaning::Decade(year));
    }
    if p.is_glued(at) && p.str(next) == "'s" && year % 10 == 0 {
        return phrase(next, Meaning::Decade(year));
    }
    if p.is_any_mark(next, &[Mark::Hyphen, Mark::EnDash, Mark::Slash]) && p.is_glued(next) && p.is_glued(at) {
        if let Some(second) = value(p, next + 1).filter(|&second| second > year && second - year < 400) {
            return phrase(next + 1, Meaning::Years(year, second));
        }
        let text = p.str(next + 1);
        if text.len() == 2 && p.is_digits(next + 1) && !p.is_dash(next + 2) {
            let second = year / 100 * 100 + text.parse::<i16>().ok()?;
            if second > year {
                return phrase(next + 1, Meaning::Years(year, second));
            }
        }
    }
    phrase(at, Meaning::Year(year))
}

/// "the '90s", "the 90s".
fn short_decade(p: Pieces<'_>, at: usize, start: usize) -> Option<Phrase> {
    let text = p.str(at);
    let before = at.wrapping_sub(1);
    let is_decade = text.len() == 2 && text.ends_with('0') && p.is_glued(at) && p.says(at + 1, "s");
    let quoted = at > start && p.is_mark(before, Mark::Apostrophe);
    let the = at > start && p.says(before, "the");
    if !is_decade || !(quoted || the) {
        return None;
    }
    let decade = 1900 + text.parse::<i16>().ok()?;
    Some(Phrase {
        first: if quoted { before } else { at },
        last: at + 1,
        meaning: Meaning::Decade(decade),
    })
}

/// Whether the words before ask for a year.
fn names_year(p: Pieces<'_>, at: usize, start: usize) -> bool {
    at > start
        && p.says_any(
            at - 1,
            &[
                "in", "since", "of", "by", "until", "during", "early", "late", "circa", "year", "from",
                "before", "after", "through",
            ],
        )
}

/// Whether the number counts something after all: "2000 people", "1500 metres", "more than 1200".
fn is_count(p: Pieces<'_>, at: usize, start: usize) -> bool {
    let next = at + 1;
    let counted = Classes::of(&[
        Class::Person,
        Class::Scale,
        Class::Currency,
        Class::Percent,
        Class::Animal,
    ]);
    let unit = p.is(next, Classes::of(&[Class::TimeUnit, Class::Measure]))
        && !p.says_any(next, &["in", "t", "second", "may", "march", "bar", "m"]);
    let person = p.is(next, counted) && !p.is_capital(next) && plural(p.str(next));
    let glued_unit = p.is_glued(at)
        && (p.is_word(next)
            || p.is_mark(next, Mark::Percent)
            || p.is_mark(next, Mark::Hyphen)
                && p.is(
                    next + 1,
                    Classes::of(&[Class::TimeUnit, Class::Measure, Class::Person]),
                ));
    let hedge = at > start
        && p.says_any(
            at - 1,
            &[
                "than",
                "least",
                "about",
                "nearly",
                "almost",
                "approximately",
                "roughly",
                "some",
                "over",
                "another",
                "estimated",
            ],
        );
    let named = at > start
        && p.is_capital(at - 1)
        && p.says_any(at - 1, &["flight", "route", "boeing", "airbus", "page"]);
    unit || person || glued_unit || hedge && !p.says(at.wrapping_sub(2), "early") || named
}

fn plural(word: &str) -> bool {
    word.ends_with('s')
        || matches!(
            word,
            "people"
                | "men"
                | "women"
                | "children"
                | "police"
                | "percent"
                | "million"
                | "personnel"
                | "sheep"
                | "cattle"
                | "yen"
                | "yuan"
                | "euro"
        )
}
