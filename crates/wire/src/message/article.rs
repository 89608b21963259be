//! The message from the watcher to the enrichers.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ArticleId;

/// The schema of [`Article`] messages that this build reads and writes.
pub const ARTICLE_SCHEMA: &str = "slugline-article/1";

/// One article as clean text with its origin: what the watcher publishes.
///
/// `text` is normalised (NFC, `\n` line ends, page furniture removed) before it gets here and is never changed
/// afterwards: every offset of the enriched record points into exactly this text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// Always [`ARTICLE_SCHEMA`]; a consumer refuses what it does not know.
    pub schema: String,
    /// Identity by content.
    pub id: ArticleId,
    /// Where the article came from.
    pub source: Source,
    /// The headline, if the file has one. It may also be the first line of `text`.
    pub headline: Option<String>,
    /// Names of the authors, without "By".
    pub byline: Vec<String>,
    /// The publication, such as "The Daily Star".
    pub publisher: Option<String>,
    /// The news agency credited, such as "Reuters".
    pub agency: Option<String>,
    /// The canonical address.
    pub url: Option<String>,
    /// The dateline; its `place` is filled by the enricher.
    pub dateline: Dateline,
    /// When it was published, how precisely that is known and where that was read.
    pub published: Published,
    /// BCP-47 tag; `und` when unsure.
    pub language: String,
    /// The article's text.
    pub text: String,
    /// What the clean-up took out, in order of appearance.
    pub removed: Vec<Removed>,
    /// An earlier article that this one copies.
    pub duplicate: Duplicate,
    /// What was odd about the input, one sentence each.
    pub warnings: Vec<String>,
}

/// Where an article came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// The configured name of the inbox; part of the NATS subjects.
    pub name: String,
    /// Path relative to the inbox, with `/`; bytes that are not UTF-8 are replaced by U+FFFD.
    pub path: String,
    /// Which article of a file that holds several (feed item id, archive entry, line number).
    pub item: Option<String>,
    /// The format the article was read as.
    pub format: Format,
    /// Size of the article as found, in bytes.
    pub bytes: u64,
    /// The encoding the text was decoded from, as a WHATWG label in lower case.
    pub encoding: String,
    /// When the file was first seen; RFC 3339, UTC. Of a file given to `tag`, its modification time; null where there
    /// is no file, as on standard input: the same input gives the same record.
    #[schemars(with = "Option<String>")]
    pub received: Option<Timestamp>,
}

/// The formats that articles are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// A web page.
    Html,
    /// RSS, any version.
    Rss,
    /// Atom.
    Atom,
    /// JSON Feed.
    JsonFeed,
    /// IPTC ninjs, versions 1 to 3.
    Ninjs,
    /// IPTC NewsML-G2, or NewsML 1.2.
    Newsml,
    /// IPTC NITF.
    Nitf,
    /// A JSON article object.
    Json,
    /// One JSON article object a line.
    Jsonl,
    /// An e-mail message.
    Eml,
    /// A record of a WARC file.
    Warc,
    /// A PDF document.
    Pdf,
}

/// The dateline of an article ("QALAT RUD, Mar 3").
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Dateline {
    /// As printed, without agency and dash.
    pub text: Option<String>,
    /// Id of the place entity that it names.
    pub place: Option<String>,
}

/// When an article was published.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Published {
    /// ISO 8601 as far as known: `2026`, `2026-03`, `2026-03-03` or RFC 3339 in UTC.
    pub value: Option<String>,
    /// How precisely it is known.
    pub precision: Option<Precision>,
    /// What it was read from.
    pub from: Option<PublishedFrom>,
}

/// How precisely a date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// A decade: `202`.
    Decade,
    /// A year: `2026`.
    Year,
    /// A quarter of a year: `2026-Q1`.
    Quarter,
    /// A month: `2026-03`.
    Month,
    /// An ISO week: `2026-W10`.
    Week,
    /// A day: `2026-03-03`.
    Day,
    /// A minute.
    Minute,
    /// A second.
    Second,
}

/// What a publication date was read from, most trusted first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PublishedFrom {
    /// The format's own metadata: JSON-LD, a feed's `pubDate`, an e-mail's `Date`.
    Metadata,
    /// The dateline.
    Dateline,
    /// A line above the text ("Fri Feb 06 2026", "date 2025-09-19").
    Prefix,
    /// The file's modification time.
    FileTime,
}

/// A piece of page furniture that the clean-up took out of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Removed {
    /// Name of the rule.
    pub rule: String,
    /// What was removed.
    pub text: String,
}

/// An earlier article that this one copies.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Duplicate {
    /// Id of the first article seen with nearly this text.
    pub of: Option<ArticleId>,
    /// 0 to 1; 0 where `of` is null.
    pub similarity: f64,
}

impl Article {
    /// Returns an article that has nothing but a text: what every reader starts from.
    pub fn new(id: ArticleId, source: Source, text: String) -> Self {
        Self {
            schema: ARTICLE_SCHEMA.to_owned(),
            id,
            source,
            headline: None,
            byline: Vec::new(),
            publisher: None,
            agency: None,
            url: None,
            dateline: Dateline::default(),
            published: Published::default(),
            language: "und".to_owned(),
            text,
            removed: Vec::new(),
            duplicate: Duplicate::default(),
            warnings: Vec::new(),
        }
    }
}
