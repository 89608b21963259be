//! The commands that take files straight to a result, without a pipeline.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use wire::message::Format;

#[derive(Debug, Args)]
pub(crate) struct TagArgs {
    /// Files to read; `-` or none for standard input
    pub(crate) files: Vec<PathBuf>,
    /// What the input is
    #[arg(long, value_enum, default_value_t = Input::Auto)]
    pub(crate) input: Input,
    /// Take the text as it is, without clean-up: offsets are offsets into the input
    #[arg(long)]
    pub(crate) raw: bool,
    /// Threads to analyse with [default: one per core]
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// The file to read; `-` for standard input
    pub(crate) file: PathBuf,
    /// A web page instead of text for the terminal
    #[arg(long)]
    pub(crate) html: bool,
    /// Take the text as it is, without clean-up
    #[arg(long)]
    pub(crate) raw: bool,
}

/// What the input of `tag` is: see docs/formats.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Input {
    /// Decide by content
    Auto,
    /// Plain text
    Text,
    /// Markdown
    Markdown,
    /// A web page
    Html,
    /// RSS
    Rss,
    /// Atom
    Atom,
    /// JSON Feed
    JsonFeed,
    /// IPTC ninjs
    Ninjs,
    /// IPTC NewsML
    Newsml,
    /// IPTC NITF
    Nitf,
    /// A JSON article object
    Json,
    /// One `{"id","text"}` or richer article object a line
    Jsonl,
    /// An e-mail message
    Eml,
    /// A WARC file
    Warc,
}

impl Input {
    /// Returns the format to read the input as; `None` to decide by content.
    pub(crate) fn format(self) -> Option<Format> {
        Some(match self {
            Self::Auto => return None,
            Self::Text => Format::Text,
            Self::Markdown => Format::Markdown,
            Self::Html => Format::Html,
            Self::Rss => Format::Rss,
            Self::Atom => Format::Atom,
            Self::JsonFeed => Format::JsonFeed,
            Self::Ninjs => Format::Ninjs,
            Self::Newsml => Format::Newsml,
            Self::Nitf => Format::Nitf,
            Self::Json => Format::Json,
            Self::Jsonl => Format::Jsonl,
            Self::Eml => Format::Eml,
            Self::Warc => Format::Warc,
        })
    }
}
