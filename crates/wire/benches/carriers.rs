//! What the carriers cost: articles a second through each, against the bare NATS client doing the same.
//!
//! `cargo bench -p wire`. One leg is: publish with an id, acknowledge, pull, acknowledge. The bare leg carries bytes
//! that are already encoded and looks at nothing; ours encodes, decodes and checks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{self};
use bytes::Bytes;
use futures::{StreamExt, stream};
use jiff::Timestamp;
use nats_harness::Server;
use wire::message::{Article, ArticleId, Format, Source};
use wire::nats::{Config, Connection};
use wire::transport::{Consumer, Message, Publisher, Settlement, embedded};

const ARTICLES: usize = 4_000;
const TEXT_BYTES: usize = 6_000;
const IN_FLIGHT: usize = 256;
const SETTLING: usize = 64;
const ROUNDS: usize = 3;

#[tokio::main]
async fn main() {
    let articles: Vec<Arc<Article>> = (0..ARTICLES).map(article).collect();
    for round in 1..=ROUNDS {
        let server = Server::start().expect("a server");
        let connection = Connection::connect(Config::for_url(&server.url()))
            .await
            .expect("connected");
        connection.apply(false).await.expect("applied");
        report(round, "bare client", bare(&connection, &articles).await);

        let server = Server::start().expect("a server");
        let connection = Connection::connect(Config::for_url(&server.url()))
            .await
            .expect("connected");
        connection.apply(false).await.expect("applied");
        let consumer = connection.consumer().await.expect("a consumer");
        report(
            round,
            "nats carrier",
            carried(connection.publisher(), consumer, &articles).await,
        );

        let (publisher, consumer) = embedded::channel("enricher", IN_FLIGHT);
        report(
            round,
            "embedded carrier",
            carried(publisher, consumer, &articles).await,
        );
    }
}

#[expect(clippy::print_stdout, reason = "the result of a benchmark")]
fn report(round: usize, what: &str, took: Duration) {
    let rate = ARTICLES as f64 / took.as_secs_f64();
    let micros = took.as_secs_f64() * 1e6 / ARTICLES as f64;
    let megabytes = rate * TEXT_BYTES as f64 / 1e6;
    println!("{round} {what:<17} {rate:>9.0} articles/s {megabytes:>8.1} MB/s {micros:>8.1} µs/article");
}

async fn carried(
    publisher: Publisher<Article>,
    mut consumer: Consumer<Article>,
    articles: &[Arc<Article>],
) -> Duration {
    let started = Instant::now();
    let publish = stream::iter(articles).for_each_concurrent(IN_FLIGHT, |article| {
        let publisher = publisher.clone();
        async move {
            let receipt = publisher.publish(Arc::clone(article)).await.expect("published");
            receipt.wait().await.expect("receipted");
        }
    });
    let settle = async {
        let deliveries = stream::unfold(&mut consumer, async |consumer| {
            consumer.next().await.map(|delivery| (delivery, consumer))
        });
        deliveries
            .take(articles.len())
            .for_each_concurrent(SETTLING, async |delivery| {
                delivery.settle(Settlement::Done).await.expect("settled");
            })
            .await;
    };
    futures::join!(publish, settle);
    started.elapsed()
}

async fn bare(connection: &Connection, articles: &[Arc<Article>]) -> Duration {
    let context = connection.context().clone();
    let encoded: Vec<(String, Bytes)> = articles
        .iter()
        .map(|article| {
            let payload = serde_json::to_vec(&**article).expect("encodes");
            (article.dedupe_key(), payload.into())
        })
        .collect();
    let consumer: jetstream::consumer::Consumer<pull::Config> = context
        .get_consumer_from_stream("enricher", "SLUGLINE_ARTICLES")
        .await
        .expect("the consumer");
    let started = Instant::now();
    let publish = stream::iter(&encoded).for_each_concurrent(IN_FLIGHT, |(id, payload)| {
        let context = context.clone();
        async move {
            let message = PublishMessage::build().payload(payload.clone()).message_id(id);
            let sent = context.send_publish("slugline.article.inbox", message).await;
            sent.expect("sent").await.expect("acknowledged");
        }
    });
    let settle = async {
        let messages = consumer.messages().await.expect("messages");
        let client = context.client();
        messages
            .take(encoded.len())
            .for_each_concurrent(SETTLING, |message| {
                let client = client.clone();
                async move {
                    let reply = message
                        .expect("a message")
                        .reply
                        .clone()
                        .expect("a reply subject");
                    client
                        .request(reply, Bytes::from_static(b"+ACK"))
                        .await
                        .expect("noted");
                }
            })
            .await;
    };
    futures::join!(publish, settle);
    started.elapsed()
}

fn article(number: usize) -> Arc<Article> {
    let mut text = format!("Article {number}. ");
    while text.len() < TEXT_BYTES {
        text.push_str("The council met on Monday and heard 14 speakers. ");
    }
    let source = Source {
        name: "inbox".to_owned(),
        path: format!("{number}.txt"),
        item: None,
        format: Format::Text,
        bytes: text.len() as u64,
        encoding: "utf-8".to_owned(),
        received: Some(Timestamp::UNIX_EPOCH),
    };
    Arc::new(Article::new(ArticleId::of(text.as_bytes()), source, text))
}
