//! Publishing: the same id until the server acknowledges, or refuses for good.

use std::error::Error as _;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::context::{PublishAckFuture, PublishError as AckError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{self, ErrorCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::backoff;
use super::claim::ClaimError;
use super::connection::Shared;
use super::encode::Outbound;
use super::gather::Gather;
use super::said::Said;
use crate::telemetry;
use crate::topology::Channel;
use crate::trace::Origin;
use crate::transport::{Message, PublishError, ReceiptError, Receipted};

/// The first pause before a publish is repeated, and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// Under load, how long a publish waits for others to leave with; every article waits for it once per hop.
const LINGER: Duration = Duration::from_millis(3);

pub(crate) struct Publisher<T> {
    shared: Arc<Shared>,
    room: Arc<Semaphore>,
    outbox: mpsc::Sender<Outgoing>,
    message: PhantomData<fn(T)>,
}

impl<T> Clone for Publisher<T> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            room: Arc::clone(&self.room),
            outbox: self.outbox.clone(),
            message: PhantomData,
        }
    }
}

/// A publish on its way.
struct Outgoing {
    outbound: Outbound,
    acknowledged: oneshot::Sender<Result<Receipted, ReceiptError>>,
    /// Held until the server has acknowledged it.
    place: Place,
}

/// A place among the publishes in flight, counted from the moment it is taken.
struct Place {
    channel: Channel,
    _permit: OwnedSemaphorePermit,
}

impl Place {
    fn taken(channel: Channel, permit: OwnedSemaphorePermit) -> Self {
        telemetry::publish_in_flight(channel, 1.0);
        Self {
            channel,
            _permit: permit,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        telemetry::publish_in_flight(self.channel, -1.0);
    }
}

impl<T> fmt::Debug for Publisher<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publisher")
            .field("room", &self.room)
            .finish_non_exhaustive()
    }
}

impl<T: Message> Publisher<T> {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let most = shared.config.max_in_flight.max(1);
        let (outbox, outgoing) = Gather::new(most, LINGER);
        shared
            .tasks
            .spawn(send_out(Arc::clone(&shared), T::CHANNEL, outgoing));
        Self {
            shared,
            room: Arc::new(Semaphore::new(most)),
            outbox,
            message: PhantomData,
        }
    }

    pub(crate) async fn publish(&self, message: Arc<T>, origin: &Origin) -> Result<Receipt, PublishError> {
        let shared = &self.shared;
        let permit = tokio::select! {
            biased;
            // Shutting down: the message stays with its source.
            () = shared.closing.cancelled() => return Err(PublishError::Closed),
            permit = Arc::clone(&self.room).acquire_owned() => permit.map_err(|_| PublishError::Closed)?,
        };
        let place = Place::taken(T::CHANNEL, permit);
        let mut outbound = Outbound::of(&shared.topology, &*message, origin)?;
        if outbound.payload.len() > shared.payload_limit() {
            // Boxed: it is rare, and would make every publish as large.
            outbound = Box::pin(check_in(shared, outbound)).await?;
        }
        telemetry::sent_bytes(T::CHANNEL, outbound.payload.len());
        let (acknowledged, receipt) = oneshot::channel();
        let outgoing = Outgoing {
            outbound,
            acknowledged,
            place,
        };
        let sent = self.outbox.send(outgoing).await;
        sent.map_err(|_| PublishError::Closed)?;
        Ok(Receipt(receipt))
    }
}

/// Sends what is published, in order; ends with the last publisher, or when the connection closes. A group that is
/// already taken is still sent then; whoever waits for its receipts is told that the carrier closed.
async fn send_out(shared: Arc<Shared>, channel: Channel, mut outgoing: Gather<Outgoing>) {
    loop {
        let group = tokio::select! {
            // Shutting down: what waits in the outbox is never sent and stays with its source.
            () = shared.closing.cancelled() => return,
            group = outgoing.next() => group,
        };
        if group.is_empty() {
            return;
        }
        for Outgoing {
            outbound,
            acknowledged,
            place,
        } in group
        {
            // Sent here and not in the task, so that messages keep the order in which they were published.
            let first = send(&shared, &outbound).await;
            let task_shared = Arc::clone(&shared);
            shared.tasks.spawn(async move {
                let outcome = acknowledge(&task_shared, channel, &outbound, first).await;
                drop(place);
                if acknowledged.send(outcome).is_err() {
                    tracing::debug!("a publish was acknowledged after its publisher stopped waiting");
                }
            });
        }
    }
}

#[derive(Debug)]
pub(crate) struct Receipt(oneshot::Receiver<Result<Receipted, ReceiptError>>);

impl Receipt {
    pub(crate) async fn wait(self) -> Result<Receipted, ReceiptError> {
        self.0.await.unwrap_or(Err(ReceiptError::Closed))
    }
}

/// Puts an oversize payload into the object store, however long the server takes to be there.
async fn check_in(shared: &Shared, outbound: Outbound) -> Result<Outbound, PublishError> {
    let (bytes, limit) = (outbound.payload.len() as u64, shared.object_limit());
    if bytes > limit {
        return Err(PublishError::TooLarge { bytes, limit });
    }
    let mut attempt = 0;
    loop {
        attempt += 1;
        let error = match shared.check_in(outbound.clone()).await {
            Ok(outbound) => return Ok(outbound),
            Err(error @ ClaimError::Store { .. }) => error,
            Err(error) => {
                return Err(PublishError::Carrier {
                    subject: outbound.subject.to_string(),
                    source: Box::new(error),
                });
            }
        };
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            attempt,
            "failed to store an oversize payload, trying again"
        );
        if shared.config.reclaim {
            shared.make_room_for_payloads().await;
        }
        if !shared.pause(backoff(attempt, PAUSE.0, PAUSE.1)).await {
            return Err(PublishError::Closed);
        }
    }
}

pub(super) async fn send(shared: &Shared, outbound: &Outbound) -> Result<PublishAckFuture, AckError> {
    let message = PublishMessage::build()
        .payload(outbound.payload.clone())
        .headers(outbound.headers.clone());
    shared
        .context
        .send_publish(outbound.subject.clone(), message)
        .await
}

/// What a failed publish means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// Nobody knows whether the server has it, or it is not there just now.
    Transient,
    /// The stream has reached its bounds.
    Full,
    /// It will never be taken.
    Permanent,
}

impl Failure {
    fn as_str(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::Full => "full",
            Self::Permanent => "permanent",
        }
    }
}

pub(super) fn classify(error: &AckError) -> Failure {
    match error.kind() {
        PublishErrorKind::MaxPayloadExceeded => return Failure::Permanent,
        PublishErrorKind::Other => {}
        _ => return Failure::Transient,
    }
    let Some(said) = error
        .source()
        .and_then(|source| source.downcast_ref::<jetstream::Error>())
    else {
        return Failure::Transient;
    };
    match said.error_code() {
        ErrorCode::STREAM_STORE_FAILED
        | ErrorCode::STORAGE_RESOURCES_EXCEEDED
        | ErrorCode::INSUFFICIENT_RESOURCES
        | ErrorCode::ACCOUNT_RESOURCES_EXCEEDED => Failure::Full,
        ErrorCode::STREAM_MESSAGE_EXCEEDS_MAXIMUM | ErrorCode::STREAM_HEADER_EXCEEDS_MAXIMUM => {
            Failure::Permanent
        }
        _ if said.code() == 400 => Failure::Permanent,
        _ => Failure::Transient,
    }
}

/// Repeats a publish until it is acknowledged.
async fn acknowledge(
    shared: &Shared,
    channel: Channel,
    outbound: &Outbound,
    first: Result<PublishAckFuture, AckError>,
) -> Result<Receipted, ReceiptError> {
    let mut sent = first;
    let mut attempt = 0;
    loop {
        attempt += 1;
        let answer = match sent {
            Ok(answer) => tokio::select! {
                // Shutting down: the source publishes it again after the next start.
                () = shared.closing.cancelled() => return Err(ReceiptError::Closed),
                answer = answer.into_future() => answer,
                // The answer went to the old connection.
                () = shared.next_connection() => Err(AckError::new(PublishErrorKind::BrokenPipe)),
            },
            Err(error) => Err(error),
        };
        let error = match answer {
            Ok(answer) => {
                shared.note_service();
                if answer.duplicate {
                    telemetry::duplicate(channel);
                }
                return Ok(Receipted {
                    duplicate: answer.duplicate,
                });
            }
            Err(error) => error,
        };
        let failure = classify(&error);
        note_retry(channel, attempt, failure, &error);
        if failure == Failure::Permanent {
            return Err(ReceiptError::Carrier {
                subject: outbound.subject.to_string(),
                source: Box::new(Said(error)),
            });
        }
        if failure == Failure::Transient {
            shared.note_no_service().await;
        }
        if failure == Failure::Full && shared.config.reclaim {
            shared.make_room(channel).await;
        }
        if !shared.pause(backoff(attempt, PAUSE.0, PAUSE.1)).await {
            return Err(ReceiptError::Closed);
        }
        sent = send(shared, outbound).await;
    }
}

fn note_retry(channel: Channel, attempt: u32, failure: Failure, error: &AckError) {
    telemetry::publish_retried(channel, failure.as_str());
    // Every publish under way fails when the server is gone: tell it rarely.
    if attempt == 4 || attempt.is_multiple_of(32) {
        tracing::warn!(%error, %channel, attempt, cause = failure.as_str(), "a publish is not acknowledged yet");
    } else {
        tracing::debug!(%error, %channel, attempt, cause = failure.as_str(), "a publish is repeated");
    }
}
