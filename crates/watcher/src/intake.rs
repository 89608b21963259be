//! Bytes of one file → the articles that it holds, or why it holds none. Knows no folder and no carrier.

use std::fmt;

use jiff::Timestamp;
use wire::message::{Format, Source};
use wire::{Article, ArticleId};

/// Where the bytes came from.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The configured name of the inbox.
    pub source_name: &'a str,
    /// Path relative to the inbox, with `/`; bytes that are not UTF-8 are replaced by U+FFFD.
    pub path: &'a str,
    /// When the file was last modified.
    pub modified: Option<Timestamp>,
    /// When the file was first seen.
    pub received: Timestamp,
}

/// Why bytes cannot become articles.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{reason}: {detail}")]
pub struct Refusal {
    /// The kind of reason.
    pub reason: RefusalReason,
    /// What was found, for people.
    pub detail: String,
}

/// The kinds of reasons to refuse bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalReason {
    /// There is no text in it.
    Empty,
    /// It is over the size limit.
    TooLarge,
    /// It is not text in any encoding.
    Binary,
    /// A known format that is not read.
    Unsupported,
    /// It claims a format and breaks that format's rules.
    Malformed,
    /// It grows far beyond its size when unpacked.
    Bomb,
}

impl RefusalReason {
    /// Returns the token used in metrics and error files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLarge => "too_large",
            Self::Binary => "binary",
            Self::Unsupported => "unsupported",
            Self::Malformed => "malformed",
            Self::Bomb => "bomb",
        }
    }
}

impl fmt::Display for RefusalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How bytes are read.
#[derive(Debug, Clone, Default)]
pub struct Config {}

/// Returns the articles that the bytes of one file hold (one or more).
pub fn read(bytes: &[u8], origin: &Origin<'_>, _config: &Config) -> Result<Vec<Article>, Refusal> {
    let decoded = String::from_utf8_lossy(bytes);
    let text = decoded.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(Refusal {
            reason: RefusalReason::Empty,
            detail: format!("{} bytes without any text", bytes.len()),
        });
    }
    let source = Source {
        name: origin.source_name.to_owned(),
        path: origin.path.to_owned(),
        item: None,
        format: Format::Text,
        bytes: bytes.len() as u64,
        encoding: "utf-8".to_owned(),
        received: origin.received,
    };
    Ok(vec![Article::new(ArticleId::of(bytes), source, text.to_owned())])
}
