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
    /// Arguments that every process gets besides its own.
    arguments: Vec<String>,
    /// A variable that every process gets.
    variable: Option<(&'static str, String)>,
    processes: Vec<(Role, Process)>,
}

impl<'a> Fleet<'a> {
    /// Starts the broker and one process per role.
    pub(crate) fn start(sandbox: &'a Sandbox) -> Self {
        Self::start_with(sandbox, &[], None)
    }

    /// Starts the broker and one process per role, all with these settings and this variable.
    pub(crate) fn start_with(
        sandbox: &'a Sandbox,
        settings: &[&str],
        variable: Option<(&'static str, &str)>,
    ) -> Self {
        let set = |setting: &&str| ["--set".to_owned(), (*setting).to_owned()];
        let mut fleet = Self {
            sandbox,
            server: Server::start().expect("a NATS server"),
            arguments: settings.iter().flat_map(set).collect(),
            variable: variable.map(|(name, value)| (name, value.to_owned())),
            processes: Vec::new(),
        };
        for role in Role::ALL {
            fleet.launch(role);
        }
        fleet
    }

    /// Gives processes that are started from now on no variable.
    pub(crate) fn forget_variable(&mut self) {
        self.variable = None;
    }

    /// Gives processes that are started from now on another setting.
    pub(crate) fn set(&mut self, setting: &str) {
        self.arguments.extend(["--set".to_owned(), setting.to_owned()]);
    }

    /// Asks the oldest process of a role to stop, and waits until it has drained.
    pub(crate) fn retire(&mut self, role: Role) {
        self.take(role).drain();
    }

    /// Starts those processes of a role again that ended by themselves; returns how many.
    pub(crate) fn revive(&mut self, role: Role) -> usize {
        let before = self.processes.len();
        self.processes
            .retain(|(found, process)| *found != role || !process.has_ended());
        let ended = before - self.processes.len();
        for _ in 0..ended {
            self.launch(role);
        }
        ended
    }

    /// Runs another command of the program against the broker, with the settings of the fleet, to its end.
    pub(crate) fn stdout(&self, arguments: &[&str]) -> String {
        let url = self.server.url();
        let settings = self.arguments.iter().map(String::as_str);
        let all = arguments.iter().copied().chain(["--nats", &url]).chain(settings);
        self.sandbox.stdout(all)
    }

    /// Sends a request to the broker and returns the answer.
    pub(crate) fn request(&self, subject: &str, payload: &str) -> String {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let client = async_nats::connect(self.server.url()).await.expect("connects");
            let answer = client
                .request(subject.to_owned(), payload.to_owned().into())
                .await
                .expect("answers");
            String::from_utf8(answer.payload.to_vec()).expect("is UTF-8")
        })
    }

    /// Returns the first process of a role.
    pub(crate) fn process(&self, role: Role) -> &Process {
        let found = self.processes.iter().find(|(found, _)| *found == role);
        &found.expect("runs").1
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
        command.args(&self.arguments);
        if let Some((name, value)) = &self.variable {
            command.env(name, value);
        }
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
        self.take(role).kill();
    }

    fn take(&mut self, role: Role) -> Process {
        let index = self.processes.iter().position(|(found, _)| *found == role);
        self.processes.remove(index.expect("runs")).1
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
