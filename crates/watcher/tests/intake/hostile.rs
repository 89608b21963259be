//! Input that is made to hurt: bounded in time, and refused with a reason.

use std::io::Write;
use std::time::Duration;

use watcher::intake::{Config, RefusalReason};

use crate::support::{busy, try_read};

/// What one input may take; debug builds on a busy machine are ten times slower than what users run.
const MOST_TIME: Duration = Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 2 });

#[track_caller]
fn check(name: &str, bytes: &[u8], reason: Option<RefusalReason>) {
    let start = busy();
    let result = try_read(bytes, &Config::default());
    let elapsed = busy().saturating_sub(start);
    assert!(elapsed < MOST_TIME, "{name} took {elapsed:?}");
    assert_eq!(result.err().map(|refusal| refusal.reason), reason, "{name}");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("writes to memory");
    encoder.finish().expect("writes to memory")
}

#[test]
fn archives_that_blow_up() {
    let zeros = vec![b'a'; 64 << 20];
    check("a gzip bomb", &gzip(&zeros), Some(RefusalReason::Bomb));
    check(
        "a zstd bomb",
        &zstd::encode_all(&zeros[..], 3).expect("writes to memory"),
        Some(RefusalReason::Bomb),
    );
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for at in 0..50 {
        archive
            .start_file(format!("{at}.txt"), zip::write::SimpleFileOptions::default())
            .expect("writes to memory");
        archive.write_all(&zeros[..4 << 20]).expect("writes to memory");
    }
    let bytes = archive.finish().expect("writes to memory").into_inner();
    check("a zip bomb", &bytes, Some(RefusalReason::Bomb));
    let nested = (0..10).fold(b"The dam broke.".to_vec(), |bytes, _| gzip(&bytes));
    check("nested archives", &nested, Some(RefusalReason::Bomb));
}

#[test]
fn deep_documents() {
    let deep = |open: &str| open.repeat(1_000_000);
    check(
        "nested div",
        format!("<html><body>{}", deep("<div>")).as_bytes(),
        Some(RefusalReason::Bomb),
    );
    check(
        "nested b",
        format!("<html><body>{}", deep("<b>")).as_bytes(),
        Some(RefusalReason::Bomb),
    );
    check(
        "nested xml",
        format!("<?xml version='1.0'?><rss><channel>{}", deep("<item>")).as_bytes(),
        Some(RefusalReason::Bomb),
    );
    check(
        "nested json",
        format!("{{\"text\":{}", deep("[")).as_bytes(),
        Some(RefusalReason::TooLarge),
    );
    check(
        "nested objects",
        deep("{\"a\":").as_bytes(),
        Some(RefusalReason::TooLarge),
    );
}

#[test]
fn wide_documents() {
    let wide = |piece: &str, n: usize| piece.repeat(n);
    check(
        "a million paragraphs",
        format!("<html>{}", wide("<p>x", 1_000_000)).as_bytes(),
        Some(RefusalReason::TooLarge),
    );
    check(
        "a million items",
        format!("<rss>{}", wide("<item/>", 1_000_000)).as_bytes(),
        Some(RefusalReason::TooLarge),
    );
    check(
        "many attributes",
        format!("<html><body><p {}>text", wide("a=b ", 500_000)).as_bytes(),
        Some(RefusalReason::Bomb),
    );
    check("open brackets", wide("<", 1 << 20).as_bytes(), None);
    check(
        "open comments",
        format!("<html>{}", wide("<!--", 1 << 18)).as_bytes(),
        Some(RefusalReason::TooLarge),
    );
}

#[test]
fn billion_laughs() {
    let mut document = "<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY a0 \"ha\">".to_owned();
    for n in 1..10 {
        let value = format!("&a{};", n - 1).repeat(10);
        document += "<!ENTITY a";
        document += &n.to_string();
        document += &[" \"", &value, "\">"].concat();
    }
    document.push_str("]><rss><channel><item><title>&a9;</title></item></channel></rss>");
    check("billion laughs", document.as_bytes(), Some(RefusalReason::Bomb));
}

#[test]
fn huge_texts() {
    check(
        "a line of 64 MB",
        &vec![b'a'; 64 << 20],
        Some(RefusalReason::TooLarge),
    );
    check("a line of 16 MB", &vec![b'a'; 16 << 20], None);
    check(
        "lines of one letter",
        "a\n".repeat(8 << 20).as_bytes(),
        Some(RefusalReason::TooLarge),
    );
    check(
        "spaces",
        &[b"a".to_vec(), vec![b' '; 15 << 20], b"b".to_vec()].concat(),
        None,
    );
    check(
        "lines that look like residue",
        "Also Read: x\n".repeat(100_000).as_bytes(),
        None,
    );
    check(
        "combining marks",
        format!("e{}", "\u{301}".repeat(1 << 20)).as_bytes(),
        None,
    );
}

#[test]
fn a_feed_that_poses_as_a_page() {
    let item = "<item><title>Dam breaks</title><description>The dam above the town broke on Monday.</description></item>";
    let feed = format!(
        "<?xml version='1.0'?>\n<rss version='2.0'><channel>{}</channel></rss>",
        item.repeat(20_000)
    );
    let start = busy();
    let articles = try_read(feed.as_bytes(), &Config::default()).expect("is a feed");
    assert_eq!(articles.len(), 20_000);
    assert!(
        busy().saturating_sub(start) < MOST_TIME * 2,
        "{:?}",
        busy().saturating_sub(start)
    );
    let config = Config {
        format: Some(wire::message::Format::Html),
        ..Config::default()
    };
    let start = busy();
    // Read as what it is not, it may be anything, but quickly.
    let _anything = try_read(feed.as_bytes(), &config);
    assert!(
        busy().saturating_sub(start) < MOST_TIME * 2,
        "{:?}",
        busy().saturating_sub(start)
    );
}
