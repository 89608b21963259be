//! Measures: lengths, weights, speeds, temperatures and all else that has a unit of physics.

use super::unit::{Found, Unit, found, is_vague, over_hyphen, part_of_one};
use crate::engine::pieces::number::{Form, Number};
use crate::engine::pieces::{Class, Mark, Pieces};

/// Reads the measure behind a number.
pub(super) fn after(p: Pieces<'_>, at: usize, number: &Number) -> Option<Found> {
    let at = at + usize::from(is_vague(number) && p.says(at, "of"));
    let at = over_system(p, part_of_one(p, at, number, Class::Measure));
    let word = over_hyphen(p, at);
    if let Some(found) = letter_degree(p, word, number) {
        return Some(found);
    }
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
    let code = match p.str(word) {
        _ if p.says(word, "pounds") => "lb",
        // Newton metres have a capital, nanometres have none.
        "Nm" | "NM" => "Nm",
        _ => p.code(word)?,
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

/// How far from "12 C" the word may stand that makes it a temperature, in pieces.
const WARMTH: usize = 12;

/// "35 C", "95F": a temperature where the text speaks of one, or where it gives it in both scales; "7.5 F" of a
/// capacitor.
fn letter_degree(p: Pieces<'_>, at: usize, number: &Number) -> Option<Found> {
    let near = at.saturating_sub(WARMTH)..at + 4;
    if p.str(at) == "F" && near.clone().any(|index| p.says_any(index, CAPACITY)) {
        return found(Unit::Measure("F"), at + 1, false);
    }
    let (code, other) = match p.str(at) {
        "C" => ("degC", "F"),
        "F" => ("degF", "C"),
        _ => return None,
    };
    let is_free = !p.is_any_mark(at + 1, &[Mark::Slash, Mark::Hyphen]) && !p.is_capital(at + 1);
    if !number.in_digits || !is_free {
        return None;
    }
    let in_brackets = p.is_mark(at + 1, Mark::Open) && p.is_digits(at + 2) && p.str(at + 3) == other;
    let of_brackets =
        p.is_mark(at + 1, Mark::Close) && at >= 3 && p.is_mark(at - 2, Mark::Open) && p.str(at - 3) == other;
    let warm = near.into_iter().any(|index| p.says_any(index, WARM));
    (in_brackets || of_brackets || warm)
        .then(|| found(Unit::Measure(code), at + 1, false))
        .flatten()
}

/// Words of electric capacity, where an F is a farad.
const CAPACITY: &[&str] = &[
    "capacitor",
    "capacitors",
    "capacitance",
    "supercapacitor",
    "supercapacitors",
];

/// Words of temperature.
const WARM: &[&str] = &[
    "temperature",
    "temperatures",
    "degrees",
    "celsius",
    "fahrenheit",
    "thermometer",
    "thermometers",
    "heat",
    "heatwave",
    "warm",
    "warmer",
    "warming",
    "hot",
    "hotter",
    "hottest",
    "cold",
    "colder",
    "coldest",
    "cool",
    "chill",
    "freezing",
    "frost",
    "melting",
    "boiling",
    "weather",
    "mercury",
];

/// Steps over the system of measures: "US gallons", "imperial pints".
pub(super) fn over_system(p: Pieces<'_>, at: usize) -> usize {
    let is_system = p.says_any(at, &["us", "u.s.", "uk", "imperial", "british", "american"]);
    let is_unit =
        p.is(at + 1, Class::Measure) && !p.is(at + 1, Class::CurrencyCode) || is_compound(p, at + 1);
    at + usize::from(is_system && is_unit)
}

/// Whether a unit of two words stands here.
pub(super) fn is_compound(p: Pieces<'_>, at: usize) -> bool {
    compound(p, at).is_some()
}

/// What a length in inches is the length of.
const DIMENSION: &[&str] = &["long", "wide", "tall", "high", "thick", "deep", "diameter"];

/// "6′", "25.5″", "10\" long".
fn length_mark(p: Pieces<'_>, at: usize) -> Option<&'static str> {
    match p.str(at) {
        "\"" if !p.is_glued(at) && p.says_any(at + 1, DIMENSION) => Some("in"),
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
        || (!sign && p.says(at, "degree") && !(at > 0 && p.is_dash(at - 1)))
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
    // "3 M-80 crackers", "12 L-5 points"
    let is_designation = p.is_mark(word + 1, Mark::Hyphen)
        && p.is_glued(word)
        && p.is_glued(word + 1)
        && p.is_digits(word + 2);
    is_designation || one_letter || preposition || is_name || noun || gears
}

/// "5 in" is a length only where no phrase begins: glued, or at the end.
fn is_in_inches(p: Pieces<'_>, word: usize, is_glued: bool) -> bool {
    is_glued
        || !(p.is_word(word + 1) || p.is_digits(word + 1))
            && (p.is_any_mark(word + 1, &[Mark::Close, Mark::Stop]) || word + 1 == p.len())
        || p.says_any(word + 1, &["thick", "wide", "long", "tall", "high"])
}
