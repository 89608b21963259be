//! HTML to text in one pass, without a tree: for fragments that are all article (feed items, JSON bodies).

use quick_xml::escape::resolve_html5_entity;

/// Tags that start a paragraph.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "ul",
];

/// Tags that start a line.
const LINES: &[&str] = &["br", "caption", "li", "option", "tr"];

/// Tags whose content is no text.
const SILENT: &[&str] = &[
    "iframe", "noscript", "script", "style", "svg", "template", "title",
];

/// Returns the text of an HTML fragment: blocks are paragraphs, entities are characters.
pub(crate) fn strip(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    // Behind the last `>` there are no tags: looking for ends there again and again would be quadratic.
    let last = memchr::memrchr(b'>', html.as_bytes()).unwrap_or(0);
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        push_text(&rest[..at], &mut out);
        rest = &rest[at..];
        let may_be_tag = html.len() - rest.len() < last || rest.starts_with("<!");
        rest = if let Some((name, closes, after)) = may_be_tag.then(|| tag(rest)).flatten() {
            element(&name, closes, after, &mut out)
        } else {
            out.push('<');
            &rest[1..]
        };
    }
    push_text(rest, &mut out);
    out.truncate(out.trim_end().len());
    out
}

/// Reads a tag or comment: its lower-case name, whether it closes, and what comes after it.
fn tag(text: &str) -> Option<(String, bool, &str)> {
    if let Some(comment) = text.strip_prefix("<!--") {
        return Some((
            String::new(),
            false,
            comment.find("-->").map_or("", |end| &comment[end + 3..]),
        ));
    }
    if let Some(data) = text.strip_prefix("<![CDATA[") {
        return Some((String::new(), false, data));
    }
    let inner = &text[1..];
    let (closes, inner) = inner
        .strip_prefix('/')
        .map_or((false, inner), |inner| (true, inner));
    if !inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!' || c == '?') {
        return None;
    }
    let length = inner
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(inner.len());
    let end = tag_end(inner)?;
    Some((inner[..length].to_ascii_lowercase(), closes, &inner[end + 1..]))
}

/// Returns where the `>` is that is not in quotes; without one in sight, the first there is.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate().take(1024) {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    memchr::memchr(b'>', text.as_bytes())
}

fn element<'t>(name: &str, closes: bool, after: &'t str, out: &mut String) -> &'t str {
    if BLOCKS.contains(&name) {
        break_to(out, 2);
    } else if LINES.contains(&name) {
        break_to(out, 1);
    } else if (name == "td" || name == "th") && !out.is_empty() && !out.ends_with(char::is_whitespace) {
        out.push(' ');
    } else if !closes && SILENT.contains(&name) {
        return skip_to_close(name, after);
    }
    after
}

fn skip_to_close<'t>(name: &str, text: &'t str) -> &'t str {
    let mut from = 0;
    while let Some(at) = memchr::memmem::find(&text.as_bytes()[from..], b"</") {
        let close = from + at + 2;
        let is_it = text.as_bytes()[close..]
            .get(..name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()));
        if is_it {
            return text[close..].find('>').map_or("", |end| &text[close + end + 1..]);
        }
        from = close;
    }
    ""
}

/// Makes the text end with `n` line feeds, unless it is empty.
fn break_to(out: &mut String, n: usize) {
    out.truncate(out.trim_end_matches(' ').len());
    if out.is_empty() {
        return;
    }
    let have = out.len() - out.trim_end_matches('\n').len();
    for _ in have..n {
        out.push('\n');
    }
}

/// Appends text with white space as HTML means it: any run is one space.
fn push_text(text: &str, out: &mut String) {
    for (at, piece) in text.split('&').enumerate() {
        let rest = if at == 0 { piece } else { push_entity(piece, out) };
        for c in rest.chars() {
            if matches!(c, ' ' | '\n' | '\r' | '\t' | '\u{c}') {
                if !out.is_empty() && !out.ends_with([' ', '\n']) {
                    out.push(' ');
                }
            } else {
                out.push(c);
            }
        }
    }
}

/// Appends what the entity at the start of `text`, whose `&` is gone, stands for; returns the rest.
fn push_entity<'t>(text: &'t str, out: &mut String) -> &'t str {
    let end = text.bytes().take(32).position(|byte| byte == b';');
    let resolved = end.and_then(|end| resolve(&text[..end]).map(|resolved| (resolved, end)));
    if let Some((resolved, end)) = resolved {
        out.push_str(&resolved);
        &text[end + 1..]
    } else {
        out.push('&');
        text
    }
}

/// Returns what an entity stands for: `amp`, `#8217`, `#x2019`.
pub(crate) fn resolve(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let hex = number.strip_prefix(['x', 'X']);
        let code = hex
            .map_or_else(|| number.parse(), |hex| u32::from_str_radix(hex, 16))
            .ok()?;
        // As browsers do: the C1 controls are meant as windows-1252.
        let c = match u8::try_from(code) {
            Ok(byte @ 0x80..=0x9f) => encoding_rs::WINDOWS_1252
                .decode_without_bom_handling(&[byte])
                .0
                .chars()
                .next()?,
            _ => char::from_u32(code)?,
        };
        return Some(c.to_string());
    }
    resolve_html5_entity(name).map(str::to_owned)
}

/// Whether a text is HTML rather than plain: it has a closing tag or a break.
pub(crate) fn is_html(text: &str) -> bool {
    text.contains("</") || text.contains("<br") || text.contains("<p>") || text.contains("/>")
}

/// Returns the text of something that may be HTML: without tags, entities alone are resolved too.
pub(crate) fn text_of(text: &str) -> String {
    if is_html(text) {
        return strip(text);
    }
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for (at, piece) in text.split('&').enumerate() {
        let rest = if at == 0 {
            piece
        } else {
            push_entity(piece, &mut out)
        };
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expect: &str) {
        assert_eq!(strip(html), expect, "{html}");
    }

    #[test]
    fn strips_tags() {
        check(
            "<p>One <b>two</b>\n three.</p><p>Four&nbsp;five</p>",
            "One two three.\n\nFour\u{a0}five",
        );
        check("a<br/>b<br>c", "a\nb\nc");
        check("<ul><li>x</li><li>y</li></ul>z", "x\ny\n\nz");
        check(
            "<script>if (a < b) { '</b>' }</script>text<style>p{}</style>",
            "text",
        );
        check(
            "5 < 6 &amp; 7 > 2 &#8217;t &#x2019; &#146; &bogus; AT&T",
            "5 < 6 & 7 > 2 ’t ’ ’ &bogus; AT&T",
        );
        check("<a title=\"x > y\" href='#'>link</a>", "link");
        check("<!-- gone <p> -->kept<![CDATA[ data", "kept data");
        check("<p>open <div>block", "open\n\nblock");
        check("broken <a href=", "broken <a href=");
        check("<table><tr><td>a</td><td>b</td></tr></table>", "a b");
    }

    #[test]
    fn is_linear_in_hostile_input() {
        let start = std::time::Instant::now();
        strip(&"<".repeat(1 << 20));
        strip(&"<a \"".repeat(1 << 18));
        strip(&"<script>".repeat(1 << 17));
        strip(&"&amp".repeat(1 << 18));
        strip(&("<a \"".repeat(1 << 18) + ">"));
        assert!(start.elapsed().as_secs() < 40, "{:?}", start.elapsed());
    }
}
