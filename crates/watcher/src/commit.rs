//! Makes outcomes last, many at a time: one thread, one sync of the journal per batch.
//!
//! Order within a batch: refused files are put aside, then the journal is written and synced, then delivered
//! files are moved or deleted, then the folders are synced. A crash in between repeats a step; it loses none.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use wire::ArticleId;

use crate::After;
use crate::after::{self, Delivered};
use crate::checkpoint::{Checkpoint, Known};
use crate::durable::sync_folder;
use crate::failed::{self, Failure, Keeping, Refused, UNREADABLE};
use crate::identity::{FileState, Stamp};
use crate::journal::Record;
use crate::progress::error_counted;

/// Most outcomes in one batch. More saves syncs; fewer answers sooner.
const BATCH: usize = 512;
/// Under load, how long a batch waits for more outcomes. Longer saves syncs, shorter answers sooner.
const LINGER: Duration = Duration::from_millis(10);
/// When batches follow each other within this time, there is load.
const LOAD: Duration = Duration::from_millis(40);
/// How long to wait before the checkpoint is tried again when the disk is full or failing.
const RETRY_AFTER: Duration = Duration::from_millis(500);

/// What became of one file.
#[derive(Debug)]
pub(crate) struct Commit {
    pub(crate) path: PathBuf,
    pub(crate) relative: PathBuf,
    pub(crate) state: FileState,
    pub(crate) stamp: Stamp,
    /// It can be moved and linked: no FIFO, no link that leaves the inbox.
    pub(crate) regular: bool,
    /// The contents that were delivered.
    pub(crate) contents: Vec<ArticleId>,
    /// Why the file, or an article of it, was given up.
    pub(crate) failure: Option<Failure>,
    /// The file was moved into `failed/`. Set by the committer.
    pub(crate) left: bool,
    /// Resolves once all of it lasts. Dropped if it could not be made to last; then the file is looked at again.
    pub(crate) done: oneshot::Sender<()>,
}

/// The one writer of the checkpoint, `failed/` and `done/`.
#[derive(Debug)]
pub(crate) struct Committer {
    pub(crate) checkpoint: Checkpoint,
    pub(crate) known: Arc<Known>,
    pub(crate) after: After,
    pub(crate) done_dir: PathBuf,
    pub(crate) failed_dir: PathBuf,
    pub(crate) max_copy: u64,
    /// Cancelled when nobody waits for outcomes any more.
    pub(crate) abandoned: CancellationToken,
    /// The lock of the state folder: held as long as anything may be written to it.
    pub(crate) _lock: File,
}

impl Committer {
    /// Runs until every sender is dropped. Blocks its thread.
    pub(crate) fn run(mut self, mut commits: mpsc::Receiver<Commit>) {
        let mut batch = Vec::with_capacity(BATCH);
        let mut last = None;
        while let Some(first) = commits.blocking_recv() {
            // A single file is not kept waiting.
            if last.is_some_and(|last: Instant| last.elapsed() < LOAD) {
                std::thread::sleep(LINGER);
            }
            batch.push(first);
            while batch.len() < BATCH
                && let Ok(next) = commits.try_recv()
            {
                batch.push(next);
            }
            self.commit(&mut batch);
            last = Some(Instant::now());
        }
    }

    fn commit(&mut self, batch: &mut Vec<Commit>) {
        let mut folders = BTreeSet::new();
        batch.retain_mut(|commit| self.set_aside(commit, &mut folders));
        // The error files must last before the journal says that they are dealt with.
        if !sync_folders(&mut folders) {
            batch.retain(|commit| commit.failure.is_none());
        }
        let records: Vec<Record> = batch.iter().flat_map(records_of).collect();
        if !self.write_journal(&records) {
            batch.clear();
            return;
        }
        for commit in &*batch {
            self.finish(commit, &mut folders);
        }
        sync_folders(&mut folders);
        for commit in batch.drain(..) {
            if commit.done.send(()).is_err() {
                tracing::debug!("a file was committed after its task was dropped");
            }
        }
    }

    /// Puts a refused file aside; returns false if that failed.
    fn set_aside(&self, commit: &mut Commit, folders: &mut BTreeSet<PathBuf>) -> bool {
        let Some(failure) = &commit.failure else {
            return true;
        };
        let keeping = match self.after {
            _ if !commit.regular => Keeping::Describe,
            // A link to it would change its `ctime`, which tells when it may be read.
            After::Keep if failure.reason == UNREADABLE => Keeping::Describe,
            After::Keep => Keeping::Link {
                max_copy: self.max_copy,
            },
            After::Move | After::Delete => Keeping::Move,
        };
        let refused = Refused {
            path: &commit.path,
            relative: &commit.relative,
            state: &commit.state,
            stamp: commit.stamp,
            failure,
        };
        let outcome = failed::set_aside(&refused, &self.failed_dir, keeping, folders);
        commit.left = matches!(outcome, Ok(true));
        if let Err(error) = &outcome {
            error_counted("set_aside", "processing");
            tracing::error!(%error, path = %commit.path.display(), "failed to put a refused file aside; it will be tried again");
        }
        outcome.is_ok()
    }

    /// Writes until it succeeds; returns false if nobody waits for it any more.
    fn write_journal(&mut self, records: &[Record]) -> bool {
        let mut failing_since = None;
        while let Err(error) = self.checkpoint.commit(&self.known, records) {
            error_counted("checkpoint", "processing");
            if failing_since.is_none() {
                tracing::error!(%error, "cannot write the checkpoint; no file is done until it works again");
            } else {
                tracing::debug!(%error, "still cannot write the checkpoint");
            }
            failing_since.get_or_insert_with(Instant::now);
            if self.abandoned.is_cancelled() {
                return false;
            }
            std::thread::sleep(RETRY_AFTER);
        }
        if let Some(since) = failing_since {
            tracing::info!(stalled = ?since.elapsed(), "writing the checkpoint again");
        }
        true
    }

    fn finish(&self, commit: &Commit, folders: &mut BTreeSet<PathBuf>) {
        if commit.failure.is_some() {
            return;
        }
        let file = Delivered {
            path: &commit.path,
            relative: &commit.relative,
            state: &commit.state,
        };
        if let Err(error) = after::finish(&file, self.after, &self.done_dir, folders) {
            self.known.keep(commit.stamp);
            error_counted("after", "processing");
            tracing::warn!(%error, path = %commit.path.display(), "failed to move or delete a delivered file; it stays in place");
        }
    }
}

fn records_of(commit: &Commit) -> impl Iterator<Item = Record> + '_ {
    let contents = commit.contents.iter().map(|id| Record::Content(id.to_bytes()));
    let file = match commit.failure {
        // Moved back by an operator it is to be tried again, so it is not remembered.
        Some(_) if commit.left => None,
        Some(_) => Some(Record::Refused(commit.stamp.0)),
        None => Some(Record::Delivered(commit.stamp.0)),
    };
    contents.chain(file)
}

/// Syncs and empties the set; returns whether all could be synced.
fn sync_folders(folders: &mut BTreeSet<PathBuf>) -> bool {
    let mut all = true;
    for folder in std::mem::take(folders) {
        match sync_folder(&folder) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                all = false;
                error_counted("sync", "processing");
                tracing::error!(%error, folder = %folder.display(), "failed to sync a folder");
            }
        }
    }
    all
}
