//! A stage on a task of its own.

use std::future::Future;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A running stage. Its end, good or bad, also tells the watcher to stop: no stage runs on without the others.
pub(super) struct Running(&'static str, JoinHandle<anyhow::Result<()>>);

impl Running {
    pub(super) fn start<E>(
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

    pub(super) async fn join(self) -> anyhow::Result<()> {
        match self.1.await {
            Ok(ended) => ended,
            Err(error) => Err(anyhow::Error::new(error).context(format!("the {} broke off", self.0))),
        }
    }
}

/// Returns the first error: the later ones are its consequences.
pub(super) fn first_error(results: impl IntoIterator<Item = anyhow::Result<()>>) -> anyhow::Result<()> {
    results.into_iter().find(Result::is_err).unwrap_or(Ok(()))
}
