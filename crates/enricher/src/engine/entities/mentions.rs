//! Labels → mentions.

use wire::message::EntityType;

use super::super::text::Span;
use super::super::tokens::{Token, TokenKind};
use super::labels::Label;

/// A name as it stands in the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mention {
    /// Where it stands.
    pub span: Span,
    /// What it names.
    pub kind: EntityType,
    /// First token.
    pub first: u32,
    /// One past the last token.
    pub end: u32,
    /// How sure the model is, 0 to 1.
    pub confidence: f32,
}

impl Mention {
    /// Returns the mention of some tokens of a document.
    pub fn new(tokens: &[Token], range: std::ops::Range<usize>, kind: EntityType, confidence: f32) -> Self {
        Self {
            span: tokens[range.start].span.cover(tokens[range.end - 1].span),
            kind,
            first: range.start as u32,
            end: range.end as u32,
            confidence,
        }
    }

    /// Returns the indices of its tokens.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.first as usize..self.end as usize
    }
}

/// Appends the mentions that the labels of a segment describe, as token ranges of the segment.
pub fn ranges(tokens: &[Token], labels: &[Label], found: &mut Vec<(std::ops::Range<usize>, EntityType)>) {
    let mut at = 0;
    while at < labels.len() {
        let Some(kind) = labels[at].kind() else {
            at += 1;
            continue;
        };
        let start = at;
        at += 1;
        while at < labels.len() && labels[at].is_inside() {
            at += 1;
        }
        let mut end = at;
        while end > start + 1 && tokens[end - 1].kind == TokenKind::Possessive {
            end -= 1;
        }
        found.push((start..end, kind));
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::tokens::tokenize;
    use super::*;

    #[test]
    fn possessives_stay_outside() {
        let tokens = tokenize("Asim Munir's visit");
        let begin = Label::begin(EntityType::Person);
        let inside = Label::inside(EntityType::Person);
        let mut found = Vec::new();
        ranges(&tokens, &[begin, inside, inside, Label::OUTSIDE], &mut found);
        assert_eq!(found, [(0..2, EntityType::Person)]);
    }
}
