//! Python and Node with the packages that examples need, made once per build folder.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::sandbox::bare;
use super::workspace;

/// The version of `nats-py` that the examples are run with.
const NATS_PY: &str = "2.11.0";

/// The version of `@nats-io/transport-node` that the examples are run with.
const TRANSPORT_NODE: &str = "3.4.0";

/// Returns a Python that can import `nats`, if there can be one.
pub(crate) fn python() -> Option<PathBuf> {
    let folder = obtain(&format!("nats-py-{NATS_PY}"), |folder| {
        run(bare("python3").args(["-m", "venv"]).arg(folder))?;
        let package = format!("nats-py=={NATS_PY}");
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        run(bare(folder.join("bin/python")).args(install).arg(package))
    })?;
    Some(folder.join("bin/python"))
}

/// Returns a folder in which Node scripts can import `@nats-io/transport-node`, if there can be one.
pub(crate) fn node() -> Option<PathBuf> {
    obtain(&format!("transport-node-{TRANSPORT_NODE}"), |folder| {
        run(bare("node").arg("--version"))?;
        fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        let package = format!("@nats-io/transport-node@{TRANSPORT_NODE}");
        let install = [
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--prefix",
        ];
        run(bare("npm").args(install).arg(folder).arg(package))
    })
}

/// Returns the folder of an environment that `make` makes once; says why there is none. With `CI=true` that is a
/// failure.
fn obtain(name: &str, make: impl FnOnce(&Path) -> Result<(), String>) -> Option<PathBuf> {
    match once(name, make) {
        Ok(folder) => Some(folder),
        Err(reason) => {
            let required = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!required, "no {name}: {reason}");
            eprintln!("skipped: no {name}: {reason}");
            None
        }
    }
}

fn once(name: &str, make: impl FnOnce(&Path) -> Result<(), String>) -> Result<PathBuf, String> {
    let root = workspace().join("target/examples");
    fs::create_dir_all(&root).map_err(|error| error.to_string())?;
    let lock = File::create(root.join("lock")).map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    let folder = root.join(name);
    let ready = folder.join("ready");
    if !ready.is_file() {
        make(&folder)?;
        fs::write(&ready, "").map_err(|error| error.to_string())?;
    }
    Ok(folder)
}

fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let finished = command.output().map_err(|error| format!("{program}: {error}"))?;
    if finished.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&finished.stderr);
    let last = said.lines().rfind(|line| !line.trim().is_empty());
    Err(last.map_or_else(|| format!("{program} failed"), str::to_owned))
}
