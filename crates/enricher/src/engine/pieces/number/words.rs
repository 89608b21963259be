//! Numbers in words: "two hundred and five", "twenty-fifth", "two-thirds", "half a million".

#![expect(
    clippy::float_cmp,
    reason = "printed numbers are compared with the numbers that are printed"
)]

use super::{Form, Number, STARTS, parse, with_scale};
use crate::engine::pieces::{Class, Mark, Pieces};

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
            if self.current > 99.0 && scale != 12.0 {
                return false;
            }
            self.current = if self.has_current {
                self.current * scale
            } else {
                scale
            };
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

pub(super) fn read_words(p: Pieces<'_>, start: usize) -> Option<Number> {
    if let Some(fraction) = read_fraction(p, start) {
        return Some(fraction);
    }
    let mut sum = Sum::default();
    let mut at = start;
    let mut next = start;
    let mut scale = 1.0;
    while let Some(value) = word_value(p, at, at > start) {
        let taken = if p.is(at, Class::Cardinal) || p.is_digits(at) {
            sum.add(value)
        } else if p.is(at, Class::Scale) || p.is(at, Class::Vague) {
            scale = value;
            sum.scale(value)
        } else if p.is(at, Class::Ordinal)
            && (at == start || !p.is(at, Class::TimeUnit) || is_hyphenated_rank(p, at))
        {
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
        // "a million and a half" is half a million more; "one hundred and three and a half" half of one.
        let ends_in_scale = p.is(next - 1, Class::Scale) && scale >= 1000.0;
        if p.is(after, Class::Scale) && ends_in_scale {
            let smaller = p.value(after).unwrap_or(1.0);
            return Some(Number {
                value: value + part * smaller,
                form: Form::Cardinal,
                next: after + 1,
                scale: 1.0,
                in_digits: false,
            });
        }
        let whole = if ends_in_scale { scale } else { 1.0 };
        return Some(with_scale(p, value + part * whole, after, Form::Cardinal, false));
    }
    if let Some((value, after)) = spoken_decimals(p, value, next) {
        return Some(with_scale(p, value, after, Form::Cardinal, false));
    }
    Some(Number {
        value,
        form: Form::Cardinal,
        next,
        scale,
        in_digits: false,
    })
}

/// "forty-second" is a rank, "forty seconds" a time.
fn is_hyphenated_rank(p: Pieces<'_>, at: usize) -> bool {
    p.says(at, "second")
        && at >= 2
        && p.is_dash(at - 1)
        && p.is_glued_before(at)
        && p.value(at - 2).is_some_and(|tens| tens >= 20.0)
        && !p.is_word(at + 1)
}

/// The value of a number word. After another one, plural scales count too ("three dozens"), and so do digits between
/// scales ("4 thousand 3 hundred").
pub(super) fn word_value(p: Pieces<'_>, at: usize, inside: bool) -> Option<f64> {
    if p.is_digits(at) {
        let is_small = p.str(at).len() <= 3 && p.str(at).bytes().all(|byte| byte.is_ascii_digit());
        return (is_small && (!inside || p.is(at - 1, Class::Scale) || p.says(at - 1, "and")))
            .then(|| parse(p.str(at)));
    }
    if inside && p.is(at, Class::Vague) {
        return plural_scale(p, at);
    }
    p.value(at)
        .filter(|_| p.is(at, STARTS) && !p.is(at, Class::Vague))
}

pub(super) fn plural_scale(p: Pieces<'_>, at: usize) -> Option<f64> {
    let scales = [
        ("dozens", 12.0),
        ("hundreds", 100.0),
        ("thousands", 1e3),
        ("millions", 1e6),
        ("billions", 1e9),
        ("trillions", 1e12),
        ("lakhs", 1e5),
        ("crores", 1e7),
    ];
    scales
        .iter()
        .find(|(word, _)| p.says(at, word))
        .map(|&(_, scale)| scale)
}

/// Steps over what joins number words: the hyphen of "twenty-one", the "and" of "two hundred and five".
pub(super) fn joint(p: Pieces<'_>, at: usize) -> usize {
    let tens = at > 0
        && p.is(at - 1, Class::Cardinal)
        && p.value(at - 1).is_some_and(|tens| tens >= 20.0)
        && p.value(at + 1).is_some_and(|ones| ones < 10.0);
    let is_hyphen = p.is_any_mark(at, &[Mark::Hyphen, Mark::EnDash, Mark::EmDash])
        && (p.is_glued_before(at) && p.is_glued(at) || tens && p.is(at + 1, Class::Cardinal));
    let follows_scale = at > 0 && p.is(at - 1, Class::Scale) && p.value(at - 1) != Some(12.0);
    let is_and = p.says(at, "and")
        && follows_scale
        && (p.is(at + 1, Class::Cardinal) || p.is_digits(at + 1))
        && !starts_next_count(p, at + 1);
    if is_hyphen || is_and { at + 1 } else { at }
}

/// "a hundred and two others" goes on; "two hundred and five million" goes on; "one thousand and two hundred" does not
/// matter. What must not be joined is "two million and three others": after million comes a new count.
pub(super) fn starts_next_count(p: Pieces<'_>, at: usize) -> bool {
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
    Some(Number {
        value,
        form: Form::Ordinal,
        next: at + 1,
        scale: 1.0,
        in_digits: false,
    })
}

/// "two-thirds", "half", "quarter", "three quarters", "half a million", "quarter of a million".
pub(super) fn read_fraction(p: Pieces<'_>, start: usize) -> Option<Number> {
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
    if at == start
        && (!is_half || is_half_of_time(p, start))
        && !(is_quarter && (follows_article(p, start) || half_a_million(p, start + 1).is_some())
            || is_bare_part(p, start) && !(is_half && is_half_of_time(p, start)))
    {
        return None;
    }
    let is_plural = p.str(at).ends_with('s') || p.says(at, "halves");
    if at > start && parts != 1.0 && !is_plural {
        // "three fifth" is an ordinal out of place.
        return None;
    }
    let value = parts / p.value(at)?;
    Some(match half_a_million(p, at + 1) {
        Some((scale, next)) => Number {
            value: value * scale,
            form: Form::Cardinal,
            next,
            scale: 1.0,
            in_digits: false,
        },
        None => Number {
            value,
            form: Form::Fraction,
            next: at + 1,
            scale: 1.0,
            in_digits: false,
        },
    })
}

/// "the second half", "a year and a half": no part of a counted whole.
pub(super) fn is_half_of_time(p: Pieces<'_>, at: usize) -> bool {
    let before = at.wrapping_sub(1);
    p.says_any(
        before,
        &[
            "second", "first", "latter", "this", "last", "next", "top", "bottom", "and",
        ],
    ) || p.is(before, Class::Article) && p.says(before.wrapping_sub(1), "and")
}

pub(super) fn follows_article(p: Pieces<'_>, at: usize) -> bool {
    at > 0 && p.is(at - 1, Class::Article)
}

/// "a third of": the article makes it a part rather than a rank.
pub(super) fn is_bare_part(p: Pieces<'_>, at: usize) -> bool {
    at > 0 && p.is(at - 1, Class::Article) && p.says(at + 1, "of") && !p.is(at, Class::TimeUnit)
}

/// "half \[a million\]", "quarter \[of a million\]", "half \[million\]", "half-\[dozen\]", "half \[a dozen\]".
pub(super) fn half_a_million(p: Pieces<'_>, at: usize) -> Option<(f64, usize)> {
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
pub(super) fn and_a_half(p: Pieces<'_>, at: usize) -> Option<(f64, usize)> {
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
pub(super) fn spoken_decimals(p: Pieces<'_>, whole: f64, at: usize) -> Option<(f64, usize)> {
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
