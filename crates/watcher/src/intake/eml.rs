//! E-mail: newsletters, agency mail, forwarded stories.

use jiff::Timestamp;
use mail_parser::{MessageParser, MimeHeaders};
use wire::message::Format;

use super::config::Config;
use super::dates::Moment;
use super::draft::{Draft, stated};
use super::html::{self, strip};
use super::{Refusal, RefusalReason, bounds, language};

/// A plain part below this many bytes is doubted where an HTML part is there too: it often says "view online".
const SHORT_BODY: usize = 300;

/// Reads a message: its text part, or the article in its HTML part.
pub(crate) fn read(bytes: &[u8], config: &Config) -> Result<Draft, Refusal> {
    bounds::message(bytes)?;
    let message = MessageParser::default()
        .parse(bytes)
        .ok_or_else(|| Refusal::new(RefusalReason::Malformed, "is no e-mail message"))?;
    let is_html = |part: &mail_parser::MessagePart<'_>| part.is_text_html();
    let plain = message
        .text_bodies()
        .find(|part| !is_html(part))
        .and_then(|part| part.text_contents())
        .unwrap_or_default();
    let marked = message
        .html_bodies()
        .find(|part| is_html(part))
        .and_then(|part| part.text_contents())
        .unwrap_or_default();
    let mut body = plain.trim().to_owned();
    if body.len() < SHORT_BODY && !marked.trim().is_empty() {
        let article = html::page(marked, config)
            .map(|draft| draft.body)
            .unwrap_or_default();
        let all = strip::strip(marked);
        // A newsletter has many stories: what the extraction leaves out would be most of it.
        let text = if article.len() * 2 > all.len() {
            article
        } else {
            all
        };
        if text.len() > body.len() {
            body = text;
        }
    }
    let headline = message.subject().and_then(stated);
    if body.is_empty() && headline.is_none() {
        return Err(Refusal::new(
            RefusalReason::Empty,
            "the message has neither subject nor text",
        ));
    }
    let mut draft = Draft::new(Format::Eml, "utf-8", body);
    draft.headline = headline
        .map(|subject| without_prefix(&subject).to_owned())
        .filter(|subject| !subject.is_empty());
    draft.item = None;
    draft.publisher = message
        .from()
        .and_then(|from| from.first())
        .and_then(|sender| sender.name())
        .and_then(stated);
    draft.published = message
        .date()
        .and_then(|date| Timestamp::from_second(date.to_timestamp()).ok())
        .map(Moment::of);
    draft.language = message.content_language().as_text().and_then(language::stated);
    let attachments: Vec<String> = message
        .attachments()
        .take(20)
        .map(|part| {
            part.attachment_name()
                .map_or_else(|| "without a name".to_owned(), |name| format!("`{name}`"))
        })
        .collect();
    if !attachments.is_empty() {
        draft
            .warnings
            .push(format!("attachments are not read: {}", attachments.join(", ")));
    }
    Ok(draft)
}

/// The subject without "Fwd:" and "Re:".
fn without_prefix(subject: &str) -> &str {
    let mut rest = subject.trim();
    while let Some(shorter) = ["fwd:", "fw:", "re:"].iter().find_map(|prefix| {
        let head = rest.get(..prefix.len())?;
        head.eq_ignore_ascii_case(prefix)
            .then(|| rest[prefix.len()..].trim_start())
    }) {
        rest = shorter;
    }
    rest
}
