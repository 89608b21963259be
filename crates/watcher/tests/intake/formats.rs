//! One article in every format: headline, body and date come out of each.

use std::io::Write;

use wire::Article;
use wire::message::{Format, PublishedFrom};

use watcher::intake::{Config, FieldMap, RefusalReason};

use crate::support::{article, try_read, try_read_items};

const LEAD: &str =
    "The dam above the town of Qalat broke on Monday and the water took two bridges with it, the mayor said.";
const MORE: &str = "Divers searched the lake until the evening, and the army sent two helicopters from its base in the valley.";
const HEADLINE: &str = "Dam breaks above Qalat";

#[track_caller]
fn check(bytes: &[u8], format: Format) -> Article {
    let article = article(bytes);
    assert_eq!(article.source.format, format);
    assert_eq!(article.headline.as_deref(), Some(HEADLINE), "{format:?}");
    assert_eq!(
        article.text,
        format!("{HEADLINE}\n\n{LEAD}\n\n{MORE}"),
        "{format:?}"
    );
    article
}

#[track_caller]
fn check_dated(bytes: &[u8], format: Format) -> Article {
    let article = check(bytes, format);
    assert_eq!(
        article.published.value.as_deref(),
        Some("2026-03-03T06:12:44Z"),
        "{format:?}"
    );
    assert_eq!(
        article.published.from,
        Some(PublishedFrom::Metadata),
        "{format:?}"
    );
    article
}

#[test]
fn text_in_utf_16() {
    let text = format!("{HEADLINE}\r\n\r\n{LEAD}\r\n\r\n{MORE}");
    let mut bytes = vec![0xff, 0xfe];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(check(&bytes, Format::Text).source.encoding, "utf-16le");
}

#[test]
fn markdown() {
    let text = format!(
        "---\ntitle: {HEADLINE}\ndate: 2026-03-03T06:12:44Z\nauthor: Ann Lee\n---\n\n![a dam](x.jpg)\n\n{}\n\n{MORE}\n",
        LEAD.replace("Qalat", "**Qalat**")
            .replace("the mayor", "[the mayor](http://example.org)")
    );
    assert_eq!(check_dated(text.as_bytes(), Format::Markdown).byline, ["Ann Lee"]);
    check(
        format!("# {HEADLINE}\n\n{LEAD}\n\n{MORE}").as_bytes(),
        Format::Markdown,
    );
}

#[test]
fn html() {
    let story = format!("<p>{LEAD}</p><p>{MORE}</p>");
    let page = format!(
        "<!DOCTYPE html><html lang=en-GB><head><meta charset=utf-8><title>{HEADLINE} | Post</title>\
         <meta property=og:site_name content='Amel Post'><link rel=canonical href='https://example.org/dam'>\
         <script type='application/ld+json'>{{\"@type\":\"NewsArticle\",\"headline\":\"{HEADLINE}\",\
         \"datePublished\":\"2026-03-03T06:12:44Z\",\"author\":[{{\"name\":\"Ann Lee\"}}]}}</script></head>\
         <body><nav><a href=/>Home</a></nav><article><h1>{HEADLINE}</h1>{story}</article>\
         <footer>Copyright</footer></body></html>"
    );
    let article = check_dated(page.as_bytes(), Format::Html);
    assert_eq!(article.byline, ["Ann Lee"]);
    assert_eq!(article.publisher.as_deref(), Some("Amel Post"));
    assert_eq!(article.url.as_deref(), Some("https://example.org/dam"));
    assert_eq!(article.language, "en-GB");
}

#[test]
fn rss_and_atom() {
    let html = format!("&lt;p&gt;{LEAD}&lt;/p&gt;&lt;p&gt;{MORE}&lt;/p&gt;");
    let rss = format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Amel Post</title><item><title>{HEADLINE}</title>\
         <link>https://example.org/dam</link><guid>g1</guid><pubDate>Tue, 03 Mar 2026 06:12:44 GMT</pubDate>\
         <description>Short</description><content:encoded>{html}</content:encoded></item></channel></rss>"
    );
    let article = check_dated(rss.as_bytes(), Format::Rss);
    assert_eq!(article.source.item.as_deref(), Some("g1"));
    assert!(article.warnings.is_empty(), "{:?}", article.warnings);
    let atom = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>Amel Post</title><entry><id>e1</id><title>{HEADLINE}</title>\
         <published>2026-03-03T06:12:44Z</published><author><name>Ann Lee</name></author>\
         <content type='html'>{html}</content></entry></feed>"
    );
    assert_eq!(check_dated(atom.as_bytes(), Format::Atom).byline, ["Ann Lee"]);
}

#[test]
fn a_teaser_is_called_one() {
    let rss = "<rss><channel><item><title>Dam breaks</title><description>The dam broke…</description></item></channel></rss>";
    assert!(article(rss.as_bytes()).warnings[0].contains("teaser"));
}

#[test]
fn feeds_give_one_article_an_item() {
    let items: Vec<String> = (0..3)
        .map(|n| format!("<item><title>Story number {n}</title><description>{LEAD} {n}</description></item>"))
        .collect();
    let items = items.concat();
    let articles = try_read(
        format!("<rss><channel>{items}</channel></rss>").as_bytes(),
        &Config::default(),
    )
    .expect("is read");
    assert_eq!(articles.len(), 3);
    assert_ne!(articles[0].id, articles[1].id);
}

#[test]
fn json_feed() {
    let feed = serde_json::json!({"version": "https://jsonfeed.org/version/1.1", "title": "Amel Post", "items": [{
        "id": "1", "title": HEADLINE, "content_html": format!("<p>{LEAD}</p><p>{MORE}</p>"),
        "date_published": "2026-03-03T06:12:44Z", "authors": [{"name": "Ann Lee"}]}]});
    assert_eq!(
        check_dated(feed.to_string().as_bytes(), Format::JsonFeed)
            .publisher
            .as_deref(),
        Some("Amel Post")
    );
}

#[test]
fn json_and_its_field_map() {
    let object = serde_json::json!({"title": HEADLINE, "text": format!("{LEAD}\n\n{MORE}"), "authors": ["Ann Lee"],
        "published_at": 1_772_518_364, "url": "https://example.org/dam"});
    assert_eq!(
        check_dated(object.to_string().as_bytes(), Format::Json).byline,
        ["Ann Lee"]
    );
    let own = serde_json::json!({"kop": HEADLINE, "inhoud": {"tekst": LEAD}});
    let fields = FieldMap {
        headline: vec!["kop".to_owned()],
        text: vec!["inhoud.tekst".to_owned()],
        ..FieldMap::default()
    };
    let config = Config {
        fields,
        ..Config::default()
    };
    let articles = try_read(own.to_string().as_bytes(), &config).expect("is read");
    assert_eq!(articles[0].text, format!("{HEADLINE}\n\n{LEAD}"));
}

#[test]
fn jsonl_refuses_lines_one_by_one() {
    let good = |id: &str, text: &str| format!("{{\"id\":\"{id}\",\"text\":\"{text}\"}}\n");
    let (a, b) = (good("a", LEAD), good("b", MORE));
    let cut = "{\"id\":\"c\",\"text\":\"The river fell\n".to_owned();
    for (lines, refused, reason) in [
        ([&a, "{broken\n", &b].concat(), "line 2", RefusalReason::Malformed),
        (
            [&a, "no JSON at all\n\n", &b].concat(),
            "line 2",
            RefusalReason::Malformed,
        ),
        (
            [&cut, a.as_str(), &b].concat(),
            "line 1",
            RefusalReason::Malformed,
        ),
        (
            [&a, b.as_str(), &cut].concat(),
            "line 3",
            RefusalReason::Malformed,
        ),
        (
            [&a, b.as_str(), "[1]\n"].concat(),
            "line 3",
            RefusalReason::Malformed,
        ),
        (
            [&a, "{\"n\":1}\n", &b].concat(),
            "line 2",
            RefusalReason::Unsupported,
        ),
        (
            [&a, "{\"text\":\" \"}\n", &b].concat(),
            "line 2",
            RefusalReason::Unsupported,
        ),
        // What turns out to be empty only once it is cleaned up, with an id of its own and without.
        (
            [&a, "{\"id\":\"c\",\"text\":\"\u{200b}\"}\n", &b].concat(),
            "line 2",
            RefusalReason::Empty,
        ),
        (
            [&a, b.as_str(), "{\"text\":\"\u{200b}\"}\n"].concat(),
            "line 3",
            RefusalReason::Empty,
        ),
    ] {
        let reading = try_read_items(lines.as_bytes(), &Config::default());
        let items: Vec<_> = reading
            .articles
            .iter()
            .map(|article| article.source.item.as_deref())
            .collect();
        assert_eq!(items, [Some("a"), Some("b")], "{lines}");
        let told: Vec<_> = reading
            .refused
            .iter()
            .map(|refused| (refused.item.as_deref(), refused.refusal.reason))
            .collect();
        assert_eq!(told, [(Some(refused), reason)], "{lines}");
        let warning = format!("item `{refused}` was refused: ");
        assert!(
            reading.articles[0].warnings[0].starts_with(&warning),
            "{:?}",
            reading.articles[0].warnings
        );
    }
}

#[test]
fn a_file_of_bad_lines_tells_each() {
    let reading = try_read_items(b"{\"n\":1}\n{\"n\":2}\n", &Config::default());
    assert!(reading.articles.is_empty());
    let told: Vec<String> = reading.refused.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2);
    assert!(told[1].starts_with("line 2: unsupported: "), "{told:?}");
}

#[test]
fn what_lies_beside_articles_is_passed_over() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let entries: [(&str, &[u8]); 4] = [
        ("logo.png", b"\x89PNG\r\n"),
        ("a.txt", LEAD.as_bytes()),
        ("empty.txt", b""),
        ("day.jsonl", b"{\"text\":\"The river fell.\"}\n{\"text\n"),
    ];
    for (name, bytes) in entries {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .expect("writes to memory");
        zip.write_all(bytes).expect("writes to memory");
    }
    let bytes = zip.finish().expect("writes to memory").into_inner();
    let reading = try_read_items(&bytes, &Config::default());
    assert_eq!(reading.articles.len(), 2);
    let items: Vec<_> = reading
        .refused
        .iter()
        .map(|refused| refused.item.as_deref())
        .collect();
    assert_eq!(items, [Some("day.jsonl#line 2")]);
    assert_eq!(
        reading.articles[0].warnings.len(),
        3,
        "{:?}",
        reading.articles[0].warnings
    );
}

#[test]
fn ninjs_of_all_versions() {
    let html = format!("<p>{LEAD}</p><p>{MORE}</p>");
    let first = serde_json::json!({"uri": "urn:1", "type": "text", "versioncreated": "2026-03-03T06:12:44Z",
        "headline": HEADLINE, "body_html": html});
    let second = serde_json::json!({"uri": "urn:2", "type": "text", "firstcreated": "2026-03-03T06:12:44Z",
        "headlines": [{"role": "main", "value": HEADLINE}], "bodies": [{"role": "main", "contenttype": "text/html", "value": html}]});
    let third = serde_json::json!({"standard": {"name": "ninjs", "version": "3.0"}, "uri": "urn:3", "type": "text",
        "firstCreated": "2026-03-03T06:12:44Z", "headlines": [{"value": HEADLINE}], "bodies": [{"contentType": "text/html", "value": html}]});
    for version in [first, second, third] {
        check_dated(version.to_string().as_bytes(), Format::Ninjs);
    }
}

#[test]
fn newsml_and_nitf() {
    let nitf = format!(
        "<nitf><head><docdata><date.issue norm='20260303T061244Z'/></docdata></head><body><body.head><hedline><hl1>{HEADLINE}\
         </hl1></hedline><byline>By <person>Ann Lee</person></byline></body.head><body.content><p>{LEAD}</p><p>{MORE}</p>\
         <media><media-caption>A caption</media-caption></media></body.content></body></nitf>"
    );
    assert_eq!(check_dated(nitf.as_bytes(), Format::Nitf).byline, ["Ann Lee"]);
    let second = format!(
        "<?xml version='1.0'?><newsItem guid='urn:x' xml:lang='en'><itemMeta><provider literal='AMEL'/></itemMeta><contentMeta>\
         <contentCreated>2026-03-03T06:12:44Z</contentCreated><headline>{HEADLINE}</headline></contentMeta><contentSet><inlineXML>\
         <html><body><p>{LEAD}</p><p>{MORE}</p></body></html></inlineXML></contentSet></newsItem>"
    );
    assert_eq!(
        check_dated(second.as_bytes(), Format::Newsml).agency.as_deref(),
        Some("AMEL")
    );
    let first = format!(
        "<NewsML><NewsItem><NewsManagement><FirstCreated>20260303T061244Z</FirstCreated></NewsManagement><NewsComponent><NewsLines>\
         <HeadLine>{HEADLINE}</HeadLine></NewsLines><ContentItem><DataContent><p>{LEAD}</p><p>{MORE}</p></DataContent></ContentItem>\
         </NewsComponent></NewsItem></NewsML>"
    );
    check_dated(first.as_bytes(), Format::Newsml);
}

#[test]
fn eml() {
    let mail = format!(
        "From: Amel Post <news@example.org>\r\nTo: a@example.org\r\nSubject: Fwd: {HEADLINE}\r\n\
         Date: Tue, 03 Mar 2026 06:12:44 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         {LEAD}\r\n\r\n{MORE}\r\n"
    );
    assert_eq!(
        check_dated(mail.as_bytes(), Format::Eml).publisher.as_deref(),
        Some("Amel Post")
    );
}

fn page() -> String {
    format!(
        "<html><head><title>{HEADLINE}</title></head><body><article><h1>{HEADLINE}</h1><p>{LEAD}</p><p>{MORE}</p></article></body></html>"
    )
}

#[test]
fn warc_in_gzip_members() {
    let http = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{}", page());
    let record = |kind: &str, content: &str| {
        format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://example.org/dam\r\nContent-Length: {}\r\n\r\n{content}\r\n\r\n",
            content.len()
        )
    };
    let mut bytes = gzip(record("warcinfo", "software: x").as_bytes());
    bytes.extend(gzip(record("response", &http).as_bytes()));
    let article = check(&bytes, Format::Html);
    assert_eq!(article.url.as_deref(), Some("https://example.org/dam"));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("writes to memory");
    encoder.finish().expect("writes to memory")
}

#[test]
fn archives() {
    let text = format!("{HEADLINE}\n\n{LEAD}\n\n{MORE}");
    check(&gzip(text.as_bytes()), Format::Text);
    check(
        &zstd::encode_all(text.as_bytes(), 3).expect("writes to memory"),
        Format::Text,
    );
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in [
        ("a/story.txt", text.as_bytes()),
        ("a/pixel.png", b"\x89PNG\r\n\x1a\n\0\0"),
        (".hidden", b"x"),
    ] {
        archive
            .start_file(name, zip::write::SimpleFileOptions::default())
            .expect("writes to memory");
        archive.write_all(content).expect("writes to memory");
    }
    let bytes = archive.finish().expect("writes to memory").into_inner();
    let article = check(&bytes, Format::Text);
    assert_eq!(article.source.item.as_deref(), Some("a/story.txt"));
    assert_eq!(
        article.warnings,
        ["item `a/pixel.png` was refused: binary: is a PNG image"]
    );
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_ustar();
    header.set_size(text.len() as u64);
    tar.append_data(&mut header, "story.txt", text.as_bytes())
        .expect("writes to memory");
    check(&gzip(&tar.into_inner().expect("writes to memory")), Format::Text);
}

#[test]
fn refuses_with_a_reason() {
    for (bytes, reason) in [
        (&b""[..], RefusalReason::Empty),
        (b"\x89PNG\r\n\x1a\n", RefusalReason::Binary),
        (b"%PDF-1.7 ...", RefusalReason::Unsupported),
        (b"{\"a\": }", RefusalReason::Malformed),
        (b"{\"a\": 1}", RefusalReason::Unsupported),
        (b"<rss><channel></channel></rss>", RefusalReason::Empty),
        (b"\x1f\x8b\x08\0broken", RefusalReason::Malformed),
        (b"PK\x03\x04broken", RefusalReason::Malformed),
        (b"WARC/1.0 broken", RefusalReason::Malformed),
    ] {
        let refusal = try_read(bytes, &Config::default()).expect_err("is refused");
        assert_eq!(refusal.reason, reason, "{refusal}");
    }
}
