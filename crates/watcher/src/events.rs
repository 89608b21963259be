//! Hints that something may have changed. Only hints: what is true is what a look at the folder shows.
//!
//! The callback of the file system events does nothing but queue hints, because a slow callback makes the kernel
//! drop events. The queue is bounded; what does not fit is replaced by one full scan.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use notify::event::{AccessKind, AccessMode, CreateKind, ModifyKind, RenameMode};
use notify::{ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::identity::FileState;
use crate::inbox::Inbox;
use crate::ready::Writer;

/// How many hints may wait. More rides out longer bursts without a scan; each costs about 200 bytes.
pub(crate) const QUEUE: usize = 8192;

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Hint {
    /// A path may be new or changed.
    Path {
        /// Where.
        path: PathBuf,
        /// What is known about whoever writes it.
        writer: Writer,
    },
    /// A folder is new: files may have been made in it before it was watched.
    Folder(PathBuf),
    /// The watched folder itself went away.
    RootLost,
    /// No more folders can be watched.
    WatchesExhausted,
    /// Nothing to look at, but something to think about.
    Wake,
}

/// The sending end of the queue of hints.
#[derive(Debug)]
pub(crate) struct Hints {
    queue: SyncSender<Hint>,
    /// Why a full scan is needed.
    rescan: Mutex<Option<&'static str>>,
}

impl Hints {
    /// Returns both ends of a queue.
    pub(crate) fn new(capacity: usize) -> (Arc<Self>, Receiver<Hint>) {
        let (queue, receiver) = sync_channel(capacity);
        let hints = Self {
            queue,
            rescan: Mutex::new(None),
        };
        (Arc::new(hints), receiver)
    }

    /// Queues a hint, or asks for a full scan if the queue is full.
    pub(crate) fn push(&self, hint: Hint) {
        match self.queue.try_send(hint) {
            // A full queue wakes the receiver anyway.
            Ok(()) | Err(TrySendError::Full(Hint::Wake) | TrySendError::Disconnected(_)) => {}
            Err(TrySendError::Full(_)) => self.ask_for_scan("queue_full"),
        }
    }

    /// Asks for a full scan.
    pub(crate) fn ask_for_scan(&self, cause: &'static str) {
        lock(&self.rescan).get_or_insert(cause);
        self.push(Hint::Wake);
    }

    /// Returns why a full scan was asked for, once.
    pub(crate) fn take_scan_cause(&self) -> Option<&'static str> {
        lock(&self.rescan).take()
    }
}

/// Starts watching the inbox with all its folders.
pub(crate) fn watch(inbox: &Inbox, hints: &Arc<Hints>) -> notify::Result<RecommendedWatcher> {
    let handler = {
        let (inbox, hints) = (inbox.clone(), Arc::clone(hints));
        move |event: notify::Result<Event>| match event {
            Ok(event) => queue_hints(event, &inbox, &hints),
            Err(error) if matches!(error.kind, ErrorKind::MaxFilesWatch) => {
                hints.push(Hint::WatchesExhausted);
            }
            Err(error) => {
                tracing::warn!(%error, "file system events failed");
                hints.ask_for_scan("event_error");
            }
        }
    };
    let config = notify::Config::default().with_follow_symlinks(false);
    let mut watcher = RecommendedWatcher::new(handler, config)?;
    watcher.watch(&inbox.root, RecursiveMode::Recursive)?;
    Ok(watcher)
}

fn queue_hints(mut event: Event, inbox: &Inbox, hints: &Hints) {
    if event.need_rescan() {
        hints.ask_for_scan("overflow");
    }
    // Of a rename with both names the second is the new one.
    let Some(path) = event.paths.pop() else {
        return;
    };
    if path == inbox.root {
        let lost = matches!(
            event.kind,
            EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(RenameMode::From))
        );
        if lost {
            hints.push(Hint::RootLost);
        }
        return;
    }
    if inbox.relative(&path).is_none() {
        return;
    }
    match hint_of(event.kind) {
        Some(Kind::File(writer)) => hints.push(Hint::Path { path, writer }),
        Some(Kind::Folder) => hints.push(Hint::Folder(path)),
        None => {}
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    File(Writer),
    Folder,
}

fn hint_of(kind: EventKind) -> Option<Kind> {
    // Elsewhere than on Linux nothing tells that a file was closed, so every change counts.
    const CLOSE_IS_TOLD: bool = cfg!(target_os = "linux");
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write))
        | EventKind::Modify(ModifyKind::Name(RenameMode::To | RenameMode::Both)) => {
            Some(Kind::File(Writer::Done))
        }
        EventKind::Create(CreateKind::Folder) => Some(Kind::Folder),
        EventKind::Create(_) if CLOSE_IS_TOLD => Some(Kind::File(Writer::AtWork)),
        EventKind::Create(_) | EventKind::Modify(ModifyKind::Name(RenameMode::Any)) => {
            Some(Kind::File(Writer::Unknown))
        }
        EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Any) if !CLOSE_IS_TOLD => {
            Some(Kind::File(Writer::Unknown))
        }
        _ => None,
    }
}

/// The files between the scan and their outcome, so that none is taken up twice at the same time.
#[derive(Debug)]
pub(crate) struct Flights {
    paths: Mutex<HashMap<PathBuf, Flight>>,
    hints: Arc<Hints>,
}

#[derive(Debug, Clone, Copy)]
struct Flight {
    state: FileState,
    /// It changed meanwhile; look at it again, with what is known about its writer.
    again: Option<Writer>,
}

/// The right to work on one file. Dropping it ends the flight.
#[derive(Debug)]
pub(crate) struct Ticket {
    flights: Arc<Flights>,
    path: PathBuf,
}

impl Flights {
    pub(crate) fn new(hints: Arc<Hints>) -> Arc<Self> {
        Arc::new(Self {
            paths: Mutex::new(HashMap::new()),
            hints,
        })
    }

    /// Starts a flight; `None` if the path is in flight already. Then, if the state is another, it is looked at
    /// again after landing.
    pub(crate) fn start(self: &Arc<Self>, path: &Path, state: FileState, writer: Writer) -> Option<Ticket> {
        let mut paths = lock(&self.paths);
        if let Some(flight) = paths.get_mut(path) {
            if flight.state != state {
                flight.again = flight.again.max(Some(writer));
            }
            return None;
        }
        paths.insert(path.to_owned(), Flight { state, again: None });
        Some(Ticket {
            flights: Arc::clone(self),
            path: path.to_owned(),
        })
    }

    /// Returns whether nothing is in flight.
    pub(crate) fn is_empty(&self) -> bool {
        lock(&self.paths).is_empty()
    }
}

impl Ticket {
    /// Has the path looked at again after landing.
    pub(crate) fn look_again(&self) {
        if let Some(flight) = lock(&self.flights.paths).get_mut(&self.path) {
            flight.again.get_or_insert(Writer::Unknown);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut paths = lock(&self.flights.paths);
        let flight = paths.remove(&self.path);
        // Queued under the lock, so that nobody sees the flight gone and the hint not yet there.
        if let Some(writer) = flight.and_then(|flight| flight.again) {
            let path = std::mem::take(&mut self.path);
            self.flights.hints.push(Hint::Path { path, writer });
        } else if paths.is_empty() {
            self.flights.hints.push(Hint::Wake);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str, writer: Writer) -> Hint {
        let path = PathBuf::from("/in").join(name);
        Hint::Path { path, writer }
    }

    fn state(size: u64) -> FileState {
        FileState {
            device: 1,
            inode: 1,
            size,
            modified_ns: 0,
        }
    }

    #[test]
    fn a_full_queue_asks_for_one_scan() {
        let (hints, receiver) = Hints::new(2);
        for name in ["a", "b"] {
            hints.push(path(name, Writer::Done));
        }
        assert_eq!(hints.take_scan_cause(), None);
        hints.push(path("c", Writer::Done));
        hints.push(path("d", Writer::Done));
        assert_eq!(hints.take_scan_cause(), Some("queue_full"));
        assert_eq!(hints.take_scan_cause(), None);
        assert_eq!(receiver.try_iter().count(), 2);
    }

    #[test]
    fn events_become_hints() {
        #[track_caller]
        fn check(event: Event, expect: &[Hint], scan: Option<&str>) {
            let inbox = Inbox::at("/in");
            let (hints, receiver) = Hints::new(8);
            queue_hints(event, &inbox, &hints);
            let queued: Vec<_> = receiver.try_iter().filter(|hint| *hint != Hint::Wake).collect();
            assert_eq!(queued, expect);
            assert_eq!(hints.take_scan_cause(), scan);
        }
        let on = |kind, name: &str| Event::new(kind).add_path(PathBuf::from("/in").join(name));
        let closed = EventKind::Access(AccessKind::Close(AccessMode::Write));
        let from = EventKind::Modify(ModifyKind::Name(RenameMode::From));
        let both = EventKind::Modify(ModifyKind::Name(RenameMode::Both));
        let removed = EventKind::Remove(notify::event::RemoveKind::Folder);
        check(on(closed, "a"), &[path("a", Writer::Done)], None);
        check(on(closed, "a.tmp"), &[], None);
        check(
            on(both, "a.tmp").add_path("/in/a".into()),
            &[path("a", Writer::Done)],
            None,
        );
        check(
            on(EventKind::Create(CreateKind::File), "a"),
            &[path("a", Writer::AtWork)],
            None,
        );
        check(
            on(EventKind::Create(CreateKind::Folder), "d"),
            &[Hint::Folder("/in/d".into())],
            None,
        );
        check(
            on(EventKind::Access(AccessKind::Close(AccessMode::Read)), "a"),
            &[],
            None,
        );
        check(on(removed, "d"), &[], None);
        check(
            Event::new(removed).add_path("/in".into()),
            &[Hint::RootLost],
            None,
        );
        check(Event::new(from).add_path("/in".into()), &[Hint::RootLost], None);
        let overflow = Event::new(EventKind::Other).set_flag(notify::event::Flag::Rescan);
        check(overflow, &[], Some("overflow"));
    }

    #[test]
    fn a_path_flies_once_and_changes_are_looked_at_after_landing() {
        let (hints, receiver) = Hints::new(8);
        let flights = Flights::new(hints);
        let file = Path::new("/in/a");
        let ticket = flights.start(file, state(1), Writer::Done).expect("a ticket");
        assert!(
            flights.start(file, state(1), Writer::Done).is_none(),
            "the same state is in flight"
        );
        drop(ticket);
        assert_eq!(receiver.try_recv(), Ok(Hint::Wake), "nothing changed");
        let ticket = flights.start(file, state(1), Writer::Done).expect("a ticket");
        assert!(flights.start(file, state(2), Writer::Done).is_none());
        assert!(flights.start(file, state(3), Writer::AtWork).is_none());
        assert!(!flights.is_empty());
        drop(ticket);
        assert_eq!(receiver.try_recv(), Ok(path("a", Writer::Done)));
        assert!(flights.is_empty());
    }
}
