//! Parts: the files that lines are appended to, and how they are named.
//!
//! ```text
//! part-0000000007-20261122T021530Z.jsonl.open   being appended to: may end in a torn line after a crash
//! part-0000000007-20261122T021530Z.jsonl        rolled: never written again
//! part-0000000007-20261122T021530Z.jsonl.zst    rolled and compressed
//! ```
//!
//! The number only goes up, so names sort in the order of writing even when the clock jumps; the time (UTC, when
//! the part was begun) is for people.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use tokio::time::Instant;

use crate::checkpoint::{Checkpoint, tail_digest};
use crate::disk::{Disk, DiskFile, Stat, write_all};
use crate::error::{Doing, Failure};
use crate::seen::Key;

/// The start of the names of all parts.
pub(crate) const PREFIX: &str = "part-";

const TIME_FORMAT: &str = "%Y%m%dT%H%M%SZ";

/// What has become of a part; told by the end of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// Being appended to.
    Open,
    /// Finished.
    Rolled,
    /// Finished and compressed.
    Compressed,
}

impl State {
    /// Returns the end of the names of parts in this state.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Open => ".jsonl.open",
            Self::Rolled => ".jsonl",
            Self::Compressed => ".jsonl.zst",
        }
    }
}

/// The name of a part, whatever its state. Ordered by number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name {
    /// Counts the parts of a folder, from 1.
    pub(crate) number: u64,
    stem: String,
}

impl Name {
    /// Returns the name of a part begun at `begun`.
    pub(crate) fn new(number: u64, begun: Timestamp) -> Self {
        Self {
            number,
            stem: format!("{PREFIX}{number:010}-{}", begun.strftime(TIME_FORMAT)),
        }
    }

    /// Parses a stem such as `part-0000000007-20261122T021530Z`.
    pub(crate) fn parse(stem: &str) -> Option<Self> {
        let (number, time) = stem.strip_prefix(PREFIX)?.split_once('-')?;
        let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        DateTime::strptime(TIME_FORMAT, time).ok()?;
        Some(Self {
            number: digits.then(|| number.parse().ok())??,
            stem: stem.to_owned(),
        })
    }

    /// Parses a file name such as `part-0000000007-20261122T021530Z.jsonl`; `None` for a file that is no part.
    pub(crate) fn parse_file(name: &str) -> Option<(Self, State)> {
        [State::Open, State::Compressed, State::Rolled]
            .into_iter()
            .find_map(|state| Some((Self::parse(name.strip_suffix(state.suffix())?)?, state)))
    }

    /// Returns the name without its end.
    pub(crate) fn stem(&self) -> &str {
        &self.stem
    }

    /// Returns where the part is while in this state.
    pub(crate) fn path(&self, out: &Path, state: State) -> PathBuf {
        out.join(format!("{}{}", self.stem, state.suffix()))
    }

    /// Returns how long ago the part was begun; nothing if its name lies in the future.
    fn age(&self) -> Duration {
        let time = self.stem.rsplit('-').next().unwrap_or_default();
        DateTime::strptime(TIME_FORMAT, time)
            .and_then(|begun| begun.to_zoned(TimeZone::UTC))
            .map_or(Duration::ZERO, |begun| {
                let age = Timestamp::now().duration_since(begun.timestamp());
                Duration::try_from(age).unwrap_or_default()
            })
    }
}

/// Where an open part stands with the rest of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The name, the file and its size are as we left them.
    Ours,
    /// Another program moved it, put another file in its place, or wrote to it.
    Taken,
    /// Another program removed it: what is written to it goes nowhere.
    Removed,
}

/// The part that lines are appended to.
#[derive(Debug)]
pub(crate) struct OpenPart {
    pub(crate) name: Name,
    pub(crate) path: PathBuf,
    file: Box<dyn DiskFile>,
    identity: (u64, u64),
    /// How many bytes are durable; what lies behind them is nobody's line.
    pub(crate) committed: u64,
    pub(crate) checkpoint: Checkpoint,
    begun_at: Instant,
    written_at: Instant,
}

impl OpenPart {
    /// Takes an open file over as a part of which `committed` bytes are durable.
    pub(crate) fn new(
        name: Name,
        path: PathBuf,
        file: Box<dyn DiskFile>,
        committed: u64,
        checkpoint: Checkpoint,
    ) -> Result<Self, Failure> {
        let now = Instant::now();
        Ok(Self {
            identity: file.stat().doing("inspect", &path)?.identity,
            begun_at: now.checked_sub(name.age()).unwrap_or(now),
            written_at: now,
            name,
            path,
            file,
            committed,
            checkpoint,
        })
    }

    /// Returns whether the part is still what and where we left it, given that it should have `size` bytes.
    pub(crate) fn standing(&self, disk: &dyn Disk, size: u64) -> Result<Standing, Failure> {
        let open = self.file.stat().doing("inspect", &self.path)?;
        if open.links == 0 {
            return Ok(Standing::Removed);
        }
        let named = match disk.stat(&self.path) {
            Ok(stat) => Some(stat.identity),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error).doing("inspect", &self.path),
        };
        let ours = named == Some(self.identity) && open.size == size;
        Ok(if ours { Standing::Ours } else { Standing::Taken })
    }

    /// Appends whole lines with one write. They are not durable yet.
    pub(crate) fn append(&mut self, lines: &[u8]) -> Result<(), Failure> {
        write_all(self.file.as_mut(), lines).doing("write", &self.path)
    }

    /// Makes what was appended durable.
    pub(crate) fn sync(&mut self) -> Result<(), Failure> {
        self.file.sync().doing("sync", &self.path)
    }

    /// Notes that `lines`, appended and synced, are part of it from now on.
    pub(crate) fn commit(&mut self, lines: &[u8], keys: &[Key]) {
        self.committed += lines.len() as u64;
        self.written_at = Instant::now();
        self.checkpoint.note(keys, self.committed, tail_digest(lines));
    }

    /// Returns when the part must be rolled for its age or for nothing having been written; zero means never.
    pub(crate) fn roll_at(&self, age: Duration, idle: Duration) -> Option<Instant> {
        let after = |start: Instant, wait: Duration| {
            (wait > Duration::ZERO).then(|| start.checked_add(wait)).flatten()
        };
        let (by_age, by_idle) = (after(self.begun_at, age), after(self.written_at, idle));
        [by_age, by_idle].into_iter().flatten().min()
    }

    /// Undoes what a failed append or sync may have left behind, on a new file descriptor: once a sync has
    /// failed, the next one on the same descriptor succeeds although the data is gone.
    /// See <https://wiki.postgresql.org/wiki/Fsync_Errors>.
    ///
    /// When this succeeds the file durably ends after the committed bytes. It may be called again when it fails.
    pub(crate) fn mend(&mut self, disk: &dyn Disk) -> Result<Standing, Failure> {
        let mut file = match disk.edit(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return self.cut_off_unnamed(),
            Err(error) => return Err(error).doing("open", &self.path),
        };
        if file.stat().doing("inspect", &self.path)?.identity != self.identity {
            return self.cut_off_unnamed();
        }
        file.truncate(self.committed).doing("truncate", &self.path)?;
        file.sync().doing("sync", &self.path)?;
        let Stat { size, .. } = file.stat().doing("inspect", &self.path)?;
        if size != self.committed {
            return Err(io::Error::other("the file did not keep its size")).doing("truncate", &self.path);
        }
        self.file = disk.append(&self.path).doing("open", &self.path)?;
        Ok(Standing::Ours)
    }

    /// Cuts off the failed lines of a part that lost its name: they will be written again elsewhere.
    fn cut_off_unnamed(&mut self) -> Result<Standing, Failure> {
        if self.file.stat().doing("inspect", &self.path)?.links == 0 {
            return Ok(Standing::Removed);
        }
        self.file.truncate(self.committed).doing("truncate", &self.path)?;
        Ok(Standing::Taken)
    }
}

/// Opens a part to read its lines, decompressed.
pub(crate) fn open_lines(
    disk: &dyn Disk,
    path: &Path,
    state: State,
    offset: u64,
) -> io::Result<Box<dyn Read + Send>> {
    let file = disk.read(path, offset)?;
    Ok(match state {
        State::Open | State::Rolled => file,
        State::Compressed => Box::new(zstd::Decoder::new(file)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_from_their_files() {
        let begun: Timestamp = "2026-11-22T02:15:30Z".parse().expect("time");
        let name = Name::new(7, begun);
        for (state, file) in [
            (State::Open, "part-0000000007-20261122T021530Z.jsonl.open"),
            (State::Rolled, "part-0000000007-20261122T021530Z.jsonl"),
            (State::Compressed, "part-0000000007-20261122T021530Z.jsonl.zst"),
        ] {
            assert_eq!(name.path(Path::new("out"), state), Path::new("out").join(file));
            assert_eq!(Name::parse_file(file), Some((name.clone(), state)));
        }
    }

    #[test]
    fn other_files_are_no_parts() {
        for file in [
            "part-7.jsonl",
            "part--20261122T021530Z.jsonl",
            "part-x-20261122T021530Z.jsonl",
            "part-+7-20261122T021530Z.jsonl",
            "part-7-yesterday.jsonl",
            "part-0000000007-20261122T021530Z.jsonl.gz",
            "part-99999999999999999999999-20261122T021530Z.jsonl",
            "notes.jsonl",
        ] {
            assert_eq!(Name::parse_file(file), None, "{file}");
        }
    }

    #[test]
    fn names_sort_by_number_on_disk_and_in_memory() {
        let late: Timestamp = "2030-01-01T00:00:00Z".parse().expect("time");
        let early: Timestamp = "2020-01-01T00:00:00Z".parse().expect("time");
        let (first, second) = (Name::new(9, late), Name::new(10, early));
        assert!(first < second);
        assert!(first.stem() < second.stem());
    }
}
