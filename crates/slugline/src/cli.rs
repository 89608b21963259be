//! The command line, as close to what was typed as possible; filling it may only validate.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Turns a folder of news articles into a live, queryable stream of facts.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Enrich files or standard input straight to standard output, one record a line
    Tag(TagArgs),
    /// Print the JSON Schema of the enriched record
    Schema,
}

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
    pub(crate) jobs: Option<std::num::NonZeroUsize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Input {
    /// Decide by content
    Auto,
    /// One text per file
    Text,
    /// One `{"id","text"}` object a line
    Jsonl,
}
