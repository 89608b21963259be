//! Direct speech and its speakers.

use super::analysis::{Entity, Quote, Speaker};
use super::attribution::{self, Attribution};
use super::pieces::{Mark, Pieces, Shape};
use super::text::Span;

/// Longest quote, in pieces: an opening mark without a partner must not swallow an article.
const LONGEST: usize = 400;

/// Fewest words: what is shorter is a name or irony, not speech.
const SHORTEST: usize = 3;

/// Returns the quotes of a document, in order.
pub fn find(p: Pieces<'_>, sentences: &[Span], attributions: &[Attribution], entities: &[Entity]) -> Vec<Quote> {
    let mut quotes = Vec::new();
    let mut at = 0;
    let mut before: Option<(usize, &Attribution)> = None;
    while at < p.len() {
        if !opens(p, at) {
            at += 1;
            continue;
        }
        let Some(close) = closing(p, at) else {
            at += 1;
            continue;
        };
        let words = (at + 1..close).filter(|&index| p.is_word(index)).count();
        if words >= SHORTEST {
            let sentence = super::sentences::index_at(sentences, p.span(at).start);
            let last_sentence = super::sentences::index_at(sentences, p.span(close).start);
            let said = speaker(attributions, at, close, sentence, last_sentence)
                .or_else(|| before.filter(|(said_in, _)| said_in + 1 >= sentence).map(|(_, said)| said));
            before = said.map(|said| (last_sentence, said));
            quotes.push(Quote {
                span: p.cover(at, close),
                speaker: said.map(|said| {
                    let (span, entity) = attribution::printed(p, said, entities);
                    Speaker { span, entity }
                }),
                verb: said.map(|said| p.cover(said.cue.0, said.cue.1)),
            });
        }
        at = close + 1;
    }
    quotes
}

fn opens(p: Pieces<'_>, at: usize) -> bool {
    match p.shape(at) {
        Some(Shape::Mark(Mark::QuoteOpen)) => true,
        Some(Shape::Mark(Mark::QuoteStraight)) => p.is_glued(at) || p.is_word(at + 1),
        _ => false,
    }
}

/// Finds the closing mark; a new paragraph without one continues the quote only if it opens with a mark again.
fn closing(p: Pieces<'_>, open: usize) -> Option<usize> {
    let straight = p.is_mark(open, Mark::QuoteStraight);
    let limit = p.len().min(open + LONGEST);
    let mut at = open + 1;
    while at < limit {
        let closes = if straight { p.is_mark(at, Mark::QuoteStraight) } else { p.is_mark(at, Mark::QuoteClose) };
        if closes {
            return Some(at);
        }
        let goes_on = p.is_mark(at + 1, Mark::QuoteOpen);
        if p.ends_line(at) && !goes_on {
            return None;
        }
        at += 1;
    }
    None
}

/// The attribution in the quote's own sentences whose cue stands nearest to one of its ends, outside the quote.
fn speaker(attributions: &[Attribution], open: usize, close: usize, first: usize, last: usize) -> Option<&Attribution> {
    let from = attributions.partition_point(|attribution| attribution.sentence < first);
    attributions[from..]
        .iter()
        .take_while(|attribution| attribution.sentence <= last + 1)
        .filter(|attribution| attribution.cue.1 < open || attribution.cue.0 > close)
        .filter(|attribution| attribution.sentence <= last || attribution.cue.0 < close + 12)
        .min_by_key(|attribution| if attribution.cue.1 < open { open - attribution.cue.1 } else { attribution.cue.0 - close })
}
