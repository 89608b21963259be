//! Entities: who, where and which group.
//!
//! `tokens → sheet (what is known) → features → scores → labels → mentions → entities`. Only tokens that can be part
//! of a name are scored; see [`candidates`].

pub mod candidates;
pub mod context;
pub mod features;
pub mod forms;
mod heads;
pub mod labels;
pub mod mentions;
pub mod model;
mod resolve;
mod rules;
pub mod sheet;
pub mod watch;

use std::sync::Arc;

use super::Document;
use super::analysis::Entity;
use super::lexicon::{self, Lexicon};
use super::text::Span;
use super::tokens::Token;
use labels::Label;
use mentions::Mention;
use model::{Decoder, Model, Scores};
use sheet::Sheet;
use watch::WatchLists;

/// The lexicons, the model and the watch-lists that entities are found with. Cheap to clone: clones share them.
#[derive(Debug, Clone)]
pub struct Tagger {
    lexicon: Lexicon<'static>,
    model: Arc<Model>,
    lists: Arc<WatchLists>,
}

impl Tagger {
    /// Returns a tagger with the built-in lexicons and model, and no watch-lists.
    pub fn new() -> Self {
        Self {
            lexicon: lexicon::built_in(),
            model: Arc::new(Model::built_in()),
            lists: Arc::default(),
        }
    }

    /// Returns the watch-lists in use.
    pub fn lists(&self) -> &Arc<WatchLists> {
        &self.lists
    }

    /// Returns a tagger with other watch-lists; the model is shared.
    #[must_use]
    pub fn with_lists(&self, lists: WatchLists) -> Self {
        Self {
            lists: Arc::new(lists),
            ..self.clone()
        }
    }

    /// Returns the entities of a document, in order of first mention.
    pub fn tag(&self, document: &Document<'_>, tokens: &[Token], sentences: &[Span]) -> Vec<Entity> {
        let text = document.text;
        let sheet = Sheet::new(&self.lexicon, text, tokens, sentences);
        let mut mentions = self.mentions(text, &sheet, tokens);
        rules::apply(text, tokens, &sheet, &mut mentions);
        self.lists.apply(&sheet, tokens, &mut mentions);
        let scene = resolve::Scene {
            text,
            tokens,
            sentences,
            sheet: &sheet,
            lexicon: self.lexicon,
            lists: &self.lists,
        };
        resolve::resolve(&scene, &mentions)
    }

    /// Returns the names that the model finds, in order.
    fn mentions(&self, text: &str, sheet: &Sheet, tokens: &[Token]) -> Vec<Mention> {
        let mut rows = self.model.rows();
        let mut scores: Vec<Scores> = Vec::new();
        let mut path: Vec<Label> = Vec::new();
        let mut decoder = Decoder::default();
        let mut ranges = Vec::new();
        let mut found = Vec::with_capacity(sheet.segments.len());
        for (segment, sentence) in sheet.segments.iter().zip(&sheet.sentence_of) {
            if candidates::is_settled(text, &tokens[segment.range()], &sheet.forms[segment.range()]) {
                continue;
            }
            scores.clear();
            scores.reserve(segment.range().len());
            for at in segment.range() {
                rows.clear();
                features::extract(sheet, *sentence, at, &mut rows);
                scores.push(rows.scores());
            }
            path.clear();
            path.resize(scores.len(), Label::OUTSIDE);
            decoder.decode(
                &scores,
                &sheet.forms[segment.range()],
                &self.model.transitions,
                &mut path,
            );
            mentions::ranges(&tokens[segment.range()], &path, &mut ranges);
            let start = segment.start as usize;
            found.extend(ranges.drain(..).map(|(range, kind)| {
                let confidence = self
                    .model
                    .confidence(&scores[range.clone()], &path[range.clone()]);
                Mention::new(tokens, start + range.start..start + range.end, kind, confidence)
            }));
        }
        found
    }
}

impl Default for Tagger {
    fn default() -> Self {
        Self::new()
    }
}
