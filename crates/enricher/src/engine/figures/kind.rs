//! What a number counts, from the noun and the verb around it.
//!
//! Four passes over the figures of one sentence, each weaker than the one before: what stands around the number
//! itself, what it shares with its neighbours in a list, what the including figure says, and the noun alone.

mod before;
mod behind;
mod fate;

use self::before::{toll, verb_before};
use self::behind::verb_behind;
use self::fate::{harm_noun, harm_verb, has_harm, modifier, subject_noun};
use super::confidence::Evidence;
use super::draft::{Draft, Shape};
use super::names::Names;
use super::special;
use crate::engine::analysis::{EntityType, FigureKind};
use crate::engine::pieces::{Class, Mark, Pieces};
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
        } else if includes(p, draft, start) && !matches!(before.kind, Some(FigureKind::Money)) {
            found[index] = found[index - 1];
            let whole = drafts[index - 1].part_of.unwrap_or(index - 1);
            drafts[index].part_of = Some(whole);
        } else if draft.subject.is_none()
            && draft.shape != Shape::Ordinal
            && list_after_part(p, before, draft)
        {
            found[index] = found[index - 1];
        }
    }
    for (index, found) in found.iter().enumerate() {
        let (done, rest) = drafts.split_at_mut(index);
        let draft = &mut rest[0];
        if draft.kind.is_none() {
            let kind = found.map(Found::kind).or_else(|| by_noun(p, names, draft));
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
    if let Some(kind) = subject_noun(p, draft) {
        return Some(Found::Noun(kind));
    }
    if let Some(kind) = verb_before(p, draft, start) {
        return Some(Found::Before(kind));
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

/// "including 177 killed in", "including five injured": the part has a fate of its own.
fn state_follows(p: Pieces<'_>, draft: &Draft) -> bool {
    let at = draft
        .subject
        .map_or(draft.after, |(_, last)| (last + 1).max(draft.after));
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
        let norp = names
            .containing(p.span(at))
            .is_some_and(|name| name.kind == EntityType::Norp);
        norp && (plural || !p.is_capital(at + 1))
    };
    p.is(at, Class::Person) || p.is_capital(at) && is_people()
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

/// "including two in Gaza and one in Rafah": a bare number after a part is another part.
fn list_after_part(p: Pieces<'_>, before: &Draft, draft: &Draft) -> bool {
    before.subject.is_none_or(|_| before.part_of.is_some())
        && draft.start > 0
        && p.says_any(draft.start - 1, &["and", "or"])
        || draft.start > 0 && p.is_mark(draft.start - 1, Mark::Comma) && before.part_of.is_some()
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
    Some(if is_person(p, names, head) {
        FigureKind::People
    } else {
        FigureKind::Count
    })
}

/// A bare number counts what the number before it counts; the first of a sentence, persons if it is a word.
fn bare(p: Pieces<'_>, draft: &Draft, before: Option<&Draft>) -> FigureKind {
    match before.and_then(|before| before.kind) {
        Some(kind @ (FigureKind::People | FigureKind::Count)) => kind,
        _ if p.is_digits(draft.first) => FigureKind::Count,
        _ => FigureKind::People,
    }
}
