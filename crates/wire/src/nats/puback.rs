//! What the server says to a publish.

use async_nats::client::Request;
use async_nats::jetstream::{self, ErrorCode};
use async_nats::{PublishErrorKind, RequestErrorKind, StatusCode};
use serde::Deserialize;
use serde::de::Error as _;

use super::connection::Shared;
use super::encode::Outbound;
use super::said::Said;

/// The stream has the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PubAck {
    /// It had one of the same `Nats-Msg-Id` already.
    pub(super) duplicate: bool,
}

/// Why a publish is not acknowledged.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unacknowledged {
    #[error("no stream takes it just now")]
    NoStream,
    #[error("the server did not answer in time")]
    TimedOut,
    #[error("the connection was made anew meanwhile")]
    Reconnected,
    #[error("the server's answer cannot be read")]
    Unreadable(#[from] serde_json::Error),
    #[error("the server refused it: {0}")]
    Refused(Said<jetstream::Error>),
    #[error("failed to send it")]
    Send(#[from] Said<async_nats::PublishError>),
    #[error("failed to ask")]
    Request(#[from] Said<async_nats::RequestError>),
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
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::Full => "full",
            Self::Permanent => "permanent",
        }
    }
}

impl PubAck {
    /// Reads the server's answer to a publish.
    pub(super) fn of(message: &async_nats::Message) -> Result<Self, Unacknowledged> {
        #[derive(Deserialize)]
        struct Answer {
            error: Option<jetstream::Error>,
            seq: Option<u64>,
            #[serde(default)]
            duplicate: bool,
        }
        if message.status == Some(StatusCode::NO_RESPONDERS) {
            return Err(Unacknowledged::NoStream);
        }
        let answer: Answer = serde_json::from_slice(&message.payload)?;
        match (answer.error, answer.seq) {
            (Some(error), _) => Err(Unacknowledged::Refused(Said(error))),
            (None, Some(_)) => Ok(Self {
                duplicate: answer.duplicate,
            }),
            (None, None) => Err(serde_json::Error::missing_field("seq").into()),
        }
    }
}

impl Unacknowledged {
    pub(super) fn means(&self) -> Failure {
        match self {
            Self::Refused(Said(error)) => refusal(error),
            Self::Send(Said(error)) if error.kind() == PublishErrorKind::MaxPayloadExceeded => {
                Failure::Permanent
            }
            Self::Request(Said(error)) if error.kind() == RequestErrorKind::MaxPayloadExceeded => {
                Failure::Permanent
            }
            _ => Failure::Transient,
        }
    }
}

fn refusal(error: &jetstream::Error) -> Failure {
    match error.error_code() {
        ErrorCode::STREAM_STORE_FAILED
        | ErrorCode::STORAGE_RESOURCES_EXCEEDED
        | ErrorCode::INSUFFICIENT_RESOURCES
        | ErrorCode::ACCOUNT_RESOURCES_EXCEEDED => Failure::Full,
        ErrorCode::STREAM_MESSAGE_EXCEEDS_MAXIMUM | ErrorCode::STREAM_HEADER_EXCEEDS_MAXIMUM => {
            Failure::Permanent
        }
        _ if error.code() == 400 => Failure::Permanent,
        _ => Failure::Transient,
    }
}

impl Shared {
    /// Publishes one message, once, and waits until the server has it. For what is rare: an outbox sends many.
    pub(super) async fn publish_once(&self, outbound: Outbound) -> Result<PubAck, Unacknowledged> {
        let request = Request::new()
            .headers(outbound.headers)
            .payload(outbound.payload)
            .timeout(Some(self.config.request_timeout));
        let asking = self.client.send_request(outbound.subject, request);
        // The client's own limit begins when it has room for the request.
        let answer = tokio::time::timeout(self.config.request_timeout, asking).await;
        let answer = answer.map_err(|_| Unacknowledged::TimedOut)?;
        PubAck::of(&answer.map_err(|error| match error.kind() {
            RequestErrorKind::NoResponders => Unacknowledged::NoStream,
            RequestErrorKind::TimedOut => Unacknowledged::TimedOut,
            _ => Said(error).into(),
        })?)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn answer(payload: &'static str) -> async_nats::Message {
        async_nats::Message {
            subject: "reply".into(),
            reply: None,
            payload: Bytes::from_static(payload.as_bytes()),
            headers: None,
            status: None,
            description: None,
            length: payload.len(),
        }
    }

    #[test]
    fn what_the_server_says_is_understood() {
        let taken = |payload| PubAck::of(&answer(payload)).map(|taken| taken.duplicate);
        assert!(!taken(r#"{"stream":"S","seq":7}"#).expect("is taken"));
        assert!(taken(r#"{"stream":"S","domain":"d","seq":7,"duplicate":true}"#).expect("is taken"));
        let means = |payload| taken(payload).expect_err("is not taken").means();
        for (error, failure) in [
            (
                r#"{"error":{"code":503,"err_code":10077,"description":"maximum bytes exceeded"},"stream":"S","seq":0}"#,
                Failure::Full,
            ),
            (
                r#"{"error":{"code":400,"err_code":10054,"description":"message size exceeds maximum"},"seq":0}"#,
                Failure::Permanent,
            ),
            (
                r#"{"error":{"code":400,"description":"bad request"}}"#,
                Failure::Permanent,
            ),
            (r#"{"error":{"code":503,"err_code":10008}}"#, Failure::Transient),
            ("", Failure::Transient),
            ("{}", Failure::Transient),
        ] {
            assert_eq!(means(error), failure, "{error}");
        }
    }

    #[test]
    fn nobody_there_is_for_now() {
        let nobody = async_nats::Message {
            status: Some(StatusCode::NO_RESPONDERS),
            ..answer("")
        };
        let error = PubAck::of(&nobody).expect_err("nobody answered");
        assert!(matches!(error, Unacknowledged::NoStream));
        assert_eq!(error.means(), Failure::Transient);
    }
}
