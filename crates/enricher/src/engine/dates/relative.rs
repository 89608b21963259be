//! Dates that are counted from another one: "last week", "the past five years", "two weeks ago", "six months".

use super::phrase::{Meaning, Phrase, Side, day_number, month_value, part_behind, phrase};
use super::year;
use crate::engine::pieces::{Class, Mark, Pieces, number};

/// "six months", "a five-year high", "nearly two weeks": a length of time, with its hedge.
pub(super) fn length(p: Pieces<'_>, at: usize) -> Option<Phrase> {
    let (count, next) = number::read_whole(p, at)?;
    let unit =
        next + usize::from(p.is_mark(next, Mark::Hyphen) && p.is_glued(next) && p.is_glued_before(next));
    let is_age = p.says_any(unit + 1, &["old", "olds"])
        || p.is_mark(unit + 1, Mark::Hyphen) && p.says_any(unit + 2, &["old", "olds"])
        || p.says_all(unit + 1, &["of", "age"]);
    let is_rank = p.says(unit, "second") && p.is_word(unit + 1);
    if !p.is(unit, Class::TimeUnit) || is_age || is_rank || count >= 10_000.0 {
        return None;
    }
    phrase(
        over_hedge(p, at),
        unit,
        Meaning::Span {
            unit: p.code(unit)?,
            count: Some(count as i32),
        },
    )
}

/// Steps left over the hedge of a length of time.
pub(super) fn over_hedge(p: Pieces<'_>, at: usize) -> usize {
    if at >= 1 && p.says_any(at - 1, &["nearly", "almost", "over", "about", "around"]) {
        at - 1
    } else if at >= 2 && p.says(at - 1, "than") && p.says_any(at - 2, &["more", "less"]) {
        at - 2
    } else {
        at
    }
}

pub(super) fn side(p: Pieces<'_>, at: usize) -> Option<Side> {
    if p.says_any(at, &["last", "past", "previous"]) {
        Some(Side::Past)
    } else if p.says_any(at, &["next", "coming", "upcoming"]) {
        Some(Side::Future)
    } else {
        p.says(at, "this").then_some(Side::This)
    }
}

/// "last week", "this month", "the past decade", "next Friday", "last August", "the last five years".
pub(super) fn sided(p: Pieces<'_>, at: usize, end: usize) -> Option<Phrase> {
    let has_article =
        p.says(at, "the") || p.says(at, "this") && p.says_any(at + 1, &["past", "coming", "last", "next"]);
    let word = at + usize::from(has_article);
    let side = side(p, word)?;
    let name = word + 1;
    named(p, at, name, side)
        .or_else(|| season(p, at, name, side, has_article))
        .or_else(|| shifted(p, at, name, side))
        .or_else(|| unit(p, at, word, side))
        .or_else(|| counted_span(p, at, name, side, end))
}

/// "next Friday", "last August", "this March 3".
fn named(p: Pieces<'_>, at: usize, name: usize, side: Side) -> Option<Phrase> {
    if p.is(name, Class::Weekday) && p.is_capital(name) {
        let (part, last) = part_behind(p, name + 1).unwrap_or(("", name));
        let day = p.value(name)? as i8;
        return phrase(at, last, Meaning::Weekday { day, side, part });
    }
    let month = month_value(p, name)?;
    let year = None;
    match day_number(p, name + 1) {
        Some((day, after)) => phrase(at, after - 1, Meaning::Day { year, month, day }),
        None => phrase(at, name, Meaning::Month { year, month, side }),
    }
}

/// "last summer", "this fall".
fn season(p: Pieces<'_>, at: usize, name: usize, side: Side, has_article: bool) -> Option<Phrase> {
    let is_fall = p.says(name, "fall") && !has_article;
    if !is_fall && !p.is(name, Class::Season) {
        return None;
    }
    let season = p.code(name).unwrap_or("FA");
    let year = None;
    phrase(at, name, Meaning::Season { year, season, side })
}

/// "last weekend", "next quarter", "this morning", "last night".
fn shifted(p: Pieces<'_>, at: usize, name: usize, side: Side) -> Option<Phrase> {
    let (unit, by, part) = if p.says(name, "weekend") {
        ("weekend", step(side), "")
    } else if p.says(name, "quarter") {
        ("quarter", step(side), "")
    } else if p.is(name, Class::DayPart) && side == Side::This {
        ("day", 0, p.code(name)?)
    } else if p.says(name, "night") && side == Side::Past {
        ("day", -1, "NI")
    } else {
        return None;
    };
    phrase(at, name, Meaning::Shift { unit, by, part })
}

/// "last week", "the past decade", "the last week of March".
fn unit(p: Pieces<'_>, at: usize, word: usize, side: Side) -> Option<Phrase> {
    let name = word + 1;
    if !p.is(name, Class::TimeUnit) || p.says_any(name, &["second", "minute", "hour"]) {
        return None;
    }
    let unit = p.code(name)?;
    let is_plural = p.str(name).ends_with('s') && unit != "century";
    if p.says(name + 1, "of") && month_value(p, name + 2).is_some() {
        return phrase(at, name + 2, Meaning::Unknown);
    }
    let meaning = if is_plural {
        Meaning::Span { unit, count: None }
    } else if p.says(word, "past") {
        Meaning::Span { unit, count: Some(1) }
    } else {
        let by = step(side);
        Meaning::Shift { unit, by, part: "" }
    };
    phrase(at, name, meaning)
}

pub(super) fn step(side: Side) -> i32 {
    match side {
        Side::Past => -1,
        Side::Near | Side::This => 0,
        Side::Future => 1,
    }
}

/// "the last five years", "the next few months": the number and the unit.
pub(super) fn counted_span(p: Pieces<'_>, at: usize, name: usize, side: Side, end: usize) -> Option<Phrase> {
    if side == Side::This {
        return None;
    }
    let (count, next) = count(p, name)?;
    let unit = next
        + usize::from(p.says_any(
            next,
            &[
                "trading",
                "consecutive",
                "straight",
                "full",
                "calendar",
                "fiscal",
                "of",
            ],
        ));
    if unit >= end || !p.is(unit, Class::TimeUnit) {
        return None;
    }
    phrase(
        at,
        unit,
        Meaning::Span {
            unit: p.code(unit)?,
            count,
        },
    )
}

/// "five", "a", "several".
pub(super) fn count(p: Pieces<'_>, at: usize) -> Option<(Option<i32>, usize)> {
    if p.is(at, Class::Article) {
        let more = p.says_any(at + 1, &["few", "couple"]);
        return Some((
            if more { None } else { Some(1) },
            at + 1 + usize::from(more) + usize::from(more && p.says(at + 2, "of")),
        ));
    }
    if p.says_any(at, &["several", "few", "many", "some", "couple"]) {
        return Some((None, at + 1));
    }
    let number = number::read_whole(p, at)?;
    (number.0 < 10_000.0).then_some((Some(number.0 as i32), number.1))
}

/// "two weeks ago", "a year earlier", "three days later".
pub(super) fn ago(p: Pieces<'_>, at: usize, end: usize) -> Option<Phrase> {
    let (count, unit) = count(p, at)?;
    let last = unit + 1;
    if last >= end || !p.is(unit, Class::TimeUnit) {
        return None;
    }
    let code = p.code(unit)?;
    if p.says(last, "ago") {
        let meaning = count.map_or(Meaning::Unknown, |count| Meaning::Shift {
            unit: code,
            by: -count,
            part: "",
        });
        return phrase(at, last, meaning);
    }
    let relative = p.says_any(last, &["earlier", "later", "afterwards"]);
    relative.then(|| phrase(at, last, Meaning::Unknown)).flatten()
}

/// "the third quarter of 2024", "third quarter", "the 19th century".
pub(super) fn ordinal_unit(p: Pieces<'_>, first: usize, at: usize) -> Option<Phrase> {
    let ordinal = at + usize::from(p.says(at, "the"));
    let (rank, mut next) = rank(p, ordinal)?;
    next += usize::from(p.is_mark(next, Mark::Hyphen));
    let is_fiscal = p.says_any(next, &["fiscal", "financial"]);
    next += usize::from(is_fiscal);
    if p.says(next, "century") && rank > 1 {
        return phrase(first, next, Meaning::Unknown);
    }
    if !p.says(next, "quarter") || rank > 4 {
        return None;
    }
    let quarter = rank as i8;
    let of = next + 1 + usize::from(p.says_any(next + 1, &["of", "in"]));
    if let Some(year) = year::value(p, of) {
        return phrase(
            first,
            of,
            Meaning::Quarter {
                year: Some(year),
                quarter,
                side: Side::Near,
            },
        );
    }
    if let Some(side) = side(p, of).filter(|_| p.says(of + 1, "year")) {
        return phrase(
            first,
            of + 1,
            Meaning::Quarter {
                year: None,
                quarter,
                side,
            },
        );
    }
    phrase(
        first,
        next,
        Meaning::Quarter {
            year: None,
            quarter,
            side: Side::Near,
        },
    )
}

pub(super) fn rank(p: Pieces<'_>, at: usize) -> Option<(i32, usize)> {
    if p.is(at, Class::Ordinal) {
        return Some((p.value(at)? as i32, at + 1));
    }
    let is_ordinal = p.is_digits(at) && p.is_glued(at) && p.says_any(at + 1, &["st", "nd", "rd", "th"]);
    is_ordinal
        .then(|| p.str(at).parse().ok().map(|rank| (rank, at + 2)))
        .flatten()
}
