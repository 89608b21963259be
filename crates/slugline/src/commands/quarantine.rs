//! `slugline quarantine`: the child that an enricher analyses suspects in. Not for people.

use std::io;
use std::process::ExitCode;

use anyhow::Context;
use enricher::{Engine, ListFiles};

use crate::cli::QuarantineArgs;

/// Answers articles on standard input with records on standard output until the input ends.
pub(crate) fn run(args: &QuarantineArgs) -> anyhow::Result<ExitCode> {
    let lists = ListFiles {
        watch: args.watch_lists.clone(),
        deny: args.deny_list.clone(),
    };
    let engine = Engine::new().with_lists(lists.load()?);
    enricher::serve(&engine, io::stdin().lock(), io::stdout().lock()).context("the quarantine ended")?;
    Ok(ExitCode::SUCCESS)
}
