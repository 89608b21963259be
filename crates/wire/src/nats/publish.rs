//! Publishing: a place among the publishes in flight, the message as it travels, and the receipt.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::backoff;
use super::claim::ClaimError;
use super::connection::Shared;
use super::encode::Envelope;
use super::outbox::{self, Outgoing, PAUSE};
use crate::telemetry;
use crate::topology::Channel;
use crate::trace::Origin;
use crate::transport::{Message, PublishError, ReceiptError, Receipted};

pub(crate) struct Publisher<T> {
    shared: Arc<Shared>,
    room: Arc<Semaphore>,
    outbox: outbox::Sender,
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

/// A place among the publishes in flight, counted from the moment it is taken.
#[derive(Debug)]
pub(super) struct Place {
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
        let outbox = outbox::open(&shared, T::CHANNEL, most);
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
        let mut envelope = Envelope::of(&shared.topology, &*message, origin)?;
        if envelope.payload().len() > shared.payload_limit() {
            // Boxed: it is rare, and would make every publish as large.
            Box::pin(check_in(shared, &mut envelope)).await?;
        }
        telemetry::sent_bytes(T::CHANNEL, envelope.payload().len());
        let (acknowledged, receipt) = oneshot::channel();
        let outgoing = Outgoing {
            envelope,
            acknowledged,
            place,
        };
        let sent = self.outbox.send(outgoing).await;
        sent.map_err(|_| PublishError::Closed)?;
        Ok(Receipt(receipt))
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
async fn check_in(shared: &Shared, envelope: &mut Envelope) -> Result<(), PublishError> {
    let (bytes, limit) = (envelope.payload().len() as u64, shared.object_limit());
    if bytes > limit {
        return Err(PublishError::TooLarge { bytes, limit });
    }
    let mut attempt = 0;
    loop {
        attempt += 1;
        let error = match shared.check_in(envelope.payload()).await {
            Ok(claim) => {
                envelope.set_claim(claim);
                return Ok(());
            }
            Err(error @ ClaimError::Store { .. }) => error,
            Err(error) => {
                return Err(PublishError::Carrier {
                    subject: envelope.subject().to_string(),
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
