//! Precision, recall and F1 of exact spans and types, a leading article and a trailing possessive apart.

use std::collections::BTreeSet;

use enricher::engine::Span;
use wire::message::EntityType;

use crate::corpus::Document;

/// Counts of one type or of several together.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counts {
    hits: usize,
    found: usize,
    gold: usize,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.hits += other.hits;
        self.found += other.found;
        self.gold += other.gold;
    }

    fn line(self) -> String {
        let (p, r) = (ratio(self.hits, self.found), ratio(self.hits, self.gold));
        let f = if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 };
        format!("{:.1}/{:.1}/{:.2}", 100.0 * p, 100.0 * r, 100.0 * f)
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

/// Scores found spans, one list per document, and returns a line: person, organization, place, norp, all of the
/// first three.
pub(crate) fn report(documents: &[Document], found: &[Vec<(Span, EntityType)>]) -> String {
    let kinds = [
        EntityType::Person,
        EntityType::Organization,
        EntityType::Place,
        EntityType::Norp,
    ];
    let mut all = Counts::default();
    let mut parts = Vec::new();
    for kind in kinds {
        let mut counts = Counts::default();
        for (document, found) in documents.iter().zip(found) {
            let gold = normal(document, &document.gold, kind);
            let found = normal(document, found, kind);
            counts.hits += gold.intersection(&found).count();
            counts.found += found.len();
            counts.gold += gold.len();
        }
        if kind != EntityType::Norp {
            all.add(counts);
        }
        parts.push(format!("{} {}", kind.as_str(), counts.line()));
    }
    format!("P/R/F {} | {}", all.line(), parts.join(" | "))
}

fn normal(document: &Document, spans: &[(Span, EntityType)], kind: EntityType) -> BTreeSet<(usize, usize)> {
    let ours = spans.iter().filter(|(_, other)| *other == kind);
    ours.map(|(span, _)| {
        let text = span.of(&document.text);
        let lower = text.to_ascii_lowercase();
        let lead = ["the ", "a ", "an "]
            .iter()
            .find(|lead| lower.starts_with(**lead))
            .map_or(0, |lead| lead.len());
        let tail = text.trim_end_matches(|c: char| ".,;:\"”) ".contains(c));
        let tail = ["'s", "’s", "'", "’"]
            .iter()
            .find_map(|end| tail.strip_suffix(end))
            .unwrap_or(tail);
        (span.start as usize + lead, span.start as usize + tail.len())
    })
    .collect()
}
