//! Walking the inbox, or a part of it.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use walkdir::{DirEntry, WalkDir};

use super::{Flow, Mode, START, Walker};
use crate::events::Hint;
use crate::failed::{Failure, UNREADABLE};
use crate::ready::{Waiting, Writer};

/// How many folders are open at once while walking; deeper ones are read ahead instead.
const OPEN_FOLDERS: usize = 32;
/// How many entries are walked between two looks at the hints.
const ENTRIES_BETWEEN_HINTS: u32 = 64;
/// In `once` mode, how many settle times a file may keep changing, and at least how long.
const ONCE_PATIENCE: (u32, Duration) = (10, Duration::from_secs(2));

/// Causes of scans after which it is unknown which events did not come.
const EVENTS_WERE_LOST: [&str; 4] = ["queue_full", "overflow", "event_error", "root_lost"];

impl Walker {
    pub(super) fn scan(&mut self, cause: &'static str) -> Flow {
        tracing::debug!(cause, "scanning the inbox");
        metrics::counter!("slugline_watch_rescans_total", "cause" => cause).increment(1);
        self.scan_under_way = Some(cause);
        if EVENTS_WERE_LOST.contains(&cause) {
            self.waiting.forget_writers_at_work();
        }
        if cause == START {
            self.discovery.progress.files_expected(self.count());
        }
        self.discovery.known.scan_begins();
        let root = self.discovery.inbox.root.clone();
        let complete = self.walk(&root);
        self.scan_under_way = None;
        if matches!(complete, ControlFlow::Continue(true)) {
            self.discovery.known.scan_was_complete();
        }
        let config = &self.discovery.config;
        let interval = match self.mode {
            Mode::Events { .. } => config.rescan_interval,
            Mode::Polling | Mode::RootLost => config.poll_interval,
        };
        let now = Instant::now();
        self.next_scan = now + interval;
        let patience = (config.settle_time * ONCE_PATIENCE.0).max(ONCE_PATIENCE.1);
        self.give_up.get_or_insert(now + patience);
        complete.map_continue(|_| ())
    }

    /// Counts the files by their names alone, which is quick, for the progress display.
    fn count(&self) -> u64 {
        let files = self.entries(&self.discovery.inbox.root).flatten();
        files.filter(|entry| !entry.file_type().is_dir()).count() as u64
    }

    fn entries(&self, folder: &Path) -> impl Iterator<Item = walkdir::Result<DirEntry>> + use<> {
        let inbox = self.discovery.inbox.clone();
        WalkDir::new(folder)
            .follow_links(false)
            .max_open(OPEN_FOLDERS)
            .into_iter()
            .filter_entry(move |entry| inbox.relative(entry.path()).is_some())
    }

    /// Looks at everything in a folder. Continues with whether all of it could be seen.
    pub(super) fn walk(&mut self, folder: &Path) -> ControlFlow<(), bool> {
        let mut complete = true;
        let mut since_hints = 0;
        for entry in self.entries(folder) {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) => self.look_at_file(entry.path(), Writer::Unknown)?,
                Err(error) => complete &= self.unreadable_folder(&error)?,
            }
            since_hints += 1;
            if since_hints >= ENTRIES_BETWEEN_HINTS {
                since_hints = 0;
                self.check_stop()?;
                self.follow_path_hints()?;
            }
        }
        ControlFlow::Continue(complete)
    }

    /// Follows some hints in the middle of a walk, so that new files need not wait for its end.
    fn follow_path_hints(&mut self) -> Flow {
        for _ in 0..ENTRIES_BETWEEN_HINTS {
            match self.receiver.try_recv() {
                Ok(Hint::Path { path, writer }) => self.look_at_file(&path, writer)?,
                Ok(Hint::Folder(path)) => {
                    self.wait(&path, Waiting::FOLDER, Duration::ZERO);
                }
                Ok(Hint::RootLost) => self.root_lost(),
                Ok(other) => self.follow(other)?,
                Err(_) => break,
            }
        }
        Flow::Continue(())
    }

    /// Deals with an error of the walk; continues with whether the walk can still count as complete.
    fn unreadable_folder(&mut self, error: &walkdir::Error) -> ControlFlow<(), bool> {
        let kind = error.io_error().map_or(io::ErrorKind::Other, io::Error::kind);
        let Some(path) = error.path() else {
            return ControlFlow::Continue(false);
        };
        if error.depth() == 0 && path == self.discovery.inbox.root {
            self.root_lost();
            return ControlFlow::Continue(false);
        }
        if kind == io::ErrorKind::NotFound {
            return ControlFlow::Continue(true);
        }
        if let Some((metadata, state)) = self.state_of(path) {
            let failure = Failure::new(UNREADABLE, format!("failed to look into the folder: {error}"));
            self.refuse(path, state, failure, state.unreadable_stamp(&metadata))?;
        } else {
            tracing::warn!(%error, "failed to look into a folder");
        }
        ControlFlow::Continue(false)
    }
}
