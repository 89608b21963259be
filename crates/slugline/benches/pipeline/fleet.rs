//! One role per process: a watcher, one or more enrichers and a sink on one server.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::corpus::Corpus;
use super::follow::Follower;
use super::measure::process_cpu;
use super::{server_pid, slugline, start_server};

/// How often lines are counted: the resolution of the result.
const LOOK: Duration = Duration::from_millis(5);

/// How long the last line may take before the run counts as broken.
const PATIENCE: Duration = Duration::from_mins(10);

/// Prints the row for this many enrichers.
pub(crate) fn measure(corpus: &Corpus, folder: &Path, enrichers: usize) {
    let out = folder.join(format!("fleet-{enrichers}"));
    let pid_file = folder.join(format!("fleet-{enrichers}.pid"));
    let server = start_server(&pid_file);
    let (server_pid, url) = (server_pid(&pid_file), server.url());
    let role = |mut command: Command| {
        let command = command.args(["--nats", &url]).stderr(Stdio::null());
        Running(command.spawn().expect("starts"))
    };
    let mut sink = slugline(["sink"]);
    sink.arg("--out").arg(&out);
    let mut processes = vec![role(sink)];
    // Workers of one machine share its cores.
    let threads = (thread::available_parallelism().map_or(1, usize::from) / enrichers).max(1);
    for _ in 0..enrichers {
        processes.push(role(slugline(["enrich", "--threads", &threads.to_string()])));
    }
    let before = process_cpu(server_pid);
    let start = Instant::now();
    let mut watch = slugline(["watch", "--set", "watcher.settle=10ms"]);
    watch.arg(&corpus.folder).args([
        "--set",
        &format!(
            "watcher.state={}",
            folder.join(format!("fleet-{enrichers}-state")).display()
        ),
    ]);
    processes.push(role(watch));
    let (mut lines, mut written) = (Follower::new(&out), 0);
    while written < corpus.files.len() {
        assert!(start.elapsed() < PATIENCE, "only {written} lines");
        thread::sleep(LOOK);
        lines.take(|_| written += 1);
    }
    let seconds = start.elapsed().as_secs_f64();
    let clients: Duration = processes.iter().map(|process| process_cpu(process.0.id())).sum();
    let server_cpu = process_cpu(server_pid).saturating_sub(before);
    let micros = |cpu: Duration| cpu.as_secs_f64() * 1e6 / corpus.files.len() as f64;
    println!(
        "| {enrichers} | {threads} | {:.0} | {:.2} | {:.0} | {:.0} |",
        corpus.files.len() as f64 / seconds,
        corpus.bytes as f64 / seconds / 1e6,
        micros(clients),
        micros(server_cpu),
    );
}

/// A process that is killed at the end: what it holds is of no use to anybody.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let ended = self.0.kill().and_then(|()| self.0.wait());
        if let Err(error) = ended {
            eprintln!("a process did not end: {error}");
        }
    }
}
