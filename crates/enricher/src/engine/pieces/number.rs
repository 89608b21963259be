//! Plain numbers: digits and words, with magnitudes and fractions. No units, no bounds, no meaning.

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
        return Number { value, form: Form::Ordinal, next: at + 2, scale: 1.0, in_digits: true };
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
    with_scale(p, value, at + 1, Form::Cardinal, true)
}

/// Reads grouped digits; a megabyte of them is infinity, which no rule keeps.
fn parse(digits: &str) -> f64 {
    let mut plain = String::new();
    let digits = if digits.contains(',') {
        plain.extend(digits.chars().filter(|&character| character != ','));
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
    let is_fraction = p.is_digits(at) && p.is_mark(at + 1, Mark::Slash) && p.is_digits(at + 2) && p.is_glued(at) && p.is_glued(at + 1);
    if !is_fraction || p.is_mark(at + 3, Mark::Slash) || (at > 0 && p.is_mark(at - 1, Mark::Slash)) {
        return None;
    }
    let (part, whole) = (parse(p.str(at)), parse(p.str(at + 2)));
    let is_used = [2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 16.0, 32.0, 64.0, 100.0].contains(&whole);
    (is_used && part < whole).then(|| (part / whole, at + 3))
}

// ---------------------------------------------------------------- words

/// What has been added up so far: "two million [three hundred (and) five]".
#[derive(Debug, Default)]
struct Sum {
    total: f64,
    current: f64,
    has_current: bool,
    /// The last scale above hundred, which the next one must stay below.
    ceiling: f64,
}

impl Sum {
    fn value(&self) -> f64 {
        self.total + self.current
    }

    /// Takes "twenty", "five"; false where English would not.
    fn add(&mut self, value: f64) -> bool {
        let fits = !self.has_current
            || (self.current % 100.0 == 0.0 && self.current >= 100.0)
            || (self.current % 100.0 >= 20.0 && self.current % 10.0 == 0.0 && value < 10.0);
        if fits && value == 0.0 && self.has_current {
            return false;
        }
        if fits {
            self.current += value;
            self.has_current = true;
        }
        fits
    }

    /// Takes "hundred", "million"; false where English would not.
    fn scale(&mut self, scale: f64) -> bool {
        if scale <= 100.0 {
            if self.current > 99.0 {
                return false;
            }
            self.current = if self.has_current { self.current * scale } else { scale };
            self.has_current = true;
            return true;
        }
        if !self.has_current && self.total > 0.0 {
            // "a hundred thousand million"
            self.total *= scale;
            return true;
        }
        if self.ceiling > 0.0 && scale >= self.ceiling {
            return false;
        }
        let factor = if self.has_current { self.current } else { 1.0 };
        self.total += factor * scale;
        self.current = 0.0;
        self.has_current = false;
        self.ceiling = scale;
        true
    }
}

fn read_words(p: Pieces<'_>, start: usize) -> Option<Number> {
    if let Some(fraction) = read_fraction(p, start) {
        return Some(fraction);
    }
    let mut sum = Sum::default();
    let mut at = start;
    let mut next = start;
    let mut scale = 1.0;
    while let Some(value) = p.value(at).filter(|_| p.is(at, STARTS)) {
        let taken = if p.is(at, Class::Cardinal) {
            sum.add(value)
        } else if p.is(at, Class::Scale) {
            scale = value;
            sum.scale(value)
        } else if p.is(at, Class::Ordinal) && (at == start || !p.is(at, Class::TimeUnit)) {
            return read_ordinal(sum, at, value);
        } else {
            false
        };
        if !taken {
            break;
        }
        next = at + 1;
        at = joint(p, next);
    }
    if next == start {
        return None;
    }
    let value = sum.value();
    if let Some((part, after)) = and_a_half(p, next) {
        return Some(with_scale(p, value + part * scale.max(1.0), after, Form::Cardinal, false));
    }
    if let Some((value, after)) = spoken_decimals(p, value, next) {
        return Some(with_scale(p, value, after, Form::Cardinal, false));
    }
    Some(Number { value, form: Form::Cardinal, next, scale, in_digits: false })
}

/// Steps over what joins number words: the hyphen of "twenty-one", the "and" of "two hundred and five".
fn joint(p: Pieces<'_>, at: usize) -> usize {
    let is_hyphen = p.is_mark(at, Mark::Hyphen) && p.is_glued_before(at) && p.is_glued(at);
    let follows_scale = at > 0 && p.is(at - 1, Class::Scale) && p.value(at - 1) != Some(12.0);
    let is_and = p.says(at, "and") && follows_scale && p.is(at + 1, Class::Cardinal) && !starts_next_count(p, at + 1);
    if is_hyphen || is_and { at + 1 } else { at }
}

/// "a hundred and two others" goes on; "two hundred and five million" goes on; "one thousand and two hundred" does not
/// matter. What must not be joined is "two million and three others": after million comes a new count.
fn starts_next_count(p: Pieces<'_>, at: usize) -> bool {
    at >= 2 && p.value(at - 2).is_some_and(|scale| scale >= 100_000.0)
}

fn read_ordinal(mut sum: Sum, at: usize, value: f64) -> Option<Number> {
    let value = if !sum.has_current && sum.total == 0.0 {
        value
    } else if value >= 100.0 {
        sum.scale(value).then(|| sum.value())?
    } else {
        sum.add(value).then(|| sum.value())?
    };
    Some(Number { value, form: Form::Ordinal, next: at + 1, scale: 1.0, in_digits: false })
}

/// "two-thirds", "half", "quarter", "three quarters", "half a million", "quarter of a million".
fn read_fraction(p: Pieces<'_>, start: usize) -> Option<Number> {
    let (parts, at) = if p.is(start, Class::Cardinal) {
        let hyphen = p.is_mark(start + 1, Mark::Hyphen) && p.is_glued(start) == p.is_glued(start + 1);
        (p.value(start)?, start + 1 + usize::from(hyphen))
    } else {
        (1.0, start)
    };
    if !p.is(at, Class::Fraction) {
        return None;
    }
    let is_half = p.says(at, "half");
    let is_quarter = p.says(at, "quarter");
    if at == start && !(is_half && !is_half_of_time(p, start)) && !(is_quarter && follows_article(p, start) || is_bare_part(p, start)) {
        return None;
    }
    let is_plural = p.str(at).ends_with('s') || p.says(at, "halves");
    if at > start && parts != 1.0 && !is_plural {
        // "three fifth" is an ordinal out of place.
        return None;
    }
    let value = parts / p.value(at)?;
    Some(match half_a_million(p, at + 1) {
        Some((scale, next)) => Number { value: value * scale, form: Form::Cardinal, next, scale: 1.0, in_digits: false },
        None => Number { value, form: Form::Fraction, next: at + 1, scale: 1.0, in_digits: false },
    })
}

/// "the second half", "a year and a half": no part of a counted whole.
fn is_half_of_time(p: Pieces<'_>, at: usize) -> bool {
    let before = at.wrapping_sub(1);
    p.says_any(before, &["second", "first", "latter", "this", "last", "next", "top", "bottom", "and"]) || p.is(before, Class::Article) && p.says(before.wrapping_sub(1), "and")
}

fn follows_article(p: Pieces<'_>, at: usize) -> bool {
    at > 0 && p.is(at - 1, Class::Article)
}

/// "a third of": the article makes it a part rather than a rank.
fn is_bare_part(p: Pieces<'_>, at: usize) -> bool {
    at > 0 && p.is(at - 1, Class::Article) && p.says(at + 1, "of") && !p.is(at, Class::TimeUnit)
}

/// "half [a million]", "quarter [of a million]", "half [million]", "half-[dozen]", "half [a dozen]".
fn half_a_million(p: Pieces<'_>, at: usize) -> Option<(f64, usize)> {
    let mut scale = at;
    if p.is_mark(scale, Mark::Hyphen) || p.says(scale, "of") && p.is(scale + 1, Class::Article) {
        scale += 1;
    }
    if p.is(scale, Class::Article) {
        scale += 1;
    }
    if p.is(scale, Class::Scale) {
        return Some((p.value(scale)?, scale + 1));
    }
    None
}

/// "two [and a half] million", "six [and three quarters]".
fn and_a_half(p: Pieces<'_>, at: usize) -> Option<(f64, usize)> {
    let at = if p.says(at, "and") {
        at + 1
    } else if p.is_mark(at, Mark::Hyphen) && p.says(at + 1, "and") {
        at + 2
    } else {
        return None;
    };
    let hyphen = |at: usize| at + usize::from(p.is_mark(at, Mark::Hyphen));
    let at = hyphen(at);
    if p.is(at, Class::Article) && p.says_any(hyphen(at + 1), &["half", "quarter", "third"]) {
        let part = hyphen(at + 1);
        return Some((1.0 / p.value(part)?, part + 1));
    }
    if p.is(at, Class::Cardinal) && p.says_any(hyphen(at + 1), &["quarters", "thirds", "half", "eighths"]) {
        let part = hyphen(at + 1);
        return Some((p.value(at)? / p.value(part)?, part + 1));
    }
    None
}

/// "one [point five] million".
fn spoken_decimals(p: Pieces<'_>, whole: f64, at: usize) -> Option<(f64, usize)> {
    if !p.says(at, "point") {
        return None;
    }
    let mut value = whole;
    let mut place = 0.1;
    let mut next = at + 1;
    while place > 1e-9 && p.is(next, Class::Cardinal) {
        let digit = p.value(next).filter(|&digit| digit < 10.0)?;
        value += digit * place;
        place /= 10.0;
        next += 1;
    }
    (next > at + 1).then_some((value, next))
}

// ---------------------------------------------------------------- magnitudes and vague words

/// Reads the magnitude that may follow digits: " million", "bn", "k", " lakh crore".
fn with_scale(p: Pieces<'_>, value: f64, at: usize, form: Form, in_digits: bool) -> Number {
    let mut number = Number { value, form, next: at, scale: 1.0, in_digits };
    let hyphen = usize::from(p.is_mark(at, Mark::Hyphen) && p.is_glued(at) && p.is_glued_before(at));
    let mut next = at + hyphen;
    while let Some(scale) = p.value(next).filter(|_| p.is(next, Class::Scale)) {
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
    if number.scale > 1.0 {
        number.form = Form::Cardinal;
        number.value *= number.scale;
    }
    number
}

/// "5k", "2B", "$5m": letters that are magnitudes when glued to the digits. An "m" is a metre unless money or
/// people are counted.
fn letter_scale(p: Pieces<'_>, at: usize) -> Option<f64> {
    let is_money = at >= 2 && (p.is_mark(at - 2, Mark::Currency) || p.is(at - 2, Class::CurrencyCode));
    match p.str(at) {
        "k" | "K" => Some(1e3),
        "M" => Some(1e6),
        "m" if is_money || p.is(at + 1, Classes::of(&[Class::Person, Class::Currency, Class::CurrencyCode])) => Some(1e6),
        "b" | "B" if is_money => Some(1e9),
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
    Some(Number { value: 0.0, form: Form::Vague, next, scale: 1.0, in_digits: false })
}
