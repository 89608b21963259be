//! Where an article is among the streams.

use jiff::Timestamp;
use serde::Serialize;

use super::connection::Connection;
use super::dead_letters::timestamp;
use super::error::Error;
use super::scan::{Part, Scan};
use crate::ArticleId;
use crate::topology::Channel;

/// One message about an article in one of the two main streams.
#[derive(Debug, Clone, Serialize)]
pub struct Found {
    /// The stream.
    pub stream: String,
    /// Its sequence there.
    pub sequence: u64,
    /// Its subject.
    pub subject: String,
    /// Its message id: for records it tells the revision.
    pub message_id: Option<String>,
    /// When it came.
    pub time: Timestamp,
    /// How far the stage that reads the stream is with it.
    pub progress: Progress,
}

/// How far a stage is with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Not delivered yet.
    Waiting,
    /// Delivered; settled or still being worked on.
    Delivered,
    /// Settled for good.
    Settled,
}

impl Connection {
    /// Returns every message about an article. Reads the headers of both streams from end to end.
    pub async fn find(&self, id: ArticleId) -> Result<Vec<Found>, Error> {
        let shared = self.shared();
        let id = id.to_string();
        let mut found = Vec::new();
        for channel in Channel::ALL {
            let spec = shared.consumer_spec(channel);
            let consumer = spec.read(&shared.context).await?;
            let (delivered, ack_floor) = consumer.map_or((0, 0), |info| {
                (info.delivered.stream_sequence, info.ack_floor.stream_sequence)
            });
            let mut scan =
                Scan::begin(shared, &spec.stream, spec.filter_subject.clone(), Part::Headers).await?;
            while let Some(message) = scan.next().await? {
                let header = |name: &str| {
                    message
                        .headers
                        .as_ref()?
                        .get(name)
                        .map(|value| value.as_str().to_owned())
                };
                let Ok(info) = message.info() else { continue };
                if header("ce-subject").as_deref() != Some(id.as_str()) {
                    continue;
                }
                found.push(Found {
                    stream: spec.stream.clone(),
                    sequence: info.stream_sequence,
                    subject: message.subject.to_string(),
                    message_id: header("Nats-Msg-Id"),
                    time: timestamp(info.published.unix_timestamp_nanos()),
                    progress: match info.stream_sequence {
                        sequence if sequence <= ack_floor => Progress::Settled,
                        sequence if sequence <= delivered => Progress::Delivered,
                        _ => Progress::Waiting,
                    },
                });
            }
        }
        Ok(found)
    }
}
