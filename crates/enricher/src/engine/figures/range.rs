//! Ranges: "10–15", "between 10 and 15", "from $3 to $5 billion", "a day or two".

#![expect(
    clippy::float_cmp,
    reason = "printed numbers are compared with the numbers that are printed"
)]

use super::amount::{Part, draft, read_part};
use super::draft::{Draft, Shape};
use super::unit::Unit;
use crate::engine::pieces::number::{self, Form};
use crate::engine::pieces::{Class, Classes, Mark, Pieces};

/// What joins the two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    Dash,
    To,
    And,
    Or,
}

/// Reads the second end of a range and joins it to the first.
pub(super) fn read(p: Pieces<'_>, first: &Part, start: usize) -> Option<Draft> {
    if matches!(first.number.form, Form::Vague | Form::Fraction) {
        return None;
    }
    let (joint, next) = joint(p, first, start)?;
    // "between 2 and about 7 grams"
    let is_hedged =
        p.says_any(next, &["about", "around", "approximately", "roughly"]) || p.is_mark(next, Mark::Tilde);
    let next = next + usize::from(is_hedged);
    let mut second = read_part(p, next, next)?;
    if second.number.form != first.number.form {
        return None;
    }
    if first.number.form == Form::Ordinal {
        return None;
    }
    let units_agree = first.unit == Unit::None
        || second.unit == first.unit
        || (joint != Joint::And && second.unit == Unit::None && matches!(first.unit, Unit::Money(..)));
    if !units_agree {
        return None;
    }
    if second.unit == Unit::None {
        second.unit = first.unit;
    }
    let (mut low, high) = (first.number.value, second.number.value);
    if first.number.scale == 1.0 && second.number.scale > 1.0 && low * second.number.scale <= high {
        low *= second.number.scale;
    }
    let is_rising = low < high;
    let is_spaced = joint == Joint::Dash && !p.is_glued(next - 1);
    if is_spaced && !(is_rising && p.is_digits(next)) {
        return None;
    }
    let shape = match joint {
        Joint::Dash | Joint::To if !is_rising => Shape::Pair,
        _ if !is_rising => return None,
        _ => Shape::Range,
    };
    // "3.5–2.1" is neither a result nor a range.
    if shape == Shape::Pair
        && (low.fract() != 0.0
            || high.fract() != 0.0
            || first.unit != Unit::None
            || second.unit != Unit::None)
    {
        return None;
    }
    if joint == Joint::Or && (high - low > low.max(1.0) || first.unit != Unit::None) {
        return None;
    }
    Some(draft(first, &second, (low, high), shape, false))
}

fn joint(p: Pieces<'_>, first: &Part, start: usize) -> Option<(Joint, usize)> {
    let at = first.after;
    if p.is_dash(at) {
        if p.says(at + 1, "to") && p.is_dash(at + 2) {
            return Some((Joint::To, at + 3));
        }
        // "a two- to three-year term"
        if p.says(at + 1, "to") && p.is_glued_before(at) {
            return Some((Joint::To, at + 2));
        }
        let is_tight = p.is_glued(at) && p.is_glued_before(at);
        let is_spaced =
            p.is_any_mark(at, &[Mark::EnDash, Mark::Hyphen]) && !p.is_glued(at) && !p.is_glued_before(at);
        // "75 -300mm": a tokeniser has torn the first end off.
        let is_torn = p.is_mark(at, Mark::Hyphen)
            && p.is_glued(at)
            && !p.is_glued_before(at)
            && first.unit == Unit::None
            && p.is(at + 2, Class::Measure);
        let is_range = (is_tight || is_spaced || is_torn) && first.number.in_digits;
        return is_range.then_some((Joint::Dash, at + 1));
    }
    if p.says_any(at, &["through", "thru"]) && first.number.in_digits && p.is_digits(at + 1)
        || p.is_mark(at, Mark::Tilde) && p.is_glued(at) && p.is_glued_before(at)
    {
        return Some((Joint::To, at + 1));
    }
    if p.says(at, "to") {
        let is_from = first.first > start
            && p.says(first.first - 1, "from")
            && !p.says_any(first.first.wrapping_sub(2), SPANNING)
            // A range that moves to another one: "from 10 to 12 tonnes to 14 to 16 tonnes".
            && !moves_on(p, first, at + 1);
        let before = first.first.wrapping_sub(1);
        let by = first.first > start
            && (p.says_any(before, &["by", "off"]) || p.is(before, Classes::of(&[Class::Up, Class::Down])));
        // "from 8 to 9 hours" after a verb of change compares two figures, as does "rose by 8 to 9 hours".
        let compares = by && first.unit != Unit::None || is_from && follows_change(p, first.first, start);
        let hyphen = usize::from(p.is_mark(at + 1, Mark::Hyphen) && p.is_digits(at + 2));
        return (!compares).then_some((Joint::To, at + 1 + hyphen));
    }
    if p.says(at, "and") {
        let from = first.first.saturating_sub(3).max(start);
        let is_between = (from..first.first).any(|index| p.says(index, "between"));
        return is_between.then_some((Joint::And, at + 1));
    }
    if p.says(at, "or") && first.number.value < 100.0 && first.number.form == Form::Cardinal {
        return Some((Joint::Or, at + 1));
    }
    None
}

/// Words before "from" that make what follows a range, whatever changes around it.
const SPANNING: &[&str] = &[
    "anywhere", "range", "ranges", "ranging", "ranged", "vary", "varies", "varying", "varied",
];

/// Whether the amount at `at` is itself followed by "to" and another one.
fn moves_on(p: Pieces<'_>, first: &Part, at: usize) -> bool {
    read_part(p, at, at).is_some_and(|second| {
        first.number.value < second.number.value
            && p.says(second.after, "to")
            && number::may_start(p, second.after + 1)
    })
}

/// Whether a verb of change stands in the words before "from".
fn follows_change(p: Pieces<'_>, at: usize, start: usize) -> bool {
    let from = at.saturating_sub(9).max(start);
    (from..at).any(|index| {
        p.is(index, Class::Up)
            || p.is(index, Class::Down)
            || p.says_any(
                index,
                &[
                    "extend",
                    "extends",
                    "extended",
                    "extending",
                    "increases",
                    "change",
                    "changed",
                    "went",
                    "moved",
                ],
            )
    })
}

/// "a day or two", "a pick or two": one or two of what stands behind the article.
pub(super) fn read_or_two(p: Pieces<'_>, two: &Part, start: usize) -> Option<Draft> {
    let at = two.first;
    let is_or_two = two.number.value == 2.0
        && two.number.form == Form::Cardinal
        && two.unit == Unit::None
        && at >= start + 3
        && p.says(at - 1, "or")
        && p.is(at - 3, Class::Article);
    if !is_or_two {
        return None;
    }
    let is_noun = p.is_word(at - 2)
        && !p.is(
            at - 2,
            Classes::of(&[Class::Scale, Class::Adverb, Class::Preposition]),
        )
        && !p.is(at - 3, Class::Scale);
    if !is_noun || p.is_word(two.after) && !p.is(two.after, FOLLOWS) {
        return None;
    }
    let unit = match p.code(at - 2) {
        Some(code) if p.is(at - 2, Class::TimeUnit) => Unit::Time(code, 1.0),
        Some(code) if p.is(at - 2, Class::Measure) => Unit::Measure(code),
        _ => Unit::None,
    };
    let first = Part {
        first: at - 3,
        unit,
        ..*two
    };
    let mut draft = draft(&first, &first, (1.0, 2.0), Shape::Range, false);
    if unit == Unit::None {
        (draft.subject, draft.head) = (Some((at - 2, at - 2)), Some(at - 2));
    }
    Some(draft)
}

/// What may follow "a day or two".
const FOLLOWS: Classes = Classes::of(&[
    Class::Preposition,
    Class::Conjunction,
    Class::Adverb,
    Class::Auxiliary,
    Class::DateWord,
    Class::Pronoun,
    Class::Determiner,
]);
