//! Acknowledging deliveries together: one confirmed answer stands for those before it.
//!
//! ```text
//! settle ─▶ [queue] ─▶ +ACK +ACK … +ACK?  ──▶ server
//!   ▲                            reply │
//!   └── all of them are noted ─────────┘
//! ```
//!
//! A connection keeps its order and a consumer takes its acknowledgements in that order. So when the server has
//! answered the last of a group, it has noted the others, if all went over one connection. Where that is not certain
//! each is confirmed by itself. (If a stream changes its leader in the middle of a group, the new one may not know of
//! the first of them: they come back, like any delivery whose settlement was lost, and are recognised.)

use std::sync::Arc;
use std::time::Duration;

use async_nats::client;
use async_nats::jetstream::AckKind;
use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::connection::Shared;
use super::gather::Gather;
use super::said::Said;
use super::settle::{BoxError, Raw, UnsettledError};
use crate::topology::Channel;

/// Most deliveries of a group, and how many may wait for the next.
const GROUP: usize = 256;
/// Under load, how long a group waits for more; no line waits for it.
const LINGER: Duration = Duration::from_millis(15);

/// The way to acknowledge deliveries of one consumer. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Acks(mpsc::Sender<Ack>);

#[derive(Debug)]
struct Ack {
    raw: Raw,
    noted: oneshot::Sender<Result<(), BoxError>>,
}

impl Acks {
    /// Starts what sends the groups; it ends with the last clone, or when the connection closes.
    pub(super) fn start(shared: &Arc<Shared>, channel: Channel) -> Self {
        let (sender, waiting) = Gather::new(GROUP, LINGER);
        shared.tasks.spawn(run(Arc::clone(shared), channel, waiting));
        Self(sender)
    }

    /// Acknowledges a delivery and waits until the server has noted it.
    pub(super) async fn send(&self, raw: Raw) -> Result<(), BoxError> {
        let (noted, outcome) = oneshot::channel();
        let closed = || UnsettledError::Closed;
        self.0.send(Ack { raw, noted }).await.map_err(|_| closed())?;
        outcome.await.map_err(|_| closed())?
    }
}

async fn run(shared: Arc<Shared>, channel: Channel, mut waiting: Gather<Ack>) {
    loop {
        let group = tokio::select! {
            // Shutting down: what is not noted yet comes back.
            () = shared.closing.cancelled() => return,
            group = waiting.next() => group,
        };
        if group.is_empty() {
            return;
        }
        if let Err(error) = confirm(&shared, &group).await {
            tracing::debug!(error = &error as &dyn std::error::Error, %channel, "a group of settlements is repeated one by one");
            for ack in group {
                let shared = Arc::clone(&shared);
                let tasks = shared.tasks.clone();
                tasks.spawn(async move {
                    let outcome = shared.answer(channel, &ack.raw, AckKind::Ack).await;
                    tell(ack.noted, outcome);
                });
            }
        } else {
            for ack in group {
                tell(ack.noted, Ok(()));
            }
        }
    }
}

/// Sends all acknowledgements of a group and returns when the server has answered the last.
async fn confirm(shared: &Shared, group: &[Ack]) -> Result<(), UnsettledError> {
    let Some((last, others)) = group.split_last() else {
        return Ok(());
    };
    let ack = Bytes::from(AckKind::Ack);
    let reconnected = shared.next_connection();
    let sent = async {
        for other in others {
            let reply = other.raw.reply.clone();
            shared.client.publish(reply, ack.clone()).await.map_err(Said)?;
        }
        let request = client::Request::new()
            .payload(ack.clone())
            .timeout(Some(shared.config.request_timeout));
        shared
            .client
            .send_request(last.raw.reply.clone(), request)
            .await
            .map_err(Said)?;
        Ok(())
    };
    tokio::select! {
        biased;
        // What was sent before may not have arrived, though what comes after does.
        () = reconnected => Err(UnsettledError::Reconnected),
        outcome = sent => outcome,
    }
}

fn tell(noted: oneshot::Sender<Result<(), BoxError>>, outcome: Result<(), BoxError>) {
    if noted.send(outcome).is_err() {
        tracing::debug!("a settlement was noted after nobody waited for it");
    }
}
