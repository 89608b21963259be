//! WARC: one article a response record that holds a page.

use super::{Item, Job, Refusal, RefusalReason, sniff};

/// How long the header of a record or of a response may be.
const MOST_HEADER: usize = 64 << 10;

/// Reads the records of an (unpacked) WARC file.
pub(super) fn read(job: &mut Job<'_>, item: Item<'_>) -> Result<(), Refusal> {
    let mut rest = item.bytes;
    let mut n_records = 0;
    while let Some(record) = next(&mut rest)? {
        n_records += 1;
        if n_records > job.config.limits.items {
            return Err(Refusal::new(
                RefusalReason::TooLarge,
                "more records than items are allowed",
            ));
        }
        let kind = record.header("warc-type").unwrap_or_default();
        if !matches!(kind, "response" | "resource" | "conversion") {
            continue;
        }
        let Some(body) = body(&record, kind) else {
            continue;
        };
        let uri = record
            .header("warc-target-uri")
            .map(|uri| uri.trim_matches(['<', '>']).to_owned());
        let first_article = job.articles.len();
        let page = Item {
            bytes: body,
            name: uri.as_deref(),
            depth: item.depth + 1,
        };
        // Pictures and scripts are what most records are; nobody has to be told.
        if matches!(sniff::sniff(body), Ok(sniff::Kind::Document(_))) {
            job.read(page);
        }
        for article in &mut job.articles[first_article..] {
            article.url = article.url.take().or_else(|| uri.clone());
        }
    }
    if n_records == 0 {
        return Err(Refusal::new(RefusalReason::Malformed, "there is no WARC record"));
    }
    Ok(())
}

struct Record<'b> {
    headers: &'b str,
    content: &'b [u8],
}

impl<'b> Record<'b> {
    fn header(&self, name: &str) -> Option<&'b str> {
        header(self.headers, name)
    }
}

fn header<'b>(headers: &'b str, name: &str) -> Option<&'b str> {
    headers.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// Cuts the next record off; `None` at the end.
fn next<'b>(rest: &mut &'b [u8]) -> Result<Option<Record<'b>>, Refusal> {
    let trimmed = rest.trim_ascii_start();
    if trimmed.is_empty() {
        return Ok(None);
    }
    let malformed = |detail: &str| Refusal::new(RefusalReason::Malformed, detail);
    if !trimmed.starts_with(b"WARC/") {
        return Err(malformed("a WARC record does not start with `WARC/`"));
    }
    let (headers, content) =
        split_header(trimmed).ok_or_else(|| malformed("a WARC record has no end of header"))?;
    let length = header(headers, "content-length").and_then(|length| length.parse::<usize>().ok());
    let length = length.ok_or_else(|| malformed("a WARC record has no length"))?;
    // The last record of a file that was cut off is read as far as it goes.
    let length = length.min(content.len());
    *rest = &content[length..];
    Ok(Some(Record {
        headers,
        content: &content[..length],
    }))
}

fn split_header(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let head = &bytes[..bytes.len().min(MOST_HEADER)];
    let (end, skip) = match memchr::memmem::find(head, b"\r\n\r\n") {
        Some(end) => (end, 4),
        None => (memchr::memmem::find(head, b"\n\n")?, 2),
    };
    Some((std::str::from_utf8(&bytes[..end]).ok()?, &bytes[end + skip..]))
}

/// The page in a record: without the HTTP header of a response, and only if it was answered with 200.
fn body<'b>(record: &Record<'b>, kind: &str) -> Option<&'b [u8]> {
    if kind != "response" || !record.content.starts_with(b"HTTP/") {
        return Some(record.content);
    }
    let (headers, body) = split_header(record.content)?;
    let ok = headers.lines().next()?.split(' ').nth(1)? == "200";
    let kind = header(headers, "content-type").unwrap_or("text/html");
    let readable = ["html", "xml", "json", "text/plain"]
        .iter()
        .any(|name| kind.contains(name));
    (ok && readable).then_some(body)
}
