//! The commands that operate a fleet.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::settings::Span;

use super::stages::{NatsArgs, Override, path};

#[derive(Debug, Args)]
pub(crate) struct TopologyArgs {
    #[command(subcommand)]
    pub(crate) action: TopologyAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TopologyAction {
    /// Print the streams and consumers as JSON
    #[command(after_help = "Example:\n  slugline topology print | jq '.streams[].name'")]
    Print,
    /// Create what is missing; name every difference
    #[command(after_help = "Example:\n  slugline topology apply --nats nats://127.0.0.1:4222")]
    Apply {
        #[command(flatten)]
        nats: NatsArgs,
        /// Change what differs, where the server can
        #[arg(long)]
        update: bool,
    },
    /// Compare; exit code 1 and every difference named if there is any
    #[command(after_help = "Example:\n  slugline topology verify --nats nats://127.0.0.1:4222")]
    Verify {
        #[command(flatten)]
        nats: NatsArgs,
    },
}

#[derive(Debug, Args)]
pub(crate) struct TailArgs {
    /// Topics with or without the prefix, such as `figure.killed.>` or `entity.person.*`; see docs/subscribe.md
    #[arg(value_name = "TOPIC")]
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
    #[command(after_help = "Examples:\n  \
        slugline dead ls --nats nats://127.0.0.1:4222\n  \
        slugline dead ls --reason engine_panic --json --nats nats://127.0.0.1:4222 | jq '.[].path'")]
    Ls {
        #[command(flatten)]
        select: DeadSelect,
        /// List at most this many
        #[arg(long, value_name = "N", default_value_t = 1000)]
        limit: usize,
        /// As one JSON array
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        nats: NatsArgs,
    },
    /// Show everything about one, the original message included
    #[command(after_help = "Example:\n  slugline dead show 17 --nats nats://127.0.0.1:4222")]
    Show {
        /// Its number, as `dead ls` prints it
        number: u64,
        /// As one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        nats: NatsArgs,
    },
    /// Send dead letters to their streams again; always safe
    #[command(after_help = "Examples:\n  \
        slugline dead retry 17 18 --nats nats://127.0.0.1:4222\n  \
        slugline dead retry --reason engine_panic --nats nats://127.0.0.1:4222")]
    Retry {
        #[command(flatten)]
        which: DeadWhich,
        #[command(flatten)]
        nats: NatsArgs,
    },
    /// Remove dead letters for good
    #[command(after_help = "Example:\n  slugline dead drop 17 --nats nats://127.0.0.1:4222")]
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
    /// Their numbers, as `dead ls` prints them; or --all, --stage, --reason
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

impl TopologyAction {
    pub(super) fn overrides(&self) -> Option<Override> {
        match self {
            Self::Print => None,
            Self::Apply { nats, .. } | Self::Verify { nats } => nats.overrides(),
        }
    }
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
            path("sink.out", self.out.as_ref()),
            path("watcher.state", self.state.as_ref()),
            self.nats.overrides(),
        ]
        .into_iter()
        .flatten()
    }
}
