//! Three processes, one role each, and the broker between them.

use std::path::PathBuf;
use std::process::Command;

use nats_harness::Server;

use super::sandbox::SETTLE;
use super::{Output, Process, Sandbox};

/// What one process of a fleet does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Watcher,
    Enricher,
    Sink,
}

impl Role {
    pub(crate) const ALL: [Self; 3] = [Self::Watcher, Self::Enricher, Self::Sink];

    fn name(self) -> &'static str {
        match self {
            Self::Watcher => "watch",
            Self::Enricher => "enrich",
            Self::Sink => "sink",
        }
    }
}

/// A fleet on a server of its own.
#[derive(Debug)]
pub(crate) struct Fleet<'a> {
    sandbox: &'a Sandbox,
    /// The broker.
    pub(crate) server: Server,
    processes: Vec<(Role, Process)>,
}

impl<'a> Fleet<'a> {
    /// Starts the broker and one process per role.
    pub(crate) fn start(sandbox: &'a Sandbox) -> Self {
        let mut fleet = Self {
            sandbox,
            server: Server::start().expect("a NATS server"),
            processes: Vec::new(),
        };
        for role in Role::ALL {
            fleet.launch(role);
        }
        fleet
    }

    /// Returns the command that a role runs.
    pub(crate) fn command(&self, role: Role) -> Command {
        let mut command = self.sandbox.slugline([role.name(), "--nats", &self.server.url()]);
        match role {
            Role::Watcher => command
                .arg(&self.sandbox.inbox)
                .args(SETTLE)
                .args(["--set", &self.state()]),
            Role::Enricher => &mut command,
            Role::Sink => command.arg("--out").arg(&self.sandbox.out),
        };
        command
    }

    /// Returns where the watcher keeps its checkpoint.
    pub(crate) fn watcher_state(&self) -> PathBuf {
        self.sandbox.path("state")
    }

    /// Starts a process of a role.
    pub(crate) fn launch(&mut self, role: Role) {
        let process = Process::spawn(role.name(), &mut self.command(role));
        self.processes.push((role, process));
    }

    /// Kills the process of a role as `kill -9` does.
    pub(crate) fn kill(&mut self, role: Role) {
        let index = self
            .processes
            .iter()
            .position(|(found, _)| *found == role)
            .expect("runs");
        let (_, process) = self.processes.remove(index);
        process.kill();
    }

    /// Returns the running processes.
    pub(crate) fn processes(&self) -> Vec<&Process> {
        self.processes.iter().map(|(_, process)| process).collect()
    }

    /// Returns what came out so far.
    pub(crate) fn output(&self) -> Output {
        self.sandbox.output()
    }

    /// Waits until that many lines came out.
    pub(crate) fn wait_for_lines(&self, count: usize) {
        self.sandbox.output().wait_for_lines(count, &self.processes());
    }

    /// Stops every process, in the order of the flow.
    pub(crate) fn drain(mut self) {
        for role in Role::ALL {
            while let Some(index) = self.processes.iter().position(|(found, _)| *found == role) {
                self.processes.remove(index).1.drain();
            }
        }
    }

    fn state(&self) -> String {
        format!("watcher.state={}", self.watcher_state().display())
    }
}
