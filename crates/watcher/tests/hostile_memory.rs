//! Input that is made to hurt takes no more than 256 MB: each case in a process of its own, so that the peak is its own.
//!
//! What it takes in time says more about the machine: `measure hostile`, an example, shows both.

mod hostile_cases;

use std::fs;
use std::process::Command;

use watcher::intake::{Config, Origin, read};

/// Names a file for the child to read, and the format to read it as, if any.
const CASE: &str = "SLUGLINE_HOSTILE_CASE";
const FORMAT: &str = "SLUGLINE_HOSTILE_FORMAT";

const MOST_MIB: f64 = 256.0;

/// Reads the file as the watcher would, and prints the peak of this process.
fn child(path: &str) {
    let bytes = fs::read(path).expect("is there");
    let config = Config {
        format: hostile_cases::format_named(&std::env::var(FORMAT).unwrap_or_default()),
        ..Config::default()
    };
    let origin = Origin {
        source_name: "test",
        path: "hostile",
        modified: None,
        received: None,
    };
    let result = read(&bytes, &origin, &config);
    let outcome = match &result {
        Ok(articles) => format!("{} articles", articles.len()),
        Err(refusal) => refusal.to_string(),
    };
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .expect("a line");
    #[expect(clippy::print_stdout, reason = "the parent reads it from there")]
    {
        println!("\npeak {}: {outcome}", peak.trim());
    }
}

#[test]
fn hostile_input_is_bounded_in_memory() {
    if let Ok(path) = std::env::var(CASE) {
        return child(&path);
    }
    if !cfg!(target_os = "linux") {
        println!("skipped: memory is measured through /proc");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("input");
    let mut beyond = Vec::new();
    for case in hostile_cases::cases() {
        fs::write(&path, &case.bytes).expect("written");
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args(["--exact", "hostile_input_is_bounded_in_memory", "--nocapture"]);
        command.env(CASE, &path);
        command.env(FORMAT, hostile_cases::format_name(case.format));
        let output = command.output().expect("starts");
        let text = String::from_utf8_lossy(&output.stdout);
        let line = text
            .lines()
            .find(|line| line.starts_with("peak "))
            .unwrap_or("ended early");
        println!("{}: {line}", case.name);
        let kib = line.split(' ').nth(1).and_then(|kib| kib.parse::<f64>().ok());
        if !output.status.success() || kib.is_none_or(|kib| kib / 1024.0 > MOST_MIB) {
            beyond.push(format!("{}: {line}", case.name));
        }
    }
    assert!(beyond.is_empty(), "beyond {MOST_MIB} MiB:\n{}", beyond.join("\n"));
}
