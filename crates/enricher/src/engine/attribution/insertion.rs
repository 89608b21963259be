//! What stands between a source and its verb: adverbs and dates, ages and offices, names in apposition.

use super::source;
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape};

/// Longest insertion, in pieces.
const LONGEST: usize = 24;

/// What may stand between a source and its verb: "police *on Friday also* said".
const BETWEEN: Classes = Classes::of(&[
    Class::Adverb,
    Class::Auxiliary,
    Class::Weekday,
    Class::Month,
    Class::Negation,
    Class::Modal,
    Class::DayPart,
]);

/// Most insertions between a source and its verb: "Ann Lee (Ind.), a mayor, said" has two.
const INSERTIONS: usize = 2;

/// What is found behind the insertions.
pub(super) enum Behind {
    /// A name that was inserted itself: the source.
    Name((usize, usize)),
    /// The last piece of the source.
    Phrase(usize),
}

/// Steps left over what is inserted before the verb.
pub(super) fn over_insertions(p: Pieces<'_>, mut last: usize, start: usize) -> Option<Behind> {
    for _ in 0..INSERTIONS {
        let is_dash = p.is_mark(last, Mark::EmDash) || p.is_dash(last) && !p.is_glued(last);
        let closes = p.is_any_mark(last, &[Mark::Comma, Mark::Close]) || is_dash;
        if !closes {
            break;
        }
        let before = over_age(p, last, start).or_else(|| over_insertion(p, last, start))?;
        // "A spokesman, John Smith, said": the name is the source. "John Smith, a spokesman, said": the same.
        let is_name = p.is_mark(last, Mark::Comma) || !p.is_capital(before);
        if let Some(name) = inserted_name(p, before + 2, last).filter(|_| is_name) {
            return Some(Behind::Name(name));
        }
        last = before;
    }
    Some(Behind::Phrase(last))
}

/// Steps left over adverbs, auxiliaries and "on Friday".
pub(super) fn skip_between(p: Pieces<'_>, mut last: usize, start: usize) -> Option<usize> {
    loop {
        let is_date = p.is_digits(last) && last > start && p.is(last - 1, Class::Month);
        let is_on = p.says_any(last, &["on", "in", "late", "early"])
            && p.is(
                last + 1,
                Classes::of(&[Class::Weekday, Class::Month, Class::DayPart, Class::Adverb]),
            );
        let in_statement =
            p.says(last, "statement") && p.says_any(last.wrapping_sub(1), &["a", "separate", "the"]);
        if in_statement && last >= start + 2 && p.says(last - 2, "in") {
            last = last.checked_sub(3).filter(|&last| last >= start)?;
            continue;
        }
        let is_manner =
            p.shape(last) == Some(Shape::Lower) && p.str(last).ends_with("ly") && p.str(last).len() > 5;
        let is_short =
            p.shape(last) == Some(Shape::Possessive) && source::is_pronoun(p, last.wrapping_sub(1));
        if !(is_date || is_manner || is_on || is_short || p.is(last, BETWEEN) && !p.is(last, Class::Person)) {
            return Some(last);
        }
        last = last.checked_sub(1).filter(|&last| last >= start)?;
    }
}

/// From the comma before the verb to the end of the phrase before the inserted words: "Asif, the minister, said".
fn over_insertion(p: Pieces<'_>, closing: usize, start: usize) -> Option<usize> {
    let opens = |at: usize| match p.shape(closing) {
        Some(Shape::Mark(Mark::Close)) => p.is_mark(at, Mark::Open),
        Some(Shape::Mark(Mark::Comma)) => p.is_mark(at, Mark::Comma),
        _ => p.is_mark(at, Mark::EmDash) || p.is_dash(at) && !p.is_glued(at),
    };
    let floor = closing.saturating_sub(LONGEST).max(start);
    let opening = (floor..closing).rev().find(|&at| opens(at))?;
    opening.checked_sub(1).filter(|&last| last >= start)
}

/// Longest way from an age to the verb, in pieces: "Ann Lee, 34, a baker who had come with her sister, said".
const AGED: usize = 40;

/// "Ann Lee, 34, of Port Reed, Ore., said", "Mr. Lee, now 81 and retired, said": the name stands before the age.
fn over_age(p: Pieces<'_>, closing: usize, start: usize) -> Option<usize> {
    let floor = closing.saturating_sub(AGED).max(start + 1);
    let is_age = |at: usize| {
        let age = at + 1 + usize::from(p.says(at + 1, "now"));
        let ends = p.is_mark(age + 1, Mark::Comma) || p.says(age + 1, "and");
        p.is_digits(age) && p.str(age).len() == 2 && ends
    };
    (floor..closing)
        .rev()
        .take_while(|&at| !p.is_quote(at))
        .find(|&at| p.is_mark(at, Mark::Comma) && p.is_capital(at - 1) && is_age(at))
        .map(|comma| comma - 1)
}

/// The name between two commas, without its title.
fn inserted_name(p: Pieces<'_>, mut first: usize, closing: usize) -> Option<(usize, usize)> {
    let is_name = first < closing
        && closing - first <= 8
        && (first..closing).all(|at| {
            p.is_capital(at)
                || p.is_any_mark(at, &[Mark::Hyphen, Mark::Stop])
                || p.says_any(at, &["al", "bin", "de", "van", "von", "der", "ould", "el"])
        });
    while first + 1 < closing && (p.is(first, Class::Title) || p.is_mark(first, Mark::Stop)) {
        first += 1;
    }
    let words = (first..closing).filter(|&at| p.is_capital(at)).count();
    (is_name && words >= 2).then_some((first, closing - 1))
}
