//! Pieces: the text cut finer than tokens, each with its word classes. Dates, quotes and figures read them.
//!
//! A number rule must see the seams inside "20-year-old", "$1.5bn" and "5kg", where an entity rule wants whole
//! words; so this layer cuts at every hyphen, sign and change from digits to letters, and remembers what was glued.
//! One pass, one allocation; looking a word up in the [`WordClasses`] is the only work done per word.

pub mod classes;
mod cut;
pub mod number;

pub use classes::{Class, Classes, WordClasses};
pub use cut::cut;

use super::text::Span;
use super::{hash, steps};

/// Bytes of a piece that its key holds.
const KEY: usize = size_of::<u64>();

/// A run of letters, a run of digits, or one mark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// Where it stands.
    pub span: Span,
    /// Its first eight bytes in lower case: what most words are told apart by.
    pub key: u64,
    /// The classes of its word; none for unknown words, digits and marks.
    pub classes: Classes,
    /// What it is made of.
    pub shape: Shape,
    /// Index of its lexicon entry; 0 for unknown words, digits and marks.
    pub entry: u16,
}

/// What a piece is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Letters, first one lower-case.
    Lower,
    /// Letters, first one upper-case, some lower-case.
    Capitalised,
    /// More than one letter, all upper-case; also "U.S.".
    Upper,
    /// Digits with their grouping and decimals: "1,234.5".
    Digits,
    /// A possessive ending: `'s`, `’s`.
    Possessive,
    /// Any other single character.
    Mark(Mark),
}

/// The marks that rules ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// `.`
    Stop,
    /// `!`, `?` or `…`
    Exclamation,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// `;`
    Semicolon,
    /// `(`, `[`
    Open,
    /// `)`, `]`
    Close,
    /// `“`, `«`, `„`
    QuoteOpen,
    /// `”`, `»`
    QuoteClose,
    /// `"`
    QuoteStraight,
    /// `'`, `’`, `‘`
    Apostrophe,
    /// A hyphen or minus inside or before a word.
    Hyphen,
    /// `–`
    EnDash,
    /// `—`
    EmDash,
    /// `/`
    Slash,
    /// `%`, `٪`, `％`
    Percent,
    /// `$`, `€`, …
    Currency,
    /// `°`
    Degree,
    /// `+`
    Plus,
    /// `~`, `≈`
    Tilde,
    /// `<`, `≤`
    Less,
    /// `>`, `≥`
    Greater,
    /// `½` and its like.
    Fraction,
    /// `×`
    Times,
    /// `#`
    Hash,
    /// Anything else.
    Other,
}

impl Shape {
    /// Returns whether the piece is made of letters.
    pub fn is_word(self) -> bool {
        matches!(self, Self::Lower | Self::Capitalised | Self::Upper)
    }

    /// Returns whether the piece begins with an upper-case letter.
    pub fn is_capital(self) -> bool {
        matches!(self, Self::Capitalised | Self::Upper)
    }
}

/// The pieces of a text, with the questions that rules ask about them. Indices past either end are answered with
/// "no", so that rules need no bounds checks of their own.
#[derive(Debug, Clone, Copy)]
pub struct Pieces<'a> {
    /// The text that was cut.
    pub text: &'a str,
    /// The pieces, in order.
    pub all: &'a [Piece],
    /// Where the words were looked up.
    pub words: &'a WordClasses,
}

impl<'a> Pieces<'a> {
    /// Returns how many there are.
    pub fn len(self) -> usize {
        self.all.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(self) -> bool {
        self.all.is_empty()
    }

    /// Returns a piece.
    #[inline]
    fn get(self, index: usize) -> Option<&'a Piece> {
        steps::count(1);
        self.all.get(index)
    }

    /// Returns the shape of a piece.
    #[inline]
    pub fn shape(self, index: usize) -> Option<Shape> {
        self.get(index).map(|piece| piece.shape)
    }

    /// Returns whether a piece is made of letters.
    pub fn is_word(self, index: usize) -> bool {
        self.shape(index).is_some_and(Shape::is_word)
    }

    /// Returns whether a piece begins with an upper-case letter.
    pub fn is_capital(self, index: usize) -> bool {
        self.shape(index).is_some_and(Shape::is_capital)
    }

    /// Returns whether a piece is digits.
    pub fn is_digits(self, index: usize) -> bool {
        self.shape(index) == Some(Shape::Digits)
    }

    /// Returns whether a piece is the mark.
    pub fn is_mark(self, index: usize, mark: Mark) -> bool {
        self.shape(index) == Some(Shape::Mark(mark))
    }

    /// Returns whether a piece is one of several marks.
    pub fn is_any_mark(self, index: usize, marks: &[Mark]) -> bool {
        matches!(self.shape(index), Some(Shape::Mark(mark)) if marks.contains(&mark))
    }

    /// Returns whether a piece is a hyphen or a dash of any length.
    pub fn is_dash(self, index: usize) -> bool {
        self.is_any_mark(index, &[Mark::Hyphen, Mark::EnDash, Mark::EmDash])
    }

    /// Returns whether a piece is a quotation mark.
    pub fn is_quote(self, index: usize) -> bool {
        self.is_any_mark(index, &[Mark::QuoteOpen, Mark::QuoteClose, Mark::QuoteStraight])
    }

    /// Returns whether a piece has any of the classes.
    #[inline]
    pub fn is(self, index: usize, classes: impl Into<Classes>) -> bool {
        let classes = classes.into();
        self.get(index)
            .is_some_and(|piece| piece.classes.intersects(classes))
    }

    /// Returns the value of a number word.
    pub fn value(self, index: usize) -> Option<f64> {
        let entry = self.get(index)?.entry;
        (entry != 0).then(|| self.words.entry(entry).value)
    }

    /// Returns the code of a unit word.
    pub fn code(self, index: usize) -> Option<&'static str> {
        let entry = self.get(index)?.entry;
        let code = self.words.entry(entry).code;
        (!code.is_empty()).then_some(code)
    }

    /// Returns the text of a piece, empty past the ends.
    pub fn str(self, index: usize) -> &'a str {
        self.get(index).map_or("", |piece| piece.span.of(self.text))
    }

    /// Returns the first eight bytes of a piece in lower case, as one number.
    #[inline]
    pub fn key(self, index: usize) -> u64 {
        self.get(index).map_or(0, |piece| piece.key)
    }

    /// Returns whether a piece is this lower-case ASCII word, in any case.
    #[inline]
    pub fn says(self, index: usize, word: &str) -> bool {
        self.get(index).is_some_and(|piece| self.spells(piece, word))
    }

    /// Returns whether a piece is one of these lower-case ASCII words, in any case.
    #[inline]
    pub fn says_any(self, index: usize, words: &[&str]) -> bool {
        self.get(index)
            .is_some_and(|piece| words.iter().any(|word| self.spells(piece, word)))
    }

    // Of a literal nothing but a comparison of two numbers is left, unless it is longer than the key.
    #[expect(clippy::inline_always, reason = "only inlined is it a comparison")]
    #[inline(always)]
    fn spells(self, piece: &Piece, word: &str) -> bool {
        piece.key == hash::packed(word.as_bytes())
            && (word.len() < KEY || piece.span.len() == word.len() && self.ends_in(piece, word))
    }

    /// Returns whether a piece of the same length is this word behind its key, too.
    fn ends_in(self, piece: &Piece, word: &str) -> bool {
        let behind = piece.span.start as usize + KEY..piece.span.end as usize;
        self.text.as_bytes()[behind].eq_ignore_ascii_case(&word.as_bytes()[KEY..])
    }

    /// Returns whether the pieces from `index` on are these words (or marks).
    pub fn says_all(self, index: usize, words: &[&str]) -> bool {
        words
            .iter()
            .enumerate()
            .all(|(offset, word)| self.says(index.wrapping_add(offset), word))
    }

    /// Returns whether nothing stands between a piece and the next one.
    pub fn is_glued(self, index: usize) -> bool {
        match (self.get(index), self.get(index.wrapping_add(1))) {
            (Some(piece), Some(next)) => piece.span.end == next.span.start,
            _ => false,
        }
    }

    /// Returns whether nothing stands between a piece and the one before.
    pub fn is_glued_before(self, index: usize) -> bool {
        index > 0 && self.is_glued(index - 1)
    }

    /// Returns the span of a piece; an empty one at the end of the text past the last.
    pub fn span(self, index: usize) -> Span {
        self.get(index)
            .map_or(Span::new(self.text.len(), self.text.len()), |piece| piece.span)
    }

    /// Returns the span of pieces `first` to `last`, both included.
    pub fn cover(self, first: usize, last: usize) -> Span {
        self.span(first).cover(self.span(last))
    }

    /// Returns the first piece that starts at or after byte `offset`.
    pub fn at(self, offset: u32) -> usize {
        self.all.partition_point(|piece| piece.span.start < offset)
    }

    /// Returns whether a line ends between a piece and the next one.
    pub fn ends_line(self, index: usize) -> bool {
        match (self.get(index), self.get(index.wrapping_add(1))) {
            (Some(piece), Some(next)) => {
                piece.span.end < next.span.start
                    && self.text.as_bytes()[piece.span.end as usize..next.span.start as usize]
                        .contains(&b'\n')
            }
            _ => true,
        }
    }
}
