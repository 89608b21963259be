//! Leaving a server that is connected and of no use: cut off from the majority of its cluster it answers pings, and
//! neither takes messages nor delivers any.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::connection::Shared;

/// Longest time between two moves: where no server is of use, moving about helps nobody.
const LONGEST: Duration = Duration::from_mins(5);

/// For how long the server has been of no use.
#[derive(Debug, Default)]
pub(super) struct Doubt {
    raised: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    since: Option<Instant>,
    moves: u32,
}

impl Doubt {
    fn clear(&self) {
        // The usual case costs one load.
        if self.raised.load(Ordering::Relaxed) {
            self.raised.store(false, Ordering::Relaxed);
            *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
        }
    }

    /// Returns whether it is time to move on; `patience` doubles with every move.
    fn raise(&self, patience: Duration) -> bool {
        self.raised.store(true, Ordering::Relaxed);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let since = *state.since.get_or_insert_with(Instant::now);
        let is_due = since.elapsed() >= patience.saturating_mul(1 << state.moves.min(8)).min(LONGEST);
        if is_due {
            state.since = Some(Instant::now());
            state.moves += 1;
        }
        is_due
    }
}

impl Shared {
    /// Notes that the server took or delivered something, or said that it would.
    pub(super) fn note_service(&self) {
        self.doubt.clear();
    }

    /// Notes that the server should have, and did not. When that was all for twice as long as a request may take,
    /// another server is tried, where one is known.
    pub(super) async fn note_no_service(&self) {
        if !self.is_connected() || !self.doubt.raise(self.config.request_timeout * 2) {
            return;
        }
        let known = self.client.server_pool().await.map_or(0, |pool| pool.len());
        if known < 2 {
            return;
        }
        tracing::warn!("the server is connected and does nothing, trying another");
        if let Err(error) = self.client.force_reconnect().await {
            tracing::debug!(%error, "failed to leave the server");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn moves_come_later_each_time_until_there_is_service() {
        let patience = Duration::from_secs(10);
        let doubt = Doubt::default();
        let moves_after = async |seconds| {
            tokio::time::advance(Duration::from_secs(seconds)).await;
            doubt.raise(patience)
        };
        assert!(!moves_after(0).await);
        assert!(!moves_after(9).await);
        assert!(moves_after(1).await);
        assert!(!moves_after(19).await);
        assert!(moves_after(1).await);
        doubt.clear();
        assert!(
            !moves_after(100).await,
            "it starts with the first failure after service"
        );
        assert!(moves_after(10).await);
        for _ in 0..20 {
            moves_after(300).await;
        }
        assert!(moves_after(300).await, "never later than this");
    }
}
