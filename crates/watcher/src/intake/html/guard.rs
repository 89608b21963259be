//! Refuses pages that would cost a tree builder minutes: tree building is quadratic in the nesting depth.

use super::super::config::Limits;
use super::super::{Refusal, RefusalReason};

/// How deep elements may nest. Real pages stay below 100.
const MOST_DEPTH: usize = 512;

/// How many attributes an element may have. Real ones have a few dozen.
const MOST_ATTRIBUTES: usize = 2000;

/// How long a start tag is at least whose attributes are counted.
const LONG_TAG: usize = 8 << 10;

/// Elements that are closed by others or not at all: an open one says nothing about depth.
const UNCLOSED: &[&[u8]] = &[
    b"area",
    b"base",
    b"br",
    b"col",
    b"dd",
    b"dt",
    b"embed",
    b"hr",
    b"img",
    b"input",
    b"li",
    b"link",
    b"meta",
    b"optgroup",
    b"option",
    b"p",
    b"param",
    b"rp",
    b"rt",
    b"source",
    b"tbody",
    b"td",
    b"tfoot",
    b"th",
    b"thead",
    b"tr",
    b"track",
    b"wbr",
    b"path",
    b"circle",
    b"rect",
    b"use",
    b"polygon",
    b"line",
];

/// Counts tags in one pass.
pub(super) fn check(html: &str, limits: &Limits) -> Result<(), Refusal> {
    let bytes = html.as_bytes();
    let (mut depth, mut n_elements) = (0_usize, 0_usize);
    let mut at = 0;
    while let Some(step) = memchr::memchr(b'<', &bytes[at..]) {
        at += step + 1;
        match bytes.get(at) {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b'!' | b'?') => n_elements += 1,
            Some(first) if first.is_ascii_alphabetic() => {
                n_elements += 1;
                let name = name(&bytes[at..]);
                at += long_tag_length(&bytes[at..])?;
                if is_raw_text(name) {
                    at += raw_text_length(&bytes[at..], name);
                    continue;
                }
                depth += usize::from(
                    !UNCLOSED
                        .iter()
                        .any(|unclosed| unclosed.eq_ignore_ascii_case(name)),
                );
            }
            _ => continue,
        }
        if depth > MOST_DEPTH {
            let detail = format!("elements nest deeper than {MOST_DEPTH}");
            return Err(Refusal::new(RefusalReason::Bomb, detail));
        }
        if n_elements > limits.nodes {
            let detail = format!("more than {} elements", limits.nodes);
            return Err(Refusal::new(RefusalReason::TooLarge, detail));
        }
    }
    // Each may be an error, and a tree builder keeps them all: 16 MB of open comments take a gigabyte.
    let n_marks = memchr::memchr2_iter(b'<', b'&', bytes).count();
    if n_marks > limits.nodes.saturating_mul(4) {
        let detail = format!("more than {} tags and entities", limits.nodes.saturating_mul(4));
        return Err(Refusal::new(RefusalReason::TooLarge, detail));
    }
    Ok(())
}

/// How long a start tag is, if it is so long that its attributes have to be counted; else nothing.
///
/// A tree builder compares each attribute with all before it.
fn long_tag_length(bytes: &[u8]) -> Result<usize, Refusal> {
    let start = &bytes[..bytes.len().min(LONG_TAG)];
    if start.len() < LONG_TAG || memchr::memchr(b'>', start).is_some() {
        return Ok(0);
    }
    let (mut n_attributes, mut between) = (0, false);
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'>' => return Ok(at),
            b'"' | b'\'' => at += 1 + memchr::memchr(*byte, &bytes[at + 1..]).unwrap_or(bytes.len()),
            _ => {}
        }
        let space = byte.is_ascii_whitespace() || *byte == b'/';
        n_attributes += usize::from(between && !space);
        between = space;
        at += 1;
        if n_attributes > MOST_ATTRIBUTES {
            let detail = format!("an element has more than {MOST_ATTRIBUTES} attributes");
            return Err(Refusal::new(RefusalReason::Bomb, detail));
        }
    }
    Ok(0)
}

fn name(bytes: &[u8]) -> &[u8] {
    let length = bytes
        .iter()
        .take(24)
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    &bytes[..length]
}

fn is_raw_text(name: &[u8]) -> bool {
    [&b"script"[..], b"style", b"textarea", b"title"]
        .iter()
        .any(|raw| raw.eq_ignore_ascii_case(name))
}

/// How far it is to the element's end tag; nothing where there is none.
fn raw_text_length(bytes: &[u8], name: &[u8]) -> usize {
    let mut at = 0;
    while let Some(step) = memchr::memmem::find(&bytes[at..], b"</") {
        at += step + 2;
        if bytes[at..]
            .get(..name.len())
            .is_some_and(|end| end.eq_ignore_ascii_case(name))
        {
            return at;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_deep_and_huge_pages() {
        let limits = Limits::default();
        let deep = check(&"<div>".repeat(1_000_000), &limits).expect_err("is too deep");
        assert_eq!(deep.reason, RefusalReason::Bomb);
        let huge = check(&"<div></div>".repeat(limits.nodes + 1), &limits).expect_err("is too large");
        assert_eq!(huge.reason, RefusalReason::TooLarge);
    }

    #[test]
    fn lets_sloppy_pages_pass() {
        let page = format!(
            "<html><body>{}{}</body>",
            "<p>text<br>".repeat(5000),
            "<script>a<b</script>".repeat(2000)
        );
        assert!(check(&page, &Limits::default()).is_ok());
    }
}
