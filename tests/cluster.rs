//! A broker of three nodes: one of them dies, is cut off from the others or restarts, under load. Nothing is lost,
//! and every article has exactly one line.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use async_nats::jetstream::{self, stream};
use nats_harness::Cluster;
use tokio::runtime::Runtime;

use crate::support::sandbox::SETTLE;
use crate::support::{Ledger, PATIENCE, Process, Sandbox, assert_alive};

/// The pause between two articles that are dropped.
const PAUSE: Duration = Duration::from_millis(40);

/// How long a partition lasts: longer than the nodes need to notice it and to elect new leaders (some 10 s).
const PARTITION: Duration = Duration::from_secs(15);

/// Lines that must come out between two misfortunes, so that each of them hits a pipeline at work.
const BETWEEN: usize = 20;

const ARTICLES: &str = "SLUGLINE_ARTICLES";
const ENRICHED: &str = "SLUGLINE_ENRICHED";

/// Three nodes, and one process per role that knows all of them.
struct Site<'a> {
    sandbox: &'a Sandbox,
    cluster: Cluster,
    processes: Vec<Process>,
    runtime: Runtime,
}

impl<'a> Site<'a> {
    fn start(sandbox: &'a Sandbox) -> Self {
        let cluster = Cluster::start(3).expect("three NATS servers");
        let mut site = Self {
            sandbox,
            cluster,
            processes: Vec::new(),
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime"),
        };
        let url = site.cluster.url();
        let state = format!("watcher.state={}", sandbox.path("state").display());
        for role in ["watch", "enrich", "sink"] {
            let mut command = sandbox.slugline([role, "--nats", &url]);
            command.args([
                "--set",
                "topology.replicas=3",
                "--set",
                "topology.max_bytes=64 MiB",
            ]);
            // What a dead node took along is delivered again after this long.
            command.args(["--set", "topology.ack_wait=5s"]);
            match role {
                "watch" => command.arg(&sandbox.inbox).args(SETTLE).args(["--set", &state]),
                "sink" => command.arg("--out").arg(&sandbox.out),
                _ => &mut command,
            };
            site.processes.push(Process::spawn(role, &mut command));
        }
        site
    }

    /// Waits until that many more lines came out.
    fn advance(&self, lines: usize) {
        let output = self.sandbox.output();
        let processes: Vec<&Process> = self.processes.iter().collect();
        output.wait_for_lines(output.count() + lines, &processes);
    }

    /// Asks any node for a stream until `find` finds something in the answer. Elections cannot be awaited.
    fn ask<T>(&self, name: &str, find: impl Fn(&stream::Info) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let info = self.runtime.block_on(self.stream(name));
            if let Some(found) = info.as_ref().and_then(&find) {
                return found;
            }
            assert!(Instant::now() < deadline, "{name} is still {info:?}");
            assert_alive(&self.processes.iter().collect::<Vec<_>>());
            thread::sleep(Duration::from_millis(100));
        }
    }

    async fn stream(&self, name: &str) -> Option<stream::Info> {
        let client = async_nats::connect(self.cluster.url().split(',').collect::<Vec<_>>())
            .await
            .ok()?;
        let stream = jetstream::new(client).get_stream(name).await.ok()?;
        Some(stream.cached_info().clone())
    }

    /// Returns which node leads a stream.
    fn leader(&self, name: &str) -> usize {
        self.ask(name, |info| {
            let leader = info.cluster.as_ref()?.leader.as_deref()?;
            leader.strip_prefix("test")?.parse().ok()
        })
    }

    /// Waits until every copy of both streams is up to date.
    fn heal(&self) {
        for name in [ARTICLES, ENRICHED] {
            self.ask(name, |info| {
                let cluster = info.cluster.as_ref()?;
                let whole = cluster.leader.is_some()
                    && cluster.replicas.len() == 2
                    && cluster.replicas.iter().all(|node| node.current && !node.offline);
                whole.then_some(())
            });
        }
    }

    /// Stops every process, in the order of the flow.
    fn drain(self) {
        for process in self.processes {
            process.drain();
        }
    }
}

/// Drops articles all the while that `misfortune` goes on, then waits for everything and audits it.
fn under_load(misfortune: impl FnOnce(&mut Site<'_>)) {
    let sandbox = Sandbox::new();
    let mut site = Site::start(&sandbox);
    let ledger = Mutex::new(Ledger::default());
    let put = || {
        ledger
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .put(&sandbox, 1);
    };
    let stopped = AtomicBool::new(false);
    thread::scope(|scope| {
        // Stops the dropping also when the test fails.
        let _guard = Stop(&stopped);
        scope.spawn(|| {
            while !stopped.load(Ordering::Relaxed) {
                put();
                thread::sleep(PAUSE);
            }
        });
        site.advance(1);
        site.heal();
        misfortune(&mut site);
        site.advance(BETWEEN);
    });
    put();
    let ledger = ledger.into_inner().unwrap_or_else(PoisonError::into_inner);
    let processes: Vec<&Process> = site.processes.iter().collect();
    sandbox.output().wait_for_lines(ledger.len(), &processes);
    eprintln!("{} articles", ledger.len());
    site.drain();
    ledger.audit(&sandbox.output().records());
}

struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn cluster_survives_dead_leaders_and_restarts_of_every_node() {
    under_load(|site| {
        for stream in [ARTICLES, ENRICHED] {
            site.advance(BETWEEN);
            let leader = site.leader(stream);
            eprintln!("killed node {leader}, the leader of {stream}");
            site.cluster.servers[leader].kill();
            // The two that are left carry on.
            site.advance(BETWEEN);
            site.cluster.servers[leader].restart().expect("the node restarts");
            site.heal();
        }
        for node in 0..site.cluster.servers.len() {
            site.advance(BETWEEN);
            site.cluster.servers[node].restart().expect("the node restarts");
            eprintln!("restarted node {node}");
            site.heal();
        }
    });
}

#[test]
fn cluster_survives_a_leader_that_is_cut_off() {
    under_load(|site| {
        site.advance(BETWEEN);
        let leader = site.leader(ARTICLES);
        eprintln!("cut off node {leader}, the leader of {ARTICLES}");
        site.cluster.cut_off(leader);
        // The time without the node is the test: whoever was connected to it finds its way to the others.
        thread::sleep(PARTITION);
        site.advance(BETWEEN);
        site.cluster.rejoin(leader);
        site.heal();
    });
}
