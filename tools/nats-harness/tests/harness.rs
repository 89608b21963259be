//! The harness itself, against the real program.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use nats_harness::{Cluster, Options, Server};

/// Connects and returns what the server says first.
fn greeting(server: &Server) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).expect("the port is open");
    let mut buffer = [0; 4096];
    let read = stream.read(&mut buffer).expect("a greeting");
    String::from_utf8_lossy(&buffer[..read]).into_owned()
}

#[test]
fn starts_restarts_on_the_same_port_and_stops() {
    let mut server = Server::start_with(Options {
        max_payload: Some(65536),
        ..Options::default()
    })
    .expect("a server");
    let (url, folder) = (server.url(), server.folder().to_owned());
    let info = greeting(&server);
    assert!(
        info.contains("\"jetstream\":true") && info.contains("\"max_payload\":65536"),
        "{info}"
    );
    server.kill();
    assert!(TcpStream::connect(("127.0.0.1", server.port())).is_err());
    server.restart().expect("a restart");
    assert_eq!(server.url(), url);
    assert!(greeting(&server).starts_with("INFO "));
    drop(server);
    assert!(!folder.exists());
}

#[test]
fn a_frozen_server_answers_only_when_thawed() {
    let server = Server::start().expect("a server");
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).expect("the port is open");
    let mut buffer = [0; 4096];
    stream.read(&mut buffer).map(|_| ()).expect("a greeting");
    server.freeze();
    stream
        .write_all(b"CONNECT {\"verbose\":false}\r\nPING\r\n")
        .expect("the kernel takes it");
    stream
        .set_read_timeout(Some(Duration::from_millis(200)))
        .expect("a time limit");
    assert!(stream.read(&mut buffer).is_err(), "a frozen server is silent");
    server.thaw();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .expect("a time limit");
    let read = stream.read(&mut buffer).expect("an answer");
    assert!(buffer[..read].starts_with(b"PONG"));
}

#[test]
fn three_servers_elect_a_leader() {
    let cluster = Cluster::start(3).expect("a cluster");
    assert_eq!(cluster.url().split(',').count(), 3);
}

#[test]
fn a_wrong_option_is_told_with_the_log() {
    let error = Server::start_with(Options {
        config: "no_such_option: 1\n".to_owned(),
        ..Options::default()
    })
    .expect_err("the server refuses it");
    assert!(error.to_string().contains("no_such_option"), "{error}");
}
