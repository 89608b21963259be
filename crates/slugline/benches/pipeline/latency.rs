//! How long from a file in the inbox to its synced line, at half of the rate that the pipeline can take.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use wire::ArticleId;

use super::corpus::{article, sample_sentences};
use super::{millis, slugline};

/// How long files are dropped.
const DURATION: Duration = Duration::from_secs(10);

/// How often the output is looked at: the resolution of the result.
const LOOK: Duration = Duration::from_millis(1);

/// Prints the latency of the embedded mode at this many articles per second.
pub(crate) fn measure(folder: &Path, rate: f64) {
    let (inbox, out) = (folder.join("latency-in"), folder.join("latency-out"));
    fs::create_dir_all(&inbox).expect("a folder");
    let mut command = slugline(["run"]);
    command.arg(&inbox).arg("--out").arg(&out).stderr(Stdio::null());
    let mut child = command.spawn().expect("starts");
    let stop = AtomicBool::new(false);
    let (dropped, written) = thread::scope(|scope| {
        let reader = scope.spawn(|| follow(&out, &stop));
        let dropped = drop_files(&inbox, rate);
        // Time for the last ones.
        thread::sleep(Duration::from_secs(3));
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
        times
            .get(((times.len() as f64 * share) as usize).min(times.len() - 1))
            .copied()
    };
    println!(
        "file to line at {rate:.0}/s: {:.0} ms median, {:.0} ms at 99 %, {:.0} ms worst ({} of {} files)",
        at(0.5).map_or(f64::NAN, millis),
        at(0.99).map_or(f64::NAN, millis),
        at(1.0).map_or(f64::NAN, millis),
        times.len(),
        dropped.len()
    );
}

/// Drops files at an even rate; returns when each was there.
fn drop_files(inbox: &Path, rate: f64) -> HashMap<String, Instant> {
    let pool = sample_sentences();
    let mut rng = Rng::with_seed(2);
    let mut dropped = HashMap::new();
    // The pipeline has to be up.
    thread::sleep(Duration::from_secs(1));
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

/// Follows the open part until told to stop; returns when the line of each id was there.
fn follow(out: &Path, stop: &AtomicBool) -> HashMap<String, Instant> {
    let mut seen = HashMap::new();
    let mut part: Option<File> = None;
    let mut pending = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        thread::sleep(LOOK);
        if part.is_none() {
            part = open_part(out).and_then(|path| File::open(path).ok());
        }
        let Some(file) = &mut part else { continue };
        file.read_to_end(&mut pending).expect("is readable");
        let now = Instant::now();
        while let Some(end) = pending.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = pending.drain(..=end).collect();
            if let Some(id) = id_of(&line) {
                seen.insert(id, now);
            }
        }
    }
    seen
}

fn open_part(out: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(out).ok()?;
    let mut paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    paths.find(|path| path.extension().is_some_and(|extension| extension == "open"))
}

fn id_of(line: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(line).ok()?;
    let (_, rest) = text.split_once("\"id\":\"")?;
    Some(rest.split_once('"')?.0.to_owned())
}
