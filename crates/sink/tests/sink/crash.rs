//! `kill -9` of a real process that writes, again and again, and folders left behind by worse.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use sink::Config;

use crate::support::{Running, assert_exactly_once, config, id, ids_left_behind, parts, record};

const OUT: &str = "SLUGLINE_TEST_OUT";
pub(crate) const RECORDS: usize = 3000;

fn child_config(out: &Path) -> Config {
    Config {
        batch_lines: 32,
        batch_wait: Duration::from_millis(1),
        roll_bytes: 60_000,
        compress: true,
        ..config(out)
    }
}

/// The process that is killed: not a test by itself. Publishes every record and notes each that was settled.
#[tokio::test]
async fn child() {
    let Some(out) = std::env::var_os(OUT) else { return };
    let out = Path::new(&out);
    let mut noted = OpenOptions::new()
        .append(true)
        .create(true)
        .open(out.with_extension("settled"))
        .expect("the list of settled records opens");
    let running = Running::start(child_config(out));
    let mut receipts = FuturesUnordered::new();
    for n in 0..RECORDS {
        let receipt = running.publisher.publish(record(n)).await.expect("the sink runs");
        receipts.push(async move { (n, receipt.wait().await) });
        while receipts.len() > 200 {
            let (n, receipt) = receipts.next().await.expect("some are left");
            receipt.expect("settled");
            note(&mut noted, n);
        }
    }
    while let Some((n, receipt)) = receipts.next().await {
        receipt.expect("settled");
        note(&mut noted, n);
    }
    running.end().await.expect("ends well");
}

/// Notes a record in one write: of two, a kill could leave the number without its end, to be joined by the next.
fn note(noted: &mut File, n: usize) {
    noted.write_all(format!("{n}\n").as_bytes()).expect("noted");
}

/// Starts this test binary again as the process that writes, under a limit where one is given.
pub(crate) fn spawn_child(out: &Path, shell_prefix: &str) -> Child {
    let binary = std::env::current_exe().expect("this binary");
    let script = format!("{shell_prefix} exec \"$0\" --exact crash::child --nocapture");
    Command::new("sh")
        .arg("-c")
        .arg(script)
        .arg(binary)
        .env(OUT, out)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("this binary starts again")
}

fn settled(out: &Path) -> BTreeSet<usize> {
    let noted = fs::read_to_string(out.with_extension("settled")).unwrap_or_default();
    noted.lines().filter_map(|line| line.parse().ok()).collect()
}

/// Waits until the child has settled `count` records, or has ended.
pub(crate) fn wait_until_settled(child: &mut Child, out: &Path, count: usize) {
    let start = Instant::now();
    while settled(out).len() < count && child.try_wait().expect("our child").is_none() {
        if start.elapsed() > Duration::from_mins(1) {
            child.kill().expect("killed");
            panic!("the child hangs at {} settled", settled(out).len());
        }
        std::thread::yield_now();
    }
}

#[test]
fn killed_again_and_again_every_record_has_one_line() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let out = folder.path().join("out");
    let mut rng = fastrand::Rng::with_seed(7);
    let rounds = 20;
    for round in 1..=rounds {
        let mut child = spawn_child(&out, "");
        // A restart settles again what it recognises, so each round gets a little further.
        wait_until_settled(&mut child, &out, round * RECORDS / rounds - rng.usize(..100));
        child.kill().expect("killed");
        child.wait().expect("our child");
        let found = ids_left_behind(&out);
        let lost = settled(&out)
            .into_iter()
            .filter(|n| !found.contains(&id(*n)))
            .count();
        assert_eq!(lost, 0, "round {round}: settled but not on disk");
    }
    let status = spawn_child(&out, "").wait().expect("our child");
    assert!(status.success(), "{status}");
    assert_exactly_once(&out, 0..RECORDS);
    assert_eq!(settled(&out).len(), RECORDS);
    assert!(parts(&out, ".open").is_empty());
}
