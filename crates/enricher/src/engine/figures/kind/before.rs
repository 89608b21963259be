//! The verb or noun before the number: "*killed* 12", "the *deaths* of five", "the *toll* rose to 40".

use super::super::draft::Draft;
use super::super::names::Names;
use super::fate::{harm_noun, harm_verb, has_harm, is_be, is_state};
use super::{REACH, is_person};
use crate::engine::analysis::FigureKind;
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape};

/// Verbs that "dead" stands behind.
const SHOT: &[&str] = &["shot", "gunned", "stabbed"];

/// "killed 12", "killing at least two of the", "the deaths of five", "the release of all 38".
pub(super) fn verb_before(p: Pieces<'_>, draft: &Draft, start: usize) -> Option<FigureKind> {
    let mut at = draft.start;
    if at >= start + 4 && p.says_all(at - 3, &["a", "total", "of"]) {
        at -= 3;
    }
    if at >= start + 3 && p.says_all(at - 2, &["a", "record"]) {
        at -= 2;
    }
    if at >= start + 2 && p.says(at - 1, "dead") && p.says_any(at - 2, SHOT) {
        return Some(FigureKind::Killed);
    }
    let skips = Classes::of(&[Class::Determiner, Class::Article, Class::Adverb]);
    let floor = draft.start.saturating_sub(4).max(start);
    while at > floor
        && (p.is(at - 1, skips)
            || p.says_any(
                at - 1,
                &["up", "between", "of", "combined", "total", "further", "estimated"],
            ))
    {
        at -= 1;
        if p.says(at, "of") {
            // "the murders and dismemberments of"
            let pair = |noun: usize| p.says(noun, "and").then(|| noun_of(p, noun - 1, start)).flatten();
            let noun = at.checked_sub(1).filter(|&noun| noun > start)?;
            return noun_of(p, noun, start).or_else(|| pair(noun - 1).filter(|_| noun > start + 1));
        }
    }
    if at <= start {
        return None;
    }
    let verb = at - 1;
    if let Some(kind) = roll_call(p, verb, start) {
        return Some(kind);
    }
    let kind = harm_verb(p, verb)?;
    // Delegates and voters are captured at no one's cost.
    let is_won = p.says_any(verb, &["capture", "captured", "captures", "capturing"])
        && draft
            .head
            .is_some_and(|head| p.says_any(head, &["delegates", "superdelegates", "voters", "viewers"]));
    let intransitive = is_state(p, verb) || is_won;
    let passive = verb > start && is_be(p, verb - 1) && !p.str(verb).ends_with("ing");
    (!intransitive && !passive).then_some(kind)
}

/// How far in front of "and" the verb may stand that a list begins with, in pieces.
const LIST: usize = 16;

/// "killed *a bus driver and* three passengers", "the killing of *the mayor and* two aides": the number ends a list
/// whose first member has none.
pub(super) fn verb_before_list(p: Pieces<'_>, draft: &Draft, start: usize) -> Option<FigureKind> {
    let and = draft
        .start
        .checked_sub(1)
        .filter(|&and| and > start && p.says(and, "and"))?;
    let floor = and.saturating_sub(LIST).max(start);
    for at in (floor..and).rev() {
        let takes = p.is(at + 1, OBJECT) || p.is_capital(at + 1) || p.is(at + 1, Class::Person);
        let is_adjective = p.is(at.wrapping_sub(1), OBJECT) || !takes;
        if let Some(kind) = roll_call(p, at, start) {
            return Some(kind);
        }
        if p.says(at, "of") {
            let harm = at.checked_sub(1).and_then(|noun| noun_of(p, noun, start));
            if harm.is_some() {
                return harm;
            }
        } else if p.says(at, "dead") && p.says_any(at.wrapping_sub(1), SHOT) {
            return Some(FigureKind::Killed);
        } else if let Some(kind) = harm_verb(p, at).filter(|_| !is_adjective && !is_state(p, at)) {
            let passive = at > start && is_be(p, at - 1) && !p.str(at).ends_with("ing");
            return (!passive).then_some(kind);
        } else if !lists_on(p, at, is_adjective) {
            return None;
        }
    }
    None
}

/// What the object of a verb begins with.
const OBJECT: Classes = Classes::of(&[Class::Article, Class::Determiner]);

/// Whether a piece may stand in a list of persons without a number.
pub(super) fn lists_on(p: Pieces<'_>, at: usize, is_adjective: bool) -> bool {
    let ends = Classes::of(&[
        Class::Preposition,
        Class::Relative,
        Class::Auxiliary,
        Class::Modal,
        Class::Conjunction,
        Class::Negation,
        Class::SayVerb,
        Class::Cardinal,
    ]);
    let is_mark = p.is_any_mark(at, &[Mark::Comma, Mark::Hyphen, Mark::Stop, Mark::Apostrophe])
        || p.shape(at) == Some(Shape::Possessive);
    let is_verb = p.is(at, Class::Verb) && !is_adjective && !p.is_capital(at);
    is_mark || p.is_word(at) && !is_verb && (!p.is(at, ends) || p.is_capital(at))
}

/// "the dead *include*", "its hostages *are*": whom a list names.
pub(super) fn roll_call(p: Pieces<'_>, verb: usize, start: usize) -> Option<FigureKind> {
    if !p.says_any(verb, &["include", "includes", "included", "are", "were"]) || verb < start + 2 {
        return None;
    }
    let noun = verb - 1 - usize::from(p.is(verb - 1, Class::Adverb));
    let is_named = p.says_any(
        noun,
        &[
            "dead",
            "injured",
            "wounded",
            "missing",
            "victims",
            "hostages",
            "detainees",
            "captives",
        ],
    );
    let is_all = noun > start && p.is(noun - 1, Class::Determiner);
    (is_named && is_all)
        .then(|| harm_noun(p, noun).or_else(|| harm_verb(p, noun)))
        .flatten()
}

/// The noun in front of "of": "death of", "bodies of", "toll of", "execution of".
pub(super) fn noun_of(p: Pieces<'_>, at: usize, start: usize) -> Option<FigureKind> {
    let noun = at;
    // "begged for the lives of six captives"
    if p.says(noun, "lives") && noun >= start + 2 && p.says(noun - 2, "for") {
        return None;
    }
    if p.is(noun, Class::Total) {
        return toll_kind(p, noun, start);
    }
    let verbal = p.str(noun).ends_with("ing")
        || p.str(noun).ends_with("ion")
        || p.says_any(
            noun,
            &[
                "release",
                "rescue",
                "murder",
                "arrest",
                "arrests",
                "capture",
                "kidnap",
                "displacement",
                "imprisonment",
            ],
        );
    harm_noun(p, noun)
        .or_else(|| harm_verb(p, noun).filter(|_| verbal))
        .or(match p.str(noun) {
            "detention" | "imprisonment" => Some(FigureKind::Detained),
            "displacement" => Some(FigureKind::Displaced),
            "kidnapping" | "abduction" => Some(FigureKind::Abducted),
            "lives" => Some(FigureKind::Killed),
            "disappearance" => Some(FigureKind::Missing),
            "exchange" | "swap" if p.says_any(noun.wrapping_sub(1), &["prisoner", "prisoners"]) => {
                Some(FigureKind::Rescued)
            }
            _ => None,
        })
}

/// "the death toll … rises to 40", "the number of injured … at 12".
pub(super) fn toll(p: Pieces<'_>, names: &Names, draft: &Draft, start: usize) -> Option<FigureKind> {
    if draft.subject.is_some_and(|(first, last)| {
        !has_harm(p, first, last) && !(first..=last).any(|at| is_person(p, names, at))
    }) {
        return None;
    }
    let before = draft.start.checked_sub(1)?;
    let arrives = p.is(
        before,
        Classes::of(&[Class::Preposition, Class::Auxiliary, Class::Up, Class::Down]),
    ) || p.says_any(
        before,
        &[
            "reached",
            "reaches",
            "hit",
            "hits",
            "passed",
            "exceeded",
            "surpassed",
            "stood",
            "stands",
            "now",
            "surpassing",
            "passes",
        ],
    ) || draft.start < draft.first;
    if !arrives {
        return None;
    }
    let floor = draft.start.saturating_sub(REACH).max(start);
    let noun = (floor..draft.start).rev().find(|&at| p.is(at, Class::Total))?;
    toll_kind(p, noun, start)
}

pub(super) fn toll_kind(p: Pieces<'_>, noun: usize, start: usize) -> Option<FigureKind> {
    if p.says(noun, "toll") {
        let injured = noun > start && p.says_any(noun - 1, &["injury", "injured"]);
        return Some(if injured {
            FigureKind::Injured
        } else {
            FigureKind::Killed
        });
    }
    let named = noun + 1..noun + 6;
    let harm = named
        .clone()
        .find_map(|at| harm_noun(p, at).or_else(|| harm_verb(p, at)));
    harm.or_else(|| {
        named
            .clone()
            .any(|at| p.is(at, Class::Person))
            .then_some(FigureKind::People)
    })
}
