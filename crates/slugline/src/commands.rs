//! What each command does.

mod tag;

use std::io::Write;
use std::process::ExitCode;

use crate::cli::{Cli, Command};

/// Runs the command that was typed.
pub(crate) fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Tag(args) => tag::run(&args),
        Command::Schema => schema(),
    }
}

fn schema() -> anyhow::Result<ExitCode> {
    let schema = schemars::schema_for!(wire::EnrichedArticle);
    writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&schema)?)?;
    Ok(ExitCode::SUCCESS)
}
