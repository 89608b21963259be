//! The bare carrier: publish, acknowledge, pull, acknowledge, and nothing else.

use std::time::{Duration, Instant};

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::{self, Context};
use bytes::Bytes;
use futures::StreamExt;
use tokio::runtime::Runtime;

/// How many publishes may await their acknowledgement, and how many messages a pull takes: as in the pipeline.
const WINDOW: usize = 512;

/// A message as the pipeline sent it.
#[derive(Debug, Clone)]
pub(crate) struct Payload {
    subject: String,
    headers: HeaderMap,
    bytes: Bytes,
}

/// Returns every message of a stream.
pub(crate) fn read_all(url: &str, stream: &str) -> Vec<Payload> {
    runtime().block_on(async {
        let context = connect(url).await;
        let mut stream = context.get_stream(stream).await.expect("is there");
        let total = stream.info().await.expect("answers").state.messages as usize;
        let consumer = pull::Config {
            deliver_policy: DeliverPolicy::All,
            ack_policy: AckPolicy::None,
            ..pull::Config::default()
        };
        let consumer = stream.create_consumer(consumer).await.expect("is made");
        let mut messages = consumer.messages().await.expect("opens").take(total);
        let mut payloads = Vec::with_capacity(total);
        while let Some(message) = messages.next().await {
            let message = message.expect("arrives").message;
            payloads.push(Payload {
                subject: message.subject.to_string(),
                headers: message.headers.unwrap_or_default(),
                bytes: message.payload,
            });
        }
        payloads
    })
}

/// Sends each list over its stream and takes it from there, one list after the other; returns how long that took.
pub(crate) fn both_hops(url: &str, payloads: &[Vec<Payload>; 2]) -> Duration {
    runtime().block_on(async {
        let context = connect(url).await;
        let start = Instant::now();
        for (stream, payloads) in ["SLUGLINE_ARTICLES", "SLUGLINE_ENRICHED"].iter().zip(payloads) {
            let pulled = pull_all(&context, stream, payloads.len());
            tokio::join!(publish_all(&context, payloads), pulled);
        }
        start.elapsed()
    })
}

async fn publish_all(context: &Context, payloads: &[Payload]) {
    futures::stream::iter(payloads)
        .map(|payload| async {
            let Payload {
                subject,
                headers,
                bytes,
            } = payload.clone();
            let receipt = context
                .publish_with_headers(subject, headers, bytes)
                .await
                .expect("is sent");
            receipt.await.expect("is acknowledged");
        })
        .buffer_unordered(WINDOW)
        .for_each(|()| std::future::ready(()))
        .await;
}

async fn pull_all(context: &Context, stream: &str, count: usize) {
    let stream = context.get_stream(stream).await.expect("is there");
    let consumer = pull::Config {
        durable_name: Some("bare".to_owned()),
        max_ack_pending: 4096,
        ..pull::Config::default()
    };
    let consumer = stream.create_consumer(consumer).await.expect("is made");
    let messages = consumer
        .stream()
        .max_messages_per_batch(WINDOW)
        .messages()
        .await
        .expect("opens");
    let mut messages = messages.take(count);
    while let Some(message) = messages.next().await {
        message.expect("arrives").ack().await.expect("is acknowledged");
    }
    context.client().flush().await.expect("is flushed");
}

async fn connect(url: &str) -> Context {
    jetstream::new(async_nats::connect(url).await.expect("connects"))
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}
