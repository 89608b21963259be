//! The main job: files in a folder become lines, in one process, on NATS and as a fleet.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::sandbox::{SETTLE, files_below};
use crate::support::{Fleet, Ledger, Process, Role, Sandbox, articles, shared, workspace};

/// A short article whose record is compared field by field.
const SMALL: &str = "TARVIK, March 3 (Northern Wire) - At least 14 civilians and three police officers were killed on \
Monday when gunmen attacked a bus terminal in Tarvik, the provincial police chief said.\n\nAnother 27 people were \
wounded, he told reporters.";

#[test]
fn sample_articles_become_valid_lines() {
    let sandbox = Sandbox::new();
    let inbox = workspace().join("seeds/articles");
    run_once(&sandbox, &inbox);
    let lines = values(&sandbox);
    assert_valid(&sandbox, &lines);
    let found: BTreeSet<String> = lines.iter().map(|line| string(&line["source"]["path"])).collect();
    let expected: BTreeSet<String> = files_below(&inbox)
        .iter()
        .map(|path| {
            path.strip_prefix(&inbox)
                .expect("lies below")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert_eq!(found, expected, "every sample gives at least one line");
    let ids: BTreeSet<String> = lines.iter().map(|line| string(&line["id"])).collect();
    assert_eq!(ids.len(), lines.len(), "every line is another article");
    assert!(
        lines
            .iter()
            .any(|line| !line["figures"].as_array().expect("an array").is_empty())
    );
}

#[test]
fn readers_take_records_with_keys_of_a_later_version() {
    let sandbox = Sandbox::new();
    sandbox.put("small.txt", SMALL);
    sandbox.run_once();
    let [mut record] = <[Value; 1]>::try_from(values(&sandbox)).expect("one line");
    let before: wire::EnrichedArticle = serde_json::from_value(record.clone()).expect("is a record");
    add_keys(&mut record);
    let mut schema = published_schema(&sandbox);
    let valid = |schema: &Value| jsonschema::is_valid(schema, &record);
    assert!(valid(&schema), "the published schema is open");
    close(&mut schema);
    assert!(!valid(&schema), "the closed one, for our own records, is not");
    let after: wire::EnrichedArticle = serde_json::from_value(record).expect("is still a record");
    assert_eq!(after, before);
}

#[test]
fn founding_articles_become_five_valid_lines() {
    let Some(inbox) = shared("seeds") else { return };
    let sandbox = Sandbox::new();
    run_once(&sandbox, &inbox);
    let lines = values(&sandbox);
    assert_eq!(lines.len(), 5);
    assert_valid(&sandbox, &lines);
}

#[test]
fn a_second_run_writes_nothing_new() {
    let sandbox = Sandbox::new();
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, 20);
    sandbox.run_once();
    let first = sandbox.output().lines();
    let told = sandbox.run_once();
    assert_eq!(sandbox.output().lines(), first, "{told}");
    ledger.audit(&sandbox.output().records());
}

#[test]
fn only_new_content_makes_a_new_line() {
    let sandbox = Sandbox::new();
    let (first, changed) = (articles::text(1), articles::text(2));
    sandbox.put("a.txt", &first);
    sandbox.run_once();
    // Renamed, dropped again elsewhere: the same article. Changed in place: another.
    fs::rename(sandbox.inbox.join("a.txt"), sandbox.inbox.join("b.txt")).expect("renames");
    sandbox.put("again/c.txt", &first);
    sandbox.run_once();
    assert_eq!(sandbox.output().count(), 1);
    sandbox.put("b.txt", &changed);
    sandbox.run_once();
    let texts: Vec<String> = sandbox
        .output()
        .records()
        .into_iter()
        .map(|record| record.text)
        .collect();
    assert_eq!(texts, [first, changed]);
}

#[test]
fn delivered_files_are_kept_moved_or_deleted() {
    #[track_caller]
    fn check(after: &str, left_in_inbox: usize, done: usize) {
        let sandbox = Sandbox::new();
        Ledger::default().put(&sandbox, 3);
        let exit = Process::spawn(after, sandbox.run().args(["--once", "--after", after])).wait();
        assert_eq!(exit.code, Some(0), "{}", exit.log);
        assert_eq!(sandbox.output().count(), 3, "{after}");
        assert_eq!(files_below(&sandbox.inbox).len(), left_in_inbox, "{after}");
        assert_eq!(files_below(&sandbox.out.join("done")).len(), done, "{after}");
    }
    check("keep", 3, 0);
    check("move", 0, 3);
    check("delete", 0, 0);
}

#[test]
fn finished_parts_are_compressed_when_asked() {
    let sandbox = Sandbox::new();
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, 10);
    let exit = Process::spawn("run", sandbox.run().args(["--once", "--compress"])).wait();
    assert_eq!(exit.code, Some(0), "{}", exit.log);
    let parts = sandbox.output().parts();
    assert!(
        parts
            .iter()
            .all(|part| part.extension().is_some_and(|end| end == "zst")),
        "{parts:?}"
    );
    ledger.audit(&sandbox.output().records());
}

#[test]
fn one_small_record_is_as_ever() {
    let sandbox = Sandbox::new();
    let path = sandbox.put("2026/small.txt", SMALL);
    // "March 3" is completed with the year in which the file was written.
    let written = "2026-03-04T06:00:00Z"
        .parse::<jiff::Timestamp>()
        .expect("is a moment");
    let file = std::fs::File::options().append(true).open(path).expect("opens");
    file.set_modified(written.into()).expect("is set");
    sandbox.run_once();
    let [mut record] = <[Value; 1]>::try_from(values(&sandbox)).expect("one line");
    // What changes from run to run, and with the version and the model.
    record["source"]["received"] = Value::from("(time)");
    record["revision"] = Value::from("(revision)");
    for entity in record["entities"].as_array_mut().expect("an array") {
        // Tuned with every model; their range is checked elsewhere.
        entity["salience"] = Value::Null;
        entity["confidence"] = Value::Null;
    }
    for figure in record["figures"].as_array_mut().expect("an array") {
        figure["confidence"] = Value::Null;
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&record).expect("is JSON"));
}

#[test]
fn tag_gives_the_same_record_as_the_pipeline() {
    let sandbox = Sandbox::new();
    let path = sandbox.put("small.txt", SMALL);
    sandbox.run_once();
    let tagged = sandbox.stdout(["tag".as_ref(), path.as_os_str()]);
    let without_origin = |line: &str| {
        let mut record: Value = serde_json::from_str(line).expect("is JSON");
        for field in ["name", "path", "received"] {
            record["source"][field] = Value::Null;
        }
        record
    };
    let [line] = <[String; 1]>::try_from(sandbox.output().lines()).expect("one line");
    assert_eq!(without_origin(&tagged), without_origin(&line));
}

#[test]
fn whole_pipeline_runs_once_on_nats() {
    let sandbox = Sandbox::new();
    let server = nats_harness::Server::start().expect("a NATS server");
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, 100);
    for _ in 0..2 {
        let process = Process::spawn(
            "run --nats",
            sandbox.run().args(["--once", "--nats", &server.url()]),
        );
        let exit = process.wait();
        assert_eq!(exit.code, Some(0), "{}", exit.log);
        ledger.audit(&sandbox.output().records());
    }
}

#[test]
fn fleet_of_three_processes_and_a_second_enricher() {
    let sandbox = Sandbox::new();
    let mut fleet = Fleet::start(&sandbox);
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, 50);
    fleet.wait_for_lines(ledger.len());
    fleet.launch(Role::Enricher);
    ledger.put(&sandbox, 150);
    fleet.wait_for_lines(ledger.len());
    fleet.drain();
    ledger.audit(&sandbox.output().records());
}

#[test]
fn an_article_over_the_payload_limit_travels_too() {
    let sandbox = Sandbox::new();
    let fleet = Fleet::start(&sandbox);
    // Over the server's limit of 1 MiB even when compressed to one line of JSON.
    let paragraphs: Vec<String> = (0..6000).map(articles::text).collect();
    sandbox.put("long.txt", paragraphs.join("\n\n"));
    fleet.wait_for_lines(1);
    fleet.drain();
    let [record] = <[_; 1]>::try_from(sandbox.output().records()).expect("one line");
    assert!(record.source.bytes > 1 << 20);
    assert!(
        record.text.ends_with(&paragraphs[5999]),
        "the end of the text arrived"
    );
}

fn run_once(sandbox: &Sandbox, inbox: &Path) {
    let mut command = sandbox.slugline(["run", "--once"]);
    command.arg(inbox).arg("--out").arg(&sandbox.out).args(SETTLE);
    let exit = Process::spawn("run --once", &mut command).wait();
    assert_eq!(exit.code, Some(0), "{}", exit.log);
}

fn values(sandbox: &Sandbox) -> Vec<Value> {
    let parse = |line: &String| serde_json::from_str(line).expect("is JSON");
    sandbox.output().lines().iter().map(parse).collect()
}

/// Returns the schema of records, as it is published.
fn published_schema(sandbox: &Sandbox) -> Value {
    serde_json::from_str(&sandbox.stdout(["schema"])).expect("is JSON")
}

/// Allows no key that the schema does not name. What is published allows them: readers ignore what they do not know.
fn close(schema: &mut Value) {
    if let Some(object) = schema.as_object_mut() {
        if object.contains_key("properties") {
            object.insert("additionalProperties".to_owned(), Value::Bool(false));
        }
        object.values_mut().for_each(close);
    } else if let Some(items) = schema.as_array_mut() {
        items.iter_mut().for_each(close);
    }
}

/// Adds a key that nobody knows to every object in a record.
fn add_keys(value: &mut Value) {
    if let Some(object) = value.as_object_mut() {
        object.values_mut().for_each(add_keys);
        object.insert("key_of_a_later_version".to_owned(), Value::Bool(true));
    } else if let Some(items) = value.as_array_mut() {
        items.iter_mut().for_each(add_keys);
    }
}

/// Fails unless every record is valid against `slugline schema`, has no key beyond it, and is consistent in itself.
fn assert_valid(sandbox: &Sandbox, records: &[Value]) {
    let mut schema = published_schema(sandbox);
    close(&mut schema);
    let validator = jsonschema::validator_for(&schema).expect("is a JSON Schema");
    for record in records {
        let path = string(&record["source"]["path"]);
        let errors: Vec<String> = validator
            .iter_errors(record)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{path}: {errors:#?}");
        let text: Vec<char> = string(&record["text"]).chars().collect();
        assert_spans(&text, record, &PathBuf::from(&path));
        assert_references(record, &path);
    }
}

/// Fails unless every span slices the text, in code points, to what it says.
#[track_caller]
fn assert_spans(text: &[char], value: &Value, at: &Path) {
    let number = |key: &str| {
        value
            .get(key)
            .and_then(Value::as_u64)
            .map(|number| number as usize)
    };
    if let (Some(start), Some(end), Some(expected)) = (
        number("start"),
        number("end"),
        value.get("text").and_then(Value::as_str),
    ) {
        assert!(
            start < end && end <= text.len(),
            "{}: {start}..{end}",
            at.display()
        );
        let slice: String = text[start..end].iter().collect();
        assert_eq!(slice, expected, "{}: {start}..{end}", at.display());
    }
    match value {
        Value::Object(fields) => fields
            .iter()
            .for_each(|(key, value)| assert_spans(text, value, &at.join(key))),
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(n, item)| assert_spans(text, item, &at.join(n.to_string())));
        }
        _ => {}
    }
}

/// Fails unless every id that is referred to exists in the record.
fn assert_references(record: &Value, path: &str) {
    let ids = |list: &str| -> BTreeSet<String> {
        record[list]
            .as_array()
            .expect("an array")
            .iter()
            .map(|item| string(&item["id"]))
            .collect()
    };
    let (entities, figures) = (ids("entities"), ids("figures"));
    let check = |known: &BTreeSet<String>, reference: &Value| {
        let found = reference.as_str().is_none_or(|id| known.contains(id));
        assert!(found, "{path}: {reference} does not exist");
    };
    check(&entities, &record["dateline"]["place"]);
    for figure in record["figures"].as_array().expect("an array") {
        check(&entities, &figure["place"]);
        check(&entities, &figure["claimant"]["entity"]);
        check(&figures, &figure["part_of"]);
        check(&figures, &figure["compared_to"]);
    }
    for quote in record["quotes"].as_array().expect("an array") {
        check(&entities, &quote["speaker"]["entity"]);
    }
}

fn string(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}
