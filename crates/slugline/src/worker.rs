//! How this process announces itself to the fleet.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use wire::nats::{Connection, Worker};

use crate::roles::Roles;
use crate::wiring::Tally;

/// Announces this process until the connection closes.
///
/// Where the account may not, it works on unannounced: that is no reason to stop.
pub(crate) async fn announce(connection: &Connection, roles: Roles, tally: &Tally) {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let metadata = HashMap::from([
        ("host".to_owned(), host),
        ("pid".to_owned(), std::process::id().to_string()),
        ("model".to_owned(), enricher::model_name().to_owned()),
    ]);
    let worker = Worker {
        name: roles.name(),
        version: env!("CARGO_PKG_VERSION"),
        metadata,
    };
    let told = tally.clone();
    let announced = connection
        .announce(worker, Arc::new(move || told_by(&told)))
        .await;
    if let Err(error) = announced {
        tracing::warn!(%error, "this worker stays unannounced");
    }
}

/// Returns the tally as `stage_count: number` pairs.
fn told_by(tally: &Tally) -> Value {
    let mut told = Map::new();
    let mut tell = |name: &str, value: u64| told.insert(name.to_owned(), json!(value));
    if let Some(watcher) = &tally.watcher {
        let files = watcher.snapshot();
        tell("found", files.found);
        tell("published", files.published);
        tell("failed", files.failed);
    }
    if let Some(enricher) = &tally.enricher {
        tell("enriched", enricher.enriched());
        tell("rejected", enricher.rejected());
    }
    if let Some(sink) = &tally.sink {
        tell("lines", sink.lines());
        tell("repeated", sink.duplicates());
    }
    told.insert("pid".to_owned(), json!(std::process::id()));
    Value::Object(told)
}
