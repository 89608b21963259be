//! Kinds that a fixed phrase decides: ages, magnitudes, results and votes.

use std::ops::Range;

use super::draft::{Draft, Shape};
use super::names::Names;
use super::quantity;
use crate::engine::analysis::FigureKind;
use crate::engine::pieces::{Class, Classes, Mark, Pieces};

/// How far from a result the word may stand that tells its kind, in pieces.
const CONTEXT: usize = 60;

/// Oldest age that a bare number is taken for.
const OLDEST: f64 = 120.0;

/// Returns the kind of a draft that a fixed phrase decides, and sets its unit.
pub(super) fn kind(
    p: Pieces<'_>,
    names: &Names,
    draft: &mut Draft,
    start: usize,
    end: usize,
) -> Option<FigureKind> {
    if is_result(p, draft, start, end) {
        draft.shape = Shape::Pair;
        draft.set_subject(None);
        return Some(if is_vote(p, draft, start, end) {
            FigureKind::Votes
        } else {
            FigureKind::Score
        });
    }
    if draft.shape == Shape::Ordinal {
        return None;
    }
    if is_age(p, draft, start) {
        draft.unit = Some("year");
        draft.set_subject(quantity::subject(p, names, draft, FigureKind::Age, start, end));
        return Some(FigureKind::Age);
    }
    if let Some(unit) = scale(p, draft, start) {
        draft.unit = unit;
        if unit == Some("magnitude") {
            draft.set_subject(None);
        }
        return Some(FigureKind::Measure);
    }
    counts_votes(p, draft, start, end).then_some(FigureKind::Votes)
}

// ---------------------------------------------------------------- results

/// "3–1", and "4–6" where the sentence is about sport or votes.
fn is_result(p: Pieces<'_>, draft: &Draft, start: usize, end: usize) -> bool {
    if draft.shape == Shape::Pair {
        return true;
    }
    let dashed = draft.last == draft.first + 2 && p.is_dash(draft.first + 1) && p.is_glued(draft.first);
    let small = draft.shape == Shape::Range
        && dashed
        && draft.high < 200.0
        && draft.low.fract() == 0.0
        && draft.high.fract() == 0.0;
    let counted = draft
        .head
        .is_some_and(|head| !p.is(head, Classes::of(&[Class::Sport, Class::Vote])));
    small && !counted && around(draft, start, end).any(|at| p.is(at, Class::Sport) || is_ballot(p, at))
}

/// The words near a draft: a sentence may be a megabyte long.
fn around(draft: &Draft, start: usize, end: usize) -> Range<usize> {
    draft.first.saturating_sub(CONTEXT).max(start)..(draft.last + CONTEXT).min(end)
}

fn is_ballot(p: Pieces<'_>, at: usize) -> bool {
    p.says_any(
        at,
        &[
            "vote",
            "votes",
            "voted",
            "voting",
            "ruling",
            "ruled",
            "rules",
            "senate",
            "parliament",
            "lawmakers",
            "verdict",
            "impeachment",
        ],
    )
}

/// Whether a result is one of a ballot: the nearest telling word decides.
fn is_vote(p: Pieces<'_>, draft: &Draft, start: usize, end: usize) -> bool {
    let distance = |at: usize| {
        if at < draft.first {
            draft.first - at
        } else {
            at.saturating_sub(draft.last)
        }
    };
    let nearest = around(draft, start, end)
        .filter(|&at| is_ballot(p, at) || p.is(at, Class::Sport))
        .min_by_key(|&at| (distance(at), !is_ballot(p, at)));
    nearest.is_some_and(|at| is_ballot(p, at))
}

/// "17 votes", "by 210 votes to 90", "31 lawmakers voted in favor", "four against".
fn counts_votes(p: Pieces<'_>, draft: &Draft, start: usize, end: usize) -> bool {
    if draft
        .head
        .is_some_and(|head| p.says_any(head, &["vote", "votes", "ballots", "abstentions"]))
    {
        return true;
    }
    let before = draft.first;
    if before >= start + 2 && p.says_all(before - 2, &["votes", "to"]) {
        return true;
    }
    if draft.subject.is_none()
        && (p.says(draft.after, "against")
            || p.says(draft.after, "in") && p.says_any(draft.after + 1, &["favor", "favour"]))
    {
        return true;
    }
    let first = draft.subject.map_or(draft.after, |(_, last)| last + 1);
    let limit = (first + 7).min(end);
    let verb =
        (first..limit).find(|&at| p.is(at, Classes::of(&[Class::Verb, Class::Vote, Class::Auxiliary])));
    verb.is_some_and(|at| {
        p.says_any(at, &["vote", "voted", "votes", "voting"])
            && (p.says_any(at + 1, &["for", "against", "yes", "no"])
                || p.says(at + 1, "in") && p.says_any(at + 2, &["favor", "favour"]))
    })
}

// ---------------------------------------------------------------- ages

/// "at the ripe age of 90 years": a length of time that is an age.
pub(super) fn is_length_of_life(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    let first = draft.start;
    draft.kind == Some(FigureKind::Duration)
        && (first > start && p.says(first - 1, "aged")
            || first > start + 1 && p.says_all(first - 2, &["age", "of"]))
}

/// "at the age of 18", "aged 16", "Smith, 45, said", "Smith (45)", "under 18s".
fn is_age(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    if draft.unit.is_some()
        || draft.high > OLDEST
        || draft.low.fract() != 0.0
        || matches!(draft.shape, Shape::Vague | Shape::Fraction)
    {
        return false;
    }
    let first = draft.first;
    if first == start {
        return false;
    }
    let named = p.says_any(first - 1, &["aged", "age", "ages"])
        || first >= start + 2 && p.says(first - 1, "of") && p.says_any(first - 2, &["age", "ages"]);
    let listed = p.says(first - 1, "and") && first >= start + 3 && p.says_any(first - 3, &["aged", "ages"])
        || p.says_any(draft.start, &["younger", "older"]) && draft.subject.is_none();
    named || listed || follows_name(p, draft, start) || is_said_to_be(p, draft, start)
}

/// Youngest age that "she is 9" is taken for: smaller numbers are ranks and marks.
const YOUNGEST: f64 = 8.0;

/// "she will be 50 in May", "she turned 90", "life expectancy is around 73".
fn is_said_to_be(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    if draft.subject.is_some() || draft.high < YOUNGEST || draft.shape != Shape::Single {
        return false;
    }
    let at = draft.start;
    let floor = at.saturating_sub(12).max(start);
    if (floor..at).any(|index| p.says(index, "expectancy")) {
        return true;
    }
    let is_bare = !p.is_word(draft.after)
        || p.is(
            draft.after,
            Classes::of(&[Class::Preposition, Class::Conjunction, Class::Relative]),
        );
    if !is_bare || p.says(draft.after, "of") || p.is_dash(draft.after) {
        return false;
    }
    let person = |index: usize| p.says_any(index, &["he", "she"]);
    let reaches = at >= start + 2
        && p.says_any(at - 1, &["reach", "reaches", "reached"])
        && (person(at - 2) || p.says(at - 2, "they"));
    if reaches || at > start && p.says_any(at - 1, &["turns", "turned", "turning"]) {
        return true;
    }
    at >= start + 2 && person(at - 2) && p.says_any(at - 1, &["is", "was"])
        || at >= start + 3 && person(at - 3) && p.says_any(at - 2, &["will", "would"]) && p.says(at - 1, "be")
}

/// "Fidel Castro, 84," and "William Joy (37)".
fn follows_name(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    let (first, next) = (draft.first, draft.last + 1);
    if first < start + 2
        || !p.is_capital(first - 2)
        || draft.start < first
        || !p.is_digits(first)
        || p.str(first).len() != 2
    {
        return false;
    }
    let not_a_name = Classes::of(&[Class::Month, Class::Weekday, Class::Numbered]);
    let commas = p.is_mark(first - 1, Mark::Comma) && p.is_any_mark(next, &[Mark::Comma, Mark::Stop]);
    let brackets = p.is_mark(first - 1, Mark::Open) && p.is_mark(next, Mark::Close);
    (commas || brackets) && !p.is(first - 2, not_a_name)
}

// ---------------------------------------------------------------- scales

/// "magnitude 6.1", "a 7.8 earthquake", "category 4 hurricane", "6.4 on the Richter scale", "a reading of 47.2".
#[expect(clippy::option_option, reason = "a measure may have no unit")]
fn scale(p: Pieces<'_>, draft: &Draft, start: usize) -> Option<Option<&'static str>> {
    let first = draft.first;
    let before = |back: usize| first >= start + back;
    if before(1) && p.says_any(first - 1, &["magnitude", "mw", "ml", "mb"])
        || before(1) && p.says(first - 1, "ms") && p.str(first).contains('.')
        || before(2)
            && p.says_any(first - 2, &["magnitude", "measuring"])
            && p.says_any(first - 1, &["of", "at"])
    {
        return Some(Some("magnitude"));
    }
    let quake = p.says_any(
        draft.after,
        &["earthquake", "quake", "temblor", "tremor", "aftershock"],
    );
    let richter = p.says(draft.after, "on") && p.says_any(draft.after + 2, &["richter", "moment"]);
    let both = p.says(draft.after, "and") && p.says_all(draft.after + 2, &["on", "the", "richter"]);
    if (quake && draft.high < 10.0 && p.is_digits(first) && p.str(first).contains('.')) || richter || both {
        return Some(Some("magnitude"));
    }
    if before(1) && p.says(first - 1, "category") && draft.high <= 5.0 {
        return Some(Some("category"));
    }
    let reading =
        before(2) && p.says_any(first - 1, &["of", "above", "below"]) && p.says(first - 2, "reading")
            || p.says_any(draft.start.wrapping_sub(1), &["reading"]);
    (reading && draft.subject.is_none()).then_some(None)
}
