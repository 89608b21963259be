//! Markdown: front matter is metadata, the rest is text without its marks.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use wire::message::Format;

use super::config::Config;
use super::draft::{Draft, stated};
use super::html::strip;
use super::json::people;
use super::{Refusal, bounds, dates, decode, language};

/// Reads a Markdown document.
pub(crate) fn read(bytes: &[u8], config: &Config) -> Result<Draft, Refusal> {
    let decoded = decode::decode(bytes, None);
    bounds::markdown(&decoded.text, &config.limits)?;
    let (matter, content) = front_matter(&decoded.text);
    let mut draft = Draft::new(Format::Markdown, decoded.encoding.clone(), String::new());
    let mut writer = Writer::default();
    for event in Parser::new_ext(content, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        writer.event(event);
    }
    draft.headline = writer.headline;
    writer.text.trim().clone_into(&mut draft.body);
    draft.warnings.clone_from(&decoded.warnings);
    matter
        .lines()
        .filter_map(|line| line.split_once(':'))
        .for_each(|(key, value)| field(key, value, &mut draft));
    Ok(draft)
}

/// Splits `---` front matter off.
fn front_matter(text: &str) -> (&str, &str) {
    let rest = text
        .trim_start_matches('\u{feff}')
        .strip_prefix("---\n")
        .or_else(|| text.strip_prefix("---\r\n"));
    rest.and_then(|rest| {
        rest.split_once("\n---")
            .map(|(matter, content)| (matter, content.trim_start_matches('-')))
    })
    .unwrap_or(("", text))
}

fn field(key: &str, value: &str, draft: &mut Draft) {
    let value = value.trim().trim_matches(['"', '\'']);
    let list = value.trim_matches(['[', ']']);
    match key.trim().to_ascii_lowercase().as_str() {
        "title" | "headline" => draft.headline = stated(value),
        "author" | "authors" | "byline" => draft.byline = people(list),
        "date" | "published" | "pubdate" => draft.published = dates::metadata(value),
        "url" | "link" | "canonical" | "source_url" => {
            draft.url = stated(value).filter(|url| url.contains("://"));
        }
        "publisher" | "publication" | "source" => draft.publisher = stated(value),
        "agency" => draft.agency = stated(value),
        "lang" | "language" => draft.language = language::stated(value),
        "dateline" => draft.dateline = stated(value),
        _ => {}
    }
}

#[derive(Default)]
struct Writer {
    text: String,
    headline: Option<String>,
    /// Where the first heading of the first level starts, while it is open.
    heading: Option<usize>,
    /// How many images are open: their descriptions are no text.
    images: usize,
}

impl Writer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) if self.images == 0 => self.text.push_str(&text),
            Event::InlineHtml(html) | Event::Html(html) => self.text.push_str(&strip::strip(&html)),
            Event::SoftBreak => self.text.push(' '),
            Event::HardBreak => self.text.push('\n'),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading {
                level: HeadingLevel::H1,
                ..
            } if self.headline.is_none() => {
                self.break_to(2);
                self.heading = Some(self.text.len());
            }
            Tag::Paragraph | Tag::Heading { .. } | Tag::BlockQuote(_) | Tag::CodeBlock(_) | Tag::Table(_) => {
                self.break_to(2);
            }
            Tag::List(_) | Tag::Item | Tag::TableRow | Tag::TableHead => self.break_to(1),
            Tag::Image { .. } => self.images += 1,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(HeadingLevel::H1) => {
                if let Some(start) = self.heading.take() {
                    self.headline = stated(&self.text[start..]);
                    self.text.truncate(start);
                }
                self.break_to(2);
            }
            TagEnd::Paragraph
            | TagEnd::Heading(_)
            | TagEnd::List(_)
            | TagEnd::Table
            | TagEnd::BlockQuote(_) => self.break_to(2),
            TagEnd::TableCell => self.text.push(' '),
            TagEnd::Image => self.images = self.images.saturating_sub(1),
            _ => {}
        }
    }

    fn break_to(&mut self, n: usize) {
        if self.text.is_empty() {
            return;
        }
        let have = self.text.len() - self.text.trim_end_matches('\n').len();
        for _ in have..n {
            self.text.push('\n');
        }
    }
}
