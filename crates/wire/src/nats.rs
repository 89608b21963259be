//! The carrier between processes: NATS JetStream.
//!
//! [`Connection::connect`] checks that the server is new enough, [`Connection::apply`] or
//! [`Connection::verify`] that its streams are as the [topology](crate::topology) says, and then
//! [`Connection::publisher`] and [`Connection::consumer`] give the ends that the stages work with.
//!
//! ```text
//! publish ─▶ [in flight ≤ max_in_flight] ─▶ stream ─▶ [queue ≤ prefetch] ─▶ next ─▶ Delivery ─▶ settle
//!   ▲  same Nats-Msg-Id until PubAck           │  pull, heartbeats               +ACK · -NAK delay · dead letter, +TERM
//!   └── waits while the stream is full ────────┘
//! ```
//!
//! - Publishes that come within a moment leave in one write, in their order.
//! - A publish is repeated with the same id until the server acknowledges it or refuses it for good. A duplicate
//!   acknowledgement is success.
//! - A record travels with a digest of its bytes; where that is right, the sink need not read all of it again.
//! - A payload over the limit of one message travels through the object store and is put together again, and
//!   checked against its digest, before the delivery is handed out.
//! - A consumer ends only when it is closed. Whatever the server or the network does, it reopens with a growing,
//!   jittered pause.
//! - A settlement is a request that the server answers, so an unnoted one is an error, never a silent success. Those
//!   that come together share one answer.

mod acks;
mod claim;
mod config;
mod connection;
mod consume;
mod dead;
mod dead_letters;
mod doubt;
mod encode;
mod error;
mod events;
mod find;
mod gather;
mod listen;
mod outbox;
mod puback;
mod publish;
mod pull;
mod room;
mod said;
mod scan;
mod service;
mod settle;
mod survey;

pub use config::{Auth, Config, Secret, Tls};
pub use connection::{Connection, OLDEST_SERVER, Pending};
pub use dead::header;
pub use dead_letters::DeadLetter;
pub use error::Error;
pub use events::{EventBatch, Events};
pub use find::{Found, Progress};
pub use listen::Listener;
pub use said::Said;
pub use service::{Tally, Worker};
pub use survey::{ConsumerState, StreamState, Survey, WorkerState};

pub(crate) use consume::Consumer;
pub(crate) use publish::{Publisher, Receipt};
pub(crate) use settle::Delivery;

use std::time::Duration;

/// Returns the pause before try `attempt + 1` of the same request: `first` doubled per attempt, at most
/// `ceiling`, of which a random half is taken off so that a fleet does not come back in step.
fn backoff(attempt: u32, first: Duration, ceiling: Duration) -> Duration {
    let full = first
        .saturating_mul(1 << attempt.saturating_sub(1).min(16))
        .min(ceiling);
    full.mul_f64(1.0 - fastrand::f64() * 0.5)
}
