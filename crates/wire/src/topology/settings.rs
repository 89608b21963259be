//! The few settings that the topology is computed from.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Serialize, Serializer};

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const DAY: Duration = Duration::from_hours(24);

/// What an operator can choose. The defaults fit one laptop; a fleet sets `replicas` and the bounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// First token of all subjects, and in capitals the first part of all stream names. Default `slugline`.
    pub prefix: Prefix,
    /// Copies of each message, 1 to 5. Default 1. Higher survives the loss of servers (3: of one) and needs as
    /// many servers; lower is faster and loses what the one server loses.
    pub replicas: usize,
    /// Bounds of the articles. Default 1 GiB, 7 days.
    pub articles: Bounds,
    /// Bounds of the enriched records. Default 2 GiB, 7 days.
    pub enriched: Bounds,
    /// Bounds of the dead letters. Default 512 MiB, 30 days.
    pub dead: Bounds,
    /// Bounds of the payloads kept outside of messages. Default 1 GiB, 8 days. The age is the garbage collection:
    /// shorter than that of a stream, and old messages of that stream lose their payloads.
    pub payloads: Bounds,
    /// Bounds of the captured entity and figure events; they are not captured where `None` (default).
    pub tags: Option<Bounds>,
    /// How long the server recognises a message id. Default 1 hour, at most the stream's age. Longer recognises
    /// repeated publishes after a longer outage and costs server memory per message; shorter lets them through as
    /// repeated articles, which the sink still recognises.
    pub duplicate_window: Duration,
    /// How long a delivery may go without a sign of progress. Default 60 s. Longer delays redelivery after a
    /// worker died; shorter redelivers the work of workers that are merely slow to answer.
    pub ack_wait: Duration,
    /// How many deliveries all enrichers together may hold. Default 1024. Higher feeds a larger fleet (4 per
    /// core of it); lower bounds what is redelivered when it dies at once.
    pub enricher_max_ack_pending: u32,
    /// How many deliveries the sink may hold. Default 2048. Must exceed the sink's batch.
    pub sink_max_ack_pending: u32,
    /// The largest message in bytes, headers included. Default 1 MiB. Larger payloads go through the object
    /// store. Higher needs a server with a higher `max_payload`; lower moves more payloads out.
    pub max_message_bytes: u32,
}

/// How much a stream holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes. The server reserves them against its own limit. Larger rides out longer outages downstream; when a
    /// stream is full, what its consumers have settled is given up first, then publishers wait.
    pub max_bytes: u64,
    /// Age at which messages leave. Longer can be replayed for longer and needs more bytes.
    pub max_age: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        let bounds = |max_bytes, days| Bounds {
            max_bytes,
            max_age: DAY * days,
        };
        Self {
            prefix: Prefix::default(),
            replicas: 1,
            articles: bounds(GIB, 7),
            enriched: bounds(2 * GIB, 7),
            dead: bounds(512 * MIB, 30),
            payloads: bounds(GIB, 8),
            tags: None,
            duplicate_window: Duration::from_hours(1),
            ack_wait: Duration::from_mins(1),
            enricher_max_ack_pending: 1024,
            sink_max_ack_pending: 2048,
            max_message_bytes: MIB as u32,
        }
    }
}

/// The first token of all subjects: lower-case letters, digits and `-`; 1 to 32 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Prefix(String);

/// The text cannot be a prefix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a prefix: expected 1 to 32 lower-case letters, digits and `-`")]
pub struct InvalidPrefix(String);

impl Prefix {
    /// Returns the prefix as written in subjects.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name of the stream or bucket `suffix`, such as `SLUGLINE_ARTICLES`.
    pub(crate) fn name(&self, suffix: &str) -> String {
        // `-` and `_` cannot clash: a prefix has no `_`.
        format!("{}_{suffix}", self.0.to_uppercase().replace('-', "_"))
    }
}

impl Default for Prefix {
    fn default() -> Self {
        Self("slugline".to_owned())
    }
}

impl FromStr for Prefix {
    type Err = InvalidPrefix;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=32).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidPrefix(text.chars().take(64).collect()))
        }
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Prefix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_plain_token_is_a_prefix() {
        for text in ["slugline", "a", "news-2"] {
            assert_eq!(text.parse::<Prefix>().expect("a prefix").to_string(), text);
        }
        for text in ["", "a.b", "A", "a_b", "a*", "ü", "a b", &"a".repeat(33)] {
            assert!(text.parse::<Prefix>().is_err(), "{text}");
        }
    }
}
