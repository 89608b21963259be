//! `slugline tag`: articles in, records out, in input order; no transport.

use std::io::{self, BufRead, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use enricher::Engine;
use rayon::ThreadPool;
use rayon::prelude::*;
use watcher::intake;
use wire::Article;

use crate::cli::{Input, TagArgs};
use crate::settings::Settings;

use super::engine::engine;
use super::input::{clean_articles, open, raw_line, read_articles};

/// How many articles are analysed together: enough to keep every core busy, few enough that a pipe sees output
/// soon.
const CHUNK: usize = 256;

/// Runs the command. A file that cannot be read is told on standard error, and the others go on.
pub(crate) fn run(settings: &Settings, args: &TagArgs) -> anyhow::Result<ExitCode> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(args.jobs.map_or(0, Into::into))
        .build()?;
    let mut intake = super::engine::intake(settings)?;
    intake.format = args.input.format().or(intake.format);
    let mut tagger = Tagger {
        intake,
        engine: engine(settings)?,
        pool,
        chunk: Vec::with_capacity(CHUNK),
        output: BufWriter::with_capacity(1 << 16, io::stdout().lock()),
    };
    let standard_input = [PathBuf::from("-")];
    let files = if args.files.is_empty() {
        &standard_input[..]
    } else {
        &args.files
    };
    let mut code = ExitCode::SUCCESS;
    for path in files {
        if let Err(error) = tagger.file(path, args) {
            if is_broken_pipe(&error) {
                // The reader has seen enough (`| head`).
                return Ok(ExitCode::SUCCESS);
            }
            eprintln!("slugline: {error:#}");
            code = ExitCode::FAILURE;
        }
    }
    match tagger.finish() {
        Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
        ended => ended.map(|()| code),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

struct Tagger<'a> {
    intake: intake::Config,
    engine: Engine,
    pool: ThreadPool,
    chunk: Vec<Article>,
    output: BufWriter<io::StdoutLock<'a>>,
}

impl Tagger<'_> {
    fn file(&mut self, path: &Path, args: &TagArgs) -> anyhow::Result<()> {
        if args.input == Input::Jsonl {
            return self.lines(path, args.raw);
        }
        for article in read_articles(path, args.raw, &self.intake)? {
            self.push(article)?;
        }
        Ok(())
    }

    /// Reads line by line, so that input of any length flows through.
    fn lines(&mut self, path: &Path, raw: bool) -> anyhow::Result<()> {
        for (index, line) in open(path)?.lines().enumerate() {
            let line = line.with_context(|| format!("failed to read {}", path.display()))?;
            if line.trim().is_empty() {
                continue;
            }
            let place = || format!("{}: line {}", path.display(), index + 1);
            if raw {
                self.push(raw_line(path, &line).with_context(place)?)?;
            } else {
                for article in
                    clean_articles(path, line.as_bytes(), None, &self.intake).with_context(place)?
                {
                    self.push(article)?;
                }
            }
        }
        Ok(())
    }

    fn push(&mut self, article: Article) -> anyhow::Result<()> {
        self.chunk.push(article);
        if self.chunk.len() == CHUNK {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        let engine = &self.engine;
        let chunk = &mut self.chunk;
        // Neighbours share a buffer, and the buffers stay in order.
        let buffers: Vec<Vec<u8>> = self.pool.install(|| {
            let append = |mut lines: Vec<u8>, article| {
                serde_json::to_writer(&mut lines, &enricher::enrich(engine, article))?;
                lines.push(b'\n');
                Ok::<_, serde_json::Error>(lines)
            };
            chunk
                .par_drain(..)
                .try_fold(Vec::new, append)
                .collect::<Result<_, _>>()
        })?;
        for lines in buffers {
            self.output.write_all(&lines)?;
        }
        Ok(())
    }

    fn finish(mut self) -> anyhow::Result<()> {
        self.flush()?;
        Ok(self.output.flush()?)
    }
}
