//! From what a format states to the article: clean text, headline, dateline, date, language.
//!
//! `text` begins with the headline on a line of its own, then a blank line, then the body, for every format: what
//! an editor reads is what offsets count, and names and figures in the headline are found too.

use std::borrow::Cow;

use jiff::civil::Date;
use wire::message::{Dateline, Precision, Published, PublishedFrom, Source};
use wire::{Article, ArticleId};

use super::cleanup::{self, Cleaned};
use super::config::Config;
use super::dateline::{self, Opening};
use super::dates::{Moment, PartialDate, date_of};
use super::draft::Draft;
use super::{Origin, Refusal, RefusalReason, language, lines, normalise};

/// How many lines a text may have: prose of the largest size has fewer.
const MOST_LINES: usize = 500_000;

/// Assembles an article from a draft.
pub(crate) fn assemble(
    mut draft: Draft,
    id: ArticleId,
    size: u64,
    origin: &Origin<'_>,
    config: &Config,
) -> Result<Article, Refusal> {
    let body = std::mem::take(&mut draft.body);
    if config.raw {
        return raw(draft, body, id, size, origin);
    }
    let body = normal(body, config);
    if body.len() > MOST_LINES && memchr::memchr_iter(b'\n', body.as_bytes()).count() > MOST_LINES {
        return Err(Refusal::new(
            RefusalReason::TooLarge,
            format!("more than {MOST_LINES} lines"),
        ));
    }
    normalise_fields(&mut draft);
    let (stated, suffix) = stated_headline(&draft);
    let cleaned = cleanup::clean(&body, stated.as_deref(), config);
    let headline = stated.or_else(|| cleaned.headline.and_then(one_line));
    let text = text(headline.as_deref(), &cleaned);
    if text.is_empty() {
        return Err(Refusal::new(RefusalReason::Empty, "there is no text in it"));
    }
    let opening = opening(&cleaned);
    let mut article = Article::new(id, source(&draft, size, origin), text);
    article.warnings = std::mem::take(&mut draft.warnings);
    article.published = published(&draft, &opening, &cleaned.dates, origin, &mut article.warnings);
    article.dateline = Dateline {
        text: draft.dateline.or(opening.text).or(cleaned.place),
        place: None,
    };
    article.agency = draft.agency.or(opening.agency).or(cleaned.agency);
    article.byline = if draft.byline.is_empty() {
        cleaned.byline
    } else {
        draft.byline
    };
    article.headline = headline;
    article.publisher = draft.publisher;
    article.url = draft.url;
    article.language = draft
        .language
        .unwrap_or_else(|| language::detect(&article.text).to_owned());
    article.removed = draft.removed;
    article.removed.extend(suffix);
    article.removed.extend(cleaned.removed);
    Ok(article)
}

/// The text as it is: nothing is looked at, so that offsets are offsets into the input.
fn raw(
    draft: Draft,
    body: String,
    id: ArticleId,
    size: u64,
    origin: &Origin<'_>,
) -> Result<Article, Refusal> {
    if body.trim().is_empty() {
        return Err(Refusal::new(RefusalReason::Empty, "there is no text in it"));
    }
    let mut article = Article::new(id, source(&draft, size, origin), body);
    article.published = published(&draft, &Opening::default(), &[], origin, &mut Vec::new());
    article.dateline.text = draft.dateline;
    article.agency = draft.agency;
    article.byline = draft.byline;
    article.headline = draft.headline;
    article.publisher = draft.publisher;
    article.url = draft.url;
    article.language = draft
        .language
        .unwrap_or_else(|| language::detect(&article.text).to_owned());
    article.removed = draft.removed;
    article.warnings = draft.warnings;
    Ok(article)
}

fn source(draft: &Draft, size: u64, origin: &Origin<'_>) -> Source {
    Source {
        name: origin.source_name.to_owned(),
        path: origin.path.to_owned(),
        item: draft.item.clone(),
        format: draft.format,
        bytes: size,
        encoding: draft.encoding.clone(),
        received: origin.received,
    }
}

fn normal(text: String, config: &Config) -> String {
    let text = if config.repair_mojibake {
        normalise::repair_mojibake(&text).unwrap_or(text)
    } else {
        text
    };
    match normalise::normalise(Cow::Borrowed(&text)) {
        Cow::Borrowed(_) => text,
        Cow::Owned(normal) => normal,
    }
}

/// One line of plain spaces, as metadata has to be.
fn one_line(text: &str) -> Option<String> {
    if is_one_line(text) {
        return Some(text.to_owned());
    }
    let normal = normalise::normalise(Cow::Borrowed(text));
    let mut line = String::with_capacity(normal.len());
    for word in normal.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    (!line.is_empty()).then_some(line)
}

/// Whether a text is words of printable ASCII with single spaces between them.
fn is_one_line(text: &str) -> bool {
    // Without branches, so that many bytes are looked at at once.
    let is_odd = |byte: u8| !(b' '..=b'~').contains(&byte);
    let odd = text.bytes().fold(false, |any, byte| any | is_odd(byte));
    !(odd || text.is_empty() || text.starts_with(' ') || text.ends_with(' ') || lines::has_double_space(text))
}

fn normalise_fields(draft: &mut Draft) {
    for field in [
        &mut draft.headline,
        &mut draft.publisher,
        &mut draft.agency,
        &mut draft.url,
        &mut draft.dateline,
    ] {
        *field = field.take().and_then(|text| one_line(&text));
    }
    draft.byline = draft.byline.iter().filter_map(|name| one_line(name)).collect();
}

/// Returns the headline that the format states, without the publisher behind it.
fn stated_headline(draft: &Draft) -> (Option<String>, Option<wire::message::Removed>) {
    let Some(headline) = &draft.headline else {
        return (None, None);
    };
    let (headline, suffix) = cleanup::split_suffix(headline, draft.publisher.as_deref());
    let removed = suffix.map(|suffix| wire::message::Removed {
        rule: "title_suffix".to_owned(),
        text: suffix.to_owned(),
    });
    (Some(headline.to_owned()), removed)
}

fn text(headline: Option<&str>, cleaned: &Cleaned<'_>) -> String {
    let length = cleaned
        .lines
        .iter()
        .map(|line| line.text.len() + 2)
        .sum::<usize>();
    let mut text = String::with_capacity(length + headline.map_or(0, |headline| headline.len() + 2));
    if let Some(headline) = headline {
        lines::push_collapsed(headline, &mut text);
        if !cleaned.lines.is_empty() {
            text.push_str("\n\n");
        }
    }
    lines::join(&cleaned.lines, &mut text);
    text
}

/// Returns the dateline of the first paragraph, or of the second, where a standfirst comes first.
fn opening(cleaned: &Cleaned<'_>) -> Opening {
    cleaned
        .lines
        .iter()
        .take(4)
        .find_map(|line| dateline::read(line.text))
        .unwrap_or_default()
}

/// Decides when the article was published: metadata before dateline before a line above the text before the time
/// of the file. A printed time of the dateline's own day is taken instead of the bare day.
fn published(
    draft: &Draft,
    opening: &Opening,
    printed: &[PartialDate],
    origin: &Origin<'_>,
    warnings: &mut Vec<String>,
) -> Published {
    if let Some(moment) = &draft.published {
        return stated(moment.clone(), PublishedFrom::Metadata);
    }
    let context = Context::new(printed, origin);
    let printed = printed.iter().find_map(|date| context.complete(*date));
    let dateline = opening.date.and_then(|date| context.complete(date));
    let (moment, from) = match (dateline, printed) {
        (Some(day), Some(finer))
            if finer.moment.precision > day.moment.precision && finer.moment.date == day.moment.date =>
        {
            (finer, PublishedFrom::Prefix)
        }
        (Some(moment), _) => (moment, PublishedFrom::Dateline),
        (None, Some(moment)) => (moment, PublishedFrom::Prefix),
        (None, None) => {
            return origin.modified.map_or_else(Published::default, |modified| {
                stated(Moment::of(modified), PublishedFrom::FileTime)
            });
        }
    };
    if let Some(year_from) = moment.year_from {
        warnings.push(format!(
            "the year of the publication date is not printed and was taken from {year_from}"
        ));
    }
    stated(moment.moment, from)
}

fn stated(moment: Moment, from: PublishedFrom) -> Published {
    Published {
        value: Some(moment.value),
        precision: Some(moment.precision),
        from: Some(from),
    }
}

/// Where the year of a date that has none can come from, most trusted first.
struct Context {
    sources: Vec<(Date, &'static str)>,
}

struct Completed {
    moment: Moment,
    year_from: Option<&'static str>,
}

impl Context {
    fn new(printed: &[PartialDate], origin: &Origin<'_>) -> Self {
        let mut sources = Vec::new();
        let whole = printed
            .iter()
            .filter_map(PartialDate::moment)
            .find(|moment| moment.precision >= Precision::Day);
        sources.extend(whole.map(|moment| (moment.date, "a date printed above the text")));
        sources.extend(
            origin
                .modified
                .map(|time| (date_of(time), "the file's modification time")),
        );
        sources.extend(
            origin
                .received
                .map(|time| (date_of(time), "the time the file was received")),
        );
        Self { sources }
    }

    fn complete(&self, date: PartialDate) -> Option<Completed> {
        if let Some(moment) = date.moment() {
            return Some(Completed {
                moment,
                year_from: None,
            });
        }
        let (context, name) = self.sources.first()?;
        let moment = date.complete(*context).moment()?;
        Some(Completed {
            moment,
            year_from: Some(name),
        })
    }
}
