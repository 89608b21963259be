//! A fleet and who operates it: scaling, poison, dead letters, reruns, status, and the stall that no error tells.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::sandbox::{finish, finish_unheard};
use crate::support::{Chaos, Fleet, Ledger, PATIENCE, Role, Sandbox, articles, http};

/// What makes an article crash the process that analyses it, in builds that have the failpoint.
const POISON: (&str, &str) = ("SLUGLINE_TEST_POISON", "quicksilver-marker");

/// Poison articles in the crash test.
const N_POISON: usize = 20;

/// Returns how many articles the crash test drops, poison included: `SLUGLINE_TEST_ARTICLES`, else a few.
fn n_articles() -> usize {
    let given = std::env::var("SLUGLINE_TEST_ARTICLES").ok();
    given.and_then(|number| number.parse().ok()).unwrap_or(400)
}

fn dead_letters(fleet: &Fleet<'_>) -> Vec<Value> {
    serde_json::from_str(&fleet.stdout(&["dead", "ls", "--json"])).expect("is a JSON array")
}

/// Drops fine articles with poison among them.
fn drop_articles(sandbox: &Sandbox, ledger: &mut Ledger, count: usize) -> Vec<String> {
    let every = count / N_POISON;
    let mut poison = Vec::new();
    for index in 0..N_POISON {
        ledger.put(sandbox, every - 1);
        // A text of its own; numbers beyond those of the fine articles.
        let text = format!(
            "{} The word {} is in it.",
            articles::text(1_000_000 + index),
            POISON.1
        );
        poison.push(ledger.put_text(sandbox, &text).to_string());
    }
    poison
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "the failpoint is in debug builds only")]
fn four_enrichers_survive_poison_and_kills_and_set_aside_nothing_else() {
    let mut chaos = Chaos::new("fleet with poison");
    let sandbox = Sandbox::new();
    let settings = ["topology.ack_wait=3s", "enricher.in_flight=32"];
    let mut fleet = Fleet::start_with(&sandbox, &settings, Some(POISON));
    for _ in 1..4 {
        fleet.launch(Role::Enricher);
    }
    let mut ledger = Ledger::default();
    let poison = drop_articles(&sandbox, &mut ledger, n_articles());
    let fine = ledger.len() - N_POISON;

    let deadline = Instant::now() + PATIENCE * 3;
    let (mut crashes, mut kills) = (0, 0);
    let mut dead = Vec::new();
    while sandbox.output().count() < fine || dead.len() < N_POISON {
        let told = || {
            format!(
                "{} of {fine} lines, {} dead letters",
                sandbox.output().count(),
                dead.len()
            )
        };
        assert!(
            Instant::now() < deadline,
            "{} after {crashes} crashes, {kills} kills",
            told()
        );
        if kills < 6 {
            chaos.moment(Duration::from_millis(800));
            fleet.kill(Role::Enricher);
            fleet.launch(Role::Enricher);
            kills += 1;
        }
        // Lets a moment pass, or the last lines come.
        sandbox.output().reaches(fine, Duration::from_millis(500), || ());
        crashes += fleet.revive(Role::Enricher);
        dead = dead_letters(&fleet);
    }
    eprintln!(
        "{fine} lines and {} dead letters after {crashes} crashes and {kills} kills",
        dead.len()
    );
    assert!(crashes > 0, "the poison must really crash workers");

    check_only_the_poison_is_dead(&dead, &poison);
    check_one_dead_letter(&fleet, &dead[0], &poison);

    // The engine is mended: the poison is none any more.
    fleet.forget_variable();
    for _ in 0..4 {
        fleet.kill(Role::Enricher);
        fleet.launch(Role::Enricher);
    }
    let told = fleet.stdout(&["dead", "retry", "--all"]);
    assert_eq!(told.lines().count(), N_POISON, "{told}");
    fleet.wait_for_lines(ledger.len());
    assert_eq!(fleet.stdout(&["dead", "ls"]), "");
    fleet.drain();
    ledger.audit(&sandbox.output().records());
}

fn check_only_the_poison_is_dead(dead: &[Value], poison: &[String]) {
    let mut found: Vec<&str> = dead
        .iter()
        .map(|letter| letter["article"].as_str().expect("an id"))
        .collect();
    let mut expected: Vec<&str> = poison.iter().map(String::as_str).collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(
        found, expected,
        "the poison is set aside, once each, and nothing else"
    );
    for letter in dead {
        assert_eq!(
            (&letter["stage"], &letter["reason"]),
            (&"enricher".into(), &"engine_crash".into())
        );
        assert!(
            letter["detail"].as_str().expect("a detail").contains("signal"),
            "{letter}"
        );
        assert!(letter["attempts"].as_u64().expect("a number") >= 2, "{letter}");
    }
}

fn check_one_dead_letter(fleet: &Fleet<'_>, letter: &Value, poison: &[String]) {
    let number = letter["number"].to_string();
    let shown = fleet.stdout(&["dead", "show", &number]);
    for part in ["engine_crash", "SLUGLINE_ARTICLES", POISON.1, ".txt"] {
        assert!(shown.contains(part), "{part} in\n{shown}");
    }
    let traced = fleet.stdout(&["trace", &poison[0]]);
    for part in ["dead letter", "engine_crash", "SLUGLINE_ARTICLES"] {
        assert!(traced.contains(part), "{part} in\n{traced}");
    }
}

#[test]
fn a_rerun_gives_lines_of_its_own_beside_the_running_fleet() {
    const ARTICLES: usize = 40;
    let sandbox = Sandbox::new();
    let fleet = Fleet::start(&sandbox);
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, ARTICLES);
    fleet.wait_for_lines(ARTICLES);

    fleet.stdout(&["enrich", "--reprocess", "--since", "1h", "--label", "second"]);
    fleet.wait_for_lines(2 * ARTICLES);
    // The same rerun once more changes nothing.
    fleet.stdout(&["enrich", "--reprocess", "--since", "1h", "--label", "second"]);
    ledger.put(&sandbox, 1);
    fleet.wait_for_lines(2 * ARTICLES + 1);
    // The rerun's consumer rests with the new article before it: nobody needs to look.
    let status: Value =
        serde_json::from_str(&fleet.stdout(&["status", "--json", "--over", "100ms"])).expect("is JSON");
    assert_eq!(status["worries"], serde_json::json!([]), "{status}");
    fleet.drain();

    let records = sandbox.output().records();
    let (second, first): (Vec<_>, Vec<_>) = records
        .into_iter()
        .partition(|record| record.revision.model.ends_with("+second"));
    assert_eq!((first.len(), second.len()), (ARTICLES + 1, ARTICLES));
    ledger.audit(&first);
    let out = sandbox.out.to_string_lossy();
    let traced = sandbox.stdout(["trace", &second[0].id.to_string(), "--out", &out]);
    assert_eq!(
        traced.lines().filter(|line| line.starts_with("line ")).count(),
        2,
        "{traced}"
    );
}

#[test]
fn a_dropped_dead_letter_is_gone_and_an_unreadable_one_is_shown_as_it_was() {
    let sandbox = Sandbox::new();
    let fleet = Fleet::start(&sandbox);
    // The streams are there once something came through them.
    Ledger::default().put(&sandbox, 1);
    fleet.wait_for_lines(1);
    fleet.request("slugline.article.inbox", "this is no article");
    let deadline = Instant::now() + PATIENCE;
    let letter = loop {
        if let Some(letter) = dead_letters(&fleet).pop() {
            break letter;
        }
        assert!(Instant::now() < deadline, "no dead letter came");
    };
    assert_eq!(letter["reason"], "undecodable", "{letter}");
    let number = letter["number"].to_string();
    assert!(
        fleet
            .stdout(&["dead", "show", &number])
            .ends_with("this is no article\n")
    );
    assert_eq!(fleet.stdout(&["dead", "ls", "--reason", "engine_panic"]), "");
    fleet.stdout(&["dead", "drop", &number]);
    let url = fleet.server.url();
    let none = finish(&mut sandbox.slugline(["dead", "ls", "--nats", &url]));
    assert_eq!((none.stdout, none.status.code()), (Vec::new(), Some(0)));
    assert_eq!(String::from_utf8_lossy(&none.stderr), "no dead letters\n");
    assert_eq!(fleet.stdout(&["dead", "ls", "--json"]), "[]\n");
    let again = finish(&mut sandbox.slugline(["dead", "drop", &number, "--nats", &url]));
    assert_eq!(again.status.code(), Some(1));
    fleet.drain();
}

#[test]
fn all_dead_letters_are_dropped_though_nobody_reads_which() {
    let sandbox = Sandbox::new();
    let fleet = Fleet::start(&sandbox);
    // The streams are there once something came through them.
    Ledger::default().put(&sandbox, 1);
    fleet.wait_for_lines(1);
    for payload in ["this is no article", "nor is this"] {
        fleet.request("slugline.article.inbox", payload);
    }
    let deadline = Instant::now() + PATIENCE;
    while dead_letters(&fleet).len() < 2 {
        assert!(Instant::now() < deadline, "no dead letters came");
    }
    let url = fleet.server.url();
    let dropped = finish_unheard(&mut sandbox.slugline(["dead", "drop", "--all", "--nats", &url]));
    assert_eq!(dropped.status.code(), Some(0));
    assert_eq!(
        String::from_utf8_lossy(&dropped.stderr),
        "2 dead letters dropped\n"
    );
    assert_eq!(fleet.stdout(&["dead", "ls", "--json"]), "[]\n");
    fleet.drain();
}

#[test]
fn workers_are_announced_and_a_stall_is_told() {
    let sandbox = Sandbox::new();
    let mut fleet = Fleet::start_with(
        &sandbox,
        &["process.stall_after=1s", "http.addr=127.0.0.1:0"],
        None,
    );
    fleet.launch(Role::Enricher);
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, 5);
    fleet.wait_for_lines(5);

    let status: Value =
        serde_json::from_str(&fleet.stdout(&["status", "--json", "--over", "100ms"])).expect("is JSON");
    let mut workers: Vec<&str> = Vec::new();
    for worker in status["workers"].as_array().expect("has workers") {
        workers.push(worker["name"].as_str().expect("has a name"));
    }
    assert_eq!(
        workers,
        [
            "slugline-enricher",
            "slugline-enricher",
            "slugline-sink",
            "slugline-watcher"
        ],
        "{status}"
    );
    let enriched: u64 = status["workers"]
        .as_array()
        .expect("has workers")
        .iter()
        .filter_map(|worker| worker["data"]["enriched"].as_u64())
        .sum();
    assert_eq!(enriched, 5, "{status}");
    let info = fleet.request("$SRV.INFO.slugline-enricher", "");
    assert!(
        info.contains("\"type\":\"io.nats.micro.v1.info_response\"") && info.contains("\"host\""),
        "{info}"
    );
    assert!(fleet.stdout(&["status"]).contains("SLUGLINE_ENRICHED"));

    let address = http::address(fleet.process(Role::Enricher));
    assert_eq!(http::get(&address, "/readyz").0, 200);
    let pause = "$JS.API.CONSUMER.PAUSE.SLUGLINE_ARTICLES.enricher";
    fleet.request(pause, r#"{"pause_until":"2100-01-01T00:00:00Z"}"#);
    ledger.put(&sandbox, 5);
    fleet.process(Role::Enricher).wait_for_line("stalled");
    http::wait_for_metric(&address, "slugline_stalled", "enricher", 1.0);
    let (code, reason) = http::get(&address, "/readyz");
    assert!(code == 503 && reason.contains("no progress"), "{code} {reason}");

    fleet.request(pause, "{}");
    fleet.wait_for_lines(10);
    fleet.process(Role::Enricher).wait_for_line("no longer stalled");
    assert_eq!(http::get(&address, "/readyz").0, 200);
    fleet.drain();
    ledger.audit(&sandbox.output().records());
}

#[test]
fn a_trace_needs_no_server() {
    let sandbox = Sandbox::new();
    let mut ledger = Ledger::default();
    ledger.put(&sandbox, 3);
    let file = sandbox.put(
        "one.txt",
        "Ten people were killed in Kabul on Monday, police said.",
    );
    let empty = sandbox.put("empty.txt", "");
    sandbox.run_once();
    let out = sandbox.out.to_string_lossy().into_owned();
    let traced = sandbox.stdout(["trace", &file.to_string_lossy(), "--out", &out]);
    assert!(traced.contains("checkpoint   delivered"), "{traced}");
    assert_eq!(traced.matches("part-").count(), 1, "{traced}");
    let refused = sandbox.stdout(["trace", &empty.to_string_lossy(), "--out", &out]);
    assert!(
        refused.contains("refused      ") && refused.contains("empty.txt.error.json"),
        "{refused}"
    );
    let nowhere =
        finish(&mut sandbox.slugline(["trace", "b3:00112233445566778899aabbccddeeff", "--out", &out]));
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&nowhere.stdout).contains("nowhere"),
        "{nowhere:?}"
    );
}
