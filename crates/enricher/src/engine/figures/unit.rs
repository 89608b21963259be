//! Units: money, percent, time, age and measures, in front of a number or behind it.

use super::currency;
use super::measure;
use crate::engine::analysis::FigureKind;
use crate::engine::pieces::number::{Form, Number};
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape};

/// The unit of an amount.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Unit {
    /// Nothing but the number.
    None,
    /// ISO 4217, and the part of a whole unit that is counted (0.01 for cents).
    Money(&'static str, f64),
    /// Per cent.
    Percent,
    /// Percentage points.
    PercentPoint,
    /// A length of time; the factor turns fortnights into weeks.
    Time(&'static str, f64),
    /// An age, in the unit.
    Age(&'static str),
    /// Ten years of age: "60s".
    AgeDecade,
    /// A physical quantity.
    Measure(&'static str),
}

impl Unit {
    /// Returns the code for the record.
    pub(super) fn code(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Money(code, _) | Self::Time(code, _) | Self::Age(code) | Self::Measure(code) => Some(code),
            Self::AgeDecade => Some("year"),
            Self::Percent => Some("percent"),
            Self::PercentPoint => Some("percentage_point"),
        }
    }

    /// Returns the kind that the unit decides.
    pub(super) fn kind(self) -> Option<FigureKind> {
        match self {
            Self::None => None,
            Self::Money(..) => Some(FigureKind::Money),
            Self::Percent | Self::PercentPoint => Some(FigureKind::Percent),
            Self::Time(..) => Some(FigureKind::Duration),
            Self::Age(_) | Self::AgeDecade => Some(FigureKind::Age),
            Self::Measure(_) => Some(FigureKind::Measure),
        }
    }

    /// Returns what the printed number is multiplied with.
    pub(super) fn factor(self) -> f64 {
        match self {
            Self::Money(_, factor) | Self::Time(_, factor) => factor,
            _ => 1.0,
        }
    }
}

/// A unit found behind a number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// Which.
    pub unit: Unit,
    /// The piece after it.
    pub next: usize,
    /// Whether it is part of the number as printed: percent signs and currency words are, "km" is not.
    pub is_printed: bool,
}

// ---------------------------------------------------------------- behind the number

/// Reads the unit behind a number.
pub(super) fn after(p: Pieces<'_>, at: usize, number: &Number) -> Option<Found> {
    percent(p, at, number)
        .or_else(|| currency::after(p, at, number))
        .or_else(|| decade_of_life(p, at))
        .or_else(|| age_or_time(p, at, number))
        .or_else(|| measure::after(p, at, number))
        .or_else(|| bracketed(p, at, number))
}

/// `20 (kg)`, `20 {kg}`, `20 <kg>`: the unit alone in brackets.
fn bracketed(p: Pieces<'_>, at: usize, number: &Number) -> Option<Found> {
    let is_open = p.is_any_mark(at, &[Mark::Open, Mark::Less]) || p.str(at) == "{";
    let is_closed = p.is_any_mark(at + 2, &[Mark::Close, Mark::Greater]) || p.str(at + 2) == "}";
    if !number.in_digits || !is_open || !is_closed {
        return None;
    }
    let inside = percent(p, at + 1, number).or_else(|| measure::after(p, at + 1, number))?;
    (inside.next == at + 2)
        .then(|| found(inside.unit, at + 3, false))
        .flatten()
}

#[expect(clippy::unnecessary_wraps, reason = "every reader ends in it")]
pub(super) fn found(unit: Unit, next: usize, is_printed: bool) -> Option<Found> {
    Some(Found {
        unit,
        next,
        is_printed,
    })
}

/// Steps over the hyphen of "30-year".
pub(super) fn over_hyphen(p: Pieces<'_>, at: usize) -> usize {
    let is_hyphen = p.is_any_mark(at, &[Mark::Hyphen, Mark::EnDash]);
    let tight = p.is_glued(at) && p.is_glued_before(at);
    // Tokenised text writes "30 - year" with spaces.
    let spaced = !p.is_glued(at)
        && !p.is_glued_before(at)
        && p.is(
            at + 1,
            Classes::of(&[Class::TimeUnit, Class::Measure, Class::Currency]),
        )
        && !p.says(at + 1, "in");
    at + usize::from(is_hyphen && (tight || spaced))
}

fn percent(p: Pieces<'_>, at: usize, number: &Number) -> Option<Found> {
    // "three-tenths of a percent"
    let of_a = p.says(at, "of") && p.is(at + 1, Class::Article) && number.form == Form::Fraction;
    if of_a && p.is(at + 2, Class::Percent) && !p.says(at + 2, "percentage") {
        return found(Unit::Percent, at + 3, true);
    }
    let word = over_hyphen(p, at);
    let next = if p.is_mark(at, Mark::Percent) {
        at + 1
    } else if p.says_all(word, &["percentage", "point"]) || p.says_all(word, &["percentage", "points"]) {
        return found(Unit::PercentPoint, word + 2, true);
    } else if p.is(word, Class::Percent) && !p.says(word, "percentage") {
        word + 1
    } else if p.says_all(word, &["per", "cent"]) || p.says_all(word, &["per", "cents"]) {
        word + 2
    } else if p.says_all(at, &["of", "a", "percentage", "point"]) {
        return found(Unit::PercentPoint, at + 4, true);
    } else if p.says(word, "percentage") || (p.says(at, "pc") && p.is_glued_before(at)) {
        word + 1
    } else {
        return None;
    };
    if p.says_any(next, &["point", "points"]) {
        return found(Unit::PercentPoint, next + 1, true);
    }
    found(Unit::Percent, next, true)
}

// ---------------------------------------------------------------- age and time

/// "20s" in "in his 20s".
fn decade_of_life(p: Pieces<'_>, at: usize) -> Option<Found> {
    let is_decade = p.says(at, "s") && p.is_glued_before(at) && at >= 2;
    let of_someone = |index: usize| p.says_any(index, &["his", "her", "their", "early", "mid", "late"]);
    let before = at.wrapping_sub(2);
    let owner = if p.is_mark(before, Mark::Hyphen) {
        before.wrapping_sub(1)
    } else {
        before
    };
    (is_decade && of_someone(owner))
        .then(|| found(Unit::AgeDecade, at + 1, true))
        .flatten()
}

fn age_or_time(p: Pieces<'_>, at: usize, number: &Number) -> Option<Found> {
    if p.says_any(at, &["yo", "y.o."]) {
        return found(Unit::Age("year"), at + 1, false);
    }
    // "3h"
    if p.says(at, "h") && number.in_digits && (p.is_glued_before(at) || !p.is_word(at + 1)) {
        return found(Unit::Time("hour", 1.0), at + 1, false);
    }
    let at = part_of_one(p, at, number, Class::TimeUnit);
    // "billions [of years]", "five [of the last eight months]"
    let at = match (
        p.says(at, "of"),
        p.says_any(at + 1, &["the"]) && p.says_any(at + 2, &["last", "past"]),
    ) {
        (true, true) => {
            let (_, unit) = crate::engine::pieces::number::read_whole(p, at + 3)?;
            return p
                .is(unit, Class::TimeUnit)
                .then(|| found(Unit::Time(p.code(unit)?, 1.0), unit + 1, false))
                .flatten();
        }
        (true, false) if is_vague(number) => at + 1,
        _ => at,
    };
    let word = time_word(p, at)?;
    let code = p.code(word)?;
    let next = word + 1;
    let old = over_hyphen(p, next);
    let old = old + usize::from(p.is_dash(old) && p.says(old + 1, "old"));
    if p.says_any(old, &["old", "olds"]) && !p.says_any(old + 1, &["fight", "standing"]) {
        return found(Unit::Age(code), old + 1, false);
    }
    if p.says_all(next, &["of", "age"]) {
        return found(Unit::Age(code), next + 2, false);
    }
    let unit = match code {
        "fortnight" => Unit::Time("week", 2.0),
        _ => Unit::Time(code, 1.0),
    };
    found(unit, next, false)
}

/// Finds the time unit behind a number: "30 \[days\]", "30-\[day\]", "four straight \[days\]", "30 or more \[days\]".
fn time_word(p: Pieces<'_>, at: usize) -> Option<usize> {
    let word = over_hyphen(p, at);
    if p.is(word, Class::TimeUnit)
        && !(p.says(word, "second") && word == at && p.is_word(at + 1) && !p.is_dash(at))
    {
        return Some(word);
    }
    let is_modifier = p.says_any(
        at,
        &[
            "more",
            "full",
            "consecutive",
            "straight",
            "additional",
            "further",
            "whole",
            "calendar",
            "business",
            "working",
            "trading",
            "long",
            "other",
            "extra",
            "entire",
            "solid",
            "successive",
            "different",
            "fiscal",
            "school",
            "light",
            "or",
            "past",
            "previous",
            "last",
            "next",
            "intense",
        ],
    );
    let next = at + 1 + usize::from(p.says(at, "or") && p.says_any(at + 1, &["more", "so"]));
    // "2.1 last year" is no length of time.
    let is_when = p.says_any(at, &["last", "past", "next", "previous"]) && !p.str(next).ends_with('s');
    let follows = p.is(next, Class::TimeUnit) && !p.says(at, "light") && !is_when && !p.is_dash(next);
    (is_modifier && follows).then_some(next)
}

pub(super) fn is_vague(number: &Number) -> bool {
    number.form == Form::Vague
}

/// Steps over the article of "half \[an hour\]", "a quarter \[of a mile\]", "1/8 \[of an imperial gallon\]".
pub(super) fn part_of_one(p: Pieces<'_>, at: usize, number: &Number, unit: Class) -> usize {
    let article = at + usize::from(p.says(at, "of"));
    if number.form != Form::Fraction || !p.is(article, Class::Article) {
        return at;
    }
    let word = measure::over_system(p, article + 1);
    let is_unit = p.is(word, unit) || unit == Class::Measure && measure::is_compound(p, word);
    // "half of a year's pay" is a share of the pay.
    let is_whole = matches!(p.shape(word + 1), Some(Shape::Possessive));
    if is_unit && !is_whole { word } else { at }
}
