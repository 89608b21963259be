//! Labelled texts from many corpora, brought to one scheme. Where a corpus cannot tell two of our types apart, a
//! token keeps the set of labels it may have.

mod augment;
mod detokenise;
mod silver;

use std::path::Path;

use anyhow::Context;
use enricher::engine::entities::labels::Label;
use enricher::engine::{Span, sentences, tokens};
use serde::Deserialize;
use tokens::Token;
use wire::message::EntityType;

/// A text with the labels that each token may have.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) text: String,
    pub(crate) tokens: Vec<Token>,
    pub(crate) sentences: Vec<Span>,
    /// One per token.
    pub(crate) allowed: Vec<LabelSet>,
    /// Gold spans with exact types, for scoring.
    pub(crate) gold: Vec<(Span, EntityType)>,
    /// How much an error in it costs.
    pub(crate) weight: f32,
    /// Which annotators made it: 0 follows our guide.
    pub(crate) scheme: u8,
}

/// A set of labels, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LabelSet(pub(crate) u16);

impl LabelSet {
    pub(crate) const ANY: Self = Self(0x1fff);
    pub(crate) const OUTSIDE: Self = Self(1);

    pub(crate) fn has(self, label: usize) -> bool {
        self.0 >> label & 1 == 1
    }

    fn begin(kinds: &[EntityType]) -> Self {
        Self(kinds.iter().map(|kind| 1 << Label::begin(*kind).0).sum())
    }

    fn inside(kinds: &[EntityType]) -> Self {
        Self(kinds.iter().map(|kind| 1 << Label::inside(*kind).0).sum())
    }
}

/// A row of a corpus file; offsets are code points.
#[derive(Debug, Deserialize)]
pub(crate) struct Row {
    #[serde(default)]
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) entities: Vec<RowEntity>,
    #[serde(default)]
    pub(crate) meta: Meta,
    #[serde(default)]
    pub(crate) confidence: Option<f32>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RowEntity {
    pub(crate) start: usize,
    pub(crate) end: usize,
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Meta {
    raw: Option<bool>,
    genre: Option<String>,
}

/// The number of our own scheme.
pub(crate) const OURS: u8 = 0;
/// The teacher's scheme: ours, but for compounds.
pub(crate) const SILVER: u8 = 7;

/// What a corpus's type means in our scheme.
#[derive(Debug, Clone, Copy)]
enum Meaning {
    /// One of these types.
    OneOf(&'static [EntityType]),
    /// Anything, or nothing.
    Unknown,
    /// Nothing.
    Nothing,
}

use EntityType::{Event, Misc, Norp, Organization, Person, Place};

/// Every labelled document to train on, and altered copies of some.
pub(crate) fn read_training(data: &Path, silver_confidence: f32) -> anyhow::Result<Vec<Document>> {
    let mut documents = read_labelled(data, silver_confidence)?;
    let copies = augment::augment(&documents);
    documents.extend(copies);
    Ok(documents)
}

fn read_labelled(data: &Path, silver_confidence: f32) -> anyhow::Result<Vec<Document>> {
    let ner = data.join("data/ner");
    let mut documents = Vec::new();
    let mut add = |path: std::path::PathBuf, scheme: u8, weight: f32| -> anyhow::Result<()> {
        let rows = read_rows(&path)?;
        documents.extend(rows.into_iter().filter_map(|row| document(row, scheme, weight)));
        Ok(())
    };
    add(data.join("gold/train.jsonl"), 0, 3.0)?;
    add(ner.join("wikigold/all.jsonl"), 1, 1.0)?;
    for split in ["train", "dev", "test"] {
        add(ner.join(format!("crossner_politics/{split}.jsonl")), 2, 1.0)?;
        add(ner.join(format!("wnut17/{split}.jsonl")), 3, 0.5)?;
    }
    for split in ["dev", "test"] {
        add(ner.join(format!("uner_ewt/{split}.jsonl")), 4, 1.0)?;
    }
    add(ner.join("gum/interview.jsonl"), 5, 1.0)?;
    add(ner.join("gum/other.jsonl"), 5, 1.0)?;
    documents.extend(silver::read(
        &ner.join("silver/train.jsonl.xz"),
        silver_confidence,
    )?);
    Ok(documents)
}

/// A set in our own scheme or another's, to be scored.
pub(crate) fn read_scored(path: &Path, scheme: u8) -> anyhow::Result<Vec<Document>> {
    let rows = read_rows(path)?;
    Ok(rows
        .into_iter()
        .filter_map(|row| document(row, scheme, 1.0))
        .collect())
}

/// The training texts without labels.
pub(crate) fn read_texts(data: &Path) -> anyhow::Result<Vec<String>> {
    let documents = read_labelled(data, 0.0)?;
    Ok(documents.into_iter().map(|document| document.text).collect())
}

fn read_rows(path: &Path) -> anyhow::Result<Vec<Row>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).with_context(|| format!("failed to parse {}", path.display())))
        .collect()
}

/// Genres of GUM that may not be used commercially, or that are no running text.
const LEFT_OUT: [&str; 9] = [
    "essay",
    "letter",
    "podcast",
    "fiction",
    "dictionary",
    "poetry",
    "proof",
    "syllabus",
    "esports",
];

fn document(row: Row, scheme: u8, weight: f32) -> Option<Document> {
    if row
        .meta
        .genre
        .as_deref()
        .is_some_and(|genre| LEFT_OUT.contains(&genre))
    {
        return None;
    }
    let (text, offsets) = if row.meta.raw == Some(false) {
        detokenise::detokenise(&row.text)
    } else {
        let mut offsets: Vec<usize> = row.text.char_indices().map(|(offset, _)| offset).collect();
        offsets.push(row.text.len());
        (row.text, offsets)
    };
    let spans = row.entities.iter().filter_map(|entity| {
        let start = *offsets.get(entity.start)?;
        let end = *offsets.get(entity.end)?;
        (start < end).then(|| (Span::new(start, end), meaning(scheme, &entity.kind)))
    });
    let spans: Vec<_> = spans.collect();
    Some(labelled(text, &spans, scheme, weight))
}

fn meaning(scheme: u8, kind: &str) -> Meaning {
    use Meaning::{Nothing, OneOf, Unknown};
    match (scheme, kind) {
        (_, "person") if scheme == 5 => OneOf(&[Person, Norp]),
        (_, "PER" | "person" | "Person" | "politician") => OneOf(&[Person]),
        (
            _,
            "org" | "ORG" | "organization" | "organisation" | "Organization" | "politicalparty" | "group"
            | "corporation",
        ) => OneOf(&[Organization]),
        (_, "country") => OneOf(&[Place, Norp]),
        (_, "place" | "LOC" | "location" | "Location" | "Facility") => OneOf(&[Place]),
        (_, "norp" | "NORP") => OneOf(&[Norp]),
        (_, "election" | "event") => OneOf(&[Event]),
        (OURS | SILVER, "misc") | (3, "creative-work" | "product") => OneOf(&[Misc]),
        (1, "MISC") => OneOf(&[Norp, Event, Misc]),
        (_, "Date" | "Money") => Nothing,
        _ => Unknown,
    }
}

/// Returns a document from a text and its spans.
fn labelled(text: String, spans: &[(Span, Meaning)], scheme: u8, weight: f32) -> Document {
    let tokens = tokens::tokenize(&text);
    let sentences = sentences::split(&text, &tokens);
    // UNER marks no nationalities, events or works: there, outside may be any of them.
    let outside = match scheme {
        4 | 3 => {
            LabelSet(1 | LabelSet::begin(&[Norp, Event, Misc]).0 | LabelSet::inside(&[Norp, Event, Misc]).0)
        }
        _ => LabelSet::OUTSIDE,
    };
    let mut allowed = vec![outside; tokens.len()];
    if scheme != 0 {
        doubt_compounds(&text, &tokens, &mut allowed);
    }
    let mut gold = Vec::new();
    for &(span, meaning) in spans {
        let first = tokens.partition_point(|token| token.span.end <= span.start);
        let last = tokens.partition_point(|token| token.span.start < span.end);
        let range = trim(&text, &tokens, first..last, scheme);
        if range.is_empty() {
            continue;
        }
        match meaning {
            Meaning::OneOf(kinds) => {
                allowed[range.start] = LabelSet::begin(kinds);
                allowed[range.start + 1..range.end].fill(LabelSet::inside(kinds));
                if let &[kind] = kinds {
                    gold.push((span, kind));
                }
            }
            Meaning::Unknown => allowed[range].fill(LabelSet::ANY),
            Meaning::Nothing => {}
        }
    }
    Document {
        text,
        tokens,
        sentences,
        allowed,
        gold,
        weight,
        scheme,
    }
}

/// Corpora that take "Cairo-based" for one word mark nothing in it: what touches a hyphen may be anything.
fn doubt_compounds(text: &str, tokens: &[Token], allowed: &mut [LabelSet]) {
    for (index, window) in tokens.windows(3).enumerate() {
        let is_hyphen = matches!(window[1].of(text), "-" | "–");
        if is_hyphen && window[0].touches(window[1]) && window[1].touches(window[2]) {
            allowed[index..index + 3].fill(LabelSet::ANY);
        }
    }
}

/// Cuts what our guide leaves outside: a leading article and a trailing possessive.
fn trim(
    text: &str,
    tokens: &[Token],
    mut range: std::ops::Range<usize>,
    scheme: u8,
) -> std::ops::Range<usize> {
    if scheme != 0 && range.len() > 1 && matches!(tokens[range.start].of(text), "the" | "a" | "an") {
        range.start += 1;
    }
    if range.len() > 1 && tokens[range.end - 1].kind == tokens::TokenKind::Possessive {
        range.end -= 1;
    }
    range
}
