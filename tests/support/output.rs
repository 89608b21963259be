//! The lines in an output folder: finished, compressed and open parts alike.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify;
use wire::EnrichedArticle;

use super::{PATIENCE, Process};

/// How long to go without looking although no event came: an event may belong to a part that was renamed since.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// An output folder.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    folder: PathBuf,
}

impl Output {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// Returns the files that hold lines, one per part, in the order of writing.
    pub(crate) fn parts(&self) -> Vec<PathBuf> {
        let mut parts = BTreeMap::new();
        for entry in fs::read_dir(&self.folder).into_iter().flatten() {
            let path = entry.expect("is readable").path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if let Some((stem, suffix)) = name.split_once(".jsonl")
                && stem.starts_with("part-")
                && ["", ".open", ".zst"].contains(&suffix)
            {
                // While a part is compressed it has two names with the same lines.
                parts.insert(stem.to_owned(), path);
            }
        }
        parts.into_values().collect()
    }

    /// Returns every whole line.
    pub(crate) fn lines(&self) -> Vec<String> {
        let bytes = self.bytes();
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |last| last + 1);
        let text = std::str::from_utf8(&bytes[..whole]).expect("lines are UTF-8");
        text.lines().map(str::to_owned).collect()
    }

    /// Returns every line as a record. Fails on a line that is none.
    pub(crate) fn records(&self) -> Vec<EnrichedArticle> {
        let parse = |line: &String| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("no record: {error}: {line}"))
        };
        self.lines().iter().map(parse).collect()
    }

    /// Returns how many whole lines there are.
    pub(crate) fn count(&self) -> usize {
        self.lines().len()
    }

    /// Waits until there are at least `count` lines. Fails at once if one of `processes` ends.
    pub(crate) fn wait_for_lines(&self, count: usize, processes: &[&Process]) {
        let found = self.reaches(count, PATIENCE, || assert_alive(processes));
        let logs: Vec<String> = processes.iter().map(|process| process.log()).collect();
        assert!(
            found,
            "{} of {count} lines after {PATIENCE:?}:\n{}",
            self.count(),
            logs.join("\n---\n")
        );
    }

    /// Waits until there are at least `count` lines; returns whether that was in time. `check` may fail the test.
    pub(crate) fn reaches(&self, count: usize, within: Duration, check: impl Fn()) -> bool {
        let deadline = Instant::now() + within;
        fs::create_dir_all(&self.folder).expect("an output folder");
        let events = Events::of(&self.folder);
        loop {
            if self.count() >= count {
                return true;
            }
            check();
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            events.wait(left.min(LOOK_AGAIN));
        }
    }

    fn bytes(&self) -> Vec<u8> {
        loop {
            let read: io::Result<Vec<Vec<u8>>> = self.parts().iter().map(|path| read_part(path)).collect();
            match read {
                Ok(parts) => return parts.concat(),
                // Renamed since the folder was listed: look again.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => panic!("the output is not readable: {error}"),
            }
        }
    }
}

/// Fails if one of the processes has ended.
pub(crate) fn assert_alive(processes: &[&Process]) {
    for process in processes {
        process.assert_alive();
    }
}

fn read_part(path: &Path) -> io::Result<Vec<u8>> {
    let bytes = fs::read(path)?;
    if path.extension().is_some_and(|extension| extension == "zst") {
        return zstd::decode_all(bytes.as_slice());
    }
    Ok(bytes)
}

/// What happens in one folder.
#[derive(Debug)]
struct Events(OwnedFd);

impl Events {
    fn of(folder: &Path) -> Self {
        let queue =
            inotify::init(inotify::CreateFlags::NONBLOCK | inotify::CreateFlags::CLOEXEC).expect("inotify");
        let wanted =
            inotify::WatchFlags::MODIFY | inotify::WatchFlags::CREATE | inotify::WatchFlags::MOVED_TO;
        inotify::add_watch(&queue, folder, wanted).expect("a watch");
        Self(queue)
    }

    /// Waits for an event, but not for longer than `limit`; forgets what happened until now.
    fn wait(&self, limit: Duration) {
        let mut queues = [PollFd::new(&self.0, PollFlags::IN)];
        let limit = Timespec::try_from(limit).expect("is short");
        // An interruption only means to look earlier.
        let _events = poll(&mut queues, Some(&limit));
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = inotify::Reader::new(&self.0, &mut buffer);
        while reader.next().is_ok() {}
    }
}
