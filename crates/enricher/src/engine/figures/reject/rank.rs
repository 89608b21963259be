//! Ranks, years and days that claim nothing: "the 16th century", "June seventh", "1861 - 65".

#![expect(
    clippy::float_cmp,
    reason = "printed numbers are compared with the numbers that are printed"
)]

use super::super::draft::{Draft, Shape};
use super::HARM;
use super::name::is_counted;
use crate::engine::analysis::FigureKind;
use crate::engine::pieces::{Class, Classes, Mark, Pieces, number};

/// "first" is seldom a claim; "second" is a unit after a number, an adverb or part of "second half".
pub(super) fn is_plain_ordinal(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    if draft.shape != Shape::Ordinal {
        return false;
    }
    let at = draft.first;
    let is_first = draft.high == 1.0;
    let dashed = p.is_mark(at + 1, Mark::Hyphen)
        && p.says_any(at + 2, &["degree", "hand", "class", "guess", "party", "rate"]);
    let fixed = p.says_any(
        draft.after,
        &[
            "century",
            "centuries",
            "quarter",
            "half",
            "millennium",
            "amendment",
            "hand",
            "avenue",
            "street",
            "st",
            "ave",
        ],
    );
    let per_second = p.says(at, "second")
        && at > start
        && p.says_any(at - 1, &["per", "a", "every", "each", "split"])
        && !p.is_word(at + 1)
        && !p.is_dash(at + 1);
    let holiday = p.says(draft.after, "of") && p.is(draft.after + 1, Class::Month)
        || p.is(draft.after, Class::Weekday) && p.says_any(draft.after + 1, &["in", "of"]);
    let named =
        p.is_capital(at) && at > start && (p.is_capital(at - 1) || p.is_capital(at + 1)) && p.is_word(at);
    let is_date = p.is(draft.after, Class::Month)
        || at > start && is_day(p, at - 1)
        || at > start + 1 && p.says_any(at - 1, &["to", "and"]) && is_day(p, at.wrapping_sub(3));
    is_first || is_date || counts_centuries(p, at) || dashed || fixed || per_second || holiday || named
}

/// "\[June\] seventh": the month that a day stands behind.
fn is_day(p: Pieces<'_>, month: usize) -> bool {
    p.is(month, Class::Month) && p.is_capital(month)
}

/// "8th - 12th centuries", "in the 3rd and 4th centuries": further ranks lead to the word.
fn counts_centuries(p: Pieces<'_>, at: usize) -> bool {
    let over = |at: usize| number::read(p, at).filter(|number| number.form == number::Form::Ordinal);
    let mut next = at;
    for _ in 0..3 {
        let Some(rank) = number::may_start(p, next).then(|| over(next)).flatten() else {
            return false;
        };
        next = rank.next;
        if p.says_any(next, &["century", "centuries"]) {
            return true;
        }
        next += 1;
    }
    false
}

/// "pressed high in the attacking third": a part of the field, and of a match.
pub(super) fn is_part_of_play(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    let before = draft.first.wrapping_sub(1);
    draft.first > start
        && p.says(draft.last, "third")
        && p.says_any(
            before,
            &["final", "attacking", "defensive", "middle", "opening", "last"],
        )
}

/// First year that four digits are taken for, where their place tells.
const FIRST_YEAR: f64 = 1000.0;

/// First year that a capitalised noun may follow.
const MODERN: f64 = 1900.0;

/// Last one.
const LAST_YEAR: f64 = 2100.0;

fn is_year(p: Pieces<'_>, at: usize, value: f64) -> bool {
    p.is_digits(at)
        && p.str(at).len() == 4
        && value.fract() == 0.0
        && (FIRST_YEAR..=LAST_YEAR).contains(&value)
}

/// Years that the dates have left: "a 1755 earthquake", "(1861 - 65)", "the 2024 calendar year".
pub(super) fn is_left_year(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    let at = draft.first;
    if draft.shape != Shape::Single || draft.first != draft.last || !p.is_digits(at) {
        return false;
    }
    if is_year(p, at, draft.high) {
        let calendar = draft.kind == Some(FigureKind::Duration) && p.says(draft.after - 1, "year");
        let article = draft.kind.is_none() && at > start && p.is(at - 1, Class::Article);
        let opens = draft.kind.is_none()
            && p.is_dash(at + 1)
            && p.is_digits(at + 2)
            && p.str(at + 2).len() <= 2
            && !p.is_word(at + 3);
        return calendar || article || opens || is_year_of_topic(p, draft, start);
    }
    let is_short = draft.kind.is_none() && p.str(at).len() <= 2;
    // "back in '71 and '74"
    let is_clipped = at > start
        && p.is_mark(at - 1, Mark::Apostrophe)
        && p.is_glued(at - 1)
        && !p.is_glued_before(at - 1)
        && p.str(at).len() == 2;
    is_short && is_clipped
        || is_short
            && at >= start + 2
            && p.is_dash(at - 1)
            && p.is_digits(at - 2)
            && p.str(at - 2).len() == 4
            && !p.is_mark(at.wrapping_sub(3), Mark::Currency)
            && !is_counted(p, draft.after, draft.after + 1)
}

/// How far behind a year the noun may stand that makes it a count, in pieces.
const COUNTED: usize = 4;

/// "talk about \[2012\] Olympic bids": what the dates have left because it looks hedged. Behind any other word, or in
/// front of persons or what happened to them, it is: "houses about 2000 Rohingya", "fears over 1950 Kurdish villagers".
fn is_year_of_topic(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    let at = draft.first;
    let is_topic = at >= start + 2
        && draft.start + 1 == at
        && p.says_any(at - 1, &["about", "over"])
        && (p.is(at - 2, SAID) || p.says_any(at - 2, TOPICS));
    let is_named = p.is_capital(at + 1) && !p.str(at + 1).ends_with('s');
    let counts = |next: usize| {
        p.is(next, HARM)
            || p.is(next, Class::Person) && (p.str(next).ends_with('s') || p.says_any(next, CROWDS))
    };
    draft.kind.is_none()
        && (MODERN..=LAST_YEAR).contains(&draft.high)
        && is_topic
        && is_named
        && !(at + 1..at + COUNTED)
            .take_while(|&next| p.is_word(next))
            .any(counts)
}

/// Nouns for what is said and written.
const SAID: Classes = Classes::of(&[Class::AssertNoun, Class::PlanNoun, Class::Document]);

/// Nouns that have a topic, besides those for what is said and written.
#[rustfmt::skip]
const TOPICS: &[&str] = &[
    "talk", "talks", "speculation", "question", "questions", "doubt", "doubts", "concern", "concerns", "worry", "worries",
    "fear", "fears", "debate", "debates", "discussion", "discussions", "dispute", "disputes",
    "news", "story", "stories", "excitement", "anger", "row",
];

/// Persons in the plural without an "s".
const CROWDS: &[&str] = &["people", "men", "women", "children", "police"];

/// Days behind the first of a month: "June 29 and 30".
pub(super) fn is_further_day(p: Pieces<'_>, draft: &Draft, start: usize, end: usize) -> bool {
    let at = draft.first;
    let is_day = |at: usize| p.is_digits(at) && p.str(at).len() <= 2;
    draft.kind.is_none()
        && draft.high <= 31.0
        && is_day(at)
        && at >= start + 3
        && p.says_any(at - 1, &["and", "or"])
        && is_day(at - 2)
        && p.is(at - 3, Class::Month)
        && !is_counted(p, draft.after, end)
}
