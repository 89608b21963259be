//! All the async there is: takes deliveries, hands batches to the blocking writer, settles what became durable.

use std::error::Error as StdError;
use std::future::pending;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinError, JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep_until};
use wire::{Consumer, Delivery, Line};

use crate::batch::{Batch, refusal};
use crate::compress::compress;
use crate::config::Config;
use crate::error::{Error, Failure};
use crate::folder;
use crate::lock::Lock;
use crate::progress::Progress;
use crate::writer::{Fate, Writer};

/// Pause after the first failed attempt to write, doubled after each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Longest pause between attempts: how long after the disk has room again it may take to go on.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Writes everything that `enriched` delivers into parts in `config.out`, until it ends; then finishes the open
/// part.
///
/// Every delivery is settled after its line is durable, or goes back to the carrier when the future is dropped.
/// Fails at once if the folder cannot be used. While running it fails only if the folder goes away, or if lines still
/// cannot be written when the deliveries have ended.
pub async fn run(config: Config, enriched: Consumer<Line>, progress: Arc<Progress>) -> Result<(), Error> {
    config.validate()?;
    let opened = {
        let (config, progress) = (config.clone(), Arc::clone(&progress));
        spawn_blocking(move || folder::open(&config, progress))
    };
    let (writer, lock) = joined(opened.await)??;
    tracing::info!(out = %config.out.display(), known = progress.known(), "sink ready");
    let sink = Sink {
        config,
        enriched,
        progress,
        ended: false,
        filling: Batch::default(),
        writing: Batch::default(),
        writer: Place::Idle(Box::new((writer, Arc::new(lock)))),
        roll_at: None,
        stall: None,
        report_at: None,
        compressing: None,
    };
    sink.run().await
}

/// The writer and the lock on its folder, together so that the lock lasts as long as anything may be written.
type Owned = Box<(Writer, Arc<Lock>)>;

/// The writer with what its last job brought.
type Finished = (Owned, Result<Vec<Fate>, Failure>);

/// Where the writer is.
#[derive(Debug)]
enum Place {
    Idle(Owned),
    Busy(JoinHandle<Finished>),
    /// Between the two.
    Moving,
}

/// What the writer is to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Job {
    Commit,
    Roll,
}

/// Since when and how nothing can be written.
#[derive(Debug)]
struct Stall {
    since: Instant,
    pause: Duration,
    retry_at: Instant,
}

#[derive(Debug)]
struct Sink {
    config: Config,
    enriched: Consumer<Line>,
    progress: Arc<Progress>,
    /// No more deliveries will come.
    ended: bool,
    /// What arrives meanwhile.
    filling: Batch,
    /// What the writer has, or failed to write.
    writing: Batch,
    writer: Place,
    roll_at: Option<Instant>,
    stall: Option<Stall>,
    /// When the carrier must hear that deliveries are still held.
    report_at: Option<Instant>,
    /// At most one part is compressed at a time.
    compressing: Option<JoinHandle<Result<(), Failure>>>,
}

impl Sink {
    async fn run(mut self) -> Result<(), Error> {
        loop {
            self.start_work();
            if self.is_done() {
                return Ok(());
            }
            let has_room = !self.ended
                && !self
                    .filling
                    .is_full(self.config.batch_lines, self.config.batch_bytes);
            let (wake_at, report_at) = (self.wake_at(), self.report_at);
            tokio::select! {
                // One more for the batch that fills.
                delivery = self.enriched.next(), if has_room => match delivery {
                    Some(delivery) => self.take(delivery).await,
                    None => self.ended = true,
                },
                // The writer is back.
                finished = finished(&mut self.writer) => self.written(finished?).await?,
                // A batch, a part or another attempt is due: looked at above.
                () = at(wake_at) => {}
                // The carrier wants to hear of what we hold.
                () = at(report_at) => self.report_progress().await,
                // A part is compressed.
                result = compressed(&mut self.compressing) => self.note_compressed(result?),
            }
        }
    }

    /// Gives the idle writer what is due.
    fn start_work(&mut self) {
        let now = Instant::now();
        let Place::Idle(owned) = &mut self.writer else {
            return;
        };
        if !self.config.compress {
            owned.0.finished.clear();
        } else if self.compressing.is_none()
            && let Some(name) = owned.0.finished.pop_front()
        {
            let (disk, folder, lock) = (
                Arc::clone(&owned.0.disk),
                owned.0.folder.clone(),
                Arc::clone(&owned.1),
            );
            self.compressing = Some(spawn_blocking(move || {
                let result = compress(disk.as_ref(), &folder, &name);
                drop(lock);
                result
            }));
        }
        self.roll_at = owned.0.roll_at(self.config.roll_age, self.config.roll_idle);
        let has_open = owned.0.open.is_some();
        if let Some(job) = self.due_job(now, has_open) {
            self.start(job);
        }
    }

    fn due_job(&mut self, now: Instant, has_open: bool) -> Option<Job> {
        if let Some(stall) = &self.stall
            && now < stall.retry_at
            && !self.ended
        {
            return None;
        }
        if !self.writing.is_empty() {
            return Some(Job::Commit);
        }
        let is_full = self
            .filling
            .is_full(self.config.batch_lines, self.config.batch_bytes);
        let waited = self
            .filling
            .due_at(self.config.batch_wait)
            .is_some_and(|due| due <= now);
        if is_full || waited || (self.ended && !self.filling.is_empty()) {
            self.writing = std::mem::take(&mut self.filling);
            return Some(Job::Commit);
        }
        let roll_due = self.ended || self.roll_at.is_some_and(|at| at <= now);
        (has_open && roll_due).then_some(Job::Roll)
    }

    fn start(&mut self, job: Job) {
        let Place::Idle(mut owned) = std::mem::replace(&mut self.writer, Place::Moving) else {
            return;
        };
        let lines = self.writing.lines();
        self.writer = Place::Busy(spawn_blocking(move || {
            let result = match job {
                Job::Commit => owned.0.commit(&lines),
                Job::Roll => owned.0.roll().map(|()| Vec::new()),
            };
            (owned, result)
        }));
    }

    /// Returns when something is due although nothing happens.
    fn wake_at(&self) -> Option<Instant> {
        if !matches!(self.writer, Place::Idle(_)) {
            return None;
        }
        if let Some(stall) = &self.stall {
            return Some(stall.retry_at);
        }
        [self.filling.due_at(self.config.batch_wait), self.roll_at]
            .into_iter()
            .flatten()
            .min()
    }

    fn is_done(&self) -> bool {
        let nothing_held = self.filling.is_empty() && self.writing.is_empty();
        let Place::Idle(owned) = &self.writer else {
            return false;
        };
        self.ended && nothing_held && owned.0.open.is_none() && self.compressing.is_none()
    }

    async fn take(&mut self, delivery: Delivery<Line>) {
        self.progress.count_received(delivery.message.json().len() as u64);
        if let Some(settlement) = refusal(&delivery.message) {
            self.progress.count_refused();
            if let Err(error) = delivery.settle(settlement).await {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "failed to settle a delivery"
                );
                self.progress.count_settle_error();
            }
            return;
        }
        self.filling.push(delivery);
        if self.report_at.is_none() {
            self.report_at = self.next_report();
        }
    }

    async fn report_progress(&mut self) {
        self.filling.report_progress().await;
        self.writing.report_progress().await;
        self.report_at = self.next_report();
    }

    fn next_report(&self) -> Option<Instant> {
        let interval = self
            .writing
            .progress_interval()
            .or_else(|| self.filling.progress_interval());
        interval.map(|interval| Instant::now() + interval)
    }

    /// Takes the writer back, and settles what it wrote.
    async fn written(&mut self, (owned, result): Finished) -> Result<(), Error> {
        self.writer = Place::Idle(owned);
        match result {
            Ok(fates) => {
                self.note_success();
                let batch = std::mem::take(&mut self.writing);
                batch.settle(fates, &self.progress).await;
                Ok(())
            }
            Err(failure) if is_gone(&failure, &self.config.out) => Err(Error::FolderGone {
                path: self.config.out.clone(),
            }),
            Err(failure) if self.ended => Err(Error::Unwritten {
                unsettled: self.writing.len() + self.filling.len(),
                failure,
            }),
            Err(failure) => {
                self.note_failure(&failure);
                Ok(())
            }
        }
    }

    fn note_success(&mut self) {
        if let Some(stall) = self.stall.take() {
            self.progress.set_stalled(false);
            tracing::info!(stalled = ?stall.since.elapsed(), "writing again");
        }
    }

    fn note_failure(&mut self, failure: &Failure) {
        self.progress.count_error(failure.doing);
        let (since, pause) = match self.stall.take() {
            None => {
                tracing::error!(
                    error = failure as &dyn StdError,
                    "cannot write lines; nothing is settled until it works again"
                );
                self.progress.set_stalled(true);
                (Instant::now(), FIRST_PAUSE)
            }
            Some(stall) => {
                tracing::debug!(error = failure as &dyn StdError, "still cannot write lines");
                (stall.since, (stall.pause * 2).min(LONGEST_PAUSE))
            }
        };
        self.stall = Some(Stall {
            since,
            pause,
            retry_at: Instant::now() + pause,
        });
    }

    fn note_compressed(&mut self, result: Result<(), Failure>) {
        self.compressing = None;
        if let Err(error) = result {
            tracing::warn!(
                error = &error as &dyn StdError,
                "failed to compress a part; it stays as it is until the next start"
            );
        }
    }
}

/// Returns whether an attempt failed because there is no folder any more: trying again will not bring it back.
fn is_gone(failure: &Failure, out: &Path) -> bool {
    let is_missing = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
    is_missing(&failure.source) && std::fs::symlink_metadata(out).is_err_and(|error| is_missing(&error))
}

/// Waits until the busy writer is back; for ever if it is idle.
async fn finished(writer: &mut Place) -> Result<Finished, Error> {
    match writer {
        Place::Busy(task) => joined(task.await),
        Place::Idle(_) | Place::Moving => pending().await,
    }
}

/// Waits until the part being compressed is; for ever if there is none.
async fn compressed(
    task: &mut Option<JoinHandle<Result<(), Failure>>>,
) -> Result<Result<(), Failure>, Error> {
    match task {
        Some(task) => joined(task.await),
        None => pending().await,
    }
}

/// Waits until `time`; for ever if there is none.
async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => pending().await,
    }
}

fn joined<T>(result: Result<T, JoinError>) -> Result<T, Error> {
    result.map_err(|error| {
        tracing::error!(%error, "the writing thread did not come back");
        Error::Panicked
    })
}
