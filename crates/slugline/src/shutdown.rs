//! Signals: the first drains, the second forces.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Listens for SIGINT and SIGTERM.
#[derive(Debug)]
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    /// Starts listening; from now on neither signal ends the process by itself.
    pub(crate) fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for a signal that comes after `earliest`.
    async fn next_after(&mut self, earliest: Instant) {
        loop {
            self.next().await;
            if Instant::now() >= earliest {
                return;
            }
        }
    }

    async fn next(&mut self) {
        tokio::select! {
            // Ctrl-C on a terminal.
            _ = self.interrupt.recv() => {}
            // A supervisor.
            _ = self.terminate.recv() => {}
        }
    }
}

/// Some senders signal a process and then its group: what follows this soon is the same request.
const ECHO: Duration = Duration::from_millis(250);

/// How a run of the stages ended.
#[derive(Debug)]
pub(crate) enum Ended<T> {
    /// They finished, by themselves or drained after the first signal.
    Finished(T),
    /// A second signal or the end of the grace period cut them off.
    Forced,
}

/// Drives `stages` to their end. At the first signal `drain` is cancelled and the stages get `grace` to finish; a
/// second signal, or the end of the grace period, gives up on them.
pub(crate) async fn supervise<T>(
    stages: impl Future<Output = T>,
    mut signals: Signals,
    drain: CancellationToken,
    grace: Duration,
) -> Ended<T> {
    tokio::pin!(stages);
    tokio::select! {
        // Nothing left to do, or a stage failed.
        output = &mut stages => return Ended::Finished(output),
        // Asked to stop.
        () = signals.next() => {}
    }
    tracing::info!(
        ?grace,
        "stopping: draining what is in flight; a second signal stops at once"
    );
    let asked = Instant::now();
    drain.cancel();
    tokio::select! {
        // Drained.
        output = &mut stages => Ended::Finished(output),
        // The person or supervisor insists.
        () = signals.next_after(asked + ECHO) => Ended::Forced,
        // Too slow.
        () = tokio::time::sleep(grace) => Ended::Forced,
    }
}
