//! Dates: absolute and relative, resolved against the day of publication.

use super::Document;
use super::analysis::DateMention;
use super::pieces::Pieces;
use super::text::Span;

/// Returns the dates of a document, in order.
pub fn find(_document: &Document<'_>, _pieces: Pieces<'_>, _sentences: &[Span]) -> Vec<DateMention> {
    Vec::new()
}
