//! The one place that names all three stages: who talks to whom, and in which order they stop.
//!
//! ```text
//! watcher ══ Article ══▶ enricher ══ Line ══▶ sink
//! ```
//!
//! Stopping follows the data: the watcher first, then each stage once its input has ended. On the embedded
//! carrier that happens by itself, because a stage that returns drops its publisher; on NATS the launcher closes
//! the consumers in the same order.

mod embedded;
mod nats;
mod running;
mod stages;

pub(crate) use embedded::run as run_embedded;
pub(crate) use nats::{connect, connection_config, run as run_on_nats, topology};
pub(crate) use stages::{Stages, Tally};
