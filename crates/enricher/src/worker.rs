//! All the async there is in the enricher: take, analyse on the CPU pool, publish, settle.
//!
//! ```text
//! Consumer<Article> ──▶ at most `in_flight` tasks ──▶ CPU pool ──▶ Publisher<Line>
//!        ▲                      │ progress while queued and running        │
//!        └──────── settle ◀─────┴───────────────── receipt ◀───────────────┘
//! ```

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use metrics::counter;
use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;
use wire::message::Encoded;
use wire::nats::{EventBatch, Events};
use wire::transport::{PublishError, ReceiptError, retry_delay};
use wire::{Article, Consumer, Delivery, Line, Publisher, RejectionReason, Settlement};

use crate::engine::{Engine, WatchLists};
use crate::fan_out::{self, Kinds};
use crate::lists::{ListFileError, ListFiles, keep_fresh};
use crate::quarantine::{Cell, Outcome, Quarantine};
use crate::shared::SharedEngine;
use crate::to_wire::{Enriched, enrich_with_sentences};

/// The label of all metrics that every stage has.
const ID: &[(&str, &str)] = &[("component_id", "enricher")];

/// How the enricher runs.
#[derive(Debug, Clone)]
pub struct Config {
    /// Threads that analyse; 0 is one per core. More than cores only adds switching.
    pub threads: usize,
    /// Articles taken and not yet settled, queued and waiting for receipts included. Higher fills the sink's
    /// batches and costs memory; lower leaves cores idle while receipts are awaited.
    pub in_flight: usize,
    /// Which events are sent per article.
    pub events: Kinds,
    /// Added to the model's name in the revision of records, as `model+label`; nothing where empty. A rerun under
    /// another label gives lines of its own.
    pub label: String,
    /// Where redelivered articles are analysed; with the others where `None`.
    pub quarantine: Option<Quarantine>,
    /// Watch-lists to look for; the files are read again when they change.
    pub lists: ListFiles,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            threads: 0,
            in_flight: 512,
            events: Kinds::default(),
            label: String::new(),
            quarantine: None,
            lists: ListFiles::default(),
        }
    }
}

/// The first attempt that is run in quarantine.
const SUSPECT_FROM: u32 = 2;

/// What the enricher has done so far.
#[derive(Debug, Default)]
pub struct Progress {
    enriched: AtomicU64,
    rejected: AtomicU64,
}

impl Progress {
    /// Returns how many articles were enriched, and safely handed on.
    pub fn enriched(&self) -> u64 {
        self.enriched.load(Ordering::Relaxed)
    }

    /// Returns how many articles were rejected for good.
    pub fn rejected(&self) -> u64 {
        self.rejected.load(Ordering::Relaxed)
    }
}

/// Why the enricher could not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused the threads.
    #[error("failed to start the analysis threads")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// A watch-list cannot be used.
    #[error("failed to load the watch-lists")]
    Lists(#[from] ListFileError),
}

/// Runs until `articles` ends, settling every delivery it takes.
pub async fn run(
    config: Config,
    engine: SharedEngine,
    articles: Consumer<Article>,
    enriched: Publisher<Line>,
    events: Events,
    progress: Arc<Progress>,
) -> Result<(), Error> {
    let pool = ThreadPoolBuilder::new()
        .num_threads(config.threads)
        .thread_name(|index| format!("analyse-{index}"))
        .build()?;
    let worker = Worker {
        pool,
        engine: engine.clone(),
        enriched,
        events,
        kinds: config.events,
        label: config.label,
        quarantine: config.quarantine.map(Cell::new),
        progress,
        downstream_closed: CancellationToken::new(),
        analyse: enrich_with_sentences,
    };
    if config.lists.is_empty() {
        worker.drain(articles, config.in_flight).await;
        return Ok(());
    }
    let used = config.lists.stamps();
    engine.replace(engine.current().with_lists(config.lists.load()?));
    let ended = CancellationToken::new();
    let drained = async {
        worker.drain(articles, config.in_flight).await;
        ended.cancel();
    };
    tokio::join!(drained, keep_fresh(config.lists, used, engine, ended.clone()));
    Ok(())
}

struct Worker {
    pool: ThreadPool,
    engine: SharedEngine,
    enriched: Publisher<Line>,
    events: Events,
    kinds: Kinds,
    label: String,
    quarantine: Option<Cell>,
    progress: Arc<Progress>,
    downstream_closed: CancellationToken,
    /// [`enrich_with_sentences`]; tests put in one that fails.
    analyse: fn(&Engine, Article) -> Enriched,
}

/// Why an article did not get through.
enum Failure {
    /// The process is shutting down: leave the delivery unsettled, it comes back.
    Closed,
    /// It may work later.
    Transient(String),
    /// It never will.
    Permanent(RejectionReason, String),
}

impl Worker {
    async fn drain(self, mut articles: Consumer<Article>, in_flight: usize) {
        let worker = Arc::new(self);
        let room = Arc::new(Semaphore::new(in_flight.max(1)));
        let mut tasks = JoinSet::new();
        while let Ok(permit) = Arc::clone(&room).acquire_owned().await {
            let next = tokio::select! {
                // Another article, or the end of all articles.
                next = articles.next() => next,
                // The sink is gone: what is held must go back unsettled, and more would only follow it.
                () = worker.downstream_closed.cancelled() => None,
            };
            let Some(delivery) = next else { break };
            let worker = Arc::clone(&worker);
            tasks.spawn(async move {
                worker.process(delivery).await;
                drop(permit);
            });
            while tasks.try_join_next().is_some() {}
        }
        if worker.downstream_closed.is_cancelled() {
            articles.close();
        }
        while tasks.join_next().await.is_some() {}
    }

    #[tracing::instrument(name = "enrich", skip_all, fields(article_id = %delivery.message.id, attempt = delivery.attempt))]
    async fn process(&self, delivery: Delivery<Article>) {
        let received = Instant::now();
        counter!("slugline_component_received_events_total", ID).increment(1);
        counter!("slugline_component_received_bytes_total", ID).increment(delivery.message.text.len() as u64);
        let outcome = keep_alive(&delivery, self.enrich_and_publish(&delivery)).await;
        let settled = match outcome {
            Ok(()) => {
                self.progress.enriched.fetch_add(1, Ordering::Relaxed);
                delivery.settle(Settlement::Done).await
            }
            Err(Failure::Closed) => return self.downstream_closed.cancel(),
            Err(Failure::Transient(error)) => {
                tracing::warn!(%error, "failed to enrich the article, it will be retried");
                count_error("transient");
                let after = retry_delay(delivery.attempt);
                delivery.settle(Settlement::Retry { after, error }).await
            }
            Err(Failure::Permanent(reason, detail)) => {
                tracing::error!(%reason, detail, "rejected the article");
                self.progress.rejected.fetch_add(1, Ordering::Relaxed);
                count_error(reason.as_str());
                delivery.settle(Settlement::Reject { reason, detail }).await
            }
        };
        if let Err(error) = settled {
            // The delivery comes back; the enriched copy will be recognised as a duplicate.
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "failed to settle the article"
            );
        }
        metrics::histogram!("slugline_enrich_seconds").record(received.elapsed().as_secs_f64());
    }

    async fn enrich_and_publish(&self, delivery: &Delivery<Article>) -> Result<(), Failure> {
        let article = &delivery.message;
        let made = match &self.quarantine {
            Some(cell) if delivery.attempt >= SUSPECT_FROM => {
                let enriched = isolate(cell, article, self.engine.current().lists()).await?;
                self.on_pool(move |maker| maker.encode(enriched)).await?
            }
            _ => {
                let (article, analyse) = (Arc::clone(article), self.analyse);
                let engine = self.engine.current();
                self.on_pool(move |maker| maker.encode(analyse(&engine, Article::clone(&article))))
                    .await?
            }
        };
        let bytes = made.line.json().len() as u64;
        let receipt = self.enriched.publish_from(delivery, Arc::new(made.line)).await?;
        receipt.wait().await?;
        counter!("slugline_component_sent_events_total", ID).increment(1);
        counter!("slugline_component_sent_bytes_total", ID).increment(bytes);
        self.events.send(made.events).await;
        Ok(())
    }

    /// Works on the CPU pool. A panic there, in the engine, costs this article, not the process.
    async fn on_pool(
        &self,
        work: impl FnOnce(Maker) -> serde_json::Result<Made> + Send + 'static,
    ) -> Result<Made, Failure> {
        let (sender, result) = oneshot::channel();
        let maker = Maker {
            label: self.label.clone(),
            kinds: self.kinds,
            events: (!self.events.is_none()).then(|| self.events.batch()),
        };
        self.pool.spawn(move || {
            let made = catch_unwind(AssertUnwindSafe(|| work(maker)));
            // Nobody listens any more when the process is being stopped by force.
            let _unheard = sender.send(made);
        });
        match result.await {
            Ok(Ok(Ok(made))) => Ok(made),
            // No record is known that JSON cannot hold.
            Ok(Ok(Err(error))) => Err(Failure::Permanent(
                RejectionReason::Undecodable,
                error.to_string(),
            )),
            Ok(Err(panic)) => Err(Failure::Permanent(
                RejectionReason::EnginePanic,
                panic_message(&*panic),
            )),
            Err(_) => Err(Failure::Closed),
        }
    }
}

/// What is sent about an article, encoded.
struct Made {
    line: Line,
    events: EventBatch,
}

/// Encodes what was found in an article, where it was found: on the CPU pool, each thing once.
struct Maker {
    label: String,
    kinds: Kinds,
    /// `None` where nobody can listen.
    events: Option<EventBatch>,
}

impl Maker {
    fn encode(self, enriched: Enriched) -> serde_json::Result<Made> {
        let Enriched {
            mut record,
            sentences,
        } = enriched;
        if !self.label.is_empty() {
            let model = &mut record.revision.model;
            *model = format!("{model}+{}", self.label);
        }
        let encoded = Encoded::of(&record)?;
        let mut events = self.events;
        if let Some(batch) = &mut events {
            fan_out::encode(&record, &encoded, &sentences, self.kinds, batch)?;
        }
        Ok(Made {
            line: encoded.line,
            events: events.unwrap_or_default(),
        })
    }
}

/// Analyses a redelivered article where a crash costs nobody else.
async fn isolate(cell: &Cell, article: &Article, lists: &Arc<WatchLists>) -> Result<Enriched, Failure> {
    match cell.analyse(article, lists).await {
        Outcome::Enriched(enriched) => Ok(*enriched),
        Outcome::Poison(detail) => Err(Failure::Permanent(RejectionReason::EngineCrash, detail)),
        Outcome::Unavailable(error) => Err(Failure::Transient(error)),
    }
}

/// Drives `work`, telling the carrier meanwhile that the delivery is being worked on.
async fn keep_alive<T>(delivery: &Delivery<Article>, work: impl Future<Output = T>) -> T {
    let Some(every) = delivery.progress_interval() else {
        return work.await;
    };
    let mut ticks = interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tokio::pin!(work);
    loop {
        tokio::select! {
            // The work is over.
            output = &mut work => return output,
            // It is not over yet, and the carrier would soon think it lost.
            _ = ticks.tick() => if let Err(error) = delivery.progress().await {
                tracing::debug!(error = &error as &dyn std::error::Error, "failed to report progress");
            },
        }
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let message = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    message
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "the engine panicked".to_owned())
}

fn count_error(kind: &'static str) {
    let labels = [ID[0], ("error_type", kind), ("stage", "processing")];
    counter!("slugline_component_errors_total", &labels).increment(1);
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Closed => Self::Closed,
            PublishError::TooLarge { .. } => Self::Permanent(RejectionReason::TooLarge, error.to_string()),
            PublishError::Carrier { .. } => Self::Transient(error.to_string()),
        }
    }
}

impl From<ReceiptError> for Failure {
    fn from(error: ReceiptError) -> Self {
        match error {
            ReceiptError::Closed => Self::Closed,
            ReceiptError::Rejected(rejection) => Self::Permanent(rejection.reason, rejection.to_string()),
            ReceiptError::Carrier { .. } => Self::Transient(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use wire::ArticleId;
    use wire::message::{Format, Source};
    use wire::transport::embedded;

    use super::*;

    fn article(text: &str) -> Arc<Article> {
        let source = Source {
            name: "test".to_owned(),
            path: "a.txt".to_owned(),
            item: None,
            format: Format::Text,
            bytes: text.len() as u64,
            encoding: "utf-8".to_owned(),
            received: Some(Timestamp::UNIX_EPOCH),
        };
        Arc::new(Article::new(
            ArticleId::of(text.as_bytes()),
            source,
            text.to_owned(),
        ))
    }

    fn worker(enriched: Publisher<Line>, analyse: fn(&Engine, Article) -> Enriched) -> Worker {
        let pool = ThreadPoolBuilder::new()
            .num_threads(1)
            .build()
            .expect("starts one thread");
        let engine = SharedEngine::new(Engine::new());
        Worker {
            pool,
            engine,
            enriched,
            events: Events::none(),
            kinds: Kinds::default(),
            label: String::new(),
            quarantine: None,
            progress: Arc::default(),
            downstream_closed: CancellationToken::new(),
            analyse,
        }
    }

    #[tokio::test]
    async fn receipt_waits_for_the_settlement_downstream() {
        let (publisher, articles) = embedded::channel("enricher", 4);
        let (enriched, mut records) = embedded::channel("sink", 4);
        let worker = worker(enriched, enrich_with_sentences);
        let drained = worker.drain(articles, 4);
        let driver = async {
            let receipt = publisher
                .publish(article("Ten people died."))
                .await
                .expect("is taken");
            drop(publisher);
            let record = records.next().await.expect("is enriched");
            let text = record.message.record().expect("reads back").text;
            assert_eq!(text, "Ten people died.");
            record.settle(Settlement::Done).await.expect("settles");
            receipt.wait().await.expect("is receipted");
        };
        tokio::join!(drained, driver);
    }

    #[tokio::test]
    async fn closed_sink_gives_articles_back_instead_of_rejecting_them() {
        let (publisher, articles) = embedded::channel("enricher", 4);
        let (enriched, records) = embedded::channel("sink", 4);
        drop(records);
        let receipt = publisher
            .publish(article("Ten people died."))
            .await
            .expect("is taken");
        worker(enriched, enrich_with_sentences).drain(articles, 4).await;
        assert!(matches!(receipt.wait().await, Err(ReceiptError::Closed)));
    }

    #[tokio::test]
    async fn panic_in_the_engine_rejects_the_article_and_not_the_next() {
        let (publisher, articles) = embedded::channel("enricher", 4);
        let (enriched, mut records) = embedded::channel("sink", 4);
        let worker = worker(enriched, |engine, article| {
            assert!(!article.text.contains("poison"), "poisoned");
            enrich_with_sentences(engine, article)
        });
        let progress = Arc::clone(&worker.progress);
        let drained = worker.drain(articles, 4);
        let driver = async {
            let poison = publisher.publish(article("poison")).await.expect("is taken");
            let fine = publisher.publish(article("fine")).await.expect("is taken");
            drop(publisher);
            let Err(ReceiptError::Rejected(rejection)) = poison.wait().await else {
                panic!("must be rejected")
            };
            assert_eq!(rejection.reason, RejectionReason::EnginePanic);
            assert!(rejection.detail.contains("poisoned"), "{rejection}");
            records
                .next()
                .await
                .expect("is enriched")
                .settle(Settlement::Done)
                .await
                .expect("settles");
            fine.wait().await.expect("is receipted");
        };
        tokio::join!(drained, driver);
        assert_eq!((progress.enriched(), progress.rejected()), (1, 1));
    }
}
