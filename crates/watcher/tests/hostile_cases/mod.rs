//! Input that is made to hurt, for the test of its memory and the measurement of its time.

use std::io::Write;

use wire::message::Format;

const MIB: usize = 1 << 20;

/// One piece of input.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// What to read it as; `None` to decide by content.
    pub(crate) format: Option<Format>,
    pub(crate) bytes: Vec<u8>,
}

/// Returns all of them.
pub(crate) fn cases() -> Vec<Case> {
    [archives(), texts(), markup(), others()]
        .into_iter()
        .flatten()
        .collect()
}

fn case(name: &'static str, bytes: Vec<u8>) -> Case {
    Case {
        name,
        format: None,
        bytes,
    }
}

/// Plain texts.
fn texts() -> Vec<Case> {
    vec![
        case("a line of 64 MB", vec![b'a'; 64 * MIB]),
        case("a line of 16 MB", vec![b'a'; 16 * MIB]),
        case("lines of one letter", b"a\n".repeat(8 * MIB)),
        case(
            "half a million lines",
            b"Also Read: more of this\n".repeat(499_000),
        ),
        case(
            "combining marks",
            format!("e{}", "\u{301}".repeat(7 * MIB)).into_bytes(),
        ),
    ]
}

/// Pages and feeds.
fn markup() -> Vec<Case> {
    vec![
        case(
            "a million nested div",
            format!("<html>{}", "<div>".repeat(1_000_000)).into_bytes(),
        ),
        case(
            "a million nested b",
            format!("<html>{}", "<b>".repeat(1_000_000)).into_bytes(),
        ),
        case(
            "a million paragraphs",
            format!("<html>{}", "<p>x".repeat(1_000_000)).into_bytes(),
        ),
        case(
            "many small elements",
            format!("<html>{}", "<p>x</p>".repeat(190_000)).into_bytes(),
        ),
        case("distinct attributes", attributes()),
        case(
            "comments that never end",
            format!("<html>{}", "<!--".repeat(4_000_000)).into_bytes(),
        ),
        case(
            "a million nested items",
            format!("<rss>{}", "<item>".repeat(1_000_000)).into_bytes(),
        ),
        case(
            "a million items",
            format!("<rss>{}", "<item/>".repeat(1_000_000)).into_bytes(),
        ),
        case("billion laughs", laughs()),
    ]
}

/// JSON, Markdown, messages and containers.
fn others() -> Vec<Case> {
    vec![
        case(
            "deep JSON",
            format!("{{\"text\":{}", "[".repeat(8_000_000)).into_bytes(),
        ),
        case(
            "wide JSON",
            format!("{{\"text\":\"x\",\"a\":[{}1]}}", "1,".repeat(7_900_000)).into_bytes(),
        ),
        case(
            "JSON of small objects",
            format!("[{}{{}}]", "{\"a\":1},".repeat(1_900_000)).into_bytes(),
        ),
        case(
            "a hundred thousand lines of JSON",
            b"{\"text\":\"The dam broke.\"}\n".repeat(100_000),
        ),
        case(
            "marks of Markdown",
            format!("# x\n\n{}", "*a_".repeat(5_000_000)).into_bytes(),
        ),
        case(
            "open brackets of Markdown",
            format!("# x\n\n{}", "[".repeat(15_000_000)).into_bytes(),
        ),
        case("parts of a message", message("\n--b\n\nx", 2_500_000)),
        case("a header without end", message("X-Filler: y\n", 1_300_000)),
        Case {
            name: "a feed read as a page",
            format: Some(Format::Html),
            bytes: feed(),
        },
        Case {
            name: "a page read as a feed",
            format: Some(Format::Rss),
            bytes: "<p>x<b>y</i>".repeat(900_000).into_bytes(),
        },
        case("a WARC record of absurd length", warc("99999999999999999")),
        case(
            "a WARC record of impossible length",
            warc("99999999999999999999999999"),
        ),
        case("a tar entry of absurd length", tar()),
    ]
}

fn archives() -> Vec<Case> {
    let zeros = vec![b'a'; 64 * MIB];
    let once = gzip(&zeros.repeat(4));
    let twice = gzip(&once);
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for at in 0..100 {
        zip.start_file(format!("{at}.txt"), zip::write::SimpleFileOptions::default())
            .expect("writes to memory");
        zip.write_all(&zeros[..4 * MIB]).expect("writes to memory");
    }
    let line = format!(
        "{{\"text\":\"{}\"}}\n",
        "A story that is told once more. ".repeat(32)
    );
    vec![
        case("a zip bomb", zip.finish().expect("writes to memory").into_inner()),
        case("a gzip bomb", once),
        case("a gzip of a gzip bomb", gzip(&twice)),
        case(
            "a zstd bomb",
            zstd::encode_all(&zeros.repeat(4)[..], 3).expect("writes to memory"),
        ),
        case(
            "archives in archives",
            (0..40).fold(b"The dam broke.".to_vec(), |bytes, _| gzip(&bytes)),
        ),
        case(
            "a packed archive of stories",
            zstd::encode_all(&line.repeat(60_000).into_bytes()[..], -7).expect("writes to memory"),
        ),
    ]
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("writes to memory");
    encoder.finish().expect("writes to memory")
}

fn attributes() -> Vec<u8> {
    let attributes: Vec<String> = (0..500_000).map(|at| format!("a{at}=b ")).collect();
    format!("<html><body><p {}>text", attributes.concat()).into_bytes()
}

fn laughs() -> Vec<u8> {
    let mut document = "<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY a0 \"ha\">".to_owned();
    for n in 1..30 {
        let value = format!("&a{};", n - 1).repeat(10);
        document += &["<!ENTITY a", &n.to_string(), " \"", &value, "\">"].concat();
    }
    document.push_str("]><rss><channel><item><title>&a29;</title></item></channel></rss>");
    document.into_bytes()
}

fn message(piece: &str, n: usize) -> Vec<u8> {
    let head = "From: a@example.org\nTo: b@example.org\nSubject: Dam\nMIME-Version: 1.0\n";
    let kind = "Content-Type: multipart/mixed; boundary=b\n";
    format!("{head}{kind}{}", piece.repeat(n)).into_bytes()
}

fn feed() -> Vec<u8> {
    let item = "<item><title>Dam breaks</title><description>The dam broke.</description></item>";
    format!(
        "<?xml version='1.0'?><rss><channel>{}</channel></rss>",
        item.repeat(190_000)
    )
    .into_bytes()
}

fn warc(length: &str) -> Vec<u8> {
    format!("WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: {length}\r\n\r\nThe dam broke.").into_bytes()
}

/// A tar header that announces eight exabytes.
fn tar() -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.set_path("story.txt").expect("is a path");
    header.set_size(1 << 62);
    header.set_cksum();
    [header.as_bytes().as_slice(), b"The dam broke."].concat()
}

/// Passes a format to a child process, by its name in records.
pub(crate) fn format_name(format: Option<Format>) -> String {
    let name = serde_json::to_value(format).unwrap_or_default();
    name.as_str().unwrap_or_default().to_owned()
}

/// Returns the format of this name.
pub(crate) fn format_named(name: &str) -> Option<Format> {
    serde_json::from_value(name.into()).ok()
}
