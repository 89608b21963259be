//! `/metrics` and its siblings, asked by hand.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use super::{PATIENCE, Process};

/// Returns status code and body of `path`.
pub(crate) fn get(address: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).expect("connects");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
    )
    .expect("sends");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("has a head");
    let status = head.split_whitespace().nth(1).expect("has a status");
    (status.parse().expect("is a number"), body.to_owned())
}

/// Returns the address on which a process serves; it must have been started with `--http 127.0.0.1:0`.
pub(crate) fn address(process: &Process) -> String {
    let line = process.wait_for_line("serving /metrics");
    let (_, address) = line.split_once("addr=").expect("names its address");
    // Colours, if any, end the word as a space does.
    address
        .split([' ', '\u{1b}'])
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Waits until the samples of a metric add up to `at_least`. Metrics cannot be awaited, only asked for.
pub(crate) fn wait_for_metric(address: &str, name: &str, label: &str, at_least: f64) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let page = get(address, "/metrics").1;
        let samples = page
            .lines()
            .filter(|line| line.starts_with(name) && line.contains(label));
        let sum: f64 = samples
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .sum();
        if sum >= at_least {
            return;
        }
        assert!(Instant::now() < deadline, "{name} stayed at {sum}:\n{page}");
        thread::sleep(Duration::from_millis(50));
    }
}
