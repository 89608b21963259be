//! Small events per article: who asks for a topic gets it, in any language, and nobody else pays for it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use wire::EnrichedArticle;
use wire::transport::subject_token;

use crate::support::sandbox::bare;
use crate::support::{Fleet, Ledger, PATIENCE, Process, Sandbox, packages, workspace};

/// Articles per test.
const ARTICLES: usize = 12;

/// Starts a subscriber whose standard output goes to a file, and waits until it listens.
fn subscribe(name: &str, command: &mut Command, output: &Path) -> Process {
    let file = fs::File::create(output).expect("a file");
    let process = Process::spawn_into(name, command, file.into());
    process.wait_for_line("listening");
    process
}

/// Starts `slugline tail`.
fn tail(fleet: &Fleet<'_>, sandbox: &Sandbox, arguments: &[&str], output: &Path) -> Process {
    let mut command = sandbox.slugline(["tail", "--nats", &fleet.server.url()]);
    subscribe("tail", command.args(arguments), output)
}

fn lines(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).expect("is readable");
    text.lines().map(str::to_owned).collect()
}

/// Returns the figures of a kind in all records: how many events a subscriber to it must get.
fn figures_of(records: &[EnrichedArticle], kind: &str) -> usize {
    let of_record = |record: &EnrichedArticle| {
        record
            .figures
            .iter()
            .filter(|figure| figure.kind.as_str() == kind)
            .count()
    };
    records.iter().map(of_record).sum()
}

#[test]
fn every_tag_of_every_record_is_one_event_on_its_subject() {
    let sandbox = Sandbox::new();
    let fleet = Fleet::start(&sandbox);
    let (figures, entities, people) = (
        sandbox.path("figures"),
        sandbox.path("entities"),
        sandbox.path("for-people"),
    );
    let listeners = [
        tail(&fleet, &sandbox, &["figure.>", "--json"], &figures),
        tail(&fleet, &sandbox, &["slugline.entity.>", "--json"], &entities),
        tail(&fleet, &sandbox, &["figure.killed.>"], &people),
    ];
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, ARTICLES);
    fleet.wait_for_lines(ledger.len());
    let records = sandbox.output().records();
    fleet.drain();
    for listener in listeners {
        // The enricher has ended, so all of its events have passed.
        listener.drain();
    }

    let mut expected: Vec<(String, String)> = Vec::new();
    for record in &records {
        expected.extend(
            record
                .figures
                .iter()
                .map(|figure| (record.id.to_string(), figure.id.clone())),
        );
    }
    let mut found: Vec<(String, String)> = Vec::new();
    for line in lines(&figures) {
        let event: Value = serde_json::from_str(&line).expect("is JSON");
        assert_eq!(event["schema"], "slugline-tag/1");
        let text = |value: &Value| value.as_str().expect("is a text").to_owned();
        let sentence = text(&event["sentence"]["text"]);
        assert!(sentence.contains(&text(&event["figure"]["text"])), "{line}");
        found.push((text(&event["id"]), text(&event["figure"]["id"])));
    }
    expected.sort();
    found.sort();
    assert!(expected.len() >= ARTICLES, "the articles have figures");
    assert_eq!(found, expected);

    let n_entities: usize = records.iter().map(|record| record.entities.len()).sum();
    assert_eq!(lines(&entities).len(), n_entities);
    for line in lines(&entities) {
        let event: Value = serde_json::from_str(&line).expect("is JSON");
        let key = event["entity"]["key"].as_str().expect("has a key");
        assert_eq!(subject_token(key), key, "keys are what subjects are made of");
    }

    let people = lines(&people);
    assert_eq!(people.len(), figures_of(&records, "killed"));
    assert!(
        people.iter().all(|line| line.starts_with("killed ≥ ")),
        "{people:?}"
    );
    assert!(
        people
            .iter()
            .any(|line| line.contains(" · says ") && line.contains("  |  ")),
        "{people:?}"
    );
}

#[test]
fn a_kind_can_be_switched_off_and_a_stream_can_capture_the_others() {
    let sandbox = Sandbox::new();
    let server = nats_harness::Server::start().expect("a NATS server");
    let settings = [
        "--set",
        "enricher.events.entities=false",
        "--set",
        "topology.capture_tags=true",
    ];
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, ARTICLES);
    let mut command = sandbox.run();
    command.args(["--once", "--nats", &server.url()]).args(settings);
    let exit = Process::spawn("run", &mut command).wait();
    assert_eq!(exit.code, Some(0), "{}", exit.log);

    let records = sandbox.output().records();
    let figures: usize = records.iter().map(|record| record.figures.len()).sum();
    let status = sandbox.stdout([
        "status",
        "--json",
        "--over",
        "0s",
        "--nats",
        &server.url(),
        settings[2],
        settings[3],
    ]);
    let status: Value = serde_json::from_str(&status).expect("is JSON");
    let streams = status["streams"].as_array().expect("has streams");
    let tags = streams
        .iter()
        .find(|stream| stream["name"] == "SLUGLINE_TAGS")
        .expect("captures");
    assert_eq!(tags["messages"], figures, "entities are switched off: {status}");
}

/// Returns the example that Cargo built beside the program.
fn rust_example() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_slugline"));
    program
        .parent()
        .expect("lies in a folder")
        .join("examples/subscribe")
}

#[test]
fn documented_subscribers_work() {
    let mut subscribers = vec![("subscribe.rs", bare(rust_example()))];
    if let Some(python) = packages::python() {
        let mut command = bare(python);
        command.arg(workspace().join("examples/subscribe.py"));
        subscribers.push(("subscribe.py", command));
    }
    if let Some(folder) = packages::node() {
        // Node looks for packages where the script lies.
        let script = folder.join("subscribe.mjs");
        fs::copy(workspace().join("examples/subscribe.mjs"), &script).expect("is copied");
        let mut command = bare("node");
        command.arg(script);
        subscribers.push(("subscribe.mjs", command));
    }
    let sandbox = Sandbox::new();
    let fleet = Fleet::start(&sandbox);
    let mut running = Vec::new();
    for (name, mut command) in subscribers {
        command.args([
            &fleet.server.url(),
            "slugline.figure.killed.>",
            &ARTICLES.to_string(),
        ]);
        let output = sandbox.path(name);
        let process = subscribe(name, &mut command, &output);
        running.push((process, output));
    }
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, ARTICLES);
    fleet.wait_for_lines(ledger.len());
    let records = sandbox.output().records();
    assert_eq!(
        figures_of(&records, "killed"),
        ARTICLES,
        "one per article, within {PATIENCE:?}"
    );
    for (process, output) in running {
        let exit = process.wait();
        assert_eq!(exit.code, Some(0), "{}", exit.log);
        let printed = lines(&output);
        assert_eq!(printed.len(), ARTICLES);
        for line in printed {
            assert!(
                line.starts_with("killed at_least ") && line.contains(" says "),
                "{line}"
            );
        }
    }
    fleet.drain();
}
