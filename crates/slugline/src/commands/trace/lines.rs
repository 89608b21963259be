//! The lines of an article in an output folder: open, finished and compressed parts.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};
use wire::ArticleId;

/// One line of output.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    /// The part that holds it.
    pub(super) part: PathBuf,
    /// Its number, from 1.
    pub(super) number: usize,
    /// Version of the program that made it.
    pub(super) pipeline: String,
    /// The model that made it.
    pub(super) model: String,
}

/// Returns the lines of an article, in the order of the parts.
pub(super) fn find_lines(out: &Path, id: ArticleId) -> anyhow::Result<Vec<Line>> {
    let mut parts: Vec<PathBuf> = fs::read_dir(out)
        .with_context(|| format!("failed to list {}", out.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| is_part(path))
        .collect();
    parts.sort();
    let mut lines = Vec::new();
    for part in parts {
        let found = search(&part, id).with_context(|| format!("failed to read {}", part.display()))?;
        lines.extend(found);
    }
    Ok(lines)
}

fn is_part(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let Some((stem, suffix)) = name.split_once(".jsonl") else {
        return false;
    };
    // A part that is being compressed has two names with the same lines.
    let doubled = suffix == ".zst" && path.with_file_name(format!("{stem}.jsonl")).is_file();
    stem.starts_with("part-") && ["", ".open", ".zst"].contains(&suffix) && !doubled
}

fn search(part: &Path, id: ArticleId) -> io::Result<Vec<Line>> {
    #[derive(Deserialize)]
    struct Record {
        id: ArticleId,
        revision: wire::message::Revision,
    }
    let file = match File::open(part) {
        Ok(file) => file,
        // Finished or compressed meanwhile; its other name comes, or came.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let reader: Box<dyn Read> = if part.extension().is_some_and(|extension| extension == "zst") {
        Box::new(zstd::Decoder::new(file)?)
    } else {
        Box::new(file)
    };
    let needle = id.to_string();
    let mut lines = Vec::new();
    for (index, line) in BufReader::with_capacity(1 << 16, reader).lines().enumerate() {
        let line = line?;
        // Most lines are other articles: look before parsing.
        if !line.contains(&needle) {
            continue;
        }
        // Torn, or another article that names this one.
        let Ok(record) = serde_json::from_str::<Record>(&line) else {
            continue;
        };
        if record.id == id {
            lines.push(Line {
                part: part.to_owned(),
                number: index + 1,
                pipeline: record.revision.pipeline,
                model: record.revision.model,
            });
        }
    }
    Ok(lines)
}

/// Returns every file below a folder, sorted; none where there is no such folder.
pub(super) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                _ => files.push(entry.path()),
            }
        }
    }
    files.sort();
    files
}
