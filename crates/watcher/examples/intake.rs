//! Looks into the intake: `cargo run --release -p watcher --example intake -- show FILE…`.

#![expect(clippy::print_stdout, reason = "the figures are the result")]

#[path = "measure/corpus.rs"]
mod corpus;

use std::collections::BTreeMap;

use watcher::intake::{Config, Origin, read};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, paths)) = arguments.split_first() else {
        eprintln!("usage: intake show|removed PATH…");
        std::process::exit(2);
    };
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    match command.as_str() {
        "show" => show(&paths),
        "removed" => removed(&paths),
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
fn show(paths: &[&str]) {
    for (path, bytes) in corpus::articles(paths) {
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
fn removed(paths: &[&str]) {
    let config = Config::default();
    let (mut by_rule, mut articles, mut characters, mut gone) = (BTreeMap::new(), 0_usize, 0_usize, 0_usize);
    for (path, bytes) in corpus::articles(paths) {
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
