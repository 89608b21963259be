//! The commands around the pipeline: what they print, and what they refuse.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::sandbox::finish;
use crate::support::{Fleet, Ledger, Process, Sandbox, articles, http};

/// Fails unless the command ends with exit code 2, names each of `problems` and leaves standard output empty.
#[track_caller]
fn check_refused(arguments: &[&str], problems: &[&str]) {
    let sandbox = Sandbox::new();
    let finished = finish(&mut sandbox.slugline(arguments));
    let told = String::from_utf8_lossy(&finished.stderr);
    assert_eq!(finished.status.code(), Some(2), "{arguments:?}: {told}");
    for problem in problems {
        assert!(
            told.contains(problem),
            "{arguments:?} should name {problem}: {told}"
        );
    }
    assert_eq!(finished.stdout, b"", "{arguments:?}");
}

#[test]
fn wrong_use_is_refused_with_every_problem() {
    check_refused(&[], &["Usage"]);
    check_refused(&["fly"], &["fly"]);
    check_refused(&["run"], &["no inbox", "no output folder"]);
    check_refused(&["run", "inbox"], &["no output folder"]);
    check_refused(
        &["run", "inbox", "--out", "out", "--after", "burn"],
        &["burn", "keep"],
    );
    // The lines must not come back as articles.
    check_refused(&["run", "inbox", "--out", "inbox"], &["in the inbox"]);
    check_refused(&["run", "inbox", "--out", "inbox/day/../out"], &["in the inbox"]);
    check_refused(&["watch", "inbox"], &["no NATS server"]);
    check_refused(&["enrich"], &["no NATS server"]);
    check_refused(&["sink", "--out", "out"], &["no NATS server"]);
    check_refused(
        &[
            "check",
            "--set",
            "sink.batch_lines=0",
            "--set",
            "watcher.in_flight=0",
            "--set",
            "http.addr=here",
        ],
        &["sink.batch_lines", "watcher.in_flight", "http.addr"],
    );
    check_refused(
        &[
            "check",
            "--set",
            "sink.roll_age=5",
            "--set",
            "watcher.after=burn",
            "--set",
            "log.filter=a=b=c",
        ],
        &["time unit needed", "`burn`"],
    );
    check_refused(
        &[
            "check",
            "--set",
            "intake.format=pdf",
            "--set",
            "intake.disabled_rules=topic",
        ],
        &[
            "`intake.format` is `pdf`",
            "json_feed",
            "`intake.disabled_rules` is `topic`",
            "topics",
        ],
    );
    check_refused(&["tag", "--input", "json-feed"], &["json-feed", "json_feed"]);
    check_refused(&["check", "--set", "log.filter=a=b=c"], &["`log.filter`"]);
    check_refused(
        &["check", "--set", "sink.colour=red"],
        &["unknown setting `sink.colour`"],
    );
    check_refused(
        &["check", "--set", "watcher.settle=5"],
        &["watcher.settle", "flag"],
    );
    check_refused(&["check", "--set", "novalue"], &["KEY=VALUE"]);
    check_refused(&["check", "--config", "missing.toml"], &["missing.toml"]);
}

#[test]
fn a_missing_inbox_is_an_error_that_names_it() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.slugline(["run", "nowhere", "--once", "--out"]);
    let exit = Process::spawn("run", command.arg(&sandbox.out)).wait();
    assert_ne!(exit.code, Some(0));
    assert!(exit.log.contains("nowhere"), "{}", exit.log);
}

/// Fails unless `slugline config` shows this value and origin of a setting of the sink.
#[track_caller]
fn check_setting(shown: &str, key: &str, value: &str, origin: &str) {
    let (_, sink) = shown.split_once("[sink]").expect("has a section");
    let line = sink
        .lines()
        .find(|line| line.starts_with(&format!("{key} =")))
        .expect(key);
    assert!(line.contains(value) && line.contains(origin), "{line}");
}

#[test]
fn settings_are_layered_and_say_where_they_came_from() {
    let sandbox = Sandbox::new();
    let file = sandbox.path("slugline.toml");
    fs::write(
        &file,
        "[sink]\nbatch_lines = 11\nbatch_wait = \"11ms\"\nroll_idle = \"11s\"\n",
    )
    .expect("writes");
    let mut command = sandbox.slugline(["config", "--set", "sink.batch_lines=33", "--config"]);
    command.arg(&file);
    command
        .env("SLUGLINE_SINK_BATCH_LINES", "22")
        .env("SLUGLINE_SINK_BATCH_WAIT", "22ms");
    let finished = finish(&mut command);
    let shown = String::from_utf8(finished.stdout).expect("is UTF-8");
    check_setting(&shown, "batch_lines", "33", "flag");
    check_setting(
        &shown,
        "batch_wait",
        "22ms",
        "environment SLUGLINE_SINK_BATCH_WAIT",
    );
    check_setting(&shown, "roll_idle", "11s", "file ");
    check_setting(&shown, "compress", "false", "default");
    // What is shown is itself a configuration.
    fs::write(&file, &shown).expect("writes");
    let finished = finish(sandbox.slugline(["check", "--config"]).arg(&file));
    assert!(
        finished.status.success(),
        "{}",
        String::from_utf8_lossy(&finished.stderr)
    );
}

#[test]
fn shipped_configurations_are_valid() {
    let sandbox = Sandbox::new();
    for name in ["slugline.toml", "fleet.toml", "reference.toml"] {
        let path = crate::support::workspace().join("config").join(name);
        sandbox.stdout(["check".as_ref(), "--config".as_ref(), path.as_os_str()]);
    }
}

#[test]
fn tag_keeps_input_order_and_reads_standard_input() {
    let sandbox = Sandbox::new();
    let files: Vec<_> = (0..20)
        .map(|n| sandbox.put(format!("{n}.txt"), articles::text(n)))
        .collect();
    let printed = sandbox.stdout(
        ["tag".as_ref()]
            .into_iter()
            .chain(files.iter().map(|path| path.as_os_str())),
    );
    let texts: Vec<String> = printed.lines().map(text_of).collect();
    assert_eq!(texts, (0..20).map(articles::text).collect::<Vec<_>>());

    let lines: String = (0..3)
        .map(|n| json!({"id": n.to_string(), "text": articles::text(n)}).to_string() + "\n")
        .collect();
    let printed = pipe(&sandbox, &["tag", "--input", "jsonl", "-"], &lines);
    let items: Vec<String> = printed
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("is JSON")["source"]["item"].to_string())
        .collect();
    assert_eq!(items, [r#""0""#, r#""1""#, r#""2""#]);
    assert_eq!(
        text_of(&pipe(&sandbox, &["tag"], &articles::text(7))),
        articles::text(7)
    );
    assert_eq!(
        text_of(&pipe(&sandbox, &["tag", "--raw"], "  Share\n\n 12 dead ")),
        "  Share\n\n 12 dead ",
        "raw text is untouched"
    );
}

#[test]
fn tag_fails_on_what_it_cannot_read() {
    let sandbox = Sandbox::new();
    let finished = finish(&mut sandbox.slugline(["tag", "missing.txt"]));
    assert_eq!(finished.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&finished.stderr).contains("missing.txt"));
}

#[test]
fn tag_goes_on_after_a_bad_line() {
    let sandbox = Sandbox::new();
    let good = |n: usize| json!({"id": n.to_string(), "text": articles::text(n)}).to_string();
    let lines = [
        good(1).into_bytes(),
        b"{\"text\": cut".to_vec(),
        good(2).into_bytes(),
        b"{\"id\": \"\xff\"".to_vec(),
        b"{\"id\": \"no text\"}".to_vec(),
        good(3).into_bytes(),
    ];
    let path = sandbox.path("day.jsonl");
    fs::write(&path, lines.join(&b'\n')).expect("writes");
    let name = path.to_string_lossy();
    for arguments in [
        &["tag", "--input", "jsonl", &name][..],
        &["tag", "--input", "jsonl", "--raw", &name],
        &["tag", &name],
    ] {
        let finished = finish(&mut sandbox.slugline(arguments));
        let told = String::from_utf8_lossy(&finished.stderr);
        assert_eq!(finished.status.code(), Some(1), "{arguments:?}: {told}");
        let items: Vec<_> = String::from_utf8_lossy(&finished.stdout)
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("is JSON")["source"]["item"].clone())
            .collect();
        assert_eq!(items, ["1", "2", "3"], "{arguments:?}");
        for number in [2, 4, 5] {
            let place = format!("{name}: line {number}: ");
            assert!(told.contains(&place), "{arguments:?} should name {place}: {told}");
        }
        assert_eq!(told.lines().count(), 3, "{told}");
    }
}

#[test]
fn http_serves_health_readiness_and_metrics() {
    let sandbox = Sandbox::new();
    Ledger::default().put(&sandbox, 5);
    let process = Process::spawn("run", sandbox.run().args(["--http", "127.0.0.1:0"]));
    let address = http::address(&process);
    sandbox.output().wait_for_lines(5, &[&process]);
    assert_eq!(http::get(&address, "/healthz"), (200, "ok\n".to_owned()));
    assert_eq!(http::get(&address, "/readyz"), (200, "ready\n".to_owned()));
    http::wait_for_metric(&address, "slugline_article_age_seconds_count", "", 5.0);
    let (status, page) = http::get(&address, "/metrics");
    assert_eq!(status, 200);
    for metric in [
        "slugline_fsync_seconds",
        "slugline_article_age_seconds",
        "slugline_component_received_events_total",
    ] {
        assert!(page.contains(metric), "{metric} is missing:\n{page}");
    }
    assert_eq!(http::get(&address, "/elsewhere").0, 404);
    process.drain();
}

#[test]
fn a_taken_port_is_an_early_error() {
    let sandbox = Sandbox::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let exit = Process::spawn("run", sandbox.run().args(["--http", &address])).wait();
    assert_eq!(exit.code, Some(1), "{}", exit.log);
    assert!(exit.log.contains(&address), "{}", exit.log);
}

#[test]
fn topology_is_printed_applied_and_verified() {
    let sandbox = Sandbox::new();
    let server = nats_harness::Server::start().expect("a NATS server");
    let printed: Value = serde_json::from_str(&sandbox.stdout(["topology", "print"])).expect("is JSON");
    assert!(printed.to_string().contains("SLUGLINE_ARTICLES"), "{printed}");
    let url = server.url();
    let missing = finish(&mut sandbox.slugline(["topology", "verify", "--nats", &url]));
    assert_eq!(missing.status.code(), Some(1), "nothing is there yet");
    sandbox.stdout(["topology", "apply", "--nats", &url]);
    sandbox.stdout(["topology", "verify", "--nats", &url]);
    let drift = [
        "topology",
        "verify",
        "--nats",
        &url,
        "--set",
        "topology.max_bytes=3 GiB",
    ];
    let finished = finish(&mut sandbox.slugline(drift));
    let told = [finished.stdout, finished.stderr].concat();
    assert_eq!(finished.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&told).contains("max_bytes"),
        "{}",
        String::from_utf8_lossy(&told)
    );
}

#[test]
fn an_unreachable_broker_is_named() {
    let sandbox = Sandbox::new();
    // Bound and not accepting as NATS does: nothing can listen there meanwhile.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("an address").to_string();
    drop(silent);
    let finished =
        finish(&mut sandbox.slugline(["topology", "verify", "--nats", &format!("nats://{address}")]));
    let told = String::from_utf8_lossy(&finished.stderr);
    assert_eq!(finished.status.code(), Some(1), "{told}");
    assert!(told.contains(&address), "{told}");
}

#[test]
fn a_watcher_alone_publishes_what_is_there_and_exits() {
    let sandbox = Sandbox::new();
    let fleet = Fleet::start(&sandbox);
    let once = sandbox.path("other");
    fs::create_dir(&once).expect("a folder");
    fs::write(once.join("a.txt"), articles::text(0)).expect("writes");
    let mut command = sandbox.slugline(["watch", "--once", "--nats", &fleet.server.url()]);
    let exit = Process::spawn("watch --once", command.arg(&once)).wait();
    assert_eq!(exit.code, Some(0), "{}", exit.log);
    fleet.wait_for_lines(1);
    fleet.drain();
}

fn text_of(line: &str) -> String {
    let record: Value = serde_json::from_str(line).expect("is JSON");
    record["text"].as_str().expect("has a text").to_owned()
}

/// Returns what a command prints for this standard input.
fn pipe(sandbox: &Sandbox, arguments: &[&str], input: &str) -> String {
    let mut child = sandbox
        .slugline(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    // Smaller than a pipe's buffer, so that it cannot block.
    child
        .stdin
        .take()
        .expect("is piped")
        .write_all(input.as_bytes())
        .expect("reads its input");
    let finished = child.wait_with_output().expect("ends");
    assert!(finished.status.success());
    String::from_utf8(finished.stdout).expect("is UTF-8")
}
