//! The commands that run stages of the pipeline, and the flags that they share with the others.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use crate::roles::Roles;
use crate::settings::After;

/// A setting and its value as text.
pub(crate) type Override = (&'static str, String);

/// The commands that run stages; `check` takes them as well, with the same arguments.
#[derive(Debug, Subcommand)]
pub(crate) enum StageCommand {
    /// Watch a folder, enrich and write: the whole pipeline in one process
    #[command(after_help = "Examples:\n  \
        slugline run inbox --out out --once                   everything that is in the folder now\n  \
        slugline run inbox --out out --http 127.0.0.1:9464    until a signal stops it, with metrics")]
    Run(RunArgs),
    /// Watch a folder and publish its articles to NATS
    #[command(after_help = "Example:\n  slugline watch inbox --nats nats://127.0.0.1:4222")]
    Watch(WatchArgs),
    /// Take articles from NATS, enrich them and publish the records
    #[command(after_help = "Examples:\n  \
        slugline enrich --nats nats://127.0.0.1:4222           as many processes as you like\n  \
        slugline enrich --reprocess --since 7d --label v2      the last week once more, beside the first records")]
    Enrich(EnrichArgs),
    /// Take records from NATS and write them as JSON lines
    #[command(after_help = "Example:\n  slugline sink --out out --nats nats://127.0.0.1:4222")]
    Sink(SinkArgs),
}

/// The connection.
#[derive(Debug, Args)]
pub(crate) struct NatsArgs {
    /// NATS servers, separated by commas [setting: nats.url]
    #[arg(long, value_name = "URL")]
    pub(crate) nats: Option<String>,
}

/// Metrics, health and traces.
#[derive(Debug, Args)]
pub(crate) struct HttpArgs {
    /// Serve /metrics, /healthz and /readyz on this address; a port alone is one of this machine's loopback
    /// [setting: http.addr]
    #[arg(long, value_name = "ADDR")]
    pub(crate) http: Option<String>,
    /// Send traces to the OpenTelemetry collector at this address, such as http://127.0.0.1:4318
    /// [setting: traces.endpoint]
    #[arg(long, value_name = "URL")]
    pub(crate) traces: Option<String>,
}

/// The watched folder.
#[derive(Debug, Args)]
pub(crate) struct InboxArgs {
    /// The folder to watch [setting: watcher.inbox]
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
    /// The output folder; made if it is not there [setting: sink.out]
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

#[derive(Debug, Args)]
pub(crate) struct SinkArgs {
    #[command(flatten)]
    pub(crate) out: OutArgs,
    #[command(flatten)]
    pub(crate) nats: NatsArgs,
    #[command(flatten)]
    pub(crate) http: HttpArgs,
}

impl StageCommand {
    /// Returns which stages it runs.
    pub(crate) fn roles(&self) -> Roles {
        match self {
            Self::Run(_) => Roles::ALL,
            Self::Watch(_) => Roles::WATCHER,
            Self::Enrich(_) => Roles::ENRICHER,
            Self::Sink(_) => Roles::SINK,
        }
    }

    /// Returns the flags that are settings.
    pub(crate) fn overrides(&self) -> Vec<Override> {
        match self {
            Self::Run(args) => args
                .inbox
                .overrides()
                .chain(args.out.overrides())
                .chain(args.nats.overrides())
                .chain(args.http.overrides())
                .collect(),
            Self::Watch(args) => args
                .inbox
                .overrides()
                .chain(args.nats.overrides())
                .chain(args.http.overrides())
                .collect(),
            Self::Enrich(args) => {
                let threads = args.threads.map(|threads| threads.to_string());
                args.nats
                    .overrides()
                    .into_iter()
                    .chain(args.http.overrides())
                    .chain(threads.map(|threads| ("enricher.threads", threads)))
                    .chain(text("enricher.label", args.reprocess.label.as_ref()))
                    .collect()
            }
            Self::Sink(args) => args
                .out
                .overrides()
                .chain(args.nats.overrides())
                .chain(args.http.overrides())
                .collect(),
        }
    }
}

pub(super) fn path(key: &'static str, value: Option<&PathBuf>) -> Option<Override> {
    value.map(|path: &PathBuf| (key, Path::to_string_lossy(path).into_owned()))
}

fn text(key: &'static str, value: Option<&String>) -> Option<Override> {
    value.map(|text| (key, text.clone()))
}

impl NatsArgs {
    pub(super) fn overrides(&self) -> Option<Override> {
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
