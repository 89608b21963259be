//! Which tokens can be part of a name. All others are outside without being scored: that is what makes tagging fast.

use super::super::hash;
use super::super::tokens::Token;
use super::forms::{Flags, Form, sorted};

/// A run of tokens that can be part of names, as indices, end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// First token.
    pub start: u32,
    /// One past the last token.
    pub end: u32,
}

impl Segment {
    /// Returns the indices of its tokens.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The most tokens that may stand between two capitalised words of one name ("Organization for the Prohibition of").
const LONGEST_GAP: usize = 4;

/// Appends the segments of one sentence, whose tokens begin at `offset` in the document.
pub fn find(tokens: &[Token], forms: &[Form], offset: usize, segments: &mut Vec<Segment>) {
    let mut start: Option<usize> = None;
    let mut end = 0;
    let mut at = 0;
    while at < forms.len() {
        if !is_core(forms, at) {
            at += 1;
            continue;
        }
        let left = reach_left(tokens, forms, at, if start.is_some() { end } else { 0 });
        let bridged = start.is_some() && bridges(&forms[end..left]);
        if !bridged {
            if let Some(start) = start {
                push(segments, offset + start, offset + end);
            }
            start = Some(left);
        }
        end = reach_right(tokens, forms, at + 1);
        at = end;
    }
    if let Some(start) = start {
        push(segments, offset + start, offset + end);
    }
}

/// Words that are never a name when they stand alone: they begin sentences, or are days and months.
const SETTLED: [u64; 75] = sorted([
    "a", "after", "all", "although", "an", "and", "another", "as", "at", "because", "before", "but", "by",
    "despite", "during", "earlier", "even", "for", "from", "he", "her", "his", "how", "however", "i", "if",
    "in", "instead", "it", "its", "last", "many", "more", "most", "my", "no", "not", "of", "on", "or",
    "other", "our", "she", "since", "so", "some", "such", "that", "the", "their", "then", "there", "these",
    "they", "this", "those", "though", "to", "under", "until", "we", "what", "when", "where", "while", "why",
    "with", "you", "your", "monday", "tuesday", "thursday", "friday", "january", "february",
]);

/// Returns whether a segment is a single word that is never a name by itself, and need not be scored.
pub fn is_settled(text: &str, tokens: &[Token], forms: &[Form]) -> bool {
    let ([token], [form]) = (tokens, forms) else {
        return false;
    };
    let word = token.of(text).as_bytes();
    let is_plain = word.len() <= 8 && !form.flags.has(Flags::ALL_CAPS) && !form.flags.has(Flags::NUMBER);
    is_plain
        && SETTLED
            .binary_search(&hash::lower_packed(hash::packed(word)))
            .is_ok()
}

fn push(segments: &mut Vec<Segment>, start: usize, end: usize) {
    segments.push(Segment {
        start: start as u32,
        end: end as u32,
    });
}

/// A capitalised word, a number like "3M", or a number right before a capitalised word.
fn is_core(forms: &[Form], at: usize) -> bool {
    let flags = forms[at].flags;
    if flags.has(Flags::CAPITAL) {
        return true;
    }
    let next = forms.get(at + 1).map_or(Flags::default(), |next| next.flags);
    flags.has(Flags::NUMBER) && (flags.has(Flags::MIXED) || next.has(Flags::CAPITAL))
}

/// Returns where the segment begins: particles ("al-", "bin", "van der") and numbers before the core belong to it.
fn reach_left(tokens: &[Token], forms: &[Form], core: usize, floor: usize) -> usize {
    let mut left = core;
    while left > floor {
        let previous = left - 1;
        let flags = forms[previous].flags;
        let hyphen = flags.has(Flags::HYPHEN)
            && previous > floor
            && tokens[previous].touches(tokens[left])
            && tokens[previous - 1].touches(tokens[previous]);
        if flags.has(Flags::PARTICLE) {
            left = previous;
        } else if hyphen {
            left = previous - 1;
        } else {
            break;
        }
    }
    left
}

/// Returns where the segment ends: what is joined by a hyphen ("Jong-un") and a number ("Boeing 737") belong to it.
fn reach_right(tokens: &[Token], forms: &[Form], mut end: usize) -> usize {
    while end < forms.len() {
        let flags = forms[end].flags;
        let joined = flags.has(Flags::HYPHEN)
            && end + 1 < forms.len()
            && tokens[end - 1].touches(tokens[end])
            && tokens[end].touches(tokens[end + 1]);
        if flags.has(Flags::CAPITAL.with(Flags::NUMBER)) {
            end += 1;
        } else if joined {
            end += 2;
        } else {
            break;
        }
    }
    end
}

fn bridges(gap: &[Form]) -> bool {
    let fits = Flags::CONNECTOR
        .with(Flags::JOINT)
        .with(Flags::POSSESSIVE)
        .with(Flags::NUMBER);
    gap.len() <= LONGEST_GAP && gap.iter().all(|form| form.flags.has(fits))
}

#[cfg(test)]
mod tests {
    use super::super::super::lexicon::{Lexicon, SECTIONS, assemble};
    use super::super::super::tokens::tokenize;
    use super::super::forms;
    use super::*;

    /// Checks the segments, written apart by `|`.
    fn check(text: &str, expect: &str) {
        let empty = assemble([&[]; SECTIONS]);
        let lexicon = Lexicon::parse(&empty).unwrap();
        let tokens = tokenize(text);
        let forms = forms::read(text, &tokens, &lexicon.words);
        let mut segments = Vec::new();
        find(&tokens, &forms, 0, &mut segments);
        let found: Vec<&str> = segments
            .iter()
            .map(|segment| {
                let range = segment.range();
                tokens[range.start]
                    .span
                    .cover(tokens[range.end - 1].span)
                    .of(text)
            })
            .collect();
        assert_eq!(found.join("|"), expect, "segments of {text:?}");
    }

    #[test]
    fn names_are_candidates_and_prose_is_not() {
        check("the rebels took Kabul on Monday night", "Kabul on Monday");
        check("a Hamas-led attack", "Hamas-led");
        check("President Bashar al-Assad fled", "President Bashar al-Assad");
        check("when bin Laden spoke of it", "bin Laden");
        check(
            "Organization for the Prohibition of Chemical Weapons",
            "Organization for the Prohibition of Chemical Weapons",
        );
        check("in 12 villages and 3M or 7 News", "3M|7 News");
        check("the iPhone sold", "iPhone");
        check("nothing here", "");
    }
}
