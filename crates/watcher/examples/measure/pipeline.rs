//! The whole pipeline: every article is a file in a folder that the program runs over once, and what comes out is held
//! against what went in.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use wire::ArticleId;

use crate::corpus;

/// How many files go into one folder.
const FILES_A_FOLDER: usize = 1000;
/// How many findings of one kind are shown.
const SHOWN: usize = 5;

/// What was found wrong, by kind.
#[derive(Default)]
struct Findings(BTreeMap<&'static str, Vec<String>>);

impl Findings {
    fn add(&mut self, kind: &'static str, what: impl Into<String>) {
        self.0.entry(kind).or_default().push(what.into());
    }

    fn require(&mut self, holds: bool, kind: &'static str, what: impl FnOnce() -> String) {
        if !holds {
            self.add(kind, what());
        }
    }
}

/// Runs `binary` over the articles; whether everything came out, whole and once.
pub(crate) fn measure(binary: &Path, paths: &[&str]) -> bool {
    let folder = match tempfile::tempdir() {
        Ok(folder) => folder,
        Err(error) => {
            println!("no room for the articles: {error}");
            return false;
        }
    };
    let (inbox, out) = (folder.path().join("inbox"), folder.path().join("out"));
    let mut inputs = BTreeMap::new();
    let mut n_files = 0_usize;
    for (_, bytes) in corpus::articles(paths) {
        let folder = inbox.join((n_files / FILES_A_FOLDER).to_string());
        let file = folder.join(format!("{n_files}.txt"));
        if let Err(error) = fs::create_dir_all(&folder).and_then(|()| fs::write(&file, &bytes)) {
            println!("failed to write {}: {error}", file.display());
            return false;
        }
        n_files += 1;
        inputs.insert(ArticleId::of(&bytes).to_string(), bytes);
    }
    if n_files == 0 {
        println!("skipped: there are no articles in {paths:?}");
        return true;
    }
    let mut findings = Findings::default();
    let start = Instant::now();
    run(binary, &inbox, &out, &mut findings);
    let seconds = start.elapsed().as_secs_f64();
    let tally = judge(&inputs, &out, &mut findings);
    println!(
        "{n_files} files, {} contents: {} lines in {seconds:.0} s, {:.0} articles/s",
        inputs.len(),
        tally.lines,
        n_files as f64 / seconds
    );
    println!(
        "{} spans slice; {} words kept, {} removed in {} pieces, none lost and none added",
        tally.spans, tally.kept, tally.removed, tally.pieces
    );
    for (kind, found) in &findings.0 {
        println!("NOT SO: {kind}: {} times", found.len());
        found.iter().take(SHOWN).for_each(|what| println!("  {what}"));
    }
    findings.0.is_empty()
}

fn run(binary: &Path, inbox: &Path, out: &Path, findings: &mut Findings) {
    let mut command = Command::new(binary);
    command.arg("run").arg(inbox).arg("--out").arg(out).arg("--once");
    match command.output() {
        Ok(output) => {
            let log = String::from_utf8_lossy(&output.stderr);
            if let Some(last) = log.lines().last() {
                println!("{last}");
            }
            findings.require(output.status.success(), "the run ends well", || log.into_owned());
        }
        Err(error) => findings.add("the program starts", error.to_string()),
    }
    for path in files(&out.join("failed")) {
        findings.add("nothing is put aside", path.display().to_string());
    }
}

#[derive(Default)]
struct Tally {
    lines: usize,
    spans: usize,
    kept: usize,
    removed: usize,
    pieces: usize,
}

/// Holds the records against the input.
fn judge(inputs: &BTreeMap<String, Vec<u8>>, out: &Path, findings: &mut Findings) -> Tally {
    let mut tally = Tally::default();
    let mut seen = BTreeSet::new();
    for path in files(out) {
        if path.extension().is_none_or(|end| end != "jsonl") {
            continue;
        }
        let lines = fs::read_to_string(&path).unwrap_or_default();
        for line in lines.lines() {
            tally.lines += 1;
            let Ok(record) = serde_json::from_str::<Value>(line) else {
                findings.add("every line is JSON", line.chars().take(100).collect::<String>());
                continue;
            };
            let id = record["id"].as_str().unwrap_or_default().to_owned();
            let text: Vec<char> = record["text"].as_str().unwrap_or_default().chars().collect();
            spans(&record, &text, &mut |holds| {
                tally.spans += 1;
                findings.require(holds, "every span slices", || id.clone());
            });
            match inputs.get(&id) {
                Some(input) => guard(&id, input, &record, &mut tally, findings),
                None => findings.add("every line is of a file", id.clone()),
            }
            findings.require(seen.insert(id.clone()), "every content has one line", || {
                id.clone()
            });
        }
    }
    for id in inputs.keys().filter(|id| !seen.contains(*id)) {
        findings.add("every file has a line", id.clone());
    }
    tally
}

/// Visits every object with `start`, `end` and `text`: whether the text is what the offsets say.
fn spans(value: &Value, text: &[char], visit: &mut impl FnMut(bool)) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| spans(value, text, visit)),
        Value::Object(object) => {
            let number = |key: &str| object.get(key).and_then(Value::as_u64).map(|at| at as usize);
            let printed = object.get("text").and_then(Value::as_str);
            if let (Some(start), Some(end), Some(printed)) = (number("start"), number("end"), printed) {
                let slice = text.get(start..end);
                visit(slice.is_some_and(|slice| printed.chars().eq(slice.iter().copied())));
            }
            object.values().for_each(|value| spans(value, text, visit));
        }
        _ => {}
    }
}

/// Whether every word of the input is in the text, in its order, or in `removed`, and no other.
fn guard(id: &str, input: &[u8], record: &Value, tally: &mut Tally, findings: &mut Findings) {
    let label = record["source"]["encoding"].as_str().unwrap_or("utf-8");
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap_or(encoding_rs::UTF_8);
    let input = words(&encoding.decode(input).0);
    let text = words(record["text"].as_str().unwrap_or_default());
    let pieces = record["removed"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let removed: Vec<String> = pieces
        .iter()
        .flat_map(|piece| words(piece["text"].as_str().unwrap_or_default()))
        .collect();
    tally.kept += text.len();
    tally.removed += removed.len();
    tally.pieces += pieces.len();
    let mut rest = input.iter();
    let ordered = text.iter().all(|word| rest.any(|next| next == word));
    findings.require(ordered, "the words keep their order", || id.to_owned());
    let mut left: BTreeMap<&str, i64> = BTreeMap::new();
    for word in &input {
        *left.entry(word).or_default() += 1;
    }
    for word in text.iter().chain(&removed) {
        *left.entry(word).or_default() -= 1;
    }
    left.retain(|_, count| *count != 0);
    findings.require(left.is_empty(), "no word is lost or added", || {
        format!("{id}: {left:?}")
    });
}

/// The words of a text in normal form.
fn words(text: &str) -> Vec<String> {
    let text: String = text
        .nfc()
        .filter(|c| !c.is_control() || c.is_whitespace())
        .collect();
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The files below a folder, if there is one.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name();
    let entries = entries.into_iter().flatten();
    entries
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect()
}
