//! Listening to subjects as they pass: core NATS, without streams or consumers.

use std::sync::Arc;

use async_nats::{Client, Subscriber};
use bytes::Bytes;
use futures::StreamExt;
use tokio::sync::watch;

use super::connection::reach;
use super::{Config, Error};

/// What passes on some subjects, from the moment of subscribing.
pub struct Listener {
    // Dropped last: the subscription lives on the connection.
    messages: Subscriber,
    _client: Client,
}

impl Listener {
    /// Connects and subscribes to `subject`, which may have wildcards and is taken under the topology's prefix
    /// unless it begins with it. Needs no right beyond that subscription.
    pub async fn subscribe(config: Config, subject: &str) -> Result<Self, Error> {
        let (made, _connected) = watch::channel(0);
        let client = reach(&config, Arc::new(made)).await?;
        let prefix = config.topology.prefix.as_str();
        let subject = match subject.split_once('.') {
            Some((first, _)) if first == prefix => subject.to_owned(),
            _ => format!("{prefix}.{subject}"),
        };
        let failed = |reason: String| Error::Subscribe {
            subject: subject.clone(),
            reason,
        };
        let messages = client
            .subscribe(subject.clone())
            .await
            .map_err(|error| failed(error.to_string()))?;
        // Once the server has answered this, it knows the subscription.
        client.flush().await.map_err(|error| failed(error.to_string()))?;
        tracing::info!(subject, "listening");
        Ok(Self {
            messages,
            _client: client,
        })
    }

    /// Returns the next message, subject and payload; `None` once the connection is closed. Cancel safe.
    pub async fn next(&mut self) -> Option<(String, Bytes)> {
        let message = self.messages.next().await?;
        Some((message.subject.to_string(), message.payload))
    }
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listener").finish_non_exhaustive()
    }
}
