//! A record serialised once: the line, and where in it each tag lies, so that the events of the tags are cut from it.

use std::ops::Range;

use serde::Serialize;

use super::article::{Dateline, Duplicate, Published, Removed, Source};
use super::enriched::{DateMention, EnrichedArticle, Quote, Revision};
use super::id::ArticleId;
use super::json::append_json;
use super::line::Line;

/// For each byte of a text, tags take about this many in the line.
const LINE_PER_TEXT: usize = 10;
/// Room beyond the text that is taken at once; a line that needs more grows.
const MOST_ROOM: usize = 1 << 18;

/// A record as a line, and its tags as they stand there.
#[derive(Debug)]
pub struct Encoded {
    /// The record.
    pub line: Line,
    entities: Vec<Range<usize>>,
    figures: Vec<Range<usize>>,
}

/// The keys of a record before its tags.
#[derive(Serialize)]
struct Before<'a> {
    schema: &'a str,
    id: &'a ArticleId,
    revision: &'a Revision,
    source: &'a Source,
    headline: &'a Option<String>,
    byline: &'a [String],
    publisher: &'a Option<String>,
    agency: &'a Option<String>,
    url: &'a Option<String>,
    dateline: &'a Dateline,
    published: &'a Published,
    language: &'a str,
    text: &'a str,
    removed: &'a [Removed],
}

/// The keys of a record after its tags.
#[derive(Serialize)]
struct After<'a> {
    dates: &'a [DateMention],
    quotes: &'a [Quote],
    duplicate: &'a Duplicate,
    warnings: &'a [String],
}

impl Encoded {
    /// Serialises a record: the bytes are those that `serde_json` makes of it.
    pub fn of(record: &EnrichedArticle) -> Result<Self, serde_json::Error> {
        let text = record.text.len();
        let mut json = Vec::with_capacity(text + (LINE_PER_TEXT * text + 2048).min(MOST_ROOM));
        let before = Before {
            schema: &record.schema,
            id: &record.id,
            revision: &record.revision,
            source: &record.source,
            headline: &record.headline,
            byline: &record.byline,
            publisher: &record.publisher,
            agency: &record.agency,
            url: &record.url,
            dateline: &record.dateline,
            published: &record.published,
            language: &record.language,
            text: &record.text,
            removed: &record.removed,
        };
        let after = After {
            dates: &record.dates,
            quotes: &record.quotes,
            duplicate: &record.duplicate,
            warnings: &record.warnings,
        };
        append_json(&mut json, &before)?;
        // Each `}` becomes the comma before what follows, and the `{` of the last part goes.
        json.pop();
        let entities = write_list(&mut json, "entities", &record.entities)?;
        let figures = write_list(&mut json, "figures", &record.figures)?;
        let brace = json.len();
        append_json(&mut json, &after)?;
        json[brace] = b',';
        Ok(Self {
            line: Line::with_json(record, json.into()),
            entities,
            figures,
        })
    }

    /// Returns the JSON of an entity; empty where there is none of this number.
    pub(super) fn entity(&self, index: usize) -> &[u8] {
        self.piece(self.entities.get(index))
    }

    /// Returns the JSON of a figure; empty where there is none of this number.
    pub(super) fn figure(&self, index: usize) -> &[u8] {
        self.piece(self.figures.get(index))
    }

    fn piece(&self, range: Option<&Range<usize>>) -> &[u8] {
        range.map_or(&[], |range| &self.line.json()[range.clone()])
    }
}

/// Appends `,"key":[…]` and returns where each element lies.
fn write_list<T: Serialize>(
    json: &mut Vec<u8>,
    key: &str,
    list: &[T],
) -> Result<Vec<Range<usize>>, serde_json::Error> {
    json.extend_from_slice(b",\"");
    json.extend_from_slice(key.as_bytes());
    json.extend_from_slice(b"\":[");
    let mut ranges = Vec::with_capacity(list.len());
    for element in list {
        if !ranges.is_empty() {
            json.push(b',');
        }
        let start = json.len();
        append_json(json, element)?;
        ranges.push(start..json.len());
    }
    json.push(b']');
    Ok(ranges)
}
