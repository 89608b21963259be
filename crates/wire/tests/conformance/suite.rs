//! What both carriers promise.

use std::time::{Duration, Instant};

use wire::transport::{MAX_ATTEMPTS, ReceiptError, RejectionReason, Settlement};

use crate::rig::{Carrier, Choice, Rig, article, within};

/// Runs each case on both carriers.
macro_rules! on_both {
    ($($case:ident),* $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case(crate::rig::Carrier::Embedded).await; })*
        }
        mod nats {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case(crate::rig::Carrier::Nats).await; })*
        }
    };
}

on_both![
    messages_arrive_once_and_in_order,
    a_dropped_delivery_comes_back,
    a_retry_waits_for_its_delay_and_blocks_nobody,
    retries_are_exhausted,
    drops_are_exhausted,
    a_rejection_is_final,
    progress_keeps_a_delivery,
    publishing_waits_while_the_carrier_is_full,
    a_closed_consumer_ends,
    a_receipt_may_be_dropped,
    a_large_message_is_carried_whole,
];

fn retry(after: Duration) -> Settlement {
    Settlement::Retry {
        after,
        error: "the disk is asleep".to_owned(),
    }
}

async fn messages_arrive_once_and_in_order(carrier: Carrier) {
    let mut rig = Rig::new(carrier).await;
    let mut receipts = Vec::new();
    for number in 0..50 {
        receipts.push(rig.publish(&article(number)).await);
    }
    for number in 0..50 {
        let delivery = rig.next().await;
        assert_eq!(delivery.message, article(number));
        assert_eq!(delivery.attempt, 1);
        delivery.settle(Settlement::Done).await.expect("settled");
    }
    for receipt in receipts {
        assert!(!within(receipt.wait()).await.expect("receipted").duplicate);
    }
    if let Some(broker) = &rig.broker {
        broker.settled().await;
    }
}

async fn a_dropped_delivery_comes_back(carrier: Carrier) {
    let mut rig = Rig::new(carrier).await;
    let receipt = rig.publish(&article(1)).await;
    drop(rig.next().await);
    let delivery = rig.next().await;
    assert_eq!((delivery.attempt, &delivery.message), (2, &article(1)));
    delivery.settle(Settlement::Done).await.expect("settled");
    within(receipt.wait()).await.expect("receipted");
}

async fn a_retry_waits_for_its_delay_and_blocks_nobody(carrier: Carrier) {
    let delay = Duration::from_millis(400);
    let mut rig = Rig::new(carrier).await;
    let _first = rig.publish(&article(1)).await;
    let _second = rig.publish(&article(2)).await;
    let delivery = rig.next().await;
    assert_eq!(delivery.message, article(1));
    let asked = Instant::now();
    delivery.settle(retry(delay)).await.expect("settled");
    let overtaking = rig.next().await;
    assert_eq!(overtaking.message, article(2));
    overtaking.settle(Settlement::Done).await.expect("settled");
    let again = rig.next().await;
    assert!(asked.elapsed() >= delay, "came back after {:?}", asked.elapsed());
    assert_eq!((again.attempt, &again.message), (2, &article(1)));
    again.settle(Settlement::Done).await.expect("settled");
}

async fn retries_are_exhausted(carrier: Carrier) {
    let mut rig = Rig::new(carrier).await;
    let receipt = rig.publish(&article(1)).await;
    for attempt in 1..=MAX_ATTEMPTS {
        let delivery = rig.next().await;
        assert_eq!(delivery.attempt, attempt);
        delivery
            .settle(retry(Duration::from_millis(1)))
            .await
            .expect("settled");
    }
    rig.assert_rejected(receipt, RejectionReason::AttemptsExhausted, MAX_ATTEMPTS)
        .await;
}

async fn drops_are_exhausted(carrier: Carrier) {
    let mut rig = Rig::with(
        carrier,
        Choice {
            ack_wait: Duration::from_millis(300),
            ..Choice::default()
        },
    )
    .await;
    let receipt = rig.publish(&article(1)).await;
    for attempt in 1..=MAX_ATTEMPTS {
        let delivery = rig.next().await;
        assert_eq!(delivery.attempt, attempt);
        drop(delivery);
    }
    // On NATS it takes a further delivery to notice, which must not be handed out.
    let ended = tokio::time::timeout(Duration::from_millis(700), rig.consumer.next()).await;
    assert!(ended.is_err(), "{ended:?}");
    rig.assert_rejected(receipt, RejectionReason::AttemptsExhausted, MAX_ATTEMPTS + 1)
        .await;
}

async fn a_rejection_is_final(carrier: Carrier) {
    let mut rig = Rig::new(carrier).await;
    let receipt = rig.publish(&article(1)).await;
    let reject = Settlement::Reject {
        reason: RejectionReason::EnginePanic,
        detail: "index out\nof bounds".to_owned(),
    };
    rig.next().await.settle(reject).await.expect("settled");
    rig.assert_rejected(receipt, RejectionReason::EnginePanic, 1)
        .await;
}

async fn progress_keeps_a_delivery(carrier: Carrier) {
    let ack_wait = Duration::from_millis(600);
    let choice = Choice {
        ack_wait,
        ..Choice::default()
    };
    let mut rig = Rig::with(carrier, choice).await;
    let receipt = rig.publish(&article(1)).await;
    let delivery = rig.next().await;
    let every = delivery.progress_interval().unwrap_or(ack_wait / 3);
    let started = Instant::now();
    let mut turn = tokio::time::interval(every);
    while started.elapsed() < ack_wait * 3 {
        tokio::select! {
            _ = turn.tick() => delivery.progress().await.expect("progress is noted"),
            other = rig.consumer.next() => panic!("redelivered: {other:?}"),
        }
    }
    delivery.settle(Settlement::Done).await.expect("settled");
    within(receipt.wait()).await.expect("receipted");
    if let Some(broker) = &rig.broker {
        broker.settled().await;
    }
}

/// Embedded: at most `capacity` messages are unsettled. NATS: at most `capacity` publishes await the server.
async fn publishing_waits_while_the_carrier_is_full(carrier: Carrier) {
    let choice = Choice {
        capacity: 4,
        ..Choice::default()
    };
    let mut rig = Rig::with(carrier, choice).await;
    if let Some(broker) = &rig.broker {
        broker.server.freeze();
    }
    let mut receipts = Vec::new();
    for number in 0..4 {
        receipts.push(rig.publish(&article(number)).await);
    }
    let publisher = rig.publisher.clone();
    let fifth = publisher.publish(article(4));
    tokio::pin!(fifth);
    let waited = tokio::time::timeout(Duration::from_millis(300), &mut fifth).await;
    assert!(waited.is_err(), "a fifth message was taken");
    if let Some(broker) = &rig.broker {
        broker.server.thaw();
    } else {
        let delivery = rig.consumer.next().await.expect("a delivery");
        delivery.settle(Settlement::Done).await.expect("settled");
    }
    receipts.push(within(fifth).await.expect("published"));
    let expected = usize::from(carrier == Carrier::Embedded);
    for number in expected..5 {
        let delivery = rig.next().await;
        assert_eq!(delivery.message, article(number));
        delivery.settle(Settlement::Done).await.expect("settled");
    }
    for receipt in receipts {
        within(receipt.wait()).await.expect("receipted");
    }
}

async fn a_closed_consumer_ends(carrier: Carrier) {
    let mut rig = Rig::new(carrier).await;
    let taken_receipt = rig.publish(&article(1)).await;
    let left_receipt = rig.publish(&article(2)).await;
    let taken = rig.next().await;
    rig.consumer.close();
    assert!(within(rig.consumer.next()).await.is_none());
    taken
        .settle(Settlement::Done)
        .await
        .expect("can still be settled");
    within(taken_receipt.wait()).await.expect("receipted");
    match &rig.broker {
        // The source hears that nobody will take it.
        None => assert!(matches!(
            within(left_receipt.wait()).await,
            Err(ReceiptError::Closed)
        )),
        // Somebody else gets what was left, without waiting for `ack_wait`.
        Some(broker) => {
            let started = Instant::now();
            let mut other = broker.connection.consumer().await.expect("another consumer");
            let delivery: wire::Delivery<wire::Article> = within(other.next()).await.expect("a delivery");
            assert_eq!(delivery.message, article(2));
            assert!(
                started.elapsed() < Duration::from_millis(1500),
                "{:?}",
                started.elapsed()
            );
            delivery.settle(Settlement::Done).await.expect("settled");
            within(left_receipt.wait()).await.expect("receipted");
        }
    }
}

async fn a_receipt_may_be_dropped(carrier: Carrier) {
    let mut rig = Rig::new(carrier).await;
    drop(rig.publish(&article(1)).await);
    let delivery = rig.next().await;
    assert_eq!(delivery.message, article(1));
    delivery.settle(Settlement::Done).await.expect("settled");
}

async fn a_large_message_is_carried_whole(carrier: Carrier) {
    let mut rig = Rig::new(carrier).await;
    let large = crate::rig::article_of("All work and no play. ".repeat(150_000));
    assert!(large.text.len() > 3 << 20);
    let receipt = rig.publish(&large).await;
    let small = rig.publish(&article(1)).await;
    let first = rig.next().await;
    assert!(first.message == large, "the large message has changed");
    first.settle(Settlement::Done).await.expect("settled");
    let second = rig.next().await;
    assert_eq!(second.message, article(1));
    second.settle(Settlement::Done).await.expect("settled");
    within(receipt.wait()).await.expect("receipted");
    within(small.wait()).await.expect("receipted");
}
