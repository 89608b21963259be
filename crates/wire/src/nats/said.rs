//! Errors of the client library, as causes of ours.

use std::fmt;

/// An error of the client library. Its text already tells its causes, so it shows none of them again: a chain of
/// causes stays free of repeats.
pub struct Said<E>(pub E);

impl<E: fmt::Display> fmt::Display for Said<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<E: fmt::Debug> fmt::Debug for Said<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for Said<E> {}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use async_nats::{ConnectError, ConnectErrorKind};

    use super::*;

    #[test]
    fn causes_are_told_once() {
        let inner = std::io::Error::other("no route");
        let error = ConnectError::with_source(ConnectErrorKind::Io, inner);
        let said = Said(error);
        assert_eq!(said.to_string().matches("no route").count(), 1, "{said}");
        assert!(said.source().is_none());
    }
}
