//! Plain numbers: digits and words, with magnitudes and fractions. No units, no bounds, no meaning.

#![expect(
    clippy::float_cmp,
    reason = "printed numbers are compared with the numbers that are printed"
)]

mod words;

use self::words::{and_a_half, joint, plural_scale, read_words};
use super::{Class, Classes, Mark, Pieces};

/// What kind of number was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// "5", "five", "1.2 million".
    Cardinal,
    /// "second", "25th".
    Ordinal,
    /// "half", "two-thirds", "1/3".
    Fraction,
    /// "dozens", "hundreds of thousands".
    Vague,
}

/// A number read from the pieces.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// Its value; 0 for vague words.
    pub value: f64,
    /// What kind.
    pub form: Form,
    /// The piece after it.
    pub next: usize,
    /// The magnitude word it ends in ("billion"), 1 if none: "3-5 billion" hands it to the first number.
    pub scale: f64,
    /// Whether it begins with digits.
    pub in_digits: bool,
}

const STARTS: Classes = Classes::of(&[
    Class::Cardinal,
    Class::Scale,
    Class::Vague,
    Class::Ordinal,
    Class::Fraction,
]);

/// Returns whether a number could start here: the only test made at every piece.
pub fn may_start(p: Pieces<'_>, at: usize) -> bool {
    p.is_digits(at) || p.is_mark(at, Mark::Fraction) || p.is(at, STARTS)
}

/// Reads the number that starts here.
pub fn read(p: Pieces<'_>, at: usize) -> Option<Number> {
    if p.is_digits(at) {
        return Some(read_digits(p, at));
    }
    if p.is_mark(at, Mark::Fraction) {
        return Some(with_scale(p, glyph(p, at)?, at + 1, Form::Fraction, true));
    }
    if p.is(at, Class::Vague) {
        return read_vague(p, at);
    }
    read_words(p, at)
}

/// Reads a whole number that is neither a rank nor a part: "two" in "two weeks ago".
pub fn read_whole(p: Pieces<'_>, at: usize) -> Option<(f64, usize)> {
    if !may_start(p, at) {
        return None;
    }
    let number = read(p, at)?;
    (number.form == Form::Cardinal && number.value.fract() == 0.0).then_some((number.value, number.next))
}

// ---------------------------------------------------------------- digits

fn read_digits(p: Pieces<'_>, at: usize) -> Number {
    let value = parse(p.str(at));
    if p.is_glued(at) && is_ordinal_ending(p, at + 1) {
        return Number {
            value,
            form: Form::Ordinal,
            next: at + 2,
            scale: 1.0,
            in_digits: true,
        };
    }
    if let Some(part) = glyph(p, at + 1) {
        return with_scale(p, value + part, at + 2, Form::Cardinal, true);
    }
    if let Some((part, next)) = slash_fraction(p, at + 1).filter(|_| !p.is_glued(at)) {
        return with_scale(p, value + part, next, Form::Cardinal, true);
    }
    if let Some((part, next)) = slash_fraction(p, at) {
        return with_scale(p, part, next, Form::Fraction, true);
    }
    if let Some((part, next)) = and_a_half(p, at + 1) {
        return with_scale(p, value + part, next, Form::Cardinal, true);
    }
    if let Some((power, next)) = power_of_ten(p, at + 1) {
        return with_scale(p, value * power, next, Form::Cardinal, true);
    }
    // "4 thousand 3 hundred and 21"
    if p.is(at + 1, Class::Scale) && !p.is_glued(at) && value.fract() == 0.0 && value < 1000.0 {
        let after = joint(p, at + 2);
        if (p.is_digits(after) || p.is(after, Class::Cardinal))
            && let Some(number) = read_words(p, at).filter(|number| number.next > after)
        {
            return Number {
                in_digits: true,
                ..number
            };
        }
    }
    with_scale(p, value, at + 1, Form::Cardinal, true)
}

/// Reads grouped digits; a megabyte of them is infinity, which no rule keeps.
fn parse(digits: &str) -> f64 {
    let mut plain = String::new();
    let is_grouped = digits.bytes().any(|byte| !byte.is_ascii_digit() && byte != b'.');
    let digits = if is_grouped {
        plain.extend(
            digits
                .chars()
                .filter(|character| character.is_ascii_digit() || *character == '.'),
        );
        plain.as_str()
    } else {
        digits
    };
    digits.parse().unwrap_or(f64::INFINITY)
}

fn is_ordinal_ending(p: Pieces<'_>, at: usize) -> bool {
    p.says_any(at, &["st", "nd", "rd", "th"])
}

fn glyph(p: Pieces<'_>, at: usize) -> Option<f64> {
    if !p.is_mark(at, Mark::Fraction) {
        return None;
    }
    let parts = match p.str(at) {
        "½" => (1.0, 2.0),
        "¼" => (1.0, 4.0),
        "¾" => (3.0, 4.0),
        "⅓" => (1.0, 3.0),
        "⅔" => (2.0, 3.0),
        "⅕" => (1.0, 5.0),
        "⅖" => (2.0, 5.0),
        "⅗" => (3.0, 5.0),
        "⅘" => (4.0, 5.0),
        "⅙" => (1.0, 6.0),
        "⅚" => (5.0, 6.0),
        "⅛" => (1.0, 8.0),
        "⅜" => (3.0, 8.0),
        "⅝" => (5.0, 8.0),
        "⅞" => (7.0, 8.0),
        _ => return None,
    };
    Some(parts.0 / parts.1)
}

/// "1/3", but neither "9/11" nor "24/7": a proper fraction whose denominator is one that people use.
fn slash_fraction(p: Pieces<'_>, at: usize) -> Option<(f64, usize)> {
    let is_fraction = p.is_digits(at)
        && p.is_mark(at + 1, Mark::Slash)
        && p.is_digits(at + 2)
        && p.is_glued(at)
        && p.is_glued(at + 1);
    if !is_fraction || p.is_mark(at + 3, Mark::Slash) || (at > 0 && p.is_mark(at - 1, Mark::Slash)) {
        return None;
    }
    let (part, whole) = (parse(p.str(at)), parse(p.str(at + 2)));
    let is_used = [2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 16.0, 32.0, 64.0, 100.0, 128.0].contains(&whole);
    (is_used && part < whole).then(|| (part / whole, at + 3))
}

/// "7.2 \[×10−9\]", "6 \[x 10^24\]", "3 \[× 10⁸\]", "4 \[×10-6\] m"; "3 ×10-15 times" is a range.
fn power_of_ten(p: Pieces<'_>, at: usize) -> Option<(f64, usize)> {
    let is_times = p.is_mark(at, Mark::Times) || p.str(at) == "x";
    if !is_times || p.str(at + 1) != "10" || !p.is_glued(at + 1) {
        return None;
    }
    let caret = at + 2 + usize::from(p.str(at + 2) == "^");
    let is_negative = p.is_dash(caret);
    let exponent = caret + usize::from(is_negative);
    let is_power = p.str(caret) == "−" || p.is(exponent + 1, Class::Measure);
    let is_raised = caret > at + 2 || is_negative && p.is_mark(at, Mark::Times) && is_power;
    if is_raised && p.is_digits(exponent) && p.is_glued_before(exponent) {
        let power: i32 = p.str(exponent).parse().ok().filter(|power| *power < MAX_POWER)?;
        return Some((
            10_f64.powi(if is_negative { -power } else { power }),
            exponent + 1,
        ));
    }
    let raised = (at + 2..at + 2 + MAX_RAISED).take_while(|&index| p.is_glued_before(index));
    let digits: String = raised
        .map_while(|index| p.str(index).chars().next().and_then(lowered))
        .collect();
    let power: i32 = digits
        .parse()
        .ok()
        .filter(|power: &i32| power.abs() < MAX_POWER)?;
    Some((10_f64.powi(power), at + 2 + digits.len()))
}

/// No printed power of ten is larger.
const MAX_POWER: i32 = 100;

/// Longest raised exponent, in characters: a sign and two digits.
const MAX_RAISED: usize = 3;

/// The digit or sign that a raised one stands for.
fn lowered(raised: char) -> Option<char> {
    Some(match raised {
        '⁰' => '0',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '⁴' => '4',
        '⁵' => '5',
        '⁶' => '6',
        '⁷' => '7',
        '⁸' => '8',
        '⁹' => '9',
        '⁻' => '-',
        _ => return None,
    })
}

// ---------------------------------------------------------------- magnitudes and vague words

/// Reads the magnitude that may follow digits: " million", "bn", "k", " lakh crore".
fn with_scale(p: Pieces<'_>, value: f64, at: usize, form: Form, in_digits: bool) -> Number {
    let mut number = Number {
        value,
        form,
        next: at,
        scale: 1.0,
        in_digits,
    };
    let hyphen = usize::from(p.is_mark(at, Mark::Hyphen) && p.is_glued(at) && p.is_glued_before(at));
    let mut next = at + hyphen;
    let plural = |at: usize| plural_scale(p, at).filter(|&scale| scale == 12.0 || p.says(at + 1, "of"));
    while let Some(scale) = p
        .value(next)
        .filter(|_| p.is(next, Class::Scale))
        .or_else(|| plural(next))
    {
        number.scale *= scale;
        number.next = next + 1;
        next += 1;
        if number.scale >= 1e18 {
            break;
        }
    }
    if number.scale == 1.0
        && p.is_glued_before(at)
        && let Some(scale) = letter_scale(p, at)
    {
        number.scale = scale;
        number.next = at + 1;
    }
    // "3 million and a half": half a million more.
    if number.scale >= 1e6
        && let Some((part, next)) = and_a_half(p, number.next)
    {
        number.value += part;
        number.next = next;
    }
    if number.scale > 1.0 {
        number.form = Form::Cardinal;
        number.value = times(number.value, number.scale);
    }
    number
}

/// Multiplies a printed number, so that 8.2 billion is a whole number and 10.4 cents are 0.104.
pub fn times(value: f64, factor: f64) -> f64 {
    if factor < 1.0 {
        let part = value / factor.recip().round();
        return (part * 1e9).round() / 1e9;
    }
    let product = value * factor;
    let whole = product.round();
    if (product - whole).abs() <= product.abs() * 1e-12 {
        whole
    } else {
        product
    }
}

/// "5k", "2B", "$5m": letters that are magnitudes when glued to the digits. An "m" is a metre unless money or
/// people are counted.
fn letter_scale(p: Pieces<'_>, at: usize) -> Option<f64> {
    let is_money = at >= 2 && (p.is_mark(at - 2, Mark::Currency) || p.is(at - 2, Class::CurrencyCode));
    match p.str(at) {
        "k" | "K" => Some(1e3),
        "M" => Some(1e6),
        "m" if is_money
            || p.is(
                at + 1,
                Classes::of(&[Class::Person, Class::Currency, Class::CurrencyCode]),
            ) =>
        {
            Some(1e6)
        }
        "b" | "B" if is_money || p.str(at - 1).contains('.') => Some(1e9),
        "MM" | "mm" if is_money => Some(1e6),
        "t" | "T" if is_money => Some(1e12),
        _ => None,
    }
}

/// "dozens", "hundreds of thousands", "tens of millions".
fn read_vague(p: Pieces<'_>, at: usize) -> Option<Number> {
    let mut next = at + 1;
    while p.says(next, "of") && p.is(next + 1, Class::Vague) {
        next += 2;
    }
    let is_bare = next == at + 1;
    // "scores" are results, and "tens" nothing, unless something is counted by them.
    if is_bare && p.says_any(at, &["scores", "tens"]) && !p.says(next, "of") {
        return None;
    }
    Some(Number {
        value: 0.0,
        form: Form::Vague,
        next,
        scale: 1.0,
        in_digits: false,
    })
}
