//! Small events per article: one per entity and one per figure, for whoever listens.
//!
//! Sent after the record is safe and before the article is settled, so that a crash in between repeats events
//! rather than loses them. An event that the connection does not take is dropped: the record is the truth.

use wire::EnrichedArticle;
use wire::message::{Entity, TagEvent, TextSpan};
use wire::nats::Events;

use crate::to_wire::Sentence;

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

/// Sends the events of one article. Stops at the first that the connection does not take: the next would wait as
/// long in vain.
pub(crate) async fn fan_out(record: &EnrichedArticle, sentences: &[Sentence], kinds: Kinds, events: &Events) {
    if events.is_none() {
        return;
    }
    for event in events_of(record, sentences, kinds) {
        let payload = match serde_json::to_vec(&event) {
            Ok(payload) => payload,
            Err(error) => {
                tracing::error!(%error, "failed to encode an event");
                continue;
            }
        };
        let subject = event.subject();
        if !events.send(&subject, || event.dedupe_key(), payload.into()).await {
            tracing::debug!("dropped the remaining events of the article");
            return;
        }
    }
}

/// Returns the events of an article: entities first, each list in order of appearance.
fn events_of<'a>(
    record: &'a EnrichedArticle,
    sentences: &'a [Sentence],
    kinds: Kinds,
) -> impl Iterator<Item = TagEvent<'a>> {
    let entities = record.entities.iter().filter(move |_| kinds.entities);
    let entities = entities.map(move |entity| {
        let sentence = sentence_of(sentences, entity).map(|sentence| span(record, sentence));
        TagEvent::entity(record, entity, sentence)
    });
    let figures = record.figures.iter().filter(move |_| kinds.figures);
    let figures = figures.map(move |figure| {
        let sentence = sentences.get(figure.sentence as usize);
        TagEvent::figure(record, figure, sentence.map(|sentence| span(record, sentence)))
    });
    entities.chain(figures)
}

/// Returns the sentence that the first mention of an entity begins in.
fn sentence_of<'a>(sentences: &'a [Sentence], entity: &Entity) -> Option<&'a Sentence> {
    let start = entity.mentions.first()?.start;
    let after = sentences.partition_point(|sentence| sentence.start <= start);
    sentences[..after].last().filter(|sentence| start < sentence.end)
}

fn span(record: &EnrichedArticle, sentence: &Sentence) -> TextSpan {
    let text = record.text.get(sentence.first_byte..sentence.end_byte);
    TextSpan {
        start: sentence.start,
        end: sentence.end,
        text: text.unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use wire::ArticleId;
    use wire::message::{Article, Format, Source, Tag};

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
            received: Timestamp::UNIX_EPOCH,
        };
        let article = Article::new(ArticleId::of(TEXT.as_bytes()), source, TEXT.to_owned());
        enrich_with_sentences(&Engine::new(), article)
    }

    #[test]
    fn every_tag_is_one_event_with_the_sentence_that_holds_it() {
        let enriched = enriched();
        let record = &enriched.record;
        let events: Vec<_> = events_of(record, &enriched.sentences, Kinds::default()).collect();
        assert_eq!(events.len(), record.entities.len() + record.figures.len());
        assert!(
            record.figures.len() >= 2 && !record.entities.is_empty(),
            "{record:?}"
        );
        for event in &events {
            let sentence = event.sentence.as_ref().expect("has a sentence");
            let (start, text) = match &event.tag {
                Tag::Entity(entity) => (entity.mentions[0].start, entity.mentions[0].text.as_str()),
                Tag::Figure(tag) => (tag.figure.start, tag.figure.text.as_str()),
            };
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
    fn each_kind_can_be_switched_off() {
        let enriched = enriched();
        let count = |entities, figures| {
            let kinds = Kinds { entities, figures };
            events_of(&enriched.record, &enriched.sentences, kinds).count()
        };
        assert_eq!(count(false, false), 0);
        assert_eq!(count(true, false), enriched.record.entities.len());
        assert_eq!(count(false, true), enriched.record.figures.len());
    }
}
