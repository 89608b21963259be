//! The commands around the pipeline: what they print.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::sandbox::{finish, finish_unheard};
use crate::support::{Fleet, Ledger, Process, Sandbox, articles, http};

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
fn tag_says_when_a_file_was_received_and_leaves_it_open_where_there_is_none() {
    let sandbox = Sandbox::new();
    let path = sandbox.put("a.txt", articles::text(1));
    let written: jiff::Timestamp = "2026-03-04T06:00:00Z".parse().expect("is a moment");
    let file = fs::File::options().append(true).open(&path).expect("opens");
    file.set_modified(written.into()).expect("is set");
    let received =
        |line: &str| serde_json::from_str::<Value>(line).expect("is JSON")["source"]["received"].clone();
    for raw in [&[][..], &["--raw"]] {
        let arguments = [&["tag", "inbox/a.txt"], raw].concat();
        assert_eq!(received(&sandbox.stdout(arguments)), "2026-03-04T06:00:00Z");
        let arguments = [&["tag"], raw].concat();
        assert_eq!(
            received(&pipe(&sandbox, &arguments, &articles::text(1))),
            Value::Null
        );
    }
}

#[test]
fn tag_reads_lines_one_at_a_time_as_it_reads_all_of_them() {
    let sandbox = Sandbox::new();
    let lines = ["Dam breaks", "", "Ferry sinks", "Bridge falls"].map(|headline| match headline {
        "" => "\n".to_owned(),
        "Ferry sinks" => {
            json!({"id": "1", "headline": headline, "text": articles::text(2)}).to_string() + "\n"
        }
        _ => {
            json!({"headline": headline, "text": format!("QALAT, Mar 3 - {}", articles::text(1))}).to_string()
                + "\n"
        }
    });
    let lines = format!("\u{feff}{}", lines.concat());
    let path = sandbox.put("day.jsonl", &lines);
    let written: jiff::Timestamp = "2025-03-04T06:00:00Z".parse().expect("is a moment");
    let file = fs::File::options().append(true).open(&path).expect("opens");
    file.set_modified(written.into()).expect("is set");

    let all = sandbox.stdout(["tag", "--input", "auto", "inbox/day.jsonl"]);
    let each = sandbox.stdout(["tag", "--input", "jsonl", "inbox/day.jsonl"]);
    assert_eq!(each, all);
    let records: Vec<Value> = each
        .lines()
        .map(|line| serde_json::from_str(line).expect("is JSON"))
        .collect();
    let items: Vec<&Value> = records.iter().map(|record| &record["source"]["item"]).collect();
    assert_eq!(
        items,
        ["1", "1", "4"],
        "a line is called by its own id, else its number"
    );
    for record in &records {
        assert_eq!(record["source"]["received"], "2025-03-04T06:00:00Z");
    }
    assert_eq!(
        records[0]["published"]["value"], "2025-03-03",
        "the year is the file's"
    );

    let piped = pipe(&sandbox, &["tag", "--input", "jsonl"], &lines);
    assert_eq!(piped.matches("\"received\":null").count(), 3, "{piped}");
}

#[test]
fn tag_fails_on_what_it_cannot_read() {
    let sandbox = Sandbox::new();
    let finished = finish(&mut sandbox.slugline(["tag", "missing.txt"]));
    assert_eq!(finished.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&finished.stderr).contains("missing.txt"));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let sandbox = Sandbox::new();
    let path = sandbox.put("long.txt", (0..3000).map(articles::text).collect::<String>());
    for command in ["show", "tag"] {
        let finished = finish_unheard(&mut sandbox.slugline([command.as_ref(), path.as_os_str()]));
        let told = String::from_utf8_lossy(&finished.stderr).into_owned();
        assert!(finished.status.success() && told.is_empty(), "{command}: {told}");
    }
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
    let unheard = finish_unheard(&mut sandbox.slugline(drift));
    assert_eq!(unheard.status.code(), Some(1), "drift is drift, read or not");
    assert!(
        String::from_utf8_lossy(&told).contains("max_bytes"),
        "{}",
        String::from_utf8_lossy(&told)
    );
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
    // Its checkpoint lies in its inbox, above the file.
    let traced = sandbox.stdout(["trace", "other/a.txt"]);
    assert!(traced.contains("checkpoint   delivered"), "{traced}");
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
