//! One message as it goes to the server: subject, headers and payload.

use async_nats::header::NATS_MESSAGE_ID;
use async_nats::{HeaderMap, HeaderName, HeaderValue, Subject};
use blake3::Hash;
use bytes::Bytes;
use jiff::Timestamp;

use super::claim::{CLAIM_HEADER, CLAIM_SCHEMA};
use super::connection::Shared;
use crate::message::ArticleId;
use crate::topology::{Channel, Topology};
use crate::trace::{Origin, TRACEPARENT, TRACESTATE};
use crate::transport::{Message, PublishError};

/// What the protocol and the headers of a dead letter may add to a message.
const HEADROOM: usize = 8 * 1024;

/// The digest of a payload as its maker sent it (BLAKE3, hex): who finds it right need not check the payload again. It
/// vouches for the way, not for the maker: who may publish is for the server to say.
pub(super) const SEAL_HEADER: &str = "Slugline-Seal";

/// A message as it goes to the server once.
#[derive(Debug, Clone)]
pub(super) struct Outbound {
    pub(super) subject: Subject,
    pub(super) headers: HeaderMap,
    pub(super) payload: Bytes,
}

/// A message as it goes to the server as often as it takes. Its headers are made anew each time, as the client keeps
/// those of a message that it sends, and a copy of them costs as much.
#[derive(Debug)]
pub(super) struct Envelope {
    subject: Subject,
    /// By which the server recognises a repeated publish.
    id: String,
    channel: Channel,
    schema: &'static str,
    article: ArticleId,
    time: Timestamp,
    origin: Origin,
    payload: Bytes,
    /// The payload is a claim.
    is_claim: bool,
    /// Of the payload itself, where [`Message::IS_SEALED`].
    seal: Option<Hash>,
}

impl Envelope {
    /// Encodes a message; the payload may be larger than one message can be.
    pub(super) fn of<T: Message>(
        topology: &Topology,
        message: &T,
        origin: &Origin,
    ) -> Result<Self, PublishError> {
        let subject = format!("{}.{}", topology.prefix, message.subject());
        let payload = message.encode().map_err(|error| PublishError::Carrier {
            subject: subject.clone(),
            source: Box::new(error),
        })?;
        Ok(Self {
            subject: subject.into(),
            id: one_line(message.dedupe_key()),
            channel: T::CHANNEL,
            schema: T::SCHEMA,
            article: message.article_id(),
            time: Timestamp::now(),
            origin: origin.clone(),
            seal: T::IS_SEALED.then(|| blake3::hash(&payload)),
            payload,
            is_claim: false,
        })
    }

    pub(super) fn subject(&self) -> &Subject {
        &self.subject
    }

    pub(super) fn payload(&self) -> &Bytes {
        &self.payload
    }

    /// Puts a claim in the place of the payload.
    pub(super) fn set_claim(&mut self, claim: Bytes) {
        self.payload = claim;
        self.is_claim = true;
    }

    /// Returns what is sent.
    pub(super) fn outbound(&self, topology: &Topology) -> Outbound {
        Outbound {
            subject: self.subject.clone(),
            headers: self.headers(topology),
            payload: self.payload.clone(),
        }
    }

    /// CloudEvents 1.0, binary mode, and what the server and the stages go by.
    fn headers(&self, topology: &Topology) -> HeaderMap {
        // Named once: a name that is a `str` is checked and copied for every message.
        let event = |name: &'static str, value: HeaderValue| (HeaderName::from_static(name), value);
        let mut headers: HeaderMap = [
            event("content-type", "application/json".into()),
            event("ce-specversion", "1.0".into()),
            event("ce-type", format!("{}.{}", topology.prefix, self.channel).into()),
            event("ce-source", format!("/{}", topology.prefix).into()),
            event("ce-subject", self.article.to_string().into()),
            event("ce-time", self.time.to_string().into()),
            event(
                "ce-dataschema",
                format!("urn:{}", self.schema.replace('/', ":")).into(),
            ),
            event("ce-id", self.id.as_str().into()),
            (NATS_MESSAGE_ID, self.id.as_str().into()),
        ]
        .into_iter()
        .collect();
        if let Some((parent, state)) = self.origin.headers() {
            headers.insert(TRACEPARENT, parent);
            if let Some(state) = state {
                headers.insert(TRACESTATE, value(&state));
            }
        }
        if let Some(seal) = self.seal {
            headers.insert(SEAL_HEADER, seal.to_hex().as_str());
        }
        if self.is_claim {
            headers.insert(CLAIM_HEADER, CLAIM_SCHEMA);
        }
        headers
    }
}

/// Returns the origin that the headers of a message tell.
pub(super) fn origin(headers: Option<&HeaderMap>) -> Origin {
    let text = |name| Some(headers?.get(name)?.as_str());
    Origin::from_headers(text(TRACEPARENT), text(TRACESTATE))
}

/// Returns whether a payload is as its maker sent it, by the digest in its headers.
pub(super) fn is_sealed(headers: Option<&HeaderMap>, payload: &[u8]) -> bool {
    let seal = headers.and_then(|headers| headers.get(SEAL_HEADER));
    seal.is_some_and(|seal| seal.as_str() == blake3::hash(payload).to_hex().as_str())
}

/// Returns a text as a header value: line ends, which a header cannot hold, become spaces.
pub(super) fn value(text: &str) -> HeaderValue {
    one_line(text.to_owned()).into()
}

/// Returns a text with a space for every control character.
fn one_line(text: String) -> String {
    if text.contains(char::is_control) {
        text.replace(char::is_control, " ")
    } else {
        text
    }
}

impl Shared {
    /// Returns the largest payload in bytes that fits one message, with room for the headers of a dead letter.
    pub(super) fn payload_limit(&self) -> usize {
        let server = self.client.max_payload();
        let stream = self.config.topology.max_message_bytes as usize;
        // A limit under the headroom itself is odd, but must not refuse everything.
        let limit = server.min(stream);
        limit.saturating_sub(HEADROOM).max(limit / 2)
    }
}
