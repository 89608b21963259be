//! Turns files in a folder into articles.
//!
//! ```text
//!  events ─▶ [hints 8192] ─▶ discovery ─▶ [candidates 64] ─▶ pipeline ══ articles ══▶ carrier
//!  folder ─────── scan ────────▲                             in_flight files │ receipts
//!                                                                            ▼
//!                          keep | move | delete ◀── committer ◀── [commits in_flight]
//! ```
//!
//! - The scan is the truth, events are hints: [`run`] finds every complete file even if no event ever comes.
//! - A file's checkpoint waits for the receipts of all its articles, and `move` or `delete` for the checkpoint.
//! - Identity is content: a file renamed or dropped again is not published again, a changed one is.
//! - The backlog stays in the folder: every queue is bounded, the walk stands still while the carrier is full.
//! - Nothing about a single file is fatal: it is delivered, or put into `failed/` with the reason.

mod after;
mod checkpoint;
mod commit;
mod config;
mod copies;
mod digests;
mod discover;
pub mod duplicates;
mod durable;
mod error;
mod events;
mod failed;
mod gate;
mod identity;
mod inbox;
pub mod intake;
mod journal;
mod pipeline;
mod progress;
mod read_file;
mod readers;
mod ready;

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use wire::{Article, Publisher};

pub use config::{After, Config, IN_FLIGHT, Polling};
pub use error::Error;
pub use progress::{Progress, Snapshot};

use checkpoint::Checkpoint;
use commit::Committer;
use copies::Copies;
use discover::Discovery;
use events::{Flights, Hint, Hints};
use inbox::Inbox;
use pipeline::Pipeline;

/// How many candidates may wait for the pipeline. More decouples the walk from the readers; fewer keeps hints
/// fresher.
const CANDIDATES: usize = 64;

/// Publishes every article dropped into the inbox, until `shutdown`, or with `once` until everything that was
/// there has an outcome.
///
/// On shutdown nothing new is taken up, and what is in flight is finished: keep the other end of the carrier
/// running until this returns. Dropping the future instead is safe at any moment; what was not committed is
/// published again at the next start.
pub async fn run(
    config: Config,
    articles: Publisher<Article>,
    progress: Arc<Progress>,
    shutdown: CancellationToken,
) -> Result<(), Error> {
    let abandoned = CancellationToken::new();
    // However this future ends, its threads must.
    let _abandon = abandoned.clone().drop_guard();
    let config = Arc::new(config);
    let (inbox, lock, checkpoint, known, copies) = open(Arc::clone(&config)).await?;
    tracing::info!(inbox = %inbox.root.display(), "watcher ready");
    let known = Arc::new(known);
    let copies = Arc::new(copies);
    let (hints, hint_receiver) = Hints::new(events::QUEUE);
    let (candidates, candidate_receiver) = mpsc::channel(CANDIDATES);
    let (commits, commit_receiver) = mpsc::channel(config.in_flight.max(1));

    let discovery = Discovery {
        config: Arc::clone(&config),
        inbox: inbox.clone(),
        known: Arc::clone(&known),
        flights: Flights::new(Arc::clone(&hints)),
        hints: Arc::clone(&hints),
        progress: Arc::clone(&progress),
        candidates,
        stop: abandoned.clone(),
    };
    let committer = Committer {
        checkpoint,
        known: Arc::clone(&known),
        after: config.after,
        done_dir: config.done_dir.clone(),
        failed_dir: config.failed_dir.clone(),
        max_copy: config.max_article_bytes,
        abandoned: abandoned.clone(),
        _lock: lock,
    };
    let mut threads = JoinSet::new();
    threads.spawn_blocking(move || discovery.run(hint_receiver));
    threads.spawn_blocking(move || committer.run(commit_receiver));

    let pipeline = Pipeline::new(
        config,
        inbox,
        known,
        articles,
        commits,
        progress,
        shutdown,
        Arc::clone(&copies),
    );
    let mut outcome = Arc::new(pipeline).run(candidate_receiver).await;
    abandoned.cancel();
    hints.push(Hint::Wake);
    while let Some(ended) = threads.join_next().await {
        outcome = outcome.and(ended.map_err(|source| Error::Stopped {
            part: "discovery or committer",
            source,
        }));
    }
    // Nobody writes to the index any more.
    if let Err(error) = tokio::task::spawn_blocking(move || copies.save()).await {
        tracing::warn!(%error, "failed to save the index of duplicates");
    }
    outcome
}

/// Returns whether the checkpoint in a state folder says that an article was delivered. Changes nothing, and may be
/// asked while a watcher runs.
pub fn was_delivered(state_dir: &std::path::Path, id: wire::ArticleId) -> std::io::Result<bool> {
    let wanted = id.to_bytes();
    let records = match journal::load(state_dir) {
        Ok(loaded) => loaded.records,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    Ok(records
        .iter()
        .any(|record| matches!(record, journal::Record::Content(content) if *content == wanted)))
}

/// What a watcher holds open.
type Opened = (Inbox, std::fs::File, Checkpoint, checkpoint::Known, Copies);

async fn open(config: Arc<Config>) -> Result<Opened, Error> {
    let opening = tokio::task::spawn_blocking(move || {
        let inbox = Inbox::open(&config)?;
        let lock = inbox::lock(&config.state_dir)?;
        let (checkpoint, known) =
            Checkpoint::open(&config.state_dir).map_err(|source| Error::Checkpoint {
                path: config.state_dir.clone(),
                source,
            })?;
        let copies = Copies::open(&config.state_dir, config.duplicates);
        Ok((inbox, lock, checkpoint, known, copies))
    });
    opening.await.map_err(|source| Error::Stopped {
        part: "start",
        source,
    })?
}
