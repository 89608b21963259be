//! The command line, as close to what was typed as possible; filling it may only validate.
//!
//! Flags that are settings do not stay here: [`Command::overrides`] turns them into layers of
//! [`crate::settings`], so that a flag, a variable and a line of the file mean exactly the same.

mod operate;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use wire::message::Format;

use crate::settings::After;

pub(crate) use operate::{
    DeadAction, DeadArgs, DeadSelect, DeadWhich, ReprocessArgs, StatusArgs, TailArgs, TopArgs, TraceArgs,
};

/// Turns a folder of news articles into a live, queryable stream of facts
///
/// Every article that is dropped into INBOX becomes one line of JSON: who, where and which group (entities), and
/// every numeric claim with its bounds, subject and claimant (figures).
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 done, 1 failed, 2 wrong use or configuration.\n\
    Configuration: default < file (--config) < SLUGLINE_* environment < flag.")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: CommonArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command understands.
#[derive(Debug, Default, Args)]
pub(crate) struct CommonArgs {
    /// Configuration file, TOML
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "SLUGLINE_CONFIG",
        help_heading = "Configuration"
    )]
    pub(crate) config: Option<PathBuf>,
    /// Any setting, such as `--set sink.batch_lines=64`; see `slugline config`
    #[arg(long, global = true, value_name = "KEY=VALUE", help_heading = "Configuration")]
    pub(crate) set: Vec<String>,
    /// What to log: a level, or directives such as `warn,enricher=debug`
    #[arg(long, global = true, value_name = "FILTER", help_heading = "Configuration")]
    pub(crate) log: Option<String>,
    /// Log one JSON object a line
    #[arg(long, global = true, help_heading = "Configuration")]
    pub(crate) log_json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Watch a folder, enrich and write: the whole pipeline in one process
    Run(RunArgs),
    /// Watch a folder and publish its articles to NATS
    Watch(WatchArgs),
    /// Take articles from NATS, enrich them and publish the records
    Enrich(EnrichArgs),
    /// Take records from NATS and write them as JSON lines
    Sink(SinkArgs),
    /// Enrich files or standard input straight to standard output, one record a line
    Tag(TagArgs),
    /// Show an article with its tags marked, for eyes
    Show(ShowArgs),
    /// Print the JSON Schema of the enriched record
    Schema,
    /// Validate the configuration without side effects; every problem is named
    Check(CheckArgs),
    /// Print the resolved configuration with where each value came from
    Config(ConfigArgs),
    /// Print, apply or verify the streams and consumers
    Topology(TopologyArgs),
    /// Tell how the fleet is doing: streams, lag, redeliveries, workers, rates
    Status(StatusArgs),
    /// Watch the fleet live in the terminal
    Top(TopArgs),
    /// Print entities and figures as they are found
    Tail(TailArgs),
    /// Tell where an article is: checkpoint, streams, dead letters, output line
    Trace(TraceArgs),
    /// List, show, retry or drop what was given up
    Dead(DeadArgs),
    /// Analyse articles for an enricher that does not trust them
    #[command(hide = true)]
    Quarantine,
}

/// The connection.
#[derive(Debug, Args)]
pub(crate) struct NatsArgs {
    /// NATS servers, separated by commas
    #[arg(long, value_name = "URL")]
    pub(crate) nats: Option<String>,
}

/// Metrics, health and traces.
#[derive(Debug, Args)]
pub(crate) struct HttpArgs {
    /// Serve /metrics, /healthz and /readyz on this address; a port alone is one of this machine's loopback
    #[arg(long, value_name = "ADDR")]
    pub(crate) http: Option<String>,
    /// Send traces to the OpenTelemetry collector at this address, such as http://127.0.0.1:4318
    #[arg(long, value_name = "URL")]
    pub(crate) traces: Option<String>,
}

/// The watched folder.
#[derive(Debug, Args)]
pub(crate) struct InboxArgs {
    /// The folder to watch
    pub(crate) inbox: Option<PathBuf>,
    /// Name of the source in records and subjects [default: the folder's name]
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// What happens to a file once its articles are safe [default: keep]
    #[arg(long, value_enum, value_name = "ACTION")]
    pub(crate) after: Option<After>,
    /// Handle everything in the folder now, then exit
    #[arg(long)]
    pub(crate) once: bool,
}

/// The output folder.
#[derive(Debug, Args)]
pub(crate) struct OutArgs {
    /// The output folder
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Compress finished parts with zstd
    #[arg(long)]
    pub(crate) compress: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) inbox: InboxArgs,
    #[command(flatten)]
    pub(crate) out: OutArgs,
    #[command(flatten)]
    pub(crate) nats: NatsArgs,
    #[command(flatten)]
    pub(crate) http: HttpArgs,
}

#[derive(Debug, Args)]
pub(crate) struct WatchArgs {
    #[command(flatten)]
    pub(crate) inbox: InboxArgs,
    #[command(flatten)]
    pub(crate) nats: NatsArgs,
    #[command(flatten)]
    pub(crate) http: HttpArgs,
}

#[derive(Debug, Args)]
pub(crate) struct EnrichArgs {
    #[command(flatten)]
    pub(crate) nats: NatsArgs,
    #[command(flatten)]
    pub(crate) http: HttpArgs,
    /// Threads that analyse [default: one per core]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
    #[command(flatten)]
    pub(crate) reprocess: ReprocessArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SinkArgs {
    #[command(flatten)]
    pub(crate) out: OutArgs,
    #[command(flatten)]
    pub(crate) nats: NatsArgs,
    #[command(flatten)]
    pub(crate) http: HttpArgs,
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

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Ask the running process at `http.addr` whether it is ready; exit code 1 if not
    #[arg(long)]
    pub(crate) running: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    /// Print the documented defaults instead
    #[arg(long)]
    pub(crate) reference: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TopologyArgs {
    #[command(subcommand)]
    pub(crate) action: TopologyAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TopologyAction {
    /// Print the streams and consumers as JSON
    Print,
    /// Create what is missing; name every difference
    Apply {
        #[command(flatten)]
        nats: NatsArgs,
        /// Change what differs, where the server can
        #[arg(long)]
        update: bool,
    },
    /// Compare; exit code 1 and every difference named if there is any
    Verify {
        #[command(flatten)]
        nats: NatsArgs,
    },
}

/// A setting and its value as text.
pub(crate) type Override = (&'static str, String);

fn path(key: &'static str, value: Option<&PathBuf>) -> Option<Override> {
    value.map(|path: &PathBuf| (key, Path::to_string_lossy(path).into_owned()))
}

fn text(key: &'static str, value: Option<&String>) -> Option<Override> {
    value.map(|text| (key, text.clone()))
}

impl NatsArgs {
    fn overrides(&self) -> Option<Override> {
        text("nats.url", self.nats.as_ref())
    }
}

impl HttpArgs {
    fn overrides(&self) -> impl Iterator<Item = Override> {
        [
            text("http.addr", self.http.as_ref()),
            text("traces.endpoint", self.traces.as_ref()),
        ]
        .into_iter()
        .flatten()
    }
}

impl InboxArgs {
    fn overrides(&self) -> impl Iterator<Item = Override> {
        let after = self
            .after
            .and_then(|after| after.to_possible_value())
            .map(|value| value.get_name().to_owned());
        [
            path("watcher.inbox", self.inbox.as_ref()),
            text("watcher.source", self.source.as_ref()),
            after.map(|after| ("watcher.after", after)),
        ]
        .into_iter()
        .flatten()
    }
}

impl OutArgs {
    fn overrides(&self) -> impl Iterator<Item = Override> {
        let compress = self.compress.then(|| ("sink.compress", "true".to_owned()));
        [path("sink.out", self.out.as_ref()), compress]
            .into_iter()
            .flatten()
    }
}

impl Command {
    /// Returns the flags that are settings.
    pub(crate) fn overrides(&self) -> Vec<Override> {
        match self {
            Self::Run(args) => {
                let outer = args.nats.overrides().into_iter().chain(args.http.overrides());
                args.inbox
                    .overrides()
                    .chain(args.out.overrides())
                    .chain(outer)
                    .collect()
            }
            Self::Watch(args) => args
                .inbox
                .overrides()
                .chain(args.nats.overrides())
                .chain(args.http.overrides())
                .collect(),
            Self::Enrich(args) => {
                let threads = args
                    .threads
                    .map(|threads| ("enricher.threads", threads.to_string()));
                args.nats
                    .overrides()
                    .into_iter()
                    .chain(args.http.overrides())
                    .chain(threads)
                    .chain(args.reprocess.overrides())
                    .collect()
            }
            Self::Sink(args) => args
                .out
                .overrides()
                .chain(args.nats.overrides())
                .chain(args.http.overrides())
                .collect(),
            Self::Topology(TopologyArgs {
                action: TopologyAction::Apply { nats, .. } | TopologyAction::Verify { nats },
            })
            | Self::Status(StatusArgs { nats, .. })
            | Self::Top(TopArgs { nats })
            | Self::Tail(TailArgs { nats, .. }) => nats.overrides().into_iter().collect(),
            Self::Trace(args) => args.overrides().collect(),
            Self::Dead(args) => args.action.overrides().into_iter().collect(),
            Self::Topology(_)
            | Self::Quarantine
            | Self::Tag(_)
            | Self::Show(_)
            | Self::Schema
            | Self::Check(_)
            | Self::Config(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
