//! `slugline check --running`: asks a running process whether it is ready. The health check of containers that hold
//! nothing but the binary.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};

use crate::config;
use crate::settings::Settings;

use super::output::tell;
use super::usage::usage;

/// How long the process may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// How much of an answer is read.
const MAX_ANSWER: u64 = 64 << 10;

/// Asks `/readyz` at `http.addr`.
pub(crate) fn check(settings: &Settings) -> anyhow::Result<ExitCode> {
    let Some(address) = config::process(settings).http else {
        return Err(usage(anyhow::anyhow!(
            "`http.addr` is not set: there is nobody to ask"
        )));
    };
    let (is_ready, told) =
        ask(reachable(address)).with_context(|| format!("no answer from `http.addr` {address}"))?;
    tell(told.trim_end())?;
    Ok(if is_ready {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Returns where to reach a process of this machine that listens on `address`: "all interfaces" is no destination.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

/// Returns whether the process is ready, and what it told.
fn ask(address: SocketAddr) -> anyhow::Result<(bool, String)> {
    let mut stream = TcpStream::connect_timeout(&address, ANSWER_WITHIN)?;
    stream.set_read_timeout(Some(ANSWER_WITHIN))?;
    stream.set_write_timeout(Some(ANSWER_WITHIN))?;
    write!(
        stream,
        "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.take(MAX_ANSWER).read_to_string(&mut answer)?;
    match parse(&answer) {
        Some((status, body)) => Ok((status == 200, body.to_owned())),
        None => bail!("something else listens there"),
    }
}

/// Returns the status and the body of an answer.
fn parse(answer: &str) -> Option<(u16, &str)> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.")?.split(' ').nth(1)?;
    Some((status.parse().ok()?, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_from_other_noise() {
        let check = |answer: &str, expect| assert_eq!(parse(answer), expect, "{answer:?}");
        check("HTTP/1.1 200 OK\r\nx: y\r\n\r\nready\n", Some((200, "ready\n")));
        check(
            "HTTP/1.1 503 Service Unavailable\r\n\r\nno\n",
            Some((503, "no\n")),
        );
        check("HTTP/1.1 200 OK", None);
        check("220 mail.example ESMTP\r\n\r\n", None);
        check("", None);
    }

    #[test]
    fn all_interfaces_are_asked_on_the_loopback() {
        let check = |listens: &str, asked: &str| {
            let address = listens.parse().expect("is an address");
            assert_eq!(reachable(address).to_string(), asked);
        };
        check("0.0.0.0:9464", "127.0.0.1:9464");
        check("[::]:9464", "[::1]:9464");
        check("10.0.0.7:9464", "10.0.0.7:9464");
    }
}
