//! What the user wrote: every setting with its default, before anything is checked against anything else.
//!
//! Filling a [`Settings`] does no I/O. [`crate::config`] turns it into what the stages may rely on.
//! `config/reference.toml` is generated from the comments below.

mod units;

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use units::{Bytes, Span};

/// Every setting, by section.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// What is told on standard error.
    pub(crate) log: LogSettings,
    /// Metrics and health over HTTP.
    pub(crate) http: HttpSettings,
    /// One trace per article over OTLP, for tracing systems.
    pub(crate) traces: TraceSettings,
    /// How the process runs and stops.
    pub(crate) process: ProcessSettings,
    /// The connection to NATS; only used when `url` is set.
    pub(crate) nats: NatsSettings,
    /// Streams and consumers on NATS.
    pub(crate) topology: TopologySettings,
    /// Files to articles.
    pub(crate) watcher: WatcherSettings,
    /// Bytes to clean text.
    pub(crate) intake: IntakeSettings,
    /// Articles to enriched articles.
    pub(crate) enricher: EnricherSettings,
    /// Enriched articles to JSON lines.
    pub(crate) sink: SinkSettings,
    /// Set by `enrich --reprocess` alone: no setting of a file.
    #[serde(skip)]
    pub(crate) rerun: Option<wire::topology::Rerun>,
}

/// What is told on standard error.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LogSettings {
    /// Which events: a level (`error`, `warn`, `info`, `debug`, `trace`) or directives such as
    /// `warn,enricher=debug`. The targets are the crates: wire, watcher, enricher, sink, slugline, async_nats,
    /// opentelemetry. `--quiet` means `warn` and no progress.
    pub(crate) filter: String,
    /// `text` for people, `json` for programs.
    pub(crate) format: LogFormat,
    /// Tell how far the stages are while they run, and what was done in the end. With `format = "json"` each is a log
    /// event of the target `slugline`.
    pub(crate) progress: bool,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            filter: "info,async_nats=warn,opentelemetry=warn".to_owned(),
            format: LogFormat::Text,
            progress: true,
        }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Metrics and health over HTTP.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HttpSettings {
    /// Address of `/metrics`, `/healthz` and `/readyz`, such as `127.0.0.1:9464`; a port alone is one of the loopback
    /// interface. Empty: no HTTP.
    pub(crate) addr: String,
}

/// One trace per article over OTLP, for tracing systems.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TraceSettings {
    /// Where an OpenTelemetry collector takes traces over HTTP, such as `http://127.0.0.1:4318`; `/v1/traces` is added
    /// where there is no path. Empty: no traces. Keys go into the variable `OTEL_EXPORTER_OTLP_HEADERS`.
    pub(crate) endpoint: String,
    /// Trace one article in so many: 1 traces all. The choice falls by the article's id, so that every process
    /// makes the same one. Lower costs time and network, higher tells less.
    pub(crate) one_in: usize,
}

impl Default for TraceSettings {
    fn default() -> Self {
        Self {
            endpoint: String::new(),
            one_in: 1,
        }
    }
}

/// How the process runs and stops.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ProcessSettings {
    /// How long the stages may drain after the first signal. Too short: articles in flight are repeated at the
    /// next start (nothing is lost). Too long: a supervisor kills the process first, with the same effect.
    pub(crate) grace: Span,
    /// How long work may wait without any progress before the process says that it is stalled: in the log, in
    /// `slugline_stalled`, and by not being ready. Too short: one slow batch is an alarm.
    pub(crate) stall_after: Span,
}

impl Default for ProcessSettings {
    fn default() -> Self {
        Self {
            grace: Span::secs(20),
            stall_after: Span::secs(120),
        }
    }
}

/// The connection to NATS.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct NatsSettings {
    /// Servers, separated by commas: `nats://host:4222`, `tls://host:4222`. Empty: embedded transport.
    /// A user and password do not belong here, but in `user` and `password_file`.
    pub(crate) url: String,
    /// Name of the connection in server monitoring. Empty: `slugline-<role>`.
    pub(crate) name: String,
    /// Credentials file (JWT and seed), as `nsc` writes it.
    pub(crate) credentials_file: PathBuf,
    /// File with an nkey seed.
    pub(crate) nkey_file: PathBuf,
    /// User name; goes with `password_file`.
    pub(crate) user: String,
    /// File whose first line is the password.
    pub(crate) password_file: PathBuf,
    /// File whose first line is the token.
    pub(crate) token_file: PathBuf,
    /// Certificate authority to trust, PEM. Empty: the system's.
    pub(crate) tls_ca: PathBuf,
    /// Client certificate, PEM; goes with `tls_key`.
    pub(crate) tls_cert: PathBuf,
    /// Client key, PEM.
    pub(crate) tls_key: PathBuf,
    /// Shake hands before the server's greeting (`handshake_first` on the server).
    pub(crate) tls_first: bool,
    /// First part of reply subjects, for users who may each subscribe only to their own. Empty: `_INBOX`.
    pub(crate) inbox_prefix: String,
    /// Talk in plain text to a broker that is not on this machine. Refused otherwise.
    pub(crate) allow_plain: bool,
    /// How long to wait for an answer of the server. Too short: slow servers look dead; too long: a frozen one is
    /// noticed late.
    pub(crate) request_timeout: Span,
}

impl Default for NatsSettings {
    fn default() -> Self {
        Self {
            url: String::new(),
            name: String::new(),
            credentials_file: PathBuf::new(),
            nkey_file: PathBuf::new(),
            user: String::new(),
            password_file: PathBuf::new(),
            token_file: PathBuf::new(),
            tls_ca: PathBuf::new(),
            tls_cert: PathBuf::new(),
            tls_key: PathBuf::new(),
            tls_first: false,
            inbox_prefix: String::new(),
            allow_plain: false,
            request_timeout: Span::secs(5),
        }
    }
}

/// Streams and consumers on NATS.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TopologySettings {
    /// First token of every subject, and of every stream's name in upper case.
    pub(crate) prefix: String,
    /// `create` makes missing streams and consumers at start; `verify` only checks; a difference is an error
    /// either way.
    pub(crate) manage: Manage,
    /// Copies of each stream: 1 on a single server, 3 in a cluster.
    pub(crate) replicas: usize,
    /// How long messages are kept. Too short: an outage of the sink loses what is older; too long: disk.
    pub(crate) max_age: Span,
    /// Size of each of the two main streams. A full stream pushes back into the folder.
    pub(crate) max_bytes: Bytes,
    /// How long a delivery may go without a sign of progress before another worker gets it. Too short: the work of
    /// slow workers is repeated; too long: what a dead worker held comes late.
    pub(crate) ack_wait: Span,
    /// When a stream is full, give up what all its consumers have settled before making publishers wait. Needs
    /// the right to purge. Without it, a full stream accepts nothing until messages reach `max_age`.
    pub(crate) reclaim: bool,
    /// Keep the entity and figure events in a stream of their own, for subscribers that were away.
    pub(crate) capture_tags: bool,
    /// Size of that stream; when it is full, the oldest events leave.
    pub(crate) tags_max_bytes: Bytes,
    /// How long events are kept there.
    pub(crate) tags_max_age: Span,
}

impl Default for TopologySettings {
    fn default() -> Self {
        Self {
            prefix: "slugline".to_owned(),
            manage: Manage::Create,
            replicas: 1,
            max_age: Span::secs(7 * 24 * 3600),
            max_bytes: Bytes::mib(1 << 10),
            ack_wait: Span::secs(60),
            reclaim: true,
            capture_tags: false,
            tags_max_bytes: Bytes::mib(256),
            tags_max_age: Span::secs(24 * 3600),
        }
    }
}

/// Who looks after the streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Manage {
    /// Missing ones are created at start.
    Create,
    /// Missing ones are an error.
    Verify,
}

/// Files to articles.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WatcherSettings {
    /// The watched folder.
    pub(crate) inbox: PathBuf,
    /// Name of the source in records and subjects. Empty: the name of the folder.
    pub(crate) source: String,
    /// Where the checkpoint lies. Empty: `.slugline/watcher` in the output folder (`run`) or
    /// in the inbox (`watch`).
    pub(crate) state: PathBuf,
    /// Where refused files go. Empty: `failed` in the output folder (`run`) or in the inbox (`watch`).
    pub(crate) failed: PathBuf,
    /// Where files go with `after = "move"`. Empty: `done` in the output folder (`run`) or in the
    /// inbox (`watch`); best on the same file system as the inbox.
    pub(crate) done: PathBuf,
    /// What happens to a file once its articles are safe: `keep`, `move` or `delete`.
    pub(crate) after: After,
    /// How often the whole folder is scanned, whatever the events said. Shorter finds what events missed sooner
    /// and costs a walk of the folder.
    pub(crate) rescan: Span,
    /// How long size and modification time must stand still before a file counts as complete, when no event says
    /// so. Too short: half-written files are read (and read again when they change); too long: latency.
    pub(crate) settle: Span,
    /// Largest article file. Larger ones are refused.
    pub(crate) max_article: Bytes,
    /// Articles published and not yet receipted. Higher keeps the enrichers busy and costs memory.
    pub(crate) in_flight: usize,
    /// `auto` polls on network file systems, `always`, `never`.
    pub(crate) polling: Polling,
    /// How often to poll.
    pub(crate) poll_interval: Span,
}

impl Default for WatcherSettings {
    fn default() -> Self {
        Self {
            inbox: PathBuf::new(),
            source: String::new(),
            state: PathBuf::new(),
            failed: PathBuf::new(),
            done: PathBuf::new(),
            after: After::Keep,
            rescan: Span::secs(15),
            settle: Span::secs(2),
            max_article: Bytes::mib(16),
            in_flight: watcher::IN_FLIGHT,
            polling: Polling::Auto,
            poll_interval: Span::secs(2),
        }
    }
}

/// Bytes to clean text.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct IntakeSettings {
    /// Read every file as this format (`text`, `html`, `jsonl`, …; see docs/formats.md). Empty: decide by content.
    pub(crate) format: String,
    /// Repair text that was decoded wrongly before it got here (`Pakistanâ€™s`). A text about encodings would be
    /// changed.
    pub(crate) repair_mojibake: bool,
    /// Built-in clean-up rules that are not applied, by the names that `removed` shows.
    pub(crate) disabled_rules: Vec<String>,
    /// Your own clean-up rules: `rules.NAME = { line = "regular expression", zone = "tail" }` removes lines that
    /// match as a whole. Zones: `anywhere`, `head`, `tail`, `edges`.
    pub(crate) rules: BTreeMap<String, serde_json::Value>,
    /// Names of the fields of JSON articles, tried before the usual ones: `fields.headline = ["kicker.title"]`.
    pub(crate) fields: BTreeMap<String, Vec<String>>,
    /// How many articles are remembered to mark near-duplicates; about 260 bytes each. 0 marks none.
    pub(crate) remember_articles: usize,
    /// How similar a near-duplicate must be, in percent.
    pub(crate) duplicate_percent: usize,
}

impl Default for IntakeSettings {
    fn default() -> Self {
        Self {
            format: String::new(),
            repair_mojibake: false,
            disabled_rules: Vec::new(),
            rules: BTreeMap::new(),
            fields: BTreeMap::new(),
            remember_articles: 20_000,
            duplicate_percent: 50,
        }
    }
}

/// What happens to a file once its articles are safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum After {
    /// It stays where it is.
    Keep,
    /// It moves to the `done` folder.
    Move,
    /// It is deleted.
    Delete,
}

/// When to poll instead of listening to events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Polling {
    /// On network file systems and when the system has no watches left.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Articles to enriched articles.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EnricherSettings {
    /// Threads that analyse. 0: one per core.
    pub(crate) threads: usize,
    /// Articles taken and not yet settled. Higher fills the sink's batches and costs memory; lower leaves cores
    /// idle.
    pub(crate) in_flight: usize,
    /// Which small events are sent per article on NATS: `entities` one per entity to
    /// `<prefix>.entity.<type>.<key>`, `figures` one per figure to `<prefix>.figure.<kind>.<country or _>`.
    pub(crate) events: EventSettings,
    /// Added to the model's name in the revision of records, as `model+label`. The sink writes one line per
    /// article and revision, so a rerun under another label stands beside the first.
    pub(crate) label: String,
    /// Your own names to look for: TSV or JSONL files with name, aliases, type and id. A list is named after its
    /// file. Read again when a file changes.
    pub(crate) watch_lists: Vec<PathBuf>,
    /// File with names that are never reported, one a line. Read again when it changes.
    pub(crate) deny_list: PathBuf,
}

impl Default for EnricherSettings {
    fn default() -> Self {
        Self {
            threads: 0,
            in_flight: 512,
            events: EventSettings::default(),
            label: String::new(),
            watch_lists: Vec::new(),
            deny_list: PathBuf::new(),
        }
    }
}

/// Which small events are sent per article.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct EventSettings {
    /// One per entity.
    pub(crate) entities: bool,
    /// One per figure.
    pub(crate) figures: bool,
}

impl Default for EventSettings {
    fn default() -> Self {
        Self {
            entities: true,
            figures: true,
        }
    }
}

/// Enriched articles to JSON lines.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SinkSettings {
    /// The output folder.
    pub(crate) out: PathBuf,
    /// Lines written and synced together at most.
    pub(crate) batch_lines: usize,
    /// How long a batch waits for more lines. Longer saves syncs, shorter saves latency.
    pub(crate) batch_wait: Span,
    /// Size at which a part is finished.
    pub(crate) roll_bytes: Bytes,
    /// Age at which a part is finished.
    pub(crate) roll_age: Span,
    /// How long a part may stay without a new line before it is finished.
    pub(crate) roll_idle: Span,
    /// Compress finished parts with zstd.
    pub(crate) compress: bool,
}

impl Default for SinkSettings {
    fn default() -> Self {
        Self {
            out: PathBuf::new(),
            batch_lines: 256,
            batch_wait: Span::millis(20),
            roll_bytes: Bytes::mib(256),
            roll_age: Span::secs(3600),
            roll_idle: Span::secs(300),
            compress: false,
        }
    }
}
