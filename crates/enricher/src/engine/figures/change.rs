//! Rises and falls: "dropped 7%", "up 0.2%", "a 5 percent increase", "+3".

use super::draft::{Draft, Shape};
use crate::engine::analysis::{Change, FigureKind};
use crate::engine::pieces::{Class, Classes, Mark, Pieces};

/// Decides for every draft of a sentence whether it is itself a change.
pub(super) fn apply(p: Pieces<'_>, drafts: &mut [Draft], start: usize, end: usize) {
    for index in 0..drafts.len() {
        let draft = &drafts[index];
        if !can_change(draft) {
            continue;
        }
        if draft.converts {
            drafts[index].change = drafts[index - 1].change;
            continue;
        }
        let change = before(p, draft, start)
            .or_else(|| behind(p, draft, end))
            .or_else(|| listed(p, drafts, index))
            .or_else(|| restated(p, drafts, index));
        drafts[index].change = change;
    }
}

/// Percentages, money, measures and counts change; ages, ranks and results do not.
fn can_change(draft: &Draft) -> bool {
    let fits = matches!(
        draft.kind,
        Some(FigureKind::Percent | FigureKind::Money | FigureKind::Measure | FigureKind::Count)
    );
    fits && matches!(draft.shape, Shape::Single | Shape::Range | Shape::Fraction)
}

fn direction(p: Pieces<'_>, at: usize) -> Option<Change> {
    if p.is(at, Class::Up) {
        Some(Change::Up)
    } else if p.is(at, Class::Down) {
        Some(Change::Down)
    } else {
        None
    }
}

/// "fell 7%", "up by 3%", "+3%", "an increase of 5%", "a rise in prices of about 5%".
fn before(p: Pieces<'_>, draft: &Draft, start: usize) -> Option<Change> {
    let mut at = draft.start;
    if at > start && p.is_mark(at - 1, Mark::Plus) && p.is_glued(at - 1) {
        return Some(Change::Up);
    }
    if at > start && p.says(at - 1, "by") {
        return moved_by(p, at - 1, start);
    }
    // "fell below 9,000": a level.
    let is_level = at < draft.first && p.says_any(at, &["below", "above", "beneath", "under"]);
    if is_level {
        return None;
    }
    let floor = at.saturating_sub(4).max(start);
    while at > floor {
        at -= 1;
        if let Some(found) = direction(p, at) {
            // "raised $38 million" says how much came in.
            let is_raised = draft.kind == Some(FigureKind::Money)
                && at + 1 == draft.start
                && p.says_any(at, &["raise", "raises", "raised", "raising"]);
            return (!is_raised && !is_particle(p, draft, at)).then_some(found);
        }
        let skips = p.is(
            at,
            Classes::of(&[Class::Adverb, Class::Article, Class::Determiner]),
        ) || p.says_any(at, &["by", "of", "another", "further", "as", "much"]);
        if !skips {
            return None;
        }
    }
    None
}

/// "shot *down* 95 drones", "picked *up* 12 parcels": part of a verb that is no change.
fn is_particle(p: Pieces<'_>, draft: &Draft, at: usize) -> bool {
    let makes_up = p.says(at, "up") && p.says_any(at.wrapping_sub(1), &["make", "makes", "made", "making"]);
    makes_up
        || draft.kind == Some(FigureKind::Count)
            && p.says_any(at, &["up", "down"])
            && at > 0
            && (p.is(at - 1, Class::Verb) || p.says_any(at - 1, &["shot", "set", "broke", "cut"]))
            && !p.says_any(at - 1, &["went", "ended", "closed", "finished", "goes"])
}

/// "lift its output \[by\] 12 percent", "fell in May \[by\] 3 percent": the verb stands in the same clause.
fn moved_by(p: Pieces<'_>, by: usize, start: usize) -> Option<Change> {
    let floor = by.saturating_sub(8).max(start);
    (floor..by)
        .rev()
        .take_while(|&at| p.is_word(at) || p.is_dash(at) || p.is_mark(at, Mark::Percent))
        .find_map(|at| direction(p, at))
}

/// "a 3 percent drop", "5% higher", "$40 million increase".
fn behind(p: Pieces<'_>, draft: &Draft, end: usize) -> Option<Change> {
    let limit = (draft.after + 3).min(end);
    let mut at = draft.after;
    while at < limit {
        if p.is_dash(at) && p.is_glued(at) {
            at += 1;
            continue;
        }
        if p.says_any(
            at,
            &[
                "increase",
                "rise",
                "jump",
                "gain",
                "surge",
                "hike",
                "growth",
                "higher",
                "climb",
                "increases",
                "raise",
            ],
        ) {
            return Some(Change::Up);
        }
        if p.says_any(
            at,
            &[
                "drop",
                "decrease",
                "decline",
                "fall",
                "cut",
                "reduction",
                "loss",
                "lower",
                "slump",
                "plunge",
                "slide",
                "dip",
                "cuts",
            ],
        ) {
            return Some(Change::Down);
        }
        if !p.is_word(at)
            || p.is(
                at,
                Classes::of(&[
                    Class::Preposition,
                    Class::Auxiliary,
                    Class::Verb,
                    Class::Conjunction,
                ]),
            )
        {
            return None;
        }
        at += 1;
    }
    None
}

/// "dropped by 4 percent, *or 280 points*": the same change in another unit.
fn restated(p: Pieces<'_>, drafts: &[Draft], index: usize) -> Option<Change> {
    let draft = &drafts[index];
    let before = drafts.get(index.checked_sub(1)?)?;
    let from = before.after.min(draft.start);
    let is_or = draft.start - from <= 2 && draft.start > from && p.says(draft.start - 1, "or");
    let is_other = before.unit != draft.unit;
    (is_or && is_other).then_some(before.change).flatten()
}

/// "down 5%, Oldbury by 7%": a list goes on in the same direction.
fn listed(p: Pieces<'_>, drafts: &[Draft], index: usize) -> Option<Change> {
    let draft = &drafts[index];
    let before = drafts.get(index.checked_sub(1)?)?;
    let follows_by = draft.start > 0 && p.says(draft.start - 1, "by");
    let near = draft.start.saturating_sub(before.after) < 6;
    (follows_by && near && before.kind == draft.kind)
        .then_some(before.change)
        .flatten()
}
