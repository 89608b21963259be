//! Measures the sink on the disk of this machine: lines per second through the embedded carrier, and how long a
//! start takes over a folder with many parts. Prints and judges nothing.

#[path = "../tests/sink/support.rs"]
#[expect(dead_code, reason = "shared with the tests, which use the rest")]
mod support;

use std::time::Instant;

use sink::Config;
use support::{record, revised, write_all};

const LINES: usize = 20_000;
const PARTS: usize = 10_000;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let out = folder.path().join("out");
    let records: Vec<_> = (0..LINES).map(record).collect();
    let start = Instant::now();
    let running = support::Running::start(Config::new(&out));
    running.deliver_all(records).await;
    let progress = running.end().await.expect("ends well");
    let seconds = start.elapsed().as_secs_f64();
    eprintln!(
        "{LINES} lines in {seconds:.2} s: {:.0} lines/s, {:.1} MB/s, {} syncs of {:.2} ms",
        LINES as f64 / seconds,
        progress.bytes() as f64 / 1e6 / seconds,
        progress.fsyncs(),
        progress.fsync_time().as_secs_f64() * 1e3 / progress.fsyncs() as f64
    );

    let many = folder.path().join("many");
    std::fs::create_dir(&many).expect("created");
    for n in 0..PARTS {
        let mut line = revised(n, "many").json().to_vec();
        line.push(b'\n');
        std::fs::write(many.join(format!("part-{n:010}-20260101T000000Z.jsonl")), line).expect("written");
    }
    for checkpoints in ["without", "with"] {
        let start = Instant::now();
        let progress = write_all(Config::new(&many), []).await;
        assert_eq!(progress.known(), PARTS as u64);
        eprintln!(
            "start over {PARTS} parts {checkpoints} checkpoints: {:.2} s",
            start.elapsed().as_secs_f64()
        );
    }
}
