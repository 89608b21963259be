//! A Python with the packages that examples need, made once per build folder.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use super::sandbox::{bare, finish};
use super::workspace;

/// The version of `nats-py` that the examples are run with.
const NATS_PY: &str = "2.11.0";

/// Returns a Python that can import `nats`, or says why there is none. With `CI=true` that is a failure.
pub(crate) fn with_nats() -> Option<PathBuf> {
    match make() {
        Ok(python) => Some(python),
        Err(reason) => {
            let required = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!required, "no Python with nats-py: {reason}");
            eprintln!("skipped: no Python with nats-py: {reason}");
            None
        }
    }
}

fn make() -> Result<PathBuf, String> {
    let folder = workspace().join("target/python");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let lock = File::create(folder.join("lock")).map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    let environment = folder.join(format!("nats-py-{NATS_PY}"));
    let python = environment.join("bin/python");
    let ready = environment.join("ready");
    if !ready.is_file() {
        run(bare("python3").args(["-m", "venv"]).arg(&environment))?;
        let package = format!("nats-py=={NATS_PY}");
        run(bare(&python).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            &package,
        ]))?;
        fs::write(&ready, "").map_err(|error| error.to_string())?;
    }
    Ok(python)
}

fn run(command: &mut Command) -> Result<(), String> {
    let finished = finish(command);
    if finished.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&finished.stderr);
    let last = said.lines().rfind(|line| !line.trim().is_empty());
    Err(last.unwrap_or("python3 failed").to_owned())
}
