//! A failpoint for tests, absent from release builds: articles that crash the process as a stack overflow would.

use std::sync::LazyLock;

/// The text that makes an article poison; nothing where the variable is not set.
static MARKER: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("SLUGLINE_TEST_POISON").ok());

/// Ends the process at once if the text contains the marker.
pub(crate) fn swallow(text: &str) {
    if MARKER.as_deref().is_some_and(|marker| text.contains(marker)) {
        std::process::abort();
    }
}
