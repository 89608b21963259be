//! Amounts: a number with its sign, currency, percent and unit, alone or as a range.

#![expect(
    clippy::float_cmp,
    reason = "printed numbers are compared with the numbers that are printed"
)]

use super::confidence::Evidence;
use super::currency;
use super::draft::{Draft, Shape};
use super::range;
use super::unit::{self, Unit};
use crate::engine::analysis::Bound;
use crate::engine::pieces::number::{self, Form, Number};
use crate::engine::pieces::{Class, Classes, Mark, Pieces};

/// One number with what is written directly before and after it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// First piece, with the sign.
    pub first: usize,
    /// First piece after the number, currency and percent: the end of what is printed as the number.
    pub printed: usize,
    /// First piece after the unit.
    pub after: usize,
    /// The number alone.
    pub number: Number,
    /// Its unit.
    pub unit: Unit,
}

/// Reads the amount that starts at a piece, if one does. `start` is where the sentence starts.
pub(super) fn read(p: Pieces<'_>, at: usize, start: usize) -> Option<Draft> {
    let first = read_part(p, at, start)?;
    if let Some(draft) = read_ratio(p, &first) {
        return Some(draft);
    }
    if let Some(draft) = range::read(p, &first, start).or_else(|| range::read_or_two(p, &first, start)) {
        return Some(draft);
    }
    let shape = match first.number.form {
        Form::Cardinal => Shape::Single,
        Form::Ordinal => Shape::Ordinal,
        Form::Fraction => Shape::Fraction,
        Form::Vague => Shape::Vague,
    };
    if shape == Shape::Single
        && let Some(few) = few_before(p, at, start)
    {
        let first = Part { first: few, ..first };
        return Some(draft(&first, &first, (0.0, 0.0), Shape::Vague, false));
    }
    let value = first.number.value;
    if first.unit == Unit::AgeDecade {
        return Some(draft(&first, &first, (value, value + 9.0), Shape::Range, false));
    }
    Some(draft(
        &first,
        &first,
        (value, value),
        shape,
        is_part_of_whole(p, first.after) || has_numerator(p, &first),
    ))
}

/// "\[several\] hundred", "\[a few\] dozen", "\[a couple of\] thousand": as vague as the magnitude alone in the plural.
fn few_before(p: Pieces<'_>, at: usize, start: usize) -> Option<usize> {
    if !p.is(at, Class::Scale) || at <= start {
        return None;
    }
    if p.says_any(at - 1, &["several", "few", "many"]) {
        let article = at >= start + 2 && p.is(at - 2, Class::Article);
        return Some(at - 1 - usize::from(article));
    }
    let couple = (at - 1).saturating_sub(usize::from(p.says(at - 1, "of")));
    (couple > start && p.says(couple, "couple") && p.is(couple - 1, Class::Article)).then(|| couple - 1)
}

/// "one-third interest", "two-thirds majority": a share, whatever follows.
fn has_numerator(p: Pieces<'_>, part: &Part) -> bool {
    p.is(part.first, Class::Cardinal) && p.is_dash(part.first + 1) && part.number.next > part.first + 2
}

/// "half of the seats", "half their homes", "fell by half": a share, where "half page" and "1/2 cup" are measures.
fn is_part_of_whole(p: Pieces<'_>, after: usize) -> bool {
    let is_noun = p.is_word(after)
        && !p.is(
            after,
            Classes::of(&[
                Class::Determiner,
                Class::Article,
                Class::Preposition,
                Class::Pronoun,
                Class::Auxiliary,
                Class::Modal,
                Class::Conjunction,
                Class::Verb,
                Class::Adverb,
                Class::Relative,
                Class::SayVerb,
            ]),
        );
    !is_noun && !p.is_any_mark(after, &[Mark::Hyphen])
}

/// Makes a draft of one part, or of the two ends of a range.
pub(super) fn draft(
    first: &Part,
    last: &Part,
    (low, high): (f64, f64),
    shape: Shape,
    is_part_of_whole: bool,
) -> Draft {
    let unit = if last.unit == Unit::None {
        first.unit
    } else {
        last.unit
    };
    let (mut low, mut high) = (low, high);
    // Fractions of a counted whole are percentages; hundredths are all that a printed fraction promises.
    let is_share = shape == Shape::Fraction && matches!(unit, Unit::None) && is_part_of_whole;
    if is_share {
        (low, high) = (
            (low * 10_000.0).round() / 100.0,
            (high * 10_000.0).round() / 100.0,
        );
    }
    Draft {
        first: first.first,
        last: last.printed - 1,
        start: first.first,
        after: last.after,
        low: number::times(low, unit.factor()),
        high: number::times(high, unit.factor()),
        shape,
        bound: Bound::Exact,
        unit: if is_share { Some("percent") } else { unit.code() },
        kind: if is_share {
            Unit::Percent.kind()
        } else {
            unit.kind()
        },
        subject: None,
        head: None,
        change: None,
        converts: false,
        negated: false,
        part_of: None,
        compared_to: None,
        sentence: 0,
        evidence: Evidence::default(),
    }
}

/// Reads "\[-\]\[$\]1.5 billion\[%\]\[ euros\]".
pub(super) fn read_part(p: Pieces<'_>, at: usize, start: usize) -> Option<Part> {
    let currency = currency::before(p, at);
    let mut digits = currency.map_or(at, |(_, next)| next);
    let is_negative = currency.is_some() && p.is_mark(digits, Mark::Hyphen) && p.is_glued(digits);
    digits += usize::from(is_negative);
    let number = match article_number(p, digits) {
        Some(number) => number,
        None => number::read(p, digits)?,
    };
    let (first, minus) = sign(p, at, start);
    let mut part = Part {
        first,
        printed: number.next,
        after: number.next,
        number,
        unit: Unit::None,
    };
    if minus || is_negative {
        part.number.value = -part.number.value;
    }
    match currency {
        Some((code, _)) => {
            part.unit = Unit::Money(code, 1.0);
            part.after = currency::skip_word(p, number.next);
            part.printed = part.after;
        }
        // A rank has no unit: "the third day".
        None if number.form == Form::Ordinal => {}
        None => {
            if let Some(found) = unit::after(p, number.next, &number) {
                part.unit = found.unit;
                part.after = found.next;
                if found.is_printed {
                    part.printed = found.next;
                }
            }
        }
    }
    let is_degree = matches!(part.unit, Unit::Measure("degC" | "degF" | "degree"));
    if is_degree && p.says(part.after, "below") && p.says(part.after + 1, "zero") {
        part.number.value = -part.number.value.abs();
        part.after += 2;
    }
    if let Some((hundredths, next)) = cents(p, &part) {
        part.number.value += hundredths / 100.0;
        (part.printed, part.after) = (next, next);
    }
    Some(part)
}

/// "3 dollars \[and 50 cents\]", "15 dollars \[50\]": the hundredths of a sum that has been read whole.
fn cents(p: Pieces<'_>, part: &Part) -> Option<(f64, usize)> {
    let is_whole =
        matches!(part.unit, Unit::Money(_, factor) if factor == 1.0) && part.number.value.fract() == 0.0;
    if !is_whole || part.number.form != Form::Cardinal {
        return None;
    }
    let joined = p.says(part.after, "and");
    let number = number::read(p, part.after + usize::from(joined))
        .filter(|number| number.form == Form::Cardinal && number.value < 100.0)?;
    if p.is(number.next, Class::Subunit) {
        return Some((number.value, number.next + 1));
    }
    let is_bare = !joined
        && number.value >= 10.0
        && number.value.fract() == 0.0
        && !p.is_word(number.next)
        && !p.is_dash(number.next)
        && !p.is_mark(number.next, Mark::Percent);
    let spelled = p.is(part.after - 1, Class::Currency);
    (is_bare && spelled).then_some((number.value, number.next))
}

/// "a dozen", "a hundred", "a million": the article counts one of the scale.
fn article_number(p: Pieces<'_>, at: usize) -> Option<Number> {
    if !p.is(at, Class::Article) {
        return None;
    }
    let is_scale = p.is(at + 1, Class::Scale) && !p.is_glued(at);
    let is_part = p.says_any(at + 1, &["quarter", "third"])
        && !p.is_mark(at + 2, Mark::Hyphen)
        && number::read(p, at + 1).is_some();
    (is_scale || is_part).then(|| number::read(p, at + 1)).flatten()
}

/// Returns where the number begins with its sign, and whether the sign is a minus.
fn sign(p: Pieces<'_>, at: usize, start: usize) -> (usize, bool) {
    if at == start {
        return (at, false);
    }
    let before = at - 1;
    if p.says(before, "minus") && before >= start + 2 && p.says_all(before - 2, &["plus", "or"]) {
        return (at, false);
    }
    if p.says_any(before, &["minus", "negative"]) {
        return (before, true);
    }
    if p.is_mark(before, Mark::Hyphen) && before > start && p.says(before - 1, "minus") {
        return (before - 1, true);
    }
    let stands_free =
        before == start || !p.is_glued_before(before) || p.is_any_mark(before.wrapping_sub(1), &[Mark::Open]);
    let is_minus = p.is_mark(before, Mark::Hyphen)
        && p.is_digits(at)
        && if p.is_glued(before) {
            stands_free
        } else {
            is_spaced_minus(p, before)
        };
    if is_minus { (before, true) } else { (at, false) }
}

/// "of - 20 degrees", "− 5": a minus that a tokeniser has torn off, or a real one. A hyphen with spaces is a dash
/// unless a preposition or an auxiliary stands before it and a temperature behind.
fn is_spaced_minus(p: Pieces<'_>, at: usize) -> bool {
    let leads = Classes::of(&[Class::Preposition, Class::Auxiliary, Class::Verb]);
    let is_temperature = p.is_mark(at + 2, Mark::Degree) || p.says_any(at + 2, &["degrees", "deg"]);
    is_temperature && !p.is_glued_before(at) && (p.str(at) == "−" || p.is(at.wrapping_sub(1), leads))
}

/// What polls count in.
const WHOLES: [f64; 9] = [3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 100.0];

/// What may stand behind a share of persons.
const SHARERS: Classes = Classes::of(&[
    Class::Person,
    Class::SayVerb,
    Class::ClaimVerb,
    Class::Auxiliary,
    Class::Modal,
    Class::Verb,
]);

/// "one in five", "1-in-10", "one out of three": a share of the whole.
fn read_ratio(p: Pieces<'_>, first: &Part) -> Option<Draft> {
    let one = first.number;
    let hyphen = usize::from(p.is_mark(one.next, Mark::Hyphen));
    // The "in" of "1-in-10" is no inch.
    let is_bare = first.unit == Unit::None || hyphen == 1 && p.says(one.next + 1, "in");
    if one.form != Form::Cardinal || !is_bare || one.scale != 1.0 || !(1.0..10.0).contains(&one.value) {
        return None;
    }
    let joint = one.next + hyphen;
    let base = if p.says(joint, "in") {
        joint + 1 + hyphen + usize::from(p.says(joint + 1, "every"))
    } else if p.says_all(joint, &["out", "of"]) {
        joint + 2 + usize::from(p.says(joint + 2, "every"))
    } else {
        return None;
    };
    let whole = number::read(p, base).filter(|whole| {
        whole.form == Form::Cardinal && whole.value >= 2.0 && whole.value <= 1e6 && whole.value.fract() == 0.0
    })?;
    if p.is(whole.next, Classes::of(&[Class::TimeUnit, Class::Month]))
        || p.is_digits(base) && p.str(base).len() == 4
    {
        return None;
    }
    // "three in five voters" is a share, "three in five matches" is not.
    let is_share = p.says(joint, "in")
        && one.value < whole.value
        && WHOLES.contains(&whole.value)
        && (!p.is_word(whole.next) || p.is_capital(whole.next) || p.is(whole.next, SHARERS));
    if one.value != 1.0 && !is_share {
        return None;
    }
    let last = Part {
        printed: whole.next,
        after: whole.next,
        unit: Unit::None,
        ..*first
    };
    let share = one.value / whole.value;
    let first = Part {
        unit: Unit::None,
        ..*first
    };
    Some(draft(&first, &last, (share, share), Shape::Fraction, true))
}
