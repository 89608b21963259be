//! Several servers that replicate to each other, over ways that can be cut.

use std::net::{Ipv4Addr, TcpListener};

use crate::Error;
use crate::link::Link;
use crate::server::{Options, Server};

/// How often free ports are looked for again when another process took one in between.
const ATTEMPTS: usize = 5;

/// Servers that form one JetStream cluster on the loopback interface.
///
/// They tell clients nothing of each other, so a client stays with the addresses that it was given.
#[derive(Debug)]
pub struct Cluster {
    /// The servers, to kill, freeze and restart one by one.
    pub servers: Vec<Server>,
    /// The ways between them, each with the two servers that it joins.
    links: Vec<([usize; 2], Link)>,
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

    /// Cuts one server off from all others. Clients still reach it.
    pub fn cut_off(&self, index: usize) {
        for (_, link) in self.links.iter().filter(|(ends, _)| ends.contains(&index)) {
            link.cut();
        }
    }

    /// Joins a server that was cut off with all others again.
    pub fn rejoin(&self, index: usize) {
        for (_, link) in self.links.iter().filter(|(ends, _)| ends.contains(&index)) {
            link.mend();
        }
    }

    fn try_start(size: usize) -> Result<Self, Error> {
        let ports = free_ports(size)?;
        let mut links = Vec::new();
        let mut servers = Vec::with_capacity(size);
        for (index, port) in ports.iter().enumerate() {
            let mut routes = Vec::new();
            for (other, target) in ports.iter().enumerate() {
                // The own address is listed as well: from the number of routes the servers tell how many they are.
                let mut via = *target;
                if other != index {
                    let link = Link::to(*target)?;
                    via = link.port();
                    links.push(([index, other], link));
                }
                routes.push(format!("\"nats://127.0.0.1:{via}\""));
            }
            // What servers advertise to each other leads nowhere: the links are the only way.
            let config = format!(
                "cluster {{\n  name: test\n  listen: \"127.0.0.1:{port}\"\n  advertise: \"127.0.0.1:1\"\n  no_advertise: true\n  routes: [{}]\n}}\n",
                routes.join(", ")
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
        Ok(Self { servers, links })
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
