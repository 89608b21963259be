//! Keeping a consumer's queue filled, whatever happens to the server.
//!
//! Pull requests ask for as many deliveries as the queue has room, and the next one goes out while the last is still
//! being answered, so that a round trip to the server leaves no gap. Each request has a reply subject of its own, so
//! that its end is not taken for that of another. While deliveries wait, the server
//! is told so every third of `ack_wait`: a worker that waits for a full broker must not lose what it holds to the
//! clock. (The client library's own message stream prefetches up to one and a half batches that nobody keeps alive,
//! and its batches do not wake up again after a heartbeat.)

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::pull::{self, BatchConfig};
use async_nats::jetstream::{self, AckKind, consumer};
use async_nats::{StatusCode, Subscriber};
use futures::{FutureExt, StreamExt};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::backoff;
use super::connection::Shared;
use super::consume::{Queue, progress_every};
use super::settle::Raw;
use crate::telemetry;
use crate::topology::Channel;

/// Why a session with the server is over.
#[derive(Debug, thiserror::Error)]
enum Ended {
    #[error("closed")]
    Closed,
    #[error("no sign of life from the server")]
    MissingHeartbeat,
    #[error("the server says: {0}")]
    Status(String),
    #[error("nobody answers the pull request")]
    NoResponders,
    #[error("the subscription ended")]
    Unsubscribed,
    #[error(transparent)]
    Topology(#[from] crate::topology::TopologyError),
    #[error("failed to subscribe")]
    Subscribe(#[from] async_nats::SubscribeError),
    #[error("failed to send a pull request")]
    Pull(#[from] pull::BatchRequestError),
    #[error("the consumer cannot be used")]
    Consumer(#[from] async_nats::jetstream::stream::ConsumerError),
}

/// A pull request that the server has not finished yet.
struct Open {
    inbox: String,
    left: usize,
}

pub(super) struct Pump {
    shared: Arc<Shared>,
    queue: Arc<Queue>,
    channel: Channel,
    closed: CancellationToken,
    n_requests: u64,
}

impl Pump {
    pub(super) fn new(
        shared: Arc<Shared>,
        queue: Arc<Queue>,
        channel: Channel,
        closed: CancellationToken,
    ) -> Self {
        Self {
            shared,
            queue,
            channel,
            closed,
            n_requests: 0,
        }
    }

    /// Runs until closed; then gives back what nobody took.
    pub(super) async fn run(mut self) {
        let mut failures = 0;
        loop {
            let started = Instant::now();
            let Err(ended) = self.session().await else {
                break;
            };
            if matches!(ended, Ended::Closed) {
                break;
            }
            telemetry::error("pull_failed");
            tracing::warn!(error = %ended, channel = %self.channel, "the consumer reopens");
            self.shared.note_no_service().await;
            // A session that worked for a while starts the pauses anew.
            if started.elapsed() > Duration::from_secs(30) {
                failures = 0;
            }
            failures += 1;
            let pause = backoff(failures, Duration::from_millis(100), Duration::from_secs(5));
            tokio::select! {
                () = self.closed.cancelled() => break,
                _ = self.shared.pause(pause) => {}
            }
        }
        self.give_back().await;
    }

    async fn session(&mut self) -> Result<(), Ended> {
        let consumer = tokio::select! {
            () = self.closed.cancelled() => return Err(Ended::Closed),
            consumer = self.consumer() => consumer?,
        };
        let inbox = self.shared.client.new_inbox();
        let mut subscriber = self.shared.client.subscribe(format!("{inbox}.*")).await?;
        let outcome = self.pull(&consumer, &inbox, &mut subscriber).await;
        // What arrived meanwhile is as good as any other delivery.
        while let Some(Some(message)) = subscriber.next().now_or_never() {
            if message.status.is_none_or(|status| status == StatusCode::OK) {
                self.enqueue(message);
            }
        }
        outcome
    }

    /// Pulls until something is wrong.
    async fn pull(
        &mut self,
        consumer: &consumer::Consumer<pull::Config>,
        inbox: &str,
        subscriber: &mut Subscriber,
    ) -> Result<(), Ended> {
        let shared = Arc::clone(&self.shared);
        let queue = Arc::clone(&self.queue);
        let prefetch = shared.prefetch(self.channel);
        let silence = shared.config.heartbeat * 2 + Duration::from_millis(500);
        let mut connected = shared.connected.clone();
        connected.mark_unchanged();
        let every = progress_every(shared.consumer_spec(self.channel).ack_wait);
        let mut progress = tokio::time::interval(every);
        progress.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = Instant::now();
        let mut open: VecDeque<Open> = VecDeque::new();
        loop {
            let asked: usize = open.iter().map(|request| request.left).sum();
            let room = prefetch.saturating_sub(queue.len() + asked);
            if room * 2 >= prefetch {
                open.push_back(self.request(consumer, inbox, room).await?);
                heard = Instant::now();
            }
            tokio::select! {
                () = self.closed.cancelled() => return Err(Ended::Closed),
                // A delivery, or a status of the request.
                message = subscriber.next() => {
                    heard = Instant::now();
                    let message = message.ok_or(Ended::Unsubscribed)?;
                    self.receive(message, &mut open)?;
                }
                // The server should have shown a sign of life long ago.
                () = tokio::time::sleep_until(heard + silence), if !open.is_empty() => {
                    return Err(Ended::MissingHeartbeat);
                }
                // There may be room for another request.
                () = queue.room.notified() => {}
                // A new connection: the server has forgotten the request, and after a hard restart perhaps also
                // that it delivered what waits here. Given back, it comes again at once in either case.
                _ = connected.changed() => {
                    open.clear();
                    self.give_back().await;
                }
                // Keep alive what waits here.
                _ = progress.tick() => self.keep_alive().await,
            }
        }
    }

    async fn request(
        &mut self,
        consumer: &consumer::Consumer<pull::Config>,
        inbox: &str,
        room: usize,
    ) -> Result<Open, Ended> {
        self.n_requests += 1;
        let inbox = format!("{inbox}.{}", self.n_requests);
        let batch = BatchConfig {
            batch: room,
            expires: Some(self.shared.config.expires),
            idle_heartbeat: self.shared.config.heartbeat,
            ..BatchConfig::default()
        };
        consumer.request_batch(batch, inbox.clone().into()).await?;
        Ok(Open { inbox, left: room })
    }

    /// Takes one message in: a delivery goes to the queue, a status ends the request or the session.
    fn receive(&self, message: async_nats::Message, open: &mut VecDeque<Open>) -> Result<(), Ended> {
        let status = message.status.unwrap_or(StatusCode::OK);
        if matches!(status, StatusCode::OK | StatusCode::IDLE_HEARTBEAT) {
            self.shared.note_service();
        }
        if status == StatusCode::OK {
            self.enqueue(message);
            // The server answers requests in their order.
            if let Some(request) = open.front_mut() {
                request.left -= 1;
                if request.left == 0 {
                    open.pop_front();
                }
            }
            return Ok(());
        }
        let ours = open
            .iter()
            .position(|request| message.subject.as_str() == request.inbox);
        let Some(ours) = ours.filter(|_| status != StatusCode::IDLE_HEARTBEAT) else {
            return Ok(());
        };
        let description = message.description.unwrap_or_default();
        match status {
            StatusCode::NO_RESPONDERS => Err(Ended::NoResponders),
            StatusCode::TIMEOUT | StatusCode::NOT_FOUND => {
                open.remove(ours);
                Ok(())
            }
            StatusCode::REQUEST_TERMINATED if description == "Batch Completed" => {
                open.remove(ours);
                Ok(())
            }
            _ => Err(Ended::Status(format!("{status} {description}"))),
        }
    }

    fn enqueue(&self, message: async_nats::Message) {
        let message = jetstream::Message {
            context: self.shared.context.clone(),
            message,
        };
        if let Some(raw) = Raw::of(message, self.shared.generation()) {
            self.queue.push(raw);
        } else {
            tracing::warn!("received a message that is not a delivery");
        }
    }

    /// Returns the durable consumer. One that was deleted is made again: everything in the stream is then
    /// delivered once more, and the sink recognises what it has.
    async fn consumer(&self) -> Result<consumer::Consumer<pull::Config>, Ended> {
        let spec = self.shared.consumer_spec(self.channel);
        let context = &self.shared.context;
        if spec.read(context).await?.is_some() {
            return Ok(context.get_consumer_from_stream(&spec.name, &spec.stream).await?);
        }
        // The new consumer does not know what the old one delivered.
        self.queue.drain();
        tracing::error!(
            consumer = spec.name,
            stream = spec.stream,
            "the durable consumer was deleted, making it again"
        );
        Ok(spec.create(context).await?)
    }

    async fn keep_alive(&self) {
        for raw in self.queue.snapshot() {
            if let Err(error) = self.shared.show_progress(&raw).await {
                tracing::debug!(
                    error = &*error as &dyn std::error::Error,
                    "failed to keep a waiting delivery alive"
                );
            }
        }
    }

    /// Tells the server that others may have what nobody took.
    async fn give_back(&self) {
        for raw in self.queue.drain() {
            let nak = self.shared.client.publish(raw.reply, AckKind::Nak(None).into());
            if let Err(error) = nak.await {
                tracing::debug!(%error, "failed to give a delivery back");
            }
        }
    }
}
