//! Labels → mentions.

use wire::message::EntityType;

use super::super::text::Span;
use super::super::tokens::{Token, TokenKind};
use super::labels::Label;

/// Appends the mentions that labels describe.
pub fn spans(tokens: &[Token], labels: &[Label], found: &mut Vec<(Span, EntityType)>) {
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
        found.push((tokens[start].span.cover(tokens[end - 1].span), kind));
    }
}
