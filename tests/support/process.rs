//! A running `slugline`: its log, its signals and its end.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};

use super::PATIENCE;

/// A child process; killed and reaped when dropped.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
    log: Arc<Log>,
}

/// How a process ended.
#[derive(Debug)]
pub(crate) struct Exit {
    /// The exit code; `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    /// Everything it told on standard error.
    pub(crate) log: String,
}

impl Process {
    /// Starts a command. `name` is for messages.
    pub(crate) fn spawn(name: &str, command: &mut Command) -> Self {
        Self::spawn_into(name, command, Stdio::null())
    }

    /// Starts a command whose standard output goes to `output`.
    pub(crate) fn spawn_into(name: &str, command: &mut Command, output: Stdio) -> Self {
        let mut child = command
            .stdout(output)
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        let log = Arc::new(Log::default());
        let reader = child.stderr.take().expect("is piped");
        let follower = Arc::clone(&log);
        // Ends by itself when the process's end of the pipe closes.
        thread::spawn(move || follower.follow(reader));
        Self {
            name: name.to_owned(),
            child,
            log,
        }
    }

    /// Returns the process id.
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Waits for a line on standard error that contains `needle`, and returns it.
    pub(crate) fn wait_for_line(&self, needle: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.log.lock();
        loop {
            if let Some(line) = state.lines.iter().find(|line| line.contains(needle)) {
                return line.clone();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let told = || format!("{} never said `{needle}`:\n{}", self.name, state.lines.join("\n"));
            assert!(!state.ended && !left.is_zero(), "{}", told());
            state = self
                .log
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Waits until the stages of a `run` that write files have opened them.
    pub(crate) fn wait_until_ready(&self) {
        self.wait_for_line("watcher ready");
        self.wait_for_line("sink ready");
    }

    /// Returns what was told so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().lines.join("\n")
    }

    /// Returns whether it has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.log.lock().ended
    }

    /// Fails if the process has ended.
    pub(crate) fn assert_alive(&self) {
        let state = self.log.lock();
        assert!(!state.ended, "{} ended:\n{}", self.name, state.lines.join("\n"));
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).expect("is running");
    }

    /// Kills it as `kill -9` does, and waits until it is gone.
    pub(crate) fn kill(self) {
        drop(self);
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self) -> Exit {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.log.lock();
        while !state.ended {
            let left = deadline.saturating_duration_since(Instant::now());
            let told = || format!("{} did not end:\n{}", self.name, state.lines.join("\n"));
            assert!(!left.is_zero(), "{}", told());
            state = self
                .log
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        let log = state.lines.join("\n");
        drop(state);
        let code = self.child.wait().expect("is a child").code();
        Exit { code, log }
    }

    /// Asks it to stop, and waits for its end.
    pub(crate) fn terminate(self) -> Exit {
        self.signal(Signal::TERM);
        self.wait()
    }

    /// Asks it to stop, and fails unless it ends well.
    pub(crate) fn drain(self) {
        let name = self.name.clone();
        let exit = self.terminate();
        assert_eq!(exit.code, Some(0), "{name} did not drain:\n{}", exit.log);
    }

    /// Returns the most memory it ever had resident, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("is running");
        let line = status
            .lines()
            .find(|line| line.starts_with("VmHWM:"))
            .expect("is told");
        let kib = line.split_whitespace().nth(1).expect("has a value");
        kib.parse::<u64>().expect("is a number") * 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only if it is gone already.
        let _killed = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// What a process wrote to standard error.
#[derive(Debug, Default)]
struct Log {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    lines: Vec<String>,
    ended: bool,
}

impl Log {
    fn follow(&self, reader: ChildStderr) {
        for line in BufReader::new(reader).split(b'\n').map_while(Result::ok) {
            self.lock()
                .lines
                .push(String::from_utf8_lossy(&line).into_owned());
            self.changed.notify_all();
        }
        self.lock().ended = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
