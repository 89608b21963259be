//! The stall detector: work is waiting, and nothing moves.
//!
//! A consumer can stop for reasons that no error tells: a lost pull, a poisoned connection, a worker that hangs.
//! So every process looks at the consumers it works for and says so: in the log, in `slugline_stalled`, and by
//! not being ready.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};
use wire::nats::{Connection, Pending};
use wire::topology::Channel;

/// A consumer on which nothing waits but what is unsettled may be waiting for its retry, at most 375 s.
const RETRIES: u32 = 4;

/// What the detector found; shared with the readiness probe.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stall(Arc<Mutex<Option<String>>>);

impl Stall {
    /// Returns what stands still, if anything does.
    pub(crate) fn reason(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, reason: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = reason;
    }

    /// Watches the consumers of these channels for ever.
    pub(crate) async fn watch(
        &self,
        connection: &Connection,
        channels: &[Channel],
        after: Duration,
    ) -> std::convert::Infallible {
        let mut ticks = interval((after / 4).max(Duration::from_millis(100)));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut marks: Vec<Mark> = channels.iter().map(|_| Mark::default()).collect();
        loop {
            ticks.tick().await;
            let mut found = None;
            for (channel, mark) in channels.iter().zip(&mut marks) {
                let pending = match connection.pending(*channel).await {
                    Ok(pending) => pending,
                    Err(error) => {
                        tracing::debug!(
                            error = &error as &dyn std::error::Error,
                            "failed to ask how far the consumer has come"
                        );
                        continue;
                    }
                };
                let stage = channel.stage();
                let stands = mark.stands_still(pending, Instant::now(), after);
                report(stage, stands);
                if stands {
                    found = Some(format!("the {stage}s have work and make no progress"));
                }
            }
            self.note(found);
        }
    }

    /// Says it once when it begins and once when it ends.
    fn note(&self, found: Option<String>) {
        match (self.reason(), &found) {
            (None, Some(reason)) => tracing::error!(reason, "stalled"),
            (Some(reason), None) => tracing::info!(reason, "no longer stalled"),
            _ => {}
        }
        self.set(found);
    }
}

fn report(stage: &'static str, stands: bool) {
    metrics::gauge!("slugline_stalled", "stage" => stage).set(f64::from(u8::from(stands)));
}

/// When a consumer was last seen to move.
#[derive(Debug, Default)]
struct Mark(Option<(Pending, Instant)>);

impl Mark {
    fn stands_still(&mut self, pending: Pending, now: Instant, after: Duration) -> bool {
        let moved = |seen: Pending| {
            seen.ack_floor != pending.ack_floor
                || seen.deliveries != pending.deliveries
                || seen.unsettled != pending.unsettled
        };
        match self.0 {
            Some((seen, since)) if !pending.is_caught_up() && !moved(seen) => {
                let patience = if pending.waiting > 0 {
                    after
                } else {
                    after * RETRIES
                };
                now.duration_since(since) >= patience
            }
            _ => {
                self.0 = Some((pending, now));
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFTER: Duration = Duration::from_mins(2);

    fn pending(waiting: u64, unsettled: u64, ack_floor: u64) -> Pending {
        Pending {
            waiting,
            unsettled,
            ack_floor,
            deliveries: ack_floor + unsettled,
        }
    }

    /// Fails unless the last of these looks, one a minute, is judged as `stalled`.
    #[track_caller]
    fn check(looks: &[Pending], stalled: bool) {
        let mut mark = Mark::default();
        let start = Instant::now();
        let judged: Vec<bool> = (0u32..)
            .zip(looks)
            .map(|(minute, look)| mark.stands_still(*look, start + Duration::from_mins(1) * minute, AFTER))
            .collect();
        assert_eq!(judged.last(), Some(&stalled), "{judged:?}");
    }

    #[test]
    fn work_that_waits_while_nothing_moves_is_a_stall() {
        check(&[pending(5, 0, 1); 3], true);
        check(&[pending(5, 2, 1); 3], true);
        check(&[pending(5, 0, 1); 2], false);
        check(&[pending(0, 0, 1); 30], false);
        check(
            &[
                pending(5, 0, 1),
                pending(5, 0, 1),
                pending(5, 0, 2),
                pending(5, 0, 2),
            ],
            false,
        );
        // Growing work that nobody takes is no progress.
        check(&[pending(5, 0, 1), pending(6, 0, 1), pending(7, 0, 1)], true);
    }

    #[test]
    fn retries_may_wait_longer_than_fresh_work() {
        check(&[pending(0, 1, 1); 8], false);
        check(&[pending(0, 1, 1); 9], true);
    }
}
