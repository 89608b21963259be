//! `slugline show`: an article with its tags marked, for eyes.

mod html;
mod meaning;
mod segments;
mod terminal;

use std::io::{self, IsTerminal};
use std::process::ExitCode;

pub(super) use meaning::meaning;

use crate::cli::ShowArgs;
use crate::settings::Settings;

use super::engine::{engine, intake};
use super::input::read_articles;
use super::output::print;

/// Runs the command.
pub(crate) fn run(settings: &Settings, args: &ShowArgs) -> anyhow::Result<ExitCode> {
    let engine = engine(settings)?;
    let reading = read_articles(&args.file, args.raw, &intake(settings)?)?;
    for refused in &reading.refused {
        eprintln!("slugline: {}: {refused}", args.file.display());
    }
    let records: Vec<_> = reading
        .articles
        .into_iter()
        .map(|article| enricher::enrich(&engine, article))
        .collect();
    let page = if args.html {
        html::page(&records)
    } else {
        let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        terminal::page(&records, colour)
    };
    print(page.trim_end())?;
    Ok(ExitCode::SUCCESS)
}
