//! The small events that are fanned out per article: one entity or one figure, with what a subscriber needs to
//! understand it without the record.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{ArticleId, EnrichedArticle, Entity, EntityType, Figure, Published, Revision, TextSpan};

/// The schema of [`TagEvent`] messages that this build writes.
pub const TAG_SCHEMA: &str = "slugline-tag/1";

/// One tag of one article, as sent to `<prefix>.entity.<type>.<key>` or `<prefix>.figure.<kind>.<country or _>`.
///
/// The same event may come twice after a crash; [`id`](Self::id), [`revision`](Self::revision) and the id of the
/// tag together tell. Within `slugline-tag/1` changes only add keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TagEvent<'a> {
    /// Always [`TAG_SCHEMA`].
    pub schema: Cow<'a, str>,
    /// The article.
    pub id: ArticleId,
    /// What found the tag.
    pub revision: Cow<'a, Revision>,
    /// Name of the inbox that the article came through.
    pub source: Cow<'a, str>,
    /// The article's headline.
    pub headline: Option<Cow<'a, str>>,
    /// When the article was published.
    pub published: Cow<'a, Published>,
    /// The sentence of the first mention; offsets are code points into the record's text.
    pub sentence: Option<TextSpan>,
    /// The entity or figure.
    #[serde(flatten)]
    pub tag: Tag<'a>,
}

/// What was found: written as the key `entity` or `figure`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "lives only while one event is written or read"
)]
pub enum Tag<'a> {
    /// One real thing named in the article.
    Entity(Cow<'a, Entity>),
    /// One numeric claim.
    Figure(FigureTag<'a>),
}

/// A figure, with the place that it belongs to and who claims it: in the record these are only ids.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FigureTag<'a> {
    /// The figure as in the record.
    #[serde(flatten)]
    pub figure: Cow<'a, Figure>,
    /// The entity that `place` names.
    pub place_entity: Option<PlaceTag<'a>>,
    /// The entity that `claimant.entity` names.
    pub claimant_entity: Option<ClaimantTag<'a>>,
}

/// The place of a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceTag<'a> {
    /// Its fullest name.
    pub name: Cow<'a, str>,
    /// Its slug, as in topics.
    pub key: Cow<'a, str>,
    /// ISO 3166-1 alpha-2 code of its country.
    pub country: Option<Cow<'a, str>>,
}

/// Who claims a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimantTag<'a> {
    /// Its fullest name.
    pub name: Cow<'a, str>,
    /// Its slug, as in topics.
    pub key: Cow<'a, str>,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: EntityType,
}

impl<'a> ClaimantTag<'a> {
    /// Returns who claims a figure of this record, where that is an entity.
    pub fn of(record: &'a EnrichedArticle, figure: &Figure) -> Option<Self> {
        let claimant = entity(record, figure.claimant.as_ref()?.entity.as_ref()?)?;
        Some(Self {
            name: Cow::Borrowed(&claimant.name),
            key: Cow::Borrowed(&claimant.key),
            kind: claimant.kind,
        })
    }
}

impl<'a> PlaceTag<'a> {
    /// Returns the place that a figure of this record belongs to.
    pub fn of(record: &'a EnrichedArticle, figure: &Figure) -> Option<Self> {
        let place = entity(record, figure.place.as_ref()?)?;
        Some(Self {
            name: Cow::Borrowed(&place.name),
            key: Cow::Borrowed(&place.key),
            country: country_of(place).map(Cow::Borrowed),
        })
    }
}

impl<'a> TagEvent<'a> {
    /// Returns the event of an entity.
    pub fn entity(record: &'a EnrichedArticle, entity: &'a Entity, sentence: Option<TextSpan>) -> Self {
        Self::of(record, sentence, Tag::Entity(Cow::Borrowed(entity)))
    }

    /// Returns the event of a figure.
    pub fn figure(record: &'a EnrichedArticle, figure: &'a Figure, sentence: Option<TextSpan>) -> Self {
        let tag = FigureTag {
            place_entity: PlaceTag::of(record, figure),
            claimant_entity: ClaimantTag::of(record, figure),
            figure: Cow::Borrowed(figure),
        };
        Self::of(record, sentence, Tag::Figure(tag))
    }

    fn of(record: &'a EnrichedArticle, sentence: Option<TextSpan>, tag: Tag<'a>) -> Self {
        Self {
            schema: Cow::Borrowed(TAG_SCHEMA),
            id: record.id,
            revision: Cow::Borrowed(&record.revision),
            source: Cow::Borrowed(&record.source.name),
            headline: record.headline.as_deref().map(Cow::Borrowed),
            published: Cow::Borrowed(&record.published),
            sentence,
            tag,
        }
    }
}

fn entity<'a>(record: &'a EnrichedArticle, id: &str) -> Option<&'a Entity> {
    record.entities.iter().find(|entity| entity.id == id)
}

/// Returns the country that a place is or belongs to.
fn country_of(place: &Entity) -> Option<&str> {
    let iso = || place.ids.iso.as_deref().filter(|iso| iso.len() == 2);
    place.country.as_deref().or_else(iso)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::message::tag_writer::{TagSentence, TagWriter, write_entity_subject, write_figure_subject};
    use crate::message::{ClaimStatus, Claimant, Encoded, sample};

    fn record() -> EnrichedArticle {
        let mut record = sample::record("text");
        let place = json!({"id": "e1", "type": "place", "subtype": "city", "name": "Qalat Rud", "key": "qalat-rud",
            "role": null, "ids": {"wikidata": null, "geonames": null, "iso": null}, "country": "PK", "lists": [],
            "salience": 0.5, "confidence": 0.5, "mentions": [{"start": 0, "end": 9, "text": "Qalat Rud"}]});
        let figure = json!({"id": "f1", "start": 0, "end": 2, "text": "14", "number": {"start": 0, "end": 2, "text": "14"},
            "value": 14.0, "low": 14.0, "high": 14.0, "bound": "exact", "kind": "killed", "unit": null, "subject": null,
            "change": null, "negated": false, "claimant": null, "place": "e1", "when": null, "sentence": 0,
            "part_of": null, "compared_to": null, "confidence": 0.5});
        record.entities = vec![serde_json::from_value(place).expect("an entity")];
        record.figures = vec![serde_json::from_value(figure).expect("a figure")];
        record
    }

    #[test]
    fn subjects_say_what_and_where() {
        let mut record = record();
        let subject = |record: &EnrichedArticle| {
            let mut subject = String::new();
            write_figure_subject(record, &record.figures[0], &mut subject);
            subject
        };
        assert_eq!(subject(&record), "figure.killed.pk");
        record.entities[0].country = None;
        assert_eq!(subject(&record), "figure.killed._");
        record.entities[0].ids.iso = Some("PK-KP".to_owned());
        assert_eq!(subject(&record), "figure.killed._", "a region is no country");
        record.figures[0].place = None;
        assert_eq!(subject(&record), "figure.killed._");
        let entity = |record: &EnrichedArticle| {
            let mut subject = String::new();
            write_entity_subject(&record.entities[0], &mut subject);
            subject
        };
        assert_eq!(entity(&record), "entity.place.qalat-rud");
        record.entities[0].kind = EntityType::Person;
        record.entities[0].key = "a.b > c*".to_owned();
        assert_eq!(
            entity(&record),
            "entity.person.a-b-c",
            "no wildcard can come from a text"
        );
    }

    #[test]
    fn events_read_back_and_hold_the_tag_under_its_name() {
        let record = record();
        for (event, key) in [
            (TagEvent::figure(&record, &record.figures[0], None), "figure"),
            (TagEvent::entity(&record, &record.entities[0], None), "entity"),
        ] {
            let text = serde_json::to_string(&event).expect("serialises");
            let read: TagEvent<'_> = serde_json::from_str(&text).expect("reads back");
            assert_eq!(read, event);
            let json: serde_json::Value = serde_json::from_str(&text).expect("is JSON");
            assert_eq!(json["schema"], TAG_SCHEMA);
            assert!(json[key].is_object(), "{text}");
        }
    }

    #[test]
    fn the_writer_writes_what_serde_writes() {
        let mut record = record();
        record.headline = Some("“Fourteen” die\tin Qalat Rud".to_owned());
        let mut claimed = record.figures[0].clone();
        claimed.place = None;
        claimed.claimant = Some(Claimant {
            text: "it".to_owned(),
            start: 0,
            end: 2,
            entity: Some("e1".to_owned()),
            cue: "said".to_owned(),
            status: ClaimStatus::Reported,
        });
        assert!(ClaimantTag::of(&record, &claimed).is_some());
        record.figures.push(claimed);
        let text = "He said: “14”.";
        let sentence = TagSentence {
            start: 3,
            end: 17,
            text,
        };
        let owned = || TextSpan {
            start: sentence.start,
            end: sentence.end,
            text: text.to_owned(),
        };
        let encoded = Encoded::of(&record).expect("encodes");
        let mut writer = TagWriter::new(&record, &encoded).expect("encodes");
        let mut check = |index, event: TagEvent<'_>, sentence| {
            let mut written = Vec::new();
            match &event.tag {
                Tag::Entity(_) => writer.entity(index, sentence, &mut written),
                Tag::Figure(_) => writer.figure(index, sentence, &mut written),
            }
            .expect("encodes");
            let expect = serde_json::to_string(&event).expect("serialises");
            assert_eq!(String::from_utf8(written).expect("UTF-8"), expect);
        };
        for _ in 0..2 {
            for (index, figure) in record.figures.iter().enumerate() {
                check(index, TagEvent::figure(&record, figure, None), None);
                let event = TagEvent::figure(&record, figure, Some(owned()));
                check(index, event, Some(sentence));
            }
            for (index, entity) in record.entities.iter().enumerate() {
                let event = TagEvent::entity(&record, entity, Some(owned()));
                check(index, event, Some(sentence));
                check(index, TagEvent::entity(&record, entity, None), None);
            }
        }
    }

    #[test]
    fn a_record_is_encoded_as_serde_does() {
        let mut record = record();
        let mut check = |change: fn(&mut EnrichedArticle)| {
            change(&mut record);
            let encoded = Encoded::of(&record).expect("encodes");
            let expect = serde_json::to_string(&record).expect("serialises");
            assert_eq!(std::str::from_utf8(encoded.line.json()).expect("UTF-8"), expect);
        };
        check(|_| ());
        check(|record| record.figures.push(record.figures[0].clone()));
        check(|record| record.entities.push(record.entities[0].clone()));
        check(|record| record.byline = vec!["A, \"B\"".to_owned(), "]}".to_owned()]);
        check(|record| record.entities.clear());
        check(|record| record.figures.clear());
        check(|record| record.warnings = vec!["odd".to_owned()]);
    }
}
