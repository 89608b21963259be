//! Trains the tagger and writes its model.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use enricher::engine::Span;
use enricher::engine::entities::labels::{Label, N_LABELS};
use enricher::engine::entities::mentions;
use enricher::engine::entities::model::{Model, N_KINDS};
use enricher::engine::lexicon::Lexicon;
use wire::message::EntityType;

use crate::corpus::{self, Document};
use crate::crf::{Crf, Rate, Row};
use crate::examples::{self, Dictionary, Examples};
use crate::score;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Folder with the corpora.
    #[arg(long)]
    data: PathBuf,
    /// The compiled lexicon.
    #[arg(long, default_value = "crates/enricher/data/lexicon.bin")]
    lexicon: PathBuf,
    /// The model file to write.
    #[arg(long)]
    out: PathBuf,
    /// Passes over the data.
    #[arg(long, default_value_t = 6)]
    epochs: u32,
    /// Models with different seeds, averaged.
    #[arg(long, default_value_t = 2)]
    models: u64,
    /// Step of AdaGrad.
    #[arg(long, default_value_t = 0.2)]
    step: f32,
    /// Share of features left out at random.
    #[arg(long, default_value_t = 0.4)]
    dropout: f32,
    /// Factor by which weights shrink after an epoch.
    #[arg(long, default_value_t = 0.9)]
    decay: f32,
    /// Features seen less often have no weight.
    #[arg(long, default_value_t = 3)]
    at_least: u32,
    /// Silver texts that the teacher is less sure of are not learnt from.
    #[arg(long, default_value_t = 0.85)]
    silver: f32,
    /// Lines of four rows in the packed table.
    #[arg(long, default_value_t = 140_000)]
    lines: usize,
}

/// Runs the command.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let file = std::fs::read(&options.lexicon)
        .with_context(|| format!("failed to read {}", options.lexicon.display()))?;
    let lexicon = Lexicon::parse(&file).context("the lexicon is of another version")?;
    let documents = corpus::read_training(&options.data, options.silver)?;
    let dictionary = examples::count(&lexicon, &documents, options.at_least);
    let training = examples::read(&lexicon, &documents, &dictionary);
    eprintln!(
        "{} documents, {} candidate tokens, {} features",
        documents.len(),
        training.tokens(),
        dictionary.numbers.len()
    );
    let rate = Rate {
        step: options.step,
        dropout: options.dropout,
        epochs: options.epochs,
        decay: options.decay,
    };
    let n = dictionary.numbers.len();
    let mut crf = Crf::train(&training, n, rate, 0);
    for seed in 1..options.models {
        crf.add(&Crf::train(&training, n, rate, seed));
    }
    crf.scale(1.0 / options.models as f32);
    for set in &read_sets(options, &lexicon, &dictionary)? {
        let labels = decode(&crf, &set.documents, &set.examples);
        eprintln!("{}: {}", set.name, report(&set.documents, &set.examples, &labels));
    }
    let file = pack(&crf, &dictionary, options.lines);
    std::fs::write(&options.out, &file)
        .with_context(|| format!("failed to write {}", options.out.display()))?;
    eprintln!("{}: {} bytes", options.out.display(), file.len());
    Ok(())
}

/// A set that is only scored.
struct ScoredSet {
    name: &'static str,
    documents: Vec<Document>,
    examples: Examples,
}

fn read_sets(
    options: &Options,
    lexicon: &Lexicon<'_>,
    dictionary: &Dictionary,
) -> anyhow::Result<Vec<ScoredSet>> {
    let sets = [
        ("gold/dev", "gold/dev.jsonl", 0),
        ("worldwide/dev", "data/ner/worldwide/dev.jsonl", 6),
    ];
    let sets = sets.into_iter().map(|(name, path, scheme)| {
        let documents = corpus::read_scored(&options.data.join(path), scheme)?;
        // The engine knows no schemes: score as it will tag.
        let documents: Vec<Document> = documents
            .into_iter()
            .map(|document| Document {
                scheme: 0,
                ..document
            })
            .collect();
        let examples = examples::read(lexicon, &documents, dictionary);
        Ok(ScoredSet {
            name,
            documents,
            examples,
        })
    });
    sets.collect()
}

fn decode(crf: &Crf, documents: &[Document], examples: &Examples) -> Vec<Vec<Label>> {
    let mut labels: Vec<Vec<Label>> = documents
        .iter()
        .map(|document| vec![Label::OUTSIDE; document.tokens.len()])
        .collect();
    for segment in &examples.segments {
        let path = crf.decode(examples, segment);
        labels[segment.document as usize][segment.token as usize..][..path.len()].copy_from_slice(&path);
    }
    labels
}

fn report(documents: &[Document], examples: &Examples, labels: &[Vec<Label>]) -> String {
    let mut found: Vec<Vec<(Span, EntityType)>> = vec![Vec::new(); documents.len()];
    let mut ranges = Vec::new();
    for segment in &examples.segments {
        let document = segment.document as usize;
        let range = segment.token as usize..(segment.token + segment.end - segment.start) as usize;
        let tokens = &documents[document].tokens[range.clone()];
        ranges.clear();
        mentions::ranges(tokens, &labels[document][range], &mut ranges);
        let spans = ranges
            .iter()
            .map(|(range, kind)| (tokens[range.start].span.cover(tokens[range.end - 1].span), *kind));
        found[document].extend(spans);
    }
    score::report(documents, &found)
}

/// Turns weights into bytes: the largest weight that still matters becomes 127.
fn pack(crf: &Crf, dictionary: &Dictionary, lines: usize) -> Vec<u8> {
    let mut rows: Vec<(f32, u64, &Row)> = Vec::new();
    // Sorted below, so the order of the map does not matter.
    #[expect(
        clippy::iter_over_hash_type,
        reason = "the rows are sorted before they are used"
    )]
    for (feature, number) in &dictionary.numbers {
        let row = &crf.rows[*number as usize];
        let energy: f32 = row.iter().map(|weight| weight * weight).sum();
        if energy > 1e-4 {
            rows.push((energy, *feature, row));
        }
    }
    rows.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    eprintln!("{} rows with weight, {} places", rows.len(), lines * 4);
    let mut sizes: Vec<f32> = rows
        .iter()
        .flat_map(|row| row.2)
        .map(|weight| weight.abs())
        .collect();
    sizes.sort_unstable_by(f32::total_cmp);
    let large = sizes.get(sizes.len() * 9999 / 10_000).copied().unwrap_or(1.0);
    let scale = 127.0 / large;
    let byte = |weight: &f32| (weight * scale).round().clamp(-127.0, 127.0) as i8;
    let rows: Vec<(u64, [i8; N_LABELS])> = rows
        .into_iter()
        .map(|(_, feature, row)| (feature, row.each_ref().map(byte)))
        .collect();
    let mut transitions = [[[0_i16; N_LABELS]; N_LABELS]; N_KINDS];
    let weights = crf.transitions.iter().flatten().flatten();
    for (packed, weight) in transitions.iter_mut().flatten().flatten().zip(weights) {
        *packed = (weight * scale).round().clamp(-30_000.0, 30_000.0) as i16;
    }
    Model::pack(&rows, lines, &transitions, scale)
}
