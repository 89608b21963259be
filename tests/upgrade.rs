//! Upgrades while articles flow: new models and lists, and records with keys that an older sink does not know.

use std::collections::BTreeSet;
use std::fs;
use std::time::Instant;

use serde_json::Value;
use wire::EnrichedArticle;

use crate::support::{Fleet, Ledger, PATIENCE, Role, Sandbox, articles, assert_alive};

/// Articles that are dropped before each step.
const ARTICLES: usize = 80;

/// Returns how many records a model with this label made.
fn made_by(records: &[EnrichedArticle], label: &str) -> usize {
    let of_label = |record: &&EnrichedArticle| record.revision.model.ends_with(label);
    records.iter().filter(of_label).count()
}

#[test]
fn a_rolling_restart_onto_another_model_loses_none_and_doubles_none() {
    let sandbox = Sandbox::new();
    let list = sandbox.path("desk.tsv");
    fs::write(&list, "name\ttype\nfreight trains\tmisc\n").expect("is written");
    // Few in flight, so that much is still in the stream when a worker is replaced.
    let mut fleet = Fleet::start_with(&sandbox, &["enricher.in_flight=4", "enricher.label=old"], None);
    fleet.launch(Role::Enricher);
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, ARTICLES);
    fleet.wait_for_lines(1);
    fleet.set("enricher.label=new");
    fleet.set(&format!("enricher.watch_lists={}", list.display()));
    for _ in 0..2 {
        fleet.launch(Role::Enricher);
        ledger.put(&sandbox, ARTICLES);
        fleet.retire(Role::Enricher);
    }
    // Only new ones are left.
    ledger.put(&sandbox, ARTICLES);
    fleet.wait_for_lines(ledger.len());
    assert_eq!(fleet.stdout(&["dead", "ls"]), "");
    fleet.drain();

    let records = sandbox.output().records();
    ledger.audit(&records);
    let (old, new) = (made_by(&records, "+old"), made_by(&records, "+new"));
    assert_eq!(old + new, records.len());
    assert!(
        old > 0 && new >= ARTICLES,
        "{old} by the old model, {new} by the new one"
    );
    let on_list = |record: &EnrichedArticle| record.entities.iter().any(|entity| entity.lists == ["desk"]);
    for record in &records {
        let expected = record.revision.model.ends_with("+new") && record.text.contains("freight trains");
        assert_eq!(on_list(record), expected, "{record:?}");
    }
}

#[test]
fn killed_enrichers_of_two_models_give_each_article_a_line_and_at_most_one_per_model() {
    let sandbox = Sandbox::new();
    let settings = [
        "topology.ack_wait=2s",
        "enricher.in_flight=8",
        "enricher.label=old",
    ];
    let mut fleet = Fleet::start_with(&sandbox, &settings, None);
    fleet.launch(Role::Enricher);
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, ARTICLES);
    fleet.wait_for_lines(1);
    fleet.set("enricher.label=new");
    for _ in 0..2 {
        fleet.kill(Role::Enricher);
        fleet.launch(Role::Enricher);
        ledger.put(&sandbox, ARTICLES);
    }
    // What was published and not settled by a killed worker has a line of each model.
    let deadline = Instant::now() + PATIENCE;
    let mut lines = ledger.len();
    while distinct(&sandbox.output().records()).len() < ledger.len() {
        let left = deadline.saturating_duration_since(Instant::now());
        let found = sandbox
            .output()
            .reaches(lines, left, || assert_alive(&fleet.processes()));
        assert!(found, "{} lines in time", sandbox.output().count());
        lines = sandbox.output().count() + 1;
    }
    fleet.drain();
    let records = sandbox.output().records();
    let keys: BTreeSet<_> = records
        .iter()
        .map(|record| (record.id, &record.revision.model))
        .collect();
    assert_eq!(keys.len(), records.len(), "one line per article and model");
    ledger.audit(&distinct(&records));
}

/// Returns one record per article.
fn distinct(records: &[EnrichedArticle]) -> Vec<EnrichedArticle> {
    let mut seen = BTreeSet::new();
    records
        .iter()
        .filter(|record| seen.insert(record.id))
        .cloned()
        .collect()
}

#[test]
fn an_older_sink_writes_records_with_keys_that_it_does_not_know() {
    let sandbox = Sandbox::new();
    let fleet = Fleet::start(&sandbox);
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, 1);
    fleet.wait_for_lines(1);

    let mut record: Value = serde_json::from_str(&sandbox.output().lines()[0]).expect("is JSON");
    record["id"] = wire::ArticleId::of(articles::text(1).as_bytes())
        .to_string()
        .into();
    record["sentiment"] = serde_json::json!({"value": 0.5});
    record["source"]["desk"] = "foreign".into();
    for entity in record["entities"].as_array_mut().expect("is a list") {
        entity["gender"] = "unknown".into();
    }
    fleet.request("slugline.enriched.en.inbox", &record.to_string());
    fleet.wait_for_lines(2);
    assert_eq!(fleet.stdout(&["dead", "ls"]), "");
    fleet.drain();
    let records = sandbox.output().records();
    assert_eq!(
        records[1].id.to_string(),
        record["id"].as_str().expect("has an id")
    );
}
