//! Units: money, percent, time, age and measures, in front of a number or behind it.

use super::currency;
use crate::engine::analysis::FigureKind;
use crate::engine::pieces::number::{Form, Number};
use crate::engine::pieces::{Class, Classes, Mark, Pieces};

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
    percent(p, at)
        .or_else(|| currency::after(p, at, number))
        .or_else(|| decade_of_life(p, at))
        .or_else(|| age_or_time(p, at, number))
        .or_else(|| measure(p, at, number))
        .or_else(|| bracketed(p, at, number))
}

/// "20 (kg)": the unit alone in brackets.
fn bracketed(p: Pieces<'_>, at: usize, number: &Number) -> Option<Found> {
    if !number.in_digits || !p.is_mark(at, Mark::Open) || !p.is_mark(at + 2, Mark::Close) {
        return None;
    }
    let inside = percent(p, at + 1).or_else(|| measure(p, at + 1, number))?;
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

fn percent(p: Pieces<'_>, at: usize) -> Option<Found> {
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
    // "half [an hour]"
    let at = at
        + usize::from(
            number.form == Form::Fraction && p.is(at, Class::Article) && p.is(at + 1, Class::TimeUnit),
        );
    // "billions [of years]", "13 [of the last 19 years]"
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

fn is_vague(number: &Number) -> bool {
    number.form == Form::Vague
}

// ---------------------------------------------------------------- measures

fn measure(p: Pieces<'_>, at: usize, number: &Number) -> Option<Found> {
    let is_part = number.form == Form::Fraction && p.is(at, Class::Article) && p.is(at + 1, Class::Measure);
    let at = at + usize::from(is_vague(number) && p.says(at, "of") || is_part);
    let word = over_hyphen(p, at);
    if let Some(code) = length_mark(p, at) {
        return found(Unit::Measure(code), at + 1, false);
    }
    if let Some(next) = degrees(p, word) {
        return found(Unit::Measure(next.0), next.1, false);
    }
    if let Some((code, words)) = compound(p, word) {
        return found(Unit::Measure(code), word + words, false);
    }
    if p.str(word) == "PS" && number.in_digits {
        return found(Unit::Measure("hp"), word + 1, false);
    }
    if !p.is(word, Class::Measure) || is_ambiguous(p, word, at, number) {
        return None;
    }
    // "pounds" is in the tables as money; what is not a price is a weight.
    let code = if p.says(word, "pounds") {
        "lb"
    } else {
        p.code(word)?
    };
    let next = word + 1;
    let rate = match code {
        "km" if is_per_hour(p, next) => Some("km/h"),
        "mi" if is_per_hour(p, next) => Some("mph"),
        "m" if p.says_all(next, &["per", "second"])
            || p.is_mark(next, Mark::Slash) && p.says(next + 1, "s") =>
        {
            Some("m/s")
        }
        "mi" if p.says_all(next, &["per", "gallon"]) => Some("mpg"),
        _ => None,
    };
    match rate {
        Some(code) => found(Unit::Measure(code), next + 2, false),
        None => found(Unit::Measure(code), next, false),
    }
}

/// "6′", "25.5″".
fn length_mark(p: Pieces<'_>, at: usize) -> Option<&'static str> {
    match p.str(at) {
        "′" if p.is_glued_before(at) => Some("ft"),
        "″" if p.is_glued_before(at) => Some("in"),
        _ => None,
    }
}

fn is_per_hour(p: Pieces<'_>, at: usize) -> bool {
    (p.says_any(at, &["per", "an"]) && p.says(at + 1, "hour"))
        || (p.is_mark(at, Mark::Slash) && p.says_any(at + 1, &["h", "hr", "hour"]))
}

/// "°C", "degrees Celsius", "deg F", "degrees".
fn degrees(p: Pieces<'_>, at: usize) -> Option<(&'static str, usize)> {
    let sign = p.is_mark(at, Mark::Degree);
    if !sign && !p.says_any(at, &["degrees", "degree", "deg", "degs"]) {
        return None;
    }
    let scale = at + 1 + usize::from(p.is_mark(at + 1, Mark::Stop) && p.says(at, "deg"));
    if p.says_any(scale, &["c", "celsius", "celcius", "centigrade"]) {
        Some(("degC", scale + 1))
    } else if p.says_any(scale, &["f", "fahrenheit", "farenheit"]) {
        Some(("degF", scale + 1))
    } else if p.says_any(scale, &["north", "south", "east", "west", "murder"])
        || (!sign && p.says(at, "degree"))
    {
        None
    } else {
        Some(("degree", at + 1))
    }
}

/// "square kilometres", "cubic feet", "nautical miles", "light-years", "metric tons", "billion cubic".
fn compound(p: Pieces<'_>, at: usize) -> Option<(&'static str, usize)> {
    let hyphen = usize::from(p.is_mark(at + 1, Mark::Hyphen));
    let word = at + 1 + hyphen;
    let code = p.code(word).unwrap_or_default();
    let code = match (p.str(at).to_ascii_lowercase().as_str(), code) {
        ("square" | "sq", "km") => "km2",
        ("square" | "sq", "m") => "m2",
        ("square" | "sq", "mi") => "mi2",
        ("square" | "sq", "ft") => "ft2",
        ("square" | "sq", "in") => "in2",
        ("square" | "sq", "yd") => "yd2",
        ("square" | "sq", "cm") => "cm2",
        ("cubic" | "cu", "m") => "m3",
        ("cubic" | "cu", "ft") => "ft3",
        ("cubic" | "cu", "km") => "km3",
        ("cubic" | "cu", "cm") => "cm3",
        ("cubic" | "cu", "mi") => "mi3",
        ("cubic" | "cu", "in") => "in3",
        ("cubic" | "cu", "yd") => "yd3",
        ("nautical", "mi") => "nmi",
        ("light", "year") => "ly",
        ("metric", "t" | "ton") => "t",
        ("short" | "long", "ton") => "ton",
        ("fluid", "oz") => "floz",
        ("pound" | "lb", "ft") => "lbft",
        _ => return None,
    };
    Some((code, 2 + hyphen))
}

/// Unit words that are also something else.
fn is_ambiguous(p: Pieces<'_>, word: usize, at: usize, number: &Number) -> bool {
    let text = p.str(word);
    let is_glued = word > at || p.is_glued_before(at);
    let one_letter = text.len() == 1 && !is_glued && !number.in_digits;
    let follows_feet = p.code(at.wrapping_sub(2)) == Some("ft");
    let preposition = text == "in" && !follows_feet && !is_in_inches(p, word, is_glued);
    let is_name = p.is_capital(word)
        && (3..=5).contains(&text.len())
        && !p.says_any(word, &["celsius", "fahrenheit", "kelvin", "magnitude"])
        && text.chars().skip(1).all(char::is_lowercase)
        && !text.ends_with('s');
    let noun = p.says_any(word, &["bars", "stones", "cups", "cup", "foot"])
        && !p.says(word + 1, "of")
        && number.form != Form::Fraction
        && number.value >= 1.0
        && !(p.says(word, "foot") && (is_glued || number.in_digits));
    let gears = matches!(text, "K" | "G" | "w") || text == "A" && !is_glued;
    one_letter || preposition || is_name || noun || gears
}

/// "5 in" is a length only where no phrase begins: glued, or at the end.
fn is_in_inches(p: Pieces<'_>, word: usize, is_glued: bool) -> bool {
    is_glued
        || !(p.is_word(word + 1) || p.is_digits(word + 1))
            && (p.is_any_mark(word + 1, &[Mark::Close, Mark::Stop]) || word + 1 == p.len())
        || p.says_any(word + 1, &["thick", "wide", "long", "tall", "high"])
}
