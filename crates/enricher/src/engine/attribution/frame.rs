//! The frames around a cue word.

use super::{Attribution, CUES, source, status};
use crate::engine::analysis::ClaimStatus;
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape};

/// Reads the frame whose cue stands at a piece, if one does.
pub(super) fn read(p: Pieces<'_>, at: usize, start: usize, end: usize) -> Option<Attribution> {
    if p.says(at, "according") && p.says(at + 1, "to") {
        return according_to(p, at, at + 1, start, end);
    }
    if p.is_mark(at, Mark::Colon) {
        return speaker_line(p, at, start, end);
    }
    if !p.is(at, CUES) || is_noun(p, at, start) {
        return None;
    }
    quoted_as(p, at, start, end)
        .or_else(|| inverted(p, at, start, end))
        .or_else(|| subject_first(p, at, start, end))
}

fn attribution(p: Pieces<'_>, source: (usize, usize), cue: (usize, usize), scope: (usize, usize)) -> Option<Attribution> {
    let status = match p.says(cue.0, "according") {
        true => ClaimStatus::Reported,
        false => status(p, cue.1),
    };
    let is_intent = p.is(cue.1, Class::IntentVerb);
    (scope.0 < scope.1).then_some(Attribution { source, referent: source, cue, status, scope, is_intent, sentence: 0 })
}

/// "SMITH: …" at the start of a line, as in transcripts.
fn speaker_line(p: Pieces<'_>, at: usize, start: usize, end: usize) -> Option<Attribution> {
    let first = start + usize::from(p.is_quote(start));
    let is_name = at > first && at - first <= 4 && (first..at).all(|index| p.is_capital(index) || p.is_mark(index, Mark::Stop));
    let is_loud = p.shape(at - 1) == Some(Shape::Upper);
    let is_line = start == 0 || p.ends_line(start - 1);
    let speaks = is_name && is_line && at + 1 < end && !p.is_glued(at) && (is_loud || p.is_quote(at + 1));
    speaks.then(|| attribution(p, (first, at - 1), (at, at), (at + 1, end))).flatten()
}

/// "according to SOURCE", "…, according to SOURCE, …".
fn according_to(p: Pieces<'_>, first: usize, last: usize, start: usize, end: usize) -> Option<Attribution> {
    let source = source::right_of(p, last + 1, end)?;
    attribution(p, source, (first, last), (start, end))
}

/// Nouns and participles that look like cues: "a report", "the estimated cost", "said to be".
fn is_noun(p: Pieces<'_>, at: usize, start: usize) -> bool {
    let before = at.wrapping_sub(1);
    let is_base_or_s = p.says_any(at, &["report", "reports", "claim", "claims", "estimate", "estimates", "forecast", "forecasts", "state", "states", "note", "notes", "comment", "comments", "record", "records", "count", "counts", "rank", "ranks", "list", "lists", "document", "documents", "show", "shows", "find", "project", "projects", "register", "promise", "promises", "pledge", "pledges", "blame", "dispute", "disputes", "hope", "hopes", "fear", "fears", "saying", "finding", "findings", "suspect", "suspects", "threat"]);
    if at == start {
        return true;
    }
    if p.is_capital(at) && !p.is_capital(before) && at > start {
        return p.says_any(at, &["states", "report", "record", "count", "post"]);
    }
    if p.says(at, "states") && p.is_capital(at) {
        return true;
    }
    let after_modifier = p.is(before, Classes::of(&[Class::Article, Class::Determiner, Class::Preposition])) && !p.says_any(before, &["that", "this", "all", "both", "some", "to", "up", "out", "later"]);
    let possessive = p.all.get(before).is_some_and(|piece| piece.shape == Shape::Possessive);
    (is_base_or_s && (after_modifier || possessive)) || (after_modifier && p.str(at).ends_with("ed"))
}

/// "quotes the minister as saying", "was quoted as saying".
fn quoted_as(p: Pieces<'_>, at: usize, start: usize, end: usize) -> Option<Attribution> {
    if !p.says(at, "saying") || !p.says(at.wrapping_sub(1), "as") {
        return None;
    }
    let from = at.saturating_sub(16).max(start);
    let quote = (from..at - 1).rev().find(|&index| p.says_any(index, &["quoted", "quotes", "quote", "quoting", "cited", "citing"]))?;
    let source = if quote + 1 == at - 1 {
        source::left_of(p, quote, start)?
    } else {
        source::right_of(p, quote + 1, at - 1)?
    };
    attribution(p, source, (at, at), (at + 1, end))
}

/// "CONTENT, said SOURCE": the verb stands behind a comma or a closing quotation mark, and a name behind the verb.
fn inverted(p: Pieces<'_>, at: usize, start: usize, end: usize) -> Option<Attribution> {
    let before = at.checked_sub(1).filter(|&before| before >= start)?;
    let separated = p.is_mark(before, Mark::Comma) || p.is_quote(before) || p.is_mark(before, Mark::EmDash);
    if !separated || !p.says_any(at, &["said", "says", "say", "added", "adds", "warned", "reported", "announced", "stated", "noted", "explained", "claimed", "wrote"]) {
        return None;
    }
    let source = source::right_of(p, at + 1, end)?;
    let next = source.1 + 1;
    let ends = next >= end || !p.is_word(next) || p.is(next, Classes::of(&[Class::Preposition, Class::Conjunction, Class::Relative, Class::Weekday]));
    if !ends || p.is(source.0, Class::Weekday) {
        return None;
    }
    if !p.is_capital(source.0) && !p.is(at + 1, Classes::of(&[Class::Article, Class::Determiner, Class::Title, Class::Person, Class::Pronoun])) {
        return None;
    }
    attribution(p, source, (at, at), (start, end))
}

/// "SOURCE said (that) CONTENT", "CONTENT, SOURCE said".
fn subject_first(p: Pieces<'_>, at: usize, start: usize, end: usize) -> Option<Attribution> {
    let source = source::left_of(p, at, start)?;
    if !may_say(p, at, source) {
        return None;
    }
    let behind = content_behind(p, at, end);
    let before = source.0 > start && is_content(p, start, source.0);
    let scope = match (before, behind) {
        (true, true) => (start, end),
        (true, false) => (start, source.0),
        (false, _) => (at + 1, end),
    };
    attribution(p, source, (at, at), scope)
}

/// Whether something is said behind the verb, rather than "…, police said on Friday."
fn content_behind(p: Pieces<'_>, at: usize, end: usize) -> bool {
    let mut next = at + 1;
    while next < end && (p.is(next, Classes::of(&[Class::Weekday, Class::Adverb, Class::Month])) || p.says_any(next, &["on", "in", "a", "statement", "the", "of", "late", "news", "release", "reporters", "interview", "press", "conference", "briefing", "an", "at"])) {
        next += 1;
    }
    next < end && !p.is_any_mark(next, &[Mark::Stop, Mark::Exclamation]) && (p.is_word(next) || p.is_digits(next) || p.is_quote(next) || next + 3 < end)
}

/// Whether the words before the source are a clause of their own: they hold a verb and end in a comma or a quote.
fn is_content(p: Pieces<'_>, start: usize, source: usize) -> bool {
    let mut last = source - 1;
    while last > start && p.is(last, Classes::of(&[Class::Determiner, Class::Article])) {
        last -= 1;
    }
    let ends = p.is_mark(last, Mark::Comma) || p.is_quote(last) || p.is_mark(last, Mark::EmDash);
    ends && (start..last).any(|at| p.is(at, Classes::of(&[Class::Verb, Class::Auxiliary, Class::Modal, Class::KillVerb, Class::InjureVerb])) || p.is_quote(at))
}

/// Whether this subject can be the source of this verb: documents show, everybody says.
fn may_say(p: Pieces<'_>, at: usize, (first, last): (usize, usize)) -> bool {
    let is_document = (first..=last).any(|index| p.is(index, Class::Document));
    let is_saying = p.is(at, Classes::of(&[Class::SayVerb, Class::ClaimVerb, Class::DenyVerb, Class::IntentVerb]));
    let is_estimate = p.is(at, Class::EstimateVerb);
    let passive = at > 0 && p.says_any(at - 1, &["is", "are", "was", "were", "be", "been", "being"]) && p.str(at).ends_with("ed") || p.says(at, "said") && p.says_any(at - 1, &["is", "are", "was", "were", "be"]);
    let is_belief = is_estimate && p.says(at + 1, "to") && p.str(at).ends_with('d');
    let is_share = (first..=last).any(|index| p.is(index, Class::Percent) || p.is_mark(index, Mark::Percent)) || p.says_any(first, &["half", "percent"]);
    !is_share && (is_document || is_saying || is_estimate) && !passive && !is_belief && !p.says_any(first, &["which", "there", "what"])
}
