//! What the sink has done so far, for people and for metrics.
//!
//! Counters here are for the process that runs the sink; the same numbers go to the [`metrics`] recorder under the
//! names that Vector's component specification uses (`component_*`, labelled `component_id="sink"`).

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use metrics::{counter, gauge, histogram};

const ID: (&str, &str) = ("component_id", "sink");

/// Counts what a running sink does. Read it at any time, from any thread.
#[derive(Debug, Default)]
pub struct Progress {
    received: AtomicU64,
    lines: AtomicU64,
    bytes: AtomicU64,
    duplicates: AtomicU64,
    refused: AtomicU64,
    fsyncs: AtomicU64,
    fsync_nanos: AtomicU64,
    parts: AtomicU64,
    errors: AtomicU64,
    settle_errors: AtomicU64,
    known: AtomicU64,
    quarantined: AtomicU64,
    stalled: AtomicBool,
}

impl Progress {
    /// Returns how many deliveries were taken, redeliveries included.
    pub fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    /// Returns how many lines are durable on disk since the start.
    pub fn lines(&self) -> u64 {
        self.lines.load(Ordering::Relaxed)
    }

    /// Returns how many bytes those lines have.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Returns how many deliveries were settled without a line because their line was there already.
    pub fn duplicates(&self) -> u64 {
        self.duplicates.load(Ordering::Relaxed)
    }

    /// Returns how many deliveries were rejected because no line can be made of them.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Returns how many batches were synced.
    pub fn fsyncs(&self) -> u64 {
        self.fsyncs.load(Ordering::Relaxed)
    }

    /// Returns how long all those syncs took.
    pub fn fsync_time(&self) -> Duration {
        Duration::from_nanos(self.fsync_nanos.load(Ordering::Relaxed))
    }

    /// Returns how many parts were rolled.
    pub fn parts(&self) -> u64 {
        self.parts.load(Ordering::Relaxed)
    }

    /// Returns how many attempts to write failed.
    pub fn errors(&self) -> u64 {
        self.errors.load(Ordering::Relaxed)
    }

    /// Returns how many settlements did not reach the carrier; their deliveries come back as duplicates.
    pub fn settle_errors(&self) -> u64 {
        self.settle_errors.load(Ordering::Relaxed)
    }

    /// Returns how many lines the sink knows, from this and from earlier runs: 20 to 40 bytes of memory each.
    pub fn known(&self) -> u64 {
        self.known.load(Ordering::Relaxed)
    }

    /// Returns how many bytes were set aside at the start because they were no lines.
    pub fn quarantined(&self) -> u64 {
        self.quarantined.load(Ordering::Relaxed)
    }

    /// Returns whether lines cannot be written at the moment. Nothing is settled meanwhile, and it is tried again.
    pub fn is_stalled(&self) -> bool {
        self.stalled.load(Ordering::Relaxed)
    }

    pub(crate) fn count_received(&self, bytes: u64) {
        self.received.fetch_add(1, Ordering::Relaxed);
        counter!("slugline_component_received_bytes_total", &[ID]).increment(bytes);
        counter!("slugline_component_received_events_total", &[ID]).increment(1);
    }

    pub(crate) fn count_written(&self, lines: u64, bytes: u64) {
        self.lines.fetch_add(lines, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        counter!("slugline_component_sent_events_total", &[ID]).increment(lines);
        counter!("slugline_component_sent_bytes_total", &[ID]).increment(bytes);
    }

    pub(crate) fn count_duplicate(&self) {
        self.duplicates.fetch_add(1, Ordering::Relaxed);
        counter!(
            "slugline_component_discarded_events_total",
            &[ID, ("intentional", "true")]
        )
        .increment(1);
        counter!("slugline_duplicates_total", "stage" => "sink").increment(1);
    }

    pub(crate) fn count_refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
        counter!(
            "slugline_component_discarded_events_total",
            &[ID, ("intentional", "false")]
        )
        .increment(1);
    }

    pub(crate) fn count_fsync(&self, took: Duration) {
        self.fsyncs.fetch_add(1, Ordering::Relaxed);
        self.fsync_nanos
            .fetch_add(took.as_nanos() as u64, Ordering::Relaxed);
        histogram!("slugline_fsync_seconds", &[ID]).record(took);
    }

    pub(crate) fn count_part(&self) {
        self.parts.fetch_add(1, Ordering::Relaxed);
        counter!("slugline_parts_rolled_total").increment(1);
    }

    pub(crate) fn count_error(&self, doing: &'static str) {
        self.errors.fetch_add(1, Ordering::Relaxed);
        let labels = [
            ID,
            ("error_type", "writer_failed"),
            ("stage", "sending"),
            ("error_code", doing),
        ];
        counter!("slugline_component_errors_total", &labels).increment(1);
    }

    pub(crate) fn count_settle_error(&self) {
        self.settle_errors.fetch_add(1, Ordering::Relaxed);
        let labels = [ID, ("error_type", "acknowledgment_failed"), ("stage", "sending")];
        counter!("slugline_component_errors_total", &labels).increment(1);
    }

    pub(crate) fn count_quarantined(&self, bytes: u64) {
        self.quarantined.fetch_add(bytes, Ordering::Relaxed);
        counter!("slugline_quarantined_bytes_total").increment(bytes);
    }

    pub(crate) fn set_known(&self, lines: u64) {
        self.known.store(lines, Ordering::Relaxed);
        gauge!("slugline_known_lines").set(lines as f64);
    }

    pub(crate) fn set_stalled(&self, stalled: bool) {
        self.stalled.store(stalled, Ordering::Relaxed);
        gauge!("slugline_sink_stalled").set(f64::from(u8::from(stalled)));
    }

    /// Records how old an article is now that its line is durable, since its file was first seen.
    pub(crate) fn record_age(received: Timestamp, now: Timestamp) {
        // A clock that was set back makes it negative: that tells nothing.
        if let Ok(age) = Duration::try_from(now.duration_since(received)) {
            histogram!("slugline_article_age_seconds").record(age);
        }
    }
}
