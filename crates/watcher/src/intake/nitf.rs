//! IPTC NITF, alone or inside NewsML.

use wire::message::Format;

use super::config::Config;
use super::dates;
use super::draft::Draft;
use super::json::people;
use super::xml::{self, Element};
use super::{Refusal, RefusalReason, agencies, language};

/// Reads a NITF document.
pub(crate) fn read(bytes: &[u8], config: &Config) -> Result<Draft, Refusal> {
    let decoded = xml::decode(bytes);
    let root = xml::parse(&decoded.text, &config.limits)?;
    let nitf = if root.name == "nitf" {
        Some(&root)
    } else {
        root.find("nitf")
    };
    let nitf = nitf.ok_or_else(|| Refusal::new(RefusalReason::Malformed, "there is no `nitf` element"))?;
    let mut draft = article(nitf)?;
    draft.encoding.clone_from(&decoded.encoding);
    draft.warnings = decoded.warnings;
    Ok(draft)
}

/// Reads a `nitf` element.
pub(crate) fn article(nitf: &Element) -> Result<Draft, Refusal> {
    let head = nitf.child("head");
    let body = nitf.child("body").unwrap_or(nitf);
    let content = body.child("body.content");
    let body_head = body.child("body.head");
    let headline = body_head
        .and_then(|head| head.child("hedline"))
        .and_then(|hedline| {
            hedline
                .child("hl1")
                .and_then(Element::text)
                .or_else(|| hedline.text())
        })
        .or_else(|| head.and_then(|head| head.child("title")).and_then(Element::text));
    // `media` and `block` captions are no paragraphs of the story.
    let text = content
        .map(|content| content.paragraphs(&["media", "tagline"]))
        .unwrap_or_default();
    if text.is_empty() && headline.is_none() {
        return Err(Refusal::new(
            RefusalReason::Empty,
            "the NITF document has neither headline nor body",
        ));
    }
    let mut draft = Draft::new(Format::Nitf, "utf-8", text);
    draft.headline = headline;
    if let Some(body_head) = body_head {
        describe(body_head, &mut draft);
    }
    let docdata = head.and_then(|head| head.child("docdata"));
    let stated = |name: &str| docdata.and_then(|data| data.child(name));
    draft.item = stated("doc-id")
        .and_then(|id| id.attribute("id-string"))
        .map(str::to_owned);
    let dates = ["date.release", "date.issue"];
    let date = dates
        .iter()
        .find_map(|name| stated(name))
        .and_then(|date| date.attribute("norm").map(str::to_owned).or_else(|| date.text()));
    draft.published = date.and_then(|date| dates::metadata(&date)).or(draft.published);
    draft.publisher = head
        .and_then(|head| head.child("pubdata"))
        .and_then(|data| data.attribute("name"))
        .map(str::to_owned);
    draft.agency = draft.agency.or_else(|| {
        stated("doc.copyright")
            .and_then(|copyright| copyright.attribute("holder"))
            .map(str::to_owned)
    });
    draft.language = nitf.attribute("lang").and_then(language::stated);
    Ok(draft)
}

/// Byline, dateline and distributor.
fn describe(head: &Element, draft: &mut Draft) {
    if let Some(byline) = head.child("byline") {
        let mut persons = Vec::new();
        byline.find_all("person", &mut persons);
        let names: Vec<String> = persons.iter().filter_map(|person| person.text()).collect();
        draft.byline = if names.is_empty() {
            byline.text().map(|text| people(&text)).unwrap_or_default()
        } else {
            names
        };
    }
    if let Some(dateline) = head.child("dateline") {
        draft.dateline = dateline.text();
        let date = dateline.child("story.date");
        let norm = date.and_then(|date| date.attribute("norm").map(str::to_owned).or_else(|| date.text()));
        draft.published = norm.and_then(|date| dates::metadata(&date));
    }
    let distributor = head.child("distributor").and_then(Element::text);
    draft.agency =
        distributor.map(|name| agencies::agency_named(&name).map_or(name, |agency| agency.name.to_owned()));
}
