//! Lines: how what is in a part is told apart into lines and what is none.

use std::borrow::Cow;
use std::io::{self, BufRead};

use serde::Deserialize;
use wire::ArticleId;

use crate::seen::Key;

/// What of a line tells which one it is. The rest is checked to be JSON and skipped.
#[derive(Debug, Deserialize)]
struct Identity<'a> {
    id: ArticleId,
    #[serde(borrow)]
    revision: RevisionNames<'a>,
}

#[derive(Debug, Deserialize)]
struct RevisionNames<'a> {
    #[serde(borrow)]
    pipeline: Cow<'a, str>,
    #[serde(borrow)]
    model: Cow<'a, str>,
}

/// Returns the key of a line without its `\n`; `None` if it is no record.
pub(crate) fn key_of_line(line: &[u8]) -> Option<Key> {
    let identity: Identity<'_> = serde_json::from_slice(line).ok()?;
    let RevisionNames { pipeline, model } = &identity.revision;
    Some(Key::new(identity.id, pipeline, model))
}

/// A run of bytes of a part, from one line start to the next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// A whole line that is a record.
    Line(Key),
    /// A whole line that is none: someone else's, or damaged.
    Foreign(&'a [u8]),
    /// What comes after the last `\n`: a line that was cut off.
    Torn(&'a [u8]),
}

/// Reads `input` to its end and hands on every piece with its length in bytes, in order.
pub(crate) fn scan(
    mut input: impl BufRead,
    mut found: impl FnMut(Piece<'_>, u64) -> io::Result<()>,
) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = input.read_until(b'\n', &mut line)? as u64;
        if length == 0 {
            return Ok(());
        }
        let piece = match line.split_last() {
            Some((b'\n', record)) => match key_of_line(record) {
                Some(key) => Piece::Line(key),
                None => Piece::Foreign(&line),
            },
            _ => Piece::Torn(&line),
        };
        found(piece, length)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_lines_from_what_is_none() {
        let record = r#"{"schema":"slugline/1","id":"b3:00112233445566778899aabbccddeeff","revision":{"pipeline":"0.1\u0030","model":"en"},"text":"a\nb"}"#;
        let input = format!("{record}\n\n{{\"id\":1}}\n\0\0\n{record}");
        let mut pieces = Vec::new();
        scan(input.as_bytes(), |piece, length| {
            pieces.push((format!("{piece:?}"), length));
            Ok(())
        })
        .expect("reads from memory");
        let key = key_of_line(record.as_bytes()).expect("is a record");
        assert_eq!(
            key,
            Key::new(
                "b3:00112233445566778899aabbccddeeff".parse().expect("id"),
                "0.10",
                "en"
            )
        );
        let shown: Vec<&str> = pieces.iter().map(|(piece, _)| &piece[..4]).collect();
        assert_eq!(shown, ["Line", "Fore", "Fore", "Fore", "Torn"]);
        assert_eq!(
            pieces.iter().map(|(_, length)| length).sum::<u64>(),
            input.len() as u64
        );
    }
}
