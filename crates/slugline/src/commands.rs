//! What each command does.

mod config;
mod dead;
mod health;
mod input;
mod pipeline;
mod quarantine;
mod show;
mod status;
mod tag;
mod tail;
mod top;
mod topology;
mod trace;

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use anyhow::{Context, bail};
use enricher::Engine;

use wire::nats::Connection;

use crate::cli::{Cli, Command, StageCommand};
use crate::config::Problems;
use crate::roles::Roles;
use crate::settings::{Layers, Settings};
use crate::wiring::connection_config;

/// Wrong use or configuration.
pub(crate) const EXIT_USAGE: u8 = 2;

/// An error that is the user's to mend: wrong use or configuration.
#[derive(Debug, thiserror::Error)]
#[error("{0:#}")]
pub(crate) struct UsageError(anyhow::Error);

/// Returns an error that is the user's to mend.
fn usage(error: impl Into<anyhow::Error>) -> anyhow::Error {
    UsageError(error.into()).into()
}

/// Runs the command that was typed.
pub(crate) fn run(cli: &Cli) -> anyhow::Result<ExitCode> {
    let layers = || layers(cli).map_err(usage);
    let settings = || checked(&layers()?);
    match &cli.command {
        Command::Stage(StageCommand::Run(args)) => pipeline::run(&settings()?, Roles::ALL, args.inbox.once),
        Command::Stage(StageCommand::Watch(args)) => {
            pipeline::run(&settings()?, Roles::WATCHER, args.inbox.once)
        }
        Command::Stage(StageCommand::Enrich(args)) => match &args.reprocess.since {
            Some(since) => pipeline::rerun(settings()?, since),
            None => pipeline::run(&settings()?, Roles::ENRICHER, false),
        },
        Command::Stage(StageCommand::Sink(_)) => pipeline::run(&settings()?, Roles::SINK, false),
        Command::Tag(args) => tag::run(&settings()?, args),
        Command::Show(args) => show::run(&settings()?, args),
        Command::Schema => schema(),
        Command::Check(args) if args.running => health::check(&settings()?),
        Command::Check(args) => config::check(&layers()?, args.stage.as_ref().map(StageCommand::roles)),
        Command::Config(args) => config::show(&layers()?, args),
        Command::Topology(args) => topology::run(&settings()?, &args.action),
        Command::Tail(args) => tail::run(&settings()?, args),
        Command::Dead(args) => dead::run(&settings()?, &args.action),
        Command::Quarantine => quarantine::run(),
        Command::Status(args) => status::run(&settings()?, args),
        Command::Top(args) => top::run(&settings()?, args),
        Command::Trace(args) => trace::run(&settings()?, args),
    }
}

/// Lays the configuration together: default < file < environment < flag.
fn layers(cli: &Cli) -> anyhow::Result<Layers> {
    let mut layers = Layers::defaults()?;
    if let Some(path) = &cli.common.config {
        layers.file(path)?;
    }
    layers.environment(
        std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        }),
    );
    for setting in &cli.common.set {
        let Some((key, value)) = setting.split_once('=') else {
            bail!("`--set {setting}`: expected KEY=VALUE")
        };
        layers.flag(key, value);
    }
    for (key, value) in cli.overrides() {
        layers.flag(key, &value);
    }
    layers.verify()?;
    Ok(layers)
}

/// Returns the settings, each judged by itself.
fn checked(layers: &Layers) -> anyhow::Result<Settings> {
    let settings = layers.settings()?;
    fail_on(crate::config::check(&settings))?;
    Ok(settings)
}

/// Fails with everything that is wrong, if anything is.
fn fail_on(problems: Problems) -> anyhow::Result<()> {
    if problems.is_empty() {
        Ok(())
    } else {
        Err(usage(problems))
    }
}

/// Returns how bytes become articles.
fn intake(settings: &Settings) -> anyhow::Result<watcher::intake::Config> {
    crate::config::intake(settings).map_err(|problem| usage(anyhow::Error::msg(problem)))
}

/// Returns the engine with the watch-lists of the configuration.
fn engine(settings: &Settings) -> anyhow::Result<Engine> {
    let lists = crate::config::lists(settings);
    let engine = Engine::new();
    Ok(if lists.is_empty() {
        engine
    } else {
        engine.with_lists(lists.load().map_err(usage)?)
    })
}

fn schema() -> anyhow::Result<ExitCode> {
    let schema = schemars::schema_for!(wire::EnrichedArticle);
    print(&serde_json::to_string_pretty(&schema)?)?;
    Ok(ExitCode::SUCCESS)
}

/// Does something on the server and closes the connection again.
fn on_server<T>(
    settings: &Settings,
    work: impl AsyncFnOnce(&Connection) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    require_server(settings)?;
    runtime()?.block_on(async {
        let connection = Connection::connect(connection_config(settings, Roles::default())?).await?;
        let done = work(&connection).await;
        connection.close().await;
        done
    })
}

/// Fails where no server is configured, or a file that it takes cannot be read.
fn require_server(settings: &Settings) -> anyhow::Result<()> {
    if settings.nats.url.is_empty() {
        return Err(usage(anyhow::anyhow!(
            "no NATS server: give --nats or set `nats.url`"
        )));
    }
    let mut problems = Problems::default();
    crate::config::nats_files(&settings.nats, &mut problems);
    fail_on(problems)
}

/// Returns what a command that mostly waits runs on.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime)
}

/// The reader of standard output has seen enough (`| head`): no failure, but a reason to stop.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads standard output any more")]
pub(crate) struct Unheard;

/// Writes a result and a line end to standard output.
fn print(text: &str) -> anyhow::Result<()> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Unheard.into()),
        written => written.context("failed to write to standard output"),
    }
}
