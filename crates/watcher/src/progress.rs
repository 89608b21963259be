//! Counts of what the watcher has done, for the progress display and the summary.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts since the start; shared with whoever shows them.
#[derive(Debug, Default)]
pub struct Progress {
    found: AtomicU64,
    published: AtomicU64,
    delivered: AtomicU64,
    failed: AtomicU64,
    skipped: AtomicU64,
    bytes: AtomicU64,
    files_done: AtomicU64,
    expected: AtomicU64,
    known: AtomicU64,
}

/// The counts at one moment. They are read one after the other, so sums may be off by what is in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Snapshot {
    /// Files taken up for reading.
    pub found: u64,
    /// Articles handed to the carrier.
    pub published: u64,
    /// Articles that the carrier has taken responsibility for.
    pub delivered: u64,
    /// Files refused, or with an article rejected downstream.
    pub failed: u64,
    /// Files whose content was delivered before.
    pub skipped: u64,
    /// Bytes of the files read.
    pub bytes: u64,
    /// Files with an outcome: delivered, failed or skipped, and so recorded in the checkpoint.
    pub files_done: u64,
    /// Files that the first look at the folder counted; 0 until then. Later arrivals are not in it.
    pub expected: u64,
    /// Files that the first scan looked past, as they were dealt with before. `expected - known - files_done` is
    /// about what is left.
    pub known: u64,
}

impl Snapshot {
    /// Returns how many files were found and have no outcome yet.
    pub fn backlog(&self) -> u64 {
        let at_start = self.expected.saturating_sub(self.known);
        self.found.max(at_start).saturating_sub(self.files_done)
    }
}

impl Progress {
    /// Returns all counts.
    pub fn snapshot(&self) -> Snapshot {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Snapshot {
            found: read(&self.found),
            published: read(&self.published),
            delivered: read(&self.delivered),
            failed: read(&self.failed),
            skipped: read(&self.skipped),
            bytes: read(&self.bytes),
            files_done: read(&self.files_done),
            expected: read(&self.expected),
            known: read(&self.known),
        }
    }

    pub(crate) fn file_found(&self) {
        self.found.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn bytes_read(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        metrics::counter!("slugline_component_received_events_total", "component_id" => "watcher")
            .increment(1);
        metrics::counter!("slugline_component_received_bytes_total", "component_id" => "watcher")
            .increment(bytes);
    }

    pub(crate) fn article_published(&self) {
        self.published.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn article_delivered(&self, bytes: u64) {
        self.delivered.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("slugline_component_sent_bytes_total", "component_id" => "watcher")
            .increment(bytes);
        metrics::counter!("slugline_component_sent_events_total", "component_id" => "watcher").increment(1);
    }

    pub(crate) fn file_failed(&self, reason: &'static str) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        self.file_done();
        error_counted(reason, "reading");
    }

    pub(crate) fn file_skipped(&self) {
        self.skipped.fetch_add(1, Ordering::Relaxed);
        self.file_done();
        metrics::counter!(
            "slugline_component_discarded_events_total", "component_id" => "watcher", "intentional" => "true"
        )
        .increment(1);
    }

    pub(crate) fn files_expected(&self, count: u64) {
        self.expected.store(count, Ordering::Relaxed);
    }

    pub(crate) fn file_known(&self) {
        self.known.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn file_done(&self) {
        self.files_done.fetch_add(1, Ordering::Relaxed);
    }
}

/// Counts an error that was dealt with.
pub(crate) fn error_counted(error_type: &'static str, stage: &'static str) {
    metrics::counter!(
        "slugline_component_errors_total", "component_id" => "watcher", "error_type" => error_type, "stage" => stage
    )
    .increment(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backlog_counts_what_is_found_and_not_done() {
        let check = |expected, known, found, files_done, backlog| {
            let snapshot = Snapshot {
                found,
                files_done,
                expected,
                known,
                ..Snapshot::default()
            };
            assert_eq!(snapshot.backlog(), backlog, "{snapshot:?}");
        };
        check(0, 0, 0, 0, 0);
        // The first scan announced 100, of which 40 are old.
        check(100, 40, 10, 5, 55);
        // Later arrivals.
        check(100, 40, 70, 60, 10);
        check(100, 40, 70, 70, 0);
    }
}
