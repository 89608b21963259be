//! Input that is made to hurt takes no more than 256 MB: each case in a process of its own, so that the peak is its own.
//!
//! What it takes in time is printed and asserted nowhere: that says more about the machine.

use std::fs;
use std::io::Write;
use std::process::Command;
use std::time::Instant;

use watcher::intake::{Config, Origin, read};
use wire::message::Format;

/// Names a file for the child to read, and the format to read it as, if any.
const CASE: &str = "SLUGLINE_HOSTILE_CASE";
const FORMAT: &str = "SLUGLINE_HOSTILE_FORMAT";

const MOST_MIB: f64 = 256.0;
const MIB: usize = 1 << 20;

struct Case {
    name: &'static str,
    format: Option<&'static str>,
    bytes: Vec<u8>,
}

fn cases() -> Vec<Case> {
    let case = |name, bytes| Case {
        name,
        format: None,
        bytes,
    };
    let mut cases = archives();
    cases.extend([
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
            format: Some("html"),
            bytes: feed(),
        },
        Case {
            name: "a page read as a feed",
            format: Some("rss"),
            bytes: "<p>x<b>y</i>".repeat(900_000).into_bytes(),
        },
        case("a WARC record of absurd length", warc("99999999999999999")),
        case(
            "a WARC record of impossible length",
            warc("99999999999999999999999999"),
        ),
        case("a tar entry of absurd length", tar()),
    ]);
    cases
}

fn archives() -> Vec<Case> {
    let case = |name, bytes| Case {
        name,
        format: None,
        bytes,
    };
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

/// Reads the file as the watcher would, and prints the peak of this process.
fn child(path: &str) {
    let bytes = fs::read(path).expect("is there");
    let config = Config {
        format: match std::env::var(FORMAT).as_deref() {
            Ok("html") => Some(Format::Html),
            Ok("rss") => Some(Format::Rss),
            _ => None,
        },
        ..Config::default()
    };
    let origin = Origin {
        source_name: "test",
        path: "hostile",
        modified: None,
        received: None,
    };
    let start = Instant::now();
    let result = read(&bytes, &origin, &config);
    let elapsed = start.elapsed();
    let outcome = match &result {
        Ok(articles) => format!("{} articles", articles.len()),
        Err(refusal) => refusal.to_string(),
    };
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .expect("a line");
    #[expect(clippy::print_stdout, reason = "the parent reads it from there")]
    {
        println!("\npeak {} in {elapsed:.2?}: {outcome}", peak.trim());
    }
}

#[test]
fn hostile_input_is_bounded_in_memory() {
    if let Ok(path) = std::env::var(CASE) {
        return child(&path);
    }
    if !cfg!(target_os = "linux") {
        println!("skipped: memory is measured through /proc");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("input");
    let mut beyond = Vec::new();
    for case in cases() {
        fs::write(&path, &case.bytes).expect("written");
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args(["--exact", "hostile_input_is_bounded_in_memory", "--nocapture"]);
        command.env(CASE, &path);
        command.envs(case.format.map(|format| (FORMAT, format)));
        let output = command.output().expect("starts");
        let text = String::from_utf8_lossy(&output.stdout);
        let line = text
            .lines()
            .find(|line| line.starts_with("peak "))
            .unwrap_or("ended early");
        println!("{}: {line}", case.name);
        let kib = line.split(' ').nth(1).and_then(|kib| kib.parse::<f64>().ok());
        if !output.status.success() || kib.is_none_or(|kib| kib / 1024.0 > MOST_MIB) {
            beyond.push(format!("{}: {line}", case.name));
        }
    }
    assert!(beyond.is_empty(), "beyond {MOST_MIB} MiB:\n{}", beyond.join("\n"));
}
