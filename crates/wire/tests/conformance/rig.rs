//! What every case needs: the two ends of a carrier, messages, and a look at the dead letters.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use nats_harness::{Options, Server};
use wire::message::{Article, ArticleId, Format, Source};
use wire::nats::{Config, Connection, header};
use wire::topology::{Bounds, Settings};
use wire::transport::{Consumer, Delivery, Publisher, Receipt, ReceiptError, RejectionReason, embedded};

/// How long anything in a test may take before the test fails. Long, because a loaded machine must not fail it.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// Which carrier a case runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carrier {
    Embedded,
    Nats,
}

/// What a case may choose.
pub(crate) struct Choice {
    /// Capacity of the embedded carrier; `max_in_flight` on NATS.
    pub(crate) capacity: usize,
    pub(crate) ack_wait: Duration,
    pub(crate) prefetch: usize,
    pub(crate) max_bytes: u64,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            capacity: 64,
            ack_wait: Duration::from_secs(2),
            prefetch: 8,
            max_bytes: 64 << 20,
        }
    }
}

/// Two ends of a carrier of articles, and the server behind them.
pub(crate) struct Rig {
    pub(crate) publisher: Publisher<Article>,
    pub(crate) consumer: Consumer<Article>,
    pub(crate) broker: Option<Broker>,
}

pub(crate) struct Broker {
    pub(crate) connection: Connection,
    pub(crate) server: Server,
}

impl Rig {
    pub(crate) async fn new(carrier: Carrier) -> Self {
        Self::with(carrier, Choice::default()).await
    }

    pub(crate) async fn with(carrier: Carrier, choice: Choice) -> Self {
        match carrier {
            Carrier::Embedded => {
                let (publisher, consumer) = embedded::channel("enricher", choice.capacity);
                Self {
                    publisher,
                    consumer,
                    broker: None,
                }
            }
            Carrier::Nats => {
                let server = Server::start_with(Options::default()).expect("a server");
                let connection = Connection::connect(config(&server, &choice))
                    .await
                    .expect("a connection");
                connection.apply(false).await.expect("the topology is applied");
                Self {
                    publisher: connection.publisher(),
                    consumer: connection.consumer().await.expect("a consumer"),
                    broker: Some(Broker { connection, server }),
                }
            }
        }
    }

    pub(crate) async fn publish(&self, article: &Arc<Article>) -> Receipt {
        within(self.publisher.publish(Arc::clone(article)))
            .await
            .expect("published")
    }

    pub(crate) async fn next(&mut self) -> Delivery<Article> {
        within(self.consumer.next()).await.expect("a delivery")
    }

    pub(crate) fn broker(&mut self) -> &mut Broker {
        self.broker.as_mut().expect("a case of the NATS carrier")
    }

    /// Asserts that the message was given up for this reason: the receipt fails, or a dead letter is there.
    pub(crate) async fn assert_rejected(&self, receipt: Receipt, reason: RejectionReason, attempts: u32) {
        let outcome = within(receipt.wait()).await;
        match &self.broker {
            None => match outcome {
                Err(ReceiptError::Rejected(rejection)) => {
                    assert_eq!(rejection.reason, reason);
                    assert_eq!(rejection.stage, "enricher");
                }
                other => panic!("expected a rejection, got {other:?}"),
            },
            Some(broker) => {
                outcome.expect("the server acknowledged the publish");
                let dead = broker.dead_letter(1).await;
                assert_eq!(dead.header(header::REASON), reason.as_str());
                assert_eq!(dead.header(header::STAGE), "enricher");
                assert_eq!(dead.header(header::ATTEMPTS), attempts.to_string());
                assert_eq!(dead.subject, format!("slugline.dead.enricher.{reason}"));
                broker.settled().await;
            }
        }
    }
}

pub(crate) fn config(server: &Server, choice: &Choice) -> Config {
    let bounds = |max_bytes| Bounds {
        max_bytes,
        max_age: Duration::from_hours(1),
    };
    Config {
        topology: Settings {
            articles: bounds(choice.max_bytes),
            enriched: bounds(choice.max_bytes),
            dead: bounds(64 << 20),
            payloads: bounds(64 << 20),
            ack_wait: choice.ack_wait,
            ..Settings::default()
        },
        max_in_flight: choice.capacity,
        prefetch: choice.prefetch,
        heartbeat: Duration::from_secs(1),
        request_timeout: Duration::from_secs(2),
        ..Config::for_url(&server.url())
    }
}

/// A dead letter as the server has it.
pub(crate) struct DeadLetter {
    pub(crate) subject: String,
    pub(crate) payload: Vec<u8>,
    headers: async_nats::HeaderMap,
}

impl DeadLetter {
    pub(crate) fn header(&self, name: &str) -> String {
        self.headers
            .get(name)
            .map_or_else(String::new, ToString::to_string)
    }
}

impl Broker {
    /// Waits for the dead letter with this number.
    pub(crate) async fn dead_letter(&self, number: u64) -> DeadLetter {
        let stream = self
            .connection
            .context()
            .get_stream("SLUGLINE_DEAD")
            .await
            .expect("the stream");
        let message = eventually(async || stream.get_raw_message(number).await.ok()).await;
        DeadLetter {
            subject: message.subject.to_string(),
            payload: message.payload.to_vec(),
            headers: message.headers,
        }
    }

    /// Waits until everything published is settled.
    pub(crate) async fn settled(&self) {
        eventually(async || {
            let pending = self.connection.pending(wire::topology::Channel::Articles).await;
            pending.ok().filter(wire::nats::Pending::is_caught_up)
        })
        .await;
    }
}

/// Asks again and again until there is an answer: for state of the server that sends no signal.
pub(crate) async fn eventually<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    within(async {
        let mut turn = tokio::time::interval(Duration::from_millis(20));
        loop {
            turn.tick().await;
            if let Some(answer) = ask().await {
                return answer;
            }
        }
    })
    .await
}

/// Fails the test where `future` takes too long.
pub(crate) async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("it took too long")
}

pub(crate) fn article(number: usize) -> Arc<Article> {
    article_of(format!("Article number {number}."))
}

pub(crate) fn article_of(text: String) -> Arc<Article> {
    let source = Source {
        name: "inbox".to_owned(),
        path: "a.txt".to_owned(),
        item: None,
        format: Format::Text,
        bytes: text.len() as u64,
        encoding: "utf-8".to_owned(),
        received: Some(Timestamp::UNIX_EPOCH),
    };
    Arc::new(Article::new(ArticleId::of(text.as_bytes()), source, text))
}
