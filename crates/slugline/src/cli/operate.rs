//! The commands that operate a fleet.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::settings::Span;

use super::{NatsArgs, Override};

#[derive(Debug, Args)]
pub(crate) struct TailArgs {
    /// Subject without the prefix, such as `figure.killed.>` or `entity.person.*`
    pub(crate) subject: String,
    /// One JSON event a line, as it was sent
    #[arg(long)]
    pub(crate) json: bool,
    /// Exit after this many events
    #[arg(long, value_name = "N")]
    pub(crate) count: Option<u64>,
    #[command(flatten)]
    pub(crate) nats: NatsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DeadArgs {
    #[command(subcommand)]
    pub(crate) action: DeadAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DeadAction {
    /// List dead letters, oldest first
    Ls {
        #[command(flatten)]
        select: DeadSelect,
        /// List at most this many
        #[arg(long, value_name = "N", default_value_t = 1000)]
        limit: usize,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        nats: NatsArgs,
    },
    /// Show everything about one, the original message included
    Show {
        /// Its number, as `dead ls` prints it
        number: u64,
        /// As one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        nats: NatsArgs,
    },
    /// Send them to their streams again
    Retry {
        #[command(flatten)]
        which: DeadWhich,
        #[command(flatten)]
        nats: NatsArgs,
    },
    /// Remove them for good
    Drop {
        #[command(flatten)]
        which: DeadWhich,
        #[command(flatten)]
        nats: NatsArgs,
    },
}

/// Some of the dead letters, by what they say.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct DeadSelect {
    /// Only those that this stage gave up
    #[arg(long, value_name = "STAGE")]
    pub(crate) stage: Option<String>,
    /// Only those with this reason
    #[arg(long, value_name = "REASON")]
    pub(crate) reason: Option<String>,
}

/// The dead letters that are to be retried or dropped: named, or all that are selected.
#[derive(Debug, Args)]
pub(crate) struct DeadWhich {
    /// Their numbers, as `dead ls` prints them
    #[arg(required_unless_present_any = ["all", "stage", "reason"], conflicts_with_all = ["all", "stage", "reason"])]
    pub(crate) numbers: Vec<u64>,
    /// All of them
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) select: DeadSelect,
}

#[derive(Debug, Args)]
pub(crate) struct TraceArgs {
    /// A file, or the id of an article (`b3:…`)
    pub(crate) what: String,
    /// The output folder to look in
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// The watcher's state folder to look in [default: in the output folder, or in the inbox]
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
    /// As one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) nats: NatsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// As one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// How long to watch in order to tell rates
    #[arg(long, value_name = "TIME", default_value = "1s")]
    pub(crate) over: Span,
    #[command(flatten)]
    pub(crate) nats: NatsArgs,
}

#[derive(Debug, Args)]
pub(crate) struct TopArgs {
    #[command(flatten)]
    pub(crate) nats: NatsArgs,
}

/// Replaying the archive.
#[derive(Debug, Args)]
pub(crate) struct ReprocessArgs {
    /// Take articles from the archive stream once more, beside the running fleet, and exit when all are done
    #[arg(long, requires = "since")]
    pub(crate) reprocess: bool,
    /// How far to go back: a length of time (`7d`) or a moment (`2026-11-01T00:00:00Z`)
    #[arg(long, value_name = "WHEN", requires = "reprocess")]
    pub(crate) since: Option<String>,
    /// Added to the model's name in the records, so that the sink keeps both
    #[arg(long, value_name = "LABEL")]
    pub(crate) label: Option<String>,
}

impl DeadAction {
    pub(super) fn overrides(&self) -> Option<Override> {
        match self {
            Self::Ls { nats, .. }
            | Self::Show { nats, .. }
            | Self::Retry { nats, .. }
            | Self::Drop { nats, .. } => nats.overrides(),
        }
    }
}

impl TraceArgs {
    pub(super) fn overrides(&self) -> impl Iterator<Item = Override> {
        [
            super::path("sink.out", self.out.as_ref()),
            super::path("watcher.state", self.state.as_ref()),
            self.nats.overrides(),
        ]
        .into_iter()
        .flatten()
    }
}

impl ReprocessArgs {
    pub(super) fn overrides(&self) -> Option<Override> {
        super::text("enricher.label", self.label.as_ref())
    }
}
