//! Writes batches: the only place that decides in which order things become durable. Blocking; knows no async.
//!
//! ```text
//! commit:  mend what failed before → gather → open or roll the part → write → sync → checkpoint → known
//! roll:    rename part.jsonl.open → part.jsonl → sync the folder → seal the checkpoint
//! ```
//!
//! A batch is either committed as a whole or not at all: after an error the same records can be handed in again,
//! and what the failed attempt left in the file is cut off, durably, before anything else is written.

use std::collections::VecDeque;
use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::time::Instant;
use wire::Line;

use crate::checkpoint::{self, Checkpoint};
use crate::disk::Disk;
use crate::error::{Doing, Failure};
use crate::part::{Name, OpenPart, Standing, State};
use crate::progress::Progress;
use crate::seen::{Key, Seen};

/// How often one commit starts over because its part was removed under it.
const MAX_STARTS: usize = 3;

/// Room for lines that is kept from batch to batch; more is given back.
const KEPT_BUFFER_BYTES: usize = 16 << 20;

/// Where things are in an output folder.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    /// The parts.
    pub(crate) out: PathBuf,
    /// What was cut off or taken out of parts.
    pub(crate) quarantine: PathBuf,
    /// The sink's own files.
    pub(crate) state: PathBuf,
    /// The checkpoints of the parts.
    pub(crate) index: PathBuf,
}

impl Folder {
    pub(crate) fn new(out: PathBuf) -> Self {
        let state = out.join(".slugline");
        Self {
            quarantine: out.join("quarantine"),
            index: state.join("index"),
            state,
            out,
        }
    }
}

/// What became of one record of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Its line is durable now.
    Written,
    /// Its line was durable before, or is with an equal record of the same batch.
    Duplicate,
}

/// Appends records to the parts of one folder.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) folder: Folder,
    pub(crate) progress: Arc<Progress>,
    pub(crate) roll_bytes: u64,
    pub(crate) seen: Seen,
    pub(crate) open: Option<OpenPart>,
    pub(crate) next_number: u64,
    /// Finished parts that are to be compressed, oldest first: as many as finished since the last was taken.
    pub(crate) finished: VecDeque<Name>,
    /// How the last attempt failed, where the open part must be mended for it.
    failed: Option<Damage>,
    buffer: Vec<u8>,
}

/// What a failed attempt means for the open part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Damage {
    /// No room: the part can go on once there is.
    NoRoom,
    /// Anything else: the part is finished at what is committed, and another file is begun.
    Unsound,
}

#[derive(Debug, Default)]
struct Batch {
    lines: Vec<u8>,
    keys: Vec<Key>,
    fates: Vec<Fate>,
}

impl Writer {
    pub(crate) fn new(disk: Arc<dyn Disk>, folder: Folder, roll_bytes: u64, progress: Arc<Progress>) -> Self {
        Self {
            disk,
            folder,
            progress,
            roll_bytes,
            seen: Seen::default(),
            open: None,
            next_number: 1,
            finished: VecDeque::new(),
            failed: None,
            buffer: Vec::new(),
        }
    }

    /// Makes these lines durable, each that is not yet; returns what became of them, in order.
    pub(crate) fn commit(&mut self, lines: &[Arc<Line>]) -> Result<Vec<Fate>, Failure> {
        self.mend()?;
        let mut batch = self.gather(lines);
        if !batch.keys.is_empty() {
            self.write(&batch)?;
            for key in &batch.keys {
                self.seen.insert(*key);
            }
            self.progress
                .count_written(batch.keys.len() as u64, batch.lines.len() as u64);
            self.progress.set_known(self.seen.len() as u64);
        }
        if self.is_full(0) {
            // The lines are durable whether or not this works; the next commit tries again.
            if let Err(error) = self.roll() {
                tracing::warn!(
                    error = &error as &dyn Error,
                    "failed to roll a full part; trying again with the next batch"
                );
            }
        }
        batch.lines.shrink_to(KEPT_BUFFER_BYTES);
        self.buffer = batch.lines;
        Ok(batch.fates)
    }

    /// Finishes the open part, if it has lines: it gets its final name and is never written again.
    pub(crate) fn roll(&mut self) -> Result<(), Failure> {
        self.mend()?;
        self.finish_open()
    }

    fn finish_open(&mut self) -> Result<(), Failure> {
        let Some(part) = self.open.as_ref() else {
            return Ok(());
        };
        if part.standing(self.disk.as_ref(), part.committed)? != Standing::Ours {
            self.abandon();
            return Ok(());
        }
        if part.committed == 0 {
            return self.discard();
        }
        let name = self.rename_finished()?;
        if let Some(mut part) = self.open.take() {
            let path = name.path(&self.folder.out, State::Rolled);
            match self.disk.stat(&path) {
                Ok(stat) if name == part.name => part.checkpoint.seal(State::Rolled, stat),
                _ => checkpoint::remove(self.disk.as_ref(), &self.folder.index, part.name.stem()),
            }
            tracing::debug!(part = name.stem(), bytes = part.committed, "rolled a part");
        }
        // The lines are durable under either name, and a start finishes what carries the old one.
        if let Err(error) = self.disk.sync_dir(&self.folder.out) {
            tracing::warn!(%error, part = name.stem(), "failed to sync the folder after rolling a part");
        }
        self.progress.count_part();
        self.finished.push_back(name);
        Ok(())
    }

    /// Returns when the open part must be rolled for its age or for nothing having been written.
    pub(crate) fn roll_at(&self, age: std::time::Duration, idle: std::time::Duration) -> Option<Instant> {
        self.open.as_ref().and_then(|part| part.roll_at(age, idle))
    }

    fn gather(&mut self, lines: &[Arc<Line>]) -> Batch {
        let mut batch = Batch {
            lines: std::mem::take(&mut self.buffer),
            ..Batch::default()
        };
        batch.lines.clear();
        for line in lines {
            let key = Key::of(line);
            // A batch is small enough that looking through it beats hashing it.
            let fate = if self.seen.contains(key) || batch.keys.contains(&key) {
                Fate::Duplicate
            } else {
                batch.lines.extend_from_slice(line.json());
                batch.lines.push(b'\n');
                batch.keys.push(key);
                Fate::Written
            };
            batch.fates.push(fate);
        }
        batch
    }

    fn write(&mut self, batch: &Batch) -> Result<(), Failure> {
        for _ in 0..MAX_STARTS {
            self.make_ready(batch.lines.len() as u64)?;
            let Some(part) = &mut self.open else { continue };
            let written = part.append(&batch.lines).and_then(|()| {
                let start = Instant::now();
                part.sync()?;
                self.progress.count_fsync(start.elapsed());
                // Removed by another program before it was durable: then it is not durable anywhere.
                part.standing(self.disk.as_ref(), part.committed + batch.lines.len() as u64)
            });
            match written {
                Ok(Standing::Removed) => self.abandon(),
                Ok(Standing::Ours | Standing::Taken) => {
                    part.commit(&batch.lines, &batch.keys);
                    return Ok(());
                }
                Err(failure) => {
                    let no_room = matches!(
                        failure.source.kind(),
                        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
                    );
                    let sync_failed = failure.doing == "sync";
                    self.failed = Some(if no_room && !sync_failed {
                        Damage::NoRoom
                    } else {
                        Damage::Unsound
                    });
                    return Err(failure);
                }
            }
        }
        let vanishing = io::Error::other("the open part is removed again and again by another program");
        Err(vanishing).doing("write", &self.folder.out)
    }

    /// Sees to it that there is an open part that can take `bytes` more.
    fn make_ready(&mut self, bytes: u64) -> Result<(), Failure> {
        if let Some(part) = &self.open
            && part.standing(self.disk.as_ref(), part.committed)? != Standing::Ours
        {
            self.abandon();
        }
        if self.is_full(bytes) {
            self.roll()?;
        }
        if self.open.is_none() {
            self.open = Some(self.begin()?);
        }
        Ok(())
    }

    fn is_full(&self, more: u64) -> bool {
        let limit = if self.roll_bytes == 0 {
            u64::MAX
        } else {
            self.roll_bytes
        };
        self.open
            .as_ref()
            .is_some_and(|part| part.committed > 0 && part.committed.saturating_add(more.max(1)) > limit)
    }

    /// Begins a part; when it returns, the part's name is durable.
    fn begin(&mut self) -> Result<OpenPart, Failure> {
        let disk = self.disk.as_ref();
        loop {
            let name = Name::new(self.next_number, Timestamp::now());
            let path = name.path(&self.folder.out, State::Open);
            let file = match disk.create(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    self.next_number += 1;
                    continue;
                }
                other => other.doing("create", &path)?,
            };
            if let Err(error) = disk.sync_dir(&self.folder.out) {
                // If it stays, the next start removes it: it is empty.
                drop(disk.remove(&path));
                return Err(error).doing("sync", &self.folder.out);
            }
            self.next_number += 1;
            let checkpoint = Checkpoint::create(disk, &self.folder.index, name.stem());
            return OpenPart::new(name, path, file, 0, checkpoint);
        }
    }

    /// Puts the open part right after a failed attempt.
    fn mend(&mut self) -> Result<(), Failure> {
        let (Some(damage), Some(part)) = (self.failed, self.open.as_mut()) else {
            self.failed = None;
            return Ok(());
        };
        match part.mend(self.disk.as_ref())? {
            Standing::Ours if damage == Damage::NoRoom => {}
            Standing::Ours => self.finish_open()?,
            Standing::Taken | Standing::Removed => self.abandon(),
        }
        self.failed = None;
        Ok(())
    }

    /// Leaves the open part to whoever moved, changed or removed it.
    fn abandon(&mut self) {
        if let Some(part) = self.open.take() {
            tracing::warn!(
                path = %part.path.display(),
                "the open part was moved, changed or removed by another program; beginning another"
            );
        }
    }

    /// Removes the open part, which has no lines.
    fn discard(&mut self) -> Result<(), Failure> {
        if let Some(part) = &self.open {
            self.disk.remove(&part.path).doing("remove", &part.path)?;
            checkpoint::remove(self.disk.as_ref(), &self.folder.index, part.name.stem());
        }
        self.open = None;
        Ok(())
    }

    /// Gives the open part its final name, or another one where that is taken.
    fn rename_finished(&mut self) -> Result<Name, Failure> {
        let Some(part) = &self.open else {
            return Err(io::Error::other("no part is open")).doing("rename", &self.folder.out);
        };
        let mut name = part.name.clone();
        loop {
            let path = name.path(&self.folder.out, State::Rolled);
            match self.disk.rename(&part.path, &path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    name = Name::new(self.next_number, Timestamp::now());
                    self.next_number += 1;
                }
                other => {
                    other.doing("rename", &part.path)?;
                    return Ok(name);
                }
            }
        }
    }
}
