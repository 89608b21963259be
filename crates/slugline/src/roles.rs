//! Which stages a process runs.

use wire::topology::Channel;

/// The stages that a process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Roles {
    pub(crate) watcher: bool,
    pub(crate) enricher: bool,
    pub(crate) sink: bool,
}

impl Roles {
    /// The whole pipeline.
    pub(crate) const ALL: Self = Self {
        watcher: true,
        enricher: true,
        sink: true,
    };
    /// Only the watcher.
    pub(crate) const WATCHER: Self = Self {
        watcher: true,
        enricher: false,
        sink: false,
    };
    /// Only the enricher.
    pub(crate) const ENRICHER: Self = Self {
        watcher: false,
        enricher: true,
        sink: false,
    };
    /// Only the sink.
    pub(crate) const SINK: Self = Self {
        watcher: false,
        enricher: false,
        sink: true,
    };

    /// Returns the channels that these stages consume.
    pub(crate) fn channels(self) -> Vec<Channel> {
        let consumed = [(self.enricher, Channel::Articles), (self.sink, Channel::Enriched)];
        consumed
            .into_iter()
            .filter(|(runs, _)| *runs)
            .map(|(_, channel)| channel)
            .collect()
    }

    /// Returns the name of the connection in server monitoring.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::WATCHER => "slugline-watcher",
            Self::ENRICHER => "slugline-enricher",
            Self::SINK => "slugline-sink",
            _ => "slugline",
        }
    }
}
