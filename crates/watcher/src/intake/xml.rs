//! A small tree of an XML document, for feeds and wire formats.
//!
//! Bounded in depth and nodes, never expands entities that a document declares itself, and forgives what feeds get
//! wrong (bare `&`, HTML entities, mismatched end tags).

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::config::Limits;
use super::decode::{self, Decoded};
use super::html::strip;
use super::{Refusal, RefusalReason};

/// How deep elements may nest.
const MOST_DEPTH: usize = 128;

/// An element: names are local, without prefix.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    /// The name as written, with prefix: `content:encoded`.
    pub(crate) full_name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Node>,
    /// Where it starts and ends in the text.
    pub(crate) span: (usize, usize),
}

/// What elements hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    Element(Element),
    Text(String),
}

/// Elements of NITF and XHTML that are paragraphs.
const BLOCKS: &[&str] = &[
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hl1",
    "hl2",
    "div",
    "block",
    "bq",
    "blockquote",
    "section",
    "table",
    "ul",
    "ol",
    "dl",
    "body",
    "title",
    "pre",
];
/// Elements that are lines of their own.
const LINES: &[&str] = &["br", "li", "tr", "dt", "dd", "credit"];

impl Element {
    /// Returns the first child of this name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children().find(|child| child.name == name)
    }

    /// Returns the child elements.
    pub(crate) fn children(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// Returns the first element along a path of names.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |element, name| element.child(name))
    }

    /// Returns the first element of this name, at any depth.
    pub(crate) fn find(&self, name: &str) -> Option<&Self> {
        self.children().find_map(|child| {
            if child.name == name {
                Some(child)
            } else {
                child.find(name)
            }
        })
    }

    /// Collects all elements of this name, at any depth, but not those inside one another.
    pub(crate) fn find_all<'e>(&'e self, name: &str, out: &mut Vec<&'e Self>) {
        for child in self.children() {
            if child.name == name {
                out.push(child);
            } else {
                child.find_all(name, out);
            }
        }
    }

    /// Returns an attribute by its local name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Returns all text inside with single spaces, or `None` if there is none.
    pub(crate) fn text(&self) -> Option<String> {
        let mut raw = String::new();
        self.push_raw(&mut raw);
        let text = raw.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    }

    /// Appends all text inside as it is.
    pub(crate) fn push_raw(&self, out: &mut String) {
        for node in &self.children {
            match node {
                Node::Text(text) => out.push_str(text),
                Node::Element(element) => element.push_raw(out),
            }
        }
    }

    /// Returns the text inside as paragraphs separated by blank lines; elements named in `skip` are left out.
    pub(crate) fn paragraphs(&self, skip: &[&str]) -> String {
        let mut out = String::new();
        self.push_paragraphs(skip, &mut out);
        out.trim().to_owned()
    }

    fn push_paragraphs(&self, skip: &[&str], out: &mut String) {
        let name = self.name.as_str();
        if skip.contains(&name) {
            return;
        }
        let breaks = if BLOCKS.contains(&name) {
            2
        } else {
            usize::from(LINES.contains(&name))
        };
        break_to(out, breaks);
        for node in &self.children {
            match node {
                Node::Element(element) => element.push_paragraphs(skip, out),
                Node::Text(text) => push_words(text, out),
            }
        }
        if name == "td" || name == "th" {
            out.push(' ');
        }
        break_to(out, breaks);
    }
}

fn break_to(out: &mut String, n: usize) {
    if n == 0 {
        return;
    }
    out.truncate(out.trim_end_matches(' ').len());
    if out.is_empty() {
        return;
    }
    let have = out.len() - out.trim_end_matches('\n').len();
    for _ in have..n {
        out.push('\n');
    }
}

fn push_words(text: &str, out: &mut String) {
    for c in text.chars() {
        if matches!(c, ' ' | '\n' | '\r' | '\t') {
            if !out.is_empty() && !out.ends_with([' ', '\n']) {
                out.push(' ');
            }
        } else {
            out.push(c);
        }
    }
}

/// Decodes an XML document by its declaration.
pub(crate) fn decode(bytes: &[u8]) -> Decoded<'_> {
    let head = &bytes[..bytes.len().min(200)];
    let declared = memchr::memmem::find(head, b"encoding=").and_then(|at| {
        let label = head.get(at + 10..)?;
        let end = label.iter().position(|byte| matches!(byte, b'"' | b'\''))?;
        std::str::from_utf8(&label[..end]).ok()
    });
    decode::decode(bytes, declared)
}

/// Parses a document; what is open at its end is closed there.
pub(crate) fn parse(text: &str, limits: &Limits) -> Result<Element, Refusal> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut tree = Tree {
        open: vec![Element::default()],
        n_nodes: 0,
        limits,
    };
    loop {
        let before = reader.buffer_position() as usize;
        let event = match reader.read_event() {
            Ok(event) => event,
            // What was read so far may be the whole article.
            Err(_) if tree.n_nodes > 10 => break,
            Err(error) => {
                return Err(Refusal::new(
                    RefusalReason::Malformed,
                    format!("is no XML: {error}"),
                ));
            }
        };
        let after = reader.buffer_position() as usize;
        match event {
            Event::Start(start) => tree.open(&start, before)?,
            Event::Empty(start) => {
                tree.open(&start, before)?;
                tree.close(&tree.top_name(), after);
            }
            Event::End(end) => tree.close(end.local_name().as_ref(), after),
            Event::Text(content) => tree.text(&content.into_inner()),
            Event::CData(content) => tree.text(&content.into_inner()),
            Event::GeneralRef(reference) => {
                let name = reference.into_inner();
                let resolved = strip::resolve(&name).unwrap_or_else(|| format!("&{name};"));
                tree.text(&resolved);
            }
            Event::DocType(doctype) => refuse_entities(&doctype.into_inner())?,
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    tree.finish(text.len())
}

/// Refuses documents whose own entities are made of entities: they are only written to blow up readers.
fn refuse_entities(doctype: &str) -> Result<(), Refusal> {
    let nested = doctype.split("<!ENTITY").skip(1).any(|entity| {
        let value = entity.split('>').next().unwrap_or(entity);
        value
            .split('&')
            .skip(1)
            .any(|reference| !reference.starts_with('#') && reference.contains(';'))
    });
    if nested {
        let detail = "declares entities that are made of entities";
        return Err(Refusal::new(RefusalReason::Bomb, detail));
    }
    Ok(())
}

struct Tree<'l> {
    /// The elements that are open, outermost first; the first is no element of the document.
    open: Vec<Element>,
    n_nodes: usize,
    limits: &'l Limits,
}

impl Tree<'_> {
    fn open(&mut self, start: &BytesStart<'_>, at: usize) -> Result<(), Refusal> {
        self.n_nodes += 1;
        if self.n_nodes > self.limits.nodes {
            let detail = format!("more than {} elements", self.limits.nodes);
            return Err(Refusal::new(RefusalReason::TooLarge, detail));
        }
        if self.open.len() > MOST_DEPTH {
            let detail = format!("elements nest deeper than {MOST_DEPTH}");
            return Err(Refusal::new(RefusalReason::Bomb, detail));
        }
        let mut attributes = start.attributes();
        let attributes = attributes.with_checks(false).flatten().take(64).map(|attribute| {
            let value: Cow<'_, str> = attribute.value;
            (
                attribute.key.local_name().as_ref().to_owned(),
                strip::text_of(&value),
            )
        });
        self.open.push(Element {
            name: start.local_name().as_ref().to_owned(),
            full_name: start.name().as_ref().to_owned(),
            attributes: attributes.collect(),
            children: Vec::new(),
            span: (at, at),
        });
        Ok(())
    }

    fn top_name(&self) -> String {
        self.open
            .last()
            .map(|element| element.name.clone())
            .unwrap_or_default()
    }

    /// Closes the innermost open element of this name and all inside it; without one, nothing.
    fn close(&mut self, name: &str, end: usize) {
        let Some(at) = self.open.iter().skip(1).rposition(|element| element.name == name) else {
            return;
        };
        while self.open.len() > at + 1 {
            self.close_top(end);
        }
    }

    fn close_top(&mut self, end: usize) {
        if let Some(mut element) = self.open.pop() {
            element.span.1 = end;
            if let Some(parent) = self.open.last_mut() {
                parent.children.push(Node::Element(element));
            }
        }
    }

    fn text(&mut self, text: &str) {
        let Some(element) = self.open.last_mut() else {
            return;
        };
        match element.children.last_mut() {
            Some(Node::Text(known)) => known.push_str(text),
            _ => element.children.push(Node::Text(text.to_owned())),
        }
    }

    fn finish(mut self, end: usize) -> Result<Element, Refusal> {
        while self.open.len() > 1 {
            self.close_top(end);
        }
        let root = self.open.pop().unwrap_or_default();
        let first = root.children.into_iter().find_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        });
        first.ok_or_else(|| Refusal::new(RefusalReason::Malformed, "the XML has no element"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Element {
        parse(text, &Limits::default()).expect("is XML")
    }

    #[test]
    fn reads_what_feeds_write() {
        let root = tree(
            "<?xml version='1.0'?><r a='1 &amp; 2'><x:t>AT&T &nbsp;&#8217; &amp;</x:t><![CDATA[<p>]]></r>",
        );
        assert_eq!(root.attribute("a"), Some("1 & 2"));
        assert_eq!(
            root.child("t").and_then(Element::text).as_deref(),
            Some("AT&T ’ &")
        );
        assert_eq!(root.children.last(), Some(&Node::Text("<p>".to_owned())));
    }

    #[test]
    fn forgives_mismatched_tags() {
        let root = tree("<r><a><b>text</a><c>more</c></r></z>");
        assert_eq!(
            root.at(&["a", "b"]).and_then(Element::text).as_deref(),
            Some("text")
        );
        assert_eq!(root.child("c").and_then(Element::text).as_deref(), Some("more"));
    }

    #[test]
    fn makes_paragraphs() {
        let root = tree(
            "<body.content><p>One\n two.</p> <p>Three <em>four</em>.</p><ul><li>a</li><li>b</li></ul></body.content>",
        );
        assert_eq!(root.paragraphs(&[]), "One two.\n\nThree four.\n\na\nb");
    }

    #[test]
    fn refuses_bombs() {
        let laughs = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><l>&b;</l>";
        assert_eq!(
            parse(laughs, &Limits::default()).map_err(|r| r.reason),
            Err(RefusalReason::Bomb)
        );
        let deep = "<a>".repeat(1_000_000);
        assert_eq!(
            parse(&deep, &Limits::default()).map_err(|r| r.reason),
            Err(RefusalReason::Bomb)
        );
    }
}
