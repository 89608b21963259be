//! What happens when the broker dies, freezes or forgets: nothing is lost, and work goes on by itself.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use nats_harness::Cluster;
use tokio::sync::watch;
use tokio::task::JoinSet;
use wire::nats::{Config, Connection};
use wire::topology::{Channel, Settings};
use wire::transport::{Consumer, Publisher, Settlement};
use wire::{Article, ArticleId};

use crate::rig::{Carrier, Choice, Rig, article, eventually, within};

const ARTICLES: usize = 300;

/// Publishes all articles and returns once every receipt has come.
async fn publish_all(publisher: Publisher<Article>) {
    let mut receipts = JoinSet::new();
    for number in 0..ARTICLES {
        let receipt = publisher.publish(article(number)).await.expect("published");
        receipts.spawn(receipt.wait());
    }
    while let Some(receipt) = receipts.join_next().await {
        receipt.expect("no panic").expect("receipted");
    }
}

/// Settles deliveries until every article was seen, telling how many were.
async fn consume_all(mut consumer: Consumer<Article>, seen: watch::Sender<usize>) {
    let mut ids: BTreeSet<ArticleId> = BTreeSet::new();
    while ids.len() < ARTICLES {
        let delivery = consumer.next().await.expect("a consumer on NATS does not end");
        ids.insert(delivery.message.id);
        // May fail while the broker is away; then nobody knows whether it was noted, and it may come back.
        let _noted = delivery.settle(Settlement::Done).await;
        seen.send_replace(ids.len());
    }
}

/// Runs publisher and consumer while `fault` happens in the middle.
async fn nothing_is_lost(rig: &mut Rig, fault: impl AsyncFnOnce(&mut crate::rig::Broker)) {
    let (seen, mut progress) = watch::channel(0);
    let broker = rig.broker.as_mut().expect("a case of the NATS carrier");
    let consumer = broker.connection.consumer().await.expect("a consumer");
    rig.consumer.close();
    let mut tasks = JoinSet::new();
    tasks.spawn(publish_all(rig.publisher.clone()));
    tasks.spawn(consume_all(consumer, seen));
    within(progress.wait_for(|seen| *seen >= ARTICLES / 10))
        .await
        .expect("the consumer runs");
    fault(broker).await;
    while let Some(done) = within(tasks.join_next()).await {
        done.expect("no panic");
    }
    broker.settled().await;
}

fn choice() -> Choice {
    Choice {
        capacity: 16,
        ..Choice::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_broker_loses_nothing() {
    let mut rig = Rig::with(Carrier::Nats, choice()).await;
    nothing_is_lost(&mut rig, async |broker| {
        for _ in 0..3 {
            broker.server.kill();
            broker.server.restart().expect("a restart");
            eventually(async || broker.connection.is_connected().then_some(())).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_broker_loses_nothing() {
    let mut rig = Rig::with(Carrier::Nats, choice()).await;
    nothing_is_lost(&mut rig, async |broker| {
        broker.server.freeze();
        // The time that passes is the fault itself: longer than requests, heartbeats and `ack_wait`.
        tokio::time::sleep(Duration::from_secs(6)).await;
        broker.server.thaw();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_consumer_is_made_again() {
    let mut rig = Rig::with(Carrier::Nats, choice()).await;
    nothing_is_lost(&mut rig, async |broker| {
        let context = broker.connection.context();
        context
            .delete_consumer_from_stream("enricher", "SLUGLINE_ARTICLES")
            .await
            .expect("deleted");
    })
    .await;
    assert_eq!(rig.broker().connection.verify().await.expect("compared"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_survives_the_loss_of_a_server() {
    let mut cluster = Cluster::start(3).expect("a cluster");
    let config = Config {
        topology: Settings {
            replicas: 3,
            ack_wait: Duration::from_secs(2),
            ..Settings::default()
        },
        heartbeat: Duration::from_secs(1),
        request_timeout: Duration::from_secs(2),
        max_in_flight: 16,
        ..Config::for_url(&cluster.url())
    };
    let connection = within(Connection::connect(config)).await.expect("a connection");
    within(connection.apply(false)).await.expect("applied");
    let (seen, mut progress) = watch::channel(0);
    let consumer = connection.consumer().await.expect("a consumer");
    let mut tasks = JoinSet::new();
    tasks.spawn(publish_all(connection.publisher()));
    tasks.spawn(consume_all(consumer, seen));
    within(progress.wait_for(|seen| *seen >= ARTICLES / 10))
        .await
        .expect("the consumer runs");
    cluster.servers[0].kill();
    while let Some(done) = within(tasks.join_next()).await {
        done.expect("no panic");
    }
    let connection = Arc::new(connection);
    eventually(async || {
        let pending = connection.pending(Channel::Articles).await.ok()?;
        pending.is_caught_up().then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_a_slow_stage_is_not_redelivered() {
    let ack_wait = Duration::from_millis(1500);
    let choice = Choice {
        ack_wait,
        ..Choice::default()
    };
    let mut rig = Rig::with(Carrier::Nats, choice).await;
    for number in 0..8 {
        within(rig.publish(&article(number)).await.wait())
            .await
            .expect("receipted");
    }
    // The time that passes is the case itself: a stage that takes nothing for several times `ack_wait`.
    tokio::time::sleep(ack_wait * 2).await;
    let mut taken = Vec::new();
    for number in 0..8 {
        let delivery = rig.next().await;
        assert_eq!((delivery.attempt, &delivery.message), (1, &article(number)));
        taken.push(delivery);
    }
    // Now there is room, and the server would send again what it believes lost.
    let ninth = tokio::time::timeout(ack_wait / 5, rig.consumer.next()).await;
    assert!(ninth.is_err(), "redelivered: {ninth:?}");
    for delivery in taken {
        delivery.settle(Settlement::Done).await.expect("settled");
    }
    rig.broker().settled().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stage_that_comes_late_is_served_after_a_restart() {
    let mut rig = Rig::with(Carrier::Nats, choice()).await;
    let broker = rig.broker();
    broker.server.kill();
    let publisher = broker.connection.publisher::<Article>();
    // Published while nobody is there: taken once the server is back.
    let receipt = within(publisher.publish(article(1))).await.expect("published");
    broker.server.restart().expect("a restart");
    within(receipt.wait()).await.expect("receipted");
    let delivery = rig.next().await;
    assert_eq!(delivery.message, article(1));
    delivery.settle(Settlement::Done).await.expect("settled");
}
