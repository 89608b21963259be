//! One delivery and the ways to settle it.
//!
//! Every settlement is a request: the server answers once it has noted it; acknowledgements share their answers, see
//! [`acks`](super::acks). The client's own `double_ack` reports success when nobody answers, so it is not used.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::{self, AckKind};
use async_nats::{HeaderMap, RequestErrorKind, Subject, client};
use bytes::Bytes;
use tokio::time::Instant;

use super::acks::Acks;
use super::backoff;
use super::connection::Shared;
use super::encode::origin;
use super::said::Said;
use crate::telemetry;
use crate::topology::Channel;
use crate::trace::Origin;
use crate::transport::{MAX_ATTEMPTS, Rejection, RejectionReason, Settlement};

/// How long a settlement is repeated at most; less where `ack_wait` is less, as the server redelivers then.
const SETTLE_WITHIN: Duration = Duration::from_secs(30);

/// A delivery as the server sent it.
#[derive(Debug, Clone)]
pub(super) struct Raw {
    pub(super) subject: Subject,
    pub(super) reply: Subject,
    pub(super) headers: Option<HeaderMap>,
    pub(super) payload: Bytes,
    /// Its sequence in the stream.
    pub(super) sequence: u64,
    /// How often it was delivered, this time included.
    pub(super) delivered: u32,
    /// Over which connection it came; see [`Shared::generation`].
    pub(super) generation: u64,
}

impl Raw {
    /// Returns `None` for what is not a delivery of a JetStream consumer.
    pub(super) fn of(message: jetstream::Message, generation: u64) -> Option<Self> {
        let info = message.info().ok()?;
        let (sequence, delivered) = (info.stream_sequence, info.delivered);
        let message = message.message;
        Some(Self {
            generation,
            sequence,
            delivered: u32::try_from(delivered).unwrap_or(u32::MAX),
            subject: message.subject,
            reply: message.reply?,
            headers: message.headers,
            payload: message.payload,
        })
    }
}

#[derive(Debug, thiserror::Error)]
pub(super) enum UnsettledError {
    #[error("the server did not note it")]
    Request(#[from] Said<async_nats::RequestError>),
    #[error(transparent)]
    DeadLetter(#[from] super::dead::BuryError),
    #[error("failed to send")]
    Progress(#[from] Said<async_nats::PublishError>),
    #[error("the connection was made anew meanwhile")]
    Reconnected,
    #[error("the connection is closing")]
    Closed,
}

pub(super) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A delivery on its way through a stage.
pub(crate) struct Delivery<T> {
    pub(super) message: Arc<T>,
    pub(super) raw: Raw,
    pub(super) channel: Channel,
    pub(super) acks: Acks,
    pub(super) shared: Arc<Shared>,
}

impl<T> std::fmt::Debug for Delivery<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivery")
            .field("subject", &self.raw.subject)
            .field("sequence", &self.raw.sequence)
            .field("delivered", &self.raw.delivered)
            .finish_non_exhaustive()
    }
}

impl<T> Delivery<T> {
    pub(crate) fn message(&self) -> &Arc<T> {
        &self.message
    }

    pub(crate) fn origin(&self) -> Origin {
        origin(self.raw.headers.as_ref())
    }

    pub(crate) fn attempt(&self) -> u32 {
        self.raw.delivered
    }

    pub(crate) async fn settle(self, settlement: Settlement) -> Result<(), BoxError> {
        let (shared, raw) = (&self.shared, &self.raw);
        match settlement {
            Settlement::Done => self.acks.send(self.raw).await?,
            Settlement::Retry { after, .. } if raw.delivered < MAX_ATTEMPTS => {
                shared
                    .answer(self.channel, raw, AckKind::Nak(Some(after)))
                    .await?;
            }
            Settlement::Retry { error, .. } => {
                self.reject(RejectionReason::AttemptsExhausted, error).await?;
            }
            Settlement::Reject { reason, detail } => self.reject(reason, detail).await?,
        }
        Ok(())
    }

    async fn reject(&self, reason: RejectionReason, detail: String) -> Result<(), BoxError> {
        self.shared
            .set_aside(self.channel, &self.raw, reason, detail)
            .await
    }

    pub(crate) async fn progress(&self) -> Result<(), BoxError> {
        self.shared.show_progress(&self.raw).await
    }

    pub(crate) fn progress_interval(&self) -> Duration {
        self.shared.consumer_spec(self.channel).ack_wait / 3
    }
}

impl Shared {
    /// Leaves a dead letter, then tells the server never to deliver the message again.
    pub(super) async fn set_aside(
        &self,
        channel: Channel,
        raw: &Raw,
        reason: RejectionReason,
        detail: String,
    ) -> Result<(), BoxError> {
        let stage = channel.stage();
        let rejection = Rejection {
            stage: stage.to_owned(),
            reason,
            detail,
        };
        let within = self.settle_within(channel);
        self.bury(channel, raw, &rejection, within)
            .await
            .map_err(UnsettledError::from)?;
        tracing::warn!(subject = raw.subject.as_str(), sequence = raw.sequence, %rejection, "left a dead letter");
        telemetry::dead_letter(stage, reason);
        self.answer(channel, raw, AckKind::Term).await
    }

    /// Sends an answer until the server has noted it.
    pub(super) async fn answer(&self, channel: Channel, raw: &Raw, kind: AckKind) -> Result<(), BoxError> {
        let payload = Bytes::from(kind);
        let deadline = Instant::now() + self.settle_within(channel);
        let mut attempt = 0;
        loop {
            attempt += 1;
            let request = client::Request::new()
                .payload(payload.clone())
                .timeout(Some(self.config.request_timeout));
            let started = self.generation();
            let reconnected = self.next_connection();
            let error = tokio::select! {
                answer = self.client.send_request(raw.reply.clone(), request) => match answer {
                    Ok(_) => return Ok(()),
                    Err(error) => error,
                },
                // The answer went to the old connection.
                () = reconnected => async_nats::RequestError::new(RequestErrorKind::TimedOut),
            };
            let repeatable = matches!(
                error.kind(),
                RequestErrorKind::TimedOut | RequestErrorKind::NoResponders | RequestErrorKind::Other
            );
            // A server that was restarted hard may have forgotten that it delivered this, and then never answers.
            let forgotten = raw.generation != self.generation()
                && started == self.generation()
                && error.kind() == RequestErrorKind::TimedOut;
            if !repeatable || forgotten || Instant::now() >= deadline {
                return Err(UnsettledError::from(Said(error)).into());
            }
            tracing::debug!(%error, attempt, sequence = raw.sequence, "a settlement is repeated");
            let pause = backoff(attempt, Duration::from_millis(50), Duration::from_secs(1));
            if !self.pause(pause).await {
                return Err(UnsettledError::from(Said(error)).into());
            }
        }
    }

    /// Resets the server's clock for a delivery. Not answered: the next one comes soon.
    pub(super) async fn show_progress(&self, raw: &Raw) -> Result<(), BoxError> {
        self.client
            .publish(raw.reply.clone(), AckKind::Progress.into())
            .await
            .map_err(|error| UnsettledError::from(Said(error)))?;
        Ok(())
    }

    fn settle_within(&self, channel: Channel) -> Duration {
        self.consumer_spec(channel).ack_wait.min(SETTLE_WITHIN)
    }
}
