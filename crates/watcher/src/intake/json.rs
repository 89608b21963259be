//! JSON article objects, one or one a line, and IPTC ninjs.

use serde_json::Value;
use wire::message::Format;

use super::config::{FieldMap, Limits};
use super::dates;
use super::draft::{Draft, stated};
use super::html::strip;
use super::{Refusal, RefusalReason, Sink, bounds, credits, decode, language};

/// How deep `associations` and lists of articles are followed.
const MOST_DEPTH: usize = 4;

/// Parses JSON in any encoding.
pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<Value, Refusal> {
    let decoded = decode::decode(bytes, None);
    bounds::json(&decoded.text, limits)?;
    serde_json::from_str(&decoded.text)
        .map_err(|error| Refusal::new(RefusalReason::Malformed, format!("is no JSON: {error}")))
}

/// Reads one object, or a list of them.
pub(crate) fn read_one(bytes: &[u8], sink: &mut Sink<'_, '_, '_>) -> Result<(), Refusal> {
    let value = parse(bytes, &sink.config().limits)?;
    if value
        .get("version")
        .and_then(Value::as_str)
        .is_some_and(|version| version.contains("jsonfeed.org"))
    {
        return super::feed::read_json(bytes, sink);
    }
    match &value {
        Value::Array(items) => items.iter().enumerate().for_each(|(at, item)| {
            let number = (at + 1).to_string();
            object(
                item,
                &serde_json::to_vec(item).unwrap_or_default(),
                Some(number),
                sink,
            );
        }),
        value => match list(value) {
            Some(items) => items.iter().enumerate().for_each(|(at, item)| {
                let number = (at + 1).to_string();
                object(
                    item,
                    &serde_json::to_vec(item).unwrap_or_default(),
                    Some(number),
                    sink,
                );
            }),
            None => object(value, bytes, None, sink),
        },
    }
    Ok(())
}

/// Returns the articles of an object that is nothing but a list of them.
fn list(value: &Value) -> Option<&[Value]> {
    let items = ["articles", "items", "results", "docs", "documents", "data"]
        .iter()
        .find_map(|key| value.get(*key))?;
    let items = items.as_array()?;
    items
        .first()
        .is_some_and(Value::is_object)
        .then_some(items.as_slice())
}

/// Reads one object a line; a line that is none is refused by its number, the others are read.
pub(crate) fn read_lines(bytes: &[u8], sink: &mut Sink<'_, '_, '_>) {
    for (at, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        read_line(line, at + 1, sink);
    }
}

/// Reads the object in a line; an empty line holds none.
pub(crate) fn read_line(line: &[u8], number: usize, sink: &mut Sink<'_, '_, '_>) {
    let mark = b"\xef\xbb\xbf";
    let line = line.strip_prefix(mark).filter(|_| number == 1).unwrap_or(line);
    let line = line.trim_ascii();
    if line.is_empty() {
        return;
    }
    sink.line = Some(number);
    let limit = sink.config().limits.document_bytes;
    let read = if line.len() as u64 > limit {
        let detail = format!("{} bytes are more than the limit of {limit}", line.len());
        Err(Refusal::new(RefusalReason::TooLarge, detail))
    } else {
        parse(line, &sink.config().limits).and_then(|value| draft_of(&value, &sink.config().fields))
    };
    match read {
        Ok(mut draft) => {
            draft.item = draft.item.or_else(|| Some(number.to_string()));
            sink.draft(draft, line);
        }
        Err(refusal) => sink.refuse(None, refusal),
    }
}

fn object(value: &Value, bytes: &[u8], number: Option<String>, sink: &mut Sink<'_, '_, '_>) {
    match draft_of(value, &sink.config().fields) {
        Ok(mut draft) => {
            draft.item = draft.item.or(number);
            sink.draft(draft, bytes);
        }
        Err(refusal) => sink.refuse(number.as_deref(), refusal),
    }
}

fn draft_of(value: &Value, fields: &FieldMap) -> Result<Draft, Refusal> {
    if is_ninjs(value) {
        ninjs(value)
    } else {
        custom(value, fields)
    }
}

/// The built-in names of each part, tried after those of the configuration.
const TEXT: &[&str] = &[
    "text",
    "body",
    "content",
    "articleBody",
    "article_body",
    "body_text",
    "maintext",
    "full_text",
    "fulltext",
    "article",
    "story",
    "plain_text",
    "content_text",
    "body_html",
    "content_html",
    "html",
    "description",
    "summary",
];
const HEADLINE: &[&str] = &["headline", "title", "name", "heading", "subject"];
const BYLINE: &[&str] = &["byline", "authors", "author", "creator", "by", "writers"];
const PUBLISHER: &[&str] = &[
    "publisher",
    "source_name",
    "site_name",
    "publication",
    "outlet",
    "source",
    "source_domain",
    "domain",
];
const AGENCY: &[&str] = &["agency", "wire", "credit"];
const URL: &[&str] = &["url", "link", "uri", "canonical", "permalink", "web_url"];
const PUBLISHED: &[&str] = &[
    "published",
    "date_published",
    "datePublished",
    "published_at",
    "publishedAt",
    "publish_date",
    "pub_date",
    "pubDate",
    "publication_date",
    "date_publish",
    "dateTimePub",
    "dateTime",
    "date",
    "timestamp",
    "created_at",
    "time",
];
const LANGUAGE: &[&str] = &["language", "lang", "inLanguage", "language_code"];
const ID: &[&str] = &["id", "_id", "guid", "uuid"];

fn custom(value: &Value, fields: &FieldMap) -> Result<Draft, Refusal> {
    if !value.is_object() {
        return Err(Refusal::new(RefusalReason::Malformed, "is no JSON object"));
    }
    let text = |own: &[String], names: &[&str]| fields_of(value, own, names).find_map(scalar);
    let headline = text(&fields.headline, HEADLINE);
    let body = fields_of(value, &fields.text, TEXT).find_map(body_text);
    if body.is_none() && headline.is_none() {
        return Err(Refusal::new(
            RefusalReason::Unsupported,
            "the object has no field that is known to hold text",
        ));
    }
    let mut draft = Draft::new(Format::Json, "utf-8", body.unwrap_or_default());
    draft.headline = headline;
    draft.byline = fields_of(value, &fields.byline, BYLINE)
        .map(names)
        .find(|names| !names.is_empty())
        .unwrap_or_default();
    draft.publisher =
        fields_of(value, &fields.publisher, PUBLISHER).find_map(|value| names(value).into_iter().next());
    draft.agency = text(&fields.agency, AGENCY);
    draft.url = text(&fields.url, URL).filter(|url| url.contains("://"));
    draft.published = fields_of(value, &fields.published, PUBLISHED)
        .filter_map(scalar)
        .find_map(|date| dates::metadata(&date));
    draft.language = text(&fields.language, LANGUAGE)
        .as_deref()
        .and_then(language::stated);
    draft.dateline = text(&fields.dateline, &["dateline"]);
    draft.item = text(&fields.id, ID);
    Ok(draft)
}

fn fields_of<'v>(value: &'v Value, own: &[String], names: &[&str]) -> impl Iterator<Item = &'v Value> {
    let names = own.iter().map(String::as_str).chain(names.iter().copied());
    names
        .filter_map(|path| path.split('.').try_fold(value, |value, key| value.get(key)))
        .collect::<Vec<_>>()
        .into_iter()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => stated(strip::text_of(text)),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) => values.first().and_then(scalar),
        _ => None,
    }
}

/// A body: a string, or a list of paragraphs.
fn body_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => stated(strip::text_of(text)),
        Value::Array(values) => {
            let paragraphs: Vec<String> = values.iter().filter_map(body_text).collect();
            (!paragraphs.is_empty()).then(|| paragraphs.join("\n\n"))
        }
        Value::Object(object) => ["value", "text", "html", "content"]
            .iter()
            .find_map(|key| object.get(*key))
            .and_then(body_text),
        _ => None,
    }
}

/// Names of persons: a string, an object with `name`, a list of either.
pub(crate) fn names(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => people(text),
        Value::Object(object) => ["name", "title", "uri"]
            .iter()
            .find_map(|key| object.get(*key))
            .and_then(Value::as_str)
            .map(people)
            .unwrap_or_default(),
        Value::Array(values) => values
            .iter()
            .filter(|value| !value.is_array())
            .flat_map(names)
            .collect(),
        _ => Vec::new(),
    }
}

/// Splits a stated author into names; what does not look like names is kept whole.
pub(crate) fn people(text: &str) -> Vec<String> {
    let bare = text.trim();
    let bare = ["By ", "by ", "BY "]
        .iter()
        .find_map(|label| bare.strip_prefix(label))
        .unwrap_or(bare);
    let credit = credits::names(bare);
    if credit.authors.is_empty() {
        stated(bare).into_iter().collect()
    } else {
        credit.authors
    }
}

/// Whether an object is ninjs: it says so, or has keys that nothing else has.
fn is_ninjs(value: &Value) -> bool {
    let has = |key: &str| value.get(key).is_some();
    let standard = value
        .pointer("/standard/name")
        .and_then(Value::as_str)
        .is_some_and(|name| name.eq_ignore_ascii_case("ninjs"));
    let version_1 = has("uri")
        && (has("versioncreated")
            || has("body_xhtml")
            || has("body_html")
            || has("body_text")
            || has("pubstatus"));
    let version_2 = has("uri") && (has("bodies") || has("headlines"));
    let superdesk = has("guid") && (has("body_html") || has("versioncreated")) && has("headline");
    standard || version_1 || version_2 || superdesk
}

fn ninjs(value: &Value) -> Result<Draft, Refusal> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).and_then(stated);
    let kind = text("type").unwrap_or_default();
    let headline = text("headline")
        .or_else(|| listed(value, "headlines", &["value"]))
        .or_else(|| text("title"));
    let body = ninjs_body(value, 0);
    if body.is_none() && headline.is_none() {
        let detail = format!("the ninjs item of type `{kind}` has neither headline nor body");
        return Err(Refusal::new(RefusalReason::Unsupported, detail));
    }
    let mut draft = Draft::new(Format::Ninjs, "utf-8", body.unwrap_or_default());
    if draft.body.is_empty() {
        draft
            .warnings
            .push(format!("the ninjs item of type `{kind}` has no body"));
    }
    draft.headline = headline.map(|headline| strip::text_of(&headline));
    draft.item = text("uri").or_else(|| text("guid"));
    draft.url = text("uri")
        .or_else(|| text("url"))
        .filter(|url| url.starts_with("http"));
    let byline = text("byline").or_else(|| text("by"));
    draft.byline = byline.map(|names| people(&names)).unwrap_or_default();
    let source = value
        .get("infosource")
        .or_else(|| value.get("infoSources"))
        .or_else(|| value.get("infosources"));
    draft.agency = source
        .and_then(|value| names(value).into_iter().next())
        .or_else(|| text("copyrightholder"))
        .or_else(|| text("copyrightHolder"));
    draft.dateline = text("located").or_else(|| {
        value
            .get("dateline")
            .and_then(|value| value.get("text"))
            .and_then(Value::as_str)
            .and_then(stated)
    });
    let dates = [
        "firstcreated",
        "firstCreated",
        "contentcreated",
        "contentCreated",
        "versioncreated",
        "versionCreated",
    ];
    draft.published = dates
        .iter()
        .find_map(|key| text(key))
        .and_then(|date| dates::metadata(&date));
    draft.language = text("language").as_deref().and_then(language::stated);
    Ok(draft)
}

/// The body in any version; of a package, the bodies of its parts.
fn ninjs_body(value: &Value, depth: usize) -> Option<String> {
    let plain = [
        "body_text",
        "body_html",
        "body_xhtml",
        "body",
        "description_text",
        "description_html",
    ];
    let text = |key: &str| {
        value
            .get(key)
            .and_then(Value::as_str)
            .and_then(|text| stated(strip::text_of(text)))
    };
    let own = plain[..4]
        .iter()
        .find_map(|key| text(key))
        .or_else(|| listed(value, "bodies", &["value"]).map(|body| strip::text_of(&body)));
    if own.is_some() || depth >= MOST_DEPTH {
        return own;
    }
    let parts: Vec<&Value> = match value.get("associations") {
        Some(Value::Object(parts)) => parts.values().collect(),
        Some(Value::Array(parts)) => parts.iter().collect(),
        _ => Vec::new(),
    };
    let bodies: Vec<String> = parts
        .into_iter()
        .filter_map(|part| ninjs_body(part, depth + 1))
        .collect();
    if !bodies.is_empty() {
        return Some(bodies.join("\n\n"));
    }
    plain[4..]
        .iter()
        .find_map(|key| text(key))
        .or_else(|| listed(value, "descriptions", &["value"]))
}

/// The best of a list of `{role, contenttype, value}`: plain text, then the one without a role, then the first.
fn listed(value: &Value, key: &str, values: &[&str]) -> Option<String> {
    let items = value.get(key)?.as_array()?;
    let text = |item: &Value| {
        values
            .iter()
            .find_map(|key| item.get(*key))
            .and_then(Value::as_str)
            .and_then(stated)
    };
    let is_plain = |item: &&Value| {
        ["contenttype", "contentType"]
            .iter()
            .any(|key| item.get(*key).and_then(Value::as_str) == Some("text/plain"))
    };
    let has_role = |item: &&Value| item.get("role").is_some();
    let best = items
        .iter()
        .find(is_plain)
        .or_else(|| items.iter().find(|item| !has_role(item)))
        .or_else(|| items.first());
    best.and_then(text).or_else(|| items.iter().find_map(text))
}
