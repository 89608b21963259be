//! `slugline topology`: the streams and consumers, as data, applied or compared.

use std::process::ExitCode;

use wire::nats::Connection;
use wire::topology::Topology;

use crate::cli::TopologyAction;
use crate::config::Roles;
use crate::settings::{Layers, Settings};
use crate::wiring::{connection_config, topology};

use super::{UsageError, print};

/// Runs the command.
pub(crate) fn run(layers: &Layers, action: &TopologyAction) -> anyhow::Result<ExitCode> {
    let settings = layers.settings()?;
    match action {
        TopologyAction::Print => {
            print(&serde_json::to_string_pretty(&Topology::new(&topology(
                &settings,
            )?))?)?;
            Ok(ExitCode::SUCCESS)
        }
        TopologyAction::Apply { update, .. } => on_server(&settings, async |connection| {
            let applied = connection.apply(*update).await?;
            for object in &applied.created {
                print(&format!("created {object}"))?;
            }
            for object in &applied.updated {
                print(&format!("updated {object}"))?;
            }
            if applied.created.is_empty() && applied.updated.is_empty() {
                print("nothing to do: the server agrees with the topology")?;
            }
            Ok(ExitCode::SUCCESS)
        }),
        TopologyAction::Verify { .. } => on_server(&settings, async |connection| {
            let drifts = connection.verify().await?;
            for drift in &drifts {
                print(&drift.to_string())?;
            }
            if drifts.is_empty() {
                print("the server agrees with the topology")?;
            }
            Ok(if drifts.is_empty() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }),
    }
}

fn on_server(
    settings: &Settings,
    work: impl AsyncFnOnce(&Connection) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    if settings.nats.url.is_empty() {
        return Err(UsageError(anyhow::anyhow!("no NATS server: give --nats or set `nats.url`")).into());
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let connection = Connection::connect(connection_config(settings, Roles::default())?).await?;
            let code = work(&connection).await;
            connection.close().await;
            code
        })
}
