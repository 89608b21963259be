//! How messages are carried between stages: the rules that both carriers obey.
//!
//! | | embedded | NATS JetStream |
//! |---|---|---|
//! | [`Publisher::publish`] waits | while the queue is full | while too many publishes await their acknowledgement |
//! | [`Receipt`] resolves when | the delivery was settled downstream | the server has acknowledged the publish |
//! | [`Settlement::Retry`] | queued again after the delay | negative acknowledgement with the delay |
//! | [`Settlement::Reject`] | the publisher's receipt fails | dead letter acknowledged, then terminated |
//! | a dropped [`Delivery`] | queued again at once | redelivered after `ack_wait` |
//! | after [`MAX_ATTEMPTS`] | rejected | dead letter without being run again |
//! | the same message published twice | two deliveries | one delivery; the second receipt says `duplicate` |
//! | order | as published; what comes back comes later | the same, and a publish that must be repeated comes later |
//! | a message over the broker's limit | carried as it is | carried through the object store |
//! | the consumer ends | when all publishers are gone and all is settled, or closed | when closed |
//!
//! One rule makes both at-least-once: **a stage settles a delivery only after its own effect is durable**, that
//! is after the [`Receipt`] of what it published, or after its file is synced. In the embedded carrier the
//! receipts chain back to the file in the watched folder, which is therefore the only durable source needed.

pub mod embedded;
mod message;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::nats;
use crate::telemetry;
use crate::trace::Step;

pub use message::{Message, push_subject_token, subject_token};

/// How often a delivery is tried before it is rejected as [`RejectionReason::AttemptsExhausted`].
///
/// Higher wastes work on poison; lower gives up on articles that a longer outage would have let through.
pub const MAX_ATTEMPTS: u32 = 5;

/// Why a delivery was, or must be, given up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rejected by the {stage}: {reason}: {detail}")]
pub struct Rejection {
    /// The stage that gave up: `enricher`, `sink`.
    pub stage: String,
    /// The kind of reason; a token of the dead-letter subject.
    pub reason: RejectionReason,
    /// What happened, for people.
    pub detail: String,
}

/// The kinds of reasons to give up a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RejectionReason {
    /// The payload is not a message of the expected type.
    Undecodable,
    /// The message states a schema that this build does not know.
    UnsupportedSchema,
    /// The payload kept outside the message (claim check) is gone or differs from its digest.
    PayloadMissing,
    /// The engine panicked on this article.
    EnginePanic,
    /// The article took down the process that analysed it.
    EngineCrash,
    /// Every attempt failed; the detail tells the last error.
    AttemptsExhausted,
    /// The message is larger than the carrier can take.
    TooLarge,
}

impl RejectionReason {
    /// Returns the token used in subjects, metrics and error files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Undecodable => "undecodable",
            Self::UnsupportedSchema => "unsupported_schema",
            Self::PayloadMissing => "payload_missing",
            Self::EnginePanic => "engine_panic",
            Self::EngineCrash => "engine_crash",
            Self::AttemptsExhausted => "attempts_exhausted",
            Self::TooLarge => "too_large",
        }
    }
}

impl fmt::Display for RejectionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What became of a delivery. The only way back to the carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// Its effect is durable.
    Done,
    /// A transient error: try again after the delay.
    Retry {
        /// How long to wait first; see [`retry_delay`].
        after: Duration,
        /// What failed; told in the rejection if this was the last attempt.
        error: String,
    },
    /// A permanent error: set it aside.
    Reject {
        /// The kind of reason.
        reason: RejectionReason,
        /// What happened, for people.
        detail: String,
    },
}

/// Returns how long to wait before attempt `attempt + 1`: 1 s doubled per attempt, at most 5 min, with up to a
/// quarter of random jitter on top so that a fleet does not retry in step.
pub fn retry_delay(attempt: u32) -> Duration {
    const CEILING: Duration = Duration::from_mins(5);
    let base = Duration::from_secs(1u64 << attempt.saturating_sub(1).min(16)).min(CEILING);
    base + base.mul_f64(fastrand::f64() * 0.25)
}

/// Why a message could not be handed to the carrier. Always safe to publish again.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The other end is gone: the process is shutting down.
    #[error("the carrier is closed")]
    Closed,
    /// The message cannot be carried at any time.
    #[error("message of {bytes} bytes is over the limit of {limit}")]
    TooLarge {
        /// Size of the encoded message.
        bytes: u64,
        /// The limit it exceeds.
        limit: u64,
    },
    /// The carrier failed; it may work later.
    #[error("failed to publish to `{subject}`")]
    Carrier {
        /// Where the message was to go.
        subject: String,
        /// What the carrier said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl PublishError {
    /// Returns whether publishing the same message later may succeed.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Carrier { .. })
    }
}

/// Why a receipt did not come. The message may or may not have been taken.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// A stage downstream gave the message up for good (embedded carrier only).
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The other end is gone: the process is shutting down.
    #[error("the carrier closed before it gave a receipt")]
    Closed,
    /// The carrier failed or did not answer in time: publish the same message again.
    #[error("no acknowledgement from `{subject}`")]
    Carrier {
        /// Where the message went.
        subject: String,
        /// What the carrier said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Proof that the carrier has taken responsibility for a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Receipted {
    /// The carrier already had it: this publish changed nothing.
    pub duplicate: bool,
}

/// Resolves when the carrier has taken responsibility for a published message.
///
/// Dropping a receipt does not take the message back.
#[must_use = "a message is safe only once its receipt has resolved"]
#[derive(Debug)]
pub struct Receipt {
    carrier: ReceiptCarrier,
    step: Step,
}

#[derive(Debug)]
enum ReceiptCarrier {
    Embedded(embedded::Receipt),
    Nats(nats::Receipt),
}

impl Receipt {
    /// Waits until the carrier has taken responsibility.
    pub async fn wait(mut self) -> Result<Receipted, ReceiptError> {
        let outcome = match self.carrier {
            ReceiptCarrier::Embedded(receipt) => receipt.wait().await,
            ReceiptCarrier::Nats(receipt) => receipt.wait().await,
        };
        if let Err(error) = &outcome {
            self.step.note_error(error);
        }
        outcome
    }
}

/// The end of a carrier that messages go into. Cheap to clone.
///
/// Dropping the last clone of an embedded publisher ends its consumer once everything in flight is settled.
#[derive(Debug)]
pub struct Publisher<T>(PublisherCarrier<T>);

#[derive(Debug)]
enum PublisherCarrier<T> {
    Embedded(embedded::Publisher<T>),
    Nats(nats::Publisher<T>),
}

impl<T> Clone for Publisher<T> {
    fn clone(&self) -> Self {
        Self(match &self.0 {
            PublisherCarrier::Embedded(publisher) => PublisherCarrier::Embedded(publisher.clone()),
            PublisherCarrier::Nats(publisher) => PublisherCarrier::Nats(publisher.clone()),
        })
    }
}

impl<T: Message> Publisher<T> {
    pub(crate) fn nats(publisher: nats::Publisher<T>) -> Self {
        Self(PublisherCarrier::Nats(publisher))
    }

    /// Hands a message to the carrier, waiting while the carrier is full (backpressure).
    ///
    /// The message is safe only once the returned receipt has resolved. Cancel safe: if the future is dropped,
    /// the message was not published, or is published and will be recognised as a duplicate.
    pub async fn publish(&self, message: Arc<T>) -> Result<Receipt, PublishError> {
        let step = Step::publish(&*message, None);
        self.send(message, step).await
    }

    /// As [`publish`](Self::publish), for a message that was made from a delivery: it continues its
    /// [trace](crate::trace).
    pub async fn publish_from<U>(
        &self,
        cause: &Delivery<U>,
        message: Arc<T>,
    ) -> Result<Receipt, PublishError> {
        let step = Step::publish(&*message, Some(&cause.step));
        self.send(message, step).await
    }

    async fn send(&self, message: Arc<T>, mut step: Step) -> Result<Receipt, PublishError> {
        let origin = step.origin();
        let carrier = match &self.0 {
            PublisherCarrier::Embedded(publisher) => publisher
                .publish(message, origin)
                .await
                .map(ReceiptCarrier::Embedded),
            PublisherCarrier::Nats(publisher) => {
                publisher.publish(message, origin).await.map(ReceiptCarrier::Nats)
            }
        };
        match carrier {
            Ok(carrier) => {
                telemetry::sent(T::CHANNEL);
                Ok(Receipt { carrier, step })
            }
            Err(error) => {
                step.note_error(&error);
                Err(error)
            }
        }
    }
}

/// The end of a carrier that messages come out of.
#[derive(Debug)]
pub struct Consumer<T> {
    carrier: ConsumerCarrier<T>,
    closing: CancellationToken,
}

#[derive(Debug)]
enum ConsumerCarrier<T> {
    Embedded(embedded::Consumer<T>),
    Nats(nats::Consumer<T>),
}

impl<T: Message> Consumer<T> {
    fn new(carrier: ConsumerCarrier<T>) -> Self {
        Self {
            carrier,
            closing: CancellationToken::new(),
        }
    }

    pub(crate) fn nats(consumer: nats::Consumer<T>) -> Self {
        Self::new(ConsumerCarrier::Nats(consumer))
    }

    /// Returns the next delivery, or `None` once the consumer has ended.
    ///
    /// An embedded consumer ends when every publisher is dropped and every delivery is settled; either kind ends
    /// when [`close`](Self::close) was called. Cancel safe.
    pub async fn next(&mut self) -> Option<Delivery<T>> {
        let delivery = tokio::select! {
            // Told to close: what has not been taken stays with the carrier.
            biased;
            () = self.closing.cancelled() => None,
            // The next message, or the end of all messages.
            delivery = self.carrier.next() => delivery,
        };
        let Some(delivery) = delivery else {
            self.close();
            return None;
        };
        let delivery = Delivery::new(delivery);
        telemetry::received(T::CHANNEL, delivery.attempt);
        Some(delivery)
    }

    /// Returns what closes the consumer from outside, after it was handed to a stage: cancelling it is
    /// [`close`](Self::close).
    pub fn closer(&self) -> CancellationToken {
        self.closing.clone()
    }

    /// Takes no further deliveries: [`next`](Self::next) returns `None` from now on. Deliveries already taken can
    /// still be settled.
    pub fn close(&mut self) {
        self.closing.cancel();
        match &mut self.carrier {
            ConsumerCarrier::Embedded(consumer) => consumer.close(),
            ConsumerCarrier::Nats(consumer) => consumer.close(),
        }
    }
}

impl<T: Message> ConsumerCarrier<T> {
    async fn next(&mut self) -> Option<DeliveryCarrier<T>> {
        Some(match self {
            Self::Embedded(consumer) => DeliveryCarrier::Embedded(consumer.next().await?),
            Self::Nats(consumer) => DeliveryCarrier::Nats(consumer.next().await?),
        })
    }
}

/// One message to be worked on, and the right to settle it.
///
/// Dropping a delivery is always safe: it comes back.
#[must_use = "an unsettled delivery is redelivered"]
#[derive(Debug)]
pub struct Delivery<T> {
    /// The message, shared so that a redelivery does not copy it.
    pub message: Arc<T>,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    carrier: DeliveryCarrier<T>,
    step: Step,
}

#[derive(Debug)]
enum DeliveryCarrier<T> {
    Embedded(embedded::Delivery<T>),
    Nats(nats::Delivery<T>),
}

/// The carrier did not confirm a settlement: it may have noted it, or the delivery comes back.
#[derive(Debug, thiserror::Error)]
#[error("failed to settle the delivery")]
pub struct SettleError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl<T: Message> Delivery<T> {
    fn new(carrier: DeliveryCarrier<T>) -> Self {
        let (message, attempt, origin) = match &carrier {
            DeliveryCarrier::Embedded(delivery) => (
                Arc::clone(delivery.message()),
                delivery.attempt(),
                delivery.origin(),
            ),
            DeliveryCarrier::Nats(delivery) => (
                Arc::clone(delivery.message()),
                delivery.attempt(),
                delivery.origin(),
            ),
        };
        Self {
            step: Step::take(&*message, origin, attempt),
            message,
            attempt,
            carrier,
        }
    }

    /// Tells the carrier what became of the delivery, and waits until the carrier has noted it.
    ///
    /// An error is no reason to stop: what was done is done, and a delivery that comes back is recognised
    /// downstream.
    pub async fn settle(mut self, settlement: Settlement) -> Result<(), SettleError> {
        telemetry::settled(T::CHANNEL, &settlement);
        self.step.note_settlement(&settlement);
        match self.carrier {
            DeliveryCarrier::Embedded(delivery) => {
                delivery.settle(settlement);
                Ok(())
            }
            DeliveryCarrier::Nats(delivery) => delivery.settle(settlement).await.map_err(SettleError),
        }
    }

    /// Tells the carrier that the delivery is still being worked on, so that it is not redelivered meanwhile.
    ///
    /// Call it every [`progress_interval`](Self::progress_interval) for queued and running work alike.
    pub async fn progress(&self) -> Result<(), SettleError> {
        match &self.carrier {
            DeliveryCarrier::Embedded(_) => Ok(()),
            DeliveryCarrier::Nats(delivery) => delivery.progress().await.map_err(SettleError),
        }
    }

    /// Returns how often [`progress`](Self::progress) must be called; `None` where the carrier never redelivers
    /// by time.
    pub fn progress_interval(&self) -> Option<Duration> {
        match &self.carrier {
            DeliveryCarrier::Embedded(_) => None,
            DeliveryCarrier::Nats(delivery) => Some(delivery.progress_interval()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_wait_longer_each_time_and_never_over_the_ceiling() {
        assert!(retry_delay(1) >= Duration::from_secs(1));
        assert!(retry_delay(3) >= Duration::from_secs(4));
        assert!(retry_delay(60) <= Duration::from_secs(375));
    }
}
