//! What a number counts, from the noun and the verb around it.
//!
//! Four passes over the figures of one sentence, each weaker than the one before: what stands around the number
//! itself, what it shares with its neighbours in a list, what the including figure says, and the noun alone.

mod before;
mod behind;
mod fate;

use self::before::{lists_on, toll, verb_before, verb_before_list};
use self::behind::verb_behind;
use self::fate::{harm_noun, harm_verb, has_harm, modifier, subject_noun};
use super::confidence::Evidence;
use super::draft::{Draft, Shape};
use super::names::Names;
use super::{special, subject};
use crate::engine::analysis::{EntityType, FigureKind};
use crate::engine::pieces::{Class, Classes, Mark, Pieces};

/// How far a verb may stand from its number, in pieces.
const REACH: usize = 26;

/// Where a kind was found: lists hand kinds on in the direction that the verb stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// The verb stands before: "killed 12 soldiers and 3 civilians".
    Before(FigureKind),
    /// The verb stands behind: "12 soldiers and 3 civilians were killed".
    Behind(FigureKind),
    /// The noun itself says it: "12 deaths".
    Noun(FigureKind),
}

impl Found {
    fn kind(self) -> FigureKind {
        match self {
            Self::Before(kind) | Self::Behind(kind) | Self::Noun(kind) => kind,
        }
    }
}

/// Decides the kinds of all drafts of one sentence that have none yet.
pub(super) fn decide(p: Pieces<'_>, names: &Names, drafts: &mut [Draft], start: usize, end: usize) {
    for draft in drafts.iter_mut() {
        draft.evidence = Evidence::Unit;
        if draft.kind.is_none() {
            draft.kind = special::kind(p, names, draft, start, end);
            draft.evidence = Evidence::Phrase;
        } else if special::is_length_of_life(p, draft, start) {
            draft.kind = Some(FigureKind::Age);
            draft.evidence = Evidence::Phrase;
        }
    }
    let mut found: Vec<Option<Found>> = Vec::with_capacity(drafts.len());
    for index in 0..drafts.len() {
        let next = drafts.get(index + 1).map_or(end, |next| next.start);
        let draft = &drafts[index];
        found.push(if draft.kind.is_some() {
            None
        } else {
            own(p, names, draft, start, next, end)
        });
    }
    let own = found.clone();
    for index in (0..drafts.len().saturating_sub(1)).rev() {
        let behind = matches!(found[index + 1], Some(Found::Behind(_)));
        if open(&drafts[index], found[index])
            && behind
            && !includes(p, &drafts[index], start)
            && is_list(p, &drafts[index], &drafts[index + 1])
        {
            found[index] = found[index + 1];
        }
    }
    for index in 1..drafts.len() {
        if !open(&drafts[index], found[index]) {
            continue;
        }
        let (before, draft) = (&drafts[index - 1], &drafts[index]);
        if is_list(p, before, draft)
            && matches!(found[index - 1], Some(Found::Before(_)))
            && counts_persons(p, names, draft)
        {
            found[index] = found[index - 1];
        } else if (includes(p, draft, start) || ends_included(p, draft, start))
            && !matches!(before.kind, Some(FigureKind::Money))
        {
            found[index] = found[index - 1];
            let whole = drafts[index - 1].part_of.unwrap_or(index - 1);
            drafts[index].part_of = Some(whole);
        } else if draft.subject.is_none()
            && draft.shape != Shape::Ordinal
            && list_after_part(p, before, draft)
        {
            found[index] = found[index - 1];
        } else if is_parallel(p, before, draft, start) {
            found[index] = found[index - 1].or_else(|| before.kind.and_then(harmed));
        }
    }
    for (index, found) in found.iter().enumerate() {
        let (done, rest) = drafts.split_at_mut(index);
        let draft = &mut rest[0];
        if draft.kind.is_none() {
            let kind = found
                .map(Found::kind)
                .or_else(|| others(p, draft, done))
                .or_else(|| by_noun(p, names, draft));
            draft.evidence = evidence(own[index], found.is_some(), kind.is_some());
            draft.kind = Some(kind.unwrap_or_else(|| bare(p, draft, done.last())));
        }
    }
}

fn evidence(own: Option<Found>, is_found: bool, is_known: bool) -> Evidence {
    match own {
        Some(Found::Behind(_)) => Evidence::Verb,
        Some(_) => Evidence::Word,
        None if is_found => Evidence::Shared,
        None if is_known => Evidence::Noun,
        None => Evidence::Bare,
    }
}

fn open(draft: &Draft, found: Option<Found>) -> bool {
    draft.kind.is_none() && found.is_none()
}

/// What stands around the number itself.
fn own(p: Pieces<'_>, names: &Names, draft: &Draft, start: usize, next: usize, end: usize) -> Option<Found> {
    if draft.shape == Shape::Ordinal || !may_be_persons(p, names, draft) {
        return None;
    }
    let noun = subject_noun(p, draft);
    let verb = verb_before(p, draft, start);
    // "the bodies of two hostages", "released 500 detainees": what happens to them outranks what they were.
    let outranks = match (noun, verb) {
        (Some(FigureKind::Abducted | FigureKind::Detained), Some(FigureKind::Killed)) => true,
        (Some(FigureKind::Detained), Some(FigureKind::Rescued)) => !is_purpose(p, draft, start),
        _ => false,
    };
    if let Some(kind) = noun.filter(|_| !outranks) {
        return Some(Found::Noun(kind));
    }
    if let Some(kind) = verb {
        // "efforts to free two journalists abducted in May": they are not free yet.
        let still = (kind == FigureKind::Rescued && is_purpose(p, draft, start))
            .then(|| verb_behind(p, draft, next, end))
            .flatten()
            .filter(|kind| matches!(kind, FigureKind::Abducted | FigureKind::Detained));
        return Some(still.map_or(Found::Before(kind), Found::Behind));
    }
    if let Some(kind) = verb_before_list(p, draft, start) {
        return Some(Found::Before(kind));
    }
    // What is said behind "a poll of 400 voters" is said of the poll.
    let is_sample =
        draft.start >= start + 2 && p.says(draft.start - 1, "of") && p.is(draft.start - 2, Class::Document);
    if is_sample {
        return None;
    }
    let is_part = includes(p, draft, start);
    if let Some(kind) = verb_behind(p, draft, next, end).filter(|_| !is_part || state_follows(p, draft)) {
        return Some(Found::Behind(kind));
    }
    if is_part {
        return None;
    }
    toll(p, names, draft, start)
        .map(Found::Before)
        .or_else(|| modifier(p, draft).map(Found::Noun))
}

/// How far in front of a number the "to" of its verb may stand, in pieces.
const PURPOSE: usize = 4;

/// Whether the verb before the number says what is wanted: "efforts *to free* two".
fn is_purpose(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    let floor = draft.start.saturating_sub(PURPOSE).max(start);
    (floor..draft.start)
        .any(|at| p.says(at, "to") && harm_verb(p, at + 1).is_some() || p.says_all(at, &["release", "of"]))
}

/// "including 40 killed at", "including 23 who had been freed": the part has a fate of its own.
fn state_follows(p: Pieces<'_>, draft: &Draft) -> bool {
    let mut at = draft
        .subject
        .map_or(draft.after, |(_, last)| (last + 1).max(draft.after));
    if p.is(at, Class::Relative) && p.is(at + 1, Class::Auxiliary) {
        at += 2;
    }
    harm_verb(p, at).is_some() && !p.is_mark(at, Mark::Comma)
}

/// Whether the counted noun leaves room for persons: "12 homes were destroyed, killing" must not make homes die.
fn may_be_persons(p: Pieces<'_>, names: &Names, draft: &Draft) -> bool {
    match draft.subject {
        None => draft.bound != crate::engine::analysis::Bound::Range,
        Some((first, last)) => {
            (first..=last).any(|at| is_person(p, names, at))
                || harm_noun(p, last).is_some()
                || has_harm(p, first, last)
        }
    }
}

/// Whether a word stands for persons: a noun of the word list, or the plural of a people ("Zambians").
fn is_person(p: Pieces<'_>, names: &Names, at: usize) -> bool {
    if p.is(at, Class::Animal) {
        return false;
    }
    let is_people = || {
        let plural = p.str(at).ends_with('s') || p.str(at).ends_with("ese");
        let norp = names.containing(p.span(at)).map_or_else(
            // "9,000 Oldburians": a people that no list has.
            || p.str(at).ends_with("ians"),
            |name| name.kind == EntityType::Norp,
        );
        norp && (plural || !p.is_capital(at + 1))
    };
    p.is(at, Class::Person) || p.says(at, "those") || p.is_capital(at) && is_people()
}

fn counts_persons(p: Pieces<'_>, names: &Names, draft: &Draft) -> bool {
    draft.kind.is_none() && may_be_persons(p, names, draft)
}

// ---------------------------------------------------------------- neighbours

/// Whether only list words stand between two figures.
fn is_list(p: Pieces<'_>, before: &Draft, draft: &Draft) -> bool {
    let from = before
        .subject
        .map_or(before.after, |(_, last)| (last + 1).max(before.after));
    from < draft.start
        && (from..draft.start).all(|at| {
            p.is_mark(at, Mark::Comma)
                || p.says_any(
                    at,
                    &["and", "or", "plus", "as", "well", "another", "a", "further"],
                )
        })
}

/// Furthest that two parallel counts stand apart, in pieces.
const PARALLEL: usize = 14;

/// "killed 30 farmers in Kara and two others in Sirej", "four injured, one seriously": what has no verb of its own
/// shares the one before.
fn is_parallel(p: Pieces<'_>, before: &Draft, draft: &Draft, start: usize) -> bool {
    let is_elliptic = draft.subject.is_none() || draft.head.is_some_and(|head| p.says(head, "others"));
    let gap = before.after.min(draft.start)..draft.start;
    if !is_elliptic || draft.shape == Shape::Ordinal || draft.start <= start || gap.len() > PARALLEL {
        return false;
    }
    let behind = draft.subject.map_or(draft.after, |(_, last)| last + 1);
    let behind = behind + usize::from(p.says_any(behind, &["more", "each"]));
    let is_joined = p.says(draft.start - 1, "and") || p.is_mark(draft.start - 1, Mark::Comma);
    let is_placed = p.says_any(behind, &["in", "at", "from", "near", "outside", "inside"]);
    let is_graded = p.says_any(
        draft.after,
        &[
            "seriously",
            "critically",
            "severely",
            "slightly",
            "lightly",
            "fatally",
        ],
    );
    let is_one_clause = gap.into_iter().all(|at| {
        (p.is_word(at) || p.is_any_mark(at, &[Mark::Comma, Mark::Hyphen]))
            && !p.is(at, Classes::of(&[Class::SayVerb, Class::Relative, Class::Modal]))
    });
    is_joined && (is_placed || is_graded) && is_one_clause
}

/// A fate that a parallel count shares.
fn harmed(kind: FigureKind) -> Option<Found> {
    matches!(
        kind,
        FigureKind::Killed | FigureKind::Injured | FigureKind::Missing | FigureKind::Rescued
    )
    .then_some(Found::Behind(kind))
}

/// "including two in Gaza and one in Rafah": a bare number after a part is another part.
fn list_after_part(p: Pieces<'_>, before: &Draft, draft: &Draft) -> bool {
    before.subject.is_none_or(|_| before.part_of.is_some())
        && draft.start > 0
        && p.says_any(draft.start - 1, &["and", "or"])
        || draft.start > 0 && p.is_mark(draft.start - 1, Mark::Comma) && before.part_of.is_some()
}

/// Furthest that "including" stands in front of the second member of its list, in pieces.
const INCLUDED: usize = 12;

/// "including nurses, cooks and two drivers": a list that begins with someone who is not counted.
fn ends_included(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    let Some(and) = draft
        .start
        .checked_sub(1)
        .filter(|&and| and > start && p.says(and, "and"))
    else {
        return false;
    };
    let floor = and.saturating_sub(INCLUDED).max(start);
    (floor..and)
        .rev()
        .find(|&at| !lists_on(p, at, true))
        .is_some_and(|at| p.says(at, "including"))
}

fn includes(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    draft.start > start
        && p.says_any(
            draft.start - 1,
            &["including", "includes", "included", "among", "namely"],
        )
        || draft.start > start + 1 && p.says_all(draft.start - 2, &["of", "them"])
        || p.says_all(draft.after, &["of", "them"])
}

/// Nothing happens to them: persons or things, as the head noun says.
fn by_noun(p: Pieces<'_>, names: &Names, draft: &Draft) -> Option<FigureKind> {
    if draft.shape == Shape::Ordinal {
        return Some(FigureKind::Ordinal);
    }
    let head = draft.head?;
    if is_membership(p, draft, head) {
        return Some(FigureKind::Count);
    }
    let is_strong = p.is_dash(draft.after) && p.says(draft.after + 1, "strong");
    Some(if is_strong || is_person(p, names, head) {
        FigureKind::People
    } else {
        FigureKind::Count
    })
}

/// "46 others" are what the figure before them counts, where that is things.
fn others(p: Pieces<'_>, draft: &Draft, done: &[Draft]) -> Option<FigureKind> {
    let are_others = draft.head.is_some_and(|head| p.says(head, "others"));
    let before = done.iter().rev().find(|before| before.unit.is_none())?;
    let are_things = before.kind == Some(FigureKind::Count) && before.subject.is_some();
    (are_others && are_things).then_some(FigureKind::Count)
}

/// Bodies whose members are states.
#[rustfmt::skip]
const BODIES: &[&str] = &[
    "bloc", "organization", "organisation", "alliance", "nations", "union", "commonwealth", "nato", "opec", "asean",
    "eu", "cartel", "grouping",
];

/// More states than there are.
const STATES: f64 = 200.0;

/// "the 27-member bloc", "three permanent members of the union": members that are no persons.
fn is_membership(p: Pieces<'_>, draft: &Draft, head: usize) -> bool {
    let (first, last) = draft.subject.unwrap_or((head, head));
    if draft.high > STATES {
        return false;
    }
    // A union of workers has no capital.
    let is_body =
        |at: usize| p.says_any(at, BODIES) && (p.is_capital(at) || !p.says_any(at, &["union", "alliance"]));
    if p.says(head, "member") && p.is_dash(head.wrapping_sub(1)) {
        let verbs = Classes::of(&[Class::Verb, Class::SayVerb, Class::Adverb]);
        let ends = |at: usize| {
            !p.is_word(at + 1)
                || !p.is_capital(at + 1) && (p.is(at + 1, subject::ENDS) || p.is(at + 1, verbs))
        };
        return (head + 1..head + 4).find(|&at| ends(at)).is_some_and(is_body);
    }
    let is_council = |at: usize| {
        p.says_all(at, &["security", "council"]) && !p.says(at.wrapping_sub(1), "national")
            || is_body(at) && p.is_capital(at)
    };
    p.says(head, "members")
        && ((first..head).any(|at| p.says_any(at, &["permanent", "nonpermanent", "eu", "nato"]))
            || (head..=last).any(is_council))
}

/// A bare number counts what the number before it counts; the first of a sentence, persons if it is a word.
fn bare(p: Pieces<'_>, draft: &Draft, before: Option<&Draft>) -> FigureKind {
    match before.and_then(|before| before.kind) {
        _ if draft.low.fract() != 0.0 => FigureKind::Count,
        Some(kind @ (FigureKind::People | FigureKind::Count)) => kind,
        _ if p.says_any(
            draft.start.wrapping_sub(1),
            &["number", "numbers", "numbered", "numbering"],
        ) =>
        {
            FigureKind::People
        }
        _ if (draft.first..=draft.last).any(|at| p.is_digits(at)) => FigureKind::Count,
        // "Cruz gained six": points, or whatever else is gained.
        _ if p.is(
            draft.start.wrapping_sub(1),
            Classes::of(&[Class::Up, Class::Down]),
        ) =>
        {
            FigureKind::Count
        }
        _ => FigureKind::People,
    }
}
