//! `slugline topology`: the streams and consumers, as data, applied or compared.

use std::process::ExitCode;

use wire::topology::Topology;

use crate::cli::TopologyAction;
use crate::settings::Settings;
use crate::wiring::topology;

use super::output::{print, tell};
use super::server::on_server;

/// Runs the command.
pub(crate) fn run(settings: &Settings, action: &TopologyAction) -> anyhow::Result<ExitCode> {
    match action {
        TopologyAction::Print => {
            let topology = Topology::new(&topology(settings)?);
            print(&serde_json::to_string_pretty(&topology)?)?;
            Ok(ExitCode::SUCCESS)
        }
        TopologyAction::Apply { update, .. } => on_server(settings, async |connection| {
            let applied = connection.apply(*update).await?;
            for object in &applied.created {
                tell(&format!("created {object}"))?;
            }
            for object in &applied.updated {
                tell(&format!("updated {object}"))?;
            }
            if applied.created.is_empty() && applied.updated.is_empty() {
                tell("nothing to do: the server agrees with the topology")?;
            }
            Ok(ExitCode::SUCCESS)
        }),
        TopologyAction::Verify { .. } => on_server(settings, async |connection| {
            let drifts = connection.verify().await?;
            for drift in &drifts {
                tell(&drift.to_string())?;
            }
            if drifts.is_empty() {
                tell("the server agrees with the topology")?;
            }
            Ok(if drifts.is_empty() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }),
    }
}
