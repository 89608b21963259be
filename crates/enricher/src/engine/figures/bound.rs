//! Hedges: "at least", "nearly", "or more" around a number.

use super::super::hash::{self, Sieve};
use super::draft::{Draft, Shape};
use super::quantity;
use crate::engine::analysis::{Bound, FigureKind};
use crate::engine::pieces::{Class, Classes, Mark, Pieces, number};

/// What may stand before a number, longest first where one ends another.
const BEFORE: [(&[&str], Bound); 91] = [
    (&["more", "than", "or", "equal", "to"], Bound::AtLeast),
    (&["greater", "than", "or", "equal", "to"], Bound::AtLeast),
    (&["less", "than", "or", "equal", "to"], Bound::AtMost),
    (&["fewer", "than", "or", "equal", "to"], Bound::AtMost),
    (&["larger", "or", "equal", "than"], Bound::AtLeast),
    (&["bigger", "or", "equal", "than"], Bound::AtLeast),
    (&["higher", "or", "equal", "than"], Bound::AtLeast),
    (&["smaller", "or", "equal", "than"], Bound::AtMost),
    (&["lower", "or", "equal", "than"], Bound::AtMost),
    (&["at", "least", "or", "equal", "to"], Bound::AtLeast),
    (&["exceed"], Bound::MoreThan),
    (&["surpass"], Bound::MoreThan),
    (&["upto"], Bound::AtMost),
    (&["only", "about"], Bound::About),
    (&["virtually"], Bound::Nearly),
    (&["no", "fewer", "than"], Bound::AtLeast),
    (&["no", "less", "than"], Bound::AtLeast),
    (&["not", "less", "than"], Bound::AtLeast),
    (&["not", "fewer", "than"], Bound::AtLeast),
    (&["no", "more", "than"], Bound::AtMost),
    (&["not", "more", "than"], Bound::AtMost),
    (&["no", "greater", "than"], Bound::AtMost),
    (&["greater", "or", "equal", "than"], Bound::AtLeast),
    (&["less", "or", "equal", "than"], Bound::AtMost),
    (&["as", "many", "as"], Bound::AtMost),
    (&["as", "much", "as"], Bound::AtMost),
    (&["as", "high", "as"], Bound::AtMost),
    (&["as", "few", "as"], Bound::AtLeast),
    (&["as", "little", "as"], Bound::AtLeast),
    (&["as", "low", "as"], Bound::AtLeast),
    (&["in", "excess", "of"], Bound::MoreThan),
    (&["in", "the", "region", "of"], Bound::About),
    (&["at", "or", "above"], Bound::AtLeast),
    (&["at", "or", "below"], Bound::AtMost),
    (&["maximum", "of"], Bound::AtMost),
    (&["minimum", "of"], Bound::AtLeast),
    (&["upwards", "of"], Bound::MoreThan),
    (&["upward", "of"], Bound::MoreThan),
    (&["north", "of"], Bound::MoreThan),
    (&["more", "than"], Bound::MoreThan),
    (&["greater", "than"], Bound::MoreThan),
    (&["larger", "than"], Bound::MoreThan),
    (&["bigger", "than"], Bound::MoreThan),
    (&["higher", "than"], Bound::MoreThan),
    (&["older", "than"], Bound::MoreThan),
    (&["longer", "than"], Bound::MoreThan),
    (&["better", "than"], Bound::MoreThan),
    (&["less", "than"], Bound::LessThan),
    (&["fewer", "than"], Bound::LessThan),
    (&["lower", "than"], Bound::LessThan),
    (&["smaller", "than"], Bound::LessThan),
    (&["younger", "than"], Bound::LessThan),
    (&["just", "under"], Bound::LessThan),
    (&["at", "least"], Bound::AtLeast),
    (&["at", "minimum"], Bound::AtLeast),
    (&["at", "most"], Bound::AtMost),
    (&["at", "maximum"], Bound::AtMost),
    (&["up", "to"], Bound::AtMost),
    (&["over", "than"], Bound::MoreThan),
    (&["close", "to"], Bound::Nearly),
    (&["an", "estimated"], Bound::About),
    (&["something", "like"], Bound::About),
    (&["over"], Bound::MoreThan),
    (&["above"], Bound::MoreThan),
    (&["exceeding"], Bound::MoreThan),
    (&["exceeds"], Bound::MoreThan),
    (&["exceeded"], Bound::MoreThan),
    (&["surpassing"], Bound::MoreThan),
    (&["surpasses"], Bound::MoreThan),
    (&["surpassed"], Bound::MoreThan),
    (&["topped"], Bound::MoreThan),
    (&["topping"], Bound::MoreThan),
    (&["past"], Bound::MoreThan),
    (&["under"], Bound::LessThan),
    (&["below"], Bound::LessThan),
    (&["beneath"], Bound::LessThan),
    (&["within"], Bound::AtMost),
    (&["not", "quite"], Bound::Nearly),
    (&["barely"], Bound::About),
    (&["nearly"], Bound::Nearly),
    (&["almost"], Bound::Nearly),
    (&["nearing"], Bound::Nearly),
    (&["approaching"], Bound::Nearly),
    (&["about"], Bound::About),
    (&["around"], Bound::About),
    (&["approximately"], Bound::About),
    (&["approx"], Bound::About),
    (&["roughly"], Bound::About),
    (&["estimated"], Bound::About),
    (&["some"], Bound::About),
    (&["circa"], Bound::About),
];

/// Lets the last words of hedges through: few words before a number are one, and the table is long.
const LAST_WORDS: Sieve = {
    let mut last = [0; BEFORE.len()];
    let mut n = 0;
    while n < BEFORE.len() {
        if let Some(word) = BEFORE[n].0.last() {
            last[n] = hash::packed(word.as_bytes());
        }
        n += 1;
    }
    Sieve::new().with(&last)
};

/// What may stand between a hedge and its number: "more than a", "at least another", "under the age of".
const BETWEEN: [&[&str]; 13] = [
    &["the", "age", "of"],
    &["the", "ages", "of"],
    &["a", "further"],
    &["an", "additional"],
    &["another"],
    &["further"],
    &["additional"],
    &["the"],
    &["a"],
    &["an"],
    &["its"],
    &["age"],
    &["some"],
];

/// Finds the hedge before a draft and the one behind it.
pub(super) fn apply(p: Pieces<'_>, draft: &mut Draft, start: usize) {
    if let Some((bound, first)) = before(p, draft.first, start).filter(|_| !is_span(p, draft)) {
        draft.bound = bound;
        draft.start = first;
        // "about five hundred or more" promises five hundred.
        if let Some((behind, next)) = behind(p, draft).filter(|_| bound == Bound::About) {
            draft.bound = behind;
            draft.after = draft.after.max(next);
        }
    } else if let Some(bound) = mark_before(p, draft.first, start) {
        draft.bound = bound;
        draft.start = draft.first - 1;
    } else if let Some((bound, next)) = behind(p, draft) {
        draft.bound = bound;
        draft.after = draft.after.max(next);
    } else if let Some(bound) = limit_before(p, draft.first, start) {
        draft.bound = bound;
    }
}

/// "12 miners or more": the hedge stands behind the counted noun.
pub(super) fn behind_noun(p: Pieces<'_>, draft: &mut Draft) {
    let Some((_, last)) = draft.subject.filter(|&(first, _)| first >= draft.after) else {
        return;
    };
    let is_plain = draft.bound == Bound::Exact && draft.shape == Shape::Single;
    if !is_plain || !p.says(last + 1, "or") || p.says(last + 3, "likely") {
        return;
    }
    // "678 points or more than 7 percent" says it twice.
    if p.says(last + 3, "than") && number::may_start(p, last + 4) {
        return;
    }
    if p.says(last + 2, "more") {
        draft.bound = Bound::AtLeast;
    } else if p.says_any(last + 2, &["fewer", "less"]) {
        draft.bound = Bound::AtMost;
    }
}

/// "$12 million over six years": how long something takes is no limit.
fn is_span(p: Pieces<'_>, draft: &Draft) -> bool {
    if draft.kind != Some(FigureKind::Duration) || draft.first < 2 {
        return false;
    }
    let over = draft.first - 1;
    let follows_amount = p.is(
        over - 1,
        Classes::of(&[Class::Scale, Class::Currency, Class::Percent]),
    ) || p.is_mark(over - 1, Mark::Percent)
        || p.is_digits(over - 1)
        || p.says_any(over - 1, &["allocated", "spread", "staggered", "phased"]);
    p.says(over, "over") && follows_amount
}

/// Verbs that set a limit, behind which "at 150" and "to 150" are one.
const LIMITING: &[&str] = &["capped", "capping", "limiting", "restricting"];

/// Those that are also nouns.
const LIMITS: &[&str] = &["cap", "limit", "restrict"];

/// How far in front of "at" or "to" the word may stand that limits, in pieces.
const LIMIT: usize = 6;

/// "cap the fee \[at\] $10", "limit gatherings \[to\] 150".
fn limit_before(p: Pieces<'_>, number: usize, start: usize) -> Option<Bound> {
    let at = number
        .checked_sub(1)
        .filter(|&at| at > start && p.says_any(at, &["at", "to"]))?;
    let floor = at.saturating_sub(LIMIT).max(start);
    let limits = (floor..at)
        .rev()
        .take_while(|&index| p.is_word(index) || p.is_dash(index))
        .any(|index| {
            let is_verb = p.is(index.wrapping_sub(1), Class::Modal) || p.says(index.wrapping_sub(1), "to");
            p.says_any(index, LIMITING) || is_verb && p.says_any(index, LIMITS)
        });
    limits.then_some(Bound::AtMost)
}

fn before(p: Pieces<'_>, number: usize, start: usize) -> Option<(Bound, usize)> {
    if number >= start + 2 && p.is_mark(number - 1, Mark::Hyphen) && p.says(number - 2, "sub") {
        return Some((Bound::LessThan, number - 2));
    }
    if let Some(hedge) = hedge_ending(p, number, start) {
        return Some(hedge);
    }
    let between = BETWEEN
        .iter()
        .find(|words| number >= start + words.len() && p.says_all(number - words.len(), words))?;
    hedge_ending(p, number - between.len(), start)
}

/// Returns the hedge whose last word stands before `end`.
fn hedge_ending(p: Pieces<'_>, end: usize, start: usize) -> Option<(Bound, usize)> {
    if end <= start || !p.is_word(end - 1) || !LAST_WORDS.passes(p.key(end - 1)) {
        return None;
    }
    let &(words, bound) = BEFORE
        .iter()
        .find(|(words, _)| end >= start + words.len() && p.says_all(end - words.len(), words))?;
    let first = end - words.len();
    // "crept [up to] 3.1 percent", "grew [up to] 5": a move, not a limit.
    let is_move = words == ["up", "to"]
        && first > start
        && (p.says_any(first - 1, &["back", "moved", "went", "goes"]) || p.is(first - 1, Class::Up));
    // "reached past 1,000", but "the past two games"
    let is_time = words == ["past"]
        && !(first > start && p.is(first - 1, Classes::of(&[Class::Verb, Class::Up, Class::Adverb])));
    (!is_move && !is_time).then_some((bound, first))
}

fn mark_before(p: Pieces<'_>, number: usize, start: usize) -> Option<Bound> {
    if number <= start {
        return None;
    }
    if number >= start + 2 && p.str(number - 1) == "=" {
        return match p.str(number - 2) {
            ">" => Some(Bound::AtLeast),
            "<" => Some(Bound::AtMost),
            _ => None,
        };
    }
    match p.str(number - 1) {
        "~" | "≈" => Some(Bound::About),
        "<" => Some(Bound::LessThan),
        "≤" => Some(Bound::AtMost),
        ">" => Some(Bound::MoreThan),
        "≥" => Some(Bound::AtLeast),
        _ => None,
    }
}

/// "or more", "or so", "-plus", "+".
fn behind(p: Pieces<'_>, draft: &Draft) -> Option<(Bound, usize)> {
    let plus = draft.last + 1;
    if p.is_mark(plus, Mark::Plus) && p.is_glued(draft.last) {
        return Some((Bound::AtLeast, plus + 1));
    }
    if p.is_mark(plus, Mark::Hyphen) && p.says(plus + 1, "plus") {
        return Some((Bound::AtLeast, plus + 2));
    }
    for at in [draft.last + 1, draft.after] {
        let ends = !p.is_word(at + 2) || p.is(at + 2, Class::Preposition);
        if p.says(at, "and") && p.says_any(at + 1, &["more", "above", "over", "up", "upwards"]) && ends {
            return Some((Bound::AtLeast, at + 2));
        }
        if !p.says(at, "or") || p.says(at + 2, "than") && number::may_start(p, at + 3) {
            continue;
        }
        if p.says_any(at + 1, &["more", "above", "older", "higher", "greater", "over"]) {
            return Some((Bound::AtLeast, at + 2));
        }
        if p.says_any(at + 1, &["less", "fewer", "below", "younger", "under", "lower"]) {
            return Some((Bound::AtMost, at + 2));
        }
        if p.says(at + 1, "so") {
            return Some((Bound::About, at + 2));
        }
    }
    None
}

/// Joins "more than 20" and "less than 35" to one range where nothing stands between them.
pub(super) fn merge_limits(p: Pieces<'_>, drafts: &mut Vec<Draft>) {
    drafts.dedup_by(|upper, lower| {
        let opens = matches!(lower.bound, Bound::AtLeast | Bound::MoreThan) && lower.shape == Shape::Single;
        let closes = matches!(upper.bound, Bound::AtMost | Bound::LessThan) && upper.shape == Shape::Single;
        let mut between = lower.after..upper.start;
        let joined = !between.is_empty()
            && between.all(|at| p.says_any(at, &["and", "but"]) || p.is_mark(at, Mark::Comma));
        let fits = lower.low < upper.high && (lower.unit.is_none() || lower.unit == upper.unit);
        let merges = opens && closes && joined && fits;
        if merges {
            (lower.high, lower.last, lower.after, lower.unit, lower.kind) =
                (upper.high, upper.last, upper.after, upper.unit, upper.kind);
            lower.shape = Shape::Range;
        }
        merges
    });
}

/// Hands the hedge and the subject on to the conversion in brackets behind it: "about 50 km (30 miles)".
pub(super) fn inherit_in_brackets(p: Pieces<'_>, drafts: &mut [Draft]) {
    for index in 1..drafts.len() {
        let (done, rest) = drafts.split_at_mut(index);
        let (source, draft) = (&done[index - 1], &mut rest[0]);
        let opens = draft.start > 0
            && p.is_mark(draft.start - 1, Mark::Open)
            && quantity::over_rate(p, source.after) + 1 == draft.start;
        let converts = draft.unit.is_some() && draft.kind == source.kind && draft.bound == Bound::Exact;
        if opens && converts && draft.shape == source.shape {
            draft.bound = source.bound;
            draft.converts = true;
            draft.subject = source.subject;
            draft.head = source.head;
        }
    }
}
