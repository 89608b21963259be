//! Numbers that are not figures: names, sections, clock times, page furniture, addresses.

#![expect(
    clippy::float_cmp,
    reason = "printed numbers are compared with the numbers that are printed"
)]

use super::draft::{Draft, Shape};
use super::names::Names;
use crate::engine::analysis::{EntityType, FigureKind};
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape as PieceShape};

/// Returns whether a draft is no numeric claim. Dates and entities are checked by the caller.
pub(super) fn is_not_a_figure(p: Pieces<'_>, draft: &Draft, start: usize, end: usize) -> bool {
    !draft.high.is_finite()
        || is_pronoun_one(p, draft)
        || is_clock_time(p, draft)
        || is_in_address(p, draft)
        || is_street_address(p, draft)
        || is_in_token(p, draft, start)
        || is_numbered(p, draft, start, end)
        || is_furniture(p, draft, start, end)
        || is_list_marker(p, draft, start)
        || is_plain_ordinal(p, draft, start)
        || is_bare_scale(p, draft)
        || is_half_word(p, draft)
        || is_ratio_base(p, draft, start)
        || is_zero_of_scale(p, draft, start)
}

/// "20 degrees below zero": the zero of the thermometer.
fn is_zero_of_scale(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    draft.high == 0.0
        && draft.first > start
        && p.says(draft.first, "zero")
        && p.says_any(draft.first - 1, &["below", "above"])
}

/// "half-brother", "half-page": part of a word.
fn is_half_word(p: Pieces<'_>, draft: &Draft) -> bool {
    draft.shape == Shape::Fraction
        && draft.kind.is_none()
        && p.is_mark(draft.after, Mark::Hyphen)
        && p.is_glued(draft.after)
}

/// The 10 of "eight out of 10" says what the eight are counted in; it claims nothing of its own.
fn is_ratio_base(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    let at = draft.first;
    let is_base = [3.0, 4.0, 5.0, 10.0, 100.0].contains(&draft.high)
        && draft.shape == Shape::Single
        && draft.kind.is_none();
    is_base
        && at >= start + 3
        && (p.says_all(at - 2, &["out", "of"]) && (p.is(at - 3, Class::Cardinal) || p.is_digits(at - 3)))
}

/// "Boeing 737", "the 2024 Summer Olympics": a number inside a name. A name that is all number is none.
pub(super) fn is_in_name(p: Pieces<'_>, draft: &Draft, names: &Names) -> bool {
    if draft.unit.is_some() {
        return false;
    }
    let number = p.cover(draft.first, draft.last);
    let name = names
        .containing(number)
        .or_else(|| names.containing(p.span(draft.last)));
    name.is_some_and(|name| name.span.len() > number.len() && name.kind != EntityType::Norp)
}

/// "one of the", "no one", "one another", "the one who": not a count.
fn is_pronoun_one(p: Pieces<'_>, draft: &Draft) -> bool {
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
        return !(p.is(before, Class::Determiner) && p.is(at + 1, Class::Person));
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
    echo || joined || partitive || alone && !p.is_any_mark(before, &[Mark::Comma])
}

/// "12:48 PM", "5 p.m.", "0800 GMT", "at 10 o'clock".
fn is_clock_time(p: Pieces<'_>, draft: &Draft) -> bool {
    let (first, next) = (draft.first, draft.last + 1);
    let colon = |at: usize| p.is_mark(at, Mark::Colon) && p.is_glued(at) && p.is_glued_before(at);
    (colon(next) && p.is_digits(next + 1))
        || (first > 1 && colon(first - 1) && p.is_digits(first - 2))
        || p.says_any(
            next,
            &[
                "am", "pm", "a.m.", "p.m.", "a.m", "p.m", "o'clock", "gmt", "utc", "est", "edt", "pst",
                "ist", "cet",
            ],
        )
        || p.says_any(draft.after, &["am", "pm", "a.m.", "p.m.", "o'clock"])
}

/// Longest web address, in bytes, that is looked through to each side.
const ADDRESS: usize = 256;

/// Numbers in web and mail addresses and in hashtags.
fn is_in_address(p: Pieces<'_>, draft: &Draft) -> bool {
    if !p.is_glued_before(draft.first) && !p.is_glued(draft.last) {
        return false;
    }
    let number = p.cover(draft.first, draft.last);
    let bytes = p.text.as_bytes();
    let (start, end) = (number.start as usize, number.end as usize);
    let is_space = |byte: &u8| byte.is_ascii_whitespace();
    let before = bytes[start.saturating_sub(ADDRESS)..start]
        .iter()
        .rev()
        .take_while(|byte| !is_space(byte))
        .count();
    let after = bytes[end..bytes.len().min(end + ADDRESS)]
        .iter()
        .take_while(|byte| !is_space(byte))
        .count();
    let token = &bytes[start - before..end + after];
    token.starts_with(b"#") || holds_address(token)
}

/// Longest street name, in pieces.
const STREET: usize = 5;

/// "9 E 71st St, Manhattan", "49 Zorro Ranch Road", "the 90210 ZIP code".
fn is_street_address(p: Pieces<'_>, draft: &Draft) -> bool {
    let first = draft.last + 1;
    if draft.kind.is_some()
        || !p.is_digits(draft.first)
        || !matches!(draft.shape, Shape::Single | Shape::Range | Shape::Pair)
    {
        return false;
    }
    if p.says_all(first, &["zip", "code"]) {
        return true;
    }
    let name = (first..first + STREET)
        .take_while(|&at| p.is_capital(at) || p.is_digits(at) || p.is_glued_before(at) && p.is_word(at));
    name.skip(1).any(|at| {
        p.is_capital(at)
            && p.says_any(
                at,
                &[
                    "street",
                    "st",
                    "road",
                    "rd",
                    "avenue",
                    "ave",
                    "drive",
                    "lane",
                    "boulevard",
                    "blvd",
                    "way",
                    "highway",
                    "terrace",
                    "crescent",
                ],
            )
            && (!p.is_word(at + 1)
                || p.is(
                    at + 1,
                    Classes::of(&[Class::Preposition, Class::Conjunction, Class::Auxiliary]),
                ))
    })
}

/// Whether a token holds what only addresses do; one look at every byte, as a token may be long and full of numbers.
fn holds_address(token: &[u8]) -> bool {
    token.iter().enumerate().any(|(at, byte)| {
        let rest = &token[at..];
        match byte {
            b'@' => true,
            b':' => rest.starts_with(b"://"),
            b'w' => rest.starts_with(b"www."),
            b'.' => rest.starts_with(b".com/") || rest.starts_with(b".org/"),
            _ => false,
        }
    })
}

/// Digits glued to letters or to other marks: "F-16", "192.168.0.1", "#12", "covid-19", "a/b/3", "@user1".
fn is_in_token(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
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

/// "555-0142": three digits and four, which no range has.
fn is_local_phone(p: Pieces<'_>, draft: &Draft) -> bool {
    let plain =
        |at: usize, length: usize| p.is_digits(at) && p.str(at).len() == length && !p.str(at).contains(',');
    draft.last == draft.first + 2
        && p.is_mark(draft.first + 1, Mark::Hyphen)
        && plain(draft.first, 3)
        && plain(draft.last, 4)
        && draft.unit.is_none()
}

/// "Section 219", "Boeing 737", "Phase 2", "Falcon 9": a name that ends in a number.
fn is_numbered(p: Pieces<'_>, draft: &Draft, start: usize, end: usize) -> bool {
    if draft.shape == Shape::Ordinal
        || draft.kind.is_some()
        || draft.start < draft.first
        || draft.first == start
    {
        return false;
    }
    let before = draft.first - 1;
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
    if p.says(before, "number") || (p.is_mark(before, Mark::Stop) && p.says(before.wrapping_sub(1), "no")) {
        return true;
    }
    if p.says(before, "top") && is_short && !noun_follows {
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
        && (before > start || p.is_capital(draft.after))
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

/// "Ferry Sinking Leaves 30 Dead", "Gunmen Kill 17": every word of a headline has a capital. Nor is the number of
/// "in Beirut 30 were hurt" part of the name.
fn is_headline(p: Pieces<'_>, before: usize, after: usize) -> bool {
    let harm = Classes::of(&[
        Class::KillVerb,
        Class::KillNoun,
        Class::InjureVerb,
        Class::InjureNoun,
        Class::MissingVerb,
        Class::DisplaceVerb,
        Class::DetainVerb,
        Class::AbductVerb,
        Class::RescueVerb,
    ]);
    p.is(after, harm)
        || p.is(before, harm)
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
fn is_counted(p: Pieces<'_>, at: usize, end: usize) -> bool {
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

/// "4 item list", "2 min read", "5 comments", "Page 3 of 7".
fn is_furniture(p: Pieces<'_>, draft: &Draft, start: usize, end: usize) -> bool {
    let next = draft.last + 1;
    let read = p.says_any(next, &["min", "mins", "minute"])
        && p.says_any(next + 1, &["read", "watch", "listen"])
        || p.is_dash(next) && p.says_any(next + 1, &["min", "minute"]) && p.says(next + 2, "read");
    let list = p.says_any(next, &["item", "items"]) && p.says_any(next + 1, &["list", "in"]);
    let opens_line = draft.first == start;
    let counter = opens_line
        && p.says_any(
            next,
            &["comments", "comment", "shares", "views", "likes", "replies"],
        )
        && next + 1 >= end;
    let of_pages = p.says(next, "of") && p.is_digits(next + 1) && next + 2 >= end && opens_line;
    read || list || counter || of_pages
}

/// "1." or "2)" at the start of a line.
fn is_list_marker(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    let next = draft.last + 1;
    let starts = draft.first == start || (draft.first == start + 1 && p.is_mark(start, Mark::Open));
    starts
        && draft.kind.is_none()
        && draft.high < 100.0
        && draft.shape == Shape::Single
        && (p.is_mark(next, Mark::Close) || (p.is_mark(next, Mark::Stop) && p.is_digits(draft.first)))
}

/// "first" is seldom a claim; "second" is a unit after a number, an adverb or part of "second half".
fn is_plain_ordinal(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    if draft.shape != Shape::Ordinal {
        return false;
    }
    let at = draft.first;
    let is_first = draft.high == 1.0;
    let dashed = p.is_mark(at + 1, Mark::Hyphen)
        && p.says_any(
            at + 2,
            &["degree", "in", "hand", "class", "guess", "party", "rate"],
        );
    let fixed = p.says_any(
        draft.after,
        &[
            "century",
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
        && !p.is_word(at + 1);
    let holiday = p.says(draft.after, "of") && p.is(draft.after + 1, Class::Month);
    let named =
        p.is_capital(at) && at > start && (p.is_capital(at - 1) || p.is_capital(at + 1)) && p.is_word(at);
    is_first || dashed || fixed || per_second || holiday || named
}

/// "million" without a number in front is no amount.
fn is_bare_scale(p: Pieces<'_>, draft: &Draft) -> bool {
    draft.shape == Shape::Single
        && draft.first == draft.last
        && p.is(draft.first, Class::Scale)
        && !matches!(draft.kind, Some(FigureKind::Money | FigureKind::Measure))
        && !p.says(draft.first, "dozen")
}
