//! One trace per article, across the processes of a fleet and inside one process alike.

use std::collections::BTreeMap;

use crate::support::collector::{Collector, Span};
use crate::support::{Fleet, Ledger, Process, Sandbox};

/// Articles per test.
const ARTICLES: usize = 5;

/// The steps of an article, in order, and which process of a fleet takes them.
const STEPS: [(&str, &str); 4] = [
    ("watcher.publish", "slugline-watcher"),
    ("enricher.analyse", "slugline-enricher"),
    ("enricher.publish", "slugline-enricher"),
    ("sink.write", "slugline-sink"),
];

/// Fails unless every article has one trace of its own with just its steps, each the child of the one before.
fn check(spans: &[Span], sandbox: &Sandbox, services: [&str; 4]) {
    let mut traces: BTreeMap<&str, Vec<&Span>> = BTreeMap::new();
    for span in spans {
        traces.entry(&span.trace).or_default().push(span);
    }
    let records = sandbox.output().records();
    assert_eq!((traces.len(), records.len()), (ARTICLES, ARTICLES), "{spans:#?}");
    for record in records {
        let trace = traces.get(record.id.hex().as_str());
        let trace = trace.unwrap_or_else(|| panic!("no trace of {} in {spans:#?}", record.id));
        assert_eq!(trace.len(), STEPS.len(), "{trace:#?}");
        let mut parent = String::new();
        for ((name, _), service) in STEPS.iter().zip(services) {
            let span = trace.iter().find(|span| span.name == *name);
            let span = span.unwrap_or_else(|| panic!("no {name} in {trace:#?}"));
            assert_eq!(
                (&span.parent, span.service.as_str()),
                (&parent, service),
                "{trace:#?}"
            );
            assert_eq!(span.attribute("article.id"), record.id.to_string());
            parent.clone_from(&span.id);
        }
        for name in ["enricher.analyse", "sink.write"] {
            let span = trace.iter().find(|span| span.name == name).expect("is there");
            let told = (
                span.attribute("delivery.attempt"),
                span.attribute("delivery.outcome"),
            );
            assert_eq!(told, ("1".to_owned(), "done".to_owned()), "{span:#?}");
        }
    }
}

#[test]
fn an_article_is_one_trace_across_three_processes() {
    let collector = Collector::start();
    let sandbox = Sandbox::new();
    let endpoint = format!("traces.endpoint={}", collector.url());
    let fleet = Fleet::start_with(&sandbox, &[&endpoint], None);
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, ARTICLES);
    fleet.wait_for_lines(ARTICLES);
    // What is left is sent at the end.
    fleet.drain();
    let spans = collector.wait_for(ARTICLES * STEPS.len());
    check(&spans, &sandbox, STEPS.map(|(_, service)| service));
}

#[test]
fn an_article_is_one_trace_inside_one_process() {
    let collector = Collector::start();
    let sandbox = Sandbox::new();
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, ARTICLES);
    let mut command = sandbox.run();
    command.args(["--once", "--traces", &collector.url()]);
    let exit = Process::spawn("run --once", &mut command).wait();
    assert_eq!(exit.code, Some(0), "{}", exit.log);
    let spans = collector.wait_for(ARTICLES * STEPS.len());
    check(&spans, &sandbox, ["slugline"; 4]);
}

#[test]
fn a_collector_that_is_away_costs_no_article() {
    let sandbox = Sandbox::new();
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, ARTICLES);
    let mut command = sandbox.run();
    // Nobody listens on the port of discard.
    command.args(["--once", "--traces", "http://127.0.0.1:9"]);
    let exit = Process::spawn("run --once", &mut command).wait();
    assert_eq!(exit.code, Some(0), "{}", exit.log);
    ledger.audit(&sandbox.output().records());
}
