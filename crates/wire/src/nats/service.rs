//! Workers announce themselves: the NATS service API (`nats micro ls`, `info`, `stats`) and heartbeats.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_nats::service::ServiceExt;
use bytes::Bytes;
use futures::StreamExt;
use tokio::time::{MissedTickBehavior, interval};

use super::connection::{Connection, Shared};
use super::error::Error;

/// The names that workers announce themselves by.
pub(super) const WORKER_NAMES: [&str; 4] = [
    "slugline",
    "slugline-watcher",
    "slugline-enricher",
    "slugline-sink",
];

/// How often a worker says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// Returns what a worker has done so far, as a JSON object.
pub type Tally = Arc<dyn Fn() -> serde_json::Value + Send + Sync>;

/// Who announces itself.
#[derive(Debug, Clone)]
pub struct Worker {
    /// One of the four names of processes: `slugline`, `slugline-watcher`, `slugline-enricher`, `slugline-sink`.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// What does not change: host, process id, model.
    pub metadata: HashMap<String, String>,
}

impl Connection {
    /// Announces a worker until the connection closes: it answers the NATS service API, and sends its tally to
    /// `<prefix>.worker.<name>.<id>` every 5 s.
    pub async fn announce(&self, worker: Worker, tally: Tally) -> Result<(), Error> {
        let shared = Arc::clone(self.shared());
        let failed = |error: async_nats::Error| Error::Announce(error.to_string());
        let told = Arc::clone(&tally);
        let builder = shared.client.service_builder();
        let service = builder
            .description("Slugline: folder to facts")
            .metadata(worker.metadata)
            .stats_handler(move |_, _| told());
        let service = service.start(worker.name, worker.version).await.map_err(failed)?;
        let id = service.info().await.id;
        let subject = format!("{}.worker.{}.{id}", shared.topology.prefix, worker.name);
        let endpoint = service.endpoint_builder().name("tally");
        let endpoint = endpoint.add(format!("{subject}.tally")).await.map_err(failed)?;
        let tasks = shared.tasks.clone();
        tasks.spawn(async move {
            tokio::select! {
                // Shutting down.
                () = shared.closing.cancelled() => {}
                // Never end by themselves while the connection lives.
                () = answer(endpoint, &tally) => {}
                () = beat(&shared, &subject, &tally) => {}
            }
            if let Err(error) = service.stop().await {
                tracing::debug!(%error, "failed to stop the service");
            }
        });
        Ok(())
    }
}

async fn answer(mut endpoint: async_nats::service::endpoint::Endpoint, tally: &Tally) {
    while let Some(request) = endpoint.next().await {
        if let Err(error) = request.respond(Ok(payload(tally))).await {
            tracing::debug!(%error, "failed to answer");
        }
    }
    // The subscription ended with the connection, which is remade or closing.
    std::future::pending::<()>().await;
}

async fn beat(shared: &Shared, subject: &str, tally: &Tally) {
    let mut ticks = interval(HEARTBEAT);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        // A heartbeat that has waited for a connection would only mislead.
        if shared.is_connected()
            && let Err(error) = shared.client.publish(subject.to_owned(), payload(tally)).await
        {
            tracing::debug!(%error, "failed to send a heartbeat");
        }
    }
}

fn payload(tally: &Tally) -> Bytes {
    tally().to_string().into()
}
