//! Looking at one path: is it new, is it complete, can it be read at all?

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use super::{Candidate, FOLDER_AGAIN, Flow, Mode, PERIODIC, START, Task, Walker};
use crate::After;
use crate::checkpoint::Outcome;
use crate::failed::Failure;
use crate::identity::{FileState, Stamp};
use crate::ready::{Readiness, Waiting, Writer, readiness};

impl Walker {
    /// Looks at a path that may be a file, a folder or gone.
    pub(super) fn look_at(&mut self, path: &Path, writer: Writer) -> Flow {
        match self.state_of(path) {
            Some((metadata, _)) if metadata.is_dir() => self.new_folder(path),
            Some((metadata, state)) => self.consider(path, &metadata, state, writer),
            None => Flow::Continue(()),
        }
    }

    pub(super) fn look_at_file(&mut self, path: &Path, writer: Writer) -> Flow {
        match self.state_of(path) {
            Some((metadata, _)) if metadata.is_dir() => {
                self.wait(path, Waiting::FOLDER, Duration::ZERO);
                Flow::Continue(())
            }
            Some((metadata, state)) => self.consider(path, &metadata, state, writer),
            None => Flow::Continue(()),
        }
    }

    /// Returns the state of a path itself, links not followed; `None` if it is gone or none of ours.
    pub(super) fn state_of(&self, path: &Path) -> Option<(Metadata, FileState)> {
        self.discovery.inbox.relative(path)?;
        match fs::symlink_metadata(path) {
            Ok(metadata) => {
                let state = FileState::of(&metadata);
                Some((metadata, state))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                tracing::warn!(%error, path = %path.display(), "failed to look at a path");
                None
            }
        }
    }

    /// Takes a file up if it is complete and not dealt with, or lets it wait.
    fn consider(&mut self, path: &Path, metadata: &Metadata, state: FileState, mut writer: Writer) -> Flow {
        if metadata.is_file() {
            let known = self.is_dealt_with(state.stamp());
            if known || self.is_dealt_with(state.unreadable_stamp(metadata)) {
                self.waiting.remove(path);
                if self.scan_under_way == Some(START) {
                    self.discovery.progress.file_known();
                }
                return Flow::Continue(());
            }
            writer = self.writer_of(path, metadata, state, writer);
            let settle_time = self.discovery.config.settle_time;
            if let Readiness::In(time) = readiness(&state, writer, settle_time, SystemTime::now()) {
                self.wait_unsettled(path, state, writer, time);
                return Flow::Continue(());
            }
        }
        self.take_up(path, metadata, state, writer, false)
    }

    /// Returns what is known about the writer of a file, with what was `told` now and while it waited.
    fn writer_of(&self, path: &Path, metadata: &Metadata, state: FileState, told: Writer) -> Writer {
        let before = self.waiting.get(path).map_or(Writer::Unknown, |waits| {
            if waits.state == Some(state) {
                waits.writer
            } else {
                waits.writer.after_change()
            }
        });
        match told.max(before) {
            // A hard link is made, but nobody writes it, and so nobody closes it.
            Writer::AtWork if metadata.nlink() > 1 => Writer::Unknown,
            writer => writer,
        }
    }

    fn wait_unsettled(&mut self, path: &Path, state: FileState, writer: Writer, time: Duration) {
        let waits = self.waiting.get(path);
        if waits.is_some_and(|waits| waits.state == Some(state) && waits.writer == writer) {
            // It keeps its place: looking at it often must not put it off.
            return;
        }
        let waiting = Waiting {
            state: Some(state),
            writer,
        };
        self.wait(path, waiting, time);
    }

    pub(super) fn wait(&mut self, path: &Path, waiting: Waiting, time: Duration) {
        let due = Instant::now() + time;
        if !self.waiting.insert(path, waiting, due) {
            // No room: the next scan finds it. Soon enough, but not before it can be ready.
            self.next_scan = self.next_scan.min(due + FOLDER_AGAIN);
            if self.discovery.config.once {
                self.discovery.hints.ask_for_scan("waiting_room_full");
            }
        }
    }

    pub(super) fn is_dealt_with(&self, stamp: Stamp) -> bool {
        match self.discovery.known.file(stamp) {
            Some(Outcome::Refused | Outcome::Kept) => true,
            // With `move` and `delete` it should be gone: a crash came between checkpoint and move.
            Some(Outcome::Delivered) => self.discovery.config.after == After::Keep,
            None => false,
        }
    }

    pub(super) fn take_up(
        &mut self,
        path: &Path,
        metadata: &Metadata,
        state: FileState,
        writer: Writer,
        waited: bool,
    ) -> Flow {
        self.waiting.remove(path);
        if metadata.is_symlink() {
            return self.take_up_link(path, state, waited);
        }
        if metadata.is_dir() {
            return self.new_folder(path);
        }
        if !metadata.is_file() {
            let failure = Failure::new("not_a_file", "a FIFO, socket or device, left in place");
            return self.refuse(path, state, failure, state.special_stamp());
        }
        let missed = self.scan_under_way == Some(PERIODIC) && matches!(self.mode, Mode::Events { .. });
        if missed && !waited {
            metrics::counter!("slugline_watch_missed_total").increment(1);
        }
        let Some(relative) = self.discovery.inbox.relative(path).map(Path::to_owned) else {
            return Flow::Continue(());
        };
        self.send(path, state, writer, Task::Read(relative))
    }

    fn take_up_link(&mut self, path: &Path, link: FileState, waited: bool) -> Flow {
        let stamp = link.special_stamp();
        let root = &self.discovery.inbox.root;
        let failure = match fs::canonicalize(path) {
            Ok(target) => match (target.strip_prefix(root), fs::metadata(&target)) {
                (Ok(relative), Ok(metadata)) if metadata.is_file() => {
                    let state = FileState::of(&metadata);
                    if self.is_dealt_with(state.stamp()) {
                        return Flow::Continue(());
                    }
                    let settle_time = self.discovery.config.settle_time;
                    if !waited
                        && let Readiness::In(time) =
                            readiness(&state, Writer::Unknown, settle_time, SystemTime::now())
                    {
                        self.wait_unsettled(path, link, Writer::Unknown, time);
                        return Flow::Continue(());
                    }
                    let task = Task::Read(relative.to_owned());
                    return self.send(path, state, Writer::Unknown, task);
                }
                // A folder inside is walked under its own name; what vanished needs no word.
                (Ok(_), _) => return Flow::Continue(()),
                (Err(_), _) => Failure::new(
                    "outside_inbox",
                    format!(
                        "a symbolic link to {}, which is outside the inbox",
                        target.display()
                    ),
                ),
            },
            Err(error) => Failure::new(
                "dangling_link",
                format!("a symbolic link that leads nowhere: {error}"),
            ),
        };
        self.refuse(path, link, failure, stamp)
    }

    pub(super) fn refuse(&mut self, path: &Path, state: FileState, failure: Failure, stamp: Stamp) -> Flow {
        if self.is_dealt_with(stamp) {
            return Flow::Continue(());
        }
        self.send(path, state, Writer::Unknown, Task::Refuse(failure, stamp))
    }

    fn send(&mut self, path: &Path, state: FileState, writer: Writer, task: Task) -> Flow {
        let Some(relative) = self.discovery.inbox.relative(path).map(Path::to_owned) else {
            return Flow::Continue(());
        };
        let Some(ticket) = self.discovery.flights.start(path, state, writer) else {
            return Flow::Continue(());
        };
        let candidate = Candidate {
            path: path.to_owned(),
            relative,
            state,
            task,
            ticket,
        };
        match self.discovery.candidates.blocking_send(candidate) {
            Ok(()) => Flow::Continue(()),
            Err(_) => Flow::Break(()),
        }
    }
}
