//! Acts and attitudes: "the court ordered", "the union opposes", "she is considering".
//!
//! Their verbs are common in plain narrative, so that their frame is strict: a finite verb behind whoever acts, and of
//! what follows only the clause that names what is decided or judged.

use super::frame::{self, REACH};
use super::{Attribution, source};
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape};

/// Forms that make a passive of a participle in "-ed", and a finite verb of one in "-ing".
const BE: &[&str] = &["is", "are", "was", "were", "be", "been", "being", "'s", "'re"];

/// Reads the act whose verb stands at a piece, if one does.
pub(super) fn read(p: Pieces<'_>, at: usize, start: usize, end: usize) -> Option<Attribution> {
    if at == start || !p.is(at, Class::ActVerb) || !is_finite(p, at, start) {
        return None;
    }
    let source = source::left_of(p, at, start).filter(|&source| acts(p, source))?;
    let mut found = frame::attribution(p, source, (at, at), (at + 1, act_end(p, at + 1, end)))?;
    found.is_intent = true;
    Some(found)
}

/// Whether a subject can act: "making calls" and "the 11th named storm" have none.
fn acts(p: Pieces<'_>, (first, last): (usize, usize)) -> bool {
    let is_gerund = first == last && p.shape(last) == Some(Shape::Lower) && p.str(last).ends_with("ing");
    let is_number = p.is_glued_before(first) && p.is_digits(first - 1);
    !is_gerund && !is_number && !p.says_any(first, &["which", "there", "what", "that"])
}

/// "ordered", "has ordered", "is ordering", but not "was ordered", "a plan favored by", "to order", "the order".
fn is_finite(p: Pieces<'_>, at: usize, start: usize) -> bool {
    let between = Classes::of(&[Class::Adverb, Class::Negation]);
    let Some(before) = (start..at).rev().take(4).find(|&index| !p.is(index, between)) else {
        return false;
    };
    let word = p.str(at);
    let is_behind_be = p.says_any(before, BE);
    if p.shape(at) != Some(Shape::Lower) {
        false
    } else if word.ends_with("ing") {
        is_behind_be
    } else if word.ends_with("ed") {
        !is_behind_be && !p.says_any(at + 1, &["by", "off"]) && !p.says_all(at, &["sentenced", "to"])
    } else {
        let modifies = Classes::of(&[Class::Article, Class::Determiner, Class::Preposition]);
        let is_noun = p.is(before, modifies) || p.shape(before) == Some(Shape::Possessive);
        !is_behind_be && !is_noun && !p.says(before, "to") && !p.is(at + 1, Class::Preposition)
    }
}

/// Where what is decided or judged ends: what follows a comma, a relative or "after" is told by the writer.
fn act_end(p: Pieces<'_>, from: usize, to: usize) -> usize {
    let ends = |at: usize| {
        p.is_any_mark(at, &[Mark::Comma, Mark::Semicolon, Mark::EmDash])
            || at > from && p.is(at, Class::Relative)
            || p.says_any(at, &["after", "before", "while", "as", "since", "because"])
            || p.is(
                at,
                Classes::of(&[Class::KillVerb, Class::InjureVerb, Class::KillNoun]),
            )
    };
    (from..to).take(REACH).find(|&at| ends(at)).unwrap_or(to)
}
