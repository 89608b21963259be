//! Deliveries that are written together, and what the carrier is told about them.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use jiff::Timestamp;
use tokio::time::Instant;
use wire::message::RECORD_SCHEMA;
use wire::{Delivery, Line, RejectionReason, Settlement};

use crate::progress::Progress;
use crate::writer::Fate;

/// Deliveries that wait to be written together. Holds at most `max_lines`.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    deliveries: Vec<Delivery<Line>>,
    bytes: usize,
    first_at: Option<Instant>,
}

impl Batch {
    pub(crate) fn push(&mut self, delivery: Delivery<Line>) {
        self.first_at.get_or_insert_with(Instant::now);
        self.bytes += delivery.message.json().len();
        self.deliveries.push(delivery);
    }

    pub(crate) fn len(&self) -> usize {
        self.deliveries.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.deliveries.is_empty()
    }

    pub(crate) fn is_full(&self, max_lines: usize, max_bytes: usize) -> bool {
        self.deliveries.len() >= max_lines || self.bytes >= max_bytes
    }

    /// Returns when the first delivery has waited for others long enough.
    pub(crate) fn due_at(&self, wait: Duration) -> Option<Instant> {
        self.first_at.map(|first| first + wait)
    }

    pub(crate) fn lines(&self) -> Vec<Arc<Line>> {
        self.deliveries
            .iter()
            .map(|delivery| Arc::clone(&delivery.message))
            .collect()
    }

    /// Returns how often the carrier wants to hear that the deliveries are still held.
    pub(crate) fn progress_interval(&self) -> Option<Duration> {
        self.deliveries.first().and_then(Delivery::progress_interval)
    }

    /// Tells the carrier that the deliveries are still held. What does not arrive is redelivered and recognised.
    pub(crate) async fn report_progress(&self) {
        for result in join_all(self.deliveries.iter().map(Delivery::progress)).await {
            if let Err(error) = result {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "failed to report progress on a delivery"
                );
            }
        }
    }

    /// Settles every delivery by what became of its line. A settlement that fails is counted and no more: the
    /// delivery comes back, and its line is recognised.
    pub(crate) async fn settle(self, fates: Vec<Fate>, progress: &Progress) {
        let now = Timestamp::now();
        let settled = self.deliveries.into_iter().zip(fates).map(|(delivery, fate)| {
            let settlement = match fate {
                Fate::Written => {
                    if let Some(received) = delivery.message.received() {
                        Progress::record_age(received, now);
                    }
                    Settlement::Done
                }
                Fate::Duplicate => {
                    progress.count_duplicate();
                    Settlement::Done
                }
            };
            delivery.settle(settlement)
        });
        for result in join_all(settled).await {
            if let Err(error) = result {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "failed to settle a delivery"
                );
                progress.count_settle_error();
            }
        }
    }
}

/// Returns why a record is not to be written, if so.
pub(crate) fn refusal(line: &Line) -> Option<Settlement> {
    (line.schema() != RECORD_SCHEMA).then(|| {
        let detail = format!(
            "the record states schema `{}`; this sink writes `{RECORD_SCHEMA}`",
            line.schema()
        );
        Settlement::Reject {
            reason: RejectionReason::UnsupportedSchema,
            detail,
        }
    })
}
