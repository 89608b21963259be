//! Small events that nobody acknowledges: core NATS, for whoever listens.
//!
//! The events of one article are gathered in one buffer and go to the connection one right after the other, so that
//! they share its writes and cost no allocation each.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_nats::header::NATS_MESSAGE_ID;
use async_nats::{HeaderMap, Subject};
use bytes::Bytes;

use super::connection::Shared;
use super::encode::value;
use crate::telemetry;

/// How long the events of an article may wait for room in the connection's buffer before they are dropped.
const PATIENCE: Duration = Duration::from_millis(100);

/// Sends events under the prefix of the topology. Cheap to clone.
///
/// An event is lost when the connection is down or nobody listens; whoever must not miss any reads the streams.
#[derive(Clone)]
pub struct Events(Option<Arc<Shared>>);

/// Events that are sent together, encoded.
#[derive(Debug, Default)]
pub struct EventBatch {
    prefix: String,
    captured: bool,
    bytes: Vec<u8>,
    parts: Vec<Part>,
}

/// Where one event lies in the buffer.
#[derive(Debug)]
struct Part {
    subject: Range<usize>,
    payload: Range<usize>,
    /// What a stream that captures the event recognises it by.
    id: Option<String>,
}

impl EventBatch {
    /// Makes room for as many events more, of as many bytes in all.
    pub fn reserve(&mut self, events: usize, bytes: usize) {
        // Besides the payload a subject of usual length.
        self.bytes.reserve(bytes + events * (self.prefix.len() + 48));
        self.parts.reserve(events);
    }

    /// Adds an event to `<prefix>.<subject>`; nothing where `payload` fails.
    ///
    /// `subject` must be one or more valid tokens joined by dots; see
    /// [`subject_token`](crate::transport::subject_token). `id` is what a stream that captures the event recognises
    /// it by when it is sent again; it travels only where events are captured.
    pub fn push<E>(
        &mut self,
        subject: &str,
        id: impl FnOnce() -> String,
        payload: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(self.prefix.as_bytes());
        self.bytes.push(b'.');
        self.bytes.extend_from_slice(subject.as_bytes());
        let middle = self.bytes.len();
        if let Err(error) = payload(&mut self.bytes) {
            self.bytes.truncate(start);
            return Err(error);
        }
        self.parts.push(Part {
            subject: start..middle,
            payload: middle..self.bytes.len(),
            id: self.captured.then(id),
        });
        Ok(())
    }

    /// Returns how many events there are.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Returns subject and payload of each event, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let events = self.parts.iter();
        events.map(|part| {
            (
                &self.bytes[part.subject.clone()],
                &self.bytes[part.payload.clone()],
            )
        })
    }
}

impl Events {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self(Some(shared))
    }

    /// Returns the form that sends nothing anywhere: there is no broker.
    pub fn none() -> Self {
        Self(None)
    }

    /// Returns whether there is nowhere to send events to.
    pub fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Returns an empty batch for these events.
    pub fn batch(&self) -> EventBatch {
        let topology = self.0.as_ref().map(|shared| &shared.topology);
        EventBatch {
            prefix: topology
                .map(|topology| topology.prefix.to_string())
                .unwrap_or_default(),
            captured: self
                .0
                .as_ref()
                .is_some_and(|shared| shared.config.topology.tags.is_some()),
            bytes: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// Sends events in order and returns how many were handed to the connection. The first that it does not take
    /// ends it: the next would wait as long in vain.
    pub async fn send(&self, batch: EventBatch) -> usize {
        let Some(shared) = &self.0 else { return 0 };
        let mut sent = 0;
        if shared.is_connected() {
            let all = send_all(shared, &batch.parts, batch.bytes.into(), &mut sent);
            if let Ok(Err(error)) = tokio::time::timeout(PATIENCE, all).await {
                tracing::debug!(%error, "an event was not taken");
            }
        }
        if sent < batch.parts.len() {
            telemetry::events_discarded(batch.parts.len() - sent);
        }
        sent
    }
}

async fn send_all(
    shared: &Shared,
    parts: &[Part],
    bytes: Bytes,
    sent: &mut usize,
) -> Result<(), async_nats::Error> {
    for part in parts {
        let subject = Subject::from_utf8(bytes.slice(part.subject.clone()))?;
        let payload = bytes.slice(part.payload.clone());
        match &part.id {
            None => shared.client.publish(subject, payload).await?,
            Some(id) => {
                let mut headers = HeaderMap::new();
                headers.insert(NATS_MESSAGE_ID, value(id));
                shared
                    .client
                    .publish_with_headers(subject, headers, payload)
                    .await?;
            }
        }
        *sent += 1;
    }
    Ok(())
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}
