//! What a date phrase says, before it is known which day that is.

use super::relative::{ago, length, ordinal_unit, side, sided};
use super::year;
use super::{clock, numeric, vague};
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape};

/// A date phrase in the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Phrase {
    /// First piece.
    pub first: usize,
    /// Last piece.
    pub last: usize,
    /// What it says.
    pub meaning: Meaning,
}

/// The meaning of a date phrase.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Meaning {
    /// "10 February 2024", "May 10".
    Day { year: Option<i16>, month: i8, day: i8 },
    /// "August 2024", "last August", "August".
    Month {
        year: Option<i16>,
        month: i8,
        side: Side,
    },
    /// "2024".
    Year(i16),
    /// "2024–25".
    Years(i16, i16),
    /// "the 1990s": the year that it begins with.
    Decade(i16),
    /// "the third quarter of 2024".
    Quarter {
        year: Option<i16>,
        quarter: i8,
        side: Side,
    },
    /// "summer 2024".
    Season {
        year: Option<i16>,
        season: &'static str,
        side: Side,
    },
    /// "Friday", "last Friday", "Friday morning".
    Weekday { day: i8, side: Side, part: &'static str },
    /// "yesterday", "two weeks ago", "next year": whole units from the day of publication.
    Shift {
        unit: &'static str,
        by: i32,
        part: &'static str,
    },
    /// "16:08 UTC", "5 p.m.".
    Clock { hour: i8, minute: i8 },
    /// "the past five years": a span of time that ends or begins now.
    Span { unit: &'static str, count: Option<i32> },
    /// "now", "recently": a TIMEX pointer to present, past or future.
    Reference(&'static str),
    /// Words that cannot be resolved alone: "a week later", "that day".
    Unknown,
}

/// On which side of the day of publication a name like "August" lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// "last", "past".
    Past,
    /// Not said.
    Near,
    /// "this".
    This,
    /// "next", "coming".
    Future,
}

/// Words that a date phrase can begin with.
const TRIGGERS: Classes = Classes::of(&[
    Class::Month,
    Class::Weekday,
    Class::Season,
    Class::Cardinal,
    Class::Ordinal,
    Class::DateWord,
    Class::TimeUnit,
]);

/// Words that make a date phrase of the article or hedge before them.
const AFTER_ARTICLE: Classes = Classes::of(&[
    Class::DateWord,
    Class::TimeUnit,
    Class::Ordinal,
    Class::Season,
    Class::Cardinal,
]);

/// The test made at every piece: a word that opens a date phrase, digits, or the apostrophe of "'82".
#[inline]
pub(super) fn may_start(p: Pieces<'_>, at: usize) -> bool {
    match p.shape(at) {
        Some(Shape::Digits | Shape::Mark(Mark::Apostrophe)) => true,
        Some(Shape::Mark(_) | Shape::Possessive) | None => false,
        Some(Shape::Lower | Shape::Capitalised | Shape::Upper) => {
            p.is(at, TRIGGERS)
                || p.is(at, Classes::of(&[Class::Article, Class::Determiner])) && p.is(at + 1, AFTER_ARTICLE)
        }
    }
}

/// Reads the date phrase that starts at a piece where one [may](may_start), if one does.
pub(super) fn read(p: Pieces<'_>, at: usize, start: usize, end: usize) -> Option<Phrase> {
    if p.is_mark(at, Mark::Apostrophe) {
        return year::read_short(p, at, start);
    }
    if p.is_digits(at) {
        return numeric::read(p, at)
            .or_else(|| clock::read(p, at))
            .or_else(|| day_month(p, at))
            .or_else(|| ordinal_unit(p, at, at))
            .or_else(|| ago(p, at, end))
            .or_else(|| year::read(p, at, start))
            .or_else(|| length(p, at));
    }
    // "in recent years", "for decades"
    if p.says(at, "recent") && p.is(at + 1, Class::TimeUnit) && p.str(at + 1).ends_with('s') {
        return phrase(
            at,
            at + 1,
            Meaning::Span {
                unit: p.code(at + 1)?,
                count: None,
            },
        );
    }
    edge(p, at, start, end)
        .or_else(|| month(p, at, start))
        .or_else(|| weekday(p, at))
        .or_else(|| named_day(p, at))
        .or_else(|| sided(p, at, end))
        .or_else(|| ordinal_unit(p, at, at))
        .or_else(|| season(p, at))
        .or_else(|| ago(p, at, end))
        .or_else(|| day_part(p, at, start))
        .or_else(|| length(p, at))
        .or_else(|| vague::read(p, at, start))
}

#[expect(clippy::unnecessary_wraps, reason = "every reader ends in it")]
pub(super) fn phrase(first: usize, last: usize, meaning: Meaning) -> Option<Phrase> {
    Some(Phrase { first, last, meaning })
}

/// Reads a year right here, after an optional comma.
pub(super) fn year_behind(p: Pieces<'_>, at: usize) -> Option<(i16, usize)> {
    let digits = at + usize::from(p.is_mark(at, Mark::Comma));
    year::value(p, digits).map(|year| (year, digits))
}

/// Reads the day of a month: "5", "5th".
pub(super) fn day_number(p: Pieces<'_>, at: usize) -> Option<(i8, usize)> {
    let text = p.str(at);
    if !p.is_digits(at) || text.len() > 2 {
        return None;
    }
    let day: i8 = text.parse().ok().filter(|day| (1..=31).contains(day))?;
    let ending = p.is_glued(at) && p.says_any(at + 1, &["st", "nd", "rd", "th"]);
    Some((day, at + 1 + usize::from(ending)))
}

/// "10 February 2024", "4th of May".
fn day_month(p: Pieces<'_>, at: usize) -> Option<Phrase> {
    let (day, mut next) = day_number(p, at)?;
    next += usize::from(p.says(next, "of"));
    next += usize::from(p.is_dash(next) && p.is_glued(next));
    let month = month_value(p, next)?;
    next += usize::from(p.is_mark(next + 1, Mark::Stop) && p.str(next).len() <= 4 && p.is_digits(next + 2));
    let (year, last) = match year_behind(p, next + 1) {
        Some((year, last)) => (Some(year), last),
        None => (None, next),
    };
    phrase(at, last, Meaning::Day { year, month, day })
}

/// The month that a capitalised word names.
pub(super) fn month_value(p: Pieces<'_>, at: usize) -> Option<i8> {
    if !p.is(at, Class::Month) {
        return None;
    }
    // Text in lower case throughout still writes "oct. 13" and "june 5".
    let next = at + 1 + usize::from(p.is_mark(at + 1, Mark::Stop));
    let with_day = p.is_digits(next) && p.str(next).len() <= 2 && !p.says_any(at, &["mar", "may", "march"]);
    if !p.is_capital(at) && !with_day {
        return None;
    }
    p.value(at).map(|value| value as i8)
}

/// "May 10, 2024", "May 10-12", "August 2024", "August".
fn month(p: Pieces<'_>, at: usize, start: usize) -> Option<Phrase> {
    let month = month_value(p, at)?;
    let next =
        at + 1 + usize::from(p.is_mark(at + 1, Mark::Stop) && p.str(at).len() <= 4 && p.is_digits(at + 2));
    if let Some((day, mut after)) = day_number(p, next).filter(|_| !p.is_mark(next + 1, Mark::Colon)) {
        if p.is_dash(after) && day_number(p, after + 1).is_some() {
            after = day_number(p, after + 1)?.1;
        }
        let (year, last) = match year_behind(p, after) {
            Some((year, last)) => (Some(year), last),
            None => (None, after - 1),
        };
        return phrase(at, last, Meaning::Day { year, month, day });
    }
    if let Some((year, last)) =
        year_behind(p, next).filter(|_| !p.is_mark(next, Mark::Comma) || p.str(at).len() > 3)
    {
        return phrase(
            at,
            last,
            Meaning::Month {
                year: Some(year),
                month,
                side: Side::Near,
            },
        );
    }
    if p.says(next, "of") && p.says_any(next + 1, &["this", "last", "next"]) && p.says(next + 2, "year") {
        return phrase(
            at,
            next + 2,
            Meaning::Month {
                year: None,
                month,
                side: side(p, next + 1).unwrap_or(Side::Near),
            },
        );
    }
    // "May" and "March" also begin sentences as verbs, and are names.
    let doubtful = p.says_any(at, &["may", "march", "mar", "jan", "dec", "sun", "sat"]);
    let follows_in = at > start
        && p.says_any(
            at - 1,
            &[
                "in", "since", "of", "by", "until", "late", "early", "mid", "during", "from", "last", "next",
                "this", "before", "after",
            ],
        );
    (!doubtful || follows_in)
        .then(|| {
            phrase(
                at,
                at,
                Meaning::Month {
                    year: None,
                    month,
                    side: Side::Near,
                },
            )
        })
        .flatten()
}

/// "Friday", "Friday morning", "Friday, May 10".
fn weekday(p: Pieces<'_>, at: usize) -> Option<Phrase> {
    if !p.is(at, Class::Weekday)
        || !p.is_capital(at)
        || p.says_any(at, &["sun", "sat"]) && !p.is_mark(at + 1, Mark::Comma)
    {
        return None;
    }
    let day = p.value(at)? as i8;
    let next = at + 1 + usize::from(p.is_mark(at + 1, Mark::Comma));
    let date = month(p, next, next)
        .filter(|found| matches!(found.meaning, Meaning::Day { .. }))
        .or_else(|| day_month(p, next));
    if let Some(date) = date {
        return phrase(at, date.last, date.meaning);
    }
    let (part, last) = part_behind(p, at + 1).unwrap_or(("", at));
    phrase(
        at,
        last,
        Meaning::Weekday {
            day,
            side: Side::Near,
            part,
        },
    )
}

/// "Friday morning", "yesterday afternoon": the part of the day.
pub(super) fn part_behind(p: Pieces<'_>, at: usize) -> Option<(&'static str, usize)> {
    let part = at + usize::from(p.says_any(at, &["early", "late"]));
    (p.is(part, Class::DayPart) && !p.says_any(part, &["tonight", "overnight"]))
        .then(|| (p.code(part).unwrap_or(""), part))
}

/// "today", "yesterday", "tomorrow", "tonight".
fn named_day(p: Pieces<'_>, at: usize) -> Option<Phrase> {
    let by = if p.says(at, "today") {
        0
    } else if p.says(at, "yesterday") {
        -1
    } else if p.says(at, "tomorrow") {
        1
    } else if p.says(at, "tonight") {
        let tonight = Meaning::Shift {
            unit: "day",
            by: 0,
            part: "NI",
        };
        return phrase(at, at, tonight);
    } else {
        return None;
    };
    let (part, last) = part_behind(p, at + 1).unwrap_or(("", at));
    let first = if at > 0 && p.says_any(at - 1, &["earlier", "later"]) {
        at - 1
    } else {
        at
    };
    phrase(
        first,
        last,
        Meaning::Shift {
            unit: "day",
            by,
            part,
        },
    )
}

/// "summer 2024", "the summer of 2024".
fn season(p: Pieces<'_>, at: usize) -> Option<Phrase> {
    let season = at + usize::from(p.says(at, "the"));
    if !p.is(season, Class::Season) && !p.says(season, "fall") {
        return None;
    }
    let next = season + 1 + usize::from(p.says(season + 1, "of"));
    let year = year::value(p, next)?;
    let code = p.code(season).unwrap_or("FA");
    phrase(
        at,
        next,
        Meaning::Season {
            year: Some(year),
            season: code,
            side: Side::Near,
        },
    )
}

/// "early 2009", "late last year", "mid-2011", "the end of 2024", "the beginning of the year".
fn edge(p: Pieces<'_>, at: usize, start: usize, end: usize) -> Option<Phrase> {
    let article = usize::from(p.says(at, "the"));
    let word = at + article;
    let next = if article == 0 && p.says_any(word, &["early", "late", "mid", "earlier", "later"]) {
        word + 1 + usize::from(p.is_mark(word + 1, Mark::Hyphen)) + usize::from(p.says(word + 1, "in"))
    } else if p.says_any(word, &["end", "beginning", "start", "middle", "rest", "turn"])
        && p.says(word + 1, "of")
    {
        word + 2
    } else {
        return None;
    };
    if next >= end {
        return None;
    }
    let the_unit =
        p.says(next, "the") && p.says_any(next + 1, &["year", "month", "week", "day", "decade", "century"]);
    if the_unit {
        return phrase(
            at,
            next + 1,
            Meaning::Shift {
                unit: p.code(next + 1)?,
                by: 0,
                part: "",
            },
        );
    }
    let inner = if p.is_digits(next) {
        year::read_plain(p, next).or_else(|| day_month(p, next))
    } else {
        month(p, next, start)
            .or_else(|| weekday(p, next))
            .or_else(|| sided(p, next, end))
            .or_else(|| named_day(p, next))
            .or_else(|| the_decade(p, next))
    }?;
    phrase(at, inner.last, inner.meaning)
}

fn the_decade(p: Pieces<'_>, at: usize) -> Option<Phrase> {
    if !p.says(at, "the") {
        return None;
    }
    year::read_plain(p, at + 1)
}

/// "the weekend", "overnight" and "that day" name a day that only the text around them knows.
fn day_part(p: Pieces<'_>, at: usize, start: usize) -> Option<Phrase> {
    let at = at + usize::from(p.says(at, "the") && p.says(at + 1, "same"));
    let named = p.says_any(at, &["that", "same"])
        && p.says_any(
            at + 1,
            &["day", "week", "month", "year", "night", "morning", "evening"],
        );
    if named {
        let first = if at > start && p.says(at - 1, "the") {
            at - 1
        } else {
            at
        };
        return phrase(first, at + 1, Meaning::Unknown);
    }
    let the_unit = p.says(at, "the") && p.says_any(at + 1, &["day", "week"]) && !p.is_word(at + 2);
    if the_unit {
        return phrase(at, at + 1, Meaning::Unknown);
    }
    let weekend = p.says(at, "the") && p.says(at + 1, "weekend");
    weekend
        .then(|| {
            phrase(
                at,
                at + 1,
                Meaning::Shift {
                    unit: "weekend",
                    by: 0,
                    part: "",
                },
            )
        })
        .flatten()
}
