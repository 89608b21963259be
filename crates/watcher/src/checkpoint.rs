//! What has been delivered and what was refused, in memory and on disk.
//!
//! Two sets, both bounded: the *contents* that were delivered (the newest [`REMEMBERED_CONTENTS`]), and the
//! *files* dealt with, by their state on disk, as far as they are still there. Both are kept small, 20 to 23 bytes an
//! entry, as every file in the inbox has one of each. Losing an entry of either costs a second reading or a second
//! publish, which the sink recognises; it never loses an article.

use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use wire::ArticleId;

use crate::digests::Digests;
use crate::identity::Stamp;
use crate::journal::{self, Journal, Record};

/// How many delivered contents are remembered, by age. More recognises older re-drops and costs 20 to 23 bytes
/// of memory each.
pub(crate) const REMEMBERED_CONTENTS: u64 = 1 << 20;
/// The journal is rewritten when it holds this many records more than twice what is alive.
const REWRITE_SLACK: u64 = 1 << 16;

/// What became of a file in a given state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Its content was delivered.
    Delivered,
    /// Its content was delivered, and moving or deleting it failed. Forgotten at a restart, so tried again then.
    Kept,
    /// It was refused.
    Refused,
}

/// What is known, shared between the scan and the readers.
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<Sets>);

#[derive(Debug, Default)]
struct Sets {
    /// When each arrived: the number of arrivals so far, counted around.
    contents: Digests<u32>,
    arrivals: u32,
    files: Digests<Seen>,
    /// Counted around.
    scan: u16,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    outcome: Outcome,
    /// The number of the scan that saw it last.
    scan: u16,
}

impl Known {
    /// Returns what became of a file in this state, and notes that the file is still there.
    pub(crate) fn file(&self, stamp: Stamp) -> Option<Outcome> {
        let mut sets = self.lock();
        let scan = sets.scan;
        let seen = sets.files.get_mut(stamp.0)?;
        seen.scan = scan;
        Some(seen.outcome)
    }

    /// Returns whether content with this id was delivered.
    pub(crate) fn content(&self, id: ArticleId) -> bool {
        self.lock().contents.contains(id.to_bytes())
    }

    /// Tells that a full scan begins.
    pub(crate) fn scan_begins(&self) {
        let mut sets = self.lock();
        sets.scan = sets.scan.wrapping_add(1);
    }

    /// Tells that the scan saw every file, so that files it did not see can be forgotten.
    pub(crate) fn scan_was_complete(&self) {
        let mut sets = self.lock();
        let scan = sets.scan;
        // A file dealt with before this scan came by may have been moved since: forget it one scan later.
        sets.files.retain(|seen| scan.wrapping_sub(seen.scan) <= 1);
        if sets.contents.len() as u64 > REMEMBERED_CONTENTS + REMEMBERED_CONTENTS / 4 {
            let arrivals = sets.arrivals;
            sets.contents
                .retain(|arrival| u64::from(arrivals.wrapping_sub(*arrival)) < REMEMBERED_CONTENTS);
        }
    }

    /// Notes that a delivered file could not be moved or deleted.
    pub(crate) fn keep(&self, stamp: Stamp) {
        if let Some(seen) = self.lock().files.get_mut(stamp.0) {
            seen.outcome = Outcome::Kept;
        }
    }

    fn insert(&self, records: &[Record]) {
        let mut sets = self.lock();
        for record in records {
            sets.insert(*record);
        }
    }

    fn len(&self) -> u64 {
        let sets = self.lock();
        (sets.contents.len() + sets.files.len()) as u64
    }

    /// Returns everything as records, oldest content first.
    fn records(&self) -> Vec<Record> {
        let sets = self.lock();
        let mut contents: Vec<_> = sets
            .contents
            .iter()
            .map(|(id, arrival)| (sets.arrivals.wrapping_sub(*arrival), id))
            .collect();
        contents.sort_unstable_by(|one, other| other.cmp(one));
        let contents = contents.into_iter().map(|(_, id)| Record::Content(id));
        let files = sets.files.iter().map(|(stamp, seen)| match seen.outcome {
            Outcome::Delivered | Outcome::Kept => Record::Delivered(stamp),
            Outcome::Refused => Record::Refused(stamp),
        });
        contents.chain(files).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Sets> {
        // The sets are consistent between any two statements, so a panic elsewhere does not spoil them.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sets {
    fn insert(&mut self, record: Record) {
        let scan = self.scan;
        let (stamp, outcome) = match record {
            Record::Content(id) => {
                self.arrivals = self.arrivals.wrapping_add(1);
                self.contents.insert(id, self.arrivals);
                return;
            }
            Record::Delivered(stamp) => (stamp, Outcome::Delivered),
            Record::Refused(stamp) => (stamp, Outcome::Refused),
        };
        self.files.insert(stamp, Seen { outcome, scan });
    }
}

/// The journal and the sets that mirror it. Owned by the committer.
#[derive(Debug)]
pub(crate) struct Checkpoint {
    journal: Journal,
    /// The last append failed, so the file's end is unknown.
    broken: bool,
}

impl Checkpoint {
    /// Opens the checkpoint of a state folder, recovering what can be read of a damaged one.
    pub(crate) fn open(folder: &Path) -> io::Result<(Self, Known)> {
        let loaded = journal::load(folder)?;
        if let Some(damage) = &loaded.damage {
            report(damage, loaded.records.len())?;
        }
        let known = Known::default();
        known.insert(&loaded.records);
        let journal = Journal::rewrite(folder, &loaded, known.records().into_iter())?;
        let checkpoint = Self {
            journal,
            broken: false,
        };
        Ok((checkpoint, known))
    }

    /// Makes the records last, then known. After an error nothing is known; trying again is safe.
    pub(crate) fn commit(&mut self, known: &Known, records: &[Record]) -> io::Result<()> {
        let live = known.len();
        if self.broken || self.journal.records > 2 * live + REWRITE_SLACK {
            // After a failed sync the kernel may have dropped the pages: only a new file is to be trusted.
            let all = known.records().into_iter().chain(records.iter().copied());
            self.journal.replace(all)?;
            self.broken = false;
        } else if let Err(error) = self.journal.append(records) {
            self.broken = true;
            return Err(error);
        }
        known.insert(records);
        Ok(())
    }
}

fn report(damage: &journal::Damage, recovered: usize) -> io::Result<()> {
    let path = damage.path.display();
    if !damage.header && damage.records == 0 {
        tracing::info!(%path, recovered, bytes = damage.torn_bytes, "cut off a torn record at the end of the checkpoint");
        return Ok(());
    }
    let aside = journal::set_aside(damage)?;
    tracing::warn!(
        %path,
        set_aside = %aside.display(),
        recovered,
        lost = damage.records,
        unknown_header = damage.header,
        "the checkpoint is damaged; what it lost is read, and perhaps published, again"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_committed_is_known_after_reopening() {
        let folder = tempfile::tempdir().expect("a folder");
        let id = ArticleId::of(b"one");
        {
            let (mut checkpoint, known) = Checkpoint::open(folder.path()).expect("opened");
            let records = [
                Record::Content(id.to_bytes()),
                Record::Delivered([1; 16]),
                Record::Refused([2; 16]),
            ];
            checkpoint.commit(&known, &records).expect("committed");
            assert!(known.content(id));
        }
        let (_, known) = Checkpoint::open(folder.path()).expect("opened");
        assert!(known.content(id));
        assert_eq!(known.file(Stamp([1; 16])), Some(Outcome::Delivered));
        assert_eq!(known.file(Stamp([2; 16])), Some(Outcome::Refused));
        assert_eq!(known.file(Stamp([3; 16])), None);
    }

    #[test]
    fn files_that_are_gone_are_forgotten_and_contents_are_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut checkpoint, known) = Checkpoint::open(folder.path()).expect("opened");
        let id = ArticleId::of(b"one");
        let records = [
            Record::Content(id.to_bytes()),
            Record::Delivered([1; 16]),
            Record::Delivered([2; 16]),
        ];
        checkpoint.commit(&known, &records).expect("committed");
        for _ in 0..3 {
            known.scan_begins();
            assert!(known.file(Stamp([1; 16])).is_some());
            known.scan_was_complete();
        }
        assert_eq!(known.file(Stamp([2; 16])), None);
        assert!(known.content(id));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_told_and_the_next_commit_starts_a_new_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut checkpoint, known) = Checkpoint::open(folder.path()).expect("opened");
        checkpoint
            .commit(&known, &[Record::Refused([1; 16])])
            .expect("committed");
        checkpoint.journal.fill_disk();
        let records = [Record::Delivered([2; 16])];
        let error = checkpoint.commit(&known, &records).expect_err("full");
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert_eq!(
            known.file(Stamp([2; 16])),
            None,
            "known, although it does not last"
        );
        checkpoint.commit(&known, &records).expect("committed");
        drop(checkpoint);
        let (_, known) = Checkpoint::open(folder.path()).expect("opened");
        assert_eq!(known.file(Stamp([1; 16])), Some(Outcome::Refused));
        assert_eq!(known.file(Stamp([2; 16])), Some(Outcome::Delivered));
    }

    #[test]
    fn the_journal_does_not_grow_for_ever() {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut checkpoint, known) = Checkpoint::open(folder.path()).expect("opened");
        let records = vec![Record::Delivered([7; 16]); 40_000];
        for _ in 0..4 {
            checkpoint.commit(&known, &records).expect("committed");
        }
        assert!(checkpoint.journal.records <= 2 + REWRITE_SLACK + 40_000);
    }
}
