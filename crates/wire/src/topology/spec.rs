//! One stream and one consumer, and how they are shown and compared: as a list of named fields.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, ReplayPolicy, pull};
use async_nats::jetstream::stream;
use serde::{Serialize, Serializer};

use super::{Bounds, Channel, Settings};

/// What a full stream does with a new message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Discard {
    /// Refuses it: publishers wait.
    New,
    /// Takes it and drops the oldest.
    Old,
}

/// One stream: limits retention, file storage, compressed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StreamSpec {
    /// Name of the stream.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The subjects that it stores.
    pub subjects: Vec<String>,
    /// What happens when it is full.
    pub discard: Discard,
    /// Copies of each message.
    pub replicas: usize,
    /// Its size limit in bytes.
    pub max_bytes: u64,
    /// The age at which messages leave.
    #[serde(serialize_with = "serialize_duration")]
    pub max_age: Duration,
    /// The largest message in bytes, headers included; `None`: whatever the server allows.
    pub max_message_bytes: Option<u32>,
    /// How long a message id is recognised.
    #[serde(serialize_with = "serialize_duration")]
    pub duplicate_window: Duration,
    /// Whether a message may replace the earlier ones of its subject (the object store needs it).
    pub allow_rollup: bool,
}

impl StreamSpec {
    pub(super) fn flow(settings: &Settings, channel: Channel, bounds: &Bounds) -> Self {
        let (suffix, description) = match channel {
            Channel::Articles => ("ARTICLES", "articles, from the watcher to the enrichers"),
            Channel::Enriched => (
                "ENRICHED",
                "records, from the enrichers to the sink and to subscribers",
            ),
        };
        Self {
            max_message_bytes: Some(settings.max_message_bytes),
            ..Self::base(settings, suffix, description, &[&format!("{channel}.>")], bounds)
        }
    }

    pub(super) fn dead(settings: &Settings) -> Self {
        // No size limit of its own: a dead letter is its message and some more headers.
        Self::base(
            settings,
            "DEAD",
            "deliveries that were given up",
            &["dead.>"],
            &settings.dead,
        )
    }

    pub(super) fn tags(settings: &Settings, bounds: &Bounds) -> Self {
        Self {
            discard: Discard::Old,
            ..Self::base(
                settings,
                "TAGS",
                "captured entity and figure events",
                &["entity.>", "figure.>"],
                bounds,
            )
        }
    }

    pub(super) fn payloads(settings: &Settings) -> Self {
        let bucket = settings.prefix.name("PAYLOADS");
        Self {
            name: format!("OBJ_{bucket}"),
            subjects: vec![format!("$O.{bucket}.C.>"), format!("$O.{bucket}.M.>")],
            allow_rollup: true,
            ..Self::base(
                settings,
                "PAYLOADS",
                "payloads over the limit of one message",
                &[],
                &settings.payloads,
            )
        }
    }

    fn base(
        settings: &Settings,
        suffix: &str,
        description: &str,
        subjects: &[&str],
        bounds: &Bounds,
    ) -> Self {
        let prefix = &settings.prefix;
        Self {
            name: prefix.name(suffix),
            description: format!("Slugline: {description}"),
            subjects: subjects
                .iter()
                .map(|subject| format!("{prefix}.{subject}"))
                .collect(),
            discard: Discard::New,
            replicas: settings.replicas,
            max_bytes: bounds.max_bytes,
            max_age: bounds.max_age,
            max_message_bytes: None,
            // The server refuses a window longer than the age.
            duplicate_window: settings.duplicate_window.min(bounds.max_age),
            allow_rollup: false,
        }
    }

    pub(super) fn to_config(&self) -> stream::Config {
        stream::Config {
            name: self.name.clone(),
            description: Some(self.description.clone()),
            subjects: self.subjects.clone(),
            retention: stream::RetentionPolicy::Limits,
            storage: stream::StorageType::File,
            discard: match self.discard {
                Discard::New => stream::DiscardPolicy::New,
                Discard::Old => stream::DiscardPolicy::Old,
            },
            num_replicas: self.replicas,
            max_bytes: i64::try_from(self.max_bytes).unwrap_or(i64::MAX),
            max_age: self.max_age,
            max_messages: -1,
            max_messages_per_subject: -1,
            max_consumers: -1,
            max_message_size: self
                .max_message_bytes
                .map_or(-1, |bytes| i32::try_from(bytes).unwrap_or(i32::MAX)),
            duplicate_window: self.duplicate_window,
            compression: Some(stream::Compression::S2),
            allow_direct: true,
            allow_rollup: self.allow_rollup,
            ..stream::Config::default()
        }
    }

    pub(super) fn fields(&self) -> Fields {
        stream_fields(&self.to_config())
    }
}

/// One durable pull consumer with explicit acknowledgement.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConsumerSpec {
    /// Its durable name: the stage.
    pub name: String,
    /// The stream that it reads.
    pub stream: String,
    /// Which way of the flow it serves.
    pub channel: Channel,
    /// What it is for.
    pub description: String,
    /// The subjects that it reads.
    pub filter_subject: String,
    /// How long a delivery may go without a sign of progress.
    #[serde(serialize_with = "serialize_duration")]
    pub ack_wait: Duration,
    /// How many deliveries may be unsettled, over all processes.
    pub max_ack_pending: u32,
}

impl ConsumerSpec {
    pub(super) fn of(settings: &Settings, channel: Channel) -> Self {
        let (suffix, max_ack_pending) = match channel {
            Channel::Articles => ("ARTICLES", settings.enricher_max_ack_pending),
            Channel::Enriched => ("ENRICHED", settings.sink_max_ack_pending),
        };
        Self {
            name: channel.stage().to_owned(),
            stream: settings.prefix.name(suffix),
            channel,
            description: format!("Slugline: what the {} has settled", channel.stage()),
            filter_subject: format!("{}.{channel}.>", settings.prefix),
            ack_wait: settings.ack_wait,
            max_ack_pending,
        }
    }

    pub(crate) fn to_config(&self) -> pull::Config {
        pull::Config {
            durable_name: Some(self.name.clone()),
            description: Some(self.description.clone()),
            filter_subject: self.filter_subject.clone(),
            ack_policy: AckPolicy::Explicit,
            deliver_policy: DeliverPolicy::All,
            replay_policy: ReplayPolicy::Instant,
            ack_wait: self.ack_wait,
            max_ack_pending: i64::from(self.max_ack_pending),
            max_deliver: -1,
            sample_frequency: 1,
            ..pull::Config::default()
        }
    }

    pub(super) fn fields(&self) -> Fields {
        consumer_fields(&self.to_config())
    }
}

/// Name and value of everything that is shown and compared.
pub(super) type Fields = Vec<(&'static str, String)>;

pub(super) fn stream_fields(config: &stream::Config) -> Fields {
    let mut subjects = config.subjects.clone();
    subjects.sort();
    vec![
        ("subjects", subjects.join(" ")),
        ("retention", format!("{:?}", config.retention).to_lowercase()),
        ("storage", format!("{:?}", config.storage).to_lowercase()),
        ("discard", format!("{:?}", config.discard).to_lowercase()),
        ("replicas", config.num_replicas.to_string()),
        ("max_bytes", show_limit(config.max_bytes, show_bytes)),
        ("max_age", show_duration(config.max_age)),
        ("max_messages", show_limit(config.max_messages, |n| n.to_string())),
        (
            "max_message_bytes",
            show_limit(i64::from(config.max_message_size), show_bytes),
        ),
        ("duplicate_window", show_duration(config.duplicate_window)),
        (
            "compression",
            config
                .compression
                .as_ref()
                .map_or_else(|| "none".to_owned(), |kind| format!("{kind:?}").to_lowercase()),
        ),
        ("allow_direct", config.allow_direct.to_string()),
        ("allow_rollup", config.allow_rollup.to_string()),
    ]
}

pub(super) fn consumer_fields(config: &pull::Config) -> Fields {
    vec![
        ("filter_subject", config.filter_subject.clone()),
        ("ack_policy", format!("{:?}", config.ack_policy).to_lowercase()),
        (
            "deliver_policy",
            format!("{:?}", config.deliver_policy).to_lowercase(),
        ),
        (
            "replay_policy",
            format!("{:?}", config.replay_policy).to_lowercase(),
        ),
        ("ack_wait", show_duration(config.ack_wait)),
        (
            "max_ack_pending",
            show_limit(config.max_ack_pending, |n| n.to_string()),
        ),
        ("max_deliver", show_limit(config.max_deliver, |n| n.to_string())),
        ("backoff", format!("{:?}", config.backoff)),
    ]
}

fn show_limit(limit: i64, show: impl Fn(u64) -> String) -> String {
    // The server writes "no limit" as -1; so does a configuration that leaves it out, as 0.
    match u64::try_from(limit) {
        Ok(limit) if limit > 0 => show(limit),
        _ => "unlimited".to_owned(),
    }
}

fn show_bytes(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["B", "KiB", "MiB", "GiB"];
    let mut value = bytes;
    let mut unit = 0;
    while value >= 1024 && value.is_multiple_of(1024) && unit + 1 < UNITS.len() {
        value /= 1024;
        unit += 1;
    }
    format!("{value} {}", UNITS[unit])
}

/// Writes a duration in its largest whole unit: `7d`, `1h`, `60s`, `250ms`. Minutes are left out, as `60s` is
/// what people write for `ack_wait`.
fn show_duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if duration.subsec_nanos() != 0 {
        format!("{}ms", duration.as_millis())
    } else if seconds > 0 && seconds.is_multiple_of(86_400) {
        format!("{}d", seconds / 86_400)
    } else if seconds > 0 && seconds.is_multiple_of(3600) {
        format!("{}h", seconds / 3600)
    } else {
        format!("{seconds}s")
    }
}

fn serialize_duration<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&show_duration(*duration))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_read_well() {
        for (seconds, shown) in [(604_800, "7d"), (3600, "1h"), (60, "60s"), (0, "0s"), (90, "90s")] {
            assert_eq!(show_duration(Duration::from_secs(seconds)), shown);
        }
        assert_eq!(show_duration(Duration::from_millis(1500)), "1500ms");
        for (bytes, shown) in [
            (1 << 30, "1 GiB"),
            (1536, "1536 B"),
            (1 << 20, "1 MiB"),
            (0, "0 B"),
        ] {
            assert_eq!(show_bytes(bytes), shown);
        }
    }

    #[test]
    fn the_window_never_exceeds_the_age() {
        let settings = Settings {
            articles: Bounds {
                max_bytes: 1,
                max_age: Duration::from_mins(1),
            },
            ..Settings::default()
        };
        let spec = StreamSpec::flow(&settings, Channel::Articles, &settings.articles);
        assert_eq!(spec.duplicate_window, Duration::from_mins(1));
    }
}
