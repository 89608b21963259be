//! The one place that names all three stages: who talks to whom, and in which order they stop.
//!
//! ```text
//! watcher ══ Article ══▶ enricher ══ Line ══▶ sink
//! ```
//!
//! Stopping follows the data: the watcher first, then each stage once its input has ended. On the embedded
//! carrier that happens by itself, because a stage that returns drops its publisher; on NATS the launcher closes
//! the consumers in the same order.

mod embedded;
mod nats;

use std::future::Future;
use std::sync::Arc;

use enricher::SharedEngine;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) use embedded::run as run_embedded;
pub(crate) use nats::{connect, connection_config, run as run_on_nats, topology};

/// The stages of this process, each with its configuration; at least one.
#[derive(Debug, Default)]
pub(crate) struct Stages {
    pub(crate) watcher: Option<watcher::Config>,
    pub(crate) enricher: Option<(enricher::Config, SharedEngine)>,
    pub(crate) sink: Option<sink::Config>,
}

/// What each stage of this process has done so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) watcher: Option<Arc<watcher::Progress>>,
    pub(crate) enricher: Option<Arc<enricher::Progress>>,
    pub(crate) sink: Option<Arc<sink::Progress>>,
}

impl Tally {
    /// Returns the tally for these stages, at zero.
    pub(crate) fn of(stages: &Stages) -> Self {
        Self {
            watcher: stages.watcher.is_some().then(Arc::default),
            enricher: stages.enricher.is_some().then(Arc::default),
            sink: stages.sink.is_some().then(Arc::default),
        }
    }

    /// Returns how many articles have left the last stage of this process.
    pub(crate) fn done(&self) -> u64 {
        let sink = self.sink.as_ref().map(|sink| sink.lines() + sink.duplicates());
        let enricher = || self.enricher.as_ref().map(|enricher| enricher.enriched());
        let watcher = || self.watcher.as_ref().map(|watcher| watcher.snapshot().delivered);
        sink.or_else(enricher).or_else(watcher).unwrap_or_default()
    }
}

/// A running stage. Its end, good or bad, also tells the watcher to stop: no stage runs on without the others.
struct Running(&'static str, JoinHandle<anyhow::Result<()>>);

impl Running {
    fn start<E>(
        name: &'static str,
        stage: impl Future<Output = Result<(), E>> + Send + 'static,
        drain: CancellationToken,
    ) -> Self
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        // Joined by `join` below; `tokio::spawn` keeps the stage on its own task while we await them in order.
        #[expect(
            clippy::disallowed_methods,
            reason = "the handle is kept and awaited: nothing is detached"
        )]
        let handle = tokio::task::spawn(async move {
            let ended = stage
                .await
                .map_err(|error| anyhow::Error::new(error).context(format!("the {name} stopped")));
            drain.cancel();
            ended
        });
        Self(name, handle)
    }

    async fn join(self) -> anyhow::Result<()> {
        match self.1.await {
            Ok(ended) => ended,
            Err(error) => Err(anyhow::Error::new(error).context(format!("the {} broke off", self.0))),
        }
    }
}

/// Returns the first error: the later ones are its consequences.
fn first_error(results: impl IntoIterator<Item = anyhow::Result<()>>) -> anyhow::Result<()> {
    results.into_iter().find(Result::is_err).unwrap_or(Ok(()))
}
