//! The embedded carrier against a model, with random actions: nothing is lost, no more than `capacity` messages are
//! unsettled, attempts count up one by one, and every receipt resolves with what became of its message.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use proptest::prelude::*;
use wire::Article;
use wire::transport::{
    Consumer, Delivery, MAX_ATTEMPTS, PublishError, Publisher, Receipt, ReceiptError, RejectionReason,
    Settlement, embedded,
};

use crate::rig::{article, within};

#[derive(Debug, Clone)]
enum Action {
    Publish,
    Take,
    /// Ends the delivery with this number among those taken (wrapped around).
    End(usize, End),
    Close,
}

#[derive(Debug, Clone, Copy)]
enum End {
    Done,
    Retry(u64),
    Reject,
    Drop,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// In the queue, or waiting for its delay there.
    Queued {
        delayed: bool,
    },
    Taken,
    Done,
    Rejected,
    Exhausted,
    /// Given back because the consumer closed.
    Closed,
}

struct Model {
    capacity: usize,
    publisher: Publisher<Article>,
    consumer: Consumer<Article>,
    /// Of each message: attempts so far, fate, receipt.
    messages: Vec<(u32, Fate, Receipt)>,
    taken: Vec<(usize, Delivery<Article>)>,
    closed: bool,
}

impl Model {
    fn new(capacity: usize) -> Self {
        let (publisher, consumer) = embedded::channel("enricher", capacity);
        Self {
            capacity,
            publisher,
            consumer,
            messages: Vec::new(),
            taken: Vec::new(),
            closed: false,
        }
    }

    fn unsettled(&self) -> usize {
        let unsettled = |fate: Fate| matches!(fate, Fate::Queued { .. } | Fate::Taken);
        self.messages
            .iter()
            .filter(|(_, fate, _)| unsettled(*fate))
            .count()
    }

    async fn act(&mut self, action: Action) {
        match action {
            Action::Publish => self.publish(),
            Action::Take => self.take(),
            Action::End(index, end) if !self.taken.is_empty() => {
                let (number, delivery) = self.taken.remove(index % self.taken.len());
                self.end(number, delivery, end).await;
            }
            Action::End(..) => {}
            Action::Close => self.close(),
        }
    }

    fn publish(&mut self) {
        let number = self.messages.len();
        let room = self.unsettled() < self.capacity;
        match self.publisher.publish(article(number)).now_or_never() {
            Some(Ok(receipt)) => {
                assert!(
                    room && !self.closed,
                    "message {number} was taken in spite of the bound"
                );
                self.messages.push((0, Fate::Queued { delayed: false }, receipt));
            }
            Some(Err(PublishError::Closed)) => assert!(self.closed),
            Some(Err(error)) => panic!("{error}"),
            None => assert!(
                !room && !self.closed,
                "message {number} was made to wait with room left"
            ),
        }
    }

    fn take(&mut self) {
        match self.consumer.next().now_or_never() {
            Some(Some(delivery)) => {
                assert!(!self.closed, "a delivery after close");
                let number = self.number_of(&delivery.message);
                let (attempts, fate, _) = &mut self.messages[number];
                assert!(
                    matches!(fate, Fate::Queued { .. }),
                    "message {number} is {fate:?}"
                );
                *attempts += 1;
                *fate = Fate::Taken;
                assert_eq!(delivery.attempt, *attempts);
                self.taken.push((number, delivery));
            }
            Some(None) => assert!(self.closed, "the consumer ended with a publisher alive"),
            None => {
                let at_hand = |fate: Fate| fate == Fate::Queued { delayed: false };
                assert!(
                    !self.messages.iter().any(|(_, fate, _)| at_hand(*fate)),
                    "a message at hand was not delivered"
                );
            }
        }
    }

    async fn end(&mut self, number: usize, delivery: Delivery<Article>, end: End) {
        let (attempts, fate, _) = &mut self.messages[number];
        let again = |delayed| {
            if *attempts >= MAX_ATTEMPTS {
                Fate::Exhausted
            } else if self.closed {
                Fate::Closed
            } else {
                Fate::Queued { delayed }
            }
        };
        let settlement = match end {
            End::Done => {
                *fate = Fate::Done;
                Settlement::Done
            }
            End::Reject => {
                *fate = Fate::Rejected;
                Settlement::Reject {
                    reason: RejectionReason::EnginePanic,
                    detail: "boom".to_owned(),
                }
            }
            End::Retry(millis) => {
                *fate = again(true);
                Settlement::Retry {
                    after: Duration::from_millis(millis),
                    error: "busy".to_owned(),
                }
            }
            End::Drop => {
                *fate = again(false);
                return drop(delivery);
            }
        };
        delivery.settle(settlement).await.expect("settled");
    }

    fn close(&mut self) {
        self.consumer.close();
        self.closed = true;
        for (_, fate, _) in &mut self.messages {
            if matches!(fate, Fate::Queued { .. }) {
                *fate = Fate::Closed;
            }
        }
    }

    fn number_of(&self, message: &Arc<Article>) -> usize {
        (0..self.messages.len())
            .find(|number| article(*number).id == message.id)
            .expect("only what was published arrives")
    }

    /// Settles what is left as done and compares every receipt with the model.
    async fn finish(mut self) {
        for (number, delivery) in std::mem::take(&mut self.taken) {
            self.end(number, delivery, End::Done).await;
        }
        // With the last publisher gone the consumer must end by itself.
        let (other, _) = embedded::channel("enricher", 1);
        drop(std::mem::replace(&mut self.publisher, other));
        while let Some(delivery) = within(self.consumer.next()).await {
            let number = self.number_of(&delivery.message);
            self.messages[number].1 = Fate::Done;
            delivery.settle(Settlement::Done).await.expect("settled");
        }
        for (number, (_, fate, receipt)) in self.messages.into_iter().enumerate() {
            let outcome = match within(receipt.wait()).await {
                Ok(_) => Fate::Done,
                Err(ReceiptError::Closed) => Fate::Closed,
                Err(ReceiptError::Rejected(rejection)) => match rejection.reason {
                    RejectionReason::AttemptsExhausted => Fate::Exhausted,
                    _ => Fate::Rejected,
                },
                Err(error) => panic!("{error}"),
            };
            assert_eq!(outcome, fate, "message {number}");
        }
    }
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let end = prop_oneof![
        3 => Just(End::Done),
        2 => (0..3_u64).prop_map(End::Retry),
        1 => Just(End::Reject),
        3 => Just(End::Drop),
    ];
    let action = prop_oneof![
        60 => Just(Action::Publish),
        80 => Just(Action::Take),
        70 => (any::<usize>(), end).prop_map(|(index, end)| Action::End(index, end)),
        1 => Just(Action::Close),
    ];
    prop::collection::vec(action, 0..200)
}

proptest! {
    #[test]
    fn the_embedded_carrier_behaves_as_its_model(capacity in 1..6_usize, actions in actions()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let mut model = Model::new(capacity);
            for action in actions {
                model.act(action).await;
                // Lets timers run, and renews the budget of a task that never waits.
                tokio::task::yield_now().await;
            }
            model.finish().await;
        });
    }
}
