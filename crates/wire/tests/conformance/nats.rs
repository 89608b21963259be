//! What only the NATS carrier promises.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{FutureExt, StreamExt};
use nats_harness::{Options, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use wire::Article;
use wire::nats::{Auth, Config, Connection, Error, Secret, header};
use wire::topology::{Channel, TopologyError};
use wire::transport::{MAX_ATTEMPTS, Settlement};

use crate::rig::{Carrier, Choice, Rig, article, article_of, config, within};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_publish_is_one_message() {
    let mut rig = Rig::new(Carrier::Nats).await;
    let first = within(rig.publish(&article(1)).await.wait())
        .await
        .expect("receipted");
    let second = within(rig.publish(&article(1)).await.wait())
        .await
        .expect("receipted");
    assert_eq!((first.duplicate, second.duplicate), (false, true));
    rig.next().await.settle(Settlement::Done).await.expect("settled");
    rig.broker().settled().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_readable_by_any_client() {
    let mut rig = Rig::new(Carrier::Nats).await;
    within(rig.publish(&article(1)).await.wait())
        .await
        .expect("receipted");
    let context = rig.broker().connection.context().clone();
    let stream = context.get_stream("SLUGLINE_ARTICLES").await.expect("the stream");
    let message = stream.get_raw_message(1).await.expect("the message");
    assert_eq!(message.subject.as_str(), "slugline.article.inbox");
    let shown = |name: &str| message.headers.get(name).map(ToString::to_string);
    let id = article(1).id.to_string();
    assert_eq!(shown("Nats-Msg-Id").as_deref(), Some(id.as_str()));
    assert_eq!(shown("ce-id").as_deref(), Some(id.as_str()));
    assert_eq!(shown("ce-specversion").as_deref(), Some("1.0"));
    assert_eq!(shown("ce-type").as_deref(), Some("slugline.article"));
    assert_eq!(shown("content-type").as_deref(), Some("application/json"));
    let read: Article = serde_json::from_slice(&message.payload).expect("JSON");
    assert_eq!(read, *article(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_is_a_dead_letter_with_its_payload() {
    let mut rig = Rig::new(Carrier::Nats).await;
    let later = serde_json::json!({"schema": "slugline-article/2", "new": true}).to_string();
    let newer = serde_json::to_value(&*article(1)).map(|mut value| {
        value["schema"] = "slugline-article/9".into();
        value.to_string()
    });
    let payloads = [
        ("not json at all".to_owned(), "undecodable"),
        (r#"{"schema":"slugline-article/1"}"#.to_owned(), "undecodable"),
        (later, "unsupported_schema"),
        (newer.expect("JSON"), "unsupported_schema"),
    ];
    let context = rig.broker().connection.context().clone();
    for (payload, _) in &payloads {
        let publish = context.publish("slugline.article.stranger", Bytes::from(payload.clone()));
        publish.await.expect("sent").await.expect("acknowledged");
    }
    within(rig.publish(&article(7)).await.wait())
        .await
        .expect("receipted");
    let delivery = rig.next().await;
    assert_eq!(delivery.message, article(7), "nothing unreadable is handed out");
    delivery.settle(Settlement::Done).await.expect("settled");
    for (number, (payload, reason)) in (1..).zip(&payloads) {
        let dead = rig.broker().dead_letter(number).await;
        assert_eq!(dead.header(header::REASON), *reason);
        assert_eq!(dead.header(header::SUBJECT), "slugline.article.stranger");
        assert_eq!(dead.header(header::SEQUENCE), number.to_string());
        assert_eq!(dead.payload, payload.as_bytes());
    }
    rig.broker().settled().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_stream_pushes_back_until_something_is_settled() {
    let choice = Choice {
        max_bytes: 40_000,
        ..Choice::default()
    };
    let mut rig = Rig::with(Carrier::Nats, choice).await;
    let large = |number: usize| article_of(format!("{number} {}", "x".repeat(9_000)));
    let mut receipts = Vec::new();
    for number in 0..8 {
        receipts.push(rig.publish(&large(number)).await);
    }
    let first = receipts.remove(0);
    within(first.wait()).await.expect("there is room for the first");
    let last = receipts.pop().expect("eight receipts");
    let mut last = std::pin::pin!(last.wait());
    let early = tokio::time::timeout(Duration::from_millis(500), &mut last).await;
    assert!(early.is_err(), "a full stream took it: {early:?}");
    // Settling makes room, and everything arrives.
    let mut seen = std::collections::BTreeSet::new();
    while seen.len() < 8 {
        let delivery = rig.next().await;
        seen.insert(delivery.message.id);
        delivery.settle(Settlement::Done).await.expect("settled");
    }
    within(last).await.expect("receipted");
    for receipt in receipts {
        within(receipt.wait()).await.expect("receipted");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_payload_is_a_dead_letter() {
    let choice = Choice {
        ack_wait: Duration::from_millis(500),
        ..Choice::default()
    };
    let mut rig = Rig::with(Carrier::Nats, choice).await;
    let large = article_of("No end of it. ".repeat(100_000));
    within(rig.publish(&large).await.wait()).await.expect("receipted");
    for attempt in 1..MAX_ATTEMPTS {
        let delivery = rig.next().await;
        assert_eq!(delivery.attempt, attempt);
        if attempt == MAX_ATTEMPTS - 1 {
            let context = rig.broker().connection.context();
            let stream = context
                .get_stream("OBJ_SLUGLINE_PAYLOADS")
                .await
                .expect("the stream");
            stream.purge().await.expect("purged");
        }
    }
    assert!(
        tokio::time::timeout(Duration::from_millis(800), rig.consumer.next())
            .await
            .is_err(),
        "nothing to hand out"
    );
    let dead = rig.broker().dead_letter(1).await;
    assert_eq!(dead.header(header::REASON), "payload_missing");
    rig.broker().settled().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drifted_topology_is_named_and_never_used() {
    let mut rig = Rig::new(Carrier::Nats).await;
    let broker = rig.broker();
    let again = broker
        .connection
        .apply(false)
        .await
        .expect("applying twice is harmless");
    assert_eq!((again.created.len(), again.unchanged.len()), (0, 6));
    let context = broker.connection.context();
    let mut consumer = broker.connection.topology().consumers[0].clone();
    consumer.ack_wait = Duration::from_secs(77);
    let settings = wire::topology::Settings {
        ack_wait: Duration::from_secs(77),
        ..config(&broker.server, &Choice::default()).topology
    };
    let other = wire::topology::Topology::new(&settings);
    let refused = other.apply(context, false).await.expect_err("it differs");
    let sentence = refused.to_string();
    assert!(
        sentence.contains("consumer enricher on SLUGLINE_ARTICLES: ack_wait is `2s`, expected `77s`"),
        "{sentence}"
    );
    let applied = other.apply(context, true).await.expect("updated");
    assert_eq!(applied.updated.len(), 2);
    // Now it is our own idea that is outdated.
    let refused = broker
        .connection
        .consumer::<Article>()
        .await
        .expect_err("it differs");
    assert!(
        matches!(&refused, Error::Topology(TopologyError::Drifted(drifts)) if drifts.len() == 1),
        "{refused}"
    );
    assert_eq!(broker.connection.verify().await.expect("compared").len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pending_tells_how_far_a_consumer_is() {
    let mut rig = Rig::new(Carrier::Nats).await;
    for number in 0..3 {
        within(rig.publish(&article(number)).await.wait())
            .await
            .expect("receipted");
    }
    rig.next().await.settle(Settlement::Done).await.expect("settled");
    let pending = rig
        .broker()
        .connection
        .pending(Channel::Articles)
        .await
        .expect("told");
    assert_eq!((pending.ack_floor, pending.waiting + pending.unsettled), (1, 2));
    assert!(!pending.is_caught_up());
    for _ in 0..2 {
        rig.next().await.settle(Settlement::Done).await.expect("settled");
    }
    rig.broker().settled().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_reach_whoever_listens() {
    let rig = Rig::new(Carrier::Nats).await;
    let connection = &rig.broker.as_ref().expect("a broker").connection;
    let listener = async_nats::connect(config_url(&rig)).await.expect("connected");
    let mut heard = listener
        .subscribe("slugline.figure.killed.>")
        .await
        .expect("subscribed");
    // Hearing itself proves that the server knows of the subscription.
    listener
        .publish("slugline.figure.killed.self", Bytes::new())
        .await
        .expect("sent");
    within(heard.next()).await.expect("its own event");
    let events = connection.events();
    let mut batch = events.batch();
    for (subject, payload) in [
        ("figure.injured.lb", "{}"),
        ("figure.killed.lb", "{\"n\":1}"),
        ("figure.killed._", "{\"n\":2}"),
    ] {
        let write = |event: &mut Vec<u8>| {
            event.extend_from_slice(payload.as_bytes());
            Ok::<_, std::convert::Infallible>(())
        };
        batch.push(subject, || "id".to_owned(), write).expect("is added");
    }
    let failed = batch.push(
        "figure.killed.fr",
        || "id".to_owned(),
        |event| {
            event.push(b'{');
            Err("half of it")
        },
    );
    assert_eq!(failed, Err("half of it"));
    assert_eq!(events.send(batch).await, 3);
    for (subject, payload) in [
        ("slugline.figure.killed.lb", "{\"n\":1}"),
        ("slugline.figure.killed._", "{\"n\":2}"),
    ] {
        let event = within(heard.next()).await.expect("an event");
        assert_eq!(
            (event.subject.as_str(), &*event.payload),
            (subject, payload.as_bytes())
        );
    }
}

fn config_url(rig: &Rig) -> String {
    rig.broker.as_ref().expect("a broker").server.url()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_answers_everybody() {
    let mut rig = Rig::new(Carrier::Nats).await;
    rig.broker().server.freeze();
    let receipt = rig.publish(&article(1)).await;
    let connection = rig.broker().connection.clone();
    // A frozen server answers nothing; closing must not wait for it for ever.
    within(connection.close()).await;
    assert!(matches!(
        within(receipt.wait()).await,
        Err(wire::transport::ReceiptError::Closed)
    ));
    assert!(within(rig.consumer.next()).await.is_none());
    assert!(within(rig.publisher.publish(article(2))).await.is_err());
    rig.broker().server.thaw();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_server_is_refused_with_its_version() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = async {
        let (mut stream, _) = listener.accept().await.expect("a client");
        let info = r#"{"server_id":"A","server_name":"old","version":"2.9.10","go":"","host":"127.0.0.1","port":4222,"headers":true,"max_payload":1048576,"proto":1}"#;
        stream
            .write_all(format!("INFO {info}\r\n").as_bytes())
            .await
            .expect("sent");
        let mut buffer = [0; 4096];
        while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {
            stream.write_all(b"PONG\r\n").await.expect("sent");
        }
    };
    let connect = Connection::connect(Config::for_url(&format!("nats://{address}")));
    let refused = tokio::select! {
        refused = connect => refused.expect_err("too old"),
        () = server => panic!("the client went away"),
    };
    assert_eq!(
        refused.to_string(),
        format!("the NATS server at nats://{address} is version 2.9.10, but 2.10 or newer is needed")
    );
    assert!(!refused.is_transient());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_server_is_told_in_time_and_a_late_one_is_waited_for() {
    let mut server = Server::start().expect("a server");
    server.kill();
    let config = Config {
        connect_within: Duration::from_millis(300),
        ..Config::for_url(&server.url())
    };
    let refused = within(Connection::connect(config.clone()))
        .await
        .expect_err("nobody is there");
    assert!(refused.to_string().contains(&server.url()), "{refused}");
    assert!(refused.is_transient());
    let waiting = Connection::connect(Config {
        connect_within: Duration::from_secs(30),
        ..config
    });
    let mut waiting = std::pin::pin!(waiting);
    assert!((&mut waiting).now_or_never().is_none());
    let restarted = tokio::task::spawn_blocking(move || {
        server.restart().expect("a restart");
        server
    });
    within(waiting).await.expect("connected");
    drop(restarted.await.expect("no panic"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn user_and_password_come_from_a_file() {
    let server = Server::start_with(Options {
        config: "authorization { user: desk, password: hunter2 }\n".to_owned(),
        ..Options::default()
    })
    .expect("a server");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("password");
    std::fs::write(&path, "hunter2\n").expect("written");
    let as_user = |password| Config {
        auth: Auth::User {
            name: "desk".to_owned(),
            password,
        },
        connect_within: Duration::from_secs(1),
        inbox_prefix: Some("_INBOX_desk".to_owned()),
        ..Config::for_url(&server.url())
    };
    let connection = within(Connection::connect(as_user(Secret::File(path)))).await;
    let connection = connection.expect("connected");
    connection.apply(false).await.expect("applied");
    assert!(connection.server_version().starts_with("2."));
    let refused = within(Connection::connect(as_user(Secret::Value("wrong".to_owned())))).await;
    let refused = refused.expect_err("a wrong password");
    assert!(!refused.is_transient(), "{refused:?}");
    assert!(!format!("{refused:?}").contains("wrong"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_consumers_share_the_work() {
    let mut rig = Rig::new(Carrier::Nats).await;
    let mut other = rig
        .broker()
        .connection
        .consumer::<Article>()
        .await
        .expect("a consumer");
    let publisher = Arc::new(rig.publisher.clone());
    for number in 0..60 {
        within(publisher.publish(article(number)))
            .await
            .map(drop)
            .expect("published");
    }
    let mut counts = [0, 0];
    for _ in 0..60 {
        let (index, delivery) = within(async {
            tokio::select! {
                delivery = rig.consumer.next() => (0, delivery),
                delivery = other.next() => (1, delivery),
            }
        })
        .await;
        let delivery = delivery.expect("a delivery");
        assert_eq!(delivery.attempt, 1);
        counts[index] += 1;
        delivery.settle(Settlement::Done).await.expect("settled");
    }
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    rig.broker().settled().await;
}
