//! `kill -9`, broken brokers and damaged files. The oracle: in the end every article has exactly one line with
//! the text that was dropped, nothing else came out, and a fresh article still flows.

use std::time::Duration;

use crate::support::chaos::{is_sink_checkpoint, is_watcher_checkpoint};
use crate::support::{Chaos, Fleet, Ledger, PATIENCE, Process, Role, Sandbox, assert_alive};

/// Articles per test.
const ARTICLES: usize = 500;

/// Longest time between a sign of life and the kill: some batches at the rate of a debug build.
const SOON: Duration = Duration::from_millis(150);

/// What to break while nothing runs.
#[derive(Debug, Clone, Copy)]
enum Damage {
    None,
    TornLine,
    WatcherCheckpoint,
    SinkCheckpoint,
}

impl Damage {
    const ALL: [Self; 4] = [
        Self::None,
        Self::TornLine,
        Self::WatcherCheckpoint,
        Self::SinkCheckpoint,
    ];

    fn inflict(self, chaos: &mut Chaos, sandbox: &Sandbox) -> bool {
        match self {
            Self::None => false,
            Self::TornLine => chaos.tear_last_line(&sandbox.output()),
            Self::WatcherCheckpoint => chaos.cut_short(&sandbox.out.join(".slugline"), is_watcher_checkpoint),
            Self::SinkCheckpoint => chaos.cut_short(&sandbox.out.join(".slugline"), is_sink_checkpoint),
        }
    }
}

#[test]
fn embedded_pipeline_survives_kills_and_damage() {
    const ROUNDS: usize = 20;
    let mut chaos = Chaos::new("embedded");
    let sandbox = Sandbox::new();
    let mut ledger = Ledger::default();
    let mut damaged = 0;
    for round in 0..ROUNDS {
        // Half of it waits for the start, half arrives while it runs.
        ledger.put(&sandbox, ARTICLES / ROUNDS / 2);
        let batch = chaos.pick(&["1", "4", "64"]);
        let setting = format!("sink.batch_lines={batch}");
        let process = Process::spawn("run", sandbox.run().args(["--set", &setting]));
        let before = sandbox.output().count();
        if round % 3 > 0 {
            // Alive and at work; in every third round the kill may also hit the start.
            sandbox.output().wait_for_lines(before + 1, &[&process]);
        }
        ledger.put(&sandbox, ARTICLES / ROUNDS - ARTICLES / ROUNDS / 2);
        chaos.moment(SOON);
        process.kill();
        let damage = Damage::ALL[round % Damage::ALL.len()];
        let done = damage.inflict(&mut chaos, &sandbox);
        damaged += usize::from(done);
        eprintln!(
            "round {round}: batches of {batch}, {} lines, then {damage:?} ({done})",
            sandbox.output().count()
        );
    }
    assert!(damaged > 0, "nothing was ever damaged");
    ledger.put(&sandbox, ARTICLES - ledger.len());
    let process = Process::spawn("run", &mut sandbox.run());
    sandbox.output().wait_for_lines(ledger.len(), &[&process]);
    ledger.put(&sandbox, 1);
    sandbox.output().wait_for_lines(ledger.len(), &[&process]);
    process.drain();
    ledger.audit(&sandbox.output().records());
}

#[test]
fn whole_pipeline_on_nats_survives_kills() {
    const ROUNDS: usize = 4;
    let mut chaos = Chaos::new("run --nats");
    let sandbox = Sandbox::new();
    let server = nats_harness::Server::start().expect("a NATS server");
    let mut ledger = Ledger::default();
    for _ in 0..ROUNDS {
        ledger.put(&sandbox, 50);
        let process = Process::spawn("run --nats", sandbox.run().args(["--nats", &server.url()]));
        chaos.moment(SOON * 10);
        process.kill();
    }
    let process = Process::spawn("run --nats", sandbox.run().args(["--nats", &server.url()]));
    sandbox.output().wait_for_lines(ledger.len(), &[&process]);
    ledger.put(&sandbox, 1);
    sandbox.output().wait_for_lines(ledger.len(), &[&process]);
    process.drain();
    ledger.audit(&sandbox.output().records());
}

#[test]
fn fleet_survives_kills_of_every_role_and_of_the_broker() {
    const ROUNDS: usize = 20;
    let mut chaos = Chaos::new("fleet");
    let sandbox = Sandbox::new();
    let mut fleet = Fleet::start(&sandbox);
    let mut ledger = Ledger::default();
    for round in 0..ROUNDS {
        ledger.put(&sandbox, ARTICLES / ROUNDS);
        let role = Role::ALL[round % Role::ALL.len()];
        let before = sandbox.output().count();
        // Work in progress makes the kill worth it; a slow machine may be killed idle.
        let busy = sandbox
            .output()
            .reaches(before + 1, Duration::from_secs(5), || ());
        chaos.moment(SOON);
        fleet.kill(role);
        let damaged = match role {
            Role::Watcher => chaos.cut_short(&fleet.watcher_state(), is_watcher_checkpoint),
            Role::Sink => chaos.tear_last_line(&sandbox.output()),
            Role::Enricher => false,
        };
        eprintln!("round {round}: killed {role:?} (busy: {busy}, damaged: {damaged})");
        chaos.moment(SOON);
        fleet.launch(role);
        if round % 5 == 4 {
            chaos.moment(SOON);
            fleet.server.kill();
            chaos.moment(SOON * 4);
            fleet.server.restart().expect("the server restarts");
            eprintln!("round {round}: killed the broker too");
        }
    }
    ledger.put(&sandbox, ARTICLES - ledger.len());
    // What a killed enricher held comes back after the acknowledgement wait of a minute.
    wait_twice(&fleet, ledger.len());
    ledger.put(&sandbox, 1);
    fleet.wait_for_lines(ledger.len());
    fleet.drain();
    ledger.audit(&sandbox.output().records());
}

#[test]
fn fleet_survives_a_frozen_broker() {
    const FROZEN: Duration = Duration::from_secs(20);
    let sandbox = Sandbox::new();
    let fleet = Fleet::start(&sandbox);
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, 50);
    fleet.wait_for_lines(1);
    ledger.put(&sandbox, 100);
    fleet.server.freeze();
    ledger.put(&sandbox, 50);
    // The time that the broker does not answer is the test.
    std::thread::sleep(FROZEN);
    fleet.server.thaw();
    wait_twice(&fleet, ledger.len());
    ledger.put(&sandbox, 1);
    fleet.wait_for_lines(ledger.len());
    fleet.drain();
    ledger.audit(&sandbox.output().records());
}

/// Waits for lines, twice as long as usual: redeliveries take their time.
fn wait_twice(fleet: &Fleet<'_>, count: usize) {
    let output = fleet.output();
    if !output.reaches(count, PATIENCE, || assert_alive(&fleet.processes())) {
        fleet.wait_for_lines(count);
    }
}
