//! Looks into the intake and measures it: `cargo run --release -p watcher --example intake -- show FILE…`.

#![expect(clippy::print_stdout, reason = "the figures are the result")]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use watcher::intake::{Config, Origin, read};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, paths)) = arguments.split_first() else {
        eprintln!("usage: intake show|removed|speed PATH…");
        std::process::exit(2);
    };
    match command.as_str() {
        "show" => show(paths),
        "removed" => removed(paths),
        "speed" => speed(paths),
        _ => std::process::exit(2),
    }
}

fn origin(path: &str) -> Origin<'_> {
    Origin {
        source_name: "example",
        path,
        modified: None,
        received: None,
    }
}

/// Prints the articles of files as JSON, texts as they are.
fn show(paths: &[String]) {
    for (path, bytes) in files(paths) {
        match read(&bytes, &origin(&path), &Config::default()) {
            Ok(articles) => {
                for mut article in articles {
                    let text = std::mem::take(&mut article.text);
                    println!("{}", serde_json::to_string_pretty(&article).unwrap_or_default());
                    println!("{text}\n");
                }
            }
            Err(refusal) => println!("{path}: refused: {refusal}"),
        }
    }
}

/// Prints every piece that the clean-up removes from a corpus, and how much by rule.
fn removed(paths: &[String]) {
    let config = Config::default();
    let (mut by_rule, mut articles, mut characters, mut gone) = (BTreeMap::new(), 0_usize, 0_usize, 0_usize);
    for (path, bytes) in files(paths) {
        for article in read(&bytes, &origin(&path), &config).unwrap_or_default() {
            articles += 1;
            characters += article.text.len();
            for removed in article.removed {
                gone += removed.text.len();
                *by_rule.entry(removed.rule.clone()).or_insert(0_usize) += 1;
                println!("{path}\t{}\t{}", removed.rule, removed.text);
            }
        }
    }
    eprintln!("{articles} articles, {characters} bytes kept, {gone} removed: {by_rule:?}");
}

/// Measures reading, without the file system.
fn speed(paths: &[String]) {
    let config = Config::default();
    let files: Vec<_> = files(paths).collect();
    let n_bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    let mut best = f64::MAX;
    for _ in 0..5 {
        let start = busy();
        let mut articles = 0;
        for (path, bytes) in &files {
            articles += read(bytes, &origin(path), &config).map_or(0, |articles| articles.len());
        }
        std::hint::black_box(articles);
        best = best.min(busy().saturating_sub(start).as_secs_f64());
    }
    let rate = files.len() as f64 / best;
    println!(
        "{} files, {n_bytes} bytes: {rate:.0} files/s, {:.1} MB/s",
        files.len(),
        n_bytes as f64 / best / 1e6
    );
}

/// The time this thread was on a processor: what others run beside it makes no difference.
fn busy() -> Duration {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = statistics.split(' ').next().and_then(|first| first.parse().ok());
    nanoseconds.map_or(Duration::ZERO, Duration::from_nanos)
}

/// The files of the paths: files themselves, folders with all they hold, `.jsonl` line by line by its `text`.
fn files(paths: &[String]) -> impl Iterator<Item = (String, Vec<u8>)> {
    let walk = |path: &String| {
        walkdir::WalkDir::new(path)
            .sort_by_file_name()
            .into_iter()
            .flatten()
    };
    let is_text = |path: &Path| !path.ends_with("README.TXT") && !path.ends_with("LICENSE-NOTE.md");
    paths
        .iter()
        .flat_map(walk)
        .filter(move |entry| entry.file_type().is_file() && is_text(entry.path()))
        .flat_map(|entry| {
            let path = entry.path().to_string_lossy().into_owned();
            let bytes = std::fs::read(entry.path()).unwrap_or_default();
            if path.ends_with("articles.jsonl") {
                let lines = String::from_utf8_lossy(&bytes).into_owned();
                let texts = lines.lines().filter_map(|line| {
                    let value: serde_json::Value = serde_json::from_str(line).ok()?;
                    let title = value["title"].as_str().unwrap_or_default();
                    Some((
                        value["id"].to_string(),
                        format!("{title}\n\n{}", value["text"].as_str()?).into_bytes(),
                    ))
                });
                return texts.collect::<Vec<_>>();
            }
            vec![(path, bytes)]
        })
}
