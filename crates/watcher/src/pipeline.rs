//! What happens to one file: read → publish → receipt → commit. As many at a time as configured.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use wire::transport::{PublishError, ReceiptError, retry_delay};
use wire::{Article, ArticleId, Publisher, Receipt};

use crate::checkpoint::Known;
use crate::commit::Commit;
use crate::copies::Copies;
use crate::discover::{Candidate, Task};
use crate::failed::{Failure, UNREADABLE};
use crate::gate::Gate;
use crate::identity::FileState;
use crate::inbox::Inbox;
use crate::intake::{self, Origin, Reading};
use crate::progress::{Progress, error_counted};
use crate::read_file;
use crate::readers::Readers;
use crate::{Config, Error};

/// Bytes of files that may be between reading and commit, whatever the number of files. At least the largest file.
const MEMORY: u64 = 64 << 20;
/// How often a file is tried again when the disk or the network behind it fails.
const READ_TRIES: u32 = 4;
/// How long to wait before the first repetition; doubled each time.
const READ_RETRY: Duration = Duration::from_millis(100);

/// What every file's task needs.
pub(crate) struct Pipeline {
    pub(crate) config: Arc<Config>,
    pub(crate) inbox: Inbox,
    pub(crate) known: Arc<Known>,
    pub(crate) articles: Publisher<Article>,
    pub(crate) commits: mpsc::Sender<Commit>,
    pub(crate) progress: Arc<Progress>,
    pub(crate) shutdown: CancellationToken,
    copies: Arc<Copies>,
    /// As many as there are cores.
    readers: Readers,
    limits: Limits,
    gate: Gate,
}

struct Limits {
    /// In KiB.
    memory: Semaphore,
    memory_total: u32,
}

/// Why a file's task stopped without an outcome.
enum Stop {
    /// A stop was asked for; the file is read again at the next start.
    Shutdown,
    /// The carrier is closed.
    CarrierClosed,
}

/// What a file held.
enum Content {
    Articles {
        /// Of the whole file.
        id: ArticleId,
        state: FileState,
        articles: Vec<Article>,
        /// What else is in it and cannot be read.
        failure: Option<Failure>,
    },
    Known(FileState),
    Refused(FileState, Failure),
    Changed,
    Vanished,
}

/// What became of the articles of a file.
struct Deliveries {
    accepted: Vec<ArticleId>,
    failure: Option<Failure>,
}

impl Pipeline {
    #[expect(
        clippy::too_many_arguments,
        reason = "each is another part of the watcher, named once, in `run`"
    )]
    pub(crate) fn new(
        config: Arc<Config>,
        inbox: Inbox,
        known: Arc<Known>,
        articles: Publisher<Article>,
        commits: mpsc::Sender<Commit>,
        progress: Arc<Progress>,
        shutdown: CancellationToken,
        copies: Arc<Copies>,
    ) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let memory_total = kib(MEMORY.max(config.max_article_bytes));
        Self {
            config,
            inbox,
            known,
            articles,
            commits,
            progress,
            shutdown,
            copies,
            readers: Readers::start(cores),
            limits: Limits {
                memory: Semaphore::new(memory_total as usize),
                memory_total,
            },
            gate: Gate::default(),
        }
    }

    /// Runs until the candidates end, or until the shutdown; then finishes what is in flight.
    pub(crate) async fn run(self: Arc<Self>, mut candidates: mpsc::Receiver<Candidate>) -> Result<(), Error> {
        let mut tasks = JoinSet::new();
        let mut outcome = Ok(());
        while outcome.is_ok() {
            tokio::select! {
                biased;
                // Asked to stop: what is in the folder stays there.
                () = self.shutdown.cancelled() => break,
                // A file is done.
                Some(ended) = tasks.join_next(), if !tasks.is_empty() => outcome = task_outcome(ended),
                // Room for one more.
                candidate = candidates.recv(), if tasks.len() < self.config.in_flight.max(1) => match candidate {
                    Some(candidate) => { tasks.spawn(Arc::clone(&self).process(candidate)); }
                    None => break,
                },
            }
        }
        // Ends the discovery, which may be waiting for room.
        drop(candidates);
        while let Some(ended) = tasks.join_next().await {
            outcome = outcome.and(task_outcome(ended));
        }
        match outcome {
            Err(Error::CarrierClosed) if self.shutdown.is_cancelled() => Ok(()),
            outcome => outcome,
        }
    }

    async fn process(self: Arc<Self>, candidate: Candidate) -> Result<(), Stop> {
        self.progress.file_found();
        match &candidate.task {
            Task::Refuse(failure, _) => {
                let failure = failure.clone();
                self.refuse(&candidate, candidate.state, Vec::new(), failure)
                    .await;
                Ok(())
            }
            Task::Read(_) => self.read_and_deliver(&candidate).await,
        }
    }

    async fn read_and_deliver(&self, candidate: &Candidate) -> Result<(), Stop> {
        let needed = kib(candidate.state.size).clamp(1, self.limits.memory_total);
        // Closed semaphores do not occur; without a permit the file would only cost memory unaccounted for.
        let _memory = self.limits.memory.acquire_many(needed).await;
        match self.read(candidate).await? {
            Content::Articles {
                id,
                state,
                articles,
                failure,
            } => {
                let _entered = self.gate.enter(id).await;
                // The same bytes under another name may have been delivered while this file waited at the gate.
                if self.known.content(id) {
                    self.skip(candidate, state).await;
                    return Ok(());
                }
                let deliveries = self.deliver(articles, failure).await?;
                self.conclude(candidate, id, state, deliveries).await;
            }
            Content::Known(state) => self.skip(candidate, state).await,
            Content::Refused(state, failure) => self.refuse(candidate, state, Vec::new(), failure).await,
            Content::Changed => candidate.ticket.look_again(),
            Content::Vanished => {
                tracing::debug!(path = %candidate.path.display(), "a file vanished before it was read");
            }
        }
        Ok(())
    }

    // --- reading ---

    async fn read(&self, candidate: &Candidate) -> Result<Content, Stop> {
        let mut tries = 0;
        loop {
            tries += 1;
            let error = match self.read_once(candidate).await {
                Ok(content) => return Ok(content),
                Err(error) => error,
            };
            let permanent = error.kind() == io::ErrorKind::PermissionDenied;
            if permanent || tries == READ_TRIES {
                return Ok(self.unreadable(candidate, &error, permanent));
            }
            tracing::debug!(%error, path = %candidate.path.display(), "failed to read a file; trying again");
            self.pause(READ_RETRY * (1 << tries)).await?;
        }
    }

    fn unreadable(&self, candidate: &Candidate, error: &io::Error, permanent: bool) -> Content {
        if permanent || self.config.once {
            let failure = Failure::new(UNREADABLE, error.to_string());
            return Content::Refused(candidate.state, failure);
        }
        // A failing disk or mount may come back: the next scan tries again.
        error_counted(UNREADABLE, "reading");
        tracing::warn!(%error, path = %candidate.path.display(), "failed to read a file; the next scan tries again");
        Content::Vanished
    }

    async fn read_once(&self, candidate: &Candidate) -> io::Result<Content> {
        let Task::Read(target) = &candidate.task else {
            return Ok(Content::Vanished);
        };
        let job = ReadJob {
            config: Arc::clone(&self.config),
            known: Arc::clone(&self.known),
            progress: Arc::clone(&self.progress),
            inbox: self.inbox.clone(),
            target: target.clone(),
            name: candidate.relative.to_string_lossy().into_owned(),
            copies: Arc::clone(&self.copies),
        };
        match self.readers.run(move || job.run()).await {
            Ok(content) => content,
            Err(error) => {
                // A panic while decoding is the file's fault, not the run's.
                tracing::error!(%error, path = %candidate.path.display(), "reading a file panicked");
                let failure = Failure::new("reader_panic", "the reader panicked on this file");
                Ok(Content::Refused(candidate.state, failure))
            }
        }
    }

    // --- publishing ---

    /// Publishes the articles of a file. `failure` says what else is in it.
    async fn deliver(&self, articles: Vec<Article>, failure: Option<Failure>) -> Result<Deliveries, Stop> {
        let mut deliveries = Deliveries {
            accepted: Vec::with_capacity(articles.len()),
            failure,
        };
        let mut receipts = Vec::with_capacity(articles.len());
        let mut seen = HashSet::with_capacity(articles.len());
        let single = articles.len() == 1;
        for article in articles.into_iter().map(Arc::new) {
            // Of a file that has grown, only what is new is published.
            if !seen.insert(article.id) || (!single && self.known.content(article.id)) {
                continue;
            }
            match self.publish(&article, receipts.is_empty()).await? {
                Ok(receipt) => {
                    self.progress.article_published();
                    receipts.push((article, receipt));
                }
                Err(failure) => deliveries.reject(&article, failure),
            }
        }
        for (article, receipt) in receipts {
            match self.receipted(&article, receipt).await? {
                Ok(()) => {
                    self.progress.article_delivered(article.text.len() as u64);
                    deliveries.accepted.push(article.id);
                }
                Err(failure) => deliveries.reject(&article, failure),
            }
        }
        Ok(deliveries)
    }

    /// Publishes one article, as often as it takes. A stop is heeded only where it costs no repetition: before the
    /// first article of a file, and while the carrier fails.
    async fn publish(&self, article: &Arc<Article>, first: bool) -> Result<Result<Receipt, Failure>, Stop> {
        for attempt in 1.. {
            let published = tokio::select! {
                published = self.articles.publish(Arc::clone(article)) => published,
                // Nothing of this file is published yet: leave it for the next start.
                () = self.shutdown.cancelled(), if first => return Err(Stop::Shutdown),
            };
            match published {
                Ok(receipt) => return Ok(Ok(receipt)),
                Err(PublishError::Closed) => return Err(Stop::CarrierClosed),
                Err(error) if error.is_transient() => self.carrier_failed(attempt, &error).await?,
                Err(error @ PublishError::TooLarge { .. }) => {
                    return Ok(Err(Failure::new("too_large", error.to_string())));
                }
                Err(error) => return Ok(Err(Failure::new("unpublishable", error.to_string()))),
            }
        }
        Err(Stop::Shutdown)
    }

    async fn receipted(&self, article: &Arc<Article>, receipt: Receipt) -> Result<Result<(), Failure>, Stop> {
        let mut receipt = receipt;
        for attempt in 1.. {
            match receipt.wait().await {
                Ok(_) => return Ok(Ok(())),
                Err(ReceiptError::Rejected(rejection)) => {
                    return Ok(Err(Failure::new(
                        rejection.reason.as_str(),
                        rejection.to_string(),
                    )));
                }
                Err(ReceiptError::Closed) => return Err(Stop::CarrierClosed),
                Err(error @ ReceiptError::Carrier { .. }) => self.carrier_failed(attempt, &error).await?,
            }
            receipt = match self.publish(article, false).await? {
                Ok(receipt) => receipt,
                Err(failure) => return Ok(Err(failure)),
            };
        }
        Err(Stop::Shutdown)
    }

    async fn carrier_failed(
        &self,
        attempt: u32,
        error: &(dyn std::error::Error + Send + Sync + 'static),
    ) -> Result<(), Stop> {
        error_counted("publish", "sending");
        tracing::warn!(error, attempt, "failed to publish an article; trying again");
        self.pause(retry_delay(attempt)).await
    }

    async fn pause(&self, time: Duration) -> Result<(), Stop> {
        tokio::select! {
            () = tokio::time::sleep(time) => Ok(()),
            // The file is read again at the next start.
            () = self.shutdown.cancelled() => Err(Stop::Shutdown),
        }
    }

    // --- outcomes ---

    async fn conclude(&self, candidate: &Candidate, id: ArticleId, state: FileState, deliveries: Deliveries) {
        let mut contents = deliveries.accepted;
        if let Some(failure) = deliveries.failure {
            return self.refuse(candidate, state, contents, failure).await;
        }
        if !contents.contains(&id) {
            contents.push(id);
        }
        if self.commit(candidate, state, contents, None).await {
            self.progress.file_done();
        }
    }

    async fn skip(&self, candidate: &Candidate, state: FileState) {
        if self.commit(candidate, state, Vec::new(), None).await {
            self.progress.file_skipped();
        }
    }

    async fn refuse(
        &self,
        candidate: &Candidate,
        state: FileState,
        contents: Vec<ArticleId>,
        failure: Failure,
    ) {
        let reason = failure.reason;
        tracing::debug!(reason, path = %candidate.path.display(), "refused a file");
        // Also counted if it could not be put aside: then it fails again at the next scan.
        self.commit(candidate, state, contents, Some(failure)).await;
        self.progress.file_failed(reason);
    }

    async fn commit(
        &self,
        candidate: &Candidate,
        state: FileState,
        contents: Vec<ArticleId>,
        failure: Option<Failure>,
    ) -> bool {
        let (done, committed) = oneshot::channel();
        let stamp = match &candidate.task {
            Task::Refuse(_, stamp) => *stamp,
            Task::Read(_)
                if failure
                    .as_ref()
                    .is_some_and(|failure| failure.reason == UNREADABLE) =>
            {
                match tokio::fs::symlink_metadata(&candidate.path).await {
                    Ok(metadata) => state.unreadable_stamp(&metadata),
                    Err(_) => state.stamp(),
                }
            }
            Task::Read(_) => state.stamp(),
        };
        let commit = Commit {
            path: candidate.path.clone(),
            relative: candidate.relative.clone(),
            state,
            stamp,
            regular: matches!(candidate.task, Task::Read(_)),
            contents,
            failure,
            left: false,
            done,
        };
        self.commits.send(commit).await.is_ok() && committed.await.is_ok()
    }
}

fn task_outcome(ended: Result<Result<(), Stop>, tokio::task::JoinError>) -> Result<(), Error> {
    match ended {
        Ok(Ok(()) | Err(Stop::Shutdown)) => Ok(()),
        Ok(Err(Stop::CarrierClosed)) => Err(Error::CarrierClosed),
        Err(source) => Err(Error::Stopped {
            part: "pipeline",
            source,
        }),
    }
}

impl Deliveries {
    fn reject(&mut self, article: &Article, rejection: Failure) {
        self.failure = Some(Failure::reject(self.failure.take(), article, rejection));
    }
}

fn kib(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX)
}

/// Reads and decodes one file; runs on a blocking thread.
struct ReadJob {
    config: Arc<Config>,
    known: Arc<Known>,
    progress: Arc<Progress>,
    inbox: Inbox,
    target: std::path::PathBuf,
    name: String,
    copies: Arc<Copies>,
}

impl ReadJob {
    fn run(self) -> io::Result<Content> {
        let max = self.config.max_article_bytes;
        let (bytes, state) = match read_file::read(&self.inbox.root, &self.target, max)? {
            read_file::Reading::Content(bytes, state) => (bytes, state),
            read_file::Reading::Changed => return Ok(Content::Changed),
            read_file::Reading::Vanished => return Ok(Content::Vanished),
            read_file::Reading::TooLarge(state) => {
                let detail = format!("{} bytes, over the limit of {max}", state.size);
                return Ok(Content::Refused(state, Failure::new("too_large", detail)));
            }
        };
        self.progress.bytes_read(state.size);
        let id = ArticleId::of(&bytes);
        if self.known.content(id) {
            return Ok(Content::Known(state));
        }
        let origin = Origin {
            source_name: &self.config.source_name,
            path: &self.name,
            modified: Timestamp::from_nanosecond(state.modified_ns).ok(),
            received: Some(Timestamp::now()),
        };
        let Reading {
            mut articles,
            refused,
        } = intake::read_identified(&bytes, id, &origin, &self.config.intake);
        let failure = Failure::of_items(refused);
        Ok(match failure {
            Some(failure) if articles.is_empty() => Content::Refused(state, failure),
            failure => {
                for article in &mut articles {
                    self.copies.mark(article);
                }
                Content::Articles {
                    id,
                    state,
                    articles,
                    failure,
                }
            }
        })
    }
}

#[cfg(test)]
mod tests;
