//! What a process costs: time, processor time and memory, from `/proc`.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

/// How often the peak memory is looked at. It only grows, so only what comes after the last look is missed.
const LOOK: Duration = Duration::from_millis(5);

/// What one run costs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    pub(crate) server_cpu: Duration,
    /// Bytes.
    pub(crate) peak_memory: u64,
}

/// Runs a command to its end, which must be good.
pub(crate) fn run(command: &mut Command, server: Option<u32>) -> Cost {
    let server_cpu = || server.map_or(Duration::ZERO, process_cpu);
    let before = server_cpu();
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("starts");
    let mut peak = 0;
    loop {
        // NOWAIT: the ended process stays, so that its times can be read.
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        if waitid(WaitId::Pid(Pid::from_child(&child)), options)
            .expect("is a child")
            .is_some()
        {
            break;
        }
        peak = peak.max(peak_memory(child.id()));
        std::thread::sleep(LOOK);
    }
    let wall = start.elapsed();
    let cpu = process_cpu(child.id());
    let status = child.wait().expect("is a child");
    assert!(status.success(), "{command:?}: {status}");
    Cost {
        wall,
        cpu,
        server_cpu: server_cpu() - before,
        peak_memory: peak,
    }
}

/// Returns the user and system time of a process so far.
pub(crate) fn process_cpu(pid: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).expect("is there");
    // The name may hold spaces; the fields after its parenthesis do not. Ticks are 10 ms.
    let (_, fields) = stat.rsplit_once(')').expect("has a name");
    let ticks: u64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|field| field.parse::<u64>().unwrap_or(0))
        .sum();
    Duration::from_millis(ticks * 10)
}

/// Returns the most memory a process had resident so far, in bytes; 0 if it has ended.
pub(crate) fn peak_memory(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
