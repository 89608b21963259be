//! Several servers that replicate to each other.

use std::net::{Ipv4Addr, TcpListener};

use crate::Error;
use crate::server::{Options, Server};

/// How often free ports are looked for again when another process took one in between.
const ATTEMPTS: usize = 5;

/// Servers that form one JetStream cluster on the loopback interface.
#[derive(Debug)]
pub struct Cluster {
    /// The servers, to kill, freeze and restart one by one.
    pub servers: Vec<Server>,
}

impl Cluster {
    /// Starts `size` servers (3 in most tests) and waits until they have elected a leader.
    pub fn start(size: usize) -> Result<Self, Error> {
        let mut attempt = 1;
        loop {
            match Self::try_start(size) {
                Err(Error::NotReady { .. }) if attempt < ATTEMPTS => attempt += 1,
                outcome => return outcome,
            }
        }
    }

    /// Returns the addresses of all servers, separated by commas.
    pub fn url(&self) -> String {
        let urls: Vec<String> = self.servers.iter().map(Server::url).collect();
        urls.join(",")
    }

    fn try_start(size: usize) -> Result<Self, Error> {
        let ports = free_ports(size)?;
        let routes: Vec<String> = ports
            .iter()
            .map(|port| format!("\"nats://127.0.0.1:{port}\""))
            .collect();
        let routes = routes.join(", ");
        let mut servers = Vec::with_capacity(size);
        for (index, port) in ports.iter().enumerate() {
            let config = format!(
                "cluster {{\n  name: test\n  listen: \"127.0.0.1:{port}\"\n  routes: [{routes}]\n}}\n"
            );
            let options = Options {
                config,
                ..Options::default()
            };
            servers.push(Server::start_named(&format!("test{index}"), options)?);
        }
        for server in &servers {
            server.await_log(&[
                "JetStream cluster new metadata leader",
                "Self is new JetStream cluster metadata leader",
            ])?;
        }
        Ok(Self { servers })
    }
}

/// Returns ports that were free a moment ago; routes must be known before any server starts.
fn free_ports(count: usize) -> Result<Vec<u16>, Error> {
    let io = |source| Error::Io {
        action: "bind",
        path: "127.0.0.1".into(),
        source,
    };
    let listeners = (0..count)
        .map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(io))
        .collect::<Result<Vec<_>, _>>()?;
    listeners
        .iter()
        .map(|listener| Ok(listener.local_addr().map_err(io)?.port()))
        .collect()
}
