//! One server process with its store.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use tempfile::TempDir;

use crate::{Error, obtain};

/// How long a server may take to say that it is ready. Long, because a loaded machine must not fail a test.
const READY_WITHIN: Duration = Duration::from_mins(1);

/// How many of the last log lines are kept for [`Server::log`].
const LOG_LINES: usize = 200;

/// What a server is started with beyond a loopback port and an empty JetStream store.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Largest message in bytes; the server's own default of 1 MiB where `None`.
    pub max_payload: Option<u64>,
    /// Further lines of the configuration file: authorisation, TLS, limits. `jetstream`, `listen` and
    /// `server_name` are taken.
    pub config: String,
    /// Lines inside the `jetstream` block, such as `sync_interval: always`.
    pub jetstream: String,
}

/// A running NATS server with JetStream on a free loopback port. Dropping it kills it and deletes its store.
#[derive(Debug)]
pub struct Server {
    folder: TempDir,
    name: String,
    options: Options,
    port: u16,
    process: Option<Process>,
}

impl Server {
    /// Starts a server with default options.
    pub fn start() -> Result<Self, Error> {
        Self::start_with(Options::default())
    }

    /// Starts a server.
    pub fn start_with(options: Options) -> Result<Self, Error> {
        Self::start_named("test", options)
    }

    pub(crate) fn start_named(name: &str, options: Options) -> Result<Self, Error> {
        let folder = tempfile::Builder::new()
            .prefix("slugline-nats-")
            .tempdir()
            .map_err(Error::io("create", "a temporary folder"))?;
        let mut server = Self {
            folder,
            name: name.to_owned(),
            options,
            port: 0,
            process: None,
        };
        server.launch()?;
        Ok(server)
    }

    /// Returns the address for clients: `nats://127.0.0.1:PORT`. It stays the same over restarts.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Returns the port for clients.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the folder that holds the configuration file and the store.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the last lines that the server logged.
    pub fn log(&self) -> String {
        self.process.as_ref().map_or_else(String::new, |p| p.log.text())
    }

    /// Kills the server as `kill -9` does and waits until it is gone. The store stays.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Starts the server again, after [`kill`](Self::kill) or by killing it first, on the same port and store.
    pub fn restart(&mut self) -> Result<(), Error> {
        self.kill();
        self.launch()
    }

    /// Stops the process as SIGSTOP does, and returns once it has stopped: connections stay open, nothing answers.
    pub fn freeze(&self) {
        if let Some(process) = &self.process {
            process.signal(Signal::STOP);
            // Reports the stop; fails only if the process is gone, which the test will notice by itself.
            let _stopped = waitpid(Some(process.pid()), WaitOptions::UNTRACED);
        }
    }

    /// Lets a frozen server go on.
    pub fn thaw(&self) {
        if let Some(process) = &self.process {
            process.signal(Signal::CONT);
        }
    }

    /// Waits until a line of the log contains one of `needles`.
    pub(crate) fn await_log(&self, needles: &[&str]) -> Result<(), Error> {
        match &self.process {
            Some(process) => process.log.wait_for(needles).map(|_| ()),
            None => Err(Error::NotReady {
                reason: "it is not running".to_owned(),
                log: String::new(),
            }),
        }
    }

    fn launch(&mut self) -> Result<(), Error> {
        let config = self.write_config()?;
        let process = Process::start(&config)?;
        let ready = process.log.wait_for(&["Server is ready"])?;
        if self.port == 0 {
            self.port = ready.port.ok_or_else(|| Error::NotReady {
                reason: "it did not tell its port".to_owned(),
                log: process.log.text(),
            })?;
        }
        self.process = Some(process);
        Ok(())
    }

    fn write_config(&self) -> Result<PathBuf, Error> {
        // -1 lets the server choose; a restart keeps what it chose.
        let port = if self.port == 0 { -1 } else { i32::from(self.port) };
        let mut config = format!(
            "server_name: {}\nlisten: \"127.0.0.1:{port}\"\njetstream {{\n  store_dir: \"{}\"\n  max_file_store: 64GB\n  {}\n}}\n",
            self.name,
            self.folder.path().join("store").display(),
            self.options.jetstream,
        );
        if let Some(bytes) = self.options.max_payload {
            // Writing to a String cannot fail.
            let _infallible = writeln!(config, "max_payload: {bytes}");
        }
        config.push_str(&self.options.config);
        let path = self.folder.path().join("nats.conf");
        fs::write(&path, config).map_err(Error::io("write", &path))?;
        Ok(path)
    }
}

/// A child that is killed and reaped when dropped.
#[derive(Debug)]
struct Process {
    child: Child,
    log: Arc<Log>,
}

impl Process {
    fn start(config: &Path) -> Result<Self, Error> {
        let program = obtain()?;
        let mut child = Command::new(&program)
            .arg("--config")
            .arg(config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(Error::io("run", &program))?;
        let log = Arc::new(Log::default());
        let reader = child.stderr.take();
        let process = Self {
            child,
            log: Arc::clone(&log),
        };
        if let Some(reader) = reader {
            // Ends by itself when the server's end of the pipe closes.
            thread::spawn(move || log.follow(reader));
        }
        Ok(process)
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    fn signal(&self, signal: Signal) {
        // Fails only if the process is gone, which the test will notice by itself.
        let _sent = kill_process(self.pid(), signal);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only if the process is gone already.
        let _killed = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// What the server wrote so far, and a way to wait for a line of it.
#[derive(Debug, Default)]
struct Log {
    state: Mutex<LogState>,
    changed: Condvar,
}

#[derive(Debug, Clone, Default)]
struct LogState {
    lines: VecDeque<String>,
    /// The port for clients, once the server told it.
    port: Option<u16>,
    ended: bool,
}

impl Log {
    fn follow(&self, reader: ChildStderr) {
        for line in BufReader::new(reader).lines().map_while(Result::ok) {
            let mut state = self.lock();
            if let Some((_, address)) = line.split_once("Listening for client connections on ") {
                state.port = address
                    .rsplit(':')
                    .next()
                    .and_then(|port| port.trim().parse().ok());
            }
            if state.lines.len() == LOG_LINES {
                state.lines.pop_front();
            }
            state.lines.push_back(line);
            drop(state);
            self.changed.notify_all();
        }
        self.lock().ended = true;
        self.changed.notify_all();
    }

    fn wait_for(&self, needles: &[&str]) -> Result<LogState, Error> {
        let deadline = Instant::now() + READY_WITHIN;
        let mut state = self.lock();
        loop {
            let found = |line: &String| needles.iter().any(|needle| line.contains(needle));
            if state.lines.iter().any(found) {
                return Ok(state.clone());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if state.ended || left.is_zero() {
                let reason = if state.ended {
                    "it ended"
                } else {
                    "it took too long"
                };
                return Err(Error::NotReady {
                    reason: reason.to_owned(),
                    log: join(&state.lines),
                });
            }
            (state, _) = self
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn text(&self) -> String {
        join(&self.lock().lines)
    }

    fn lock(&self) -> MutexGuard<'_, LogState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn join(lines: &VecDeque<String>) -> String {
    lines.iter().fold(String::new(), |mut text, line| {
        text.push_str(line);
        text.push('\n');
        text
    })
}
