//! The noun in front of a number: "*profit* fell 10%", "the *stadium* will cost $3 million".

use super::super::draft::Draft;
use super::super::subject::Phrase;
use super::REACH;
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape};

/// What leads from a noun to its number: "cost", "reached", "at".
#[rustfmt::skip]
const MEASURING: &[&str] = &[
    "cost", "costs", "costing", "is", "was", "are", "were", "be", "reach",
    "reached", "reaches", "reaching", "hit", "hits", "closed", "close", "closes", "settled",
    "traded", "trading", "stood", "stands", "total", "totaled", "totalled", "totals", "totaling",
    "totalling", "averaged", "amounted", "remain", "remained", "remains", "exceeded", "exceeds", "topped",
    "surpassed", "worth", "valued", "edged", "eased", "climbed", "been", "ended", "opened",
    "doubled", "now", "currently", "stayed", "accounted", "account", "measured", "measuring", "raising",
    "reducing", "cutting", "at", "to", "by", "of", "from", "near", "than",
    "between", "record", "only", "just", "high", "low", "sharply", "strong", "passing",
    "won", "wins", "new", "fresh", "equal", "equals",
    "start", "starts", "starting", "range",
    "ranges", "ranged", "ranging", "hover", "hovers", "hovered", "hovering", "gone", "went", "goes", "ticked",
];

/// Verbs that lead to a number over a preposition only: "was *sold for*", "*priced at*".
#[rustfmt::skip]
const PRICING: &[&str] = &[
    "sold", "sells", "selling", "offered", "put", "set", "seen", "quoted", "listed", "pegged", "priced", "expected",
    "projected",
];

/// Verbs whose subject is what is measured: "profit *fell*", "the stadium *will cost*".
fn is_measuring(p: Pieces<'_>, at: usize) -> bool {
    p.is(at, Classes::of(&[Class::Up, Class::Down]))
        || p.says_any(at, MEASURING)
        || p.says_any(at, PRICING) && p.is(at + 1, Class::Preposition)
}

/// Small words that may stand between the noun and its number.
const SMALL: Classes = Classes::of(&[
    Class::Adverb,
    Class::Modal,
    Class::Auxiliary,
    Class::Article,
    Class::Determiner,
    Class::Preposition,
]);

/// Hedges that are verbs.
const HEDGING: &[&str] = &[
    "exceed",
    "exceeds",
    "exceeded",
    "exceeding",
    "surpass",
    "surpasses",
    "surpassed",
    "surpassing",
    "topped",
    "topping",
    "nearing",
    "approaching",
];

/// Finds the noun in front of the words that lead to the number.
pub(super) fn in_front(p: Pieces<'_>, draft: &Draft, start: usize) -> Option<Phrase> {
    let floor = draft.start.saturating_sub(REACH).max(start);
    let mut at = draft.start;
    // "surpassed $40 trillion": the hedge is the verb.
    // "readings at or above 9 °C"
    let is_verb = draft.start < draft.first && p.says_all(draft.start, &["at", "or"])
        || (draft.start..draft.first).any(|hedge| p.says_any(hedge, HEDGING));
    let mut measured = is_verb || p.is_mark(draft.start.wrapping_sub(1), Mark::Open);
    while at > floor {
        let before = at - 1;
        let opens = p.is_any_mark(before, &[Mark::Comma, Mark::Open]) && measured;
        let is_small = (p.is(before, SMALL) || is_manner(p, before)) && !p.is_capital(before);
        if let Some(first) = over_amount(p, before, floor).filter(|_| measured) {
            at = first;
            continue;
        }
        if is_measuring(p, before) {
            measured = true;
        } else if let Some(all) = over_all_time(p, before, floor).filter(|_| measured) {
            at = all;
            continue;
        } else if !opens && !is_small {
            break;
        }
        at = before;
    }
    let last = at.checked_sub(1).filter(|&last| last >= start && measured)?;
    let mut phrase = climb(p, ending_at(p, last, start)?, start);
    if phrase.first < phrase.last && is_past(p, phrase.last) {
        (phrase.last, phrase.head) = (phrase.last - 1, phrase.last - 1);
    }
    while phrase.first < phrase.last && p.is(phrase.first, Classes::of(&[Class::Up, Class::Down])) {
        phrase.first += 1;
    }
    let before = phrase.first.wrapping_sub(1);
    let is_clause = phrase.first > start && p.is(before, Class::Relative) && !p.says(before, "that");
    let is_verb = phrase.first == phrase.last && (is_gerund(p, phrase.last) || is_past(p, phrase.last));
    (!is_clause && !is_verb).then_some(phrase)
}

/// "marginally", "slightly": how something changes.
fn is_manner(p: Pieces<'_>, at: usize) -> bool {
    let word = p.str(at);
    word.len() > 4
        && word.ends_with("ly")
        && !p.says_any(
            at,
            &[
                "family", "supply", "assembly", "monopoly", "rally", "reply", "anomaly",
            ],
        )
}

/// "ended up \[6.1 cents\] at $3.05": the amount that ends at a piece is stepped over.
fn over_amount(p: Pieces<'_>, last: usize, floor: usize) -> Option<usize> {
    let is_unit = |at: usize| {
        p.is(
            at,
            Classes::of(&[Class::Currency, Class::Subunit, Class::Percent, Class::Scale]),
        ) || p.is_any_mark(at, &[Mark::Percent, Mark::Currency])
            || p.says_any(at, &["point", "points", "p"])
    };
    let mut at = last;
    while at > floor && is_unit(at) {
        at -= 1;
    }
    let is_number = p.is_digits(at) || p.is(at, Class::Cardinal);
    let is_signed = at > floor && p.is_mark(at - 1, Mark::Currency);
    let has_unit = at < last || is_signed;
    (is_number && has_unit && at > floor).then_some(at - usize::from(is_signed))
}

/// "its \[all-time\] low of".
fn over_all_time(p: Pieces<'_>, time: usize, floor: usize) -> Option<usize> {
    let is_all_time =
        time >= floor + 2 && p.says(time, "time") && p.is_dash(time - 1) && p.says(time - 2, "all");
    is_all_time.then(|| time - 2)
}

/// "the \[profit\] from continuing lines", "\[bread prices\] in the capital": what a phrase behind a preposition
/// belongs to.
fn climb(p: Pieces<'_>, mut phrase: Phrase, start: usize) -> Phrase {
    for _ in 0..3 {
        let mut at = phrase.first;
        while at > start
            && (p.is(at - 1, Class::Determiner) || p.is(at - 1, Class::Verb) && is_gerund(p, at - 1))
        {
            at -= 1;
        }
        let is_tied = at > start + 1
            && p.says_any(
                at - 1,
                &[
                    "in", "of", "for", "from", "on", "at", "across", "among", "against", "between",
                ],
            )
            && !p.is(at - 2, Classes::of(&[Class::Up, Class::Down]));
        let Some(outer) = is_tied.then(|| ending_at(p, at - 2, start)).flatten() else {
            break;
        };
        let units = Classes::of(&[Class::Measure, Class::Currency, Class::Subunit]);
        if is_past(p, outer.last)
            || is_gerund(p, outer.last)
            || is_manner(p, outer.last)
            || p.is(outer.last, units)
        {
            break;
        }
        phrase = Phrase {
            last: if p.says(at - 1, "of") {
                phrase.last
            } else {
                outer.last
            },
            ..outer
        };
    }
    phrase
}

/// "boiling down to": a verb that has been taken for the noun.
fn is_gerund(p: Pieces<'_>, at: usize) -> bool {
    !p.is_capital(at) && p.str(at).ends_with("ing")
}

/// "damage *estimated* at": a participle behind the noun.
fn is_past(p: Pieces<'_>, at: usize) -> bool {
    let word = p.str(at);
    !p.is_capital(at) && word.len() > 4 && word.ends_with("ed")
}

/// Reads the noun phrase that ends at a piece.
pub(super) fn ending_at(p: Pieces<'_>, last: usize, start: usize) -> Option<Phrase> {
    let stops = Classes::of(&[
        Class::Preposition,
        Class::Conjunction,
        Class::Pronoun,
        Class::Relative,
        Class::Auxiliary,
        Class::Modal,
        Class::Verb,
        Class::SayVerb,
        Class::Negation,
        Class::Determiner,
        Class::Article,
        Class::Percent,
    ]);
    let floor = last.saturating_sub(8).max(start);
    let mut first = last + 1;
    while first > floor {
        let at = first - 1;
        let joins = p.is_mark(at, Mark::Hyphen) && p.is_glued(at)
            || matches!(p.shape(at), Some(Shape::Possessive)) && at < last;
        let is_noun = p.is_word(at)
            && (!p.is(at, stops) || p.is_capital(at) && at > start && !p.is(at, Class::Auxiliary))
            && !p.is(at, Classes::of(&[Class::Weekday]))
            && !p.says_any(
                at,
                &[
                    "ago",
                    "now",
                    "then",
                    "today",
                    "yesterday",
                    "tomorrow",
                    "still",
                    "again",
                    "what",
                ],
            );
        if !(joins || is_noun) {
            break;
        }
        first = at;
    }
    while first <= last && !p.is_word(first) {
        first += 1;
    }
    let units = Classes::of(&[Class::Measure, Class::Currency, Class::Subunit]);
    let is_unit = last > start && p.is_digits(last - 1) && p.is(last, units);
    if first > last
        || is_unit
        || !p.is_word(last)
        || p.is(
            last,
            Classes::of(&[Class::Adverb, Class::Month, Class::TimeUnit, Class::Percent]),
        )
    {
        return None;
    }
    Some(Phrase {
        first,
        last,
        head: last,
    })
}
