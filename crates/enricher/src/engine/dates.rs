//! Dates: absolute and relative, resolved against the day of publication.
//!
//! [`phrase`] reads what is printed, [`resolve`] turns it into a TIMEX-style value. Words that point to a
//! time without naming it ("now", "annual", "a week") are kept with their TIMEX value and without a precision; a phrase
//! that needs a day of publication which is not known keeps
//! its words and has no value.

mod clock;
mod numeric;
mod phrase;
mod relative;
mod resolve;
mod vague;
mod year;

use super::Document;
use super::analysis::DateMention;
use super::pieces::Pieces;
use super::text::Span;

/// Returns the dates of a document, in order.
pub fn find(document: &Document<'_>, pieces: Pieces<'_>, sentences: &[Span]) -> Vec<DateMention> {
    let mut dates = Vec::new();
    for sentence in sentences {
        let (start, end) = (pieces.at(sentence.start), pieces.at(sentence.end));
        let mut at = start;
        while at < end {
            if !phrase::may_start(pieces, at) {
                at += 1;
                continue;
            }
            match phrase::read(pieces, at, start, end) {
                Some(phrase) => {
                    let future = speaks_of_future(pieces, phrase.first, start, end);
                    let resolved = resolve::resolve(phrase.meaning, document.published, future);
                    dates.push(DateMention {
                        span: pieces.cover(phrase.first, phrase.last),
                        value: resolved.value,
                        precision: resolved.precision,
                        first_day: resolved.first_day,
                    });
                    at = phrase.last + 1;
                }
                None => at += 1,
            }
        }
    }
    dates
}

/// Whether the verb near a date looks ahead: "will meet on Friday".
fn speaks_of_future(p: Pieces<'_>, at: usize, start: usize, end: usize) -> bool {
    let from = at.saturating_sub(12).max(start);
    let to = (at + 6).min(end);
    (from..to).any(|index| {
        p.says_any(
            index,
            &[
                "will",
                "upcoming",
                "scheduled",
                "plans",
                "expected",
                "due",
                "shall",
                "won't",
            ],
        )
    }) && !(from..at)
        .any(|index| p.says_any(index, &["said", "says", "told", "announced"]) && index + 3 >= at)
}
