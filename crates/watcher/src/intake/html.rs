//! Web pages: the article's text by readability, what it says about itself from JSON-LD, OpenGraph and `<time>`.

mod authors;
mod bylines;
mod guard;
mod linked_data;
mod metadata;
mod prune;
pub(crate) mod strip;

use dom_query::Document;
use dom_smoothie::{Config as ReadabilityConfig, Readability, TextMode};
use wire::message::Format;

use super::config::Config;
use super::draft::Draft;
use super::{Refusal, RefusalReason, decode};
use metadata::Metadata;

/// Reads a web page.
pub(crate) fn read(bytes: &[u8], config: &Config) -> Result<Draft, Refusal> {
    let declared = declared_encoding(bytes);
    let decoded = decode::decode(bytes, declared.as_deref());
    let mut draft = page(&decoded.text, config)?;
    draft.encoding = decoded.encoding;
    draft.warnings.splice(0..0, decoded.warnings);
    Ok(draft)
}

/// Reads a page that is decoded already.
pub(crate) fn page(html: &str, config: &Config) -> Result<Draft, Refusal> {
    guard::check(html, &config.limits)?;
    let document = Document::from(html);
    let metadata = Metadata::of(&document);
    prune::prune(&document);
    let mut warnings = Vec::new();
    let body = body(document, &metadata, html, &mut warnings);
    if body.trim().is_empty() && metadata.headline.is_none() {
        return Err(Refusal::new(RefusalReason::Empty, "the page has no text"));
    }
    let mut draft = Draft::new(Format::Html, "utf-8", body);
    draft.warnings = warnings;
    metadata.describe(&mut draft);
    Ok(draft)
}

/// A body below this many bytes is doubted: the page's own JSON-LD may hold more.
const SHORT_BODY: usize = 400;

fn body(document: Document, metadata: &Metadata, html: &str, warnings: &mut Vec<String>) -> String {
    let readability = ReadabilityConfig {
        disable_json_ld: true,
        text_mode: TextMode::Formatted,
        ..Default::default()
    };
    let article =
        Readability::with_document(document, None, Some(readability)).and_then(|mut page| page.parse());
    let text = article
        .map(|article| article.text_content.to_string())
        .unwrap_or_default();
    let stated = metadata.body.as_deref().unwrap_or_default();
    if text.len() < SHORT_BODY && stated.len() > text.len() * 2 {
        warnings.push("the text is the one that the page's JSON-LD states".to_owned());
        return strip::text_of(stated);
    }
    if text.trim().is_empty() {
        warnings.push("no article was found in the page: the text is all there is".to_owned());
        return strip::strip(html);
    }
    text
}

/// Returns the encoding that the first kilobytes of a page declare.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(4096)];
    let lower = head.to_ascii_lowercase();
    let at = memchr::memmem::find(&lower, b"charset=")
        .map(|at| at + 8)
        .or_else(|| {
            lower
                .starts_with(b"<?xml")
                .then(|| memchr::memmem::find(&lower, b"encoding=").map(|at| at + 9))
                .flatten()
        })?;
    let label: Vec<u8> = lower[at..]
        .iter()
        .skip_while(|byte| matches!(byte, b'"' | b'\'' | b' '))
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        .copied()
        .collect();
    String::from_utf8(label).ok().filter(|label| !label.is_empty())
}
