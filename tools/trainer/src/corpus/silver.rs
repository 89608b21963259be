//! The silver corpus: public-domain and CC BY-SA news, labelled by a teacher that also says how sure it is.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;

use super::{Document, LabelSet, Row, RowEntity, SILVER};

/// Sentences that follow one another are read as one document of this many, so that words recur as in an article.
const SENTENCES: usize = 8;

/// Sentences of one series: its name, their text, the bytes that the teacher is unsure of, and how many they are.
type Joined = (String, Row, Vec<(usize, usize)>, usize);

/// Reads the corpus; texts that the teacher is less sure of than `confidence` keep their words but not their labels.
pub(super) fn read(path: &Path, confidence: f32) -> anyhow::Result<Vec<Document>> {
    let mut unpack = Command::new("xz")
        .arg("-dc")
        .arg(path)
        .stdout(Stdio::piped())
        .spawn()
        .context("failed to run xz")?;
    let output = unpack.stdout.take().context("xz has no output")?;
    let mut documents = Vec::new();
    let mut joined: Option<Joined> = None;
    for line in BufReader::new(output).lines() {
        let row: Row = serde_json::from_str(&line?)?;
        let series = row
            .id
            .rsplit_once('-')
            .map_or("", |(series, _)| series)
            .to_owned();
        let is_unsure = row.confidence.unwrap_or(1.0) < confidence;
        match &mut joined {
            Some((name, whole, unsure, n))
                if row.id.starts_with("voa") && *name == series && *n < SENTENCES =>
            {
                append(whole, unsure, row, is_unsure);
                *n += 1;
            }
            _ => {
                let mut whole = Row {
                    id: row.id.clone(),
                    text: String::new(),
                    entities: Vec::new(),
                    meta: super::Meta::default(),
                    confidence: None,
                };
                let mut unsure = Vec::new();
                append(&mut whole, &mut unsure, row, is_unsure);
                documents.extend(joined.take().and_then(finish));
                joined = Some((series, whole, unsure, 1));
            }
        }
    }
    documents.extend(joined.take().and_then(finish));
    unpack.wait()?;
    Ok(documents)
}

fn append(whole: &mut Row, unsure: &mut Vec<(usize, usize)>, row: Row, is_unsure: bool) {
    if !whole.text.is_empty() {
        whole.text.push(' ');
    }
    let shift = whole.text.chars().count();
    let start = whole.text.len();
    whole.text.push_str(&row.text);
    if is_unsure {
        unsure.push((start, whole.text.len()));
        return;
    }
    whole
        .entities
        .extend(row.entities.into_iter().map(|entity| RowEntity {
            start: entity.start + shift,
            end: entity.end + shift,
            kind: entity.kind,
        }));
}

fn finish((_, row, unsure, _): Joined) -> Option<Document> {
    let mut document = super::document(row, SILVER, 1.0)?;
    for (start, end) in unsure {
        for (token, allowed) in document.tokens.iter().zip(&mut document.allowed) {
            if (start..end).contains(&(token.span.start as usize)) {
                *allowed = LabelSet::ANY;
            }
        }
    }
    Some(document)
}
