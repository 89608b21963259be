//! What is told on standard error: counts that are true, nothing with `--quiet`, and JSON alone with `--log-json`.

use serde_json::Value;

use crate::support::{Ledger, Process, Sandbox};

/// Runs everything in the inbox once with these flags; returns what was told.
fn told(sandbox: &Sandbox, flags: &[&str]) -> String {
    let exit = Process::spawn("run --once", sandbox.run().arg("--once").args(flags)).wait();
    assert_eq!(exit.code, Some(0), "{}", exit.log);
    exit.log
}

#[test]
fn the_summary_counts_what_was_done_before() {
    let sandbox = Sandbox::new();
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, 15);
    let check = |expect: &str| {
        let told = told(&sandbox, &[]);
        assert!(told.lines().any(|line| line.starts_with(expect)), "{told}");
    };
    check("15 files found · 15 articles published · 15 enriched · 15 lines written in ");
    check("15 files found · 15 already done · 0 articles published · 0 enriched · 0 lines written in ");
    ledger.put(&sandbox, 5);
    check("20 files found · 15 already done · 5 articles published · 5 enriched · 5 lines written in ");
}

#[test]
fn quiet_tells_warnings_and_errors_alone() {
    let sandbox = Sandbox::new();
    Ledger::default().put(&sandbox, 3);
    assert_eq!(told(&sandbox, &["--quiet"]), "");
    // An explicit filter is about logs alone.
    let told = told(&sandbox, &["--quiet", "--log", "info"]);
    assert!(
        told.contains("watcher ready") && !told.contains("files found"),
        "{told}"
    );
    let exit = Process::spawn(
        "run nowhere",
        &mut sandbox.slugline(["run", "nowhere", "--out", "out", "-q"]),
    )
    .wait();
    assert!(exit.log.contains("nowhere"), "{}", exit.log);
}

/// Returns the events in what was told. Fails unless every line is one.
fn events(told: &str) -> Vec<Value> {
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    told.lines().map(parse).collect()
}

#[test]
fn json_logs_are_json_alone() {
    let sandbox = Sandbox::new();
    Ledger::default().put(&sandbox, 3);
    let told = told(&sandbox, &["--log-json"]);
    let events_of_run = events(&told);
    let summary = events_of_run.iter().find(|event| event["message"] == "progress");
    let counts = summary.expect("a summary")["told"].as_str().expect("a text");
    assert!(
        counts.starts_with("3 files found · 3 articles published"),
        "{counts}"
    );

    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    // Why it fails is told even where the filter lets nothing through.
    let arguments = ["--http", &address, "--log-json", "--log", "off"];
    let exit = Process::spawn("run", sandbox.run().args(arguments)).wait();
    assert_eq!(exit.code, Some(1), "{}", exit.log);
    let [failure] = <[Value; 1]>::try_from(events(&exit.log)).expect("one event");
    assert!(
        failure["error"].as_str().expect("a text").contains(&address),
        "{failure}"
    );
}
