//! Making room in a full stream: what every consumer has settled may go before its age.
//!
//! A stream keeps settled messages for replay until they reach their age. When it is full of them, new articles
//! would wait for days; so the older half of what is settled is purged. What is not settled is never touched: a
//! stream full of that pushes back.

use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::AckPolicy;
use futures::TryStreamExt;
use tokio::sync::Mutex;

use super::connection::Shared;
use crate::topology::Channel;

/// How often it is looked for room at most, over all publishers of a process.
const EVERY: Duration = Duration::from_millis(500);

#[derive(Debug, Default)]
pub(super) struct Room(Mutex<Option<Instant>>);

impl Shared {
    /// Purges the older half of what all consumers of the channel's stream have settled.
    pub(super) async fn make_room(&self, channel: Channel) {
        // Whoever finds it taken need not do the same.
        let Ok(mut last) = self.room.0.try_lock() else {
            return;
        };
        if last.is_some_and(|last| last.elapsed() < EVERY) {
            return;
        }
        *last = Some(Instant::now());
        if let Err(error) = self.purge_settled(channel).await {
            tracing::warn!(%error, %channel, "failed to make room in a full stream");
        }
    }

    async fn purge_settled(&self, channel: Channel) -> Result<(), async_nats::Error> {
        let spec = self.consumer_spec(channel);
        let stream = self.context.get_stream(&spec.stream).await?;
        let first = stream.cached_info().state.first_sequence;
        let consumers: Vec<_> = stream.consumers().try_collect().await?;
        if !consumers.iter().any(|consumer| consumer.name == spec.name) {
            return Ok(());
        }
        let settled = consumers
            .iter()
            .filter(|consumer| consumer.config.ack_policy != AckPolicy::None)
            .map(|consumer| consumer.ack_floor.stream_sequence)
            .min()
            .unwrap_or(0);
        if settled < first {
            return Ok(());
        }
        let keep_from = first + (settled - first + 1).div_ceil(2);
        let purged = stream.purge().sequence(keep_from).await?;
        tracing::info!(
            stream = spec.stream,
            messages = purged.purged,
            "made room in a full stream: purged settled messages"
        );
        Ok(())
    }
}
