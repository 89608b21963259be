//! RSS, Atom and JSON Feed: one article an item.

use serde_json::Value;
use wire::message::Format;

use super::dates;
use super::draft::{Draft, stated};
use super::html::strip;
use super::xml::{self, Element};
use super::{Refusal, RefusalReason, Sink, json, language};

/// A text below this many bytes that does not end like a paragraph, or has only a summary, is called a teaser.
const TEASER_BYTES: usize = 600;

/// Reads RSS (any version, also RDF) or Atom.
pub(crate) fn read_xml(bytes: &[u8], sink: &mut Sink<'_, '_, '_>) -> Result<(), Refusal> {
    let decoded = xml::decode(bytes);
    let root = xml::parse(&decoded.text, &sink.config().limits)?;
    let atom = root.name == "feed";
    let channel = root.child("channel").unwrap_or(&root);
    let mut items = Vec::new();
    root.find_all(if atom { "entry" } else { "item" }, &mut items);
    if items.is_empty() {
        return Err(Refusal::new(RefusalReason::Empty, "the feed has no items"));
    }
    let publisher = channel.child("title").and_then(Element::text);
    let language = channel
        .child("language")
        .and_then(Element::text)
        .or_else(|| root.attribute("lang").map(str::to_owned));
    for item in items {
        let mut draft = if atom { entry(item) } else { rss_item(item) };
        draft.encoding.clone_from(&decoded.encoding);
        draft.publisher = draft.publisher.or_else(|| publisher.clone());
        draft.language = language.as_deref().and_then(language::stated);
        draft.warnings.extend(decoded.warnings.iter().cloned());
        let span = &decoded.text.as_bytes()[item.span.0..item.span.1];
        sink.draft(draft, span);
    }
    Ok(())
}

fn rss_item(item: &Element) -> Draft {
    let text = |name: &str| item.child(name).and_then(Element::text);
    let full = item
        .children()
        .find(|child| child.full_name == "content:encoded" || child.full_name == "body");
    let (body, teaser) = body(full, item.child("description"));
    let mut draft = Draft::new(Format::Rss, "utf-8", body);
    warn_teaser(&mut draft, teaser);
    draft.headline = text("title").map(|title| strip::text_of(&title));
    draft.item = text("guid").or_else(|| text("link"));
    draft.url = text("link")
        .or_else(|| text("guid"))
        .filter(|url| url.starts_with("http"));
    draft.published = ["pubDate", "date", "published"]
        .iter()
        .find_map(|name| text(name))
        .and_then(|date| dates::metadata(&date));
    let creators = item
        .children()
        .filter(|child| child.name == "creator")
        .filter_map(Element::text);
    draft.byline = creators.flat_map(|names| json::people(&names)).collect();
    if draft.byline.is_empty() {
        draft.byline = text("author")
            .map(|author| mail_name(&author))
            .into_iter()
            .flatten()
            .collect();
    }
    draft.publisher = text("source");
    draft
}

fn entry(entry: &Element) -> Draft {
    let text = |name: &str| entry.child(name).and_then(Element::text);
    let (body, teaser) = body(entry.child("content"), entry.child("summary"));
    let mut draft = Draft::new(Format::Atom, "utf-8", body);
    warn_teaser(&mut draft, teaser);
    draft.headline = text("title").map(|title| strip::text_of(&title));
    let link = |rel: Option<&str>| {
        entry
            .children()
            .find(|child| child.name == "link" && child.attribute("rel") == rel)
    };
    draft.url = link(Some("alternate"))
        .or_else(|| link(None))
        .and_then(|link| link.attribute("href"))
        .and_then(stated);
    draft.item = text("id").or_else(|| draft.url.clone());
    draft.published = text("published")
        .or_else(|| text("issued"))
        .or_else(|| text("updated"))
        .and_then(|date| dates::metadata(&date));
    let authors = entry.children().filter(|child| child.name == "author");
    draft.byline = authors
        .filter_map(|author| author.child("name").and_then(Element::text))
        .collect();
    draft.publisher = entry.at(&["source", "title"]).and_then(Element::text);
    draft
}

/// Returns the text of an item and whether it is only a teaser.
fn body(full: Option<&Element>, summary: Option<&Element>) -> (String, bool) {
    let text = |element: &Element| {
        let markup = element.children().next().is_some();
        if markup {
            return element.paragraphs(&["script", "style"]);
        }
        let mut raw = String::new();
        element.push_raw(&mut raw);
        strip::text_of(&raw).trim().to_owned()
    };
    let full = full.map(text).unwrap_or_default();
    let summary = summary.map(text).unwrap_or_default();
    let has_full = full.len() > summary.len();
    let body = if has_full { full } else { summary };
    let cut = body.ends_with(['…', ']']) || body.ends_with("...");
    let teaser = cut || (!has_full && body.len() < TEASER_BYTES);
    (body, teaser)
}

fn warn_teaser(draft: &mut Draft, teaser: bool) {
    if teaser {
        draft
            .warnings
            .push("the feed holds only a teaser of the article".to_owned());
    }
}

/// The name in "ann@example.org (Ann Lee)"; an address alone is nobody's name.
fn mail_name(author: &str) -> Option<String> {
    match author.split_once('(') {
        Some((_, name)) => stated(name.trim_end_matches(')')),
        None => stated(author).filter(|name| !name.contains('@')),
    }
}

/// Reads a JSON Feed.
pub(crate) fn read_json(bytes: &[u8], sink: &mut Sink<'_, '_, '_>) -> Result<(), Refusal> {
    let feed: Value = json::parse(bytes, &sink.config().limits)?;
    let items = feed
        .get("items")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    if items.is_empty() {
        return Err(Refusal::new(RefusalReason::Empty, "the feed has no items"));
    }
    for item in items {
        let text = |key: &str| item.get(key).and_then(Value::as_str).and_then(stated);
        let full = text("content_html")
            .map(|html| strip::strip(&html))
            .or_else(|| text("content_text"));
        let body = full.clone().or_else(|| text("summary")).unwrap_or_default();
        let teaser = full.is_none();
        let mut draft = Draft::new(Format::JsonFeed, "utf-8", body);
        warn_teaser(&mut draft, teaser);
        draft.headline = text("title");
        draft.item = text("id").or_else(|| text("url"));
        draft.url = text("url").or_else(|| text("external_url"));
        draft.published = text("date_published").and_then(|date| dates::metadata(&date));
        let authors = item
            .get("authors")
            .or_else(|| item.get("author"))
            .or_else(|| feed.get("authors"));
        draft.byline = authors.map(json::names).unwrap_or_default();
        draft.publisher = feed.get("title").and_then(Value::as_str).and_then(stated);
        draft.language = text("language")
            .or_else(|| feed.get("language").and_then(Value::as_str).and_then(stated))
            .as_deref()
            .and_then(language::stated);
        sink.draft(draft, &serde_json::to_vec(item).unwrap_or_default());
    }
    Ok(())
}
