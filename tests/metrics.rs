//! What `/metrics` shows is what `deploy/README.md` lists, and what the dashboard and the alerts are made of.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use async_nats::jetstream::{self, AckKind, consumer};
use futures::StreamExt;
use nats_harness::Server;

use crate::support::sandbox::{SETTLE, files_below, finish};
use crate::support::{Ledger, PATIENCE, Process, Sandbox, articles, http, workspace};

/// The second table of the list: metrics that show once something happened.
const RARE: &str = "### More";

fn read(path: &str) -> String {
    fs::read_to_string(workspace().join(path)).expect("is there")
}

/// Returns the names that start with `slugline_` in a text.
fn names(text: &str) -> BTreeSet<String> {
    let is_part = |character: char| character.is_ascii_lowercase() || character == '_';
    let words = text.split(|character: char| !is_part(character) && !character.is_ascii_digit());
    let metrics = words.filter(|word| word.starts_with("slugline_"));
    metrics
        .map(|name| name.strip_suffix("_bucket").unwrap_or(name).to_owned())
        .collect()
}

/// Returns each metric of a table with its labels.
fn listed(table: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut listed = BTreeMap::new();
    for row in table.lines().filter(|row| row.starts_with("| `slugline_")) {
        let cells: Vec<&str> = row.split('|').collect();
        let labels = cells[2].split('`').skip(1).step_by(2).map(str::to_owned);
        listed.insert(cells[1].trim().trim_matches('`').to_owned(), labels.collect());
    }
    listed
}

/// Returns the samples on a page by metric; those of a histogram under its name.
fn exported(page: &str) -> BTreeMap<String, Vec<String>> {
    let mut exported: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for sample in page
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        let name = sample.split(['{', ' ']).next().unwrap_or_default();
        let suffix = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|suffix| name.strip_suffix(suffix));
        exported
            .entry(suffix.unwrap_or(name).to_owned())
            .or_default()
            .push(sample.to_owned());
    }
    exported
}

/// Gives back one article from the stream, and puts poison in, so that both are counted later.
async fn disturb(server: &Server) {
    let client = async_nats::connect(server.url()).await.expect("connects");
    let context = jetstream::new(client);
    let enricher: consumer::PullConsumer = context
        .get_consumer_from_stream("enricher", "SLUGLINE_ARTICLES")
        .await
        .expect("is there");
    let mut articles = enricher.batch().max_messages(1).messages().await.expect("pulls");
    let article = articles.next().await.expect("waits").expect("is an article");
    article.ack_with(AckKind::Nak(None)).await.expect("gives it back");
    let published = context
        .publish("slugline.article.test", "poison".into())
        .await
        .expect("is sent");
    published.await.expect("is stored");
}

#[test]
fn every_listed_metric_is_exported_and_every_exported_one_is_listed() {
    let sandbox = Sandbox::new();
    let server = Server::start().expect("a NATS server");
    let url = server.url();
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, 5);
    let state = format!("watcher.state={}", sandbox.path("earlier").display());
    let mut earlier = sandbox.slugline(["watch", "--once", "--nats", &url, "--set", &state]);
    let told = finish(earlier.args(SETTLE).arg(&sandbox.inbox));
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(disturb(&server));

    // Starts anew, so everything is published again, and recognised.
    let mut command = sandbox.run();
    let process = Process::spawn("run", command.args(["--nats", &url, "--http", "127.0.0.1:0"]));
    sandbox.put("empty.txt", "");
    sandbox.put("copy.txt", articles::text(0));
    ledger.put(&sandbox, 1);
    let address = http::address(&process);
    sandbox.output().wait_for_lines(ledger.len(), &[&process]);
    let document = read("deploy/README.md");
    let (always, rare) = document.split_once(RARE).expect("has two tables");
    let (always, rare) = (listed(always), listed(rare));
    assert!(always.len() > 15, "{always:?}");
    // Metrics cannot be awaited, only asked for.
    let deadline = Instant::now() + PATIENCE;
    let (page, found) = loop {
        let page = http::get(&address, "/metrics").1;
        let found = exported(&page);
        let missing: Vec<_> = always.keys().filter(|name| !found.contains_key(*name)).collect();
        if missing.is_empty() {
            break (page, found);
        }
        assert!(Instant::now() < deadline, "not exported: {missing:?}:\n{page}");
        thread::sleep(Duration::from_millis(100));
    };
    for (name, labels) in &always {
        for label in labels {
            let has = |sample: &String| sample.contains(&format!("{label}=\""));
            assert!(
                found[name].iter().any(has),
                "{name} has no label {label}:\n{page}"
            );
        }
    }
    let unlisted: Vec<_> = found
        .keys()
        .filter(|name| !always.contains_key(*name) && !rare.contains_key(*name))
        .collect();
    assert!(unlisted.is_empty(), "deploy/README.md does not list {unlisted:?}");
    for stage in ["watcher", "enricher", "sink"] {
        for metric in ["received_events", "received_bytes", "sent_events", "sent_bytes"] {
            let name = format!("slugline_component_{metric}_total");
            http::wait_for_metric(&address, &name, &format!("component_id=\"{stage}\""), 5.0);
        }
    }
    process.drain();
}

#[test]
fn what_the_dashboard_and_the_alerts_use_is_listed() {
    let document = read("deploy/README.md");
    let listed = listed(&document);
    for file in [
        "deploy/observability/alerts.yaml",
        "deploy/observability/grafana/slugline.json",
    ] {
        let used = names(&read(file));
        assert!(used.len() > 5, "{file}: {used:?}");
        let unknown: Vec<_> = used.iter().filter(|name| !listed.contains_key(*name)).collect();
        assert!(
            unknown.is_empty(),
            "{file} uses {unknown:?}, which deploy/README.md does not list"
        );
    }
}

#[test]
fn every_metric_in_the_code_is_listed() {
    let document = read("deploy/README.md");
    let listed = listed(&document);
    let mut unknown = BTreeSet::new();
    let of_code = |path: &Path| path.extension().is_some_and(|extension| extension == "rs");
    for path in files_below(&workspace().join("crates")) {
        if !of_code(&path) || !path.components().any(|part| part.as_os_str() == "src") {
            continue;
        }
        let code = fs::read_to_string(&path).expect("is readable");
        let strings = code
            .split('"')
            .filter(|text| text.starts_with("slugline_") && names(text).contains(*text));
        unknown.extend(
            strings
                .filter(|name| !listed.contains_key(*name))
                .map(str::to_owned),
        );
    }
    assert!(unknown.is_empty(), "deploy/README.md does not list {unknown:?}");
}

#[test]
fn a_running_process_is_asked_for_its_health() {
    let sandbox = Sandbox::new();
    let process = Process::spawn("run", sandbox.run().args(["--http", "0.0.0.0:0"]));
    let address = http::address(&process);
    process.wait_until_ready();
    let check = |address: &str, expect: i32| {
        let setting = format!("http.addr={address}");
        let finished = finish(&mut sandbox.slugline(["check", "--running", "--set", &setting]));
        let told = String::from_utf8_lossy(&finished.stderr).into_owned();
        assert_eq!(finished.status.code(), Some(expect), "{told}");
    };
    check(&address, 0);
    // A port alone is one of the loopback.
    check(address.rsplit(':').next().expect("has a port"), 0);
    process.drain();
    check(&address, 1);
    check("", 2);
}
