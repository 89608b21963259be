//! Small events that nobody acknowledges: core NATS, for whoever listens.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::connection::Shared;
use crate::telemetry;

/// How long an event may wait for room in the connection's buffer before it is dropped.
const PATIENCE: Duration = Duration::from_millis(100);

/// Sends events under the prefix of the topology. Cheap to clone.
///
/// An event is lost when the connection is down or nobody listens; whoever must not miss any reads the streams.
#[derive(Clone)]
pub struct Events(Arc<Shared>);

impl Events {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    /// Sends an event to `<prefix>.<subject>` and returns whether it was handed to the connection.
    ///
    /// `subject` must be one or more valid tokens joined by dots; see
    /// [`subject_token`](crate::transport::subject_token).
    pub async fn send(&self, subject: &str, payload: Bytes) -> bool {
        let shared = &self.0;
        let sent = if shared.is_connected() {
            let subject = format!("{}.{subject}", shared.topology.prefix);
            let publish = shared.client.publish(subject, payload);
            matches!(tokio::time::timeout(PATIENCE, publish).await, Ok(Ok(())))
        } else {
            false
        };
        if !sent {
            telemetry::event_discarded();
        }
        sent
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}
