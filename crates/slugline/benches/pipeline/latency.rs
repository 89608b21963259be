//! How long from a file in the inbox to its synced line, at half of the rate that the pipeline can take.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use wire::ArticleId;

use super::corpus::{article, sample_sentences};
use super::follow::Follower;
use super::{millis, slugline};

/// How long files are dropped.
const DURATION: Duration = Duration::from_secs(10);

/// How often the output is looked at: the resolution of the result.
const LOOK: Duration = Duration::from_millis(1);

/// How long the pipeline has to start, and the last lines to come.
const MARGIN: Duration = Duration::from_secs(3);

/// Prints the row of one mode, at this many articles per second; `more` are further arguments of `run`.
pub(crate) fn measure(name: &str, folder: &Path, rate: f64, more: &[&str]) {
    let (inbox, out) = (
        folder.join(format!("{name}-in")),
        folder.join(format!("{name}-out")),
    );
    fs::create_dir_all(&inbox).expect("a folder");
    let mut command = slugline(["run"]);
    command.arg(&inbox).arg("--out").arg(&out).args(more);
    let mut child = command.stderr(Stdio::null()).spawn().expect("starts");
    let stop = AtomicBool::new(false);
    let (dropped, written) = thread::scope(|scope| {
        let reader = scope.spawn(|| follow(&out, &stop));
        let dropped = drop_files(&inbox, rate);
        thread::sleep(MARGIN);
        stop.store(true, Ordering::Relaxed);
        (dropped, reader.join().expect("reads"))
    });
    child.kill().expect("is running");
    child.wait().expect("is a child");
    let mut times: Vec<Duration> = dropped
        .iter()
        .filter_map(|(id, at)| written.get(id).map(|seen| seen.duration_since(*at)))
        .collect();
    times.sort();
    let at = |share: f64| {
        let index = (times.len() as f64 * share) as usize;
        let time = times.get(index.min(times.len().saturating_sub(1)));
        time.map_or(f64::NAN, |time| millis(*time))
    };
    println!(
        "| {name} | {rate:.0} | {:.0} ms | {:.0} ms | {:.0} ms | {} of {} |",
        at(0.5),
        at(0.99),
        at(1.0),
        times.len(),
        dropped.len()
    );
}

/// Drops files at an even rate; returns when each was there.
fn drop_files(inbox: &Path, rate: f64) -> HashMap<String, Instant> {
    let pool = sample_sentences();
    let mut rng = Rng::with_seed(2);
    let mut dropped = HashMap::new();
    thread::sleep(MARGIN);
    let start = Instant::now();
    for number in 0.. {
        let due = start + Duration::from_secs_f64(f64::from(number) / rate);
        if due > start + DURATION {
            break;
        }
        thread::sleep(due.saturating_duration_since(Instant::now()));
        let text = article(number as usize, &pool, 16, &mut rng);
        let unfinished = inbox.join(".unfinished.tmp");
        fs::write(&unfinished, &text).expect("writes");
        dropped.insert(ArticleId::of(text.as_bytes()).to_string(), Instant::now());
        fs::rename(&unfinished, inbox.join(format!("{number:06}.txt"))).expect("renames");
    }
    dropped
}

/// Follows the output until told to stop; returns when the line of each id was there.
fn follow(out: &Path, stop: &AtomicBool) -> HashMap<String, Instant> {
    let mut seen = HashMap::new();
    let mut lines = Follower::new(out);
    while !stop.load(Ordering::Relaxed) {
        thread::sleep(LOOK);
        let now = Instant::now();
        lines.take(|line| {
            if let Some(id) = id_of(line) {
                seen.insert(id, now);
            }
        });
    }
    seen
}

fn id_of(line: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(line).ok()?;
    let (_, rest) = text.split_once("\"id\":\"")?;
    Some(rest.split_once('"')?.0.to_owned())
}
