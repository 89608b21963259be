//! Marks that attribute: the colon behind a speaker or before his words, the dash between a quote and its name.

use super::frame::{attribution, is_cue};
use super::{Attribution, source};
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape};

/// "SMITH: …" at the start of a line, as in transcripts.
pub(super) fn speaker_line(p: Pieces<'_>, at: usize, start: usize, end: usize) -> Option<Attribution> {
    let mut first = start + usize::from(p.is_quote(start));
    if p.is_quote(at + 1) && !p.is_glued(at) {
        // "… in the north - Ann Lee: “Two weeks ago …"
        first = (first.max(at.saturating_sub(6))..at)
            .rev()
            .find(|&index| p.is_dash(index))
            .map_or(first, |dash| dash + 1);
    }
    let is_name = at > first
        && at - first <= 5
        && (first..at).all(|index| {
            p.is_capital(index) || p.is_mark(index, Mark::Stop) || p.says(index, "and") && index > first
        });
    let is_loud = p.shape(at.wrapping_sub(1)) == Some(Shape::Upper);
    let is_line = first > start + 1 || start == 0 || p.ends_line(start - 1);
    let speaks = is_name
        && is_line
        && at + 1 < end
        && !p.is_glued(at)
        && (is_loud || p.is_quote(at + 1) || p.is_mark(at + 1, Mark::Apostrophe));
    speaks
        .then(|| attribution(p, (first, at - 1), (at, at), (at + 1, end)))
        .flatten()
}

/// "Bridge falls, three dead: police" and "Police: three dead" as in headlines.
pub(super) fn credit_line(p: Pieces<'_>, at: usize, start: usize, end: usize) -> Option<Attribution> {
    let is_line = (start == 0 || p.ends_line(start - 1)) && p.ends_line(end - 1);
    let names = Classes::of(&[Class::Person, Class::Document, Class::Title]);
    let names_source = |first: usize, last: usize| {
        let is_short = first <= last && last < first + 4 && !p.is(first, Class::Preposition);
        is_short && p.is(last, names) && (first..=last).all(|index| p.is_word(index))
    };
    if !is_line || p.is_glued(at) || at <= start || at + 1 >= end {
        return None;
    }
    if names_source(at + 1, end - 1) {
        return attribution(p, (at + 1, end - 1), (at, at), (start, at));
    }
    names_source(start, at - 1)
        .then(|| attribution(p, (start, at - 1), (at, at), (at + 1, end)))
        .flatten()
}

/// "The mayor stepped onto the balcony: “…", "From the report: “…": before a quote, whom the sentence is about.
pub(super) fn announced(p: Pieces<'_>, at: usize, start: usize, end: usize) -> Option<Attribution> {
    if !p.is_quote(at + 1) || p.is_glued(at) {
        return None;
    }
    let from = (start.max(at.saturating_sub(6))..at)
        .rev()
        .find(|&index| p.says(index, "from"));
    let source = match from {
        Some(from) => source::ending_at(p, at - 1, from + 1)?,
        // With a verb of saying the verb knows better who speaks.
        None if (start..at).rev().take(12).any(|index| is_cue(p, index)) => return None,
        None => source::subject_of(p, start, at)?,
    };
    let names = Classes::of(&[Class::Person, Class::Document]);
    let speaks = source::is_pronoun(p, source.0)
        || (source.0..=source.1).any(|index| p.is_capital(index) || p.is(index, names));
    speaks
        .then(|| attribution(p, source, (at, at), (at, end)))
        .flatten()
}

/// "“…” — Ann Lee": a name behind a dash signs the quote before it.
pub(super) fn signed(p: Pieces<'_>, at: usize, end: usize) -> Option<Attribution> {
    if at == 0 || !p.is_quote(at - 1) || p.is_mark(at, Mark::Hyphen) && p.is_glued(at) {
        return None;
    }
    let last = (at + 1..end.min(at + 6))
        .take_while(|&index| p.is_capital(index) || p.is_mark(index, Mark::Stop) && p.is_capital(index + 1))
        .last()?;
    let ends = p.ends_line(last) || p.is_any_mark(last + 1, &[Mark::Comma, Mark::Stop, Mark::Open]);
    ends.then(|| attribution(p, (at + 1, last), (at, at), (at, end)))
        .flatten()
}
