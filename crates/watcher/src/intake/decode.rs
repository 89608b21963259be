//! Bytes to text: byte-order marks, declared and detected encodings.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Text and how it was decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decoded<'b> {
    pub(crate) text: Cow<'b, str>,
    /// WHATWG label in lower case.
    pub(crate) encoding: String,
    pub(crate) warnings: Vec<String>,
}

/// How much of the input the detector looks at: enough for any language, cheap for any size.
const DETECTOR_BYTES: usize = 64 << 10;

/// Decodes bytes: a byte-order mark wins, then valid UTF-8, then the declared label, then detection.
///
/// Never fails; what cannot be decoded becomes U+FFFD and is counted in a warning.
pub(crate) fn decode<'b>(bytes: &'b [u8], declared: Option<&str>) -> Decoded<'b> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode_as(&bytes[mark..], encoding);
    }
    if let Some(encoding) = utf_16_without_mark(bytes) {
        return decode_as(bytes, encoding);
    }
    if memchr::memchr(0x1b, bytes).is_none()
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Decoded {
            text: Cow::Borrowed(text),
            encoding: "utf-8".to_owned(),
            warnings: Vec::new(),
        };
    }
    let declared = declared.and_then(|label| Encoding::for_label_no_replacement(label.trim().as_bytes()));
    match declared {
        // What says it is UTF-8 may hold a few broken bytes, or be something else altogether.
        Some(encoding) if encoding == UTF_8 && !is_mostly_utf_8(bytes) => decode_as(bytes, detect(bytes)),
        // Without a null byte in every other place it is no UTF-16, whatever it says.
        Some(encoding) if encoding != UTF_16LE && encoding != UTF_16BE => decode_as(bytes, encoding),
        _ if is_mostly_utf_8(bytes) => decode_as(bytes, UTF_8),
        _ => decode_as(bytes, detect(bytes)),
    }
}

fn decode_as<'b>(bytes: &'b [u8], encoding: &'static Encoding) -> Decoded<'b> {
    let (text, malformed) = encoding.decode_without_bom_handling(bytes);
    let mut warnings = Vec::new();
    if malformed {
        let replaced = text.matches('\u{fffd}').count();
        let label = encoding.name().to_ascii_lowercase();
        warnings.push(format!(
            "undecodable bytes of {label} were replaced by U+FFFD: {replaced}"
        ));
    }
    Decoded {
        text,
        encoding: encoding.name().to_ascii_lowercase(),
        warnings,
    }
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let sample = &bytes[..bytes.len().min(DETECTOR_BYTES)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(sample, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    if encoding.is_single_byte() && is_plain_western(sample) {
        return WINDOWS_1252;
    }
    // Pure ASCII in the sample says nothing.
    if sample.is_ascii() && encoding == WINDOWS_1252 && sample.len() < bytes.len() {
        let from = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(&bytes[from..bytes.len().min(from + DETECTOR_BYTES)], true);
        return detector.guess(None, Utf8Detection::Deny);
    }
    encoding
}

/// Whether all that is beyond ASCII is, read as windows-1252, what English news prints: a pound sign and a few
/// accents are too little for the detector, which takes them for Polish.
fn is_plain_western(sample: &[u8]) -> bool {
    sample.iter().filter(|byte| !byte.is_ascii()).all(|byte| {
        // ‚ „ … ‘ ’ “ ” • – — ™ £ © ® ° · ½ and accented vowels, ç and ñ.
        matches!(byte, 0x80 | 0x82 | 0x84 | 0x85 | 0x91..=0x97 | 0x99 | 0xa0 | 0xa3 | 0xa9 | 0xae | 0xb0 | 0xb7 | 0xbc..=0xbe
            | 0xc0..=0xc2 | 0xc4 | 0xc7..=0xcb | 0xd1 | 0xd6 | 0xdc | 0xdf..=0xe2 | 0xe4 | 0xe7..=0xeb | 0xed..=0xef | 0xf1
            | 0xf3 | 0xf4 | 0xf6 | 0xf9..=0xfc)
    })
}

/// Whether at most one in twenty of the sequences beyond ASCII is broken.
fn is_mostly_utf_8(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(DETECTOR_BYTES)];
    let (mut good, mut broken) = (0_usize, 0_usize);
    for chunk in sample.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    good > broken * 20
}

/// UTF-16 of mostly Latin text shows a null in every other byte.
fn utf_16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(256) & !1];
    if sample.len() < 8 || memchr::memchr(0, sample).is_none() {
        return None;
    }
    let pairs = sample.len() / 2;
    let nulls = |offset: usize| {
        sample
            .iter()
            .skip(offset)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd) = (nulls(0), nulls(1));
    if odd * 10 >= pairs * 7 && even * 10 <= pairs {
        Some(UTF_16LE)
    } else if even * 10 >= pairs * 7 && odd * 10 <= pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], declared: Option<&str>, text: &str, encoding: &str, n_warnings: usize) {
        let decoded = decode(bytes, declared);
        assert_eq!((&*decoded.text, &*decoded.encoding), (text, encoding));
        assert_eq!(decoded.warnings.len(), n_warnings, "{:?}", decoded.warnings);
    }

    #[test]
    fn decodes_what_news_comes_in() {
        check("Málaga".as_bytes(), None, "Málaga", "utf-8", 0);
        check(b"\xef\xbb\xbfM\xc3\xa1laga", None, "Málaga", "utf-8", 0);
        check(b"\xff\xfeH\0i\0", None, "Hi", "utf-16le", 0);
        check(b"\xfe\xff\0H\0i", None, "Hi", "utf-16be", 0);
        check(b"N\0o\0 \0m\0a\0r\0k\0", None, "No mark", "utf-16le", 0);
        check(
            b"the \xa3600m deal in M\xe1laga, a caf\xe9",
            None,
            "the £600m deal in Málaga, a café",
            "windows-1252",
            0,
        );
        check(
            b"\x93quoted\x94 \x96 text",
            Some("iso-8859-1"),
            "“quoted” – text",
            "windows-1252",
            0,
        );
        check(
            b"\xcf\xf0\xe8\xe2\xe5\xf2",
            Some("windows-1251"),
            "Привет",
            "windows-1251",
            0,
        );
    }

    #[test]
    fn a_declaration_does_not_beat_valid_utf_8() {
        check("Málaga".as_bytes(), Some("windows-1252"), "Málaga", "utf-8", 0);
    }

    #[test]
    fn counts_what_it_replaces() {
        let mut bytes = "á".repeat(50).into_bytes();
        bytes.push(0xff);
        let decoded = decode(&bytes, None);
        assert_eq!(
            decoded.warnings,
            ["undecodable bytes of utf-8 were replaced by U+FFFD: 1"]
        );
    }
}
