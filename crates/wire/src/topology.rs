//! Every stream, subject, consumer and bucket on NATS, with every bound, as data.
//!
//! [`Topology::new`] computes the whole from a few [`Settings`]; [`apply`](Topology::apply) creates what is
//! missing, [`verify`](Topology::verify) compares, and `Display` and `Serialize` print it. Nothing else in Slugline
//! names a stream or a subject.
//!
//! | stream | subjects | why so |
//! |---|---|---|
//! | `<P>_ARTICLES` | `<p>.article.>` | limits, not work queue: a work queue forgets message ids on restart, and a limits stream can be replayed; discard new: a full broker pushes back into the folder and evicts nothing |
//! | `<P>_ENRICHED` | `<p>.enriched.>` | the same |
//! | `<P>_DEAD` | `<p>.dead.>` | what was given up, until somebody looks |
//! | `<P>_TAGS` (optional) | `<p>.entity.>` `<p>.figure.>` | discard old: its messages are sent without acknowledgement |
//! | `OBJ_<P>_PAYLOADS` | `$O.<P>_PAYLOADS.…` | an object store for payloads over the limit of one message |
//!
//! Consumers are durable pull consumers with explicit acknowledgement. They have no server-side `backoff` (it
//! would override `ack_wait`), and no `max_deliver`: the server leaves a message that reached it in the stream for
//! ever, out of everybody's reach, whereas the [carrier](crate::nats) itself moves a message to the dead letters
//! at its attempt number [`MAX_ATTEMPTS`](crate::transport::MAX_ATTEMPTS) + 1.

mod apply;
mod drift;
mod settings;
mod spec;

pub use apply::{Applied, TopologyError};
pub use drift::Drift;
pub use settings::{Bounds, InvalidPrefix, Prefix, Rerun, Settings};
pub use spec::{ConsumerSpec, Discard, StreamSpec};

use std::fmt;

use serde::Serialize;

/// The two ways that messages flow: from the watcher to the enrichers, and on to the sink.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Watcher to enrichers.
    Articles,
    /// Enrichers to sink and subscribers.
    Enriched,
}

impl Channel {
    /// Both, in the order of the flow.
    pub const ALL: [Self; 2] = [Self::Articles, Self::Enriched];

    /// Returns the stage that consumes it; also the name of its durable consumer.
    pub fn stage(self) -> &'static str {
        match self {
            Self::Articles => "enricher",
            Self::Enriched => "sink",
        }
    }

    /// Returns the name used in metrics, logs and CloudEvents types.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Articles => "article",
            Self::Enriched => "enriched",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// All streams and consumers, in the order in which they are created.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Topology {
    /// First token of all subjects; in capitals, first part of all stream names.
    pub prefix: Prefix,
    /// The streams, the one of the object store included.
    pub streams: Vec<StreamSpec>,
    /// The durable consumers.
    pub consumers: Vec<ConsumerSpec>,
}

impl Topology {
    /// Computes the topology.
    pub fn new(settings: &Settings) -> Self {
        let prefix = &settings.prefix;
        let mut streams = vec![
            StreamSpec::flow(settings, Channel::Articles, &settings.articles),
            StreamSpec::flow(settings, Channel::Enriched, &settings.enriched),
            StreamSpec::dead(settings),
        ];
        if let Some(bounds) = &settings.tags {
            streams.push(StreamSpec::tags(settings, bounds));
        }
        streams.push(StreamSpec::payloads(settings));
        let consumers = Channel::ALL
            .into_iter()
            .map(|channel| ConsumerSpec::of(settings, channel))
            .collect();
        Self {
            prefix: prefix.clone(),
            streams,
            consumers,
        }
    }

    /// Returns the stream behind the object-store bucket for oversize payloads.
    pub fn payloads(&self) -> Option<&StreamSpec> {
        self.streams.iter().find(|stream| stream.name.starts_with("OBJ_"))
    }

    /// Returns the name of the object-store bucket for oversize payloads.
    pub fn bucket(&self) -> String {
        self.prefix.name("PAYLOADS")
    }

    /// Returns the spec of the stream with this name.
    pub fn stream(&self, name: &str) -> Option<&StreamSpec> {
        self.streams.iter().find(|stream| stream.name == name)
    }

    /// Returns the spec of the consumer of a channel.
    pub fn consumer(&self, channel: Channel) -> Option<&ConsumerSpec> {
        self.consumers.iter().find(|consumer| consumer.channel == channel)
    }
}

impl fmt::Display for Topology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for stream in &self.streams {
            writeln!(f, "stream {}", stream.name)?;
            for (field, value) in stream.fields() {
                writeln!(f, "    {field:<20} {value}")?;
            }
        }
        for consumer in &self.consumers {
            writeln!(f, "consumer {} on {}", consumer.name, consumer.stream)?;
            for (field, value) in consumer.fields() {
                writeln!(f, "    {field:<20} {value}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn names_and_subjects_follow_the_prefix() {
        let settings = Settings {
            prefix: "news-desk".parse().expect("a prefix"),
            tags: Some(Bounds {
                max_bytes: 1 << 20,
                max_age: Duration::from_hours(1),
            }),
            ..Settings::default()
        };
        let topology = Topology::new(&settings);
        let streams: Vec<(&str, &str)> = topology
            .streams
            .iter()
            .map(|stream| (stream.name.as_str(), stream.subjects[0].as_str()))
            .collect();
        assert_eq!(
            streams,
            [
                ("NEWS_DESK_ARTICLES", "news-desk.article.>"),
                ("NEWS_DESK_ENRICHED", "news-desk.enriched.>"),
                ("NEWS_DESK_DEAD", "news-desk.dead.>"),
                ("NEWS_DESK_TAGS", "news-desk.entity.>"),
                ("OBJ_NEWS_DESK_PAYLOADS", "$O.NEWS_DESK_PAYLOADS.C.>"),
            ]
        );
    }

    #[test]
    fn the_default_is_printed_with_every_bound() {
        let shown = Topology::new(&Settings::default()).to_string();
        for line in [
            "stream SLUGLINE_ARTICLES",
            "    subjects             slugline.article.>",
            "    discard              new",
            "    max_age              7d",
            "    max_bytes            1 GiB",
            "    duplicate_window     1h",
            "consumer sink on SLUGLINE_ENRICHED",
            "    ack_wait             60s",
            "    max_deliver          unlimited",
        ] {
            assert!(
                shown.lines().any(|shown| shown == line),
                "no `{line}` in\n{shown}"
            );
        }
        let json = serde_json::to_value(Topology::new(&Settings::default())).expect("serialises");
        assert_eq!(json["streams"][0]["max_age"], "7d");
    }
}
