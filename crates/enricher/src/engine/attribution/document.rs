//! Documents as sources: polls, surveys, counts, reports.

use super::frame::attribution;
use super::{Attribution, source};
use crate::engine::pieces::{Class, Classes, Mark, Pieces};

/// Longest way from a poll to its verb, in pieces.
const POLL: usize = 12;

/// "A survey released Friday had", "the average of three polls gives": a poll is the subject of the verb.
pub(super) fn poll_before(p: Pieces<'_>, verb: usize) -> bool {
    (verb.saturating_sub(POLL)..verb)
        .rev()
        .take_while(|&at| {
            p.is_word(at)
                && !p.is(
                    at,
                    Classes::of(&[Class::Auxiliary, Class::Modal, Class::Relative]),
                )
        })
        .any(|at| polls(p, at) || p.says(at, "count"))
}

/// Whether a piece heads the name of a count of opinions.
pub(super) fn polls(p: Pieces<'_>, at: usize) -> bool {
    p.says_any(
        at,
        &[
            "poll", "polls", "polling", "survey", "surveys", "tally", "tallies", "average", "averages",
        ],
    )
}

/// "In a poll released on Tuesday, 47 percent …", "by the agency's tally".
pub(super) fn in_poll(p: Pieces<'_>, at: usize, start: usize, end: usize) -> Option<Attribution> {
    let opens = p.is(at + 1, Classes::of(&[Class::Article, Class::Determiner]))
        || p.is_capital(at + 1)
        || p.says_any(at + 1, &["one", "some", "most", "recent"]);
    let counts = |index: usize| !p.says(at, "in") && p.says_any(index, &["estimate", "estimates", "count"]);
    let head = (at + 1..end.min(at + 16))
        .take_while(|&index| !p.is_any_mark(index, &[Mark::Comma, Mark::Stop, Mark::Semicolon]))
        .find(|&index| polls(p, index) || counts(index))?;
    let crosses = (at + 2..head).any(|index| {
        p.is(
            index,
            Classes::of(&[
                Class::Auxiliary,
                Class::Modal,
                Class::Relative,
                Class::Conjunction,
            ]),
        ) || p.is(index, Class::Preposition) && !p.says(index, "of")
    });
    let is_vague = p.says(head, "polls") && p.says(head - 1, "the")
        || p.says(head, "average") && p.says(head + 1, "of") && !p.is_capital(head - 1);
    if !opens || crosses || is_vague || p.is(head + 1, Class::Person) && !p.is_capital(head + 1) {
        return None;
    }
    attribution(p, source::ending_at(p, head, at + 1)?, (at, at), (start, end))
}

/// "A poll of those 18 to 35 shows", "results of a count done for the channel show": the document, however far.
pub(super) fn document_before(p: Pieces<'_>, at: usize, start: usize) -> Option<(usize, usize)> {
    let shows = p.is(at, Class::ShowVerb) || p.is(at, Class::PhraseVerb) && poll_before(p, at);
    if !shows {
        return None;
    }
    let breaks = |index: &usize| {
        p.is_any_mark(*index, &[Mark::Comma, Mark::Semicolon, Mark::Stop, Mark::Colon])
            || p.is(*index, Classes::of(&[Class::Auxiliary, Class::Modal])) && !p.says(*index, "being")
    };
    let segment = (start.max(at.saturating_sub(20))..at)
        .rev()
        .take_while(|index| !breaks(index));
    let head = segment.filter(|&index| p.is(index, Class::Document)).last()?;
    source::ending_at(p, head, start)
}
