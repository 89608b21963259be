//! What operators do with dead letters: look, send again, give up.

use async_nats::HeaderMap;
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::{self, stream};
use bytes::Bytes;
use jiff::Timestamp;

use super::claim::CLAIM_HEADER;
use super::connection::{Connection, Shared};
use super::dead::header;
use super::encode::{Outbound, value};
use super::error::Error;
use super::scan::{Part, Scan, unread};

/// What every header of ours that a dead letter adds begins with.
const ADDED: &str = "Slugline-Dead-";

/// What marks the message id of a message that was sent again.
const RETRY: &str = "retry:";

/// One message that was given up, as it lies in the dead-letter stream.
#[derive(Debug, Clone)]
pub struct DeadLetter {
    /// Its sequence in the dead-letter stream: how operators name it.
    pub sequence: u64,
    /// When it was given up.
    pub time: Timestamp,
    /// The stage that gave it up.
    pub stage: String,
    /// The kind of reason; see [`RejectionReason`](crate::RejectionReason).
    pub reason: String,
    /// What happened, for people.
    pub detail: String,
    /// How often it was delivered.
    pub attempts: u32,
    /// The stream that it was in.
    pub stream: String,
    /// Its sequence there.
    pub stream_sequence: u64,
    /// Its subject there.
    pub subject: String,
    /// The id of the article, where the message states one.
    pub article: Option<String>,
    /// The message as it was; a claim where [`claimed`](Self::claimed) says so.
    pub payload: Bytes,
    /// Whether the payload is only the claim on one in the object store.
    pub claimed: bool,
    headers: HeaderMap,
}

impl DeadLetter {
    fn of(sequence: u64, time: Timestamp, headers: HeaderMap, payload: Bytes) -> Self {
        let text = |name: &str| headers.get(name).map(|found| found.as_str().to_owned());
        let number = |name: &str| text(name).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        Self {
            sequence,
            time,
            stage: text(header::STAGE).unwrap_or_default(),
            reason: text(header::REASON).unwrap_or_default(),
            detail: text(header::DETAIL).unwrap_or_default(),
            attempts: u32::try_from(number(header::ATTEMPTS)).unwrap_or(u32::MAX),
            stream: text(header::STREAM).unwrap_or_default(),
            stream_sequence: number(header::SEQUENCE),
            subject: text(header::SUBJECT).unwrap_or_default(),
            article: text("ce-subject"),
            claimed: text(CLAIM_HEADER).is_some(),
            payload,
            headers,
        }
    }

    /// Returns the message as it was, under an id of its own: the stream still knows the first one.
    ///
    /// The id follows from the dead letter, so that sending it twice is recognised.
    fn again(&self) -> Outbound {
        let mut headers = HeaderMap::new();
        #[expect(
            clippy::iter_over_hash_type,
            reason = "headers are a set: their order says nothing"
        )]
        for (name, values) in self.headers.iter() {
            let name: &str = name.as_ref();
            if name.starts_with(ADDED) || name.starts_with("Nats-") {
                continue;
            }
            for found in values {
                headers.append(name, found.clone());
            }
        }
        let original = self.headers.get(header::MESSAGE_ID).map_or("", |id| id.as_str());
        let first = match original.strip_prefix(RETRY).and_then(|rest| rest.split_once(':')) {
            Some((_, first)) => first,
            None => original,
        };
        headers.insert(
            NATS_MESSAGE_ID,
            value(&format!("{RETRY}{}:{first}", self.sequence)),
        );
        Outbound {
            subject: self.subject.as_str().into(),
            headers,
            payload: self.payload.clone(),
        }
    }
}

impl Connection {
    /// Returns the dead letters, oldest first, at most `limit` of them that `wanted` selects.
    pub async fn dead_letters(
        &self,
        limit: usize,
        wanted: impl Fn(&DeadLetter) -> bool,
    ) -> Result<Vec<DeadLetter>, Error> {
        let shared = self.shared();
        let filter = format!("{}.dead.>", shared.topology.prefix);
        let mut scan = Scan::begin(shared, &dead_stream(shared), filter, Part::Whole).await?;
        let mut letters = Vec::new();
        while letters.len() < limit {
            let Some(message) = scan.next().await? else { break };
            letters.extend(letter_of(message).filter(&wanted));
        }
        Ok(letters)
    }

    /// Returns one dead letter.
    pub async fn dead_letter(&self, sequence: u64) -> Result<Option<DeadLetter>, Error> {
        let stream = self.dead_stream().await?;
        let found = match stream.get_raw_message(sequence).await {
            Ok(found) => found,
            Err(error) if error.kind() == stream::RawMessageErrorKind::NoMessageFound => return Ok(None),
            Err(error) => return Err(unread("the dead letters", error)),
        };
        let time = timestamp(found.time.unix_timestamp_nanos());
        Ok(Some(DeadLetter::of(sequence, time, found.headers, found.payload)))
    }

    /// Sends a dead letter to its stream again and, once the server has it there, removes it here. A crash in
    /// between leaves both, and doing it again is harmless.
    pub async fn retry_dead_letter(&self, letter: &DeadLetter) -> Result<(), Error> {
        let shared = self.shared();
        let sent = shared.publish_once(letter.again()).await;
        sent.map_err(|error| Error::Retry {
            subject: letter.subject.clone(),
            source: error.into(),
        })?;
        self.drop_dead_letter(letter.sequence).await?;
        Ok(())
    }

    /// Removes a dead letter for good; returns whether it was there.
    pub async fn drop_dead_letter(&self, sequence: u64) -> Result<bool, Error> {
        let stream = self.dead_stream().await?;
        match stream.delete_message(sequence).await {
            Ok(deleted) => Ok(deleted),
            Err(_) if self.dead_letter(sequence).await?.is_none() => Ok(false),
            Err(error) => Err(unread("the dead letters", error)),
        }
    }

    async fn dead_stream(&self) -> Result<stream::Stream, Error> {
        let shared = self.shared();
        let stream = shared.context.get_stream(dead_stream(shared)).await;
        stream.map_err(|error| unread("the dead letters", error))
    }
}

/// Returns the name of the dead-letter stream.
pub(super) fn dead_stream(shared: &Shared) -> String {
    shared.topology.prefix.name("DEAD")
}

fn letter_of(message: jetstream::Message) -> Option<DeadLetter> {
    let info = message.info().ok()?;
    let (sequence, time) = (info.stream_sequence, info.published);
    let message = message.message;
    Some(DeadLetter::of(
        sequence,
        timestamp(time.unix_timestamp_nanos()),
        message.headers.unwrap_or_default(),
        message.payload,
    ))
}

/// Returns a moment as the server states it.
pub(super) fn timestamp(nanoseconds: i128) -> Timestamp {
    Timestamp::from_nanosecond(nanoseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use async_nats::HeaderValue;

    use super::*;

    fn letter(sequence: u64, id: &str) -> DeadLetter {
        let mut headers = HeaderMap::new();
        headers.insert("ce-subject", "b3:00");
        headers.insert(NATS_MESSAGE_ID, "dead:SLUGLINE_ARTICLES:7:enricher");
        headers.insert(header::MESSAGE_ID, id);
        headers.insert(header::SUBJECT, "slugline.article.inbox");
        headers.insert(header::ATTEMPTS, "6");
        DeadLetter::of(
            sequence,
            Timestamp::UNIX_EPOCH,
            headers,
            Bytes::from_static(b"{}"),
        )
    }

    #[test]
    fn a_retried_message_is_the_original_under_a_new_id() {
        for (sequence, id, expected) in [
            (3, "b3:00", "retry:3:b3:00"),
            (9, "retry:3:b3:00", "retry:9:b3:00"),
            (4, "", "retry:4:"),
        ] {
            let again = letter(sequence, id).again();
            assert_eq!(again.subject.as_str(), "slugline.article.inbox");
            let headers: Vec<&str> = again.headers.iter().map(|(name, _)| name.as_ref()).collect();
            assert_eq!(headers.len(), 2, "{headers:?}");
            assert_eq!(
                again.headers.get(NATS_MESSAGE_ID).map(HeaderValue::as_str),
                Some(expected)
            );
            assert_eq!(
                again.headers.get("ce-subject").map(HeaderValue::as_str),
                Some("b3:00")
            );
        }
    }
}
