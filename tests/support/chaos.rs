//! Seeded misfortune: random moments, and damage as crashes leave it.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use fastrand::Rng;

use super::Output;
use super::sandbox::files_below;

/// Random choices that can be repeated: the seed is printed, and `SLUGLINE_TEST_SEED` sets it.
#[derive(Debug)]
pub(crate) struct Chaos {
    rng: Rng,
}

impl Chaos {
    /// Starts with the seed from the environment, or a new one.
    pub(crate) fn new(test: &str) -> Self {
        let given = std::env::var("SLUGLINE_TEST_SEED")
            .ok()
            .and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| fastrand::u64(..));
        eprintln!("{test}: SLUGLINE_TEST_SEED={seed}");
        Self {
            rng: Rng::with_seed(seed),
        }
    }

    /// Lets a random part of `longest` pass. There is no signal to wait for: any moment is meant.
    pub(crate) fn moment(&mut self, longest: Duration) {
        thread::sleep(longest.mul_f64(self.rng.f64()));
    }

    /// Returns one of the values.
    pub(crate) fn pick<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.rng.usize(..values.len())]
    }

    /// Appends part of a line to an open part, as a write that a crash cut short leaves it. Returns whether there
    /// was an open part.
    pub(crate) fn tear_last_line(&mut self, output: &Output) -> bool {
        let Some(open) = output
            .parts()
            .into_iter()
            .rfind(|part| has_extension(part, "open"))
        else {
            return false;
        };
        let line = output
            .lines()
            .pop()
            .unwrap_or_else(|| "{\"schema\":\"slugline/1\",".to_owned());
        let torn = &line.as_bytes()[..self.rng.usize(1..line.len())];
        let mut file = OpenOptions::new()
            .append(true)
            .open(open)
            .expect("opens the part");
        file.write_all(torn).expect("appends to the part");
        true
    }

    /// Cuts a random piece off the end of a random file below `folder` that `is_checkpoint`. Returns whether there
    /// was one.
    pub(crate) fn cut_short(&mut self, folder: &Path, is_checkpoint: impl Fn(&Path) -> bool) -> bool {
        let files: Vec<PathBuf> = files_below(folder)
            .into_iter()
            .filter(|path| is_checkpoint(path))
            .collect();
        if files.is_empty() {
            return false;
        }
        let path = &files[self.rng.usize(..files.len())];
        let length = fs::metadata(path).expect("is there").len();
        let file = OpenOptions::new()
            .write(true)
            .open(path)
            .expect("opens the checkpoint");
        file.set_len(self.rng.u64(..=length))
            .expect("cuts the checkpoint");
        true
    }
}

/// Returns whether this is a checkpoint of the watcher.
pub(crate) fn is_watcher_checkpoint(path: &Path) -> bool {
    has_extension(path, "log")
        && path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("checkpoint"))
}

/// Returns whether this is a checkpoint of the sink.
pub(crate) fn is_sink_checkpoint(path: &Path) -> bool {
    has_extension(path, "keys")
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}
