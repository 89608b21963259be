//! What the tests of the intake share.

use std::path::PathBuf;
use std::time::Duration;

use watcher::intake::{Config, Origin, Reading, Refusal, read, read_items};
use wire::Article;

/// Reads bytes as a file without a modification time.
pub(crate) fn try_read(bytes: &[u8], config: &Config) -> Result<Vec<Article>, Refusal> {
    read(bytes, &ORIGIN, config)
}

/// Reads bytes with what is refused of them.
pub(crate) fn try_read_items(bytes: &[u8], config: &Config) -> Reading {
    read_items(bytes, &ORIGIN, config)
}

const ORIGIN: Origin<'_> = Origin {
    source_name: "test",
    path: "file",
    modified: None,
    received: None,
};

/// Reads bytes that hold one article.
#[track_caller]
pub(crate) fn article(bytes: &[u8]) -> Article {
    let mut articles =
        try_read(bytes, &Config::default()).unwrap_or_else(|refusal| panic!("refused: {refusal}"));
    assert_eq!(articles.len(), 1, "one article");
    articles.remove(0)
}

/// Returns a folder of test data outside the repository, or `None` with a note where it is absent.
pub(crate) fn shared(folder: &str) -> Option<PathBuf> {
    let root = std::env::var_os("SLUGLINE_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    let path = root.join(folder);
    if !path.is_dir() {
        eprintln!("skipped: {folder} is not in the shared folder; set SLUGLINE_SHARED");
        return None;
    }
    Some(path)
}

/// The time this thread was on a processor: what runs beside a test makes no difference. Zero where that is unknown.
pub(crate) fn busy() -> Duration {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = statistics.split(' ').next().and_then(|first| first.parse().ok());
    nanoseconds.map_or(Duration::ZERO, Duration::from_nanos)
}
