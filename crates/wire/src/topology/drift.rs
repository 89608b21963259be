//! How the server's streams and consumers differ from the topology.

use std::fmt;

use async_nats::jetstream::consumer::{self, FromConsumer, pull};
use async_nats::jetstream::stream;
use serde::Serialize;

use super::spec::{ConsumerSpec, Fields, StreamSpec, consumer_fields, stream_fields};

/// One difference between the topology and the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "drift", rename_all = "snake_case")]
pub enum Drift {
    /// The stream or consumer is not there.
    Missing {
        /// `stream NAME` or `consumer NAME on STREAM`.
        object: String,
    },
    /// One of its settings differs.
    Field {
        /// `stream NAME` or `consumer NAME on STREAM`.
        object: String,
        /// Name of the setting.
        field: &'static str,
        /// What the topology says.
        expected: String,
        /// What the server has.
        found: String,
    },
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { object } => write!(f, "{object}: missing"),
            Self::Field {
                object,
                field,
                expected,
                found,
            } => write!(f, "{object}: {field} is `{found}`, expected `{expected}`"),
        }
    }
}

impl StreamSpec {
    pub(super) fn object(&self) -> String {
        format!("stream {}", self.name)
    }

    pub(super) fn drifts(&self, found: &stream::Config) -> Vec<Drift> {
        compare(&self.object(), self.fields(), stream_fields(found))
    }
}

impl ConsumerSpec {
    pub(super) fn object(&self) -> String {
        format!("consumer {} on {}", self.name, self.stream)
    }

    pub(crate) fn drifts(&self, found: &consumer::Config) -> Vec<Drift> {
        match pull::Config::try_from_consumer_config(found.clone()) {
            Ok(found) => compare(&self.object(), self.fields(), consumer_fields(&found)),
            Err(_) => vec![Drift::Field {
                object: self.object(),
                field: "mode",
                expected: "pull".to_owned(),
                found: "push".to_owned(),
            }],
        }
    }
}

fn compare(object: &str, expected: Fields, found: Fields) -> Vec<Drift> {
    expected
        .into_iter()
        .zip(found)
        .filter(|((_, expected), (_, found))| expected != found)
        .map(|((field, expected), (_, found))| Drift::Field {
            object: object.to_owned(),
            field,
            expected,
            found,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Settings, Topology};
    use super::*;

    #[test]
    fn every_changed_field_is_named() {
        let topology = Topology::new(&Settings::default());
        let spec = &topology.streams[0];
        assert_eq!(spec.drifts(&spec.to_config()), []);
        let changed = stream::Config {
            discard: stream::DiscardPolicy::Old,
            max_bytes: -1,
            ..spec.to_config()
        };
        let drifts: Vec<String> = spec.drifts(&changed).iter().map(ToString::to_string).collect();
        assert_eq!(
            drifts,
            [
                "stream SLUGLINE_ARTICLES: discard is `old`, expected `new`",
                "stream SLUGLINE_ARTICLES: max_bytes is `unlimited`, expected `1 GiB`",
            ]
        );
    }
}
