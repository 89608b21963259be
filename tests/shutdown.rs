//! How it stops, and who may not start beside it.

use rustix::process::Signal;

use crate::support::stall::{fill_disk, limitable};
use crate::support::{Fleet, Ledger, Process, Role, Sandbox};

#[test]
fn the_first_signal_drains() {
    #[track_caller]
    fn check(signal: Signal) {
        let sandbox = Sandbox::new();
        let mut ledger = Ledger::default();
        ledger.put(&sandbox, 200);
        let process = Process::spawn("run", &mut sandbox.run());
        sandbox.output().wait_for_lines(1, &[&process]);
        process.signal(signal);
        let exit = process.wait();
        assert_eq!(exit.code, Some(0), "{}", exit.log);
        assert!(exit.log.contains("stopping: draining"), "{}", exit.log);
        let parts = sandbox.output().parts();
        let finished = parts
            .iter()
            .all(|part| part.extension().is_some_and(|end| end == "jsonl"));
        assert!(finished, "no part stays open: {parts:?}");
        // What was not taken up is still in the folder, and comes with the next run.
        sandbox.run_once();
        ledger.audit(&sandbox.output().records());
    }
    check(Signal::TERM);
    check(Signal::INT);
}

#[test]
fn the_second_signal_forces_and_says_what_may_be_repeated() {
    let sandbox = Sandbox::new();
    let process = Process::spawn("run", &mut limitable(&sandbox.run()));
    process.wait_until_ready();
    fill_disk(&process);
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, 20);
    process.wait_for_line("cannot write lines");
    process.signal(Signal::TERM);
    process.wait_for_line("stopping: draining");
    process.signal(Signal::TERM);
    let exit = process.wait();
    assert_eq!(exit.code, Some(1), "{}", exit.log);
    assert!(
        exit.log.contains("stopped by force") && exit.log.contains("repeated"),
        "{}",
        exit.log
    );
    sandbox.run_once();
    ledger.audit(&sandbox.output().records());
}

#[test]
fn the_grace_period_ends_a_drain_that_cannot_end() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.run();
    command.args(["--set", "process.grace=200ms"]);
    let process = Process::spawn("run", &mut limitable(&command));
    process.wait_until_ready();
    fill_disk(&process);
    Ledger::default().put(&sandbox, 20);
    process.wait_for_line("cannot write lines");
    let exit = process.terminate();
    assert_eq!(exit.code, Some(1), "{}", exit.log);
    assert!(exit.log.contains("stopped by force"), "{}", exit.log);
}

#[test]
fn a_fleet_drains_role_by_role() {
    let sandbox = Sandbox::new();
    let fleet = Fleet::start(&sandbox);
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, 100);
    fleet.wait_for_lines(ledger.len());
    fleet.drain();
    ledger.audit(&sandbox.output().records());
}

#[test]
fn two_sinks_on_one_folder() {
    let sandbox = Sandbox::new();
    let fleet = Fleet::start(&sandbox);
    Ledger::default().put(&sandbox, 1);
    fleet.wait_for_lines(1);
    let exit = Process::spawn("second sink", &mut fleet.command(Role::Sink)).wait();
    assert_eq!(exit.code, Some(1), "{}", exit.log);
    let out = sandbox.out.display().to_string();
    assert!(
        exit.log.contains("another sink is writing to") && exit.log.contains(&out),
        "{}",
        exit.log
    );
    fleet.drain();
}

#[test]
fn two_watchers_on_one_state() {
    let sandbox = Sandbox::new();
    let fleet = Fleet::start(&sandbox);
    Ledger::default().put(&sandbox, 1);
    fleet.wait_for_lines(1);
    let exit = Process::spawn("second watcher", &mut fleet.command(Role::Watcher)).wait();
    assert_eq!(exit.code, Some(1), "{}", exit.log);
    assert!(exit.log.contains("in use by another watcher"), "{}", exit.log);
    fleet.drain();
}

#[test]
fn two_whole_pipelines_on_one_output() {
    let sandbox = Sandbox::new();
    let first = Process::spawn("first", &mut sandbox.run());
    first.wait_until_ready();
    Ledger::default().put(&sandbox, 1);
    sandbox.output().wait_for_lines(1, &[&first]);
    let exit = Process::spawn("second", &mut sandbox.run()).wait();
    assert_eq!(exit.code, Some(1), "{}", exit.log);
    assert!(exit.log.contains("another"), "{}", exit.log);
    first.drain();
}
