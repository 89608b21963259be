//! A folder with an inbox and an output folder, and the commands that work on it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output as Finished, Stdio};

use tempfile::TempDir;

use super::{Output, Process};

/// One test's own folder; gone when dropped.
#[derive(Debug)]
pub(crate) struct Sandbox {
    folder: TempDir,
    /// Where articles are dropped.
    pub(crate) inbox: PathBuf,
    /// Where lines come out.
    pub(crate) out: PathBuf,
}

impl Sandbox {
    /// Returns a sandbox with an empty inbox. The output folder is left to the program to make.
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("sandbox-")
            .tempdir_in(env!("CARGO_TARGET_TMPDIR"))
            .expect("a temporary folder");
        let inbox = folder.path().join("inbox");
        fs::create_dir(&inbox).expect("an inbox");
        Self {
            inbox,
            out: folder.path().join("out"),
            folder,
        }
    }

    /// Returns a path in the sandbox, beside inbox and output.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a whole file into the inbox, as a careful producer does: written under an ignored name, then renamed.
    pub(crate) fn put(&self, name: impl AsRef<OsStr>, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.inbox.join(name.as_ref());
        let folder = path.parent().expect("lies in the inbox");
        fs::create_dir_all(folder).expect("a folder in the inbox");
        let unfinished = folder.join(format!(".{}.tmp", fastrand::u64(..)));
        fs::write(&unfinished, bytes).expect("writes into the inbox");
        fs::rename(&unfinished, &path).expect("renames in the inbox");
        path
    }

    /// Returns what came out so far.
    pub(crate) fn output(&self) -> Output {
        Output::new(&self.out)
    }

    /// Returns `slugline` with these arguments, no settings from the environment, and the sandbox as its folder.
    pub(crate) fn slugline<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = bare(env!("CARGO_BIN_EXE_slugline"));
        command.args(arguments).current_dir(self.folder.path());
        command
    }

    /// Returns `slugline run` from the inbox to the output.
    pub(crate) fn run(&self) -> Command {
        let mut command = self.slugline(["run"]);
        command.arg(&self.inbox).arg("--out").arg(&self.out).args(SETTLE);
        command
    }

    /// Runs everything in the inbox once; returns what was told on standard error. Fails unless it ends well.
    pub(crate) fn run_once(&self) -> String {
        let exit = Process::spawn("run --once", self.run().arg("--once")).wait();
        assert_eq!(exit.code, Some(0), "run --once failed:\n{}", exit.log);
        exit.log
    }

    /// Runs a command to its end and returns its standard output. Fails unless it ends well.
    pub(crate) fn stdout<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> String {
        let finished = finish(&mut self.slugline(arguments));
        let told = String::from_utf8_lossy(&finished.stderr).into_owned();
        assert!(finished.status.success(), "{:?}: {told}", finished.status);
        String::from_utf8(finished.stdout).expect("is UTF-8")
    }
}

/// Files of a test are put in place whole, so nothing needs two seconds of standing still.
pub(crate) const SETTLE: [&str; 2] = ["--set", "watcher.settle=50ms"];

/// Returns a program without any setting from the environment of the test.
pub(crate) fn bare(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SLUGLINE_") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub(crate) fn finish(command: &mut Command) -> Finished {
    command.output().expect("starts")
}

/// Returns every file below a folder, sorted; nothing if there is no such folder.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let entry = entry.expect("is readable");
            if entry.file_type().expect("has a type").is_dir() {
                folders.push(entry.path());
            } else {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    files
}

/// Runs a command whose standard output nobody reads (`| head` that has seen enough), to its end.
pub(crate) fn finish_unheard(command: &mut Command) -> std::process::Output {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    drop(child.stdout.take());
    child.wait_with_output().expect("ends")
}
