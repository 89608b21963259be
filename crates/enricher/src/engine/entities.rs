//! Entities: who, where and which group.

use super::Document;
use super::analysis::Entity;
use super::text::Span;
use super::tokens::Token;

/// The lexicons and the model that entities are found with.
#[derive(Debug, Default)]
pub struct Tagger {}

impl Tagger {
    /// Returns a tagger with the built-in lexicons and model.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the entities of a document, in order of first mention.
    pub fn tag(&self, _document: &Document<'_>, _tokens: &[Token], _sentences: &[Span]) -> Vec<Entity> {
        Vec::new()
    }
}
