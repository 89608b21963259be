//! Counts what a parser would build a tree of, before it does: small input can make large trees.

use super::config::Limits;
use super::{Refusal, RefusalReason};

/// How many parts, and how many lines of a header, a message may have.
const MOST_OF_MESSAGE: usize = 10_000;

/// Refuses JSON of more values than the limit allows.
pub(crate) fn json(text: &str, limits: &Limits) -> Result<(), Refusal> {
    let bytes = text.as_bytes();
    let (mut at, mut n_values) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = string_end(bytes, at + 1),
            b'[' | b'{' | b',' | b':' => n_values += 1,
            _ => {}
        }
        at += 1;
    }
    check(n_values, limits.nodes, "values")
}

/// Returns where a string that starts at `at` ends.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(step) = memchr::memchr2(b'"', b'\\', &bytes[at.min(bytes.len())..]) {
        at += step;
        if bytes[at] == b'"' {
            return at;
        }
        at += 2;
    }
    bytes.len()
}

/// Refuses Markdown of more marks than the limit allows.
pub(crate) fn markdown(text: &str, limits: &Limits) -> Result<(), Refusal> {
    let is_mark = |byte: &&u8| b"*_[]`~<&|!\\".contains(byte);
    let n_marks = text.as_bytes().iter().filter(is_mark).count();
    check(n_marks, limits.nodes.saturating_mul(4), "marks")
}

/// Refuses messages of more parts, or of longer headers, than any has.
pub(crate) fn message(bytes: &[u8]) -> Result<(), Refusal> {
    let header = memchr::memmem::find(bytes, b"\n\n")
        .into_iter()
        .chain(memchr::memmem::find(bytes, b"\n\r\n"))
        .min()
        .unwrap_or(bytes.len());
    let n_lines = memchr::memchr_iter(b'\n', &bytes[..header]).count();
    check(n_lines, MOST_OF_MESSAGE, "lines of header")?;
    let n_parts = memchr::memmem::find_iter(bytes, b"\n--").count();
    check(n_parts, MOST_OF_MESSAGE, "parts")
}

fn check(n: usize, limit: usize, what: &str) -> Result<(), Refusal> {
    if n > limit {
        return Err(Refusal::new(
            RefusalReason::TooLarge,
            format!("more than {limit} {what}"),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_outside_strings() {
        let limits = Limits {
            nodes: 3,
            ..Limits::default()
        };
        assert!(json(r#"{"a,b[\",": ["c,c,c,c,c"]}"#, &limits).is_ok());
        assert!(json("[1,2,3,4]", &limits).is_err());
        assert!(json(r#"{"never ends \"#, &limits).is_ok());
        assert!(markdown("a plain text", &limits).is_ok());
        assert!(markdown(&"*a".repeat(13), &limits).is_err());
        assert!(message(b"From: a\nTo: b\n\ntext\n--\nmore").is_ok());
        assert!(message(&b"a: b\n".repeat(20_000)).is_err());
    }
}
