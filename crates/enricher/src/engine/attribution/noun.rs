//! Nouns: those that look like cues and are none ("a report", "twenty states"), and those that are ("his claim that").

use super::{Attribution, CUES, frame, source};
use crate::engine::analysis::ClaimStatus;
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape};

/// Words that are nouns as often as verbs.
const NOUN_OR_VERB: &[&str] = &[
    "report",
    "reports",
    "claim",
    "claims",
    "estimate",
    "estimates",
    "forecast",
    "forecasts",
    "state",
    "states",
    "note",
    "notes",
    "comment",
    "comments",
    "record",
    "records",
    "count",
    "counts",
    "rank",
    "ranks",
    "list",
    "lists",
    "document",
    "documents",
    "show",
    "shows",
    "find",
    "project",
    "projects",
    "register",
    "promise",
    "promises",
    "pledge",
    "pledges",
    "plan",
    "plans",
    "blame",
    "dispute",
    "disputes",
    "hope",
    "hopes",
    "fear",
    "fears",
    "saying",
    "finding",
    "findings",
    "suspect",
    "suspects",
    "threat",
    "charge",
    "charges",
    "order",
    "orders",
    "rules",
    "advocate",
    "advocates",
    "doubts",
    "worries",
];

/// Returns whether the word at a cue's place is no cue.
pub(super) fn is_noun(p: Pieces<'_>, at: usize, start: usize) -> bool {
    if at == start {
        return true;
    }
    let before = at - 1;
    if p.is_capital(at) && p.says_any(at, &["state", "states"]) {
        return true;
    }
    if p.is_capital(at) && !p.is_capital(before) {
        return p.says_any(at, &["report", "record", "count", "post"]);
    }
    if describes(p, at) || takes_object(p, at) {
        return true;
    }
    let after_modifier = p.is(
        before,
        Classes::of(&[Class::Article, Class::Determiner, Class::Preposition]),
    ) && !p.says_any(
        before,
        &["that", "this", "all", "both", "some", "to", "up", "out", "later"],
    );
    if p.says_any(at, NOUN_OR_VERB) {
        let possessive = p.shape(before) == Some(Shape::Possessive);
        let has_subject = p.says_any(before, &["he", "she", "it", "they", "we", "i"]);
        return after_modifier || possessive || !has_subject && !takes_content(p, at);
    }
    // "The country adds 20 names to the list": no speech.
    let counts = p.says_any(at, &["add", "adds", "added", "adding"])
        && (p.is_digits(at + 1)
            || p.is(
                at + 1,
                Classes::of(&[Class::Cardinal, Class::Vague, Class::Article]),
            )
            || p.is_mark(at + 1, Mark::Currency)
            || p.says_any(
                at + 1,
                &[
                    "around", "about", "more", "nearly", "over", "some", "another", "to", "up",
                ],
            ));
    counts || after_modifier && p.str(at).ends_with("ed")
}

/// A participle or part of a fixed phrase: "pledged delegates", "men accused of", "damage estimated at", "all told".
fn describes(p: Pieces<'_>, at: usize) -> bool {
    let is_participle = p.str(at).ends_with("ed");
    let judges = Classes::of(&[
        Class::IntentVerb,
        Class::ClaimVerb,
        Class::EstimateVerb,
        Class::ShowVerb,
    ]);
    let qualifies = p.is(at + 1, Class::Person) && !p.is_capital(at + 1) && p.is(at, judges);
    let is_passive = p.says(at + 1, "by") && p.is(at, judges)
        || p.says_all(at, &["accused", "of"])
        || p.says_all(at, &["estimated", "at"])
        || p.says_all(at, &["feared", "dead"]);
    is_participle && (qualifies || is_passive)
        || p.says(at, "told") && p.says(at - 1, "all")
        || p.says(at - 1, "worth")
        || p.says(at, "think") && p.says_any(at + 1, &["tank", "tanks"])
}

/// "declares an emergency", "maintains its lead", "concluded the visit": done, not said, unless a clause follows.
fn takes_object(p: Pieces<'_>, at: usize) -> bool {
    let acts = p.says_any(
        at,
        &[
            "declare",
            "declares",
            "declared",
            "declaring",
            "maintain",
            "maintains",
            "maintained",
            "conclude",
            "concludes",
            "concluded",
        ],
    );
    let next = at + 1;
    let says = p.says(next, "that")
        || p.is_quote(next)
        || p.is_any_mark(next, &[Mark::Comma, Mark::Colon])
        || p.is_mark(next, Mark::Stop)
        || p.is(next, Class::Pronoun)
        || p.is(next, Class::Preposition) && p.is_quote(next + 1);
    acts && !says
}

/// Whether what follows can be the content of a verb: "states with a border" is a noun, "states that" a verb.
fn takes_content(p: Pieces<'_>, at: usize) -> bool {
    let next = at + 1;
    let says_that = p.says(next, "that")
        || p.is_quote(next)
        || p.is_mark(next, Mark::Colon)
        || p.is_mark(next, Mark::Comma) && p.is_quote(next + 1);
    if p.says_any(at, &["state", "states", "projects"]) {
        return says_that
            || p.is(next, Classes::of(&[Class::Determiner, Class::Article]))
            || p.is_mark(next, Mark::Comma) && stands_apart(p, at);
    }
    let hedges = p.says_any(
        next,
        &["at", "about", "over", "between", "under", "up", "as", "around"],
    );
    let is_number = hedges
        && (p.is_digits(next + 1)
            || p.is(next + 1, Class::Cardinal)
            || p.says_any(next + 1, &["least", "many", "much"]));
    // "…, court records show.": only a source can stand before a verb that ends the sentence.
    let closes = p.is_mark(next, Mark::Stop) && p.is(at - 1, Classes::of(&[Class::Document, Class::Person]))
        || p.is_any_mark(next, &[Mark::Stop, Mark::Comma]) && stands_apart(p, at);
    let ends_phrase = !closes
        && match p.shape(next) {
            Some(Shape::Mark(mark)) => matches!(
                mark,
                Mark::Comma
                    | Mark::Stop
                    | Mark::Semicolon
                    | Mark::Close
                    | Mark::Exclamation
                    | Mark::Hyphen
                    | Mark::EnDash
                    | Mark::EmDash
            ),
            Some(_) => {
                p.is(
                    next,
                    Classes::of(&[
                        Class::Preposition,
                        Class::Conjunction,
                        Class::Modal,
                        Class::Auxiliary,
                    ]),
                ) && !is_number
                    || p.is(next, Class::Relative) && !says_that
                    || p.says_any(next, &["due", "came", "comes"])
                    || p.says(next, "to")
                        && p.says_any(at, &["report", "reports", "forecast", "forecasts", "claims"])
            }
            None => true,
        };
    says_that || !ends_phrase || intends(p, at)
}

/// Longest source between commas, in pieces.
const APART: usize = 8;

/// "…, the document states, …", "…, the Valley Post reports.": nothing but a name or a document before the verb.
fn stands_apart(p: Pieces<'_>, at: usize) -> bool {
    let floor = at.saturating_sub(APART);
    let is_name = |index: usize| {
        p.is_capital(index)
            || p.is(
                index,
                Classes::of(&[Class::Article, Class::Determiner, Class::Document, Class::Person]),
            )
            || p.is_mark(index, Mark::Hyphen)
            || p.says_any(index, &["of", "de", "newspaper", "court"])
    };
    let Some(opening) = (floor..at).rev().find(|&index| !is_name(index)) else {
        return false;
    };
    let opens = p.is_mark(opening, Mark::Comma) || p.is_quote(opening);
    let is_document = p.is(at - 1, Class::Document);
    let is_source = is_document || p.is(at - 1, Class::Person) || p.is_capital(at - 1);
    let is_mostly_noun = p.says_any(at, &["state", "states", "plans", "hopes", "fears", "records"]);
    opening + 1 < at && opens && is_source && (is_document || !is_mostly_noun)
}

/// "plans to", "hopes for": verbs of intent take a preposition too.
fn intends(p: Pieces<'_>, at: usize) -> bool {
    p.says_any(
        at,
        &[
            "plans", "plan", "hopes", "hope", "promises", "pledges", "pledge", "promise",
        ],
    ) && p.says(at + 1, "to")
        && !p.is(at - 1, Classes::of(&[Class::Determiner, Class::Article]))
}

/// Whether a noun names what is said or wanted.
pub(super) fn names_speech(p: Pieces<'_>, at: usize) -> bool {
    p.is(at, Classes::of(&[Class::AssertNoun, Class::PlanNoun]))
}

/// Whether a piece makes what follows somebody's: "mayor's", "her".
pub(super) fn owns(p: Pieces<'_>, at: usize) -> bool {
    let is_possessive = p.shape(at) == Some(Shape::Possessive);
    // "She's called for": a verb, shortened.
    is_possessive && !source::is_pronoun(p, at.wrapping_sub(1))
        || p.says_any(at, &["his", "her", "their", "its"])
}

/// Whose claim or plan it is: "the mayor's plan", "her unlikely plan", "the mayor left, with plans to".
fn owner(p: Pieces<'_>, at: usize, start: usize) -> Option<(usize, usize)> {
    if at > start && p.says(at - 1, "with") && p.says(at + 1, "to") {
        return source::subject_of(p, start, at - 1);
    }
    // "His lawyers claim": a verb behind its subject, unlike "his wild assertion".
    let is_described =
        p.shape(at.wrapping_sub(1)) == Some(Shape::Lower) && !owns(p, at - 1) && !p.is(at, CUES);
    let mark = at
        .checked_sub(1 + usize::from(is_described))
        .filter(|&mark| mark >= start && owns(p, mark))?;
    if p.shape(mark) != Some(Shape::Possessive) {
        return Some((mark, mark));
    }
    let last = mark.checked_sub(1).filter(|&last| last >= start)?;
    let (first, last) = source::ending_at(p, last, start)?;
    // "Protests in the capital against the court's plan": the plan is the court's.
    let within = (first..last)
        .rev()
        .find(|&index| p.is(index, Class::Preposition) && !p.says(index, "of"));
    within.map_or(Some((first, last)), |preposition| {
        source::ending_at(p, last, preposition + 1)
    })
}

/// "the mayor's claim that", "her plan would", "in the mayor's view, …".
pub(super) fn nominal(p: Pieces<'_>, at: usize, start: usize, end: usize) -> Option<Attribution> {
    let asserts = p.is(at, Class::AssertNoun) && p.says_any(at + 1, &["that", "of", "about"])
        || p.says_any(at, &["view", "opinion", "estimation"]) && p.is_mark(at + 1, Mark::Comma);
    let plans = p.is(at, Class::PlanNoun)
        && (p.is(at + 1, Class::Modal)
            || p.says(at + 1, "to") && p.shape(at + 2) == Some(Shape::Lower)
            || p.says(at + 1, "calls")
            || p.says(at + 1, "for") && p.says_any(at, &["call", "calls", "demand", "demands"])
            || p.is_mark(at + 1, Mark::Comma)
                && p.says_any(
                    at,
                    &["plan", "plans", "proposal", "proposals", "pledge", "promise"],
                ));
    if !asserts && !plans {
        return None;
    }
    let source = owner(p, at, start)?;
    let mut found = frame::attribution(p, source, (at, at), (at + 1, end))?;
    found.is_intent = plans;
    found.status = nominal_status(p, at, plans);
    Some(found)
}

/// "the announcement by the ministry that …".
pub(super) fn nominal_by(p: Pieces<'_>, at: usize, start: usize, end: usize) -> Option<Attribution> {
    if !p.says(at + 1, "by") || at == start || !p.is(at, Class::AssertNoun) {
        return None;
    }
    let source = source::right_of(p, at + 2, end)?;
    if !p.says(source.1 + 1, "that") {
        return None;
    }
    let mut found = frame::attribution(p, source, (at, at), (source.1 + 2, end))?;
    found.status = nominal_status(p, at, false);
    Some(found)
}

fn nominal_status(p: Pieces<'_>, at: usize, is_plan: bool) -> ClaimStatus {
    if is_plan || p.says_any(at, &["announcement", "statement", "view", "opinion"]) {
        ClaimStatus::Reported
    } else {
        ClaimStatus::Claimed
    }
}
