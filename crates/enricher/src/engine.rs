//! The engine: `text → sentences → tokens → dates → entities → figures`, each layer a pure function over spans
//! of the original text.
//!
//! Rules that hold for everything below this module:
//!
//! - A layer's parameters are exactly the layers it needs; no shared mutable document.
//! - Results are stand-off: a [`Span`] into the original text, never a copy or a rewritten text.
//! - It never fails: odd input gives fewer results.
//! - No I/O, clock, randomness, async or hash order: the same input gives the same output on any thread.

pub mod analysis;
pub mod attribution;
pub mod dates;
pub mod entities;
pub mod figures;
pub mod hash;
pub mod lexicon;
pub mod pieces;
pub mod quotes;
pub mod sentences;
mod steps;
pub mod text;
pub mod tokens;

use std::sync::Arc;

use jiff::civil::Date;

use pieces::{Pieces, WordClasses};

pub use analysis::{Analysis, Claimant, DateMention, Entity, Figure, Quote, Speaker};
pub use entities::watch::{ListError, WatchLists};
pub use text::Span;

/// What the engine is given: a text and what is known about it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Document<'a> {
    /// The text to analyse; every span points into it.
    pub text: &'a str,
    /// The day it was published, against which "Friday" or "last August" are resolved.
    pub published: Option<Date>,
    /// The headline, when it is not already the beginning of `text`.
    pub headline: Option<&'a str>,
    /// The dateline as printed ("QALAT RUD, Mar 3").
    pub dateline: Option<&'a str>,
}

/// The lexicons and models, loaded once and shared by all threads.
#[derive(Debug)]
pub struct Engine {
    entities: entities::Tagger,
    figures: Arc<figures::Grammar>,
    words: &'static WordClasses,
}

impl Engine {
    /// Returns an engine with the lexicons and models that are built into the program.
    pub fn new() -> Self {
        Self {
            entities: entities::Tagger::new(),
            figures: Arc::new(figures::Grammar::new()),
            words: WordClasses::shared(),
        }
    }

    /// Returns the watch-lists in use.
    pub fn lists(&self) -> &Arc<WatchLists> {
        self.entities.lists()
    }

    /// Returns an engine with other watch-lists; everything else is shared, so this is cheap enough to be done at
    /// every reload. Whoever swaps engines under load keeps the current one in an `Arc`.
    #[must_use]
    pub fn with_lists(&self, lists: WatchLists) -> Self {
        Self {
            entities: self.entities.with_lists(lists),
            figures: Arc::clone(&self.figures),
            words: self.words,
        }
    }

    /// Returns everything found in the document.
    pub fn analyse(&self, document: &Document<'_>) -> Analysis {
        let text = document.text;
        let tokens = tokens::tokenize(text);
        let sentences = sentences::split(text, &tokens);
        let cut = pieces::cut(text, self.words);
        let pieces = Pieces {
            text,
            all: &cut,
            words: self.words,
        };
        let most = analysis::most(text.len());
        let dates = dates::find(document, pieces, &sentences);
        let entities = self.entities.tag(document, &tokens, &sentences);
        let attributions = attribution::find(pieces, &sentences, &entities);
        let quotes = quotes::find(pieces, most, &sentences, &attributions, &entities);
        let figures = self.figures.find(
            document,
            pieces,
            &sentences,
            &entities,
            &dates,
            &attributions,
            &quotes,
        );
        let mut analysis = Analysis {
            sentences,
            entities,
            figures,
            dates,
            quotes,
            left_out: Vec::new(),
        };
        analysis.keep_first(most);
        analysis
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}
