//! Sentences: where a full stop, a headline or a paragraph ends one.

use super::text::Span;
use super::tokens::{Token, TokenKind, never_ends_sentence};

/// Returns the sentences of a text, in order; every token lies in exactly one.
///
/// A line break ends a sentence (headlines have no full stop), except in hard-wrapped text, where only an empty
/// line does.
pub fn split(text: &str, tokens: &[Token]) -> Vec<Span> {
    let wrapped = is_hard_wrapped(text);
    let mut sentences = Vec::with_capacity(tokens.len() / 20 + 1);
    let mut first = 0;
    let mut terminated = false; // a terminator stands before, perhaps with closing quotation marks since
    for (index, &token) in tokens.iter().enumerate() {
        terminated = terminates(text, token) || terminated && closes(text, token);
        let ends = match tokens.get(index + 1) {
            None => true,
            Some(&next) => {
                breaks_line(
                    &text.as_bytes()[token.span.end as usize..next.span.start as usize],
                    wrapped,
                ) || terminated && begins_after(text, token, next)
            }
        };
        if ends {
            sentences.push(tokens[first].span.cover(token.span));
            first = index + 1;
            terminated = false;
        }
    }
    sentences
}

/// Returns the sentence that holds byte `offset`, or the one after it, as an index.
pub fn index_at(sentences: &[Span], offset: u32) -> usize {
    let after = sentences.partition_point(|sentence| sentence.end <= offset);
    after.min(sentences.len().saturating_sub(1))
}

fn terminates(text: &str, token: Token) -> bool {
    match token.kind {
        TokenKind::Mark => match text.as_bytes()[token.span.start as usize] {
            byte if byte < 0x80 => matches!(byte, b'.' | b'!' | b'?'),
            _ => matches!(token.of(text), "…" | "。" | "؟" | "।"),
        },
        TokenKind::Word => text.as_bytes()[token.span.end as usize - 1] == b'.',
        TokenKind::Number | TokenKind::Possessive => false,
    }
}

fn closes(text: &str, token: Token) -> bool {
    token.kind == TokenKind::Mark
        && matches!(
            token.of(text),
            "\"" | "'" | "”" | "’" | "»" | ")" | "]" | "." | "!" | "?" | "…"
        )
}

/// Returns whether `next` can begin a sentence, given that `token` ends what came before.
fn begins_after(text: &str, token: Token, next: Token) -> bool {
    if closes(text, next) && token.touches(next) {
        return false;
    }
    let Some(first) = next.of(text).chars().next() else {
        return false;
    };
    if token.kind == TokenKind::Word {
        let abbreviation = token.of(text);
        let initial = abbreviation.len() == 2;
        return !initial && !never_ends_sentence(abbreviation) && is_starter(next.of(text));
    }
    let spaced = !token.touches(next);
    if next.kind == TokenKind::Mark {
        return spaced
            && matches!(
                first,
                '"' | '“' | '‘' | '\'' | '(' | '[' | '«' | '—' | '–' | '-' | '•' | '*'
            );
    }
    first.is_uppercase() || spaced && !first.is_lowercase()
}

/// Words that begin a sentence after an abbreviation ("in the U.S. The …"); any other capital may be a name.
fn is_starter(word: &str) -> bool {
    matches!(
        word,
        "A" | "After"
            | "Although"
            | "An"
            | "And"
            | "As"
            | "At"
            | "Before"
            | "But"
            | "By"
            | "During"
            | "For"
            | "From"
            | "He"
            | "Her"
            | "His"
            | "However"
            | "I"
            | "If"
            | "In"
            | "It"
            | "Its"
            | "Last"
            | "Many"
            | "Meanwhile"
            | "Mr."
            | "Mrs."
            | "Ms."
            | "No"
            | "Of"
            | "On"
            | "One"
            | "Our"
            | "She"
            | "Since"
            | "So"
            | "Some"
            | "That"
            | "The"
            | "Their"
            | "There"
            | "These"
            | "They"
            | "This"
            | "Those"
            | "To"
            | "Two"
            | "We"
            | "What"
            | "When"
            | "While"
            | "With"
            | "You"
    )
}

/// Returns whether the gap between two tokens ends a sentence by itself.
fn breaks_line(gap: &[u8], wrapped: bool) -> bool {
    if gap.len() < 2 && gap != b"\n" {
        return false;
    }
    let breaks = memchr::memchr_iter(b'\n', gap).count();
    breaks > usize::from(wrapped) || gap.windows(3).any(|bytes| bytes == "\u{2029}".as_bytes())
}

/// Returns whether lines are broken at a fixed width: then many of them go on in lower case.
fn is_hard_wrapped(text: &str) -> bool {
    let (mut lines, mut continued) = (0, 0);
    let bytes = text.as_bytes();
    for at in memchr::memchr_iter(b'\n', bytes) {
        lines += 1;
        let next = bytes[at + 1..]
            .iter()
            .find(|&&byte| byte != b' ' && byte != b'\t');
        continued += usize::from(next.is_some_and(u8::is_ascii_lowercase));
    }
    continued >= 2 && continued * 4 >= lines
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokenize;
    use super::*;

    /// Checks the sentences, written apart by `|`.
    fn check(text: &str, expect: &str) {
        let sentences: Vec<String> = split(text, &tokenize(text))
            .iter()
            .map(|sentence| sentence.of(text).replace('\n', " "))
            .collect();
        assert_eq!(sentences.join("|"), expect, "sentences of {text:?}");
    }

    #[test]
    fn full_stops_end_sentences() {
        check("Two died. Five fled.", "Two died.|Five fled.");
        check("He left! Why? Nobody knows.", "He left!|Why?|Nobody knows.");
        check("It fell 1.5 points. 20 rose.", "It fell 1.5 points.|20 rose.");
        check(
            "The need is great.And it grows.",
            "The need is great.|And it grows.",
        );
    }

    #[test]
    fn abbreviations_and_initials_do_not() {
        check("Gen. Asif met Mr. Khan.", "Gen. Asif met Mr. Khan.");
        check("John F. Kennedy Jr. flew.", "John F. Kennedy Jr. flew.");
        check(
            "The U.S. Army left the U.S. The rest stayed.",
            "The U.S. Army left the U.S.|The rest stayed.",
        );
        check(
            "Acme Inc. shares fell vs. Monday.",
            "Acme Inc. shares fell vs. Monday.",
        );
    }

    #[test]
    fn closing_marks_belong_to_the_sentence_they_end() {
        check("“We fled.” She wept.", "“We fled.”|She wept.");
        check(
            "\"We fled.\" she said. \"All.\"",
            "\"We fled.\" she said.|\"All.\"",
        );
        check("It ended (at last.) Then rain.", "It ended (at last.)|Then rain.");
    }

    #[test]
    fn lines_end_sentences_unless_the_text_is_wrapped() {
        check(
            "Gunmen kill 17\n\nQALAT RUD — Two died.",
            "Gunmen kill 17|QALAT RUD — Two died.",
        );
        check(
            "The rebels took the\ntown at dawn and then\nleft it. Nobody\ndied.\n\nMore soon",
            "The rebels took the town at dawn and then left it.|Nobody died.|More soon",
        );
    }

    #[test]
    fn nothing_gives_nothing() {
        check("", "");
        check(" \n ", "");
    }

    #[test]
    fn an_offset_finds_its_sentence() {
        let text = "One. Two.";
        let sentences = split(text, &tokenize(text));
        assert_eq!(index_at(&sentences, 0), 0);
        assert_eq!(index_at(&sentences, 5), 1);
        assert_eq!(index_at(&sentences, 99), 1);
    }
}
