//! Small events that nobody acknowledges: core NATS, for whoever listens.

use std::sync::Arc;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::header::NATS_MESSAGE_ID;
use bytes::Bytes;

use super::connection::Shared;
use super::encode::value;
use crate::telemetry;

/// How long an event may wait for room in the connection's buffer before it is dropped.
const PATIENCE: Duration = Duration::from_millis(100);

/// Sends events under the prefix of the topology. Cheap to clone.
///
/// An event is lost when the connection is down or nobody listens; whoever must not miss any reads the streams.
#[derive(Clone)]
pub struct Events(Option<Arc<Shared>>);

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

    /// Sends an event to `<prefix>.<subject>` and returns whether it was handed to the connection.
    ///
    /// `subject` must be one or more valid tokens joined by dots; see
    /// [`subject_token`](crate::transport::subject_token). `id` is what a stream that captures the event recognises
    /// it by when it is sent again; it travels only where events are captured.
    pub async fn send(&self, subject: &str, id: impl FnOnce() -> String, payload: Bytes) -> bool {
        let Some(shared) = &self.0 else {
            return false;
        };
        let sent = shared.is_connected()
            && matches!(
                tokio::time::timeout(PATIENCE, publish(shared, subject, id, payload)).await,
                Ok(Ok(()))
            );
        if !sent {
            telemetry::event_discarded();
        }
        sent
    }
}

async fn publish(
    shared: &Shared,
    subject: &str,
    id: impl FnOnce() -> String,
    payload: Bytes,
) -> Result<(), async_nats::PublishError> {
    let subject = format!("{}.{subject}", shared.topology.prefix);
    if shared.config.topology.tags.is_none() {
        return shared.client.publish(subject, payload).await;
    }
    let mut headers = HeaderMap::new();
    headers.insert(NATS_MESSAGE_ID, value(&id()));
    shared
        .client
        .publish_with_headers(subject, headers, payload)
        .await
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}
