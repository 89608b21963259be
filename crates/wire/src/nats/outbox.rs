//! Publishes on their way: one task sends them in order, and keeps each until the server has acknowledged it or refused
//! it for good. What has to be sent again comes behind what was published meanwhile.
//!
//! ```text
//! publish ─▶ [queue] ─▶ send ─▶ server ─▶ answers ─▶ receipt
//!                        ▲                   │ not taken
//!                        └───── pause ◀──────┘
//! ```
//!
//! All answers come to one subscription, told apart by the last token of their subject: a request each, as the client
//! library makes them, costs a task, a timer and an inbox per message.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, Interval, MissedTickBehavior};

use super::backoff;
use super::connection::Shared;
use super::encode::Envelope;
use super::gather::Gather;
use super::puback::{Failure, PubAck, Unacknowledged};
use super::publish::Place;
use super::said::Said;
use crate::telemetry;
use crate::topology::Channel;
use crate::transport::{ReceiptError, Receipted};

/// The first pause before a publish is repeated, and the longest.
pub(super) const PAUSE: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// Under load, how long a publish waits for others to leave with; every article waits for it once per hop.
const LINGER: Duration = Duration::from_millis(3);

/// How often publishes without an answer are looked for, per the time that an answer may take.
const LOOKS: u32 = 8;

/// A message to publish, and who waits for its receipt.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) envelope: Envelope,
    pub(super) acknowledged: oneshot::Sender<Result<Receipted, ReceiptError>>,
    /// Held until there is an outcome.
    pub(super) place: Place,
}

/// Why an outbox hears no answers.
#[derive(Debug, thiserror::Error)]
enum Deaf {
    #[error("failed to subscribe to acknowledgements")]
    Subscribe(#[from] async_nats::SubscribeError),
    #[error("the subscription to acknowledgements ended")]
    Unsubscribed,
}

/// The way into an outbox. Cheap to clone; the outbox ends with the last clone, or when the connection closes.
pub(super) type Sender = mpsc::Sender<Outgoing>;

/// A publish that the server has not acknowledged.
struct Flight {
    outgoing: Outgoing,
    attempt: u32,
    sent: Instant,
    /// Over which connection; see [`Shared::generation`].
    generation: u64,
}

struct Outbox {
    shared: Arc<Shared>,
    channel: Channel,
    /// What the subjects of answers begin with, the dot before the last token included.
    inbox: String,
    /// The last token of the next publish's answers.
    next: u64,
    in_flight: HashMap<u64, Flight>,
    /// Those that wait to be sent again.
    pausing: JoinSet<Option<Flight>>,
}

/// Starts an outbox in which up to `most` publishes wait to be sent.
pub(super) fn open(shared: &Arc<Shared>, channel: Channel, most: usize) -> Sender {
    let (sender, outgoing) = Gather::new(most, LINGER);
    let outbox = Outbox {
        shared: Arc::clone(shared),
        channel,
        inbox: format!("{}.", shared.client.new_inbox()),
        next: 0,
        in_flight: HashMap::new(),
        pausing: JoinSet::new(),
    };
    shared.tasks.spawn(outbox.run(outgoing));
    sender
}

impl Outbox {
    /// Whoever waits for a receipt when this ends is told that the carrier closed: the source publishes again after the
    /// next start.
    async fn run(mut self, mut outgoing: Gather<Outgoing>) {
        let shared = Arc::clone(&self.shared);
        let outcome = tokio::select! {
            // Shutting down: what waits is never sent.
            () = shared.closing.cancelled() => return,
            outcome = self.carry(&mut outgoing) => outcome,
        };
        if let Err(error) = outcome {
            tracing::error!(error = &error as &dyn std::error::Error, channel = %self.channel, "publishing ended");
        }
    }

    /// Carries until there is nothing more to carry.
    async fn carry(&mut self, outgoing: &mut Gather<Outgoing>) -> Result<(), Deaf> {
        let mut answers = self.shared.client.subscribe(format!("{}*", self.inbox)).await?;
        let mut connected = self.shared.connected.clone();
        connected.mark_unchanged();
        let mut looks = looks(self.shared.config.request_timeout);
        let mut is_open = true;
        while is_open || !self.in_flight.is_empty() || !self.pausing.is_empty() {
            tokio::select! {
                answer = answers.next() => self.answered(&answer.ok_or(Deaf::Unsubscribed)?),
                group = outgoing.next(), if is_open => {
                    is_open = !group.is_empty();
                    for outgoing in group {
                        self.send(outgoing, 1).await;
                    }
                }
                // A pause is over; `None` where it ended because the connection closes.
                Some(Ok(Some(flight))) = self.pausing.join_next() => {
                    self.send(flight.outgoing, flight.attempt + 1).await;
                }
                () = next(&mut connected) => self.fail_unanswered(),
                _ = looks.tick() => self.fail_late(),
            }
        }
        Ok(())
    }

    async fn send(&mut self, outgoing: Outgoing, attempt: u32) {
        let outbound = outgoing.envelope.outbound(&self.shared.topology);
        let token = self.next;
        self.next += 1;
        let flight = Flight {
            outgoing,
            attempt,
            sent: Instant::now(),
            generation: self.shared.generation(),
        };
        let sent = self.shared.client.publish_with_reply_and_headers(
            outbound.subject,
            format!("{}{token}", self.inbox),
            outbound.headers,
            outbound.payload,
        );
        match tokio::time::timeout(self.shared.config.request_timeout, sent).await {
            Ok(Ok(())) => {
                self.in_flight.insert(token, flight);
            }
            Ok(Err(error)) => self.fail(flight, Said(error).into()),
            Err(_) => self.fail(flight, Unacknowledged::TimedOut),
        }
    }

    fn answered(&mut self, answer: &async_nats::Message) {
        let token = answer.subject.rsplit('.').next();
        let flight = token.and_then(|token| self.in_flight.remove(&token.parse().ok()?));
        // None where the publish was given up before, and is sent again.
        let Some(flight) = flight else { return };
        match PubAck::of(answer) {
            Ok(PubAck { duplicate }) => {
                self.shared.note_service();
                if duplicate {
                    telemetry::duplicate(self.channel);
                }
                flight.end(Ok(Receipted { duplicate }));
            }
            Err(error) => self.fail(flight, error),
        }
    }

    /// The answers to what was sent over an earlier connection went there.
    fn fail_unanswered(&mut self) {
        let generation = self.shared.generation();
        self.fail_all(
            |flight| flight.generation < generation,
            || Unacknowledged::Reconnected,
        );
    }

    /// While there is no connection nothing is late: what waits in the client is sent with the next one.
    fn fail_late(&mut self) {
        if self.shared.is_connected() {
            let patience = self.shared.config.request_timeout;
            let is_late = |flight: &Flight| flight.sent.elapsed() >= patience;
            self.fail_all(is_late, || Unacknowledged::TimedOut);
        }
    }

    fn fail_all(&mut self, which: impl Fn(&Flight) -> bool, error: impl Fn() -> Unacknowledged) {
        let mut failed: Vec<(u64, Flight)> = self.in_flight.extract_if(|_, flight| which(flight)).collect();
        // In the order in which they were sent.
        failed.sort_unstable_by_key(|(token, _)| *token);
        for (_, flight) in failed {
            self.fail(flight, error());
        }
    }

    /// Ends a publish that the server will never take; any other is sent again after a pause.
    fn fail(&mut self, flight: Flight, error: Unacknowledged) {
        let failure = error.means();
        note_retry(self.channel, flight.attempt, failure, &error);
        if failure == Failure::Permanent {
            let subject = flight.outgoing.envelope.subject().to_string();
            let source = Box::new(error);
            return flight.end(Err(ReceiptError::Carrier { subject, source }));
        }
        let (shared, channel) = (Arc::clone(&self.shared), self.channel);
        self.pausing.spawn(async move {
            if failure == Failure::Transient {
                shared.note_no_service().await;
            }
            if failure == Failure::Full && shared.config.reclaim {
                shared.make_room(channel).await;
            }
            let pause = backoff(flight.attempt, PAUSE.0, PAUSE.1);
            shared.pause(pause).await.then_some(flight)
        });
    }
}

impl Flight {
    fn end(self, outcome: Result<Receipted, ReceiptError>) {
        let Outgoing {
            acknowledged, place, ..
        } = self.outgoing;
        drop(place);
        if acknowledged.send(outcome).is_err() {
            tracing::debug!("a publish was acknowledged after its publisher stopped waiting");
        }
    }
}

fn looks(patience: Duration) -> Interval {
    let mut looks = tokio::time::interval((patience / LOOKS).max(Duration::from_millis(1)));
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    looks
}

/// Waits until the connection was made once more; for ever once there will be none.
async fn next(connected: &mut watch::Receiver<u64>) {
    if connected.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn note_retry(channel: Channel, attempt: u32, failure: Failure, error: &Unacknowledged) {
    telemetry::publish_retried(channel, failure.as_str());
    // Every publish under way fails when the server is gone: tell it rarely.
    if attempt == 4 || attempt.is_multiple_of(32) {
        tracing::warn!(%error, %channel, attempt, cause = failure.as_str(), "a publish is not acknowledged yet");
    } else {
        tracing::debug!(%error, %channel, attempt, cause = failure.as_str(), "a publish is repeated");
    }
}
