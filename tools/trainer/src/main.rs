//! Builds what the enricher ships: the compiled lexicon and the tagger's model.
//!
//! ```text
//! cargo run --release -p trainer -- gazetteer --data DIR --out crates/enricher/data/lexicon.bin
//! cargo run --release -p trainer -- train     --data DIR --out crates/enricher/data/model.bin
//! ```
//!
//! `DIR` holds `gold/`, `data/ner/`, `data/gazetteers/` and `data/clusters/`. Both commands give the same bytes
//! from the same data. What the data are and under which licences: `docs/model-card.md`.

mod corpus;
mod crf;
mod examples;
mod gazetteer;
mod score;
mod train;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Compiles the name lists and word clusters into one file.
    Gazetteer {
        /// Folder with the sources.
        #[arg(long)]
        data: PathBuf,
        /// Folder with the hand-made lists.
        #[arg(long, default_value = "seeds/lexicons")]
        lists: PathBuf,
        /// The file to write.
        #[arg(long)]
        out: PathBuf,
    },
    /// Trains the tagger.
    Train(train::Options),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Gazetteer { data, lists, out } => gazetteer::compile(&data, &lists, &out),
        Command::Train(options) => train::run(&options),
    }
}
