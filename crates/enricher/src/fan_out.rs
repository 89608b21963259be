//! Small events per article: one per entity and one per figure, for whoever listens.
//!
//! Encoded beside the record on the CPU pool; sent after the record is safe and before the article is settled, so that
//! a crash in between repeats events rather than loses them. An event that the connection does not take is dropped:
//! the record is the truth.

use wire::EnrichedArticle;
use wire::message::{Encoded, Entity, TagSentence, TagWriter, write_entity_subject, write_figure_subject};
use wire::nats::EventBatch;

use crate::to_wire::Sentence;

/// Most bytes that are set aside at once for the events of an article; larger ones grow as they are made.
const MAX_RESERVED: usize = 1 << 20;

/// Which events are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds {
    /// One per entity of an article, to `<prefix>.entity.<type>.<key>`.
    pub entities: bool,
    /// One per figure, to `<prefix>.figure.<kind>.<country or _>`.
    pub figures: bool,
}

impl Default for Kinds {
    fn default() -> Self {
        Self {
            entities: true,
            figures: true,
        }
    }
}

/// Adds the events of an article to a batch: entities first, each list in order of appearance.
pub(crate) fn encode(
    record: &EnrichedArticle,
    encoded: &Encoded,
    sentences: &[Sentence],
    kinds: Kinds,
    batch: &mut EventBatch,
) -> serde_json::Result<()> {
    let mut writer = TagWriter::new(record, encoded)?;
    let (events, bytes) = room(record, kinds, encoded.line.json().len(), writer.overhead());
    batch.reserve(events, bytes);
    let mut subject = String::new();
    let id = |tag: &str| {
        let revision = &record.revision;
        format!("{}:{}:{}:{tag}", record.id, revision.pipeline, revision.model)
    };
    for (index, entity) in record.entities.iter().enumerate().filter(|_| kinds.entities) {
        subject.clear();
        write_entity_subject(entity, &mut subject);
        let sentence = sentence_of(sentences, entity).map(|sentence| quote(record, sentence));
        batch.push(
            &subject,
            || id(&entity.id),
            |event| writer.entity(index, sentence, event),
        )?;
    }
    for (index, figure) in record.figures.iter().enumerate().filter(|_| kinds.figures) {
        subject.clear();
        write_figure_subject(record, figure, &mut subject);
        let sentence = sentences.get(figure.sentence as usize);
        let sentence = sentence.map(|sentence| quote(record, sentence));
        batch.push(
            &subject,
            || id(&figure.id),
            |event| writer.figure(index, sentence, event),
        )?;
    }
    Ok(())
}

/// Returns how many events there will be, and about how many bytes to set aside for them.
fn room(record: &EnrichedArticle, kinds: Kinds, line: usize, overhead: usize) -> (usize, usize) {
    let entities = if kinds.entities { record.entities.len() } else { 0 };
    let figures = if kinds.figures { record.figures.len() } else { 0 };
    match entities + figures {
        0 => (0, 0),
        events => (events, (line + events * overhead).min(MAX_RESERVED)),
    }
}

/// Returns the sentence that the first mention of an entity begins in.
fn sentence_of<'a>(sentences: &'a [Sentence], entity: &Entity) -> Option<&'a Sentence> {
    let start = entity.mentions.first()?.start;
    let after = sentences.partition_point(|sentence| sentence.start <= start);
    sentences[..after].last().filter(|sentence| start < sentence.end)
}

fn quote<'a>(record: &'a EnrichedArticle, sentence: &Sentence) -> TagSentence<'a> {
    let text = record.text.get(sentence.first_byte..sentence.end_byte);
    TagSentence {
        start: sentence.start,
        end: sentence.end,
        text: text.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use wire::ArticleId;
    use wire::message::{Article, Format, Source, Tag, TagEvent};

    use super::*;
    use crate::Engine;
    use crate::to_wire::{Enriched, enrich_with_sentences};

    const TEXT: &str = "“Nous sommes là,” the mayor said. At least 14 people were killed in Kabul on Monday, police \
        said. Asim Munir visited Kabul and 30 others were injured in Lahore.";

    fn enriched() -> Enriched {
        let source = Source {
            name: "test".to_owned(),
            path: "a.txt".to_owned(),
            item: None,
            format: Format::Text,
            bytes: TEXT.len() as u64,
            encoding: "utf-8".to_owned(),
            received: Some(Timestamp::UNIX_EPOCH),
        };
        let article = Article::new(ArticleId::of(TEXT.as_bytes()), source, TEXT.to_owned());
        enrich_with_sentences(&Engine::new(), article)
    }

    fn events_of(enriched: &Enriched, kinds: Kinds) -> Vec<(String, TagEvent<'static>)> {
        let mut batch = EventBatch::default();
        let encoded = Encoded::of(&enriched.record).expect("encodes");
        encode(&enriched.record, &encoded, &enriched.sentences, kinds, &mut batch).expect("encodes");
        let read = |payload: &[u8]| serde_json::from_slice(payload).expect("is an event");
        let text = |subject: &[u8]| String::from_utf8(subject.to_vec()).expect("UTF-8");
        let events = batch.iter();
        events
            .map(|(subject, payload)| (text(subject), read(payload)))
            .collect()
    }

    #[test]
    fn every_tag_is_one_event_with_the_sentence_that_holds_it() {
        let enriched = enriched();
        let record = &enriched.record;
        let events = events_of(&enriched, Kinds::default());
        assert_eq!(events.len(), record.entities.len() + record.figures.len());
        assert!(
            record.figures.len() >= 2 && !record.entities.is_empty(),
            "{record:?}"
        );
        for (subject, event) in &events {
            let sentence = event.sentence.as_ref().expect("has a sentence");
            let (start, text, begin) = match &event.tag {
                Tag::Entity(entity) => (
                    entity.mentions[0].start,
                    entity.mentions[0].text.as_str(),
                    format!(".entity.{}.{}", entity.kind.as_str(), entity.key),
                ),
                Tag::Figure(tag) => (
                    tag.figure.start,
                    tag.figure.text.as_str(),
                    format!(".figure.{}.", tag.figure.kind.as_str()),
                ),
            };
            assert!(subject.starts_with(&begin), "{subject}");
            assert!(sentence.text.contains(text), "{text} in {sentence:?}");
            let offset = (start - sentence.start) as usize;
            let found: String = sentence
                .text
                .chars()
                .skip(offset)
                .take(text.chars().count())
                .collect();
            assert_eq!(found, text, "offsets are code points");
        }
    }

    #[test]
    fn only_what_is_sent_takes_room_and_never_more_than_the_bound() {
        let enriched = enriched();
        let record = &enriched.record;
        let room_of = |entities, figures, overhead| room(record, Kinds { entities, figures }, 10, overhead);
        let (entities, figures) = (record.entities.len(), record.figures.len());
        assert_eq!(room_of(false, false, 7), (0, 0));
        assert_eq!(room_of(true, false, 7), (entities, 10 + 7 * entities));
        assert_eq!(room_of(false, true, 7), (figures, 10 + 7 * figures));
        assert_eq!(room_of(true, true, 1 << 24), (entities + figures, MAX_RESERVED));
    }

    #[test]
    fn each_kind_can_be_switched_off() {
        let enriched = enriched();
        let count = |entities, figures| {
            let kinds = Kinds { entities, figures };
            events_of(&enriched, kinds).len()
        };
        assert_eq!(count(false, false), 0);
        assert_eq!(count(true, false), enriched.record.entities.len());
        assert_eq!(count(false, true), enriched.record.figures.len());
    }
}
