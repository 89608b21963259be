//! When a file is complete, and the waiting room for files that are not yet.
//!
//! A file is ready when it was renamed in or closed after writing, or when its size and modification time have
//! stood still for the settle time; for much longer if it is known to be open for writing. Either way it is not
//! read within one tick of the file system's clock after its modification: a second write within that tick would
//! leave no trace in the modification time.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use crate::identity::FileState;

/// How many files may wait. Beyond, files are left to the next scan.
const ROOM: usize = 16_384;
/// Longest tick of a kernel's coarse clock (HZ = 100), doubled.
const FINE_TICK: Duration = Duration::from_millis(20);
/// Modification times without fractions of a second come from file systems as coarse as FAT.
const COARSE_TICK: Duration = Duration::from_secs(2);
/// How many settle times a file must stand still that was created and not closed. A slow writer pauses for longer
/// than the settle time; a file that is linked in after it was written is never closed.
const UNCLOSED_PATIENCE: u32 = 30;

/// What events told about whoever writes a file. Later ones outweigh earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Writer {
    /// Nothing: the file was found by a scan, or events do not tell.
    Unknown,
    /// It created the file and has not closed it yet.
    AtWork,
    /// It closed the file, or renamed it in.
    Done,
}

impl Writer {
    /// Returns what is still known once the file has changed since.
    pub(crate) fn after_change(self) -> Self {
        match self {
            Self::Done | Self::Unknown => Self::Unknown,
            Self::AtWork => Self::AtWork,
        }
    }
}

/// Whether a file can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readiness {
    /// Now.
    Ready,
    /// It should be looked at again after this time.
    In(Duration),
}

/// Returns whether a file just looked at can be read.
pub(crate) fn readiness(
    state: &FileState,
    writer: Writer,
    settle_time: Duration,
    now: SystemTime,
) -> Readiness {
    let tick = if state.modified_ns % 1_000_000_000 == 0 {
        COARSE_TICK
    } else {
        FINE_TICK
    };
    let needed = match writer {
        Writer::Done => tick,
        Writer::Unknown => settle_time.max(tick),
        Writer::AtWork => (settle_time * UNCLOSED_PATIENCE).max(tick),
    };
    match state.age(now) {
        Some(age) if age >= needed => Readiness::Ready,
        Some(age) => Readiness::In(needed.saturating_sub(age)),
        // A clock that is ahead of ours: only standing still, as we see it, tells.
        None => Readiness::In(settle_time.max(tick)),
    }
}

/// Something to look at again at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// The state when it was last looked at; `None` for a folder.
    pub(crate) state: Option<FileState>,
    /// What events told about its writer.
    pub(crate) writer: Writer,
}

impl Waiting {
    /// A folder, to be walked when its time has come.
    pub(crate) const FOLDER: Self = Self {
        state: None,
        writer: Writer::Unknown,
    };
}

/// Files to look at again, by time. Bounded: see [`WaitingRoom::insert`].
#[derive(Debug, Default)]
pub(crate) struct WaitingRoom {
    by_path: HashMap<PathBuf, (Due, Waiting)>,
    by_time: BTreeMap<Due, PathBuf>,
    arrivals: u64,
}

/// When, and a number that makes it unique.
type Due = (Instant, u64);

impl WaitingRoom {
    /// Lets a path wait, replacing what waited under the same path. Returns false if there is no room.
    #[must_use]
    pub(crate) fn insert(&mut self, path: &Path, waiting: Waiting, due: Instant) -> bool {
        self.remove(path);
        if self.by_path.len() >= ROOM {
            return false;
        }
        self.arrivals += 1;
        let due = (due, self.arrivals);
        self.by_path.insert(path.to_owned(), (due, waiting));
        self.by_time.insert(due, path.to_owned());
        true
    }

    /// Forgets which writers are at work: the events that would tell when they are done may have been lost.
    pub(crate) fn forget_writers_at_work(&mut self) {
        #[expect(clippy::iter_over_hash_type, reason = "each is changed alike")]
        for (_, waiting) in self.by_path.values_mut() {
            if waiting.writer == Writer::AtWork {
                waiting.writer = Writer::Unknown;
            }
        }
    }

    /// Returns what waits under the path.
    pub(crate) fn get(&self, path: &Path) -> Option<Waiting> {
        self.by_path.get(path).map(|(_, waiting)| *waiting)
    }

    /// Lets a path wait no longer.
    pub(crate) fn remove(&mut self, path: &Path) {
        if let Some((due, _)) = self.by_path.remove(path) {
            self.by_time.remove(&due);
        }
    }

    /// Takes out one path whose time has come.
    pub(crate) fn take_due(&mut self, now: Instant) -> Option<(PathBuf, Waiting)> {
        let first = self.by_time.first_entry()?;
        if first.key().0 > now {
            return None;
        }
        let path = first.remove();
        let (_, waiting) = self.by_path.remove(&path)?;
        Some((path, waiting))
    }

    /// Returns when the next path is due.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.by_time.first_key_value().map(|(due, _)| due.0)
    }

    /// Returns whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_path.is_empty()
    }

    /// Empties the room and returns the paths of the files (not folders) that waited.
    pub(crate) fn drain_files(&mut self) -> Vec<PathBuf> {
        let paths = std::mem::take(&mut self.by_time).into_values();
        let mut by_path = std::mem::take(&mut self.by_path);
        paths
            .filter(|path| {
                by_path
                    .remove(path)
                    .is_some_and(|(_, waiting)| waiting.state.is_some())
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTLE: Duration = Duration::from_secs(2);

    #[track_caller]
    fn check(age_ms: i64, fraction: bool, writer: Writer, expect: Readiness) {
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(1_000_000_000_000 + u64::from(fraction));
        let state = FileState {
            device: 1,
            inode: 1,
            size: 1,
            modified_ns: 1_000_000_000_000_000_000 + i128::from(fraction) * 1_000_000
                - i128::from(age_ms) * 1_000_000,
        };
        assert_eq!(
            readiness(&state, writer, SETTLE, now),
            expect,
            "{age_ms} ms, {writer:?}"
        );
    }

    #[test]
    fn readiness_follows_age_and_writer() {
        use Writer::{AtWork, Done, Unknown};
        check(5_000, true, Unknown, Readiness::Ready);
        check(1_500, true, Unknown, Readiness::In(Duration::from_millis(500)));
        check(1_500, true, Done, Readiness::Ready);
        check(5, true, Done, Readiness::In(Duration::from_millis(15)));
        // Somebody has it open: standing still for a moment says little.
        check(5_000, true, AtWork, Readiness::In(Duration::from_secs(55)));
        check(60_000, true, AtWork, Readiness::Ready);
        // A modification time in full seconds: the file system may be coarse.
        check(1_000, false, Done, Readiness::In(Duration::from_secs(1)));
        // A modification time in the future.
        check(-60_000, true, Done, Readiness::In(SETTLE));
    }

    #[test]
    fn the_room_gives_paths_back_in_order_of_time() {
        let start = Instant::now();
        let mut room = WaitingRoom::default();
        let waiting = Waiting::FOLDER;
        for (path, seconds) in [("b", 2), ("a", 1), ("c", 3), ("b", 4)] {
            assert!(room.insert(Path::new(path), waiting, start + Duration::from_secs(seconds)));
        }
        assert_eq!(room.take_due(start), None);
        let later = start + Duration::from_secs(10);
        let order: Vec<_> = std::iter::from_fn(|| room.take_due(later))
            .map(|(path, _)| path)
            .collect();
        assert_eq!(order, [Path::new("a"), Path::new("c"), Path::new("b")]);
        assert!(room.is_empty());
    }

    #[test]
    fn the_room_is_bounded() {
        let mut room = WaitingRoom::default();
        let waiting = Waiting::FOLDER;
        let now = Instant::now();
        for n in 0..ROOM {
            assert!(room.insert(Path::new(&n.to_string()), waiting, now));
        }
        assert!(!room.insert(Path::new("one more"), waiting, now));
        assert!(
            room.insert(Path::new("7"), waiting, now),
            "a path that waits already has its place"
        );
    }
}
