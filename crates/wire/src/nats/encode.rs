//! One message as it goes to the server: subject, headers and payload.

use async_nats::header::NATS_MESSAGE_ID;
use async_nats::{HeaderMap, HeaderName, HeaderValue, Subject};
use bytes::Bytes;

use super::connection::Shared;
use crate::topology::Topology;
use crate::trace::{Origin, TRACEPARENT, TRACESTATE};
use crate::transport::{Message, PublishError};

/// What the protocol and the headers of a dead letter may add to a message.
const HEADROOM: usize = 8 * 1024;

#[derive(Debug, Clone)]
pub(super) struct Outbound {
    pub(super) subject: Subject,
    pub(super) headers: HeaderMap,
    pub(super) payload: Bytes,
}

impl Outbound {
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
            headers: headers(topology, message, origin),
            subject: subject.into(),
            payload,
        })
    }
}

/// CloudEvents 1.0, binary mode, and the id by which the server recognises a repeated publish.
fn headers<T: Message>(topology: &Topology, message: &T, origin: &Origin) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let id = message.dedupe_key();
    // Named once: a name that is a `str` is checked and copied for every message.
    let mut insert = |name: &'static str, value: HeaderValue| {
        headers.insert(HeaderName::from_static(name), value);
    };
    insert("content-type", "application/json".into());
    insert("ce-specversion", "1.0".into());
    insert("ce-type", format!("{}.{}", topology.prefix, T::CHANNEL).into());
    insert("ce-source", format!("/{}", topology.prefix).into());
    insert("ce-subject", message.article_id().to_string().into());
    insert("ce-time", jiff::Timestamp::now().to_string().into());
    let schema = format!("urn:{}", message.schema().replace('/', ":"));
    insert("ce-dataschema", value(&schema));
    insert("ce-id", value(&id));
    headers.insert(NATS_MESSAGE_ID, value(&id));
    if let Some((parent, state)) = origin.headers() {
        headers.insert(TRACEPARENT, parent.as_str());
        if let Some(state) = state {
            headers.insert(TRACESTATE, value(&state));
        }
    }
    headers
}

/// Returns the origin that the headers of a message tell.
pub(super) fn origin(headers: Option<&HeaderMap>) -> Origin {
    let text = |name| Some(headers?.get(name)?.as_str());
    Origin::from_headers(text(TRACEPARENT), text(TRACESTATE))
}

/// Returns a text as a header value: line ends, which a header cannot hold, become spaces.
pub(super) fn value(text: &str) -> HeaderValue {
    let one_line: String = text
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect();
    HeaderValue::from(one_line.as_str())
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
