//! Standard output: results, and nothing else.

use std::io::{self, ErrorKind, Write};

use anyhow::Context;

/// The reader of standard output has seen enough (`| head`): no failure, but a reason to stop.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads standard output any more")]
pub(crate) struct Unheard;

/// Writes what a command did, or found in order to judge it. If nobody reads any more the command goes on: it must do
/// all it was asked, count it, and keep its exit code.
pub(super) fn tell(text: &str) -> anyhow::Result<()> {
    match print(text) {
        Err(error) if error.is::<Unheard>() => Ok(()),
        told => told,
    }
}

/// Writes a result and a line end to standard output.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Unheard.into()),
        written => written.context("failed to write to standard output"),
    }
}
