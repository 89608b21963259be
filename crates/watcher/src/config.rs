//! The settings of one watcher.

use std::path::PathBuf;
use std::time::Duration;

use crate::{duplicates, intake};

/// What happens to a file once its articles are receipted and the checkpoint is synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum After {
    /// It stays where it is.
    #[default]
    Keep,
    /// It is moved into [`Config::done_dir`].
    Move,
    /// It is deleted.
    Delete,
}

/// Whether the watcher relies on file system events or looks for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Polling {
    /// Events, except on network and user-space file systems, which report none, and where the limit of watches
    /// is reached.
    #[default]
    Auto,
    /// Never events: the folder is scanned every [`Config::poll_interval`].
    Always,
    /// Events, whatever the file system says.
    Never,
}

/// The settings of one watcher.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder to watch, with its subfolders. It must exist at the start; later it may come and go.
    pub inbox: PathBuf,
    /// Name of the inbox in every article and in the NATS subjects.
    pub source_name: String,
    /// Holds the checkpoint and the lock. One watcher at a time; on a local disk.
    pub state_dir: PathBuf,
    /// Where refused files go, each with an error file beside it.
    pub failed_dir: PathBuf,
    /// Where delivered files go with [`After::Move`].
    pub done_dir: PathBuf,
    /// What happens to a delivered file.
    pub after: After,
    /// Take what is there now, then return.
    pub once: bool,
    /// How often the whole folder is scanned although events are on. Shorter finds missed files sooner and reads
    /// the folder more often.
    pub rescan_interval: Duration,
    /// How long size and modification time must stand still before a file counts as complete, unless it was
    /// renamed in or closed after writing. Shorter risks half-written files; longer delays files found by a scan.
    pub settle_time: Duration,
    /// Largest file that is read, in bytes. Larger ones are refused unread.
    pub max_article_bytes: u64,
    /// How many files may be between reading and receipt. More hides a slow carrier and costs memory; fewer
    /// leaves it idle. The backlog beyond stays in the folder.
    pub in_flight: usize,
    /// Whether to rely on events.
    pub polling: Polling,
    /// How often to scan where there are no events.
    pub poll_interval: Duration,
    /// How bytes are read.
    pub intake: intake::Config,
    /// How copies of earlier articles are recognised.
    pub duplicates: duplicates::Config,
}

/// How many files may be between reading and receipt, unless told otherwise.
pub const IN_FLIGHT: usize = 512;

impl Config {
    /// Returns the default settings for a folder and a state folder; `failed` and `done` lie in the latter.
    pub fn new(inbox: impl Into<PathBuf>, state_dir: impl Into<PathBuf>) -> Self {
        let state_dir = state_dir.into();
        Self {
            inbox: inbox.into(),
            source_name: "inbox".to_owned(),
            failed_dir: state_dir.join("failed"),
            done_dir: state_dir.join("done"),
            state_dir,
            after: After::Keep,
            once: false,
            rescan_interval: Duration::from_secs(15),
            settle_time: Duration::from_secs(2),
            max_article_bytes: 16 << 20,
            in_flight: IN_FLIGHT,
            polling: Polling::Auto,
            poll_interval: Duration::from_secs(2),
            intake: intake::Config::default(),
            duplicates: duplicates::Config::default(),
        }
    }
}
