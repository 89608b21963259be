//! Finds files to read: a full scan is the truth, hints bring it forward.
//!
//! One thread walks the inbox and hands candidates to the pipeline through a short queue. When the pipeline is
//! busy the walk stands still, so the backlog stays in the folder and memory does not grow with it.

use std::fs::{self, Metadata};
use std::io;
use std::ops::ControlFlow;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant, SystemTime};

use notify::{ErrorKind, RecommendedWatcher};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use walkdir::WalkDir;

use crate::checkpoint::{Known, Outcome};
use crate::events::{self, Flights, Hint, Hints, Ticket};
use crate::failed::Failure;
use crate::identity::{FileState, Stamp};
use crate::inbox::{Inbox, remote_file_system};
use crate::ready::{Readiness, Waiting, WaitingRoom, readiness};
use crate::{After, Config, Polling};

/// How many folders are open at once while walking; deeper ones are read ahead instead.
const OPEN_FOLDERS: usize = 32;
/// How many entries are walked between two looks at the hints.
const ENTRIES_BETWEEN_HINTS: u32 = 64;
/// How long a new folder may be unwatched: it is looked at once more then.
const FOLDER_AGAIN: Duration = Duration::from_millis(500);
/// How often the watched folder itself is looked at: it may have been replaced.
const ROOT_CHECK: Duration = Duration::from_millis(500);
/// Longest nap: how late a stop is noticed.
const NAP: Duration = Duration::from_millis(250);
/// In `once` mode, how many settle times a file may keep changing, and at least how long.
const ONCE_PATIENCE: (u32, Duration) = (10, Duration::from_secs(10));

/// A file to be worked on.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) path: PathBuf,
    /// Relative to the inbox.
    pub(crate) relative: PathBuf,
    pub(crate) state: FileState,
    pub(crate) task: Task,
    pub(crate) ticket: Ticket,
}

/// What is to be done about a candidate.
#[derive(Debug)]
pub(crate) enum Task {
    /// Read this regular file (relative to the inbox, free of links): the candidate itself or what it links to.
    Read(PathBuf),
    /// Put it aside: it can never be read.
    Refuse(Failure, Stamp),
}

/// The thread that finds files.
pub(crate) struct Discovery {
    pub(crate) config: Arc<Config>,
    pub(crate) inbox: Inbox,
    pub(crate) known: Arc<Known>,
    pub(crate) hints: Arc<Hints>,
    pub(crate) flights: Arc<Flights>,
    pub(crate) candidates: mpsc::Sender<Candidate>,
    pub(crate) stop: CancellationToken,
}

/// How changes come to be known.
enum Mode {
    /// Through events; `RecommendedWatcher` must live for them to come.
    Events {
        _watcher: RecommendedWatcher,
        root: RootIdentity,
    },
    /// Through scans only.
    Polling,
    /// The watched folder is gone; it is waited for.
    RootLost,
}

type RootIdentity = (u64, u64, Option<SystemTime>);

struct Walker {
    discovery: Discovery,
    receiver: Receiver<Hint>,
    waiting: WaitingRoom,
    mode: Mode,
    polling_forced: bool,
    next_scan: Instant,
    next_root_check: Instant,
    /// When `once` gives up on files that keep changing.
    give_up: Option<Instant>,
    /// The cause of the scan under way counts what events had missed.
    in_periodic_scan: bool,
}

/// The receiving end is gone or a stop was asked for.
type Flow = ControlFlow<()>;

impl Discovery {
    /// Runs until stopped, or in `once` mode until everything has an outcome. Blocks its thread.
    pub(crate) fn run(self, receiver: Receiver<Hint>) {
        let now = Instant::now();
        let mut walker = Walker {
            discovery: self,
            receiver,
            waiting: WaitingRoom::default(),
            mode: Mode::Polling,
            polling_forced: false,
            next_scan: now,
            next_root_check: now,
            give_up: None,
            in_periodic_scan: false,
        };
        // Breaking off is how it ends.
        if walker.run().is_break() {
            tracing::debug!("discovery was stopped");
        }
    }
}

impl Walker {
    fn run(&mut self) -> Flow {
        self.arm();
        self.scan("start")?;
        loop {
            self.check_root();
            self.take_due()?;
            if let Some(cause) = self.scan_cause() {
                self.scan(cause)?;
            }
            if self.is_finished() {
                return Flow::Continue(());
            }
            match self.receiver.recv_timeout(self.nap()) {
                Ok(hint) => {
                    self.follow(hint)?;
                    self.follow_queued()?;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Flow::Break(()),
            }
            self.check_stop()?;
        }
    }

    fn check_stop(&self) -> Flow {
        if self.discovery.stop.is_cancelled() {
            return Flow::Break(());
        }
        Flow::Continue(())
    }

    fn nap(&self) -> Duration {
        let now = Instant::now();
        let due = self.waiting.next_due().unwrap_or(now + NAP).min(self.next_scan);
        due.saturating_duration_since(now).min(NAP)
    }

    fn is_finished(&mut self) -> bool {
        if !self.discovery.config.once || !self.discovery.flights.is_empty() {
            return false;
        }
        if self.give_up.is_some_and(|give_up| Instant::now() >= give_up) {
            for path in self.waiting.drain_files() {
                tracing::warn!(path = %path.display(), "left out a file that is still being written");
            }
        }
        self.waiting.is_empty()
    }

    fn scan_cause(&mut self) -> Option<&'static str> {
        if let Some(cause) = self.discovery.hints.take_scan_cause() {
            return Some(cause);
        }
        let due = !self.discovery.config.once && Instant::now() >= self.next_scan;
        due.then_some("periodic")
    }

    // --- the watched folder ---

    /// Starts watching, by events if that is possible.
    fn arm(&mut self) {
        let config = &self.discovery.config;
        let root = &self.discovery.inbox.root;
        if config.once || self.polling_forced || config.polling == Polling::Always {
            self.mode = Mode::Polling;
            return;
        }
        if config.polling == Polling::Auto
            && let Some(kind) = remote_file_system(root)
        {
            tracing::info!(kind, path = %root.display(), "polling, as this file system reports no events");
            self.mode = Mode::Polling;
            return;
        }
        let Some(identity) = root_identity(root) else {
            self.mode = Mode::RootLost;
            return;
        };
        self.mode = match events::watch(&self.discovery.inbox, &self.discovery.hints) {
            Ok(watcher) => Mode::Events {
                _watcher: watcher,
                root: identity,
            },
            Err(error) => {
                let exhausted = matches!(error.kind, ErrorKind::MaxFilesWatch);
                self.polling_forced = exhausted;
                tracing::warn!(%error, path = %root.display(), "polling, as the folder cannot be watched");
                Mode::Polling
            }
        };
    }

    fn check_root(&mut self) {
        let now = Instant::now();
        if now < self.next_root_check || self.discovery.config.once {
            return;
        }
        self.next_root_check = now + ROOT_CHECK;
        let identity = root_identity(&self.discovery.inbox.root);
        match &self.mode {
            Mode::Events { root, .. } if identity != Some(*root) => self.root_lost(),
            Mode::RootLost if identity.is_some() => {
                tracing::info!(path = %self.discovery.inbox.root.display(), "the inbox is back");
                self.arm();
                self.discovery.hints.ask_for_scan("root_lost");
            }
            Mode::Events { .. } | Mode::Polling | Mode::RootLost => {}
        }
    }

    fn root_lost(&mut self) {
        if matches!(self.mode, Mode::Events { .. }) {
            tracing::warn!(path = %self.discovery.inbox.root.display(), "the inbox went away; waiting for it");
            self.mode = Mode::RootLost;
            self.next_root_check = Instant::now();
        }
    }

    // --- hints ---

    fn follow_queued(&mut self) -> Flow {
        for _ in 0..events::QUEUE {
            match self.receiver.try_recv() {
                Ok(hint) => self.follow(hint)?,
                Err(_) => break,
            }
        }
        Flow::Continue(())
    }

    fn follow(&mut self, hint: Hint) -> Flow {
        match hint {
            Hint::Path { path, closed } => self.look_at(&path, closed)?,
            Hint::Folder(path) => self.new_folder(&path)?,
            Hint::RootLost => self.root_lost(),
            Hint::WatchesExhausted => {
                if !self.polling_forced {
                    tracing::warn!(
                        "polling, as no more folders can be watched (fs.inotify.max_user_watches)"
                    );
                }
                self.polling_forced = true;
                self.mode = Mode::Polling;
                self.discovery.hints.ask_for_scan("watches_exhausted");
            }
            Hint::Wake => {}
        }
        Flow::Continue(())
    }

    /// Looks into a folder now and once more when it is surely watched.
    fn new_folder(&mut self, path: &Path) -> Flow {
        let waiting = Waiting {
            state: None,
            closed: false,
        };
        self.wait(path, waiting, FOLDER_AGAIN);
        metrics::counter!("watch_rescans_total", "cause" => "new_folder").increment(1);
        self.walk(&path.to_owned()).map_continue(|_| ())
    }

    fn take_due(&mut self) -> Flow {
        while let Some((path, waited)) = self.waiting.take_due(Instant::now()) {
            let Some(before) = waited.state else {
                self.walk(&path)?;
                continue;
            };
            // Standing still is what was waited for; a file known to be complete must not have changed either.
            let Some((metadata, state)) = self.state_of(&path) else {
                continue;
            };
            if state == before {
                self.take_up(&path, &metadata, state, waited.closed, true)?;
            } else {
                self.look_at(&path, false)?;
            }
        }
        self.check_stop()
    }

    // --- scans ---

    fn scan(&mut self, cause: &'static str) -> Flow {
        tracing::debug!(cause, "scanning the inbox");
        metrics::counter!("watch_rescans_total", "cause" => cause).increment(1);
        self.in_periodic_scan = cause == "periodic" && matches!(self.mode, Mode::Events { .. });
        self.discovery.known.scan_begins();
        let root = self.discovery.inbox.root.clone();
        let complete = self.walk(&root);
        self.in_periodic_scan = false;
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

    /// Looks at everything in a folder. Continues with whether all of it could be seen.
    fn walk(&mut self, folder: &Path) -> ControlFlow<(), bool> {
        let inbox = self.discovery.inbox.clone();
        let entries = WalkDir::new(folder)
            .follow_links(false)
            .max_open(OPEN_FOLDERS)
            .into_iter()
            .filter_entry(move |entry| inbox.relative(entry.path()).is_some());
        let mut complete = true;
        let mut since_hints = 0;
        for entry in entries {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) => self.look_at_entry(entry.path())?,
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
                Ok(Hint::Path { path, closed }) => self.look_at_file(&path, closed)?,
                Ok(Hint::Folder(path)) => {
                    let waiting = Waiting {
                        state: None,
                        closed: false,
                    };
                    self.wait(&path, waiting, Duration::ZERO);
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
            let failure = Failure::new("unreadable", format!("failed to look into the folder: {error}"));
            self.refuse(path, state, failure, state.unreadable_stamp(&metadata))?;
        } else {
            tracing::warn!(%error, "failed to look into a folder");
        }
        ControlFlow::Continue(false)
    }

    // --- single paths ---

    fn look_at_entry(&mut self, path: &Path) -> Flow {
        self.look_at_file(path, false)
    }

    /// Looks at a path that may be a file, a folder or gone.
    fn look_at(&mut self, path: &Path, closed: bool) -> Flow {
        match self.state_of(path) {
            Some((metadata, _)) if metadata.is_dir() => self.new_folder(path),
            Some((metadata, state)) => self.consider(path, &metadata, state, closed),
            None => Flow::Continue(()),
        }
    }

    fn look_at_file(&mut self, path: &Path, closed: bool) -> Flow {
        match self.state_of(path) {
            Some((metadata, _)) if metadata.is_dir() => {
                let waiting = Waiting {
                    state: None,
                    closed: false,
                };
                self.wait(path, waiting, Duration::ZERO);
                Flow::Continue(())
            }
            Some((metadata, state)) => self.consider(path, &metadata, state, closed),
            None => Flow::Continue(()),
        }
    }

    /// Returns the state of a path itself, links not followed; `None` if it is gone or none of ours.
    fn state_of(&self, path: &Path) -> Option<(Metadata, FileState)> {
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
    fn consider(&mut self, path: &Path, metadata: &Metadata, state: FileState, closed: bool) -> Flow {
        if metadata.is_file() {
            if self.is_dealt_with(state.stamp()) {
                self.waiting.remove(path);
                return Flow::Continue(());
            }
            let closed = closed
                || self
                    .waiting
                    .get(path)
                    .is_some_and(|waits| waits.closed && waits.state == Some(state));
            let settle_time = self.discovery.config.settle_time;
            if let Readiness::In(time) = readiness(&state, closed, settle_time, SystemTime::now()) {
                self.wait_unsettled(path, state, closed, time);
                return Flow::Continue(());
            }
        }
        self.take_up(path, metadata, state, closed, false)
    }

    fn wait_unsettled(&mut self, path: &Path, state: FileState, closed: bool, time: Duration) {
        let waits = self.waiting.get(path);
        if waits.is_some_and(|waits| waits.state == Some(state) && waits.closed == closed) {
            // It keeps its place: looking at it often must not put it off.
            return;
        }
        let waiting = Waiting {
            state: Some(state),
            closed,
        };
        self.wait(path, waiting, time);
    }

    fn wait(&mut self, path: &Path, waiting: Waiting, time: Duration) {
        let due = Instant::now() + time;
        if !self.waiting.insert(path, waiting, due) {
            // No room: the next scan finds it. Soon enough, but not before it can be ready.
            self.next_scan = self.next_scan.min(due + FOLDER_AGAIN);
            if self.discovery.config.once {
                self.discovery.hints.ask_for_scan("waiting_room_full");
            }
        }
    }

    fn is_dealt_with(&self, stamp: Stamp) -> bool {
        match self.discovery.known.file(stamp) {
            Some(Outcome::Refused | Outcome::Kept) => true,
            // With `move` and `delete` it should be gone: a crash came between checkpoint and move.
            Some(Outcome::Delivered) => self.discovery.config.after == After::Keep,
            None => false,
        }
    }

    fn take_up(
        &mut self,
        path: &Path,
        metadata: &Metadata,
        state: FileState,
        closed: bool,
        waited: bool,
    ) -> Flow {
        self.waiting.remove(path);
        if metadata.is_symlink() {
            return self.take_up_link(path, state);
        }
        if metadata.is_dir() {
            return self.new_folder(path);
        }
        if !metadata.is_file() {
            let failure = Failure::new("not_a_file", "a FIFO, socket or device, left in place");
            return self.refuse(path, state, failure, state.special_stamp());
        }
        if self.in_periodic_scan && !waited {
            metrics::counter!("watch_missed_total").increment(1);
        }
        let Some(relative) = self.discovery.inbox.relative(path).map(Path::to_owned) else {
            return Flow::Continue(());
        };
        self.send(path, state, closed, Task::Read(relative))
    }

    fn take_up_link(&mut self, path: &Path, link: FileState) -> Flow {
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
                    if let Readiness::In(time) = readiness(&state, false, settle_time, SystemTime::now()) {
                        self.wait_unsettled(path, link, false, time);
                        return Flow::Continue(());
                    }
                    let task = Task::Read(relative.to_owned());
                    return self.send(path, state, false, task);
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

    fn refuse(&mut self, path: &Path, state: FileState, failure: Failure, stamp: Stamp) -> Flow {
        if self.is_dealt_with(stamp) {
            return Flow::Continue(());
        }
        self.send(path, state, false, Task::Refuse(failure, stamp))
    }

    fn send(&mut self, path: &Path, state: FileState, closed: bool, task: Task) -> Flow {
        let Some(relative) = self.discovery.inbox.relative(path).map(Path::to_owned) else {
            return Flow::Continue(());
        };
        let Some(ticket) = self.discovery.flights.start(path, state, closed) else {
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

fn root_identity(root: &Path) -> Option<RootIdentity> {
    let metadata = fs::metadata(root).ok().filter(Metadata::is_dir)?;
    Some((metadata.dev(), metadata.ino(), metadata.created().ok()))
}
