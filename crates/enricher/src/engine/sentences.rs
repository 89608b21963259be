//! Sentences.

use super::text::Span;
use super::tokens::Token;

/// Returns the sentences of a text, in order; every token lies in exactly one.
pub fn split(text: &str, tokens: &[Token]) -> Vec<Span> {
    let mut sentences = Vec::new();
    let mut first: Option<Token> = None;
    for (index, token) in tokens.iter().enumerate() {
        let start = first.get_or_insert(*token).span;
        let next = tokens.get(index + 1);
        let ends = matches!(token.span.of(text), "." | "!" | "?")
            || next
                .is_some_and(|next| text[token.span.end as usize..next.span.start as usize].contains('\n'));
        if ends || next.is_none() {
            sentences.push(start.cover(token.span));
            first = None;
        }
    }
    sentences
}
