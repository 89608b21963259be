//! Who says so: the attribution that covers a figure, or the speaker of the quote around it.

use super::draft::Draft;
use crate::engine::analysis::{ClaimStatus, Claimant, Entity, Quote};
use crate::engine::attribution::{self, Attribution};
use crate::engine::pieces::{Mark, Pieces};

/// Returns the claimant of a figure.
pub(super) fn of(
    p: Pieces<'_>,
    draft: &Draft,
    attributions: &[Attribution],
    quotes: &[Quote],
    entities: &[Entity],
) -> Option<Claimant> {
    let covering = attribution::covering(attributions, draft.sentence, draft.first);
    // In a transcript the line says who speaks, wherever its quotation marks stand.
    let is_turn = covering.is_some_and(|found| p.is_mark(found.cue.0, Mark::Colon));
    let quoted = in_quote(p, draft, quotes).filter(|_| !is_turn);
    quoted.or_else(|| {
        let found = covering?;
        let (span, entity) = attribution::printed(p, found, entities);
        Some(Claimant {
            span,
            entity,
            cue: p.cover(found.cue.0, found.cue.1),
            status: found.status,
        })
    })
}

/// What stands in a quote is said by its speaker, whomever he quotes in turn.
fn in_quote(p: Pieces<'_>, draft: &Draft, quotes: &[Quote]) -> Option<Claimant> {
    let number = p.span(draft.first);
    let after = quotes.partition_point(|quote| quote.span.end <= number.start);
    let quote = quotes.get(after).filter(|quote| quote.span.contains(number))?;
    let speaker = quote.speaker.as_ref()?;
    Some(Claimant {
        span: speaker.span,
        entity: speaker.entity,
        cue: quote.verb?,
        status: ClaimStatus::Reported,
    })
}
