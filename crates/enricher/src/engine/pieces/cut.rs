//! The one pass over the bytes.

use super::classes::{Class, Classes, WordClasses};
use super::{Mark, Piece, Shape};
use crate::engine::text::Span;
use crate::engine::{hash, steps};

/// Returns the pieces of a text, in order.
pub fn cut(text: &str, words: &WordClasses) -> Vec<Piece> {
    let bytes = text.as_bytes();
    let mut pieces = Vec::with_capacity(bytes.len() / 5 + 1);
    let mut at = 0;
    while at < bytes.len() {
        steps::count(1);
        let byte = bytes[at];
        if byte.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let (end, shape) = if byte.is_ascii_alphabetic() {
            // Codes begin with a capital, as few words do.
            let code = byte.is_ascii_uppercase().then(|| currency_code(bytes, at, words));
            match code.flatten() {
                Some(end) => (end, Shape::Upper),
                None => word(text, at),
            }
        } else if byte.is_ascii_digit() || starts_decimal(bytes, at) {
            (digits(bytes, at), Shape::Digits)
        } else if let Some(quote) = doubled_quote(bytes, at) {
            (at + 2, Shape::Mark(quote))
        } else if byte < 0x80 {
            apostrophe_s(bytes, at, 1).unwrap_or((at + 1, Shape::Mark(ascii_mark(byte))))
        } else {
            match wide(text, at) {
                (end, Some(shape)) => (end, shape),
                (end, None) => {
                    at = end;
                    continue;
                }
            }
        };
        let key = key(bytes, at, end);
        if shape.is_word() {
            words.prefetch(key, &bytes[at..end]);
        }
        pieces.push(Piece {
            span: Span::new(at, end),
            key,
            classes: Classes::default(),
            shape,
            entry: 0,
        });
        at = end;
    }
    look_up(text, words, &mut pieces);
    pieces
}

/// Looks up the words. The table is seldom in the cache: its memory was asked for when the words were cut.
fn look_up(text: &str, words: &WordClasses, pieces: &mut [Piece]) {
    for piece in pieces.iter_mut().filter(|piece| piece.shape.is_word()) {
        let word = piece.span.of(text).as_bytes();
        (piece.entry, piece.classes) = words.find(piece.key, word);
    }
}

/// Returns the first eight bytes of a piece in lower case.
fn key(bytes: &[u8], start: usize, end: usize) -> u64 {
    hash::lower_packed(hash::packed_at(bytes, start, end))
}

/// Cuts the code from "USD10m", "RM23.50" and "$US5,000", which a word would otherwise swallow with its digits.
fn currency_code(bytes: &[u8], start: usize, words: &WordClasses) -> Option<usize> {
    if start > 0 && bytes[start - 1].is_ascii_alphanumeric() {
        return None;
    }
    let rest = &bytes[start..];
    let is_koruna = rest.starts_with("Kč".as_bytes());
    let capitals = bytes[start..]
        .iter()
        .take(4)
        .take_while(|byte| byte.is_ascii_uppercase());
    let letters = match rest {
        [b'R', b's', ..] => 2,
        _ if is_koruna => "Kč".len(),
        _ => capitals.count(),
    };
    let end = start + letters;
    let is_glued = (1..=3).contains(&letters) && bytes.get(end).is_some_and(u8::is_ascii_digit);
    if !is_glued {
        return None;
    }
    let follows_sign = start > 0 && bytes[start - 1] == b'$';
    let (_, classes) = words.find(key(bytes, start, end), &bytes[start..end]);
    (follows_sign || classes.intersects(Class::CurrencyCode.into())).then_some(end)
}

/// ".08": a decimal without its zero, where no word or number stands before the point.
fn starts_decimal(bytes: &[u8], at: usize) -> bool {
    let stands_free =
        at == 0 || bytes[at - 1].is_ascii_whitespace() || matches!(bytes[at - 1], b'$' | b'(' | b'-' | b'+');
    let is_decimal = bytes[at] == b'.' && stands_free && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
    // " .1.2" is no decimal: `digits` takes nothing of it.
    is_decimal && digits(bytes, at) > at
}

/// Reads letters, inner apostrophes ("O'Neill", "didn't"), digits inside names ("G7"), powers ("km²") and dotted
/// letters ("U.S.").
fn word(text: &str, start: usize) -> (usize, Shape) {
    let bytes = text.as_bytes();
    let mut end = start;
    let mut letters = 0;
    let mut lower = 0;
    while end < bytes.len() {
        steps::count(1);
        let byte = bytes[end];
        if byte.is_ascii_alphanumeric() {
            letters += 1;
            lower += usize::from(byte.is_ascii_lowercase());
            end += 1;
        } else if byte == b'.' && letters == 1 && is_dotted(bytes, end) {
            return (dotted(bytes, end), Shape::Upper);
        } else if byte >= 0x80 {
            let Some(character) = text[end..].chars().next() else {
                break;
            };
            if character == '’' && joins_letters(bytes, end, '’'.len_utf8()) {
                end += '’'.len_utf8();
            } else if character.is_alphabetic() || is_combining(character) || matches!(character, '²' | '³')
            {
                letters += 1;
                lower += usize::from(!character.is_uppercase());
                end += character.len_utf8();
            } else {
                break;
            }
        } else if byte == b'\'' && joins_letters(bytes, end, 1) {
            end += 1;
        } else {
            break;
        }
    }
    let is_capital = text[start..].chars().next().is_some_and(char::is_uppercase);
    let shape = match (is_capital, lower) {
        (false, _) => Shape::Lower,
        (true, 0) if letters > 1 => Shape::Upper,
        (true, _) => Shape::Capitalised,
    };
    (end, shape)
}

/// Whether the full stop at `at` is followed by one letter and another full stop: "U.S.", "a.m.".
fn is_dotted(bytes: &[u8], at: usize) -> bool {
    bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) && bytes.get(at + 2) == Some(&b'.')
}

fn dotted(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at) == Some(&b'.') && is_dotted(bytes, at) {
        at += 2;
    }
    at + 1
}

/// Whether the apostrophe at `at` stands inside a word, other than before a possessive s.
fn joins_letters(bytes: &[u8], at: usize, width: usize) -> bool {
    bytes.get(at + width).is_some_and(|&next| {
        next.is_ascii_alphabetic() || (next >= 0x80 && is_letter_start(&bytes[at + width..]))
    }) && apostrophe_s(bytes, at, width).is_none()
}

/// Whether a multi-byte character that starts here is a letter rather than punctuation (which lives in E2 80).
fn is_letter_start(bytes: &[u8]) -> bool {
    bytes[0] >= 0xC3 && bytes[0] != 0xE2
}

/// Reads a possessive ending whose apostrophe is `width` bytes long.
fn apostrophe_s(bytes: &[u8], at: usize, width: usize) -> Option<(usize, Shape)> {
    let is_apostrophe = match width {
        1 => bytes[at] == b'\'',
        _ => bytes[at..].starts_with("’".as_bytes()),
    };
    let follows_letter =
        at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] >= 0x80 || bytes[at - 1] == b'.');
    let ends = |next: Option<&u8>| {
        next.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte < 0xC3 || *byte == 0xE2)
    };
    let is_s = matches!(bytes.get(at + width), Some(b's' | b'S'));
    (is_apostrophe && follows_letter && is_s && ends(bytes.get(at + width + 1)))
        .then_some((at + width + 1, Shape::Possessive))
}

/// Reads digits with thousands and lakh grouping and one decimal part. Never joins lists ("1,1,1"), addresses
/// ("10.0.0.1") or dates ("3.12.2024").
fn digits(bytes: &[u8], start: usize) -> usize {
    let mut end = run(bytes, start);
    if end - start <= 3 {
        while let Some(next) = group(bytes, end) {
            end = next;
        }
    }
    let decimals = run(bytes, end + 1);
    let is_decimal = bytes.get(end) == Some(&b'.') && decimals > end + 1;
    let goes_on =
        bytes.get(decimals) == Some(&b'.') && bytes.get(decimals + 1).is_some_and(u8::is_ascii_digit);
    let follows_stop = start > 1 && bytes[start - 1] == b'.' && bytes[start - 2].is_ascii_digit();
    if is_decimal && !goes_on && !follows_stop {
        decimals
    } else {
        end
    }
}

/// Returns the end of the run of digits at `at`.
fn run(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    steps::count(length);
    at + length
}

/// Returns the end of the group after the separator at `at`: ",234", " 000", or ",00,000" as in India.
fn group(bytes: &[u8], at: usize) -> Option<usize> {
    let separator = match bytes.get(at)? {
        // Tokenised text writes "80, 000".
        b',' if bytes.get(at + 1..at + 5) == Some(b" 000") => 2,
        b',' => 1,
        // A blank groups thousands only where it cannot be anything else.
        b' ' if bytes.get(at + 1..at + 4) == Some(b"000") => 1,
        0xC2 if bytes.get(at + 1) == Some(&0xA0) => 2,
        0xE2 if matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xAF | 0x89])) => 3,
        _ => return None,
    };
    let end = at + separator + digits_upto_4(bytes, at + separator);
    match end - at - separator {
        3 => Some(end),
        2 if separator == 1 && bytes[at] == b',' => indian(bytes, end),
        _ => None,
    }
}

/// Returns where groups of two digits end in one of three: "2,00,000", but not the list "22,24,26".
fn indian(bytes: &[u8], mut end: usize) -> Option<usize> {
    for _ in 0..5 {
        if bytes.get(end) != Some(&b',') {
            return None;
        }
        let length = digits_upto_4(bytes, end + 1);
        end += 1 + length;
        match length {
            2 => {}
            3 => return Some(end),
            _ => return None,
        }
    }
    None
}

/// Counts the digits at `at`, four at most, so that a megabyte of digits is read once.
fn digits_upto_4(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter()
        .take(4)
        .take_while(|byte| byte.is_ascii_digit())
        .count()
}

/// Quotation marks typed as two apostrophes or back-ticks.
fn doubled_quote(bytes: &[u8], at: usize) -> Option<Mark> {
    match bytes.get(at..at + 2)? {
        b"''" => Some(Mark::QuoteStraight),
        b"``" => Some(Mark::QuoteOpen),
        _ => None,
    }
}

fn ascii_mark(byte: u8) -> Mark {
    match byte {
        b'.' => Mark::Stop,
        b'!' | b'?' => Mark::Exclamation,
        b',' => Mark::Comma,
        b':' => Mark::Colon,
        b';' => Mark::Semicolon,
        b'(' | b'[' => Mark::Open,
        b')' | b']' => Mark::Close,
        b'"' => Mark::QuoteStraight,
        b'\'' | b'`' => Mark::Apostrophe,
        b'-' => Mark::Hyphen,
        b'/' => Mark::Slash,
        b'%' => Mark::Percent,
        b'$' => Mark::Currency,
        b'+' => Mark::Plus,
        b'~' => Mark::Tilde,
        b'<' => Mark::Less,
        b'>' => Mark::Greater,
        b'#' => Mark::Hash,
        _ => Mark::Other,
    }
}

/// Reads one non-ASCII character; no shape for white space.
fn wide(text: &str, at: usize) -> (usize, Option<Shape>) {
    let Some(character) = text[at..].chars().next() else {
        return (text.len(), None);
    };
    let end = at + character.len_utf8();
    let mark = match character {
        '’' => match apostrophe_s(text.as_bytes(), at, character.len_utf8()) {
            Some((end, shape)) => return (end, Some(shape)),
            None => Mark::Apostrophe,
        },
        '‘' | '‛' => Mark::Apostrophe,
        '“' | '„' | '«' => Mark::QuoteOpen,
        '”' | '»' => Mark::QuoteClose,
        '‐' | '‑' | '‒' | '−' => Mark::Hyphen,
        '–' => Mark::EnDash,
        '—' | '―' => Mark::EmDash,
        '…' => Mark::Exclamation,
        '€' | '£' | '￡' | '₤' | '₾' | '元' | '円' | '¥' | '₹' | '₱' | '₩' | '₦' | '₪' | '₽' | '₺' | '₴'
        | '¢' | '₫' | '₵' | '฿' | '￥' | '＄' | '₡' | '₭' | '₿' => Mark::Currency,
        '٪' | '％' => Mark::Percent,
        '°' | 'º' => Mark::Degree,
        '≈' => Mark::Tilde,
        '≤' => Mark::Less,
        '≥' => Mark::Greater,
        '×' => Mark::Times,
        '⁄' | '∕' => Mark::Slash,
        '½' | '¼' | '¾' | '⅓' | '⅔' | '⅛' | '⅜' | '⅝' | '⅞' | '⅕' | '⅖' | '⅗' | '⅘' | '⅙' | '⅚' => {
            Mark::Fraction
        }
        _ if character.is_whitespace() => return (end, None),
        _ if character.is_alphabetic() => {
            let (end, shape) = word(text, at);
            return (end, Some(shape));
        }
        _ => Mark::Other,
    };
    (end, Some(Shape::Mark(mark)))
}

/// Accents that are written after their letter.
fn is_combining(character: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let pieces = cut(text, WordClasses::shared());
        let cut: Vec<&str> = pieces.iter().map(|piece| piece.span.of(text)).collect();
        assert_eq!(cut.join("|"), expect, "{text}");
    }

    #[test]
    fn numbers_are_cut_from_their_units() {
        check("$1.5bn", "$|1.5|bn");
        check("a 20-year-old", "a|20|-|year|-|old");
        check("5kg, 35°C", "5|kg|,|35|°|C");
        check("7 km², Kč34 billion", "7|km²|,|Kč|34|billion");
        check("26th", "26|th");
    }

    #[test]
    fn grouping_and_decimals_stay_together() {
        check("1,234,567.89.", "1,234,567.89|.");
        check("2,00,000 and 12,34,567.89", "2,00,000|and|12,34,567.89");
        check("nos 22,24,26,31", "nos|22|,|24|,|26|,|31");
        check("40 000 people in 10 200", "40 000|people|in|10|200");
        check("1,1,1", "1|,|1|,|1");
        check("in 2008,000 people", "in|2008|,|000|people");
        check("10.0.0.1", "10|.|0|.|0|.|1");
        check("at .1.2", "at|.|1.2");
    }

    #[test]
    fn words_keep_apostrophes_and_dots() {
        check("O'Neill didn't", "O'Neill|didn't");
        check("Iran's Iran’s soldiers'", "Iran|'s|Iran|’s|soldiers|'");
        check("the U.S. army", "the|U.S.|army");
        check("at 5 p.m.", "at|5|p.m.");
        check("the G7", "the|G7");
        check("Erdoğan – café", "Erdoğan|–|café");
    }
}
