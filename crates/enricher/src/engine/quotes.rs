//! Direct speech and its speakers.

use super::analysis::{Entity, Quote, Speaker};
use super::attribution::{self, Attribution};
use super::pieces::{Mark, Pieces, Shape};
use super::text::Span;

/// Longest quote, in pieces: an opening mark without a partner must not swallow an article, while a speech printed in
/// full runs to a thousand words and more.
const LONGEST: usize = 1_200;

/// Fewest words: what is shorter is a name or irony, not speech.
const SHORTEST: usize = 3;

/// Returns the quotes of a document, in order; stops behind `most`.
pub fn find(
    p: Pieces<'_>,
    most: usize,
    sentences: &[Span],
    attributions: &[Attribution],
    entities: &[Entity],
) -> Vec<Quote> {
    let mut quotes = Vec::new();
    let mut at = 0;
    let mut before: Option<(usize, &Attribution)> = None;
    let mut next_close = 0;
    while at < p.len() && quotes.len() <= most {
        if !opens(p, at) {
            at += 1;
            continue;
        }
        // A thousand opening marks in a row look for their partners once, not each for itself.
        next_close = (next_close.max(at + 1)..p.len())
            .find(|&close| p.is_any_mark(close, &[Mark::QuoteClose, Mark::QuoteStraight]))
            .unwrap_or(p.len());
        let is_near = next_close < at + LONGEST;
        let Some(close) = is_near.then(|| closing(p, at)).flatten() else {
            at += 1;
            continue;
        };
        let words = (at + 1..close).filter(|&index| p.is_word(index)).count();
        if words >= SHORTEST {
            let sentence = super::sentences::index_at(sentences, p.span(at).start);
            let last_sentence = super::sentences::index_at(sentences, p.span(close).start);
            // "The paper reports:" may introduce a quote in the next paragraph.
            let introduced = at > 0 && p.is_mark(at - 1, Mark::Colon);
            let first_sentence = sentence - usize::from(introduced && sentence > 0);
            let said = speaker(p, attributions, at, close, first_sentence, last_sentence).or_else(|| {
                before
                    .filter(|(said_in, _)| said_in + 1 >= sentence)
                    .map(|(_, said)| said)
                    .or_else(|| last_speaker(p, attributions, at, sentence, sentences))
            });
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

/// A quote that is a sentence of its own, without a speaker, goes on with whom the sentence before names last.
fn last_speaker<'a>(
    p: Pieces<'_>,
    attributions: &'a [Attribution],
    open: usize,
    sentence: usize,
    sentences: &[Span],
) -> Option<&'a Attribution> {
    let is_whole = p.at(sentences[sentence].start) == open;
    let before = attributions.partition_point(|attribution| attribution.sentence < sentence);
    attributions[..before]
        .last()
        .filter(|said| !p.says_any(said.source.0, &["who", "whom"]) && names_speaker(p, said))
        .filter(|said| is_whole && said.sentence + 1 == sentence && !said.is_intent)
}

/// Whether a source is not the "I" of somebody who is quoted: behind a quote, as in "“Okay,” I said", it is the writer.
fn names_speaker(p: Pieces<'_>, attribution: &Attribution) -> bool {
    let first = attribution.source.0;
    !p.says_any(first, &["i", "we"]) || first > 0 && p.is_quote(first - 1)
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
    let backticks = p.str(open) == "``";
    let limit = p.len().min(open + LONGEST);
    let mut at = open + 1;
    while at < limit {
        let begins_line = p.ends_line(at - 1);
        let closes = p.is_mark(at, Mark::QuoteClose)
            // “It was wrong,“ said Reed: the wrong mark at the right end.
            || p.is_mark(at, Mark::QuoteOpen) && p.is_glued_before(at) && !p.is_glued(at)
            || straight && p.is_mark(at, Mark::QuoteStraight) && !begins_line
            || backticks && p.is_mark(at, Mark::QuoteStraight);
        if closes {
            return Some(at);
        }
        let goes_on = p.is_any_mark(at + 1, &[Mark::QuoteOpen, Mark::QuoteStraight]);
        if p.ends_line(at) && !goes_on {
            return None;
        }
        at += 1;
    }
    None
}

/// The attribution in the quote's own sentences whose cue stands nearest to one of its ends, outside the quote.
fn speaker<'a>(
    p: Pieces<'_>,
    attributions: &'a [Attribution],
    open: usize,
    close: usize,
    first: usize,
    last: usize,
) -> Option<&'a Attribution> {
    let from = attributions.partition_point(|attribution| attribution.sentence < first);
    attributions[from..]
        .iter()
        .take_while(|attribution| attribution.sentence <= last + 1)
        .filter(|attribution| attribution.cue.1 < open || attribution.cue.0 > close)
        .filter(|attribution| {
            attribution.sentence <= last
                || p.is_dash(attribution.cue.0) && attribution.cue.0 == close + 1
                || attribution.cue.0 < close + 12 && !(close..attribution.cue.0).any(|at| p.ends_line(at))
        })
        .filter(|attribution| names_speaker(p, attribution))
        .min_by_key(|attribution| {
            if attribution.cue.1 < open {
                open - attribution.cue.1
            } else {
                attribution.cue.0 - close
            }
        })
}
