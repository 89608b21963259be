//! The backlog stays in the folder: memory does not grow with the number of files that wait.

use std::fs;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use watcher::{Config, Polling, Progress};
use wire::Settlement;
use wire::transport::embedded;

/// How many articles are taken before the consumer stands still.
const TAKEN: usize = 500;

/// Returns the resident memory of this process in MiB.
fn resident_mib() -> f64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .expect("a line");
    let kib = line.split_whitespace().nth(1).expect("a number");
    kib.parse::<f64>().expect("a number") / 1024.0
}

/// Returns the memory while so many files wait, and the number of files that the watcher counted.
async fn memory_with(waiting: usize) -> (f64, u64) {
    let folder = tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .expect("a folder");
    let inbox = folder.path().join("in");
    for part in 0..100 {
        fs::create_dir_all(inbox.join(part.to_string())).expect("made");
        for n in 0..waiting / 100 {
            fs::write(
                inbox.join(format!("{part}/{n}.txt")),
                format!("article {part} {n}"),
            )
            .expect("written");
        }
    }
    let config = Config {
        polling: Polling::Never,
        settle_time: std::time::Duration::from_millis(20),
        ..Config::new(inbox, folder.path().join("state"))
    };
    let (articles, mut consumer) = embedded::channel("sink", 64);
    let progress = Arc::new(Progress::default());
    let watching = watcher::run(config, articles, Arc::clone(&progress), CancellationToken::new());
    let consuming = async {
        for _ in 0..TAKEN {
            let delivery = consumer.next().await.expect("an article");
            delivery.settle(Settlement::Done).await.expect("settled");
        }
        resident_mib()
    };
    tokio::select! {
        outcome = watching => panic!("it ended: {outcome:?}"),
        memory = consuming => (memory, progress.snapshot().expected),
    }
}

#[tokio::test]
async fn memory_is_flat_from_1000_to_100000_waiting_files() {
    if !cfg!(target_os = "linux") {
        println!("skipped: memory is measured through /proc");
        return;
    }
    let (few, counted) = memory_with(1_000).await;
    assert_eq!(counted, 1_000);
    let (many, counted) = memory_with(100_000).await;
    assert_eq!(counted, 100_000);
    println!("{few:.1} MiB with 1,000 files waiting, {many:.1} MiB with 100,000");
    assert!(
        (many - few).abs() < 20.0,
        "{few:.1} MiB with 1,000 files, {many:.1} MiB with 100,000"
    );
}
