//! Bytes to articles: recognises the format by content, decodes, extracts, cleans up and dates.
//!
//! [`read`] is the whole interface. It is a pure function: no files, no network, no clock. What it takes out of a
//! text is listed in [`wire::Article::removed`], what was odd about the input in [`wire::Article::warnings`].
//!
//! ```text
//! bytes ─▶ sniff ─▶ archive? unpack, each entry again
//!             └───▶ format reader ─▶ Draft ─▶ assemble: normalise, clean up, headline, dateline, date ─▶ Article
//! ```

mod agencies;
mod archive;
mod assemble;
mod bounds;
mod cleanup;
mod config;
mod credits;
mod dateline;
mod dates;
mod decode;
mod draft;
mod eml;
mod feed;
mod html;
mod json;
mod language;
mod lines;
mod markdown;
mod newsml;
mod nitf;
mod normalise;
mod outlets;
mod plain;
mod sniff;
mod warc;
mod xml;

use jiff::Timestamp;
use wire::message::Format;
use wire::{Article, ArticleId};

pub use config::{Config, FieldMap, InvalidRule, Limits, UnknownName, UserRule, UserRules, Zone};

pub use cleanup::rule_names;

use draft::Draft;
use sniff::Kind;

/// Where the bytes came from.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The configured name of the inbox.
    pub source_name: &'a str,
    /// Path relative to the inbox, with `/`.
    pub path: &'a str,
    /// The file's modification time: the last resort for a publication date.
    pub modified: Option<Timestamp>,
    /// When the file was first seen, if that is known.
    pub received: Option<Timestamp>,
}

/// Why bytes cannot become articles.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}: {detail}")]
pub struct Refusal {
    /// The kind of refusal, for counters and subjects.
    pub reason: RefusalReason,
    /// What exactly was wrong, for people.
    pub detail: String,
}

/// The kinds of refusals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RefusalReason {
    /// There is no text in it.
    Empty,
    /// It is larger than the limit.
    TooLarge,
    /// It is binary and of no format that holds articles.
    Binary,
    /// The format is known and not read.
    Unsupported,
    /// It breaks the rules of its own format.
    Malformed,
    /// It unpacks to far more than it is, or nests without end.
    Bomb,
}

impl RefusalReason {
    /// Returns the name used in counters, subjects and error files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLarge => "too_large",
            Self::Binary => "binary",
            Self::Unsupported => "unsupported",
            Self::Malformed => "malformed",
            Self::Bomb => "bomb",
        }
    }
}

impl std::fmt::Display for RefusalReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Refusal {
    pub(crate) fn new(reason: RefusalReason, detail: impl Into<String>) -> Self {
        Self {
            reason,
            detail: detail.into(),
        }
    }
}

/// What reading the bytes of one file gave: of articles and refused items at least one.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The articles, in the order of the file.
    pub articles: Vec<Article>,
    /// What is lost unless somebody looks into it: lines, items and entries that should have been articles.
    pub refused: Vec<RefusedItem>,
}

/// A part of a file that could not become an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedItem {
    /// Which part: `line 3`, `day.zip#a.txt`; `None` for all of the file.
    pub item: Option<String>,
    /// Why.
    pub refusal: Refusal,
}

impl std::fmt::Display for RefusedItem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.item {
            Some(item) => write!(f, "{item}: {}", self.refusal),
            None => self.refusal.fmt(f),
        }
    }
}

/// Returns the articles that the bytes of one file hold, as [`read_items`] does, or why there is none.
///
/// # Examples
///
/// ```
/// use watcher::intake::{Config, Origin, read};
///
/// let origin = Origin { source_name: "inbox", path: "a.txt", modified: None, received: None };
/// let text = "Ferry sinks off Port Amel\n\nPORT AMEL, March 3, 2026 (AFP) - A ferry with 80 people on board sank.";
/// let articles = read(text.as_bytes(), &origin, &Config::default()).expect("is an article");
/// assert_eq!(articles[0].headline.as_deref(), Some("Ferry sinks off Port Amel"));
/// assert_eq!(articles[0].agency.as_deref(), Some("AFP"));
/// assert_eq!(articles[0].published.value.as_deref(), Some("2026-03-03"));
/// ```
pub fn read(bytes: &[u8], origin: &Origin<'_>, config: &Config) -> Result<Vec<Article>, Refusal> {
    let Reading { articles, refused } = read_items(bytes, origin, config);
    match refused.into_iter().next() {
        Some(first) if articles.is_empty() => Err(first.refusal),
        _ => Ok(articles),
    }
}

/// Returns the articles that the bytes of one file hold: one, or one an item for feeds, line-wise JSON and archives;
/// and the items that are refused.
///
/// - What is refused is also told in the warnings of the first article, and so is what is passed over: pictures in
///   an archive, items of a feed without text.
/// - Where there is no article, everything that was found is refused.
/// - The same bytes, origin and configuration give the same result.
pub fn read_items(bytes: &[u8], origin: &Origin<'_>, config: &Config) -> Reading {
    read_whole(bytes, None, origin, config)
}

/// Returns what one line of line-wise JSON holds, as [`read_items`] does for the whole file; for input of any length.
///
/// `number` is that of the line in the file, from 1: an article without an id of its own is called by it. What is
/// refused is told of the first article of the same line only.
pub fn read_line(line: &[u8], number: usize, origin: &Origin<'_>, config: &Config) -> Reading {
    let mut job = Job::new(None, origin, config);
    let item = Item {
        bytes: line,
        name: None,
        depth: 0,
    };
    let mut sink = Sink {
        job: &mut job,
        item,
        line: None,
    };
    json::read_line(line, number, &mut sink);
    job.finish()
}

/// Reads the bytes of one file, whose id is known: hashing is a fifth of reading.
pub(crate) fn read_identified(bytes: &[u8], id: ArticleId, origin: &Origin<'_>, config: &Config) -> Reading {
    read_whole(bytes, Some(id), origin, config)
}

fn read_whole(bytes: &[u8], id: Option<ArticleId>, origin: &Origin<'_>, config: &Config) -> Reading {
    let mut job = Job::new(id.map(|id| (bytes, id)), origin, config);
    job.read(Item {
        bytes,
        name: None,
        depth: 0,
    });
    job.finish()
}

/// One file in work: its articles and refusals so far.
struct Job<'a> {
    origin: &'a Origin<'a>,
    config: &'a Config,
    /// The bytes of the file and their id, if that is known.
    known: Option<(&'a [u8], ArticleId)>,
    /// Bytes unpacked from archives so far.
    unpacked: u64,
    articles: Vec<Article>,
    refused: Vec<RefusedItem>,
    /// What was not meant to be an article.
    passed_over: Vec<RefusedItem>,
}

/// Bytes that are one file, or one entry of an archive.
#[derive(Clone, Copy)]
struct Item<'a> {
    bytes: &'a [u8],
    /// Which entry of the file it is.
    name: Option<&'a str>,
    /// How many archives it was in.
    depth: usize,
}

impl<'a> Job<'a> {
    fn new(known: Option<(&'a [u8], ArticleId)>, origin: &'a Origin<'a>, config: &'a Config) -> Self {
        Self {
            origin,
            config,
            known,
            unpacked: 0,
            articles: Vec::new(),
            refused: Vec::new(),
            passed_over: Vec::new(),
        }
    }

    /// Reads one item; refusals are collected.
    fn read(&mut self, item: Item<'_>) {
        if let Err(refusal) = self.try_read(item) {
            use RefusalReason::{Binary, Empty, Unsupported};
            // Pictures beside articles are no loss.
            if item.depth > 0 && matches!(refusal.reason, Binary | Empty | Unsupported) {
                self.pass_over(item.name, refusal);
            } else {
                self.refuse(item.name, refusal);
            }
        }
    }

    fn refuse(&mut self, name: Option<&str>, refusal: Refusal) {
        note(&mut self.refused, name, refusal, self.config);
    }

    fn pass_over(&mut self, name: Option<&str>, refusal: Refusal) {
        note(&mut self.passed_over, name, refusal, self.config);
    }

    fn try_read(&mut self, item: Item<'_>) -> Result<(), Refusal> {
        let kind = match self.config.format {
            Some(format) if sniff::archive(item.bytes).is_none() => Kind::Document(format),
            _ => sniff::sniff(item.bytes)?,
        };
        let format = match kind {
            Kind::Archive(archive) => return archive::unpack(self, archive, item),
            Kind::Document(format) => format,
        };
        if format == Format::Warc {
            return warc::read(self, item);
        }
        let limit = self.config.limits.document_bytes;
        let many = matches!(format, Format::Jsonl);
        if !many && item.bytes.len() as u64 > limit {
            let detail = format!("{} bytes are more than the limit of {limit}", item.bytes.len());
            return Err(Refusal::new(RefusalReason::TooLarge, detail));
        }
        self.read_document(format, item)
    }

    fn read_document(&mut self, format: Format, item: Item<'_>) -> Result<(), Refusal> {
        let config = self.config;
        let mut sink = Sink {
            job: self,
            item,
            line: None,
        };
        match format {
            Format::Text => sink.draft(plain::read(item.bytes), item.bytes),
            Format::Markdown => sink.draft(markdown::read(item.bytes, config)?, item.bytes),
            Format::Html => sink.draft(html::read(item.bytes, config)?, item.bytes),
            Format::Rss | Format::Atom => return feed::read_xml(item.bytes, &mut sink),
            Format::JsonFeed => return feed::read_json(item.bytes, &mut sink),
            Format::Json | Format::Ninjs => return json::read_one(item.bytes, &mut sink),
            Format::Jsonl => json::read_lines(item.bytes, &mut sink),
            Format::Newsml => return newsml::read(item.bytes, &mut sink),
            Format::Nitf => sink.draft(nitf::read(item.bytes, config)?, item.bytes),
            Format::Eml => sink.draft(eml::read(item.bytes, config)?, item.bytes),
            Format::Warc => {}
            Format::Pdf => {
                let detail = "PDF is not read: the text of columns comes out in the wrong order";
                return Err(Refusal::new(RefusalReason::Unsupported, detail));
            }
        }
        Ok(())
    }

    fn finish(self) -> Reading {
        let Self {
            mut articles,
            mut refused,
            passed_over,
            ..
        } = self;
        let Some(first) = articles.first_mut() else {
            refused.extend(passed_over);
            if refused.is_empty() {
                let refusal = Refusal::new(RefusalReason::Empty, "there is no text in it");
                refused.push(RefusedItem { item: None, refusal });
            }
            return Reading { articles, refused };
        };
        let all = || refused.iter().chain(&passed_over);
        for RefusedItem { item, refusal } in all().take(MAX_NAMED_REFUSALS) {
            let name = item.as_deref().unwrap_or("?");
            first
                .warnings
                .push(format!("item `{name}` was refused: {refusal}"));
        }
        if let Some(more) = all().count().checked_sub(MAX_NAMED_REFUSALS + 1) {
            first
                .warnings
                .push(format!("{} more items were refused", more + 1));
        }
        Reading { articles, refused }
    }
}

/// How many refused items of a file are named in its first article; the rest are counted.
const MAX_NAMED_REFUSALS: usize = 20;

fn note(items: &mut Vec<RefusedItem>, name: Option<&str>, refusal: Refusal, config: &Config) {
    // A few reasons tell as much as a million.
    if items.len() < config.limits.items {
        let item = name.map(str::to_owned);
        items.push(RefusedItem { item, refusal });
    }
}

/// Takes the drafts that a format reader makes of one document.
struct Sink<'j, 'a, 'i> {
    job: &'j mut Job<'a>,
    item: Item<'i>,
    /// The line that is being read, where each is an article: what is refused is named by it.
    line: Option<usize>,
}

impl Sink<'_, '_, '_> {
    fn config(&self) -> &Config {
        self.job.config
    }

    /// Assembles the draft of an article that `bytes` hold.
    fn draft(&mut self, mut draft: Draft, bytes: &[u8]) {
        draft.item = self.name_of(draft.item.take());
        if self.job.articles.len() >= self.job.config.limits.items {
            let limit = self.job.config.limits.items;
            let refusal = Refusal::new(RefusalReason::TooLarge, format!("more than {limit} items"));
            return self.refuse_named(draft.item.as_deref(), refusal);
        }
        let id = match self.job.known {
            Some((known, id)) if std::ptr::eq(known, bytes) => id,
            _ => ArticleId::of(bytes),
        };
        let size = bytes.len() as u64;
        let (item, format) = (draft.item.clone(), draft.format);
        match assemble::assemble(draft, id, size, self.job.origin, self.job.config) {
            Ok(article) => self.job.articles.push(article),
            // Of an item of a feed that has no text, nothing is lost.
            Err(refusal) if matches!(format, Format::Rss | Format::Atom | Format::JsonFeed) => {
                self.job.pass_over(item.as_deref(), refusal);
            }
            Err(refusal) => self.refuse_named(item.as_deref(), refusal),
        }
    }

    fn refuse(&mut self, item: Option<&str>, refusal: Refusal) {
        let item = self.name_of(item.map(str::to_owned));
        self.refuse_named(item.as_deref(), refusal);
    }

    /// Refuses an item by its line, else by its name within the file.
    fn refuse_named(&mut self, item: Option<&str>, refusal: Refusal) {
        let line = self
            .line
            .and_then(|line| self.name_of(Some(format!("line {line}"))));
        self.job.refuse(line.as_deref().or(item), refusal);
    }

    /// Returns the name of an item of the document within the file.
    fn name_of(&self, inner: Option<String>) -> Option<String> {
        match (self.item.name, inner) {
            (Some(outer), Some(inner)) => Some(format!("{outer}#{inner}")),
            (outer, inner) => inner.or_else(|| outer.map(str::to_owned)),
        }
    }
}
