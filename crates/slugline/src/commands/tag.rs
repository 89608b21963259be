//! `slugline tag`: articles in, records out, in input order; no transport.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use enricher::Engine;
use jiff::Timestamp;
use rayon::prelude::*;
use serde::Deserialize;
use wire::message::{Article, ArticleId, Format, Source};

use crate::cli::{Input, TagArgs};

/// How many articles are read before they are analysed together: enough to keep every core busy, few enough that
/// a pipe sees output soon.
const CHUNK: usize = 256;

/// Runs the command.
pub(crate) fn run(args: &TagArgs) -> anyhow::Result<ExitCode> {
    let engine = Engine::new();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(args.jobs.map_or(0, Into::into))
        .build()?;
    let mut output = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let standard_input = [Path::new("-").to_owned()];
    let files = if args.files.is_empty() {
        &standard_input[..]
    } else {
        &args.files
    };
    let mut chunk = Vec::with_capacity(CHUNK);
    for path in files {
        let mut input = open(path)?;
        if args.input == Input::Jsonl {
            for (number, line) in input.lines().enumerate() {
                let line = line.with_context(|| format!("failed to read {}", path.display()))?;
                if line.trim().is_empty() {
                    continue;
                }
                let item = serde_json::from_str(&line).with_context(|| {
                    format!("{}: line {} is not an article object", path.display(), number + 1)
                })?;
                chunk.push(article(path, item));
                if chunk.len() == CHUNK {
                    flush(&engine, &pool, &mut chunk, &mut output)?;
                }
            }
        } else {
            let mut text = String::new();
            input
                .read_to_string(&mut text)
                .with_context(|| format!("failed to read {}", path.display()))?;
            chunk.push(article(path, Item { id: None, text }));
        }
        flush(&engine, &pool, &mut chunk, &mut output)?;
    }
    output.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// One line of `jsonl` input.
#[derive(Debug, Deserialize)]
struct Item {
    id: Option<String>,
    text: String,
}

fn open(path: &Path) -> anyhow::Result<Box<dyn BufRead>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let file = File::open(path).with_context(|| format!("failed to open {}", path.display()))?;
    Ok(Box::new(BufReader::new(file)))
}

fn article(path: &Path, item: Item) -> Article {
    let source = Source {
        name: "tag".to_owned(),
        path: path.to_string_lossy().into_owned(),
        item: item.id,
        format: Format::Text,
        bytes: item.text.len() as u64,
        encoding: "utf-8".to_owned(),
        received: Timestamp::UNIX_EPOCH,
    };
    Article::new(ArticleId::of(item.text.as_bytes()), source, item.text)
}

fn flush(
    engine: &Engine,
    pool: &rayon::ThreadPool,
    chunk: &mut Vec<Article>,
    output: &mut impl Write,
) -> anyhow::Result<()> {
    let lines: Vec<Vec<u8>> = pool.install(|| {
        chunk
            .par_drain(..)
            .map(|article| serde_json::to_vec(&enricher::enrich(engine, article)))
            .collect::<Result<_, _>>()
    })?;
    for line in lines {
        output.write_all(&line)?;
        output.write_all(b"\n")?;
    }
    Ok(())
}
