//! Dead letters: the original message with why it was given up.

use std::time::Duration;

use async_nats::header::NATS_MESSAGE_ID;
use tokio::time::Instant;

use super::backoff;
use super::claim::{CLAIM_HEADER, CLAIM_SCHEMA, ClaimError};
use super::connection::Shared;
use super::encode::{Outbound, value};
use super::puback::{Failure, Unacknowledged};
use super::settle::Raw;
use crate::topology::Channel;
use crate::transport::Rejection;

/// The headers that a dead letter has beyond those of the original message.
pub mod header {
    /// The stream that the message was in.
    pub const STREAM: &str = "Slugline-Dead-Stream";
    /// Its sequence there.
    pub const SEQUENCE: &str = "Slugline-Dead-Sequence";
    /// Its subject.
    pub const SUBJECT: &str = "Slugline-Dead-Subject";
    /// Its `Nats-Msg-Id`, if it had one.
    pub const MESSAGE_ID: &str = "Slugline-Dead-Msg-Id";
    /// How often it was delivered.
    pub const ATTEMPTS: &str = "Slugline-Dead-Attempts";
    /// The stage that gave it up.
    pub const STAGE: &str = "Slugline-Dead-Stage";
    /// The kind of reason; see [`RejectionReason`](crate::RejectionReason).
    pub const REASON: &str = "Slugline-Dead-Reason";
    /// What happened, for people.
    pub const DETAIL: &str = "Slugline-Dead-Detail";
}

/// How much of a detail is kept, in characters; headers count against the limit of a message.
const DETAIL_CHARS: usize = 1000;

/// Why a dead letter could not be left.
#[derive(Debug, thiserror::Error)]
pub(super) enum BuryError {
    #[error("the dead-letter stream did not take it")]
    Publish(#[from] Unacknowledged),
    #[error(transparent)]
    Claim(#[from] ClaimError),
    #[error("the connection is closing")]
    Closing,
}

impl Shared {
    /// Publishes a dead letter and waits until the server has it, for at most `within`.
    pub(super) async fn bury(
        &self,
        channel: Channel,
        raw: &Raw,
        rejection: &Rejection,
        within: Duration,
    ) -> Result<(), BuryError> {
        let deadline = Instant::now() + within;
        let mut outbound = self.dead_letter(channel, raw, rejection);
        if outbound.payload.len() > self.payload_limit() + 4 * 1024 {
            // Only a message that did not come from us can be this large.
            outbound.payload = self.check_in(&outbound.payload).await?;
            outbound.headers.insert(CLAIM_HEADER, CLAIM_SCHEMA);
        }
        let mut attempt = 0;
        loop {
            attempt += 1;
            let Err(error) = self.publish_once(outbound.clone()).await else {
                return Ok(());
            };
            tracing::warn!(%error, attempt, subject = outbound.subject.as_str(), "a dead letter was not taken");
            if error.means() == Failure::Permanent || Instant::now() >= deadline {
                return Err(error.into());
            }
            let pause = backoff(attempt, Duration::from_millis(100), Duration::from_secs(2));
            if !self.pause(pause).await {
                return Err(BuryError::Closing);
            }
        }
    }

    fn dead_letter(&self, channel: Channel, raw: &Raw, rejection: &Rejection) -> Outbound {
        let prefix = &self.topology.prefix;
        let stream = &self.consumer_spec(channel).stream;
        let mut headers = raw.headers.clone().unwrap_or_default();
        if let Some(id) = headers.get(NATS_MESSAGE_ID).cloned() {
            headers.insert(header::MESSAGE_ID, id);
        }
        // The same delivery given up twice is one dead letter.
        let id = format!("dead:{stream}:{}:{}", raw.sequence, rejection.stage);
        headers.insert(NATS_MESSAGE_ID, value(&id));
        headers.insert(header::STREAM, value(stream));
        headers.insert(header::SEQUENCE, value(&raw.sequence.to_string()));
        headers.insert(header::SUBJECT, value(&raw.subject));
        headers.insert(header::ATTEMPTS, value(&raw.delivered.to_string()));
        headers.insert(header::STAGE, value(&rejection.stage));
        headers.insert(header::REASON, value(rejection.reason.as_str()));
        let detail: String = rejection.detail.chars().take(DETAIL_CHARS).collect();
        headers.insert(header::DETAIL, value(&detail));
        Outbound {
            subject: format!("{prefix}.dead.{}.{}", rejection.stage, rejection.reason).into(),
            headers,
            payload: raw.payload.clone(),
        }
    }
}
