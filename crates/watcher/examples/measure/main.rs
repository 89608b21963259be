//! Measures the intake; prints one line a figure.
//!
//! ```text
//! measure text PATH…              reading plain text, without the file system
//! measure html FOLDER             article-extraction-benchmark: shingle F1 as its evaluate.py has it, time a page
//! measure fundus FOLDER           fundus-html: headline, date and authors
//! measure duplicates PATH…        near-duplicate marks on perturbed copies of articles
//! measure hostile                 time and memory of input that is made to hurt, each case in a process of its own
//! measure pipeline BINARY PATH…   all articles through `BINARY run --once`, and whether anything was lost
//! ```
//! A path is a file, a folder with all it holds, or an `articles.jsonl`, of which every line is an article with
//! `title` and `text`. `-v` before the path prints what is wrong.

#![expect(clippy::print_stdout, reason = "the figures are the result")]

mod corpus;
mod duplicates;
mod hostile;
#[path = "../../tests/hostile_cases/mod.rs"]
mod hostile_cases;
mod pages;
mod pipeline;
mod text;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use watcher::intake::{Config, Origin, read};
use wire::Article;

fn main() -> ExitCode {
    if hostile::is_child() {
        return ExitCode::SUCCESS;
    }
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let verbose = arguments.iter().any(|argument| argument == "-v");
    arguments.retain(|argument| argument != "-v");
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let good = match arguments.as_slice() {
        ["text", paths @ ..] => text::measure(paths),
        ["html", folder] => pages::html(Path::new(folder), verbose),
        ["fundus", folder] => pages::fundus(Path::new(folder), verbose),
        ["duplicates", paths @ ..] => duplicates::measure(paths),
        ["hostile"] => hostile::measure(),
        ["pipeline", binary, paths @ ..] => pipeline::measure(Path::new(binary), paths),
        _ => {
            eprintln!("usage: measure text|html|fundus|duplicates|hostile|pipeline [-v] PATH…");
            return ExitCode::from(2);
        }
    };
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Where articles come from in all measurements.
const ORIGIN: Origin<'_> = Origin {
    source_name: "measure",
    path: "file",
    modified: None,
    received: None,
};

fn first(bytes: &[u8]) -> Option<Article> {
    read(bytes, &ORIGIN, &Config::default()).ok()?.into_iter().next()
}

/// The time this thread was on a processor: what others run beside it makes no difference.
fn busy() -> Duration {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = statistics.split(' ').next().and_then(|first| first.parse().ok());
    nanoseconds.map_or(Duration::ZERO, Duration::from_nanos)
}
