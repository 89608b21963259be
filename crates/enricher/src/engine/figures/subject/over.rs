//! What is stepped over between a number and its noun: measures, prices, names in quotation marks, owners, the first of
//! two adjectives.

use super::super::names::Names;
use super::{ENDS, PARTICIPLES, Phrase, noun_phrase};
use crate::engine::analysis::EntityType;
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape, number};

/// "five \[$20\] notes": what each of them is worth.
pub(super) fn over_price(p: Pieces<'_>, at: usize) -> usize {
    let is_price = p.is_mark(at, Mark::Currency) && p.is_digits(at + 1);
    let next = at + 2 + usize::from(p.is(at + 2, Class::Scale));
    if is_price && p.is_word(next) { next } else { at }
}

/// Longest name in quotation marks, in pieces.
const QUOTED: usize = 8;

/// "12 \[\"Long Night\"\] events": a name in quotation marks in front of the noun.
pub(super) fn over_quoted(p: Pieces<'_>, at: usize, end: usize) -> usize {
    if !p.is_quote(at) || !p.is_word(at + 1) {
        return at;
    }
    if !p.is_capital(at + 1) {
        return at + 1;
    }
    (at + 2..(at + QUOTED).min(end))
        .find(|&close| p.is_quote(close))
        .filter(|&close| p.is_word(close + 1) && !p.is(close + 1, ENDS))
        .map_or(at, |close| close + 1)
}

/// "half of \[the club's 40\] rowers", "three of \[the line's seven\] planes": what the owner has so many of.
pub(in super::super) fn over_owner(p: Pieces<'_>, names: &Names, phrase: Phrase, end: usize) -> Phrase {
    // "the club's several dozen rowers"
    let number = phrase.last + 2 + usize::from(p.says_any(phrase.last + 2, &["several", "few", "many"]));
    let is_owner = p.shape(phrase.last + 1) == Some(Shape::Possessive) && number::may_start(p, number);
    is_owner
        .then(|| number::read(p, number))
        .flatten()
        .and_then(|number| noun_phrase(p, names, number.next, end))
        .unwrap_or(phrase)
}

/// "85 of \[those infected\]".
pub(in super::super) fn those(p: Pieces<'_>, at: usize) -> Option<Phrase> {
    let is_participle =
        p.says(at, "those") && (p.str(at + 1).ends_with("ed") || p.str(at + 1).ends_with("ing"));
    is_participle.then_some(Phrase {
        first: at,
        last: at + 1,
        head: at + 1,
    })
}

/// "\[confirmed and\] suspected cases", "\[blindfolded and\] bound men": the first of two participles.
pub(super) fn over_adjectives(p: Pieces<'_>, at: usize) -> usize {
    let is_adjective = |at: usize| p.str(at).ends_with("ed") || p.is(at, PARTICIPLES);
    let is_pair = p.str(at).ends_with("ed")
        && p.says_any(at + 1, &["and", "or"])
        && is_adjective(at + 2)
        && p.is_word(at + 3)
        && !p.is(at + 3, ENDS)
        && !is_adjective(at + 3);
    at + if is_pair { 2 } else { 0 }
}

/// "Asian \[and Pacific islands\]", "Asian \[and four Baltic ports\]": the adjectives of two
/// peoples share the noun.
pub(super) fn over_peoples(p: Pieces<'_>, names: &Names, phrase: Phrase, end: usize) -> Phrase {
    let joint = phrase.last + 1;
    let is_adjective = phrase.head == phrase.last
        && p.is_capital(phrase.last)
        && !p.str(phrase.last).ends_with('s')
        && names
            .containing(p.span(phrase.last))
            .is_some_and(|name| matches!(name.kind, EntityType::Norp | EntityType::Place));
    if !is_adjective || !p.says_any(joint, &["and", "or"]) {
        return phrase;
    }
    let number = number::may_start(p, joint + 1)
        .then(|| number::read(p, joint + 1))
        .flatten();
    let next = number.map_or(joint + 1, |number| number.next);
    let other = p
        .is_capital(next)
        .then(|| noun_phrase(p, names, next, end))
        .flatten()
        .filter(|other| other.first < other.head && !p.is_capital(other.head));
    match other {
        // "one French and one Greek sailor are" are two that share a verb.
        Some(other) if number.is_some() && p.is(other.head, Class::Person) => phrase,
        Some(other) if number.is_some() => Phrase {
            first: other.head,
            ..other
        },
        Some(other) => Phrase {
            first: phrase.first,
            ..other
        },
        None => phrase,
    }
}

/// What things have several of: the "seat" of "80,000-seat".
pub(super) const PARTS: &[&str] = &[
    "seat", "member", "door", "storey", "story", "bed", "room", "man", "person", "point", "page",
];

/// The "largest" of "second-largest"; the "place" of "third-place" is what is ranked.
pub(super) fn is_superlative(p: Pieces<'_>, at: usize) -> bool {
    p.str(at).ends_with("est") || p.says_any(at, &["most", "least", "worst", "ranked", "ranking", "seeded"])
}

/// "second[-largest] trade union", "third[-place] team".
pub(super) fn over_superlative(p: Pieces<'_>, at: usize) -> Option<usize> {
    let hyphen = p.is_mark(at, Mark::Hyphen) && p.is_glued(at);
    (hyphen && p.is_word(at + 1) && p.is_word(at + 2)).then_some(at + 2)
}

/// "two [5,000-tonne] destroyers", "four [900 litre-a-day] wells", "six of the nine[-metre] masts": a measure
/// in front of the noun.
pub(in super::super) fn over_measure(p: Pieces<'_>, at: usize) -> usize {
    let number = at + usize::from(p.is_digits(at));
    let hyphen = usize::from(p.is_mark(number, Mark::Hyphen));
    let unit = number + hyphen;
    let is_measure = unit > at && p.is(unit, Classes::of(&[Class::Measure, Class::TimeUnit]));
    let rate = unit + 1;
    let is_rate = p.is_dash(rate) && p.says_any(rate + 1, &["a", "per"]) && p.is_dash(rate + 2);
    let next = if is_rate { rate + 4 } else { rate };
    if is_measure && p.is_word(next) && !p.is(next, ENDS) {
        next
    } else {
        at
    }
}
