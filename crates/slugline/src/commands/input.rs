//! Articles from files and standard input, for the commands that need no pipeline.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::path::Path;

use anyhow::{Context, bail};
use jiff::Timestamp;
use serde::Deserialize;
use watcher::intake::{self, Origin, Reading};
use wire::message::{Article, ArticleId, Format, Source};

/// The name of the source in records that came through no inbox.
const SOURCE: &str = "tag";

/// What stands for standard input where a file is expected.
const STANDARD_INPUT: &str = "-";

/// One line of `--raw --input jsonl`.
#[derive(Debug, Deserialize)]
struct RawItem {
    id: Option<String>,
    text: String,
}

/// Opens a file; `-` is standard input.
pub(crate) fn open(path: &Path) -> anyhow::Result<Box<dyn BufRead>> {
    if path.as_os_str() == STANDARD_INPUT {
        if io::stdin().is_terminal() {
            eprintln!("slugline: reading standard input; Ctrl-D ends it");
        }
        return Ok(Box::new(BufReader::with_capacity(1 << 16, io::stdin())));
    }
    if path.is_dir() {
        let folder = path.display();
        bail!("{folder} is a folder: `slugline run {folder} --out DIR --once` takes folders");
    }
    let file = File::open(path).with_context(|| format!("failed to open {}", path.display()))?;
    Ok(Box::new(BufReader::with_capacity(1 << 16, file)))
}

/// Returns what is in one file, cleaned up as the watcher would, or as one text taken as it is.
pub(crate) fn read_articles(path: &Path, raw: bool, config: &intake::Config) -> anyhow::Result<Reading> {
    let mut bytes = Vec::new();
    open(path)?
        .read_to_end(&mut bytes)
        .with_context(|| format!("failed to read {}", path.display()))?;
    if raw {
        let text = String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", path.display()))?;
        return Ok(Reading {
            articles: vec![raw_article(path, None, text, modified(path))],
            refused: Vec::new(),
        });
    }
    let shown = path.display();
    let mut reading = clean_articles(path, &bytes, modified(path), config);
    if reading.articles.is_empty() && reading.refused.len() == 1 {
        let refusal = reading.refused.remove(0);
        return Err(anyhow::Error::msg(refusal).context(format!("refused {shown}")));
    }
    Ok(reading)
}

/// Returns when a file was written; nothing where there is none, as on standard input.
fn modified(path: &Path) -> Option<Timestamp> {
    if path.as_os_str() == STANDARD_INPUT {
        return None;
    }
    let modified = std::fs::metadata(path).and_then(|data| data.modified()).ok()?;
    Timestamp::try_from(modified).ok()
}

/// Returns what these bytes hold, cleaned up as the watcher would. Dates without a year are completed from when the
/// file was `modified`, which also stands for when it was received: the same file gives the same record on any day.
pub(crate) fn clean_articles(
    path: &Path,
    bytes: &[u8],
    modified: Option<Timestamp>,
    config: &intake::Config,
) -> Reading {
    intake::read_items(bytes, &origin(&path.to_string_lossy(), modified), config)
}

fn origin(path: &str, modified: Option<Timestamp>) -> Origin<'_> {
    Origin {
        source_name: SOURCE,
        path,
        modified,
        received: modified,
    }
}

/// The lines of `--input jsonl`, each an article: the same as of the whole file, but one at a time.
pub(crate) struct Lines<'a> {
    pub(crate) path: &'a Path,
    /// When the file was written.
    modified: Option<Timestamp>,
}

impl<'a> Lines<'a> {
    pub(crate) fn of(path: &'a Path) -> Self {
        Self {
            path,
            modified: modified(path),
        }
    }

    /// Reads the line with this number, from 1, cleaned up as the watcher would.
    pub(crate) fn clean(&self, line: &[u8], number: usize, config: &intake::Config) -> Reading {
        let path = self.path.to_string_lossy();
        intake::read_line(line, number, &origin(&path, self.modified), config)
    }

    /// Reads the line with this number, its text as it is.
    pub(crate) fn raw(&self, line: &[u8], number: usize) -> Result<Article, serde_json::Error> {
        let item: RawItem = serde_json::from_slice(line)?;
        let id = item.id.unwrap_or_else(|| number.to_string());
        Ok(raw_article(self.path, Some(id), item.text, self.modified))
    }
}

fn raw_article(path: &Path, item: Option<String>, text: String, received: Option<Timestamp>) -> Article {
    let source = Source {
        name: SOURCE.to_owned(),
        path: path.to_string_lossy().into_owned(),
        item,
        format: Format::Text,
        bytes: text.len() as u64,
        encoding: "utf-8".to_owned(),
        received,
    };
    Article::new(ArticleId::of(text.as_bytes()), source, text)
}
