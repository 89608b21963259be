//! When lines cannot be written, everything before the sink waits in bounded space, and nothing is lost.

use std::fs;
use std::path::PathBuf;

use crate::support::sandbox::bare;
use crate::support::stall::{fill_disk, free_disk, limitable};
use crate::support::{Ledger, Output, Process, Sandbox, http};

/// How much more memory a longer queue in the folder may cost, in bytes.
const FLAT: u64 = 20_000_000;

#[test]
fn a_stalled_sink_is_told_and_recovers_without_loss() {
    let sandbox = Sandbox::new();
    let (process, mut ledger) = stalled_with(&sandbox, 1000);
    let address = http::address(&process);
    let (status, why) = http::get(&address, "/readyz");
    assert_eq!((status, why.as_str()), (503, "the sink cannot write\n"));
    assert_eq!(
        http::get(&address, "/healthz").0,
        200,
        "alive: a restart would not help"
    );
    free_disk(&process);
    sandbox.output().wait_for_lines(ledger.len(), &[&process]);
    assert_eq!(http::get(&address, "/readyz").0, 200);
    ledger.put(&sandbox, 1);
    sandbox.output().wait_for_lines(ledger.len(), &[&process]);
    process.drain();
    ledger.audit(&sandbox.output().records());
}

#[test]
fn memory_does_not_grow_with_what_waits_in_the_folder() {
    let peak = |waiting| {
        let sandbox = Sandbox::new();
        let (process, _) = stalled_with(&sandbox, waiting);
        process.peak_memory()
    };
    let (few, many) = (peak(1_000), peak(20_000));
    assert!(
        many < few + FLAT,
        "{few} bytes with 1,000 files, {many} with 20,000"
    );
}

#[test]
fn a_full_disk_that_is_freed_costs_nothing() {
    let sandbox = Sandbox::new();
    fs::create_dir(&sandbox.out).expect("an output folder");
    // A file system of its own, a stamp large, that is gone with the process.
    let mount =
        "mount -t tmpfs -o size=4m tmpfs \"$0\" && head -c 3900k /dev/zero > \"$0/filler\" && exec \"$@\"";
    let probe = bare("unshare")
        .args([
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs tmpfs /mnt",
        ])
        .output();
    if !probe.is_ok_and(|probe| probe.status.success()) {
        eprintln!("skipped: this machine lets nobody mount; the same is tested with a file size limit above");
        return;
    }
    let run = sandbox.run();
    let mut command = bare("unshare");
    command
        .args(["--map-root-user", "--mount", "sh", "-c", mount])
        .arg(&sandbox.out);
    command.arg(run.get_program()).args(run.get_args());
    let state = format!("watcher.state={}", sandbox.path("state").display());
    command.args(["--set", &state]);
    let process = Process::spawn("run", &mut command);
    process.wait_until_ready();
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, 400);
    process.wait_for_line("cannot write lines");
    let inside = seen_by(&process, &sandbox);
    fs::remove_file(inside.join("filler")).expect("frees the disk");
    process.wait_for_line("writing again");
    // Read while it runs: the file system goes with the process.
    let output_inside = Output::new(&inside);
    output_inside.wait_for_lines(ledger.len(), &[&process]);
    ledger.audit(&output_inside.records());
}

/// Returns the output folder as the process sees it.
fn seen_by(process: &Process, sandbox: &Sandbox) -> PathBuf {
    let root = format!("/proc/{}/root", process.pid().as_raw_nonzero());
    PathBuf::from(root).join(sandbox.out.strip_prefix("/").expect("is absolute"))
}

/// Returns a pipeline that cannot write a line and has taken in all it may of that many waiting files.
fn stalled_with(sandbox: &Sandbox, waiting: usize) -> (Process, Ledger) {
    let mut command = sandbox.run();
    command.args([
        "--http",
        "127.0.0.1:0",
        "--set",
        "watcher.in_flight=256",
        "--set",
        "enricher.in_flight=256",
    ]);
    let process = Process::spawn("run", &mut limitable(&command));
    process.wait_until_ready();
    fill_disk(&process);
    let mut ledger = Ledger::default();
    ledger.put(sandbox, waiting);
    process.wait_for_line("cannot write lines");
    let address = http::address(&process);
    http::wait_for_metric(
        &address,
        "slugline_component_received_events_total",
        "component_id=\"watcher\"",
        256.0,
    );
    (process, ledger)
}
