//! Spans over the original text.

use std::ops::Range;

/// A piece of the text in **bytes**, end exclusive, always on character boundaries.
///
/// Offsets are 32-bit: an article is limited to 16 MiB long before it gets here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// Returns the span from byte `start` to byte `end`, exclusive.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end);
        Self {
            start: start as u32,
            end: end as u32,
        }
    }

    /// Returns the text under the span.
    pub fn of(self, text: &str) -> &str {
        &text[self.range()]
    }

    /// Returns the span as a range of bytes.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Returns the length in bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Returns whether the span holds nothing.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Returns whether the two spans share a byte.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Returns whether `other` lies wholly inside.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Returns the smallest span that holds both.
    #[must_use]
    pub fn cover(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// Turns byte offsets into code point offsets, fastest when asked in ascending order.
///
/// ASCII texts cost nothing; others hold one checkpoint per 64 bytes.
#[derive(Debug)]
pub struct CodePoints<'a> {
    text: &'a str,
    /// Code points before byte `64 * i`; empty for ASCII.
    checkpoints: Vec<u32>,
}

const STRIDE: usize = 64;

impl<'a> CodePoints<'a> {
    /// Returns the mapping for a text.
    pub fn new(text: &'a str) -> Self {
        let mut checkpoints = Vec::new();
        if !text.is_ascii() {
            checkpoints.reserve(text.len() / STRIDE + 1);
            let mut count = 0;
            for chunk in text.as_bytes().chunks(STRIDE) {
                checkpoints.push(count);
                count += count_starts(chunk);
            }
        }
        Self { text, checkpoints }
    }

    /// Returns how many code points come before byte `offset`, which must be a character boundary.
    pub fn at(&self, offset: u32) -> u32 {
        if self.checkpoints.is_empty() {
            return offset;
        }
        let offset = offset as usize;
        let checkpoint = (offset / STRIDE).min(self.checkpoints.len() - 1);
        self.checkpoints[checkpoint] + count_starts(&self.text.as_bytes()[checkpoint * STRIDE..offset])
    }
}

/// Returns a letter and a number: "e1", "Q843". A record holds many such ids, and each is made in less time than the
/// machinery of `format!` takes to begin.
pub fn numbered(letter: char, number: usize) -> String {
    const MOST_DIGITS: usize = 20;
    let mut digits = [b'0'; MOST_DIGITS];
    let mut first = MOST_DIGITS;
    let mut rest = number;
    loop {
        first -= 1;
        digits[first] += (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let mut text = String::with_capacity(letter.len_utf8() + MOST_DIGITS - first);
    text.push(letter);
    text.extend(digits[first..].iter().map(|&digit| char::from(digit)));
    text
}

/// Counts the bytes that begin a code point.
fn count_starts(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .map(|&byte| u32::from(byte.cast_signed() >= -0x40))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_they_are_formatted() {
        for number in [0, 1, 9, 10, 4099, usize::MAX] {
            assert_eq!(numbered('Q', number), format!("Q{number}"));
        }
    }

    #[test]
    fn code_points_agree_with_counting_characters() {
        let text = "Qalāt “Rūd” 🙂 attack ".repeat(20);
        let points = CodePoints::new(&text);
        for (count, (offset, _)) in text.char_indices().enumerate() {
            assert_eq!(points.at(offset as u32), count as u32);
        }
        assert_eq!(points.at(text.len() as u32), text.chars().count() as u32);
    }
}
