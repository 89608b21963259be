//! What can happen to persons: the verbs and nouns of the word list, and the kind that each makes.

use super::super::draft::Draft;
use crate::engine::analysis::FigureKind;
use crate::engine::pieces::{Class, Pieces};

/// What happens to persons: the verbs, the nouns, and the kind they make.
struct Harm {
    verb: Class,
    noun: Option<Class>,
    kind: FigureKind,
}

const HARMS: [Harm; 7] = [
    Harm {
        verb: Class::KillVerb,
        noun: Some(Class::KillNoun),
        kind: FigureKind::Killed,
    },
    Harm {
        verb: Class::InjureVerb,
        noun: Some(Class::InjureNoun),
        kind: FigureKind::Injured,
    },
    Harm {
        verb: Class::MissingVerb,
        noun: None,
        kind: FigureKind::Missing,
    },
    Harm {
        verb: Class::DisplaceVerb,
        noun: Some(Class::DisplaceNoun),
        kind: FigureKind::Displaced,
    },
    Harm {
        verb: Class::AbductVerb,
        noun: Some(Class::AbductNoun),
        kind: FigureKind::Abducted,
    },
    Harm {
        verb: Class::DetainVerb,
        noun: Some(Class::DetainNoun),
        kind: FigureKind::Detained,
    },
    Harm {
        verb: Class::RescueVerb,
        noun: Some(Class::RescueNoun),
        kind: FigureKind::Rescued,
    },
];

pub(super) fn harm_noun(p: Pieces<'_>, at: usize) -> Option<FigureKind> {
    let harm = HARMS
        .iter()
        .find(|harm| harm.noun.is_some_and(|noun| p.is(at, noun)))?;
    Some(harm.kind)
}

/// "12 deaths", "three hostages", "40 arrests".
pub(super) fn subject_noun(p: Pieces<'_>, draft: &Draft) -> Option<FigureKind> {
    let (first, last) = draft.subject?;
    let of = (first..=last)
        .find(|&at| p.says(at, "of"))
        .map_or(last, |of| of.saturating_sub(1));
    if p.says_any(
        of,
        &[
            "refugees",
            "refugee",
            "inmates",
            "victims",
            "survivors",
            "survivor",
            "hospitals",
            "hospital",
            "dead",
        ],
    ) {
        return None;
    }
    // "the 28 deceased hostages"
    let is_dead = (first..of).any(|at| p.is(at, Class::KillVerb));
    harm_noun(p, of).map(|kind| if is_dead { FigureKind::Killed } else { kind })
}

/// "two wounded soldiers", "five missing miners".
pub(super) fn modifier(p: Pieces<'_>, draft: &Draft) -> Option<FigureKind> {
    let (first, last) = draft
        .subject
        .filter(|&(first, last)| !(first..=last).any(|at| p.is(at, Class::Animal)))?;
    let harm = HARMS
        .iter()
        .find(|harm| (first..last).any(|at| p.is(at, harm.verb) && !p.is(at, Class::Person)))?;
    Some(harm.kind)
}

pub(super) fn harm_verb(p: Pieces<'_>, at: usize) -> Option<FigureKind> {
    HARMS
        .iter()
        .find(|harm| p.is(at, harm.verb))
        .map(|harm| harm.kind)
}

/// States rather than acts: they need no "were" in front and take no object.
pub(super) fn is_state(p: Pieces<'_>, at: usize) -> bool {
    p.says_any(
        at,
        &[
            "dead",
            "die",
            "dies",
            "died",
            "dying",
            "missing",
            "unaccounted",
            "homeless",
            "perished",
            "perish",
            "drowned",
            "drown",
            "fled",
            "flee",
            "disappeared",
            "vanished",
            "succumbed",
            "fatally",
        ],
    )
}

pub(super) fn is_be(p: Pieces<'_>, at: usize) -> bool {
    p.says_any(
        at,
        &[
            "is", "are", "was", "were", "be", "been", "being", "get", "got", "gets",
        ],
    )
}

pub(super) fn has_harm(p: Pieces<'_>, first: usize, last: usize) -> bool {
    (first..=last).any(|at| {
        HARMS
            .iter()
            .any(|harm| p.is(at, harm.verb) || harm.noun.is_some_and(|noun| p.is(at, noun)))
    })
}
