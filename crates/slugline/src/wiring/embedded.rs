//! All three stages in this process, joined by the embedded carrier.

use anyhow::Context;
use tokio_util::sync::CancellationToken;
use wire::transport::embedded::channel;

use super::running::{Running, first_error};
use super::stages::{Stages, Tally};

/// Runs the pipeline until the watcher has ended and everything it published is written, or `drain` is cancelled
/// and everything in flight is written.
pub(crate) async fn run(stages: Stages, tally: Tally, drain: CancellationToken) -> anyhow::Result<()> {
    const ALL: &str = "the embedded transport joins all three stages";
    let watcher_config = stages.watcher.context(ALL)?;
    let (enricher_config, engine) = stages.enricher.context(ALL)?;
    let sink_config = stages.sink.context(ALL)?;

    let (article_publisher, articles) = channel("enricher", watcher_config.in_flight);
    let (enriched_publisher, enriched) = channel("sink", enricher_config.in_flight);

    // Last stage first: nothing is published before someone takes it.
    let sink = sink::run(sink_config, enriched, tally.sink.unwrap_or_default());
    let sink = Running::start("sink", sink, drain.clone());
    let enricher = enricher::run(
        enricher_config,
        engine,
        articles,
        enriched_publisher,
        wire::nats::Events::none(),
        tally.enricher.unwrap_or_default(),
    );
    let enricher = Running::start("enricher", enricher, drain.clone());
    let watcher = watcher::run(
        watcher_config,
        article_publisher,
        tally.watcher.unwrap_or_default(),
        drain.clone(),
    );
    let watcher = Running::start("watcher", watcher, drain);

    let watcher = watcher.join().await;
    let enricher = enricher.join().await;
    let sink = sink.join().await;
    // A stage downstream that fails makes those upstream fail too: the last stage's error is the cause.
    first_error([sink, enricher, watcher])
}
