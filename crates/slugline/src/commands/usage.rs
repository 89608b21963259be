//! What is the user's to mend: wrong use or configuration.

use crate::config::Problems;

/// Wrong use or configuration.
pub(crate) const EXIT_USAGE: u8 = 2;

/// An error that is the user's to mend: wrong use or configuration.
#[derive(Debug, thiserror::Error)]
#[error("{0:#}")]
pub(crate) struct UsageError(anyhow::Error);

/// Returns an error that is the user's to mend.
pub(super) fn usage(error: impl Into<anyhow::Error>) -> anyhow::Error {
    UsageError(error.into()).into()
}

/// Fails with everything that is wrong, if anything is.
pub(super) fn fail_on(problems: Problems) -> anyhow::Result<()> {
    if problems.is_empty() {
        Ok(())
    } else {
        Err(usage(problems))
    }
}
