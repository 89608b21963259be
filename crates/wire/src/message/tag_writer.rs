//! Writing all events of one record: what they share is encoded once, and the tags are copied from the record's line.
//!
//! The bytes are those that `serde_json` makes of a [`TagEvent`](super::TagEvent): a test holds the two together.

use serde::Serialize;

use super::tag::{ClaimantTag, PlaceTag, TAG_SCHEMA};
use super::{ArticleId, Encoded, EnrichedArticle, Entity, Figure, Published, Revision, append_json};
use crate::transport::push_subject_token;

/// Writes the events of one record.
#[derive(Debug)]
pub struct TagWriter<'a> {
    record: &'a EnrichedArticle,
    encoded: &'a Encoded,
    /// An event up to its key `sentence`.
    head: Vec<u8>,
    /// The last sentence, and its JSON: the events of one sentence often follow each other.
    sentence: (Option<TagSentence<'a>>, Vec<u8>),
}

/// The sentence of an event; offsets are code points into the record's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TagSentence<'a> {
    /// First code point.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
    /// The text between them.
    pub text: &'a str,
}

/// What all events of a record begin with.
#[derive(Serialize)]
struct Head<'a> {
    schema: &'a str,
    id: ArticleId,
    revision: &'a Revision,
    source: &'a str,
    headline: Option<&'a str>,
    published: &'a Published,
}

impl<'a> TagWriter<'a> {
    /// Returns the writer for a record and what it was encoded to.
    pub fn new(record: &'a EnrichedArticle, encoded: &'a Encoded) -> serde_json::Result<Self> {
        let mut head = serde_json::to_vec(&Head {
            schema: TAG_SCHEMA,
            id: record.id,
            revision: &record.revision,
            source: &record.source.name,
            headline: record.headline.as_deref(),
            published: &record.published,
        })?;
        head.pop();
        head.extend_from_slice(b",\"sentence\":");
        Ok(Self {
            record,
            encoded,
            head,
            sentence: (None, b"null".to_vec()),
        })
    }

    /// Returns about how many bytes an event has besides its tag.
    pub fn overhead(&self) -> usize {
        self.head.len() + 256
    }

    /// Appends the event of the entity with this number.
    pub fn entity(
        &mut self,
        index: usize,
        sentence: Option<TagSentence<'a>>,
        event: &mut Vec<u8>,
    ) -> serde_json::Result<()> {
        self.begin(sentence, event)?;
        event.extend_from_slice(b",\"entity\":");
        event.extend_from_slice(self.encoded.entity(index));
        event.push(b'}');
        Ok(())
    }

    /// Appends the event of the figure with this number.
    pub fn figure(
        &mut self,
        index: usize,
        sentence: Option<TagSentence<'a>>,
        event: &mut Vec<u8>,
    ) -> serde_json::Result<()> {
        self.begin(sentence, event)?;
        event.extend_from_slice(b",\"figure\":");
        event.extend_from_slice(self.encoded.figure(index));
        // Two more keys of the same object.
        event.pop();
        let figure = self.record.figures.get(index);
        event.extend_from_slice(b",\"place_entity\":");
        append_json(
            event,
            &figure.and_then(|figure| PlaceTag::of(self.record, figure)),
        )?;
        event.extend_from_slice(b",\"claimant_entity\":");
        append_json(
            event,
            &figure.and_then(|figure| ClaimantTag::of(self.record, figure)),
        )?;
        event.extend_from_slice(b"}}");
        Ok(())
    }

    fn begin(&mut self, sentence: Option<TagSentence<'a>>, event: &mut Vec<u8>) -> serde_json::Result<()> {
        if sentence != self.sentence.0 {
            self.sentence.1.clear();
            append_json(&mut self.sentence.1, &sentence)?;
            self.sentence.0 = sentence;
        }
        event.extend_from_slice(&self.head);
        event.extend_from_slice(&self.sentence.1);
        Ok(())
    }
}

/// Appends the subject of an entity's event, without the prefix; every token is escaped.
pub fn write_entity_subject(entity: &Entity, subject: &mut String) {
    subject.push_str("entity.");
    subject.push_str(entity.kind.as_str());
    subject.push('.');
    push_subject_token(&entity.key, subject);
}

/// Appends the subject of a figure's event, without the prefix; every token is escaped.
pub fn write_figure_subject(record: &EnrichedArticle, figure: &Figure, subject: &mut String) {
    subject.push_str("figure.");
    subject.push_str(figure.kind.as_str());
    subject.push('.');
    let place = PlaceTag::of(record, figure);
    match place.as_ref().and_then(|place| place.country.as_deref()) {
        Some(country) => push_subject_token(country, subject),
        None => subject.push('_'),
    }
}
