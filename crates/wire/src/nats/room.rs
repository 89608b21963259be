//! Making room in a full stream or bucket: what every consumer has settled may go before its age.
//!
//! A stream keeps settled messages for replay until they reach their age. When it is full of them, new articles
//! would wait for days; so the older half of what is settled is purged. What is not settled is never touched: a
//! stream full of that pushes back.
//!
//! The bucket does not tell which message claims an object, so its older half goes only when both streams are
//! settled to their end: then it serves nothing but replays.

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

impl Room {
    /// Does the work, unless somebody is at it or was a moment ago.
    async fn rarely<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        // Whoever finds it taken need not do the same.
        let mut last = self.0.try_lock().ok()?;
        if last.is_some_and(|last| last.elapsed() < EVERY) {
            return None;
        }
        *last = Some(Instant::now());
        Some(work.await)
    }
}

impl Shared {
    /// Purges the older half of what all consumers of the channel's stream have settled.
    pub(super) async fn make_room(&self, channel: Channel) {
        let purge = self.purge_settled(channel);
        if let Some(Err(error)) = self.room.rarely(purge).await {
            tracing::warn!(error = &*error as &dyn std::error::Error, %channel, "failed to make room in a full stream");
        }
    }

    /// Purges the older half of the bucket, if nothing that is still to be done can claim any of it.
    pub(super) async fn make_room_for_payloads(&self) {
        let purge = self.purge_settled_payloads();
        if let Some(Err(error)) = self.room.rarely(purge).await {
            tracing::warn!(
                error = &*error as &dyn std::error::Error,
                "failed to make room for oversize payloads"
            );
        }
    }

    async fn purge_settled_payloads(&self) -> Result<(), async_nats::Error> {
        let Some(bucket) = self.topology.payloads() else {
            return Ok(());
        };
        for channel in Channel::ALL {
            let spec = self.consumer_spec(channel);
            let stream = self.context.get_stream(&spec.stream).await?;
            let settled = stream.consumer_info(&spec.name).await?.ack_floor.stream_sequence;
            if settled < stream.cached_info().state.last_sequence {
                return Ok(());
            }
        }
        let stream = self.context.get_stream(&bucket.name).await?;
        let state = &stream.cached_info().state;
        if state.messages == 0 {
            return Ok(());
        }
        let keep_from = state.first_sequence + (state.last_sequence - state.first_sequence + 1).div_ceil(2);
        let purged = stream.purge().sequence(keep_from).await?;
        tracing::info!(
            bucket = bucket.name,
            pieces = purged.purged,
            "made room for oversize payloads: purged what was settled"
        );
        Ok(())
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
