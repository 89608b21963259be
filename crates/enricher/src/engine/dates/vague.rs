//! Expressions of time that name no day: "now", "recently", "annual", "a week", "decades", "the day before".
//!
//! Their values are those of TIMEX3: `PRESENT_REF`, `PAST_REF`, `FUTURE_REF`, and lengths such as `P1Y`. None of them
//! has a precision, so that whoever asks for days is not given one.

use super::phrase::{Meaning, Phrase, phrase};
use super::relative::over_hedge;
use crate::engine::pieces::{Class, Classes, Mark, Pieces};

/// Words that point to the present, the past or the future.
const POINTERS: [(&str, &[&str]); 3] = [
    ("PRESENT_REF", &["now", "currently", "presently", "current"]),
    ("PAST_REF", &["recently", "recent"]),
    ("FUTURE_REF", &["soon"]),
];

/// Words for what comes back, with the unit of their turn.
const SETS: [(&str, &[&str]); 6] = [
    ("day", &["daily", "nightly"]),
    ("week", &["weekly"]),
    ("month", &["monthly"]),
    ("quarter", &["quarterly"]),
    ("year", &["annual", "annually", "yearly"]),
    ("hour", &["hourly"]),
];

/// Holidays on the same day every year.
const HOLIDAYS: [(&[&str], i8, i8); 5] = [
    (&["christmas", "eve"], 12, 24),
    (&["christmas"], 12, 25),
    (&["new", "year", "'s", "eve"], 12, 31),
    (&["new", "year", "'s", "day"], 1, 1),
    (&["halloween"], 10, 31),
];

/// Reads an expression that names no day.
pub(super) fn read(p: Pieces<'_>, at: usize, start: usize) -> Option<Phrase> {
    pointer(p, at, start)
        .or_else(|| set(p, at))
        .or_else(|| holiday(p, at))
        .or_else(|| one_unit(p, at))
        .or_else(|| some_units(p, at))
        .or_else(|| anchored(p, at))
}

/// "now", "the past", "the near future". Capitals inside a sentence are names ("Daily Mail", "Current TV").
fn pointer(p: Pieces<'_>, at: usize, start: usize) -> Option<Phrase> {
    if p.says(at, "the") {
        let near = at + 1 + usize::from(p.says_any(at + 1, &["near", "recent", "distant"]));
        let ends =
            !p.is_word(near + 1) || p.is(near + 1, Classes::of(&[Class::Conjunction, Class::Auxiliary]));
        let value = match p.str(near) {
            "past" => "PAST_REF",
            "future" => "FUTURE_REF",
            _ => return None,
        };
        return ends
            .then_some(phrase(at, near, Meaning::Reference(value)))
            .flatten();
    }
    if p.is_capital(at) && (at > start || p.is_capital(at + 1)) {
        return None;
    }
    let (value, _) = POINTERS.iter().find(|(_, words)| p.says_any(at, words))?;
    phrase(at, at, Meaning::Reference(value))
}

/// "annual", "daily": every unit.
fn set(p: Pieces<'_>, at: usize) -> Option<Phrase> {
    if p.is_capital(at) {
        return None;
    }
    let (unit, _) = SETS.iter().find(|(_, words)| p.says_any(at, words))?;
    phrase(at, at, Meaning::Span { unit, count: Some(1) })
}

fn holiday(p: Pieces<'_>, at: usize) -> Option<Phrase> {
    if !p.is_capital(at) {
        return None;
    }
    let (words, month, day) = HOLIDAYS.iter().find(|(words, _, _)| p.says_all(at, words))?;
    phrase(
        at,
        at + words.len() - 1,
        Meaning::Day {
            year: None,
            month: *month,
            day: *day,
        },
    )
}

/// "a week", "over a year", "an hour".
fn one_unit(p: Pieces<'_>, at: usize) -> Option<Phrase> {
    let unit = at + 1;
    let is_length = p.is(at, Class::Article)
        && p.is(unit, Class::TimeUnit)
        && !p.says(unit, "second")
        && !p.str(unit).ends_with('s')
        && !(p.is_mark(unit + 1, Mark::Hyphen) && p.is_glued(unit));
    if !is_length {
        return None;
    }
    phrase(
        over_hedge(p, at),
        unit,
        Meaning::Span {
            unit: p.code(unit)?,
            count: Some(1),
        },
    )
}

/// "several years", "a few weeks", "decades": lengths without a number.
fn some_units(p: Pieces<'_>, at: usize) -> Option<Phrase> {
    let word = at + usize::from(p.is(at, Class::Article) && p.says_any(at + 1, &["few", "couple"]));
    let unit = if p.says(word, "couple") && p.says(word + 1, "of") {
        word + 2
    } else {
        word + usize::from(p.says_any(word, &["several", "few", "many"]))
    };
    let is_plural = p.says_any(
        unit,
        &[
            "minutes",
            "hours",
            "days",
            "weeks",
            "months",
            "years",
            "decades",
            "centuries",
        ],
    ) && !p.is_capital(unit);
    if !is_plural {
        return None;
    }
    phrase(
        at,
        unit,
        Meaning::Span {
            unit: p.code(unit)?,
            count: None,
        },
    )
}

/// "the day before", "the year previous", "the entire year", "that time": only the text around them knows when.
fn anchored(p: Pieces<'_>, at: usize) -> Option<Phrase> {
    let units = ["day", "week", "month", "year", "night"];
    if p.says(at, "the") && p.says_any(at + 1, &["entire", "whole", "full"]) && p.says_any(at + 2, &units) {
        return phrase(at, at + 2, Meaning::Unknown);
    }
    if p.says(at, "the") && p.says_any(at + 1, &units) {
        if p.says_any(at + 2, &["before", "previous", "prior", "earlier"]) {
            return phrase(at, at + 2, Meaning::Unknown);
        }
        let goes_on = p.says_any(at + 2, &["at", "with", "down", "up", "on"]);
        return (p.says(at + 1, "day") && goes_on)
            .then_some(phrase(at, at + 1, Meaning::Unknown))
            .flatten();
    }
    (p.says_any(at, &["that", "this"]) && p.says(at + 1, "time") && !p.is_word(at + 2))
        .then_some(phrase(at, at + 1, Meaning::Unknown))
        .flatten()
}
