//! `slugline quarantine`: the child that an enricher analyses suspects in. Not for people.

use std::io;
use std::process::ExitCode;

use anyhow::Context;
use enricher::Engine;

/// Answers articles on standard input with records on standard output until the input ends.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    enricher::serve(&Engine::new(), io::stdin().lock(), io::stdout().lock())
        .context("the quarantine ended")?;
    Ok(ExitCode::SUCCESS)
}
