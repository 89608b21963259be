//! IPTC NewsML-G2 and NewsML 1.2: one article a news item.

use wire::message::Format;

use super::dates;
use super::draft::Draft;
use super::html::strip;
use super::json::people;
use super::xml::{self, Element};
use super::{Refusal, RefusalReason, Sink, language, nitf};

/// Reads all items of a NewsML document of either generation.
pub(crate) fn read(bytes: &[u8], sink: &mut Sink<'_, '_, '_>) -> Result<(), Refusal> {
    let decoded = xml::decode(bytes);
    let root = xml::parse(&decoded.text, &sink.config().limits)?;
    let mut items = Vec::new();
    for name in ["newsItem", "NewsItem"] {
        if root.name == name {
            items.push(&root);
        }
        root.find_all(name, &mut items);
    }
    if items.is_empty() {
        let detail = format!("the `{}` has no news item", root.name);
        return Err(Refusal::new(RefusalReason::Unsupported, detail));
    }
    let one = items.len() == 1;
    for item in items {
        let draft = if item.name == "newsItem" {
            second(item)
        } else {
            first(item)
        };
        match draft {
            Ok(mut draft) => {
                draft.format = Format::Newsml;
                draft.encoding.clone_from(&decoded.encoding);
                draft.warnings.extend(decoded.warnings.iter().cloned());
                let span = if one {
                    bytes
                } else {
                    &decoded.text.as_bytes()[item.span.0..item.span.1]
                };
                sink.draft(draft, span);
            }
            Err(refusal) => sink.refuse(item.attribute("guid"), refusal),
        }
    }
    Ok(())
}

/// An item of NewsML-G2.
fn second(item: &Element) -> Result<Draft, Refusal> {
    let meta = item.child("contentMeta");
    let item_meta = item.child("itemMeta");
    let in_meta = |name: &str| meta.and_then(|meta| meta.child(name)).and_then(Element::text);
    let set = item.child("contentSet");
    let headline = in_meta("headline").or_else(|| {
        item_meta
            .and_then(|meta| meta.child("title"))
            .and_then(Element::text)
    });
    let mut draft = match set.and_then(|set| set.find("nitf")) {
        Some(nitf) => nitf::article(nitf)?,
        None => Draft::new(Format::Newsml, "utf-8", set.map(content).unwrap_or_default()),
    };
    draft.headline = headline
        .or(draft.headline)
        .or_else(|| set.and_then(|set| set.find("title")).and_then(Element::text));
    if draft.body.is_empty() {
        let class = item_meta
            .and_then(|meta| meta.child("itemClass"))
            .and_then(|class| class.attribute("qcode"))
            .unwrap_or("unknown");
        draft.body = in_meta("description").unwrap_or_default();
        draft
            .warnings
            .push(format!("the item of class `{class}` has no text of its own"));
    }
    if draft.body.is_empty() && draft.headline.is_none() {
        return Err(Refusal::new(
            RefusalReason::Empty,
            "the news item has neither headline nor body",
        ));
    }
    draft.item = item.attribute("guid").map(str::to_owned);
    draft.byline = in_meta("by").map(|by| people(&by)).unwrap_or(draft.byline);
    if draft.byline.is_empty() {
        draft.byline = meta
            .and_then(|meta| meta.child("creator"))
            .and_then(|creator| creator.child("name"))
            .and_then(Element::text)
            .into_iter()
            .collect();
    }
    draft.dateline = in_meta("dateline").or(draft.dateline);
    let created = in_meta("contentCreated").or_else(|| {
        item_meta
            .and_then(|meta| {
                meta.child("firstCreated")
                    .or_else(|| meta.child("versionCreated"))
            })
            .and_then(Element::text)
    });
    draft.published = created
        .and_then(|date| dates::metadata(&date))
        .or(draft.published);
    let provider = item_meta.and_then(|meta| meta.child("provider"));
    draft.agency = in_meta("creditline")
        .or_else(|| {
            meta.and_then(|meta| meta.at(&["infoSource", "name"]))
                .and_then(Element::text)
        })
        .or_else(|| {
            provider.and_then(|provider| {
                provider
                    .child("name")
                    .and_then(Element::text)
                    .or_else(|| provider.attribute("literal").map(str::to_owned))
            })
        })
        .or(draft.agency);
    let tag = meta
        .and_then(|meta| meta.child("language"))
        .and_then(|language| language.attribute("tag"));
    draft.language = tag.or_else(|| item.attribute("lang")).and_then(language::stated);
    Ok(draft)
}

/// The text of a content set: inline XHTML or plain data.
fn content(set: &Element) -> String {
    if let Some(html) = set.find("html") {
        return html
            .child("body")
            .unwrap_or(html)
            .paragraphs(&["figure", "script", "style"]);
    }
    if let Some(inline) = set.child("inlineXML") {
        return inline.paragraphs(&["figure", "script", "style", "head"]);
    }
    let mut raw = String::new();
    if let Some(data) = set.child("inlineData") {
        data.push_raw(&mut raw);
    }
    strip::text_of(&raw)
}

/// An item of NewsML 1.2.
fn first(item: &Element) -> Result<Draft, Refusal> {
    let mut lines = Vec::new();
    item.find_all("NewsLines", &mut lines);
    let line = |name: &str| {
        lines
            .iter()
            .find_map(|lines| lines.child(name))
            .and_then(Element::text)
    };
    let mut contents = Vec::new();
    item.find_all("DataContent", &mut contents);
    let mut draft = if let Some(nitf) = item.find("nitf") {
        nitf::article(nitf)?
    } else {
        let bodies = contents.iter().map(|content| plain_or_marked(content));
        let body = bodies.max_by_key(String::len).unwrap_or_default();
        Draft::new(Format::Newsml, "utf-8", body)
    };
    draft.headline = line("HeadLine").or(draft.headline);
    if draft.body.is_empty() && draft.headline.is_none() {
        return Err(Refusal::new(
            RefusalReason::Empty,
            "the news item has neither headline nor body",
        ));
    }
    draft.item = item
        .find("PublicIdentifier")
        .and_then(Element::text)
        .or(draft.item);
    draft.byline = line("ByLine").map(|by| people(&by)).unwrap_or(draft.byline);
    draft.dateline = line("DateLine").or(draft.dateline);
    let created = ["FirstCreated", "DateAndTime", "ThisRevisionCreated", "DateId"]
        .iter()
        .find_map(|name| item.find(name))
        .and_then(Element::text);
    draft.published = created
        .and_then(|date| dates::metadata(&date))
        .or(draft.published);
    draft.agency = line("CreditLine")
        .or_else(|| {
            item.find("Provider")
                .and_then(|provider| provider.find("Party"))
                .and_then(|party| party.attribute("FormalName"))
                .map(str::to_owned)
        })
        .or(draft.agency);
    let tag = item
        .find("Language")
        .and_then(|language| language.attribute("FormalName"));
    draft.language = tag.or_else(|| item.attribute("lang")).and_then(language::stated);
    Ok(draft)
}

fn plain_or_marked(content: &Element) -> String {
    if content.children().next().is_some() {
        return content.paragraphs(&["media", "media-caption", "script", "style", "head"]);
    }
    let mut raw = String::new();
    content.push_raw(&mut raw);
    strip::text_of(&raw)
}
