//! Finds files to read: a full scan is the truth, hints bring it forward.
//!
//! One thread walks the inbox and hands candidates to the pipeline through a short queue. When the pipeline is
//! busy the walk stands still, so the backlog stays in the folder and memory does not grow with it.

mod look;
mod scan;

use std::fs::{self, Metadata};
use std::ops::ControlFlow;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant, SystemTime};

use notify::{ErrorKind, RecommendedWatcher};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::checkpoint::Known;
use crate::events::{self, Flights, Hint, Hints, Ticket};
use crate::failed::Failure;
use crate::identity::{FileState, Stamp};
use crate::inbox::{Inbox, remote_file_system};
use crate::ready::{Waiting, WaitingRoom};
use crate::{Config, Polling, Progress};

/// How long a new folder may be unwatched: it is looked at once more then.
const FOLDER_AGAIN: Duration = Duration::from_millis(500);
/// How often the watched folder itself is looked at: it may have been replaced.
const ROOT_CHECK: Duration = Duration::from_millis(500);
/// Longest nap: how late a stop is noticed.
const NAP: Duration = Duration::from_millis(250);

/// Causes of scans that mean something to other parts of the discovery.
const START: &str = "start";
const PERIODIC: &str = "periodic";

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
    pub(crate) progress: Arc<Progress>,
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
    /// The cause of the scan under way.
    scan_under_way: Option<&'static str>,
    /// The inbox was there when last looked at.
    root_seen: bool,
}

/// The receiving end is gone or a stop was asked for.
type Flow = ControlFlow<()>;

impl Discovery {
    /// Runs until stopped, or in `once` mode until everything has an outcome. Blocks its thread.
    pub(crate) fn run(self, receiver: Receiver<Hint>) {
        let mut walker = Walker::new(self, receiver);
        // Breaking off is how it ends.
        if walker.run().is_break() {
            tracing::debug!("discovery was stopped");
        }
    }
}

impl Walker {
    fn new(discovery: Discovery, receiver: Receiver<Hint>) -> Self {
        let now = Instant::now();
        Self {
            discovery,
            receiver,
            waiting: WaitingRoom::default(),
            mode: Mode::Polling,
            polling_forced: false,
            next_scan: now,
            next_root_check: now,
            give_up: None,
            scan_under_way: None,
            root_seen: true,
        }
    }

    fn run(&mut self) -> Flow {
        self.arm();
        self.scan(START)?;
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
        // A run with an end has no periodic scans: one that looks overdue must not keep it awake.
        let scan = (!self.discovery.config.once).then_some(self.next_scan);
        let due = [self.waiting.next_due(), scan].into_iter().flatten().min();
        due.map_or(NAP, |due| due.saturating_duration_since(now).min(NAP))
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
        due.then_some(PERIODIC)
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
        self.root_seen |= identity.is_some();
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
        if std::mem::take(&mut self.root_seen) {
            tracing::warn!(path = %self.discovery.inbox.root.display(), "the inbox went away; waiting for it");
        }
        if matches!(self.mode, Mode::Events { .. }) {
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
            Hint::Path { path, writer } => self.look_at(&path, writer)?,
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
        self.wait(path, Waiting::FOLDER, FOLDER_AGAIN);
        metrics::counter!("slugline_watch_rescans_total", "cause" => "new_folder").increment(1);
        self.walk(path).map_continue(|_| ())
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
            if metadata.is_file() && self.is_dealt_with(state.stamp()) {
                continue;
            }
            if state == before {
                self.take_up(&path, &metadata, state, waited.writer, true)?;
            } else {
                self.look_at(&path, waited.writer.after_change())?;
            }
        }
        self.check_stop()
    }
}

fn root_identity(root: &Path) -> Option<RootIdentity> {
    let metadata = fs::metadata(root).ok().filter(Metadata::is_dir)?;
    Some((metadata.dev(), metadata.ino(), metadata.created().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ready::Writer;

    /// Returns a walker over an empty folder that is watched through events, and its candidates.
    fn watching(folder: &Path) -> (Walker, mpsc::Receiver<Candidate>) {
        let mut config = Config::new(folder.join("in"), folder.join("state"));
        config.polling = Polling::Never;
        config.rescan_interval = Duration::from_hours(1);
        config.poll_interval = Duration::ZERO;
        fs::create_dir(&config.inbox).expect("made");
        let (hints, receiver) = Hints::new(16);
        let (candidates, candidate_receiver) = mpsc::channel(16);
        let discovery = Discovery {
            inbox: Inbox::open(&config).expect("opened"),
            config: Arc::new(config),
            known: Arc::default(),
            flights: Flights::new(Arc::clone(&hints)),
            hints,
            candidates,
            progress: Arc::default(),
            stop: CancellationToken::new(),
        };
        let mut walker = Walker::new(discovery, receiver);
        walker.arm();
        assert!(walker.scan(START).is_continue());
        (walker, candidate_receiver)
    }

    #[test]
    fn without_room_for_more_watches_the_folder_is_polled() {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut walker, _candidates) = watching(folder.path());
        assert!(matches!(walker.mode, Mode::Events { .. }));
        assert_eq!(
            walker.scan_cause(),
            None,
            "the next periodic scan is an hour away"
        );
        assert!(walker.follow(Hint::WatchesExhausted).is_continue());
        assert_eq!(walker.scan_cause(), Some("watches_exhausted"));
        assert!(walker.scan("watches_exhausted").is_continue());
        assert_eq!(walker.scan_cause(), Some(PERIODIC), "polling goes on");
        walker.arm();
        assert!(matches!(walker.mode, Mode::Polling), "it is not tried again");
    }

    #[test]
    fn a_run_with_an_end_naps_although_its_next_scan_is_overdue() {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut walker, _candidates) = watching(folder.path());
        walker.next_scan = Instant::now();
        assert_eq!(walker.nap(), Duration::ZERO, "the scan is due");
        let mut config = Config::clone(&walker.discovery.config);
        config.once = true;
        walker.discovery.config = Arc::new(config);
        assert_eq!(walker.nap(), NAP);
    }

    #[test]
    fn a_hint_about_a_complete_file_makes_it_a_candidate_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut walker, mut candidates) = watching(folder.path());
        let path = walker.discovery.inbox.root.join("a.txt");
        fs::write(&path, "text").expect("written");
        let long_ago = SystemTime::now() - Duration::from_mins(1);
        let file = fs::File::options().write(true).open(&path).expect("opened");
        file.set_modified(long_ago).expect("set");
        for _ in 0..3 {
            let hint = Hint::Path {
                path: path.clone(),
                writer: Writer::Done,
            };
            assert!(walker.follow(hint).is_continue());
        }
        let candidate = candidates.try_recv().expect("a candidate");
        assert_eq!(candidate.relative, Path::new("a.txt"));
        assert!(candidates.try_recv().is_err(), "it is in flight already");
    }
}
