//! Reading a stream from its beginning to where it ends now, without disturbing anybody's consumer.

use std::time::Duration;

use async_nats::jetstream::consumer::pull::Batch;
use async_nats::jetstream::consumer::{self, AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::{self, stream};
use futures::StreamExt;

use super::connection::Shared;
use super::error::Error;
use super::said::Said;
use crate::topology::TopologyError;

/// Messages asked for at once.
const BATCH: usize = 256;

/// How long the server may take over one batch.
const EXPIRES: Duration = Duration::from_secs(5);

/// What is read of each message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    /// Headers, and the size of the payload as a header.
    Headers,
}

/// A walk through a stream. The consumer behind it vanishes by itself.
pub(super) struct Scan {
    consumer: consumer::Consumer<pull::Config>,
    object: String,
    batch: Option<Batch>,
    left: u64,
}

impl Scan {
    /// Begins a walk over what `filter` (a subject with its prefix) selects.
    pub(super) async fn begin(
        shared: &Shared,
        stream: &str,
        filter: String,
        part: Part,
    ) -> Result<Self, Error> {
        let object = format!("stream {stream}");
        let config = pull::Config {
            description: Some("Slugline: a look at the stream".to_owned()),
            filter_subject: filter,
            ack_policy: AckPolicy::None,
            deliver_policy: DeliverPolicy::All,
            headers_only: part == Part::Headers,
            inactive_threshold: Duration::from_secs(30),
            memory_storage: true,
            num_replicas: 1,
            ..pull::Config::default()
        };
        let consumer: Result<_, stream::ConsumerError> =
            shared.context.create_consumer_on_stream(config, stream).await;
        let consumer = consumer.map_err(|error| unread(&object, error))?;
        let left = consumer.cached_info().num_pending;
        Ok(Self {
            consumer,
            object,
            batch: None,
            left,
        })
    }

    /// Returns the next message, or `None` where the stream ended when the walk began.
    pub(super) async fn next(&mut self) -> Result<Option<jetstream::Message>, Error> {
        while self.left > 0 {
            let batch = if let Some(batch) = &mut self.batch {
                batch
            } else {
                let batch = self
                    .consumer
                    .batch()
                    .max_messages(BATCH)
                    .expires(EXPIRES)
                    .messages();
                self.batch
                    .insert(batch.await.map_err(|error| unread(&self.object, error))?)
            };
            match batch.next().await {
                Some(Ok(message)) => {
                    self.left -= 1;
                    return Ok(Some(message));
                }
                Some(Err(error)) => {
                    return Err(unread(&self.object, std::io::Error::other(error.to_string())));
                }
                None => {
                    self.batch = None;
                    // What expired or was deleted meanwhile will not come.
                    let info = self
                        .consumer
                        .info()
                        .await
                        .map_err(|error| unread(&self.object, error))?;
                    self.left = self.left.min(info.num_pending);
                }
            }
        }
        Ok(None)
    }
}

/// Returns the error of a stream that could not be read.
pub(super) fn unread<E: std::error::Error + Send + Sync + 'static>(object: &str, source: E) -> Error {
    Error::Topology(TopologyError::Server {
        action: "read",
        object: object.to_owned(),
        is_refusal: false,
        source: Box::new(Said(source)),
    })
}
