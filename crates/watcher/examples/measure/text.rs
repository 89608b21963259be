//! Plain text: how fast it is read.

use watcher::intake::{Config, read};

use crate::{ORIGIN, busy, corpus};

/// How often the articles are read; the fastest time counts.
const ROUNDS: usize = 5;

/// Measures reading, without the file system; whether there are articles.
pub(crate) fn measure(paths: &[&str]) -> bool {
    let config = Config::default();
    let articles: Vec<_> = corpus::articles(paths).collect();
    let n_bytes: usize = articles.iter().map(|(_, bytes)| bytes.len()).sum();
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let start = busy();
        for (_, bytes) in &articles {
            let read = read(bytes, &ORIGIN, &config).map_or(0, |articles| articles.len());
            std::hint::black_box(read);
        }
        best = best.min(busy().saturating_sub(start).as_secs_f64());
    }
    println!(
        "{} articles, {n_bytes} bytes: {:.0} articles/s, {:.1} MB/s on one core",
        articles.len(),
        articles.len() as f64 / best,
        n_bytes as f64 / best / 1e6
    );
    !articles.is_empty()
}
