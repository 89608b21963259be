//! The stages of a process, and what they have done.

use std::sync::Arc;

use enricher::SharedEngine;

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
