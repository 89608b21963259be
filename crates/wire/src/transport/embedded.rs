//! The carrier inside one process: a bounded queue whose receipts resolve on settlement downstream.
//!
//! ```text
//!             capacity permits
//! publish ──▶ [ queue ] ──▶ next ──▶ Delivery ──▶ settle ──▶ Receipt
//!                ▲                      │ dropped, or Retry after a delay
//!                └──────────────────────┘
//! ```
//!
//! A message holds its permit from `publish` until it is finally settled, so the queue never needs more room than
//! it has and a redelivery never blocks.

use std::sync::Arc;

use futures::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio_util::time::DelayQueue;

use super::{
    MAX_ATTEMPTS, Message, PublishError, ReceiptError, Receipted, Rejection, RejectionReason, Settlement,
};
use crate::telemetry;
use crate::trace::Origin;

/// Returns the two ends of an embedded carrier that holds at most `capacity` unsettled messages (1 or more).
///
/// `stage` names the consuming stage in rejections. A larger capacity hides slow moments downstream and costs
/// memory: up to `capacity` whole articles; a smaller one lets stages wait for each other.
pub fn channel<T: Message>(
    stage: &'static str,
    capacity: usize,
) -> (super::Publisher<T>, super::Consumer<T>) {
    let capacity = capacity.max(1);
    let (queue, receiver) = mpsc::channel(capacity);
    let publisher = Publisher {
        queue,
        room: Arc::new(Semaphore::new(capacity)),
        stage,
    };
    let consumer = Consumer {
        receiver,
        delayed: DelayQueue::new(),
        closed: false,
    };
    (
        super::Publisher(super::PublisherCarrier::Embedded(publisher)),
        super::Consumer::new(super::ConsumerCarrier::Embedded(consumer)),
    )
}

/// A message on its way, with everything needed to send it round again.
#[derive(Debug)]
struct Envelope<T> {
    message: Arc<T>,
    origin: Origin,
    attempt: u32,
    /// How long it must wait before it is delivered.
    delay: Option<std::time::Duration>,
    stage: &'static str,
    receipt: oneshot::Sender<Result<Receipted, Rejection>>,
    /// The way back into the queue. While any envelope lives the queue stays open, so the consumer ends only when
    /// the last publisher is gone *and* everything is settled.
    queue: mpsc::Sender<Envelope<T>>,
    _permit: OwnedSemaphorePermit,
}

#[derive(Debug)]
pub(super) struct Publisher<T> {
    queue: mpsc::Sender<Envelope<T>>,
    room: Arc<Semaphore>,
    stage: &'static str,
}

impl<T> Clone for Publisher<T> {
    fn clone(&self) -> Self {
        Self {
            queue: self.queue.clone(),
            room: Arc::clone(&self.room),
            stage: self.stage,
        }
    }
}

impl<T: Message> Publisher<T> {
    pub(super) async fn publish(&self, message: Arc<T>, origin: &Origin) -> Result<Receipt, PublishError> {
        let permit = tokio::select! {
            // The consumer went away while we waited for room.
            () = self.queue.closed() => return Err(PublishError::Closed),
            permit = Arc::clone(&self.room).acquire_owned() => permit.map_err(|_| PublishError::Closed)?,
        };
        let (receipt, resolved) = oneshot::channel();
        let envelope = Envelope {
            message,
            origin: origin.clone(),
            attempt: 1,
            delay: None,
            stage: self.stage,
            receipt,
            queue: self.queue.clone(),
            _permit: permit,
        };
        self.queue.try_send(envelope).map_err(|_| PublishError::Closed)?;
        Ok(Receipt(resolved))
    }
}

#[derive(Debug)]
pub(super) struct Receipt(oneshot::Receiver<Result<Receipted, Rejection>>);

impl Receipt {
    pub(super) async fn wait(self) -> Result<Receipted, ReceiptError> {
        match self.0.await {
            Ok(outcome) => outcome.map_err(ReceiptError::Rejected),
            Err(_) => Err(ReceiptError::Closed),
        }
    }
}

#[derive(Debug)]
pub(super) struct Consumer<T> {
    receiver: mpsc::Receiver<Envelope<T>>,
    delayed: DelayQueue<Envelope<T>>,
    closed: bool,
}

impl<T: Message> Consumer<T> {
    pub(super) async fn next(&mut self) -> Option<Delivery<T>> {
        while !self.closed {
            tokio::select! {
                // A retry whose delay is over.
                Some(expired) = self.delayed.next(), if !self.delayed.is_empty() => {
                    return Some(Delivery(Some(expired.into_inner())));
                }
                // A new message, or one that came back.
                received = self.receiver.recv() => match received {
                    Some(mut envelope) => match envelope.delay.take() {
                        Some(delay) => { self.delayed.insert(envelope, delay); }
                        None => return Some(Delivery(Some(envelope))),
                    },
                    None => return None,
                },
            }
        }
        None
    }

    pub(super) fn close(&mut self) {
        self.closed = true;
        self.receiver.close();
        // What was not taken yet goes back to the publisher as "closed".
        self.delayed.clear();
        while self.receiver.try_recv().is_ok() {}
    }
}

#[derive(Debug)]
pub(super) struct Delivery<T>(Option<Envelope<T>>);

const SETTLED: &str = "an envelope is taken only by `settle`, which consumes the delivery";

impl<T> Delivery<T> {
    pub(super) fn message(&self) -> &Arc<T> {
        &self.0.as_ref().expect(SETTLED).message
    }

    pub(super) fn origin(&self) -> Origin {
        self.0.as_ref().expect(SETTLED).origin.clone()
    }

    pub(super) fn attempt(&self) -> u32 {
        self.0.as_ref().expect(SETTLED).attempt
    }

    pub(super) fn settle(mut self, settlement: Settlement) {
        let envelope = self.0.take().expect(SETTLED);
        match settlement {
            Settlement::Done => envelope.resolve(Ok(Receipted::default())),
            Settlement::Retry { after, error } => envelope.send_round_again(Some(after), error),
            Settlement::Reject { reason, detail } => envelope.reject(reason, detail),
        }
    }
}

impl<T> Drop for Delivery<T> {
    fn drop(&mut self) {
        if let Some(envelope) = self.0.take() {
            envelope.send_round_again(None, "the delivery was dropped unsettled".to_owned());
        }
    }
}

impl<T> Envelope<T> {
    fn send_round_again(mut self, delay: Option<std::time::Duration>, error: String) {
        if self.attempt >= MAX_ATTEMPTS {
            return self.reject(RejectionReason::AttemptsExhausted, error);
        }
        self.attempt += 1;
        self.delay = delay;
        let queue = self.queue.clone();
        // Room is certain (the permit is held). If the consumer is gone, dropping the envelope closes its receipt.
        if queue.try_send(self).is_err() {
            tracing::debug!("a delivery came back after its consumer closed");
        }
    }

    fn reject(self, reason: RejectionReason, detail: String) {
        telemetry::dead_letter(self.stage, reason);
        let rejection = Rejection {
            stage: self.stage.to_owned(),
            reason,
            detail,
        };
        self.resolve(Err(rejection));
    }

    fn resolve(self, outcome: Result<Receipted, Rejection>) {
        // The publisher may have stopped waiting; then nobody needs the outcome.
        if self.receipt.send(outcome).is_err() {
            tracing::debug!("a receipt was settled after its publisher stopped waiting");
        }
    }
}
