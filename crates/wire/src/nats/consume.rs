//! Consuming: a short queue that is kept filled in the background, and what is checked before a delivery is
//! handed out.

use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::AckKind;
use bytes::Bytes;
use futures::future::BoxFuture;
use serde::Deserialize;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::Error;
use super::acks::Acks;
use super::claim::{CLAIM_HEADER, ClaimError};
use super::connection::Shared;
use super::encode::is_sealed;
use super::pull::Pump;
use super::settle::{Delivery, Raw};
use crate::telemetry;
use crate::topology::{Drift, TopologyError};
use crate::transport::{MAX_ATTEMPTS, Message, RejectionReason, retry_delay};

/// Deliveries that wait to be taken. Bounded by the pull requests: never more than `prefetch` are asked for.
#[derive(Debug)]
pub(super) struct Queue {
    waiting: Mutex<VecDeque<Raw>>,
    /// Told when a delivery arrives.
    arrived: Notify,
    /// Told when a delivery is taken and at most half of the queue is left.
    pub(super) room: Notify,
    /// Half of what the queue is kept filled with.
    half: usize,
}

impl Queue {
    fn new(prefetch: usize) -> Self {
        Self {
            waiting: Mutex::default(),
            arrived: Notify::new(),
            room: Notify::new(),
            half: prefetch / 2,
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Raw>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    pub(super) fn push(&self, raw: Raw) {
        self.lock().push_back(raw);
        self.arrived.notify_one();
    }

    /// Returns what waits, without taking it.
    pub(super) fn snapshot(&self) -> Vec<Raw> {
        self.lock().iter().cloned().collect()
    }

    /// Takes everything.
    pub(super) fn drain(&self) -> Vec<Raw> {
        self.lock().drain(..).collect()
    }

    async fn pop(&self) -> Raw {
        loop {
            let (next, left) = {
                let mut waiting = self.lock();
                (waiting.pop_front(), waiting.len())
            };
            if let Some(raw) = next {
                if left <= self.half {
                    self.room.notify_one();
                }
                return raw;
            }
            self.arrived.notified().await;
        }
    }
}

pub(crate) struct Consumer<T> {
    shared: Arc<Shared>,
    queue: Arc<Queue>,
    acks: Acks,
    closed: CancellationToken,
    /// A delivery that needs the server before it can be handed out. Kept here so that `next` is cancel safe.
    examined: Option<BoxFuture<'static, Option<Delivery<T>>>>,
    message: PhantomData<fn() -> T>,
}

impl<T> fmt::Debug for Consumer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consumer")
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}

impl<T> Drop for Consumer<T> {
    fn drop(&mut self) {
        self.closed.cancel();
    }
}

impl<T: Message> Consumer<T> {
    pub(super) async fn open(shared: Arc<Shared>) -> Result<Self, Error> {
        let spec = shared.consumer_spec(T::CHANNEL);
        let object = format!("consumer {} on {}", spec.name, spec.stream);
        let found = spec
            .read(&shared.context)
            .await?
            .ok_or_else(|| TopologyError::Drifted(vec![Drift::Missing { object }]))?;
        let drifts = spec.drifts(&found.config);
        if !drifts.is_empty() {
            return Err(TopologyError::Drifted(drifts).into());
        }
        let queue = Arc::new(Queue::new(shared.prefetch(T::CHANNEL)));
        let closed = shared.closing.child_token();
        let pump = Pump::new(
            Arc::clone(&shared),
            Arc::clone(&queue),
            T::CHANNEL,
            closed.clone(),
        );
        shared.tasks.spawn(pump.run());
        Ok(Self {
            acks: Acks::start(&shared, T::CHANNEL),
            shared,
            queue,
            closed,
            examined: None,
            message: PhantomData,
        })
    }

    pub(crate) async fn next(&mut self) -> Option<Delivery<T>> {
        loop {
            if self.closed.is_cancelled() {
                return None;
            }
            if self.examined.is_none() {
                let raw = tokio::select! {
                    // Closed: what waits goes back to the server.
                    () = self.closed.cancelled() => return None,
                    raw = self.queue.pop() => raw,
                };
                match self.glance(raw) {
                    Ok(delivery) => return Some(delivery),
                    Err(examination) => self.examined = Some(examination),
                }
            }
            let Some(examination) = self.examined.as_mut() else {
                continue;
            };
            let delivery = tokio::select! {
                () = self.closed.cancelled() => return None,
                delivery = examination => delivery,
            };
            self.examined = None;
            if delivery.is_some() {
                return delivery;
            }
        }
    }

    pub(crate) fn close(&mut self) {
        self.closed.cancel();
    }

    /// Returns the delivery if it can be handed out at once, else what must be done first.
    fn glance(&self, raw: Raw) -> Result<Delivery<T>, BoxFuture<'static, Option<Delivery<T>>>> {
        let claimed = raw
            .headers
            .as_ref()
            .is_some_and(|headers| headers.get(CLAIM_HEADER).is_some());
        telemetry::received_bytes(T::CHANNEL, raw.payload.len());
        if raw.delivered > MAX_ATTEMPTS || claimed {
            return Err(Box::pin(examine(
                Arc::clone(&self.shared),
                self.acks.clone(),
                raw,
            )));
        }
        match decode::<T>(raw.headers.as_ref(), &raw.payload) {
            Ok(message) => Ok(Delivery {
                message: Arc::new(message),
                raw,
                channel: T::CHANNEL,
                acks: self.acks.clone(),
                shared: Arc::clone(&self.shared),
            }),
            Err((reason, detail)) => {
                let shared = Arc::clone(&self.shared);
                Err(Box::pin(async move {
                    give_up::<T>(&shared, &raw, reason, detail).await;
                    None
                }))
            }
        }
    }
}

/// Handles what cannot be handed out at once: a spent message, or one whose payload is in the object store.
async fn examine<T: Message>(shared: Arc<Shared>, acks: Acks, raw: Raw) -> Option<Delivery<T>> {
    if raw.delivered > MAX_ATTEMPTS {
        let detail = format!("delivered {} times and never settled", raw.delivered - 1);
        give_up::<T>(&shared, &raw, RejectionReason::AttemptsExhausted, detail).await;
        return None;
    }
    let failed = match shared.redeem(&raw.payload).await {
        Ok(payload) => match decode::<T>(raw.headers.as_ref(), &payload) {
            Ok(message) => {
                return Some(Delivery {
                    message: Arc::new(message),
                    raw,
                    channel: T::CHANNEL,
                    acks,
                    shared,
                });
            }
            Err(failed) => failed,
        },
        Err(ClaimError::Unreadable(error)) => (RejectionReason::Undecodable, error.to_string()),
        // A replica may lag behind, a server may be away: only the last attempt is final.
        Err(error) if raw.delivered < MAX_ATTEMPTS => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                sequence = raw.sequence,
                attempt = raw.delivered,
                "a payload is not available yet"
            );
            let kind = AckKind::Nak(Some(retry_delay(raw.delivered)));
            note(shared.answer(T::CHANNEL, &raw, kind).await);
            return None;
        }
        Err(error) => (RejectionReason::PayloadMissing, error.to_string()),
    };
    give_up::<T>(&shared, &raw, failed.0, failed.1).await;
    None
}

async fn give_up<T: Message>(shared: &Shared, raw: &Raw, reason: RejectionReason, detail: String) {
    note(shared.set_aside(T::CHANNEL, raw, reason, detail).await);
}

/// A failure here is harmless: the delivery comes back.
fn note(outcome: Result<(), Box<dyn std::error::Error + Send + Sync>>) {
    if let Err(error) = outcome {
        tracing::warn!(
            error = &*error as &dyn std::error::Error,
            "failed to settle a delivery, it will come back"
        );
    }
}

/// Reads a message, or says why it cannot be read.
fn decode<T: Message>(headers: Option<&HeaderMap>, payload: &Bytes) -> Result<T, (RejectionReason, String)> {
    #[derive(Deserialize)]
    struct Stated {
        schema: String,
    }
    let unsupported = |schema: &str| {
        let detail = format!("schema `{schema}`, expected `{}`", T::SCHEMA);
        (RejectionReason::UnsupportedSchema, detail)
    };
    let decoded = if T::IS_SEALED && is_sealed(headers, payload) {
        T::decode_sealed(payload.clone())
    } else {
        T::decode(payload.clone())
    };
    match decoded {
        Ok(message) if message.schema() == T::SCHEMA => Ok(message),
        Ok(message) => Err(unsupported(message.schema())),
        Err(error) => match serde_json::from_slice::<Stated>(payload) {
            Ok(stated) if stated.schema != T::SCHEMA => Err(unsupported(&stated.schema)),
            _ => Err((RejectionReason::Undecodable, error.to_string())),
        },
    }
}

/// Returns how often the server must hear of a delivery that waits here.
pub(super) fn progress_every(ack_wait: Duration) -> Duration {
    (ack_wait / 3).max(Duration::from_millis(50))
}

#[cfg(test)]
mod tests {
    use super::super::encode::SEAL_HEADER;
    use super::*;
    use crate::message::{Line, sample};

    fn line() -> Line {
        Line::of(&sample::record("Ten people")).expect("serialises")
    }

    #[test]
    fn only_what_is_as_it_was_sent_goes_unchecked() {
        let whole = line().json().clone();
        // Not a record any more, which only a check can tell.
        let text = String::from_utf8(whole.to_vec()).expect("UTF-8");
        let broken = Bytes::from(text.replace(r#","warnings":[]"#, ""));
        let decode = |seal: Option<&Bytes>, payload: &Bytes| {
            let mut headers = HeaderMap::new();
            if let Some(of) = seal {
                headers.insert(SEAL_HEADER, blake3::hash(of).to_hex().as_str());
            }
            decode::<Line>(Some(&headers), payload).map_err(|(reason, _)| reason)
        };
        for seal in [None, Some(&whole), Some(&broken)] {
            assert_eq!(decode(seal, &whole), Ok(line()));
        }
        for seal in [None, Some(&whole)] {
            assert_eq!(decode(seal, &broken), Err(RejectionReason::Undecodable));
        }
        assert_eq!(
            decode(Some(&broken), &broken).map(|line| line.id()),
            Ok(line().id())
        );
    }
}
