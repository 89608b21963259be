//! Everyday words: seen in lower case about as often as with a capital inside a sentence.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use enricher::engine::entities::forms::word_hash;
use enricher::engine::sentences;
use enricher::engine::tokens::{TokenKind, tokenize};

use crate::corpus;

/// The everyday words, by hash.
#[derive(Debug)]
pub(crate) struct EverydayWords(HashSet<u64>);

impl EverydayWords {
    /// Counts them in the training texts below `data`.
    pub(crate) fn count(data: &Path) -> anyhow::Result<Self> {
        let mut counts = HashMap::<u64, (u32, u32)>::new();
        for document in corpus::read_texts(data)? {
            let tokens = tokenize(&document);
            for sentence in sentences::split(&document, &tokens) {
                let first = tokens.partition_point(|token| token.span.start < sentence.start);
                let inside = tokens[first..]
                    .iter()
                    .take_while(|token| token.span.end <= sentence.end);
                for token in inside.skip(1).filter(|token| token.kind == TokenKind::Word) {
                    let word = token.of(&document);
                    let entry = counts.entry(word_hash(word)).or_default();
                    if word.starts_with(char::is_lowercase) {
                        entry.0 += 1;
                    } else {
                        entry.1 += 1;
                    }
                }
            }
        }
        let everyday = counts
            .into_iter()
            .filter(|(_, (lower, capital))| *lower >= 2 && lower * 2 >= *capital);
        Ok(Self(everyday.map(|(word, _)| word).collect()))
    }

    /// Returns whether a word is an everyday word.
    pub(crate) fn contains(&self, word: u64) -> bool {
        self.0.contains(&word)
    }
}
