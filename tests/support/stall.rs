//! A disk that is full for one process, and has room again at a word.

use std::process::Command;

use rustix::process::{Resource, Rlimit, prlimit};

use super::Process;
use super::sandbox::bare;

/// Returns the command so that a write beyond the limit is an error for it, as on a full disk, and no signal.
pub(crate) fn limitable(command: &Command) -> Command {
    // An ignored signal stays ignored over `exec`.
    let mut shell = bare("sh");
    shell.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]);
    shell.arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    shell
}

/// From now on no file of the process may grow.
pub(crate) fn fill_disk(process: &Process) {
    limit(process, Some(0));
}

/// From now on files may grow again.
pub(crate) fn free_disk(process: &Process) {
    limit(process, None);
}

fn limit(process: &Process, current: Option<u64>) {
    let limit = Rlimit {
        current,
        maximum: None,
    };
    prlimit(Some(process.pid()), Resource::Fsize, limit).expect("is our child");
}
