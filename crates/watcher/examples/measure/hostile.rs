//! Hostile input: what it takes in time and memory, as a table.

use std::fs;
use std::process::Command;
use std::time::Duration;

use watcher::intake::{Config, read};

use crate::{ORIGIN, busy, hostile_cases};

/// Names a file for the child to read, and the format to read it as, if any.
const CASE: &str = "MEASURE_HOSTILE_CASE";
const FORMAT: &str = "MEASURE_HOSTILE_FORMAT";

/// What is required of every case.
const MOST_TIME: Duration = Duration::from_secs(2);
const MOST_MIB: u64 = 256;

/// Reads a case and prints what it took, if this process was started for that.
pub(crate) fn is_child() -> bool {
    let Ok(path) = std::env::var(CASE) else {
        return false;
    };
    let bytes = fs::read(path).unwrap_or_default();
    let config = Config {
        format: hostile_cases::format_named(&std::env::var(FORMAT).unwrap_or_default()),
        ..Config::default()
    };
    let start = busy();
    let result = read(&bytes, &ORIGIN, &config);
    let time = busy().saturating_sub(start);
    let outcome = match &result {
        Ok(articles) => format!("{} articles", articles.len()),
        Err(refusal) => refusal.to_string(),
    };
    println!("{} {} {outcome}", time.as_micros(), peak_kib());
    true
}

/// The most memory that this process has had, in KiB.
fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok())
        .unwrap_or(u64::MAX)
}

/// Prints the table; whether every case is within the bounds.
pub(crate) fn measure() -> bool {
    let path = std::env::temp_dir().join(format!("measure-hostile-{}", std::process::id()));
    let mut within = true;
    println!("| input | size | time | memory | outcome |\n|---|---|---|---|---|");
    for case in hostile_cases::cases() {
        let line = run(&case, &path).unwrap_or_default();
        let mut words = line.splitn(3, ' ');
        let mut number = || words.next().and_then(|word| word.parse::<u64>().ok());
        let (micros, kib) = (number().unwrap_or(u64::MAX), number().unwrap_or(u64::MAX));
        let outcome = words.next().unwrap_or("ended early");
        let (time, mib) = (Duration::from_micros(micros), kib / 1024);
        within &= time <= MOST_TIME && mib <= MOST_MIB;
        println!(
            "| {} | {:.1} MB | {:.2} s | {mib} MB | {} |",
            case.name,
            case.bytes.len() as f64 / 1e6,
            time.as_secs_f64(),
            outcome.chars().take(90).collect::<String>()
        );
    }
    let _gone = fs::remove_file(&path);
    println!(
        "{} {} s of processor time and {MOST_MIB} MB",
        if within { "all within" } else { "NOT all within" },
        MOST_TIME.as_secs()
    );
    within
}

/// Reads a case in a process of its own; returns what that printed.
fn run(case: &hostile_cases::Case, path: &std::path::Path) -> std::io::Result<String> {
    fs::write(path, &case.bytes)?;
    let output = Command::new(std::env::current_exe()?)
        .env(CASE, path)
        .env(FORMAT, hostile_cases::format_name(case.format))
        .output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
