//! `slugline tag`: articles in, records out, in input order; no transport.
//!
//! What cannot be read, a file or a line, is told on standard error and makes the exit code 1; the rest goes on.

use std::fmt::Display;
use std::io::{self, BufRead, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use enricher::Engine;
use rayon::ThreadPool;
use rayon::prelude::*;
use watcher::intake::{self, Reading};
use wire::Article;
use wire::message::append_json;

use crate::cli::{Input, TagArgs};
use crate::settings::Settings;

use super::engine::engine;
use super::input::{Lines, open, read_articles};

/// How many articles are analysed together: enough to keep every core busy, few enough that a pipe sees output
/// soon.
const CHUNK: usize = 256;

/// The size in bytes of the blocks that records are written in: what a pipe holds, so that whoever reads it takes one
/// block while the next is made.
const BLOCK: usize = 1 << 16;

/// Runs the command.
pub(crate) fn run(settings: &Settings, args: &TagArgs) -> anyhow::Result<ExitCode> {
    let jobs = args.jobs.map_or(0, usize::from);
    let pool = match jobs {
        1 => None,
        _ => Some(rayon::ThreadPoolBuilder::new().num_threads(jobs).build()?),
    };
    let mut intake = super::engine::intake(settings)?;
    intake.format = args.input.format().or(intake.format);
    let mut tagger = Tagger {
        intake,
        engine: engine(settings)?,
        pool,
        chunk: Vec::new(),
        line: Vec::new(),
        output: BufWriter::with_capacity(BLOCK, io::stdout().lock()),
        code: ExitCode::SUCCESS,
    };
    let standard_input = [PathBuf::from("-")];
    let files = if args.files.is_empty() {
        &standard_input[..]
    } else {
        &args.files
    };
    for path in files {
        if let Err(error) = tagger.file(path, args) {
            if is_broken_pipe(&error) {
                // The reader has seen enough (`| head`).
                return Ok(ExitCode::SUCCESS);
            }
            tagger.failed(&error);
        }
    }
    match tagger.finish() {
        Err(error) if is_broken_pipe(&error) => Ok(ExitCode::SUCCESS),
        ended => ended,
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
    /// Analyses the articles of a chunk side by side; nothing where this thread does all the work.
    pool: Option<ThreadPool>,
    chunk: Vec<Article>,
    line: Vec<u8>,
    output: BufWriter<io::StdoutLock<'a>>,
    /// Whether everything could be read so far.
    code: ExitCode,
}

impl Tagger<'_> {
    fn file(&mut self, path: &Path, args: &TagArgs) -> anyhow::Result<()> {
        if args.input == Input::Jsonl {
            return self.lines(path, args.raw);
        }
        let reading = read_articles(path, args.raw, &self.intake)?;
        self.take(reading, &path.display())
    }

    /// Takes the articles, and tells what else there was.
    fn take(&mut self, reading: Reading, place: &dyn Display) -> anyhow::Result<()> {
        for refused in reading.refused {
            self.failed(&anyhow::Error::msg(refused).context(place.to_string()));
        }
        reading
            .articles
            .into_iter()
            .try_for_each(|article| self.push(article))
    }

    /// Reads line by line, so that input of any length flows through.
    fn lines(&mut self, path: &Path, raw: bool) -> anyhow::Result<()> {
        let mut input = open(path)?;
        let lines = Lines::of(path);
        let place = path.display();
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let read = input.read_until(b'\n', &mut line);
            if read.with_context(|| format!("failed to read {place}"))? == 0 {
                break;
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            if !raw {
                self.take(lines.clean(&line, number, &self.intake), &place)?;
                continue;
            }
            match lines.raw(&line, number) {
                Ok(article) => self.push(article)?,
                Err(error) => {
                    let place = format!("{place}: line {number}");
                    self.failed(&anyhow::Error::new(error).context(place));
                }
            }
        }
        Ok(())
    }

    fn failed(&mut self, error: &anyhow::Error) {
        eprintln!("slugline: {error:#}");
        self.code = ExitCode::FAILURE;
    }

    fn push(&mut self, article: Article) -> anyhow::Result<()> {
        if self.pool.is_none() {
            self.line.clear();
            append_record(&mut self.line, &self.engine, article)?;
            return Ok(self.output.write_all(&self.line)?);
        }
        self.chunk.push(article);
        if self.chunk.len() == CHUNK {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn flush(&mut self) -> anyhow::Result<()> {
        let Some(pool) = &self.pool else {
            return Ok(());
        };
        let engine = &self.engine;
        let chunk = &mut self.chunk;
        // Neighbours share a buffer, and the buffers stay in order.
        let buffers: Vec<Vec<u8>> = pool.install(|| {
            let append = |mut lines: Vec<u8>, article| {
                append_record(&mut lines, engine, article)?;
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

    fn finish(mut self) -> anyhow::Result<ExitCode> {
        self.flush()?;
        self.output.flush()?;
        Ok(self.code)
    }
}

/// Appends the record of an article, and a line end.
fn append_record(lines: &mut Vec<u8>, engine: &Engine, article: Article) -> Result<(), serde_json::Error> {
    append_json(lines, &enricher::enrich(engine, article))?;
    lines.push(b'\n');
    Ok(())
}
