//! Why a connection could not be made or used.

use super::Said;
use crate::topology::TopologyError;

/// What can go wrong outside of publishing and settling.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No server could be reached, or it refused us.
    #[error("failed to connect to NATS at {servers}")]
    Connect {
        /// Where, without user and password.
        servers: String,
        /// What the client said.
        source: Said<async_nats::ConnectError>,
    },
    /// A file of the configuration could not be read.
    #[error("failed to read `{path}`")]
    File {
        /// Which one.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The server is too old.
    #[error("the NATS server at {servers} is version {version}, but 2.10 or newer is needed")]
    ServerTooOld {
        /// Where, without user and password.
        servers: String,
        /// What it says it is.
        version: String,
    },
    /// The server runs without JetStream, or the account may not use it.
    #[error("the NATS server at {servers} offers no JetStream: start it with `--jetstream`")]
    NoJetStream {
        /// Where, without user and password.
        servers: String,
        /// What the server said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A subscription was refused.
    #[error("failed to subscribe to `{subject}`: {reason}")]
    Subscribe {
        /// To what.
        subject: String,
        /// What the client said.
        reason: String,
    },
    /// The worker could not announce itself.
    #[error("failed to announce this worker: {0}")]
    Announce(String),
    /// A dead letter could not be sent again.
    #[error("failed to send a dead letter to `{subject}` again")]
    Retry {
        /// Where it was to go.
        subject: String,
        /// What the client or the server said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The streams or consumers are not as they should be.
    #[error(transparent)]
    Topology(#[from] TopologyError),
}

impl Error {
    /// Returns whether the same may work later.
    pub fn is_transient(&self) -> bool {
        use async_nats::ConnectErrorKind::{Dns, Io, TimedOut};
        match self {
            Self::Connect { source, .. } => matches!(source.0.kind(), Dns | Io | TimedOut),
            Self::Topology(TopologyError::Server { is_refusal, .. }) => !is_refusal,
            Self::Retry { .. } => true,
            Self::File { .. }
            | Self::ServerTooOld { .. }
            | Self::NoJetStream { .. }
            | Self::Subscribe { .. }
            | Self::Announce(_)
            | Self::Topology(TopologyError::Drifted(_)) => false,
        }
    }
}
