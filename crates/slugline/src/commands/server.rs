//! Commands that ask a server.

use wire::nats::Connection;

use super::usage::{fail_on, usage};
use crate::config::Problems;
use crate::roles::Roles;
use crate::settings::Settings;
use crate::wiring::connection_config;

/// Does something on the server and closes the connection again.
pub(super) fn on_server<T>(
    settings: &Settings,
    work: impl AsyncFnOnce(&Connection) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    require_server(settings)?;
    runtime()?.block_on(async {
        let connection = Connection::connect(connection_config(settings, Roles::default())?).await?;
        let done = work(&connection).await;
        connection.close().await;
        done
    })
}

/// Fails where no server is configured, or a file that it takes cannot be read.
pub(super) fn require_server(settings: &Settings) -> anyhow::Result<()> {
    if settings.nats.url.is_empty() {
        return Err(usage(anyhow::anyhow!(
            "no NATS server: give --nats or set `nats.url`"
        )));
    }
    let mut problems = Problems::default();
    crate::config::nats_files(&settings.nats, &mut problems);
    fail_on(problems)
}

/// Returns what a command that mostly waits runs on.
pub(super) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime)
}
