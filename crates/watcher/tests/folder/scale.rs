//! Many files at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use watcher::Polling;
use wire::Settlement;

use crate::sandbox::{Running, Sandbox};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_of_20000_files_overflows_every_queue_and_loses_none() {
    const COUNT: usize = 20_000;
    let mut sandbox = Sandbox::in_memory();
    sandbox.config.polling = Polling::Never;
    // No periodic scan helps: the overflow itself must bring one.
    sandbox.config.rescan_interval = Duration::from_mins(10);
    let opened = Arc::new((Mutex::new(false), Condvar::new()));
    let waited = AtomicBool::new(false);
    let gate = Arc::clone(&opened);
    // Nothing is settled until all files are written, so the pipeline is full and the hints pile up.
    let mut running = Running::start(sandbox.config.clone(), move |_| {
        if !waited.swap(true, Ordering::Relaxed) {
            let guard = gate.0.lock().expect("not poisoned");
            drop(gate.1.wait_while(guard, |open| !*open).expect("not poisoned"));
        }
        Settlement::Done
    });
    for n in 0..COUNT {
        sandbox.write(&format!("{}/{n}.txt", n % 10), &format!("article {n}"));
    }
    *opened.0.lock().expect("not poisoned") = true;
    opened.1.notify_all();
    running.until("all files", |seen| seen.len() == COUNT).await;
    let (seen, counts) = running.stop().await;
    assert!(seen.values().all(|(times, _)| *times == 1), "published twice");
    assert_eq!(counts.failed, 0);
}
