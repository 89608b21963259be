//! Figures: every numeric claim, what it counts, its bounds and who says so.

use super::Document;
use super::analysis::{DateMention, Entity, Figure, Quote};
use super::text::Span;
use super::tokens::Token;

/// The lexicons that figures are found with.
#[derive(Debug, Default)]
pub struct Grammar {}

impl Grammar {
    /// Returns a grammar with the built-in lexicons.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the figures of a document, in order.
    pub fn find(
        &self,
        _document: &Document<'_>,
        _tokens: &[Token],
        _sentences: &[Span],
        _entities: &[Entity],
        _dates: &[DateMention],
        _quotes: &[Quote],
    ) -> Vec<Figure> {
        Vec::new()
    }
}
