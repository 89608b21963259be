//! Numbers that are not figures: names, sections, clock times, page furniture, addresses.

mod address;
mod name;
mod one;
mod rank;

use self::address::{is_in_address, is_street_address};
pub(super) use self::name::is_in_name;
use self::name::{is_in_token, is_numbered};
use self::one::is_pronoun_one;
use self::rank::{is_further_day, is_left_year, is_part_of_play, is_plain_ordinal};
use super::draft::{Draft, Shape};
use crate::engine::analysis::FigureKind;
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape as PieceShape};

/// Returns whether a draft is no numeric claim. Dates and entities are checked by the caller.
pub(super) fn is_not_a_figure(p: Pieces<'_>, draft: &Draft, start: usize, end: usize) -> bool {
    !draft.high.is_finite()
        || is_pronoun_one(p, draft, start)
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
        || is_left_year(p, draft, start)
        || is_further_day(p, draft, start, end)
        || is_part_of_play(p, draft, start)
        || is_rate(p, draft, start)
        || is_identifier(p, draft)
}

/// Words for what happens to persons.
const HARM: Classes = Classes::of(&[
    Class::KillVerb,
    Class::KillNoun,
    Class::InjureVerb,
    Class::InjureNoun,
    Class::MissingVerb,
    Class::DisplaceVerb,
    Class::DisplaceNoun,
    Class::DetainVerb,
    Class::AbductVerb,
    Class::RescueVerb,
]);

/// "64 cents \[a dozen\]": what a price is for; "a baker's dozen" is a saying.
fn is_rate(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    let at = draft.first;
    if at < start + 2 || draft.kind.is_some() {
        return false;
    }
    let is_priced = p.is(at - 1, Classes::of(&[Class::Subunit, Class::Currency]))
        || p.is_digits(at - 1) && p.is_mark(at - 2, Mark::Currency);
    p.is(at, Class::Article) && p.is(at + 1, Class::Scale) && is_priced
        || p.says(at, "dozen") && p.shape(at - 1) == Some(PieceShape::Possessive)
}

/// "20 degrees below zero", "zero-gravity": the zero of the thermometer, or of a word.
fn is_zero_of_scale(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    if p.says(draft.first, "zero") && draft.kind.is_none() && p.is_mark(draft.last + 1, Mark::Hyphen) {
        return true;
    }
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
        || is_inner_marker(p, draft, start)
        || is_bracketed_rank(p, draft, start)
}

/// "Ada Blume (5.)": the rank of a list.
fn is_bracketed_rank(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    draft.first > start
        && draft.kind.is_none()
        && p.is_mark(draft.first - 1, Mark::Open)
        && p.is_mark(draft.last + 1, Mark::Stop)
        && p.is_mark(draft.last + 2, Mark::Close)
}

/// Most digits of a number that is no identifier.
const LONGEST: usize = 15;

/// "745204320593940480": the identifier of a message.
fn is_identifier(p: Pieces<'_>, draft: &Draft) -> bool {
    let digits = p.str(draft.first);
    p.is_digits(draft.first) && digits.len() > LONGEST && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// How far back the bracket is looked for that a closing one belongs to, in pieces.
const BRACKET: usize = 40;

/// "it is 1) cheap and 2) safe": a bracket closes that has not been opened.
fn is_inner_marker(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    let at = draft.first;
    let is_marker = draft.kind.is_none()
        && at == draft.last
        && p.is_digits(at)
        && draft.high < 20.0
        && p.str(at + 1) == ")"
        && p.is_word(at + 2)
        && draft.start == at;
    let floor = at.saturating_sub(BRACKET).max(start);
    is_marker && !(floor..at).any(|index| p.is_mark(index, Mark::Open))
}

/// "million" without a number in front is no amount.
fn is_bare_scale(p: Pieces<'_>, draft: &Draft) -> bool {
    draft.shape == Shape::Single
        && draft.first == draft.last
        && p.is(draft.first, Class::Scale)
        && !matches!(draft.kind, Some(FigureKind::Money | FigureKind::Measure))
        && !p.says(draft.first, "dozen")
}
