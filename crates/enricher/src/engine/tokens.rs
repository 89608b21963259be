//! Tokens: words, numbers and marks, in one pass over the bytes.

mod abbreviations;

use super::steps;
use super::text::Span;

pub use abbreviations::{is_abbreviation, never_ends_sentence};

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
    /// Letters, with inner apostrophes, ampersands and abbreviation dots ("U.S.", "Gen.", "O'Neill", "AT&T").
    /// Hyphens always stand alone: "Al-Shabaab" is `Al`, `-`, `Shabaab`.
    Word,
    /// Begins with a digit ("1,234.5", "20th"; "20-year-old" is `20`, `-`, `year`, …).
    Number,
    /// A possessive ending (`'s`, `’s`, or a lone apostrophe after s).
    Possessive,
    /// A single mark.
    Mark,
}

impl Token {
    /// Returns the text of the token.
    pub fn of(self, text: &str) -> &str {
        self.span.of(text)
    }

    /// Returns whether nothing stands between this token and the next.
    pub fn touches(self, next: Self) -> bool {
        self.span.end == next.span.start
    }
}

/// Returns the tokens of a text, in order.
pub fn tokenize(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len() / 5 + 1);
    let mut scanner = Scanner {
        text,
        bytes: text.as_bytes(),
        open_quote: false,
    };
    let mut at = 0;
    while at < text.len() {
        let (end, kind) = scanner.next(at, tokens.last().copied());
        if let Some(kind) = kind {
            tokens.push(Token {
                span: Span::new(at, end),
                kind,
            });
        }
        at = end;
    }
    tokens
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    /// Whether a single quotation mark was opened and not closed: then `s'` closes it instead of marking a
    /// possessive.
    open_quote: bool,
}

/// What a character can be in a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Space,
    Letter,
    Digit,
    Apostrophe,
    /// Joins a word without being seen: soft hyphen, zero-width joiners, combining marks.
    Joiner,
    Mark,
}

impl Scanner<'_> {
    /// Returns where the token (or the gap) that begins at `at` ends, and what it is; `None` for a gap.
    fn next(&mut self, at: usize, previous: Option<Token>) -> (usize, Option<TokenKind>) {
        let (class, length) = self.class(at);
        match class {
            Class::Space | Class::Joiner => (at + length, None),
            Class::Letter => (self.word(at), Some(TokenKind::Word)),
            Class::Digit => (self.number(at), Some(TokenKind::Number)),
            Class::Apostrophe => self.apostrophe(at, length, previous),
            Class::Mark => (at + length, Some(TokenKind::Mark)),
        }
    }

    /// Returns the class and the length in bytes of the character at a boundary; the end of the text is a space.
    #[inline]
    fn class(&self, at: usize) -> (Class, usize) {
        steps::count(1);
        match self.bytes.get(at) {
            None => (Class::Space, 0),
            Some(&byte) if byte < 0x80 => (ASCII_CLASSES[byte as usize], 1),
            Some(_) => self.class_of_wide(at),
        }
    }

    #[cold]
    fn class_of_wide(&self, at: usize) -> (Class, usize) {
        let character = self.text[at..].chars().next().unwrap_or(' ');
        (wide_class(character), character.len_utf8())
    }

    /// Returns whether a letter or digit stands at a boundary.
    fn is_alphanumeric(&self, at: usize) -> bool {
        matches!(self.class(at).0, Class::Letter | Class::Digit)
    }

    fn word(&self, start: usize) -> usize {
        let mut at = start;
        let mut piece = start; // where the letters after the last dot begin
        let mut dots = false;
        loop {
            at += self.bytes[at..]
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric())
                .count();
            let (class, length) = self.class(at);
            match class {
                Class::Letter | Class::Digit | Class::Joiner => at += length,
                Class::Apostrophe if self.joins_word(at + length) => at += length,
                Class::Mark if self.bytes[at] == b'&' && self.joins_initials(at) => at += 1,
                Class::Mark if self.bytes[at] == b'.' => {
                    let one_letter = self.text[piece..at].chars().nth(1).is_none();
                    let next = self.class(at + 1).0;
                    if next == Class::Letter && (one_letter || self.starts_domain(at + 1)) {
                        dots |= one_letter;
                        at += 1;
                        piece = at;
                    } else if next != Class::Letter
                        && (one_letter && (dots || self.is_initial(start, at))
                            || is_abbreviation(&self.text[start..at], &self.text[at + 1..]))
                    {
                        return at + 1;
                    } else {
                        return at;
                    }
                }
                _ => return at,
            }
        }
    }

    /// Returns whether the apostrophe before `at` belongs to the word: a letter follows, and not as a possessive.
    fn joins_word(&self, at: usize) -> bool {
        self.class(at).0 == Class::Letter && !self.is_possessive_s(at)
    }

    fn is_possessive_s(&self, at: usize) -> bool {
        matches!(self.bytes.get(at), Some(b's' | b'S')) && !self.is_alphanumeric(at + 1)
    }

    /// Returns whether the ampersand at `at` stands between capitals, as in "AT&T".
    fn joins_initials(&self, at: usize) -> bool {
        let next = self.bytes.get(at + 1);
        self.bytes[at - 1].is_ascii_uppercase() && next.is_some_and(u8::is_ascii_uppercase)
    }

    /// Returns whether what follows a dot is lower case, as in "example.com"; "talks.The" lacks a space instead.
    fn starts_domain(&self, at: usize) -> bool {
        self.bytes[at].is_ascii_lowercase()
    }

    /// Returns whether `start..at` is a single capital, as in "John F. Kennedy".
    fn is_initial(&self, start: usize, at: usize) -> bool {
        self.text[start..at]
            .chars()
            .next()
            .is_some_and(|first| first.is_uppercase() && first.len_utf8() == at - start)
    }

    fn number(&self, start: usize) -> usize {
        let mut at = start;
        loop {
            let (class, length) = self.class(at);
            let separates = class == Class::Mark
                && matches!(self.bytes[at], b'.' | b',')
                && self.bytes[at - 1].is_ascii_digit()
                && self.bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
            match class {
                Class::Letter | Class::Digit => at += length,
                _ if separates => at += 1,
                _ => return at,
            }
        }
    }

    fn apostrophe(
        &mut self,
        at: usize,
        length: usize,
        previous: Option<Token>,
    ) -> (usize, Option<TokenKind>) {
        let touched = previous.filter(|previous| {
            previous.span.end as usize == at && matches!(previous.kind, TokenKind::Word | TokenKind::Number)
        });
        let after = at + length;
        if let Some(previous) = touched {
            if self.is_possessive_s(after) {
                return (after + 1, Some(TokenKind::Possessive));
            }
            let last = self.bytes[previous.span.end as usize - 1];
            if matches!(last, b's' | b'S') && !self.open_quote {
                return (after, Some(TokenKind::Possessive));
            }
            self.open_quote = false;
        } else {
            self.open_quote = self.is_alphanumeric(after);
        }
        (after, Some(TokenKind::Mark))
    }
}

/// The classes of the ASCII characters, which are asked for three times a word.
const ASCII_CLASSES: [Class; 128] = {
    let mut classes = [Class::Space; 128];
    let mut byte = 0;
    while byte < classes.len() {
        classes[byte] = ascii_class(byte as u8);
        byte += 1;
    }
    classes
};

const fn ascii_class(byte: u8) -> Class {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' => Class::Letter,
        b'0'..=b'9' => Class::Digit,
        b'\'' => Class::Apostrophe,
        0..=b' ' | 0x7f => Class::Space,
        _ => Class::Mark,
    }
}

fn wide_class(character: char) -> Class {
    match character {
        '\u{2018}' | '\u{2019}' | '\u{02bc}' => Class::Apostrophe,
        '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' => Class::Joiner,
        '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => Class::Space,
        _ if character.is_alphabetic() => Class::Letter,
        _ if character.is_numeric() => Class::Digit,
        _ if character.is_whitespace() || character.is_control() => Class::Space,
        _ => Class::Mark,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the tokens, written apart by blanks.
    fn check(text: &str, expect: &str) {
        let tokens: Vec<&str> = tokenize(text).iter().map(|token| token.of(text)).collect();
        assert_eq!(tokens.join(" "), expect, "tokens of {text:?}");
    }

    #[test]
    fn words_keep_what_belongs_to_them() {
        check("The U.S. and the U.N. met.", "The U.S. and the U.N. met .");
        check("Gen. Omar O'Neill of AT&T", "Gen. Omar O'Neill of AT&T");
        check("John F. Kennedy Jr. spoke.", "John F. Kennedy Jr. spoke .");
        check("Qur’an, don't", "Qur’an , don't");
        check("see example.com today.", "see example.com today .");
        check("a J.K. Rowling book", "a J.K. Rowling book");
        check("at 5 p.m. on Jan. 5", "at 5 p.m. on Jan. 5");
        check("He said no. Then No. 5 won", "He said no . Then No. 5 won");
    }

    #[test]
    fn hyphens_stand_alone() {
        check("U.S.-led Al-Shabaab", "U.S. - led Al - Shabaab");
        check("20-year-old", "20 - year - old");
        check("2024–25", "2024 – 25");
    }

    #[test]
    fn possessives_are_cut_off() {
        check("Pakistan's and Iran’s", "Pakistan 's and Iran ’s");
        check("PAKISTAN'S ARMY", "PAKISTAN 'S ARMY");
        check("the rebels' camps", "the rebels ' camps");
        check("the 1990s' end", "the 1990s ' end");
        let tokens = tokenize("the rebels' camps");
        assert_eq!(tokens[2].kind, TokenKind::Possessive);
        let tokens = tokenize("the 'last rebels' left");
        assert_eq!(
            tokens[4].kind,
            TokenKind::Mark,
            "a closing quotation mark is no possessive"
        );
    }

    #[test]
    fn numbers_keep_their_separators() {
        check("1,234.5 or 10,000, 3.", "1,234.5 or 10,000 , 3 .");
        check("$1.5bn, €500m, 20th, 5G", "$ 1.5bn , € 500m , 20th , 5G");
        check("10:30", "10 : 30");
    }

    #[test]
    fn missing_spaces_and_invisible_characters_separate() {
        check("in need.And so", "in need . And so");
        check("on \u{200b}Russia\u{200f}.", "on Russia .");
        check("", "");
        check("…“Rūd”🙂", "… “ Rūd ” 🙂");
    }

    #[test]
    fn combining_marks_stay_with_their_letter() {
        assert_eq!(tokenize("Qala\u{304}t Ru\u{304}d").len(), 2);
    }
}
