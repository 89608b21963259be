//! A record as it travels and as it is written.

use bytes::Bytes;
use jiff::Timestamp;
use memchr::memmem;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::encoded::Encoded;
use super::enriched::{EnrichedArticle, Revision};
use super::id::ArticleId;

/// An enriched record as one line of JSON, without its line end, and what of it the stages need to know.
///
/// A record is serialised once, where it is made. The carriers, the broker and the sink hand the same bytes on: what
/// subscribers receive is what the file holds, keys that a later version added included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    schema: String,
    id: ArticleId,
    revision: Revision,
    source_name: String,
    received: Option<Timestamp>,
    language: String,
    json: Bytes,
}

/// What is read of a record, which stands before its text.
#[derive(Deserialize)]
struct Head {
    schema: String,
    id: ArticleId,
    revision: Revision,
    source: SourceShape,
    language: String,
}

/// A whole record: every key must be there, the values of most are only checked to be JSON.
#[derive(Deserialize)]
#[expect(dead_code, reason = "a key that is only there to be required")]
struct Shape {
    schema: String,
    id: ArticleId,
    revision: Revision,
    source: SourceShape,
    headline: IgnoredAny,
    byline: IgnoredAny,
    publisher: IgnoredAny,
    agency: IgnoredAny,
    url: IgnoredAny,
    dateline: IgnoredAny,
    published: IgnoredAny,
    language: String,
    text: IgnoredAny,
    removed: IgnoredAny,
    entities: IgnoredAny,
    figures: IgnoredAny,
    dates: IgnoredAny,
    quotes: IgnoredAny,
    duplicate: IgnoredAny,
    warnings: IgnoredAny,
}

#[derive(Deserialize)]
struct SourceShape {
    name: String,
    received: Option<Timestamp>,
}

impl Head {
    fn line(self, json: Bytes) -> Line {
        Line {
            schema: self.schema,
            id: self.id,
            revision: self.revision,
            source_name: self.source.name,
            received: self.source.received,
            language: self.language,
            json,
        }
    }
}

impl Line {
    /// Serialises a record.
    pub fn of(record: &EnrichedArticle) -> Result<Self, serde_json::Error> {
        Ok(Encoded::of(record)?.line)
    }

    pub(super) fn with_json(record: &EnrichedArticle, json: Bytes) -> Self {
        Self {
            schema: record.schema.clone(),
            id: record.id,
            revision: record.revision.clone(),
            source_name: record.source.name.clone(),
            received: record.source.received,
            language: record.language.clone(),
            json,
        }
    }

    /// Takes a record as it was received.
    ///
    /// Fails where it is not JSON, lacks a key of a record, or has one of the few values that are read wrong. JSON that
    /// is spread over several lines is written anew.
    pub fn parse(json: Bytes) -> Result<Self, serde_json::Error> {
        if json.contains(&b'\n') {
            return Self::of(&serde_json::from_slice(&json)?);
        }
        let text = std::str::from_utf8(&json).map_err(serde::de::Error::custom)?;
        let Shape {
            schema,
            id,
            revision,
            source,
            language,
            ..
        } = serde_json::from_str(text)?;
        let head = Head {
            schema,
            id,
            revision,
            source,
            language,
        };
        Ok(head.line(json))
    }

    /// Takes a record that its maker vouches for: only what stands before its text is read. That it is one line, and
    /// whole, is checked all the same: the output relies on it.
    pub(crate) fn parse_sealed(json: Bytes) -> Result<Self, serde_json::Error> {
        if json.contains(&b'\n') || !json.ends_with(b"}") {
            return Self::parse(json);
        }
        // Quotes inside a string are escaped, so this is the key.
        let head = memmem::find(&json, br#","text":"#).and_then(|end| {
            let head = [&json[..end], b"}"].concat();
            Some(serde_json::from_slice::<Head>(&head).ok()?.line(json.clone()))
        });
        // A later version may write it otherwise.
        head.map_or_else(|| Self::parse(json), Ok)
    }

    /// Returns the schema that the record states.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// Returns the id of the article.
    pub fn id(&self) -> ArticleId {
        self.id
    }

    /// Returns what made the record.
    pub fn revision(&self) -> &Revision {
        &self.revision
    }

    /// Returns the name of the inbox that the article came through.
    pub fn source_name(&self) -> &str {
        &self.source_name
    }

    /// Returns when the article's file was first seen, if that is known.
    pub fn received(&self) -> Option<Timestamp> {
        self.received
    }

    /// Returns the article's language.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Returns the JSON: one line, without its end.
    pub fn json(&self) -> &Bytes {
        &self.json
    }

    /// Reads the whole record.
    pub fn record(&self) -> Result<EnrichedArticle, serde_json::Error> {
        serde_json::from_slice(&self.json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::sample;

    fn record() -> EnrichedArticle {
        sample::record("“Ten”\npeople")
    }

    fn parse(json: impl Into<Vec<u8>>) -> Result<Line, serde_json::Error> {
        Line::parse(Bytes::from(json.into()))
    }

    #[test]
    fn what_was_serialised_is_taken_as_it_is() {
        let line = Line::of(&record()).expect("serialises");
        assert_eq!(line.record().expect("reads back"), record());
        let taken = parse(line.json().to_vec()).expect("is a record");
        assert_eq!(taken, line);
        assert!(!line.json().contains(&b'\n'));
    }

    #[test]
    fn of_a_sealed_line_only_the_head_is_read() {
        let line = Line::of(&record()).expect("serialises");
        assert_eq!(
            Line::parse_sealed(line.json().clone()).expect("is a record"),
            line
        );
        let json = String::from_utf8(line.json().to_vec()).expect("UTF-8");
        let shorter = json.replace(r#","warnings":[]"#, "");
        assert!(parse(shorter.clone()).is_err());
        assert_eq!(
            Line::parse_sealed(shorter.into()).expect("has a head").id(),
            line.id()
        );
        // Never two lines, nor half of one.
        for broken in [
            json.replace("\"text\":", "\"text\":\n7"),
            json[..json.len() - 1].to_owned(),
        ] {
            assert!(Line::parse_sealed(broken.into()).is_err());
        }
        // Keys in another order.
        let value = serde_json::to_value(record()).expect("serialises").to_string();
        assert_eq!(
            Line::parse_sealed(value.into()).expect("is a record").id(),
            line.id()
        );
        assert!(Line::parse_sealed(Bytes::from_static(b"{}")).is_err());
    }

    #[test]
    fn keys_of_later_versions_stay() {
        let mut value = serde_json::to_value(record()).expect("serialises");
        value["mood"] = "grim".into();
        let line = parse(value.to_string()).expect("is a record");
        assert_eq!(line.json(), value.to_string().as_bytes());
    }

    #[test]
    fn json_over_several_lines_becomes_one() {
        let spread = serde_json::to_vec_pretty(&record()).expect("serialises");
        assert_eq!(
            parse(spread).expect("is a record"),
            Line::of(&record()).expect("serialises")
        );
    }

    #[test]
    fn what_is_no_record_is_refused() {
        let whole = serde_json::to_value(record()).expect("serialises");
        for key in whole.as_object().expect("an object").keys() {
            let mut lacking = whole.clone();
            lacking.as_object_mut().expect("an object").remove(key);
            assert!(parse(lacking.to_string()).is_err(), "without `{key}`");
        }
        let line = whole.to_string();
        for cut in 0..line.len() {
            assert!(parse(&line.as_bytes()[..cut]).is_err(), "cut at {cut}");
        }
        let at = line.find("people").expect("is there");
        for byte in [0xff, b'\0', b'"'] {
            let mut broken = line.clone().into_bytes();
            broken[at] = byte;
            assert!(parse(broken).is_err(), "byte {byte}");
        }
    }
}
