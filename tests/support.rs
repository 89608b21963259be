//! What the tests are written with: a sandbox, processes to run and to hurt, and an oracle for what came out.

pub(crate) mod articles;
pub(crate) mod chaos;
pub(crate) mod collector;
mod fleet;
pub(crate) mod fortress;
pub(crate) mod http;
mod output;
pub(crate) mod packages;
mod process;
pub(crate) mod sandbox;
pub(crate) mod stall;
pub(crate) mod terminal;

use std::path::PathBuf;
use std::time::Duration;

pub(crate) use articles::Ledger;
pub(crate) use chaos::Chaos;
pub(crate) use fleet::{Fleet, Role};
pub(crate) use output::{Output, assert_alive};
pub(crate) use process::Process;
pub(crate) use sandbox::Sandbox;

/// How long anything that works may take on a slow, crowded machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// Returns the root of the workspace.
pub(crate) fn workspace() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Returns a folder of the material shared between checkouts, or says why a test goes without it.
pub(crate) fn shared(folder: &str) -> Option<PathBuf> {
    let root =
        std::env::var_os("SLUGLINE_SHARED").map_or_else(|| workspace().join("../shared"), PathBuf::from);
    let path = root.join(folder);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped: {} is not there", path.display());
    None
}
