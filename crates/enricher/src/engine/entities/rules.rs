//! Settled cases that a model need not learn: what is never a name, and what a name never ends with.

use super::super::tokens::{Token, TokenKind};
use super::mentions::Mention;
use super::sheet::Sheet;

/// Takes out what our labelling guide settles as no name, and trims what it settles as outside.
pub(super) fn apply(text: &str, tokens: &[Token], _sheet: &Sheet, mentions: &mut Vec<Mention>) {
    mentions.retain_mut(|mention| {
        trim(text, tokens, mention);
        !is_reference(text, tokens, mention) && !is_designation(mention.span.of(text))
    });
}

/// "Section 219", "Article 5": parts of laws are no names.
fn is_reference(text: &str, tokens: &[Token], mention: &Mention) -> bool {
    let range = mention.range();
    let words = matches!(
        tokens[range.start].of(text),
        "Section"
            | "Sections"
            | "Article"
            | "Articles"
            | "Chapter"
            | "Clause"
            | "Paragraph"
            | "Rule"
            | "Page"
    );
    words && range.len() == 2 && tokens[range.start + 1].kind == TokenKind::Number
}

/// Designations name a legal status, not a group.
fn is_designation(name: &str) -> bool {
    matches!(
        name,
        "Foreign Terrorist Organization"
            | "Foreign Terrorist Organisation"
            | "Specially Designated Global Terrorist"
            | "FTO"
            | "SDGT"
    )
}

/// A bracket that was never opened and a mark at the end stay outside.
fn trim(text: &str, tokens: &[Token], mention: &mut Mention) {
    let (mut first, mut end) = (mention.first as usize, mention.end as usize);
    let is_edge = |at: usize| {
        let mark = tokens[at].of(text);
        tokens[at].kind == TokenKind::Mark && !matches!(mark, "!" | "+")
    };
    while first + 1 < end && is_edge(first) {
        first += 1;
    }
    while first + 1 < end && is_edge(end - 1) {
        end -= 1;
    }
    if (first, end) != (mention.first as usize, mention.end as usize) {
        *mention = Mention::new(tokens, first..end, mention.kind, mention.confidence);
    }
}
