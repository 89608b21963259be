//! Entities: who, where and which group.
//!
//! `tokens → sheet (what is known) → features → scores → labels → mentions → entities`. Only tokens that can be part
//! of a name are scored; see [`candidates`].

pub mod candidates;
pub mod context;
pub mod features;
pub mod forms;
pub mod labels;
pub mod mentions;
pub mod model;
pub mod sheet;

use wire::message::{EntityIds, EntityType};

use super::Document;
use super::analysis::Entity;
use super::lexicon::{self, Lexicon};
use super::text::Span;
use super::tokens::Token;
use labels::{Label, N_LABELS};
use model::{Model, Scores};
use sheet::Sheet;

/// The lexicons and the model that entities are found with.
#[derive(Debug)]
pub struct Tagger {
    lexicon: Lexicon<'static>,
    model: Model,
}

impl Tagger {
    /// Returns a tagger with the built-in lexicons and model.
    pub fn new() -> Self {
        Self {
            lexicon: lexicon::built_in(),
            model: Model::built_in(),
        }
    }

    /// Returns the entities of a document, in order of first mention.
    pub fn tag(&self, document: &Document<'_>, tokens: &[Token], sentences: &[Span]) -> Vec<Entity> {
        let sheet = Sheet::new(&self.lexicon, document.text, tokens, sentences);
        let mentions = self.mentions(&sheet, tokens);
        mentions
            .into_iter()
            .map(|(span, kind)| Entity {
                kind,
                subtype: None,
                name: span.of(document.text).to_owned(),
                role: None,
                ids: EntityIds::default(),
                country: None,
                lists: Vec::new(),
                salience: 0.0,
                confidence: 0.5,
                mentions: vec![span],
            })
            .collect()
    }

    fn mentions(&self, sheet: &Sheet, tokens: &[Token]) -> Vec<(Span, EntityType)> {
        let mut found = Vec::new();
        let mut features = Vec::with_capacity(160);
        let mut scores: Vec<Scores> = Vec::new();
        let mut kinds = Vec::new();
        let mut path: Vec<Label> = Vec::new();
        for (segment, sentence) in sheet.segments.iter().zip(&sheet.sentence_of) {
            scores.clear();
            kinds.clear();
            for at in segment.range() {
                features.clear();
                features::extract(sheet, *sentence, at, &mut features);
                let mut sums = [0; N_LABELS];
                self.model.score(&features, &mut sums);
                scores.push(sums);
                kinds.push(model::kind(&sheet.forms[at]));
            }
            model::best_path(&scores, &kinds, &self.model.transitions, &mut path);
            mentions::spans(&tokens[segment.range()], &path, &mut found);
        }
        found
    }
}

impl Default for Tagger {
    fn default() -> Self {
        Self::new()
    }
}
