//! Figures that belong to another one: "40, up from 35", "from 30 mpg to 32", "15 dead, compared with 32 in 2006".
//!
//! Also what a number borrows from the next one in a list: "two-, three- and four-bed flats".

use super::confidence::Evidence;
use super::draft::{Draft, Shape};
use crate::engine::analysis::FigureKind;
use crate::engine::pieces::{Class, Classes, Mark, Pieces};

/// How far in front of a number the word may stand that compares it, in pieces.
const REACH: usize = 6;

/// How many figures back the one is looked for that is compared.
const FIGURES: usize = 4;

/// What stands in front of a figure that another one is compared to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cue {
    /// "from 35".
    From,
    /// "compared with 35", "versus 35".
    Against,
}

/// Links the figures of a sentence that compare, and hands the unit on where it is printed only once.
pub(super) fn link(p: Pieces<'_>, drafts: &mut [Draft], start: usize) {
    for index in 0..drafts.len() {
        let Some(cue) = cue(p, &drafts[index], start) else {
            continue;
        };
        if cue == Cue::From && index + 1 < drafts.len() && is_end_of(p, &drafts[index], &drafts[index + 1]) {
            share_unit(p, drafts, index, index + 1);
            if is_same_scale(p, &drafts[index], &drafts[index + 1]) {
                drafts[index + 1].compared_to = Some(index);
            }
            continue;
        }
        let compared = (index.saturating_sub(FIGURES)..index)
            .rev()
            .find(|&before| is_same_scale(p, &drafts[before], &drafts[index]));
        if let Some(before) =
            compared.filter(|&before| cue == Cue::Against || moves(p, drafts, before, index))
        {
            drafts[before].compared_to = Some(index);
        }
    }
}

/// Gives a bare figure the kind of the one that is compared to it: "15 dead, up from 12".
pub(super) fn share_kind(drafts: &mut [Draft]) {
    for index in 0..drafts.len() {
        let Some(other) = drafts[index].compared_to else {
            continue;
        };
        let (known, bare) = if is_bare(&drafts[other]) {
            (index, other)
        } else if is_bare(&drafts[index]) {
            (other, index)
        } else {
            continue;
        };
        if !is_bare(&drafts[known]) && drafts[known].shape != Shape::Ordinal {
            (drafts[bare].kind, drafts[bare].evidence) = (drafts[known].kind, Evidence::Shared);
        }
    }
}

/// Hands the subject on between figures that compare: "the deficit reached $27 million, up from $26 million".
pub(super) fn share_subject(drafts: &mut [Draft]) {
    for index in 0..drafts.len() {
        let Some(other) = drafts[index].compared_to else {
            continue;
        };
        let (from, to) = if drafts[index].subject.is_some() {
            (index, other)
        } else {
            (other, index)
        };
        let stands_before = drafts[from]
            .subject
            .is_some_and(|(_, last)| last < drafts[to].first && last < drafts[from].first);
        if stands_before && drafts[to].subject.is_none() && drafts[to].unit.is_some() {
            (drafts[to].subject, drafts[to].head) = (drafts[from].subject, drafts[from].head);
        }
    }
}

/// "Three police among 12 dead": the part shares the fate of the whole.
pub(super) fn link_parts(p: Pieces<'_>, drafts: &mut [Draft]) {
    for index in 1..drafts.len() {
        let (done, rest) = drafts.split_at_mut(index);
        let (part, whole) = (&mut done[index - 1], &rest[0]);
        let among = part
            .subject
            .map_or(part.after, |(_, last)| (last + 1).max(part.after));
        let is_part = p.says(among, "among") && whole.start <= among + 2 && part.low < whole.high;
        if is_part && part.unit.is_none() && matches!(part.kind, Some(FigureKind::People | FigureKind::Count))
        {
            (part.kind, part.evidence) = (whole.kind, Evidence::Shared);
            part.part_of = Some(index);
        }
    }
}

/// Whether nothing but the number is known.
fn is_bare(draft: &Draft) -> bool {
    draft.subject.is_none()
        && draft.unit.is_none()
        && matches!(draft.kind, None | Some(FigureKind::Count | FigureKind::People))
}

/// Finds the word that compares, over determiners and the noun of the figure: "compared with *a loss of* $3".
fn cue(p: Pieces<'_>, draft: &Draft, start: usize) -> Option<Cue> {
    let floor = draft.start.saturating_sub(REACH).max(start);
    for at in (floor..draft.start).rev() {
        if p.says(at, "from") {
            let is_near = (at + 1..draft.start).all(|between| {
                p.is(
                    between,
                    Classes::of(&[Class::Determiner, Class::Article, Class::Adverb]),
                ) || p.says_any(
                    between,
                    &["previous", "earlier", "initial", "revised", "record", "last"],
                )
            });
            return is_near.then_some(Cue::From);
        }
        if p.says_any(at, &["versus", "vs"])
            || p.says_any(at, &["with", "to"]) && p.says(at.wrapping_sub(1), "compared")
        {
            return Some(Cue::Against);
        }
        if !p.is_word(at)
            || p.is(
                at,
                Classes::of(&[
                    Class::Verb,
                    Class::Relative,
                    Class::Conjunction,
                    Class::Up,
                    Class::Down,
                ]),
            )
        {
            return None;
        }
    }
    None
}

/// Whether "to" and the second figure end what "from" and the first began.
fn is_end_of(p: Pieces<'_>, first: &Draft, second: &Draft) -> bool {
    second.start > first.last + 1
        && second.start - first.last <= 2 * REACH
        && p.says(second.start - 1, "to")
        && !(first.after..second.start - 1)
            .any(|at| p.is_mark(at, Mark::Semicolon) || p.is(at, Class::Relative))
}

/// "from 6 to 5 percent", "from 30 mpg to 32", "from 2.5 to 7-8 billion euros": the bare one of two has the unit
/// of the other, and of money its scale.
fn share_unit(p: Pieces<'_>, drafts: &mut [Draft], first: usize, second: usize) {
    let is_plain = |draft: &Draft| matches!(draft.shape, Shape::Single | Shape::Range);
    let fits = |draft: &Draft| {
        draft.unit.is_some()
            && is_plain(draft)
            && matches!(
                draft.kind,
                Some(FigureKind::Percent | FigureKind::Measure | FigureKind::Duration | FigureKind::Money)
            )
    };
    let (known, bare) = if is_bare(&drafts[first]) && fits(&drafts[second]) {
        (second, first)
    } else if is_bare(&drafts[second]) && fits(&drafts[first]) {
        (first, second)
    } else {
        return;
    };
    if !is_plain(&drafts[bare]) {
        return;
    }
    (drafts[bare].unit, drafts[bare].kind) = (drafts[known].unit, drafts[known].kind);
    let scale = scale(p, &drafts[known]);
    if drafts[bare].kind == Some(FigureKind::Money) && leaves_scale(&drafts[bare], &drafts[known], scale) {
        drafts[bare].low *= scale;
        drafts[bare].high *= scale;
    }
}

/// "The first index rose by 2 percent and the second by 1.": a bare number behind "by" has the percent of the one before.
pub(super) fn inherit_percent(p: Pieces<'_>, drafts: &mut [Draft]) {
    for index in 1..drafts.len() {
        let (done, rest) = drafts.split_at_mut(index);
        let draft = &mut rest[0];
        let is_open = draft.shape == Shape::Single && draft.kind.is_none() && is_bare(draft);
        if !is_open || p.is_word(draft.after) || !p.says(draft.start.wrapping_sub(1), "by") {
            continue;
        }
        let Some(before) = done.iter().rev().find(|before| before.shape != Shape::Ordinal) else {
            continue;
        };
        let gap = before.after.min(draft.start)..draft.start;
        let is_list =
            gap.len() <= 2 * REACH && gap.into_iter().any(|at| p.says_any(at, &["and", "but", "while"]));
        if before.unit == Some("percent") && is_list {
            (draft.unit, draft.kind) = (before.unit, before.kind);
        }
    }
}

/// The smallest number that is written out: below it, the scale word of the other amount is meant.
const WRITTEN_OUT: f64 = 1_000.0;

/// How many times the one amount may be the other.
const APART: f64 = 20.0;

/// Whether an amount leaves its scale to another: the 2.5 of "from 2.5 to 7 billion euros", but not the 300,000 of
/// "from 300,000 to 2 million dollars", nor what would be far from the other.
fn leaves_scale(bare: &Draft, known: &Draft, scale: f64) -> bool {
    bare.high < WRITTEN_OUT
        && bare.low * scale <= known.high * APART
        && known.low <= bare.high * scale * APART
}

/// The "billion" of "7-8 billion euros", 1 where there is none.
fn scale(p: Pieces<'_>, draft: &Draft) -> f64 {
    let words = (draft.first..=draft.last).filter(|&at| p.is(at, Class::Scale));
    words.filter_map(|at| p.value(at)).product()
}

/// Whether two figures are of one scale: the same unit, or the same noun where there is none.
fn is_same_scale(p: Pieces<'_>, left: &Draft, right: &Draft) -> bool {
    let is_measured = |draft: &Draft| !matches!(draft.shape, Shape::Ordinal | Shape::Pair);
    if left.unit != right.unit || !is_measured(left) || !is_measured(right) {
        return false;
    }
    let same_noun = match (left.head, right.head) {
        (Some(left), Some(right)) => p.str(left).eq_ignore_ascii_case(p.str(right)),
        _ => true,
    };
    left.unit.is_some() || same_noun
}

/// Whether the words that lead from one figure to the other speak of a move: "rose to 40 from 35", "40, down from 45".
fn moves(p: Pieces<'_>, drafts: &[Draft], before: usize, index: usize) -> bool {
    let floor = drafts[before].start.saturating_sub(REACH);
    (floor..drafts[index].start).any(|at| p.is(at, Classes::of(&[Class::Up, Class::Down])))
}

/// Hands the noun, the unit and the kind back over hanging hyphens: "two-, three- and four-bed flats".
pub(super) fn inherit_over_hyphens(p: Pieces<'_>, drafts: &mut [Draft]) {
    for index in (1..drafts.len()).rev() {
        let (done, rest) = drafts.split_at_mut(index);
        let (draft, next) = (&mut done[index - 1], &rest[0]);
        let hyphen = draft.last + 1;
        let hangs = p.is_mark(hyphen, Mark::Hyphen)
            && p.is_glued_before(hyphen)
            && (p.is_mark(hyphen + 1, Mark::Comma) || p.says_any(hyphen + 1, &["and", "or"]));
        // "12 and 13-year-olds"
        let ages = next.kind == Some(FigureKind::Age)
            && next.start == hyphen + 1
            && p.says_any(hyphen, &["and", "or"])
            && is_bare(draft);
        if (hangs || ages) && draft.unit.is_none() && next.start <= hyphen + 4 {
            (draft.subject, draft.head) = (next.subject, next.head);
            (draft.unit, draft.kind) = (next.unit, next.kind);
        }
    }
}

// ---------------------------------------------------------------- denial

/// Marks the figures that the text denies: "not 12 but 14", "12 people were not hurt", "none of the 30 aboard".
pub(super) fn mark_denied(p: Pieces<'_>, drafts: &mut [Draft], start: usize, end: usize) {
    for draft in drafts.iter_mut() {
        draft.negated = is_denied_before(p, draft, start) || is_denied_behind(p, draft, end);
    }
}

fn is_denied_before(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    let Some(mut before) = draft.start.checked_sub(1) else {
        return false;
    };
    if before > start && p.is(before, Classes::of(&[Class::Article, Class::Determiner])) {
        before -= 1;
    }
    if before < start {
        return false;
    }
    let of_none = p.says(before, "of") && p.says_any(before.wrapping_sub(1), &["none", "neither", "instead"]);
    let rather = p.says(before, "than") && p.says(before.wrapping_sub(1), "rather");
    // "if not 12" doubts the other way round.
    let not = p.says(before, "not") && !p.says(before.wrapping_sub(1), "if");
    of_none || rather || not
}

/// "12 people \[were not\] hurt".
fn is_denied_behind(p: Pieces<'_>, draft: &Draft, end: usize) -> bool {
    let is_harmed = matches!(
        draft.kind,
        Some(
            FigureKind::Killed
                | FigureKind::Injured
                | FigureKind::Missing
                | FigureKind::Displaced
                | FigureKind::Detained
                | FigureKind::Abducted
                | FigureKind::Rescued
        )
    );
    let first = draft
        .subject
        .map_or(draft.after, |(_, last)| (last + 1).max(draft.after));
    let is_not = |at: usize| p.is(at, Class::Negation) && at < end && !p.says_any(at + 1, &["only", "just"]);
    is_harmed
        && (is_not(first) || p.is(first, Classes::of(&[Class::Auxiliary, Class::Modal])) && is_not(first + 1))
}
