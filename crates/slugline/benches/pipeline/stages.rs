//! What watcher and enricher do themselves, one after the other in this process: nothing is carried to another process
//! and nothing is written.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use enricher::{Engine, enrich_with_sentences};
use tokio::runtime::Runtime;
use tokio::time::timeout_at;
use tokio_util::sync::CancellationToken;
use wire::message::Encoded;
use wire::transport::embedded;
use wire::{Article, Consumer, Settlement};

use crate::corpus::Corpus;
use crate::measure::{Cost, process_cpu};

/// As the sink does: so many are settled together, or what came within this time.
const BATCH: (usize, Duration) = (256, Duration::from_millis(20));

/// Finds and reads every file and remembers it, then analyses and serialises every article on one thread. What the
/// hop from the one to the other costs is taken off.
pub(crate) fn alone(corpus: &Corpus, state: &Path) -> Cost {
    let start = Instant::now();
    let mut articles = Vec::new();
    let reading = cpu_of(|| articles = read(corpus, state));
    assert_eq!(articles.len(), corpus.files.len());
    let hop = cpu_of(|| carry(&articles));
    let analysing = cpu_of(|| {
        let engine = Engine::new();
        for article in articles {
            let enriched = enrich_with_sentences(&engine, Arc::unwrap_or_clone(article));
            black_box(Encoded::of(&enriched.record).expect("serialises"));
        }
    });
    Cost {
        wall: start.elapsed(),
        cpu: (reading + analysing).saturating_sub(hop),
        server_cpu: Duration::ZERO,
        peak_memory: 0,
    }
}

fn cpu_of(work: impl FnOnce()) -> Duration {
    let before = process_cpu(std::process::id());
    work();
    process_cpu(std::process::id()).saturating_sub(before)
}

fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(1).enable_all().build().expect("a runtime")
}

fn read(corpus: &Corpus, state: &Path) -> Vec<Arc<Article>> {
    let config = watcher::Config {
        once: true,
        settle_time: Duration::from_millis(10),
        ..watcher::Config::new(&corpus.folder, state)
    };
    runtime().block_on(async {
        let (publisher, mut consumer) = embedded::channel("enricher", config.in_flight);
        let watching = watcher::run(config, publisher, Arc::default(), CancellationToken::new());
        let (watched, articles) = tokio::join!(watching, take_all(&mut consumer));
        watched.expect("watches");
        articles
    })
}

fn carry(articles: &[Arc<Article>]) {
    runtime().block_on(async {
        let (publisher, mut consumer) = embedded::channel("enricher", watcher::IN_FLIGHT);
        let publishing = async move {
            let mut receipts = Vec::with_capacity(articles.len());
            for article in articles {
                receipts.push(publisher.publish(Arc::clone(article)).await.expect("publishes"));
            }
            drop(publisher);
            for receipt in receipts {
                receipt.wait().await.expect("is receipted");
            }
        };
        tokio::join!(publishing, take_all(&mut consumer));
    });
}

async fn take_all(consumer: &mut Consumer<Article>) -> Vec<Arc<Article>> {
    let (mut articles, mut batch, mut is_open) = (Vec::new(), Vec::new(), true);
    while is_open {
        let until = Instant::now() + BATCH.1;
        while batch.len() < BATCH.0 {
            match timeout_at(until.into(), consumer.next()).await {
                Ok(Some(delivery)) => batch.push(delivery),
                Ok(None) => {
                    is_open = false;
                    break;
                }
                Err(_) => break,
            }
        }
        for delivery in batch.drain(..) {
            articles.push(Arc::clone(&delivery.message));
            delivery.settle(Settlement::Done).await.expect("settles");
        }
    }
    articles
}
