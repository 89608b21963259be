//! `slugline top` in a terminal: it draws, follows the size, and leaves the terminal as it found it.

use rustix::process::Signal;

use crate::support::terminal::{LEAVES_SCREEN, Terminal};
use crate::support::{Fleet, Ledger, Process, Sandbox};

/// Starts `top` in a terminal and waits for the first picture.
fn top(sandbox: &Sandbox, fleet: &Fleet<'_>, terminal: &Terminal) -> Process {
    let top = terminal.spawn("top", &sandbox.slugline(["top", "--nats", &fleet.server.url()]));
    terminal.wait_for("SLUGLINE_ENRICHED");
    top
}

#[test]
fn top_draws_follows_the_size_and_ends_with_q() {
    let sandbox = Sandbox::new();
    let fleet = Fleet::start(&sandbox);
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, 3);
    fleet.wait_for_lines(3);

    let mut terminal = Terminal::new(120, 40);
    assert!(terminal.is_usable());
    let program = top(&sandbox, &fleet, &terminal);
    // The workers are asked last, and drawn in the same picture.
    terminal.wait_for("slugline-watcher");
    assert!(!terminal.is_usable(), "keys are read one by one");
    for (columns, rows) in [(20, 4), (1, 1), (100, 30)] {
        terminal.resize(columns, rows);
    }
    terminal.wait_for("SLUGLINE_ENRICHED");
    terminal.type_keys("x");
    program.assert_alive();
    terminal.type_keys("q");
    let exit = program.wait();
    assert_eq!(exit.code, Some(0), "{}", exit.log);
    terminal.wait_for(LEAVES_SCREEN);
    assert!(terminal.is_usable());
    fleet.drain();
}

#[test]
fn top_restores_the_terminal_whoever_ends_it() {
    let sandbox = Sandbox::new();
    let fleet = Fleet::start(&sandbox);
    Ledger::default().put(&sandbox, 1);
    fleet.wait_for_lines(1);
    for end in ["ctrl-c", "escape", "terminate"] {
        let mut terminal = Terminal::new(120, 40);
        let program = top(&sandbox, &fleet, &terminal);
        match end {
            "ctrl-c" => terminal.type_keys("\u{3}"),
            "escape" => terminal.type_keys("\u{1b}"),
            _ => program.signal(Signal::TERM),
        }
        let exit = program.wait();
        assert_eq!(exit.code, Some(0), "{end}: {}", exit.log);
        terminal.wait_for(LEAVES_SCREEN);
        assert!(terminal.is_usable(), "{end}");
    }
    fleet.drain();
}

#[test]
fn top_outlives_its_server() {
    let sandbox = Sandbox::new();
    let mut fleet = Fleet::start(&sandbox);
    Ledger::default().put(&sandbox, 1);
    fleet.wait_for_lines(1);
    let mut terminal = Terminal::new(120, 40);
    let program = top(&sandbox, &fleet, &terminal);
    fleet.server.kill();
    terminal.wait_for("no answer");
    program.assert_alive();
    terminal.type_keys("q");
    let exit = program.wait();
    assert_eq!(exit.code, Some(0), "{}", exit.log);
}
