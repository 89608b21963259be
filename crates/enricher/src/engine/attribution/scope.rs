//! How far what is said reaches: which words around a source and its verb are content, and where it begins and ends.

use super::PREDICATE;
use super::frame::REACH;
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape};

/// Where a clause ends: what somebody wants or promises ends with it, unlike what he says.
pub(super) fn clause_end(p: Pieces<'_>, from: usize, to: usize) -> usize {
    let ends = |at: usize| {
        p.is_any_mark(at, &[Mark::Semicolon, Mark::EmDash])
            || p.is_mark(at, Mark::Comma)
                && (p.says_any(
                    at + 1,
                    &[
                        "but", "while", "which", "who", "where", "although", "though", "when",
                    ],
                ) || p.says(at + 1, "and") && (p.is(at + 2, Class::Pronoun) || p.is_capital(at + 2)))
    };
    (from..to).take(REACH).find(|&at| ends(at)).unwrap_or(to)
}

/// Whether a quotation mark ends a quote.
pub(super) fn closes(p: Pieces<'_>, mark: usize) -> bool {
    match p.shape(mark) {
        Some(Shape::Mark(Mark::QuoteClose)) => true,
        Some(Shape::Mark(Mark::QuoteStraight)) => p.is_glued_before(mark) && !p.is_glued(mark),
        _ => false,
    }
}

/// Whether a preposition behind a verb hedges a number: "said at least ten", "said about that".
pub(super) fn hedges(p: Pieces<'_>, at: usize) -> bool {
    let is_number = |at: usize| p.is_digits(at) || p.is(at, Class::Cardinal);
    p.says_any(at, &["that", "about", "over"])
        || p.says(at, "at") && p.says_any(at + 1, &["least", "most"])
        || p.says_any(at, &["between", "around", "under"]) && is_number(at + 1)
        || p.says_any(at, &["up", "as"])
            && (is_number(at + 2) || p.says_any(at + 1, &["many", "much", "few"]))
}

/// "…, Reed said, waving with two hands", "…, Reed said; in May ten had left": no longer what is said.
pub(super) fn goes_on_elsewhere(p: Pieces<'_>, at: usize) -> bool {
    let word = p.str(at + 2);
    let is_gesture = p.is_mark(at + 1, Mark::Comma)
        && p.shape(at + 2) == Some(Shape::Lower)
        && word.len() > 4
        && word.ends_with("ing")
        && !p.is(at + 2, Classes::of(&[Class::Preposition, Class::Pronoun]))
        && !p.says_any(
            at + 2,
            &["referring", "explaining", "recalling", "describing", "citing"],
        );
    is_gesture || p.is_mark(at + 1, Mark::Semicolon)
}

/// Words that begin the circumstances in which something was said.
pub(super) const CIRCUMSTANCE: Classes = Classes::of(&[Class::Preposition, Class::Conjunction]);

/// Whether a sentence opens with a circumstance: "After watching for two hours, …".
pub(super) fn opens_aside(p: Pieces<'_>, start: usize) -> bool {
    p.is(start, Class::Preposition)
        || p.says_any(
            start,
            &[
                "when", "while", "although", "though", "as", "speaking", "asked", "back",
            ],
        )
}

/// "Speaking to thousands of pilgrims, the mayor said": what the speaker does, up to the only comma.
pub(super) fn opens_participle(p: Pieces<'_>, start: usize, source: usize) -> bool {
    let commas = (start..source)
        .take(REACH)
        .filter(|&at| p.is_mark(at, Mark::Comma));
    p.str(start).ends_with("ing") && p.is(start, Class::Verb) && commas.count() == 1
}

/// Whether a verb names who listens before what is said: "told reporters", "assured the crowd".
pub(super) fn has_listener(p: Pieces<'_>, at: usize) -> bool {
    p.says_any(
        at,
        &[
            "told", "tells", "tell", "telling", "warned", "warns", "reminded", "assured", "informed",
        ],
    )
}

/// "told thousands of supporters that".
pub(super) fn speech_begins(p: Pieces<'_>, at: usize, end: usize) -> usize {
    let has_listener = has_listener(p, at);
    let is_hedge = p.says_any(at + 2, &["least", "most"]);
    let has_circumstance = !is_hedge
        && !p.is(at, Class::IntentVerb)
        && p.is(at + 1, Classes::of(&[Class::Preposition, Class::Weekday]))
        && !p.says_any(at + 1, &["about", "over"]);
    if !has_listener && !has_circumstance {
        return at + 1;
    }
    (at + 1..end.min(at + if has_listener { 20 } else { 8 }))
        .find(|&index| p.says(index, "that"))
        .unwrap_or(
            at + 1
                + usize::from(
                    has_listener
                        && (p.is_digits(at + 1)
                            || p.is(at + 1, Classes::of(&[Class::Cardinal, Class::Vague]))),
                ),
        )
}

/// Whether something is said behind the verb, rather than "…, police said on Friday."
pub(super) fn content_behind(p: Pieces<'_>, at: usize, end: usize) -> bool {
    let mut next = at + 1;
    while next < end
        && (p.is(next, Classes::of(&[Class::Weekday, Class::Adverb, Class::Month]))
            || p.says_any(
                next,
                &[
                    "on",
                    "in",
                    "a",
                    "statement",
                    "the",
                    "of",
                    "late",
                    "news",
                    "release",
                    "reporters",
                    "interview",
                    "press",
                    "conference",
                    "briefing",
                    "an",
                    "at",
                ],
            ))
    {
        next += 1;
    }
    next < end
        && !p.is_any_mark(next, &[Mark::Stop, Mark::Exclamation])
        && (p.is_word(next) || p.is_digits(next) || p.is_quote(next) || next + 3 < end)
}

/// Whether the words before the source are a clause of their own: they hold a verb and end in a comma or a quote.
pub(super) fn is_content(p: Pieces<'_>, start: usize, source: usize, cue: usize) -> bool {
    let mut last = source - 1;
    while last > start && p.is(last, Classes::of(&[Class::Determiner, Class::Article])) {
        last -= 1;
    }
    let ends = p.is_mark(last, Mark::Comma) || p.is_quote(last) || p.is_mark(last, Mark::EmDash);
    let closes_sentence = |index: usize| p.is_any_mark(index, &[Mark::Stop, Mark::Exclamation]);
    ends && (closes_sentence(cue + 1)
        || (start..last)
            .take(REACH)
            .any(|at| p.is(at, PREDICATE) || p.is_quote(at)))
}
