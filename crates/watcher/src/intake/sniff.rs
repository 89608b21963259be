//! Which format bytes are in, told by their content and not by a name.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use wire::message::Format;

use super::{Refusal, RefusalReason};

/// What to do with bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Unpack it.
    Archive(Archive),
    /// Read it.
    Document(Format),
}

/// The archives that are unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Archive {
    /// One stream, or several one after the other.
    Gzip,
    /// One stream, or several one after the other.
    Zstd,
    /// Entries.
    Zip,
    /// Entries.
    Tar,
}

/// How much of a document is looked at.
const HEAD_BYTES: usize = 4096;

/// Starts of binary formats that hold no articles, and what they are called.
const BINARIES: &[(&[u8], &str)] = &[
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"BM\0", "a bitmap image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"RIFF", "a RIFF file (WebP, WAV or AVI)"),
    (b"OggS", "an Ogg file"),
    (b"ID3", "an MP3 file"),
    (b"fLaC", "a FLAC file"),
    (b"\x1aE\xdf\xa3", "a Matroska video"),
    (b"\0\0\0\x18ftyp", "an MP4 video"),
    (b"\0\0\0 ftyp", "an MP4 video"),
    (b"7z\xbc\xaf", "a 7-Zip archive, which is not unpacked"),
    (b"Rar!", "a RAR archive, which is not unpacked"),
    (b"\xfd7zXZ", "an xz stream, which is not unpacked"),
    (b"BZh", "a bzip2 stream, which is not unpacked"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\0asm", "a WebAssembly module"),
    (b"\xd0\xcf\x11\xe0", "an old Office document, which is not read"),
    (b"SQLite format 3", "an SQLite database"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
];

/// Recognises the format, or refuses what is empty or binary.
pub(crate) fn sniff(bytes: &[u8]) -> Result<Kind, Refusal> {
    if bytes.trim_ascii().is_empty() {
        return Err(Refusal::new(RefusalReason::Empty, "there is nothing in it"));
    }
    if let Some(archive) = archive(bytes) {
        return Ok(Kind::Archive(archive));
    }
    if let Some((_, name)) = BINARIES.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(Refusal::new(RefusalReason::Binary, format!("is {name}")));
    }
    if bytes.starts_with(b"%PDF-") {
        return Ok(Kind::Document(Format::Pdf));
    }
    if bytes.starts_with(b"WARC/") {
        return Ok(Kind::Document(Format::Warc));
    }
    if bytes.starts_with(b"{\\rtf") {
        return Err(Refusal::new(RefusalReason::Unsupported, "is an RTF document"));
    }
    let head = head(bytes)?;
    text(&head, bytes).map(Kind::Document)
}

/// Returns which archive bytes are.
pub(crate) fn archive(bytes: &[u8]) -> Option<Archive> {
    if bytes.starts_with(b"\x1f\x8b") {
        Some(Archive::Gzip)
    } else if bytes.starts_with(b"\x28\xb5\x2f\xfd") {
        Some(Archive::Zstd)
    } else if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        Some(Archive::Zip)
    } else if bytes.get(257..262) == Some(b"ustar") {
        Some(Archive::Tar)
    } else {
        None
    }
}

/// Returns the start of a text as ASCII to look into; refuses what is no text.
#[expect(
    clippy::needless_bitwise_bool,
    reason = "lazy operators are branches, which keep the loop scalar"
)]
fn head(bytes: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    let sample = &bytes[..bytes.len().min(HEAD_BYTES)];
    let wide = sample.starts_with(b"\xff\xfe") || sample.starts_with(b"\xfe\xff");
    if wide || memchr::memchr(0, sample).is_some() {
        let decoded = super::decode::decode(&sample[..sample.len() & !1], None);
        if decoded.encoding.starts_with("utf-16") && decoded.warnings.is_empty() {
            return Ok(Cow::Owned(decoded.text.into_owned()));
        }
        return Err(Refusal::new(
            RefusalReason::Binary,
            "holds null bytes and is of no known format",
        ));
    }
    // Without branches, so that many bytes are looked at at once.
    let is_control = |byte: u8| (byte < 0x20) & (byte != b'\n');
    let has_control = |chunk: &[u8]| chunk.iter().fold(false, |any, byte| any | is_control(*byte));
    let is_odd = |byte: &&u8| is_control(**byte) && !matches!(**byte, b'\t' | b'\r' | 0x0c | 0x1b);
    let chunks = sample.chunks(128).filter(|chunk| has_control(chunk));
    let n_odd: usize = chunks.map(|chunk| chunk.iter().filter(is_odd).count()).sum();
    if n_odd * 20 > sample.len() {
        return Err(Refusal::new(
            RefusalReason::Binary,
            "holds control characters and is of no known format",
        ));
    }
    let sample = sample.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sample);
    Ok(match std::str::from_utf8(sample) {
        Ok(text) => Cow::Borrowed(text),
        // A character that the cut went through is no reason to copy.
        Err(error) if error.error_len().is_none() => String::from_utf8_lossy(&sample[..error.valid_up_to()]),
        Err(_) => String::from_utf8_lossy(sample),
    })
}

fn text(head: &str, bytes: &[u8]) -> Result<Format, Refusal> {
    let start = head.trim_start();
    match start.as_bytes().first() {
        Some(b'{') if start[1..].trim_start().starts_with(['"', '}']) => return Ok(json(bytes)),
        Some(b'[') if start[1..].trim_start().starts_with(['{', ']']) => return Ok(Format::Json),
        Some(b'<') => {
            if let Some(format) = markup(start)? {
                return Ok(format);
            }
        }
        _ => {}
    }
    if memchr::memchr(b'{', start.as_bytes()).is_some() && has_object_lines(bytes) {
        return Ok(Format::Jsonl);
    }
    if is_mail(head) {
        return Ok(Format::Eml);
    }
    if has_markup(start) {
        return Ok(Format::Html);
    }
    Ok(if is_markdown(head) {
        Format::Markdown
    } else {
        Format::Text
    })
}

/// One object, or one a line. Of a line or two that are broken nothing is concluded.
fn json(bytes: &[u8]) -> Format {
    let is_json = |bytes: &[u8]| serde_json::from_slice::<IgnoredAny>(bytes).is_ok();
    let bytes = bytes.trim_ascii();
    let (first, rest) = bytes.split_at(memchr::memchr(b'\n', bytes).unwrap_or(bytes.len()));
    let several = !rest.is_empty() && (is_json(first) || has_object_lines(bytes) && !is_json(bytes));
    if several { Format::Jsonl } else { Format::Json }
}

/// How many lines are looked at for objects.
const MOST_OBJECT_LINES: usize = 64;

/// Whether two lines are objects, as far as their ends tell, and no fewer than the others.
fn has_object_lines(bytes: &[u8]) -> bool {
    let lines = bytes.split(|byte| *byte == b'\n');
    let lines = lines.map(<[u8]>::trim_ascii_end).filter(|line| !line.is_empty());
    let (mut n_objects, mut n_lines) = (0, 0);
    for line in lines.take(MOST_OBJECT_LINES) {
        n_lines += 1;
        n_objects += usize::from(line.starts_with(b"{\"") && line.ends_with(b"}"));
    }
    n_objects >= 2 && n_objects * 2 >= n_lines
}

/// Recognises a document that starts with `<` by its root element.
fn markup(start: &str) -> Result<Option<Format>, Refusal> {
    let mut rest = start;
    let is_xml = start.starts_with("<?xml");
    loop {
        rest = rest.trim_start();
        let end = if rest.starts_with("<!--") {
            rest.find("-->").map(|end| end + 3)
        } else if rest
            .get(..9)
            .is_some_and(|tag| tag.eq_ignore_ascii_case("<!doctype"))
        {
            if rest
                .get(9..20)
                .is_some_and(|name| name.trim_start().to_ascii_lowercase().starts_with("html"))
            {
                return Ok(Some(Format::Html));
            }
            // An internal subset holds `>` of its own.
            let subset = rest
                .find('[')
                .filter(|open| rest.find('>').is_some_and(|end| *open < end));
            subset.map_or_else(
                || rest.find('>').map(|end| end + 1),
                |_| rest.find("]>").map(|end| end + 2),
            )
        } else if rest.starts_with("<?") {
            rest.find("?>").map(|end| end + 2)
        } else {
            break;
        };
        match end {
            Some(end) => rest = &rest[end..],
            None => break,
        }
    }
    let name = rest.strip_prefix('<').unwrap_or_default();
    let name = name
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, ':' | '.' | '_' | '-')))
        .map_or(name, |end| &name[..end]);
    let local = name.rsplit(':').next().unwrap_or(name);
    let format = match local {
        "rss" | "RDF" | "channel" => Some(Format::Rss),
        "feed" => Some(Format::Atom),
        "nitf" => Some(Format::Nitf),
        "newsItem" | "newsMessage" | "packageItem" | "NewsML" | "NewsEnvelope" | "NewsItem"
        | "conceptItem" | "planningItem" => Some(Format::Newsml),
        _ if is_html_name(local) => Some(Format::Html),
        _ if start.contains("<nitf") => Some(Format::Nitf),
        _ if start.contains("<newsItem") || start.contains("<NewsItem") => Some(Format::Newsml),
        _ => None,
    };
    if format.is_none() && is_xml {
        let detail = format!("is XML with the root `{local}`, which is of no known format");
        return Err(Refusal::new(RefusalReason::Unsupported, detail));
    }
    Ok(format)
}

fn is_html_name(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "html",
        "head",
        "body",
        "div",
        "p",
        "article",
        "section",
        "main",
        "meta",
        "title",
        "table",
        "span",
        "header",
        "script",
        "h1",
        "h2",
        "h3",
        "ul",
        "ol",
        "br",
        "img",
        "link",
        "style",
        "center",
        "font",
        "blockquote",
        "figure",
        "nav",
        "strong",
        "em",
        "b",
    ];
    NAMES.contains(&name.to_ascii_lowercase().as_str())
}

/// Whether a text that starts otherwise is a page, or a piece of one.
fn has_markup(start: &str) -> bool {
    const PIECES: &[&[u8]] = &[
        b"p>", b"p ", b"/p>", b"br", b"div", b"/div>", b"h1", b"h2", b"li>",
    ];
    const WHOLES: &[&[u8]] = &[b"html", b"!doctype html", b"body"];
    let bytes = &start.as_bytes()[..start.len().min(HEAD_BYTES)];
    let opens = |rest: &[u8], names: &[&[u8]]| {
        names.iter().any(|name| {
            rest.get(..name.len())
                .is_some_and(|tag| tag.eq_ignore_ascii_case(name))
        })
    };
    let mut n_pieces = 0;
    for at in memchr::memchr_iter(b'<', bytes) {
        let rest = &bytes[at + 1..];
        n_pieces += usize::from(opens(rest, PIECES));
        if n_pieces >= 4 || opens(rest, WHOLES) {
            return true;
        }
    }
    false
}

/// How many lines of a header are looked at.
const MOST_HEADER_LINES: usize = 60;

/// Whether a text starts with the header of a message.
fn is_mail(head: &str) -> bool {
    const NAMES: &[&str] = &[
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "received",
        "return-path",
        "delivered-to",
        "mime-version",
        "content-type",
        "reply-to",
        "x-mailer",
        "sender",
        "cc",
        "dkim-signature",
        "arc-seal",
        "x-received",
    ];
    let (mut known, mut n_fields, mut n_broken) = (Vec::new(), 0, 0);
    for (at, line) in head.lines().take(MOST_HEADER_LINES).enumerate() {
        if line.is_empty() {
            break;
        }
        let folded = line.starts_with([' ', '\t']);
        let mailbox = at == 0 && line.starts_with("From ");
        if (folded && at > 0) || mailbox {
            continue;
        }
        let bytes = line.as_bytes();
        let end = bytes
            .iter()
            .position(|byte| !byte.is_ascii_graphic() || *byte == b':');
        let name = end
            .filter(|end| bytes[*end] == b':')
            .map_or("", |end| &line[..end]);
        if name.is_empty() {
            // Some archives break long header lines without the space that marks it.
            n_broken += 1;
            if n_broken * 4 > MOST_HEADER_LINES {
                return false;
            }
            continue;
        }
        let name = name.to_ascii_lowercase();
        n_fields += 1;
        known.extend(NAMES.iter().position(|known| **known == name));
    }
    if n_broken * 4 > n_fields {
        return false;
    }
    known.sort_unstable();
    known.dedup();
    // From, Subject and Date alone could head a plain memo; it reads the same as a message.
    known.len() >= 3
}

/// Whether a text is written with Markdown's marks.
fn is_markdown(head: &str) -> bool {
    if head.starts_with("# ") || head.starts_with("---\n") && head[4..].contains("\n---") {
        return true;
    }
    if memchr::memchr2(b'#', b']', head.as_bytes()).is_none() {
        return false;
    }
    let marks = |mark: &str| memchr::memmem::find_iter(head.as_bytes(), mark).count();
    let headings = marks("\n## ") + marks("\n### ");
    let links = marks("](http");
    headings + links >= 1 && headings + links + marks("**") / 2 >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &[u8], expect: Result<Kind, RefusalReason>) {
        assert_eq!(
            sniff(input).map_err(|refusal| refusal.reason),
            expect,
            "{}",
            String::from_utf8_lossy(input)
        );
    }

    #[test]
    fn tells_documents_by_their_content() {
        for (input, format) in [
            ("Dam breaks\n\nThe dam broke.", Format::Text),
            ("[Photo: AFP] The dam broke.", Format::Text),
            ("<GBND> said it bought a mill.", Format::Text),
            ("# Dam breaks\n\nThe dam broke.", Format::Markdown),
            ("---\ntitle: Dam\n---\nThe dam broke.", Format::Markdown),
            ("<!DOCTYPE html><html>", Format::Html),
            ("  <html lang=en>", Format::Html),
            ("<p>The dam broke.</p>", Format::Html),
            ("text <p>one</p><p>two</p>", Format::Html),
            ("<?xml version='1.0'?><!-- c --><rss version='2.0'>", Format::Rss),
            ("<rdf:RDF xmlns='x'>", Format::Rss),
            ("<?xml version='1.0'?><feed xmlns='x'>", Format::Atom),
            (
                "<?xml version='1.0'?><!DOCTYPE nitf SYSTEM 'x'><nitf>",
                Format::Nitf,
            ),
            ("<!DOCTYPE l [<!ENTITY a 'b'>]><nitf>", Format::Nitf),
            ("<newsItem guid='x'>", Format::Newsml),
            ("<NewsML>", Format::Newsml),
            ("{\"text\":\"x\"}", Format::Json),
            ("[{\"text\":\"x\"}]", Format::Json),
            ("{\"text\":\"x\"}\n{\"text\":\"y\"}\n", Format::Jsonl),
            ("{\"text\":\"x\"}\n\nnot JSON", Format::Jsonl),
            ("{\"text\":\"x\n{\"text\":\"y\"}\n{\"text\":\"z\"}", Format::Jsonl),
            ("not JSON\n{\"text\":\"y\"}\n{\"text\":\"z\"}\n", Format::Jsonl),
            (
                "{\"a\": [\n{\"b\":1},\n{\"b\":2}\n],\n\"text\":\"x\"}",
                Format::Json,
            ),
            (
                "{\n\"a\": [\n{\"b\":1}\n], \"c\": [\n{\"b\":2}\n]\n}",
                Format::Json,
            ),
            ("Code\n{\"a\":1}\nand text\nand text", Format::Text),
            (
                "From: a@b.c\nTo: d@e.f\nSubject: Dam\n\nThe dam broke.",
                Format::Eml,
            ),
            ("%PDF-1.7", Format::Pdf),
            ("WARC/1.0\r\n", Format::Warc),
        ] {
            check(input.as_bytes(), Ok(Kind::Document(format)));
        }
        check(b"\xff\xfe<\0h\0t\0m\0l\0>\0", Ok(Kind::Document(Format::Html)));
    }

    #[test]
    fn refuses_what_is_no_text() {
        check(b"", Err(RefusalReason::Empty));
        check(b" \n\t", Err(RefusalReason::Empty));
        check(b"\x89PNG\r\n\x1a\n", Err(RefusalReason::Binary));
        check(b"a\0b\0\0c\xff\xfe\0\x01\x02", Err(RefusalReason::Binary));
        check(b"\x01\x02\x03\x04text", Err(RefusalReason::Binary));
        check(b"<?xml version='1.0'?><svg>", Err(RefusalReason::Unsupported));
        check(b"{\\rtf1", Err(RefusalReason::Unsupported));
    }

    #[test]
    fn tells_archives() {
        check(b"\x1f\x8b\x08", Ok(Kind::Archive(Archive::Gzip)));
        check(b"\x28\xb5\x2f\xfd\x04", Ok(Kind::Archive(Archive::Zstd)));
        check(b"PK\x03\x04", Ok(Kind::Archive(Archive::Zip)));
    }
}
