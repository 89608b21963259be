//! What can be carried: a message knows its schema, its way, its subject and its bytes.

use std::fmt;

use bytes::Bytes;

use crate::message::{ARTICLE_SCHEMA, Article, ArticleId, Line, RECORD_SCHEMA, append_json};
use crate::topology::Channel;

/// Most bytes that are taken beyond the length of a text; where it needs more, the buffer grows.
const MOST_ROOM: usize = 1 << 18;

/// What can be carried between stages.
pub trait Message: fmt::Debug + Send + Sync + Sized + 'static {
    /// The schema that this build writes and accepts.
    const SCHEMA: &'static str;

    /// The way that it travels.
    const CHANNEL: Channel;

    /// Whether [`decode_sealed`](Self::decode_sealed) is worth a digest of the payload.
    const IS_SEALED: bool = false;

    /// Returns the schema that the message states.
    fn schema(&self) -> &str;

    /// Returns the id of the article that the message is about.
    fn article_id(&self) -> ArticleId;

    /// Returns what makes the message one and the same when it is published again (`Nats-Msg-Id`).
    fn dedupe_key(&self) -> String;

    /// Returns the subject without its prefix, such as `article.inbox`; every token is escaped.
    fn subject(&self) -> String;

    /// Returns the payload that it travels as: UTF-8 JSON.
    fn encode(&self) -> Result<Bytes, serde_json::Error>;

    /// Returns the message that a payload holds.
    fn decode(payload: Bytes) -> Result<Self, serde_json::Error>;

    /// Returns the message that a payload holds which is as [`encode`](Self::encode) made it: what that guarantees need
    /// not be checked again.
    fn decode_sealed(payload: Bytes) -> Result<Self, serde_json::Error> {
        Self::decode(payload)
    }
}

impl Message for Article {
    const SCHEMA: &'static str = ARTICLE_SCHEMA;
    const CHANNEL: Channel = Channel::Articles;

    fn schema(&self) -> &str {
        &self.schema
    }

    fn article_id(&self) -> ArticleId {
        self.id
    }

    fn dedupe_key(&self) -> String {
        self.id.to_string()
    }

    fn subject(&self) -> String {
        format!("article.{}", subject_token(&self.source.name))
    }

    fn encode(&self) -> Result<Bytes, serde_json::Error> {
        // Room for the worst case of escaping, which `append_json` asks for before it writes a text.
        let escaped = (5 * self.text.len()).min(MOST_ROOM);
        let mut json = Vec::with_capacity(self.text.len() + escaped + 4096);
        append_json(&mut json, self)?;
        Ok(json.into())
    }

    fn decode(payload: Bytes) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(&payload)
    }
}

impl Message for Line {
    const SCHEMA: &'static str = RECORD_SCHEMA;
    const CHANNEL: Channel = Channel::Enriched;
    const IS_SEALED: bool = true;

    fn schema(&self) -> &str {
        self.schema()
    }

    fn article_id(&self) -> ArticleId {
        self.id()
    }

    fn dedupe_key(&self) -> String {
        let revision = self.revision();
        format!("{}:{}:{}", self.id(), revision.pipeline, revision.model)
    }

    fn subject(&self) -> String {
        format!(
            "enriched.{}.{}",
            subject_token(self.language()),
            subject_token(self.source_name())
        )
    }

    fn encode(&self) -> Result<Bytes, serde_json::Error> {
        Ok(self.json().clone())
    }

    fn decode(payload: Bytes) -> Result<Self, serde_json::Error> {
        Self::parse(payload)
    }

    fn decode_sealed(payload: Bytes) -> Result<Self, serde_json::Error> {
        Self::parse_sealed(payload)
    }
}

/// Returns `name` as one NATS subject token: lower case; letters and digits of any script kept, runs of anything
/// else replaced by one `-`; `_` when nothing is left. At most 64 characters.
pub fn subject_token(name: &str) -> String {
    let mut token = String::with_capacity(name.len());
    push_subject_token(name, &mut token);
    token
}

/// Appends `name` as one NATS subject token; see [`subject_token`].
pub fn push_subject_token(name: &str, subject: &mut String) {
    let start = subject.len();
    let mut push = |character: char| {
        if character.is_alphanumeric() || character == '_' {
            subject.push(character);
        } else if subject.len() > start && !subject.ends_with('-') {
            subject.push('-');
        }
    };
    if name.is_ascii() {
        let lower = name.bytes().map(|byte| char::from(byte.to_ascii_lowercase()));
        lower.take(64).for_each(&mut push);
    } else {
        let lower = name.chars().flat_map(char::to_lowercase);
        lower.take(64).for_each(&mut push);
    }
    while subject.len() > start && subject.ends_with('-') {
        subject.pop();
    }
    if subject.len() == start {
        subject.push('_');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subject_tokens_are_single_and_safe() {
        for (name, token) in [
            ("inbox", "inbox"),
            ("Al Jazeera", "al-jazeera"),
            ("a.b>c*", "a-b-c"),
            ("", "_"),
            ("...", "_"),
            ("Üsküdar", "üsküdar"),
        ] {
            assert_eq!(subject_token(name), token, "{name}");
            let mut subject = "a-".to_owned();
            push_subject_token(name, &mut subject);
            assert_eq!(subject, format!("a-{token}"), "what is before it stays");
        }
    }
}
