//! What is wrong from the start is refused: with exit code 2, every problem named once, and nothing made.

use std::collections::BTreeSet;
use std::fs;

use crate::support::sandbox::finish;
use crate::support::{Process, Sandbox};

/// Fails unless the command ends with exit code 2, names each of `problems` and leaves standard output empty.
#[track_caller]
fn check_refused_in(sandbox: &Sandbox, arguments: &[&str], problems: &[&str]) {
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

#[track_caller]
fn check_refused(arguments: &[&str], problems: &[&str]) {
    check_refused_in(&Sandbox::new(), arguments, problems);
}

#[test]
fn wrong_arguments_are_refused_with_every_problem() {
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
            "enrich",
            "--reprocess",
            "--since",
            "monday",
            "--nats",
            "localhost",
        ],
        &["`--since monday`"],
    );
    check_refused(&["tag", "--input", "json-feed"], &["json-feed", "json_feed"]);
    check_refused(&["trace", "nothing.txt"], &["nothing.txt"]);
    check_refused(&["top", "--nats", "localhost"], &["`slugline status`"]);
    // Asked of a server, it would wait for ever.
    check_refused(&["tail", "bogus.>"], &["`entity`, `figure`", "`dead`"]);
    check_refused(&["tail", "figure.killed"], &["`figure.killed.>`"]);
}

#[test]
fn wrong_settings_are_refused_with_every_problem() {
    let set = |settings: &[&str], problems: &[&str]| {
        let settings = settings.iter().flat_map(|setting| ["--set", setting]);
        let arguments: Vec<&str> = std::iter::once("check").chain(settings).collect();
        check_refused(&arguments, problems);
    };
    set(
        &["sink.batch_lines=0", "watcher.in_flight=0", "http.addr=here"],
        &["sink.batch_lines", "watcher.in_flight", "http.addr"],
    );
    set(
        &["sink.roll_age=5", "watcher.after=burn", "log.filter=a=b=c"],
        &["time unit needed", "`burn`"],
    );
    set(
        &["intake.format=pdf", "intake.disabled_rules=topic"],
        &[
            "`intake.format` is `pdf`",
            "json_feed",
            "`intake.disabled_rules` is `topic`",
            "topics",
        ],
    );
    set(&["log.filter=a=b=c"], &["`log.filter`"]);
    set(&["sink.colour=red"], &["unknown setting `sink.colour`"]);
    set(&["sink.batch_line=5"], &["did you mean `sink.batch_lines`?"]);
    set(&["watcher.settle=5"], &["watcher.settle", "flag"]);
    set(&["novalue"], &["KEY=VALUE"]);
    check_refused(&["check", "--config", "missing.toml"], &["missing.toml"]);
    // Whatever the command: a wrong filter, and talking in plain text to another machine.
    check_refused(&["run", "inbox", "--out", "out", "--log", "inof"], &["`inof`"]);
    check_refused(&["tag", "--log", "a=b=c"], &["`log.filter`"]);
    check_refused(
        &["status", "--nats", "nats://nats.example:4222"],
        &["allow_plain"],
    );
}

#[test]
fn a_missing_inbox_is_refused_before_anything_is_made() {
    let sandbox = Sandbox::new();
    check_refused_in(
        &sandbox,
        &["run", "nowhere", "--once", "--out", "out"],
        &["`nowhere`"],
    );
    check_refused_in(
        &sandbox,
        &["watch", "nowhere", "--nats", "localhost"],
        &["`nowhere`"],
    );
    let there = fs::read_dir(sandbox.path("")).expect("is readable");
    let names: Vec<_> = there
        .map(|entry| entry.expect("is readable").file_name())
        .collect();
    assert_eq!(names, ["inbox"], "nothing was made");
}

#[test]
fn check_looks_at_what_the_command_it_is_followed_by_needs() {
    let sandbox = Sandbox::new();
    let file = sandbox.path("file");
    fs::write(&file, "colour\nred\n").expect("writes");
    let fine = |arguments: &[&str]| {
        let told = sandbox.stdout([&["check"], arguments].concat());
        assert_eq!(told, "the configuration is valid\n", "{arguments:?}");
    };
    let refused = |arguments: &[&str], problems: &[&str]| {
        check_refused_in(&sandbox, &[&["check"], arguments].concat(), problems);
    };
    let server = ["--nats", "localhost"];
    fine(&[]);
    fine(&["run", "inbox", "--out", "out"]);
    fine(&[&["watch", "inbox"][..], &server].concat());
    fine(&[&["enrich"][..], &server].concat());
    fine(&[&["sink", "--out", "deep/out"][..], &server].concat());
    refused(&["run", "nowhere", "--out", "file"], &["`nowhere`", "`file`"]);
    refused(&["watch", "inbox"], &["no NATS server"]);
    refused(&[&["sink"][..], &server].concat(), &["no output folder"]);
    refused(
        &[&["sink", "--out", "file/out"][..], &server].concat(),
        &["`file/out`", "not a folder"],
    );
    // The lists are the enricher's, and part of what a fleet shares.
    let missing = ["--set", "enricher.watch_lists=missing.tsv"];
    refused(&missing, &["missing.tsv"]);
    refused(&[&["enrich"][..], &server, &missing].concat(), &["missing.tsv"]);
    refused(&["--set", "enricher.watch_lists=file"], &["`name`"]);
    refused(&["--set", "enricher.deny_list=missing.txt"], &["missing.txt"]);
    fine(&[&["sink", "--out", "out"][..], &server, &missing].concat());
    // Secrets matter once there is a server.
    let secret = ["--set", "nats.token_file=no-such-token"];
    fine(&secret);
    refused(
        &[&["enrich"][..], &server, &secret].concat(),
        &["`nats.token_file`", "no-such-token"],
    );
    assert!(
        !sandbox.out.exists() && !sandbox.path("deep").exists(),
        "it only looks"
    );
}

#[test]
fn a_variable_that_is_no_setting_is_told_and_harmless() {
    let sandbox = Sandbox::new();
    let run = |variable: &str| finish(sandbox.slugline(["check"]).env(variable, "1"));
    let finished = run("SLUGLINE_OF_SOMEBODY_ELSE");
    assert!(finished.status.success());
    assert!(String::from_utf8_lossy(&finished.stderr).contains("SLUGLINE_OF_SOMEBODY_ELSE"));
    let finished = run("SLUGLINE_SINK_BATCHLINES");
    assert_eq!(finished.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&finished.stderr).contains("`SLUGLINE_SINK_BATCH_LINES`?"));
}

/// Fails unless the command fails, with `code`, and tells no part of a reason twice.
#[track_caller]
fn check_told_once(sandbox: &Sandbox, code: i32, arguments: &[&str], reason: &str) {
    let finished = finish(&mut sandbox.slugline(arguments));
    let told = String::from_utf8_lossy(&finished.stderr).into_owned();
    assert_eq!(finished.status.code(), Some(code), "{arguments:?}: {told}");
    assert!(
        told.contains(reason),
        "{arguments:?} should tell `{reason}`: {told}"
    );
    let errors = told.lines().filter(|line| line.starts_with("slugline: "));
    for error in errors {
        let mut seen = BTreeSet::new();
        for part in error.split(": ") {
            assert!(seen.insert(part), "{arguments:?} tells `{part}` twice: {error}");
        }
    }
}

#[test]
fn a_cause_is_told_once() {
    let sandbox = Sandbox::new();
    let check = |code, arguments: &[&str], reason: &str| check_told_once(&sandbox, code, arguments, reason);
    fs::write(sandbox.path("broken.toml"), "[sink\n").expect("writes");
    fs::write(sandbox.path("file"), "colour\nred\n").expect("writes");
    sandbox.put("noise.bin", [0; 64]);
    // Not to be made, as a file is in the way.
    fs::create_dir_all(sandbox.path("taken")).expect("a folder");
    fs::write(sandbox.path("taken/.slugline"), "").expect("writes");
    let missing = "No such file or directory";
    check(2, &["run", "nowhere", "--out", "out"], missing);
    check(2, &["run", "inbox", "--out", "file"], "not a folder");
    check(2, &["run", "inbox", "--out", "taken", "--once"], "taken");
    check(2, &["tag", "--config", "missing.toml"], missing);
    check(2, &["tag", "--config", "broken.toml"], "failed to parse");
    check(2, &["trace", "missing.txt"], missing);
    check(1, &["tag", "missing.txt"], missing);
    check(1, &["tag", "inbox"], "`slugline run inbox ");
    check(1, &["tag", "inbox/noise.bin"], "binary");
    check(2, &["tag", "--set", "enricher.watch_lists=missing.tsv"], missing);
    check(2, &["tag", "--set", "enricher.watch_lists=file"], "`name`");
    check(
        2,
        &["trace", "b3:00112233445566778899aabbccddeeff", "--out", "nowhere"],
        "`nowhere` is not there",
    );
    // Bound and then closed: nothing listens there.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("an address").to_string();
    check(1, &["run", "inbox", "--out", "out", "--http", &address], "in use");
    check(
        1,
        &["check", "--running", "--set", &format!("http.addr={address}")],
        &address,
    );
    drop(silent);
    check(1, &["status", "--nats", &address], &address);
    let secret = ["status", "--nats", &address, "--set", "nats.token_file=missing"];
    check(2, &secret, missing);
}

#[test]
fn a_second_sink_on_the_folder_is_told_once() {
    let sandbox = Sandbox::new();
    let first = Process::spawn("run", &mut sandbox.run());
    first.wait_until_ready();
    let state = format!("watcher.state={}", sandbox.path("state").display());
    let out = sandbox.out.to_string_lossy();
    let arguments = ["run", "inbox", "--once", "--out", &out, "--set", &state];
    check_told_once(&sandbox, 1, &arguments, "another sink");
    first.drain();
}

#[test]
fn a_server_without_jetstream_or_with_other_streams_is_told_once() {
    let sandbox = Sandbox::new();
    let server = nats_harness::Server::start().expect("a NATS server");
    let url = server.url();
    sandbox.stdout(["topology", "apply", "--nats", &url]);
    let drift = [
        "topology",
        "apply",
        "--nats",
        &url,
        "--set",
        "topology.max_bytes=3 GiB",
    ];
    check_told_once(&sandbox, 1, &drift, "max_bytes");
    let replicas = [
        "topology",
        "apply",
        "--update",
        "--nats",
        &url,
        "--set",
        "topology.replicas=3",
    ];
    check_told_once(&sandbox, 1, &replicas, "SLUGLINE_ARTICLES");
}
