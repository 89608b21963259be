//! The metrics that no stage can count: what the process is, whether it is ready, and how far the consumers are.

use std::convert::Infallible;
use std::time::Duration;

use metrics::{counter, gauge};
use wire::nats::Connection;
use wire::topology::Channel;

use crate::http::Readiness;
use crate::wiring::Tally;

/// How often the process looks at itself.
const LOOK: Duration = Duration::from_secs(1);

/// The broker is asked at every so many looks.
const ASK_EVERY: u32 = 5;

/// Keeps the gauges up to date until dropped.
pub(crate) async fn keep(tally: Tally, readiness: Readiness, connection: Option<Connection>) -> Infallible {
    introduce(&tally);
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        for look in 0..ASK_EVERY {
            looks.tick().await;
            gauge!("slugline_ready").set(f64::from(u8::from(readiness().is_ok())));
            if let Some(watcher) = &tally.watcher {
                gauge!("slugline_watcher_backlog_files").set(watcher.snapshot().backlog() as f64);
            }
            if look == 0
                && let Some(connection) = &connection
            {
                ask(connection).await;
            }
        }
    }
}

/// Says what runs here, and shows at zero what has not happened yet: alerts on an increase need a start.
fn introduce(tally: &Tally) {
    let version = env!("CARGO_PKG_VERSION");
    gauge!("slugline_build_info", "version" => version, "model" => enricher::model_name()).set(1.0);
    let stages = [
        ("watcher", tally.watcher.is_some()),
        ("enricher", tally.enricher.is_some()),
        ("sink", tally.sink.is_some()),
    ];
    for (stage, _) in stages.into_iter().filter(|(_, runs_here)| *runs_here) {
        let labels = [("component_id", stage), ("intentional", "false")];
        counter!("slugline_component_discarded_events_total", &labels).increment(0);
    }
    if tally.watcher.is_some() {
        counter!("slugline_watch_missed_total").increment(0);
    }
    if tally.sink.is_some() {
        gauge!("slugline_sink_stalled").set(0.0);
    }
}

async fn ask(connection: &Connection) {
    for channel in [Channel::Articles, Channel::Enriched] {
        match connection.pending(channel).await {
            Ok(pending) => {
                let consumer = channel.stage();
                gauge!("slugline_consumer_pending", "consumer" => consumer).set(pending.waiting as f64);
                gauge!("slugline_consumer_ack_pending", "consumer" => consumer).set(pending.unsettled as f64);
                gauge!("slugline_consumer_ack_floor", "consumer" => consumer).set(pending.ack_floor as f64);
            }
            // While the broker is away the last values stay; `slugline_nats_connected` tells why.
            Err(error) => {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "failed to read a consumer"
                );
            }
        }
    }
}
