//! Acts and attitudes: "the court ordered", "the union opposes", "she is considering".
//!
//! Their verbs are common in plain narrative, so that their frame is strict: a finite verb behind whoever acts, and of
//! what follows only the clause that names what is decided or judged.

use super::frame::{self, REACH};
use super::{Attribution, may_be, source};
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape};

/// Reads the act whose verb stands at a piece, if one does.
pub(super) fn read(p: Pieces<'_>, at: usize, start: usize, end: usize) -> Option<Attribution> {
    if at == start || !p.is(at, Class::ActVerb) || !is_finite(p, at, start) {
        return None;
    }
    let source = if trails(p, at) {
        source::subject_of(p, start, at - 1)
    } else {
        source::left_of(p, at, start)
    };
    let source = source.filter(|&source| acts(p, source))?;
    let mut found = frame::attribution(p, source, (at, at), (at + 1, act_end(p, at + 1, end)))?;
    found.is_intent = true;
    found.is_act = true;
    Some(found)
}

/// Whether a subject can act: "making calls" and "the 11th named storm" have none.
fn acts(p: Pieces<'_>, (first, last): (usize, usize)) -> bool {
    let is_gerund = first == last && p.is(last, Class::Verb) && p.str(last).ends_with("ing");
    let is_number = p.is_glued_before(first) && p.is_digits(first - 1);
    !is_gerund
        && !is_number
        && !frame::is_share(p, (first, last))
        && !p.says_any(first, &["which", "there", "what", "that"])
}

/// ", calling the toll a shame": the subject of the sentence judges.
fn trails(p: Pieces<'_>, at: usize) -> bool {
    p.str(at).ends_with("ing") && p.is_mark(at - 1, Mark::Comma)
}

/// "ordered", "has ordered", "is ordering", but not "was ordered", "a plan favored by", "to order", "the order".
fn is_finite(p: Pieces<'_>, at: usize, start: usize) -> bool {
    let between = |at: usize| {
        p.is(at, Classes::of(&[Class::Adverb, Class::Negation]))
            || p.str(at).ends_with("ly") && !p.is_capital(at)
    };
    let Some(before) = (start..at).rev().take(4).find(|&index| !between(index)) else {
        return false;
    };
    let word = p.str(at);
    let is_behind_be = may_be(p, before);
    if p.shape(at) != Some(Shape::Lower) {
        false
    } else if word.ends_with("ing") {
        is_behind_be || trails(p, at)
    } else if word.ends_with("ed") {
        !is_behind_be && !p.says_any(at + 1, &["as", "by", "off"]) && !p.says_all(at, &["sentenced", "to"])
    } else {
        let modifies = Classes::of(&[Class::Article, Class::Determiner, Class::Preposition]);
        let is_noun = p.is(before, modifies) || p.shape(before) == Some(Shape::Possessive);
        let has_subject = p.is_capital(before) || p.is(before, Classes::of(&[Class::Pronoun, Class::Person]));
        let is_verb = has_subject || !p.is(at + 1, Class::Preposition);
        !is_behind_be && !is_noun && !p.says(before, "to") && is_verb
    }
}

/// Where what is decided or judged ends: what follows a comma, a relative or "after" is told by the writer.
fn act_end(p: Pieces<'_>, from: usize, to: usize) -> usize {
    let ends = |at: usize| {
        p.is_any_mark(at, &[Mark::Comma, Mark::Semicolon, Mark::EmDash])
            || at > from && p.is(at, Class::Relative) && !begins_clause(p, at)
            || p.says_any(at, &["after", "before", "while", "since", "because"])
            || p.is(
                at,
                Classes::of(&[Class::KillVerb, Class::InjureVerb, Class::KillNoun]),
            )
    };
    (from..to).take(REACH).find(|&at| ends(at)).unwrap_or(to)
}

/// "Doubt that the mill would pay" goes on; "the attack that killed" tells of the attack.
fn begins_clause(p: Pieces<'_>, at: usize) -> bool {
    let subject = Classes::of(&[Class::Article, Class::Determiner, Class::Pronoun]);
    p.says(at, "that") && (p.is(at + 1, subject) || p.is_capital(at + 1))
}
