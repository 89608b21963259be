//! `slugline status`: how the fleet is doing, at one moment.

mod report;

use std::process::ExitCode;

use crate::cli::StatusArgs;
use crate::settings::Settings;

use super::output::print;
use super::server::on_server;

#[cfg(test)]
pub(super) use report::tests;
pub(super) use report::{Report, age, count, plural, size};

/// Looks twice, so that rates can be told, and prints.
pub(crate) fn run(settings: &Settings, args: &StatusArgs) -> anyhow::Result<ExitCode> {
    on_server(settings, async |connection| {
        let before = connection.survey().await?;
        let report = if args.over.0.is_zero() {
            Report::new(None, before)
        } else {
            tokio::time::sleep(args.over.0).await;
            Report::new(Some(&before), connection.survey().await?)
        };
        if args.json {
            print(&serde_json::to_string(&report)?)?;
        } else {
            print(report.page().trim_end())?;
        }
        Ok(ExitCode::SUCCESS)
    })
}
