//! Numbers that are names or stand in them: "Section 219", "F-16", "the 787 Dreamliner", "the FTSE 100".

use super::super::draft::{Draft, Shape};
use super::super::names::Names;
use super::HARM;
use super::address::is_local_phone;
use crate::engine::analysis::EntityType;
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape as PieceShape};

/// "Boeing 737", "the 2024 Summer Olympics": a number inside a name. A name that is all number is none.
pub(in super::super) fn is_in_name(p: Pieces<'_>, draft: &Draft, names: &Names) -> bool {
    if draft.unit.is_some() {
        return false;
    }
    if is_product(p, draft, names) {
        return true;
    }
    let number = p.cover(draft.first, draft.last);
    let name = names
        .containing(number)
        .or_else(|| names.containing(p.span(draft.last)));
    name.is_some_and(|name| name.span.len() > number.len() && name.kind != EntityType::Norp)
}

/// What a number alone is the name of: "the 8088 chip", "a 747 jetliner".
#[rustfmt::skip]
const PRODUCTS: &[&str] = &[
    "chip", "processor", "microprocessor", "jet", "jetliner", "airliner", "plane", "helicopter", "sedan", "coupe",
    "rifle",
];

/// What airliners are called in the plural.
const FLEETS: &[&str] = &[
    "aircraft",
    "jets",
    "jetliners",
    "airliners",
    "planes",
    "freighter",
    "freighters",
];

/// Airliners that are known by their number.
const BOEINGS: [&str; 9] = ["707", "717", "727", "737", "747", "757", "767", "777", "787"];

/// How far in front of an airliner's number its maker may stand, in pieces.
const MAKER: usize = 12;

/// "the 8088 chip", "its own 380 Skyliner", "the 486 is": three or four digits in front of one thing, or before a verb
/// in the singular.
fn is_product(p: Pieces<'_>, draft: &Draft, names: &Names) -> bool {
    let (first, next) = (draft.first, draft.last + 1);
    if draft.kind.is_some() || draft.start < first || first == 0 || !p.is_digits(first) {
        return false;
    }
    let is_long =
        (3..=4).contains(&p.str(first).len()) && p.str(first).bytes().all(|byte| byte.is_ascii_digit());
    if !is_long {
        return false;
    }
    if draft.shape == Shape::Pair {
        return p.says_any(next, PRODUCTS) || p.says_any(next, FLEETS);
    }
    if draft.shape != Shape::Single || draft.first != draft.last {
        return false;
    }
    let maker = first.saturating_sub(MAKER)..first;
    if BOEINGS.contains(&p.str(first))
        && (p.says_any(next, FLEETS) || maker.into_iter().any(|at| p.says(at, "boeing")))
    {
        return true;
    }
    let determined = p.is(first - 1, Classes::of(&[Class::Determiner, Class::Article]))
        || p.says_any(first - 1, &["own", "new"])
        || p.shape(first - 1) == Some(PieceShape::Possessive);
    let is_unnamed = || {
        names
            .containing(p.span(next))
            .is_none_or(|name| name.kind == EntityType::Misc)
    };
    let is_model = p.shape(next) == Some(PieceShape::Capitalised)
        && !p.str(next).ends_with('s')
        && !p.is(next, Class::Person)
        && (!p.is_word(next + 1) || p.is(next + 1, ENDS_NAME))
        && is_unnamed();
    let is_one = p.says_any(first - 1, &["the", "new"]) && p.says_any(next, &["is", "was", "has"]);
    p.says_any(next, PRODUCTS) || determined && (is_model || is_one)
}

/// What may follow the name of a product.
const ENDS_NAME: Classes = Classes::of(&[
    Class::Preposition,
    Class::Conjunction,
    Class::Auxiliary,
    Class::Modal,
    Class::Relative,
]);

/// Share indices that are named for how many shares they hold, by their last word.
const INDICES: [(&str, &[f64]); 16] = [
    ("sp", &[500.0]),
    ("p", &[500.0]),
    ("ftse", &[100.0, 250.0, 350.0]),
    ("nikkei", &[225.0]),
    ("cac", &[40.0]),
    ("dax", &[30.0, 40.0]),
    ("russell", &[1000.0, 2000.0, 3000.0]),
    ("fortune", &[100.0, 500.0, 1000.0]),
    ("nasdaq", &[100.0]),
    ("stoxx", &[50.0, 600.0]),
    ("asx", &[200.0]),
    ("ibex", &[35.0]),
    ("nifty", &[50.0]),
    ("csi", &[300.0]),
    ("kospi", &[200.0]),
    ("tsx", &[60.0]),
];

/// "the ftse 100": a share index, also where it is written without capitals.
fn is_index(p: Pieces<'_>, draft: &Draft) -> bool {
    let before = draft.first - 1;
    INDICES
        .iter()
        .any(|(name, sizes)| p.says(before, name) && sizes.contains(&draft.high))
        && (!p.says(before, "p") || p.str(before.wrapping_sub(1)) == "&")
}

/// "the round of 16", "the Group of 20": stages and bodies that are named for how many take part.
fn is_named_for_size(p: Pieces<'_>, draft: &Draft, start: usize, end: usize) -> bool {
    let at = draft.first;
    at >= start + 2
        && p.says(at - 1, "of")
        && (p.says(at - 2, "round") || p.says(at - 2, "group") && p.is_capital(at - 2))
        && draft.high > 1.0
        && !p.is_dash(draft.after)
        && !is_counted(p, draft.after, end)
}

/// "Section 219", "Boeing 737", "Phase 2", "Falcon 9": a name that ends in a number.
pub(super) fn is_numbered(p: Pieces<'_>, draft: &Draft, start: usize, end: usize) -> bool {
    if draft.shape == Shape::Ordinal
        || draft.kind.is_some()
        || draft.start < draft.first
        || draft.first == start
    {
        return false;
    }
    let before = draft.first - 1;
    if is_index(p, draft) || is_named_for_size(p, draft, start, end) {
        return true;
    }
    // "magnitude Mw 7.1"
    if p.says_any(before, &["mw", "ms", "ml", "mb"]) && p.str(draft.first).contains('.') {
        return false;
    }
    if p.says(before, "category")
        && draft.high <= 5.0
        && p.says_any(draft.after, &["hurricane", "storm", "typhoon", "cyclone"])
    {
        return false;
    }
    let is_short = p.is_digits(draft.first)
        && !p.str(draft.first).contains(',')
        && !matches!(draft.shape, Shape::Range | Shape::Pair);
    let names = p.is(before, Class::Numbered) && !looks_like_result(p, before);
    let noun_follows = is_counted(p, draft.after, end);
    if names && (p.is_capital(before) || !noun_follows) && (is_short || p.is(draft.first, Class::Cardinal)) {
        return true;
    }
    // "crowds that may number 4,000"
    let is_verb = p.is(before.wrapping_sub(1), Class::Modal) || draft.high >= 1000.0;
    if p.says(before, "number") && !is_verb
        || (p.is_mark(before, Mark::Stop) && p.says(before.wrapping_sub(1), "no"))
    {
        return true;
    }
    if p.says_any(before, &["top", "bottom"])
        && (is_short || p.is(draft.first, Class::Cardinal))
        && !noun_follows
    {
        return true;
    }
    // "the Big Four", "Seven Network": a capitalised number word inside a capitalised name.
    if p.is_capital(draft.first) && p.is_word(draft.first) {
        let inside = p.is_capital(before)
            && before > start
            && !p.is(before, Classes::of(&[Class::Weekday, Class::Month]));
        return inside || p.is_capital(draft.after) && p.is_capital(draft.first) && p.says(before, "the");
    }
    let unknown_name = p.is_capital(before)
        && (before > start || p.is_capital(draft.after) && !p.is(before, OPENS_SENTENCE))
        && !p.is(
            before,
            Classes::of(&[Class::Weekday, Class::Month, Class::SayVerb, Class::Auxiliary]),
        );
    unknown_name
        && is_short
        && !noun_follows
        && !is_headline(p, before, draft.after)
        && !p.is_any_mark(draft.after, &[Mark::Hyphen])
}

/// Words that have their capital from the sentence that they open: "Another 75 Guatemalan soldiers".
const OPENS_SENTENCE: Classes = Classes::of(&[
    Class::Determiner,
    Class::Preposition,
    Class::Conjunction,
    Class::Adverb,
    Class::Pronoun,
    Class::Relative,
]);

/// "Ferry Sinking Leaves 30 Dead", "Gunmen Kill 17": every word of a headline has a capital. Nor is the number of
/// "in Beirut 30 were hurt" part of the name.
fn is_headline(p: Pieces<'_>, before: usize, after: usize) -> bool {
    p.is(after, HARM)
        || p.is(before, HARM)
        || p.is(before, Classes::of(&[Class::Verb, Class::Up, Class::Down]))
        || p.says_any(after, &["were", "are", "have", "had"])
        || p.says_any(
            before,
            &["leaves", "leave", "hits", "reaches", "least", "than", "over"],
        )
}

/// "games 3" is a name, "version 2" too; but "number of", "case of" count.
fn looks_like_result(p: Pieces<'_>, at: usize) -> bool {
    p.says_any(
        at,
        &["case", "order", "unit", "act", "title", "mark", "article", "rule"],
    ) && !p.is_capital(at)
}

/// Whether a lower-case noun follows, so that the number counts it.
pub(super) fn is_counted(p: Pieces<'_>, at: usize, end: usize) -> bool {
    let closed = Classes::of(&[
        Class::Preposition,
        Class::Conjunction,
        Class::Auxiliary,
        Class::Modal,
        Class::Relative,
        Class::Pronoun,
        Class::Determiner,
        Class::Article,
        Class::Verb,
        Class::Adverb,
        Class::SayVerb,
    ]);
    let is_times = p.says(at, "times");
    at < end
        && p.is_word(at)
        && !p.is_capital(at)
        && (is_times || !p.is(at, closed) || p.is(at, Class::Person))
}

/// Digits glued to letters or to other marks: "F-16", "192.168.0.1", "#12", "covid-19", "a/b/3", "@user1".
pub(super) fn is_in_token(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    let first = draft.first;
    let is_torn_name = first > start
        && p.is_mark(first, Mark::Hyphen)
        && p.is_glued(first)
        && !p.is_glued_before(first)
        && is_designation(p, first - 1)
        && draft.unit.is_none();
    if is_torn_name {
        return true;
    }
    if first > start && p.is_glued_before(first) {
        let before = first - 1;
        if p.is_any_mark(
            before,
            &[Mark::Slash, Mark::Hash, Mark::Other, Mark::Stop, Mark::Colon],
        ) && p.is_digits(first)
        {
            return !p.is_mark(before, Mark::Other) || p.is_glued_before(before);
        }
        if p.is_word(before) && p.is_digits(first) && draft.kind.is_none() {
            return true;
        }
        let is_hyphenated_name = p.is_any_mark(before, &[Mark::Hyphen])
            && p.is_glued_before(before)
            && (p.is_word(before.wrapping_sub(1)) || p.is_digits(before.wrapping_sub(1)));
        if is_hyphenated_name
            && draft.shape != Shape::Ordinal
            && !p.says_any(
                before.wrapping_sub(1),
                &["mid", "age", "under", "over", "pre", "now", "sub", "minus", "to"],
            )
        {
            return true;
        }
    }
    let next = draft.last + 1;
    if is_local_phone(p, draft) {
        return true;
    }
    if !p.is_glued(draft.last) {
        return false;
    }
    let address = p.is_any_mark(next, &[Mark::Slash, Mark::Stop, Mark::Other, Mark::Colon])
        && p.is_glued(next)
        && (p.is_digits(next + 1) || p.is_word(next + 1))
        && draft.kind.is_none();
    let goes_on =
        p.is_any_mark(next, &[Mark::Hyphen, Mark::Slash]) && p.is_glued(next) && p.is_digits(next + 1);
    let phone = goes_on && draft.unit.is_none();
    let tail = p.is_word(next) && p.is_digits(draft.last) && draft.kind.is_none() && draft.after == next;
    address || phone || tail
}

/// The part before the hyphen of "COVID -19", "MIG -29", "F -16": a name that a tokeniser may have torn apart. Other
/// words in capitals have a negative number behind them: "DOW -250 points".
fn is_designation(p: Pieces<'_>, at: usize) -> bool {
    p.shape(at) == Some(PieceShape::Upper)
        && (p.str(at).len() == 1
            || p.says_any(
                at,
                &[
                    "covid", "mig", "su", "tu", "il", "mi", "ka", "ak", "rpg", "btr", "bmp", "jf", "kc",
                    "ah", "uh", "ch", "mq", "rq",
                ],
            ))
}
