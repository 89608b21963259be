//! "One" that counts nothing: "one of the", "no one", "might one day", "a permanent one".

use super::super::draft::{Draft, Shape};
use crate::engine::analysis::Bound;
use crate::engine::pieces::{Class, Classes, Mark, Pieces};

/// "one of the", "no one", "one another", "the one who": not a count.
pub(super) fn is_pronoun_one(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    if is_one_day(p, draft) {
        return true;
    }
    if draft.shape != Shape::Single
        || draft.first != draft.last
        || !p.says(draft.first, "one")
        || draft.kind.is_some()
    {
        return false;
    }
    let at = draft.first;
    let before = at.wrapping_sub(1);
    let hedged = draft.start < draft.first;
    if p.says_any(
        before,
        &[
            "no", "any", "every", "each", "this", "that", "the", "another", "which", "number", "day",
            "holes", "hole",
        ],
    ) && !hedged
    {
        let is_counted = p.is(before, Class::Determiner) && p.is(at + 1, Class::Person);
        // "12 others, of which one died"
        let is_harmed = p.says(before, "which") && p.is(at + 1, HARM);
        return !is_counted && !is_harmed;
    }
    let joined = p.is_dash(at + 1) && p.says_any(at + 2, &["way", "off", "on", "time", "sided", "stop"]);
    let partitive = !hedged && p.says_any(at + 1, &["of", "another", "who", "thing", "day", "such", "or"]);
    let alone = p.is(
        at + 1,
        Classes::of(&[Class::Pronoun, Class::Modal, Class::Relative, Class::Preposition]),
    ) && !p.is(
        before,
        Classes::of(&[Class::KillVerb, Class::InjureVerb, Class::Conjunction]),
    ) && !hedged;
    // "call it one", "if there is one."
    let echo = !p.is_word(at + 1)
        && !p.is_digits(at + 1)
        && !p.is_dash(at + 1)
        && !hedged
        && (p.is(before, Classes::of(&[Class::Pronoun, Class::Auxiliary]))
            || p.says_any(before, &["as", "for", "like", "with", "than", "into"]));
    // "naive about one of the"
    let about = draft.bound == Bound::About && p.says(at + 1, "of");
    // "one way or another"
    let anyhow = p.says_all(at + 1, &["way", "or"]);
    let anyone = !hedged && p.says_any(at + 1, &["can", "should", "must", "needs", "that", "which"]);
    echo || about
        || anyhow
        || anyone
        || joined
        || is_kind(p, at, start)
        || partitive
        || alone && !p.is_any_mark(before, &[Mark::Comma])
}

/// What can happen to one person.
const HARM: Classes = Classes::of(&[
    Class::KillVerb,
    Class::InjureVerb,
    Class::MissingVerb,
    Class::DetainVerb,
    Class::AbductVerb,
    Class::RescueVerb,
]);

/// "might one day", "hopes to one day return": some time, not a length of it.
fn is_one_day(p: Pieces<'_>, draft: &Draft) -> bool {
    p.says(draft.first, "one")
        && p.says(draft.first + 1, "day")
        && draft.first > 0
        && (p.is(draft.first - 1, Class::Modal) || p.says(draft.first - 1, "to"))
        && p.is_word(draft.first + 2)
        && !p.is(draft.first + 2, Class::Preposition)
}

/// How far in front of "one" its article may stand, in pieces.
const KIND: usize = 5;

/// "a permanent one", "the best one yet": one of a kind that an adjective tells.
fn is_kind(p: Pieces<'_>, at: usize, start: usize) -> bool {
    let floor = at.saturating_sub(KIND).max(start);
    let is_adjective =
        |index: usize| p.is_word(index) && !p.is(index, NOT_AN_ADJECTIVE) || p.says(index, "and");
    let mut first = at;
    while first > floor && is_adjective(first - 1) {
        first -= 1;
    }
    first < at
        && first > start
        && !p.is(at - 1, Class::Conjunction)
        && p.is(first - 1, Classes::of(&[Class::Article, Class::Determiner]))
        && !p.is_word(at + 1)
        && !p.is_dash(at + 1)
        && !p.is_digits(at + 1)
}

/// Words that "a permanent one" has none of.
const NOT_AN_ADJECTIVE: Classes = Classes::of(&[
    Class::Preposition,
    Class::Conjunction,
    Class::Pronoun,
    Class::Relative,
    Class::Auxiliary,
    Class::Modal,
    Class::Verb,
    Class::SayVerb,
    Class::KillVerb,
    Class::InjureVerb,
    Class::DetainVerb,
    Class::RescueVerb,
    Class::AbductVerb,
    Class::Person,
    Class::Article,
    Class::Determiner,
]);
