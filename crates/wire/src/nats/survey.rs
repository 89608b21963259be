//! How the whole fleet is doing: streams, consumers and the workers that answer.

use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::jetstream::stream;
use futures::StreamExt;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use super::connection::{Connection, Shared};
use super::dead_letters::timestamp;
use super::error::Error;
use super::scan::unread;
use super::service::WORKER_NAMES;

/// How long workers may take to answer, and how long after one answer the next may come.
const ANSWER_WITHIN: Duration = Duration::from_millis(400);

/// Everything at one moment.
#[derive(Debug, Clone, Serialize)]
pub struct Survey {
    /// When it was taken.
    pub taken: Timestamp,
    /// The version that the server states.
    pub server: String,
    /// The streams that exist, in the order of the topology.
    pub streams: Vec<StreamState>,
    /// The consumers that exist on the two main streams, those of a rerun included.
    pub consumers: Vec<ConsumerState>,
    /// The workers that answered, by role and id.
    pub workers: Vec<WorkerState>,
}

/// What a stream holds.
#[derive(Debug, Clone, Serialize)]
pub struct StreamState {
    /// Its name.
    pub name: String,
    /// Messages in it.
    pub messages: u64,
    /// Bytes in it.
    pub bytes: u64,
    /// The bytes it may hold.
    pub max_bytes: u64,
    /// Sequence of the newest message: grows by one with each.
    pub last_sequence: u64,
    /// When the newest message came.
    pub last: Option<Timestamp>,
}

/// How far a consumer has come.
#[derive(Debug, Clone, Serialize)]
pub struct ConsumerState {
    /// Its name.
    pub name: String,
    /// The stream that it reads.
    pub stream: String,
    /// Messages not delivered yet: the lag.
    pub waiting: u64,
    /// Deliveries not settled yet.
    pub unsettled: u64,
    /// Of these, how many were delivered more than once.
    pub redelivered: u64,
    /// The sequence of the newest delivery.
    pub delivered: u64,
    /// Every message up to this sequence is settled.
    pub ack_floor: u64,
    /// How many deliveries were settled since the consumer was made.
    pub settled: u64,
    /// Pull requests that wait for messages: workers with nothing to do.
    pub idle_requests: u64,
    /// When the oldest message that is not settled came into the stream.
    pub oldest: Option<Timestamp>,
}

/// What a worker says about itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WorkerState {
    /// Its role: `slugline-enricher` …
    pub name: String,
    /// Its id, as `nats micro` shows it.
    pub id: String,
    /// Its version.
    pub version: String,
    /// When it started; RFC 3339.
    pub started: String,
    /// What it has done; the keys depend on the role.
    pub data: BTreeMap<String, serde_json::Value>,
}

impl Connection {
    /// Looks at everything. Streams and consumers that are missing are left out; workers have a moment to answer.
    pub async fn survey(&self) -> Result<Survey, Error> {
        let shared = self.shared();
        let mut streams = Vec::new();
        let mut consumers = Vec::new();
        for spec in &shared.topology.streams {
            let object = spec.object();
            let found = match shared.context.get_stream(&spec.name).await {
                Ok(found) => found,
                Err(error) if is_missing(&error) => continue,
                Err(error) => return Err(unread(&object, error)),
            };
            let info = found.cached_info();
            streams.push(StreamState::of(info));
            let consumed = shared
                .topology
                .consumers
                .iter()
                .any(|consumer| consumer.stream == spec.name);
            if consumed && info.state.consumer_count > 0 {
                consumers.extend(consumers_of(&found).await?);
            }
        }
        Ok(Survey {
            taken: Timestamp::now(),
            server: self.server_version(),
            streams,
            consumers,
            workers: workers(shared).await,
        })
    }
}

fn is_missing(error: &async_nats::jetstream::context::GetStreamError) -> bool {
    use async_nats::jetstream::ErrorCode;
    use async_nats::jetstream::context::GetStreamErrorKind;
    matches!(error.kind(), GetStreamErrorKind::JetStream(said) if said.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

impl StreamState {
    fn of(info: &stream::Info) -> Self {
        let state = &info.state;
        let last = timestamp(state.last_timestamp.unix_timestamp_nanos());
        Self {
            name: info.config.name.clone(),
            messages: state.messages,
            bytes: state.bytes,
            max_bytes: u64::try_from(info.config.max_bytes).unwrap_or(0),
            last_sequence: state.last_sequence,
            last: (state.last_sequence > 0).then_some(last),
        }
    }
}

async fn consumers_of(stream: &stream::Stream) -> Result<Vec<ConsumerState>, Error> {
    let object = format!("stream {}", stream.cached_info().config.name);
    let mut states = Vec::new();
    let mut consumers = stream.consumers();
    while let Some(info) = consumers.next().await {
        let info = info.map_err(|error| unread(&object, std::io::Error::other(error.to_string())))?;
        if info.config.durable_name.is_none() {
            // A look at the stream such as ours.
            continue;
        }
        let behind = info.num_pending > 0 || info.num_ack_pending > 0;
        let oldest = if behind {
            oldest(stream, info.ack_floor.stream_sequence + 1).await
        } else {
            None
        };
        states.push(ConsumerState {
            name: info.name,
            stream: info.stream_name,
            waiting: info.num_pending,
            unsettled: info.num_ack_pending as u64,
            redelivered: info.num_redelivered as u64,
            delivered: info.delivered.stream_sequence,
            ack_floor: info.ack_floor.stream_sequence,
            settled: info.ack_floor.consumer_sequence,
            idle_requests: info.num_waiting as u64,
            oldest,
        });
    }
    Ok(states)
}

/// Returns when the first message from a sequence on came.
async fn oldest(stream: &stream::Stream, from: u64) -> Option<Timestamp> {
    let filter = stream.cached_info().config.subjects.first()?;
    let found = stream.get_first_raw_message_by_subject(filter, from).await;
    let found = found
        .inspect_err(|error| tracing::debug!(%error, "the oldest message is gone"))
        .ok()?;
    Some(timestamp(found.time.unix_timestamp_nanos()))
}

/// Asks all workers, and takes the answers that come in time.
async fn workers(shared: &Shared) -> Vec<WorkerState> {
    let inbox = shared.client.new_inbox();
    let asked = async {
        let answers = shared.client.subscribe(inbox.clone()).await.ok()?;
        let question = shared
            .client
            .publish_with_reply("$SRV.STATS", inbox, bytes::Bytes::new());
        question.await.ok()?;
        Some(answers)
    };
    let Some(mut answers) = asked.await else {
        return Vec::new();
    };
    let mut workers = Vec::new();
    while let Ok(Some(answer)) = timeout(ANSWER_WITHIN, answers.next()).await {
        workers.extend(worker_of(&answer.payload));
    }
    workers.sort_by(|a, b| (&a.name, &a.started, &a.id).cmp(&(&b.name, &b.started, &b.id)));
    workers
}

/// Reads an answer in the format of the NATS service API; `None` where it is not from a worker of ours.
fn worker_of(answer: &[u8]) -> Option<WorkerState> {
    #[derive(Deserialize)]
    struct Stats {
        name: String,
        id: String,
        version: String,
        started: String,
        #[serde(default)]
        endpoints: Vec<Endpoint>,
    }
    #[derive(Deserialize)]
    struct Endpoint {
        #[serde(default)]
        data: Option<BTreeMap<String, serde_json::Value>>,
    }
    let stats: Stats = serde_json::from_slice(answer).ok()?;
    if !WORKER_NAMES.contains(&stats.name.as_str()) {
        return None;
    }
    Some(WorkerState {
        name: stats.name,
        id: stats.id,
        version: stats.version,
        started: stats.started,
        data: stats
            .endpoints
            .into_iter()
            .find_map(|endpoint| endpoint.data)
            .unwrap_or_default(),
    })
}
