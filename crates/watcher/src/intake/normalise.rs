//! The normal form of text: NFC, `\n` line ends, plain spaces, no invisible characters.
//!
//! Runs before any offset exists. Text that is in normal form already, which is most, is not copied.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Returns the text in normal form.
///
/// - line ends (`\r\n`, `\r`, U+0085, U+2028, U+2029, vertical tab, form feed) become `\n`;
/// - every other space becomes U+0020;
/// - control characters, soft hyphens, byte-order marks, zero-width spaces and direction marks go; the joiners
///   U+200C and U+200D stay, since Persian and Hindi spell with them;
/// - the rest is composed (NFC).
pub(crate) fn normalise(text: Cow<'_, str>) -> Cow<'_, str> {
    let (odd, open) = survey(text.as_bytes());
    let text = if odd { Cow::Owned(replace_odd(&text)) } else { text };
    if open && is_nfc_quick(text.chars()) != IsNormalized::Yes {
        return Cow::Owned(text.nfc().collect());
    }
    text
}

/// Returns where the first byte is that is no printable ASCII or line feed.
#[expect(
    clippy::needless_bitwise_bool,
    reason = "lazy operators are branches, which keep the loop scalar"
)]
fn special(bytes: &[u8]) -> Option<usize> {
    let is_special = |byte: u8| (byte >= 0x7f) | ((byte < 0x20) & (byte != b'\n'));
    // Blocks without branches inside are looked at many bytes at a time.
    let is_clean = |block: &&[u8]| !block.iter().fold(false, |any, byte| any | is_special(*byte));
    let clean: usize = bytes.chunks(64).take_while(is_clean).map(<[u8]>::len).sum();
    bytes[clean..]
        .iter()
        .position(|byte| is_special(*byte))
        .map(|at| clean + at)
}

/// Whether a text has characters to replace, and whether it may not be NFC.
fn survey(bytes: &[u8]) -> (bool, bool) {
    let (mut odd, mut open) = (false, false);
    let mut at = 0;
    while let Some(step) = special(&bytes[at..]) {
        at += step;
        let next = |offset: usize| bytes.get(at + offset).copied().unwrap_or(0);
        match bytes[at] {
            0xc2 => odd |= next(1) <= 0xa0 || next(1) == 0xad,
            0xe2 if next(1) == 0x80 => {
                // U+2010 to U+2027 and U+2030 to U+203F: dashes, quotes, bullets.
                odd |= !matches!(next(2), 0x8c | 0x8d | 0x90..=0xa7 | 0xb0..);
                open |= next(2) < 0x82;
            }
            0xe2 if matches!(next(1), 0x81..=0x83 | 0x94..=0x9b) => odd |= next(1) == 0x81,
            0xcc..=0xff => {
                odd |= matches!(
                    (bytes[at], next(1)),
                    (0xe1, 0x9a) | (0xe3, 0x80) | (0xef, 0xbb | 0xbf)
                );
                open = true;
            }
            0x80..=0xcb => {}
            _ => odd = true,
        }
        at += 1;
    }
    (odd, open)
}

fn replace_odd(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            '\n' | '\u{0b}' | '\u{0c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\t' => out.push_str("  "),
            '\u{ad}'
            | '\u{feff}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{206f}'
            | '\u{fff9}'..='\u{fffb}' => {}
            c if c.is_control() => {}
            c if c.is_whitespace() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Repairs text whose UTF-8 was read as windows-1252 ("Pakistanâ€™s"), run by run; `None` if there is none.
pub(crate) fn repair_mojibake(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut repaired = false;
    let mut rest = text;
    while let Some(start) = rest.find(is_lead) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        if let Some((c, used)) = repaired_char(rest) {
            out.push(c);
            rest = &rest[used..];
            repaired = true;
        } else {
            let c = rest.chars().next().unwrap_or(' ');
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out.push_str(rest);
    repaired.then_some(out)
}

/// Whether a character is what a leading byte of UTF-8 looks like in windows-1252.
fn is_lead(c: char) -> bool {
    ('\u{c2}'..='\u{f4}').contains(&c)
}

/// Reads two to four characters as the bytes of one UTF-8 character.
fn repaired_char(text: &str) -> Option<(char, usize)> {
    let mut bytes = Vec::with_capacity(4);
    for (at, c) in text.char_indices().take(4) {
        let mut buffer = [0; 4];
        let byte = match u32::from(c) {
            code @ 0x80..=0x9f => code as u8,
            _ => match &*WINDOWS_1252.encode(c.encode_utf8(&mut buffer)).0 {
                [byte] => *byte,
                _ => return None,
            },
        };
        bytes.push(byte);
        if let Ok(done) = std::str::from_utf8(&bytes)
            && bytes.len() > 1
        {
            return done.chars().next().map(|repaired| (repaired, at + c.len_utf8()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(input: &str, expect: &str) {
        assert_eq!(normalise(Cow::Borrowed(input)), expect, "{input:?}");
    }

    #[test]
    fn brings_text_into_normal_form() {
        check("a\r\nb\rc\u{2028}d", "a\nb\nc\nd");
        check("12\u{a0}km\u{202f}h\u{3000}x", "12 km h x");
        check(
            "zero\u{200b}width\u{feff}, soft\u{ad}hyphen\u{200e}",
            "zerowidth, softhyphen",
        );
        check("e\u{301}", "é");
        check("A\u{30a}ngstro\u{308}m \u{212b}", "Ångström Å");
        check("می\u{200c}خواهم", "می\u{200c}خواهم");
        check("a\u{0}b\u{7f}c\u{1b}", "abc");
        check("“curly” – ‘quotes’ … • ₹500 €3", "“curly” – ‘quotes’ … • ₹500 €3");
        check("\u{1100}\u{1161}", "가");
        check("\u{2000}\u{2001}", "  ");
    }

    #[test]
    fn does_not_copy_normal_text() {
        for text in ["plain\ntext", "“curly” – ‘quotes’ é £600m…"] {
            assert!(
                matches!(normalise(Cow::Borrowed(text)), Cow::Borrowed(_)),
                "{text}"
            );
        }
    }

    #[test]
    fn repairs_mojibake() {
        assert_eq!(
            repair_mojibake("Pakistanâ€™s cafÃ© â€œplanâ€\u{9d}").as_deref(),
            Some("Pakistan’s café “plan”")
        );
        assert_eq!(repair_mojibake("Málaga, São Tomé, naïve"), None);
    }

    proptest! {
        #[test]
        fn is_idempotent_and_composed(text in "\\PC{0,40}|[a-z\u{300}-\u{310}\u{2000}-\u{2030}\u{a0}\r\n\t]{0,40}") {
            let once = normalise(Cow::Borrowed(&text)).into_owned();
            prop_assert!(unicode_normalization::is_nfc(&once));
            prop_assert_eq!(normalise(Cow::Borrowed(&once)), once.as_str());
        }
    }
}
