//! Trains the tagger and writes its model.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use enricher::engine::Span;
use enricher::engine::entities::labels::N_LABELS;
use enricher::engine::entities::mentions;
use enricher::engine::entities::model::{Model, N_KINDS};
use enricher::engine::lexicon::Lexicon;
use wire::message::EntityType;

use crate::corpus::{self, Document};
use crate::crf::{Crf, Rate};
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
    #[arg(long, default_value_t = 8)]
    epochs: u32,
    /// Models with different seeds, averaged.
    #[arg(long, default_value_t = 1)]
    models: u64,
    /// Step of AdaGrad.
    #[arg(long, default_value_t = 0.2)]
    step: f32,
    /// Share of features left out at random.
    #[arg(long, default_value_t = 0.2)]
    dropout: f32,
    /// Factor by which weights shrink after an epoch.
    #[arg(long, default_value_t = 0.97)]
    decay: f32,
    /// Features seen less often have no weight.
    #[arg(long, default_value_t = 2)]
    at_least: u32,
    /// Silver texts that the teacher is less sure of are not learnt from.
    #[arg(long, default_value_t = 0.7)]
    silver: f32,
    /// Lines of four rows in the packed table.
    #[arg(long, default_value_t = 110_000)]
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
    let scored = [
        (
            "gold/dev",
            corpus::read_scored(&options.data.join("gold/dev.jsonl"), 0)?,
        ),
        (
            "worldwide/dev",
            corpus::read_scored(&options.data.join("data/ner/worldwide/dev.jsonl"), 6)?,
        ),
    ];
    let scored = scored.map(|(name, documents)| {
        let examples = examples::read(&lexicon, &documents, &dictionary);
        (name, documents, examples)
    });
    let rate = Rate {
        step: options.step,
        dropout: options.dropout,
        epochs: options.epochs,
        decay: options.decay,
    };
    let mut sum: Option<Crf> = None;
    for seed in 0..options.models {
        let crf = Crf::train(&training, dictionary.numbers.len(), rate, seed);
        report(&crf, &scored);
        match &mut sum {
            None => sum = Some(crf),
            Some(sum) => sum.add(&crf),
        }
    }
    let mut crf = sum.context("no model was asked for")?;
    crf.scale(1.0 / options.models as f32);
    report(&crf, &scored);
    let file = pack(&crf, &dictionary, options.lines);
    std::fs::write(&options.out, &file)
        .with_context(|| format!("failed to write {}", options.out.display()))?;
    eprintln!("{}: {} bytes", options.out.display(), file.len());
    Ok(())
}

type Scored = (&'static str, Vec<Document>, Examples);

fn report(crf: &Crf, sets: &[Scored]) {
    for (name, documents, examples) in sets {
        let found = tag(crf, documents, examples);
        eprintln!("{name}: {}", score::report(documents, &found));
    }
}

fn tag(crf: &Crf, documents: &[Document], examples: &Examples) -> Vec<Vec<(Span, EntityType)>> {
    let mut found = vec![Vec::new(); documents.len()];
    for segment in &examples.segments {
        let document = &documents[segment.document as usize];
        let labels = crf.decode(examples, segment);
        let tokens = &document.tokens[segment.token as usize..][..labels.len()];
        mentions::spans(tokens, &labels, &mut found[segment.document as usize]);
    }
    found
}

/// Turns weights into bytes: the largest weight that still matters becomes 127.
fn pack(crf: &Crf, dictionary: &Dictionary, lines: usize) -> Vec<u8> {
    let mut rows: Vec<(f32, u64, &[f32; N_LABELS])> = dictionary
        .numbers
        .iter()
        .map(|(feature, number)| {
            let row = &crf.rows[*number as usize];
            (row.iter().map(|weight| weight * weight).sum(), *feature, row)
        })
        .filter(|(energy, ..)| *energy > 1e-4)
        .collect();
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
