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

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, bail};
use enricher::Engine;

use wire::nats::Connection;

use crate::cli::{Cli, Command, CommonArgs};
use crate::config::Roles;
use crate::settings::{Layers, Settings};
use crate::wiring::connection_config;

/// Wrong use or configuration.
pub(crate) const EXIT_USAGE: u8 = 2;

/// An error that is the user's to mend: wrong use or configuration.
#[derive(Debug, thiserror::Error)]
#[error("{0:#}")]
pub(crate) struct UsageError(pub(crate) anyhow::Error);

/// Runs the command that was typed.
pub(crate) fn run(cli: &Cli) -> anyhow::Result<ExitCode> {
    let layers = || layers(&cli.common, &cli.command).map_err(|error| anyhow::Error::new(UsageError(error)));
    match &cli.command {
        Command::Run(args) => pipeline::run(&layers()?, Roles::ALL, args.inbox.once),
        Command::Watch(args) => pipeline::run(&layers()?, Roles::WATCHER, args.inbox.once),
        Command::Enrich(args) => match &args.reprocess.since {
            Some(since) => pipeline::rerun(&layers()?, since),
            None => pipeline::run(&layers()?, Roles::ENRICHER, false),
        },
        Command::Sink(_) => pipeline::run(&layers()?, Roles::SINK, false),
        Command::Tag(args) => tag::run(&layers()?, args),
        Command::Show(args) => show::run(&layers()?, args),
        Command::Schema => schema(),
        Command::Check(args) if args.running => health::check(&layers()?),
        Command::Check(_) => config::check(&layers()?),
        Command::Config(args) => config::show(&layers()?, args),
        Command::Topology(args) => topology::run(&layers()?, &args.action),
        Command::Tail(args) => tail::run(&layers()?, args),
        Command::Dead(args) => dead::run(&layers()?, &args.action),
        Command::Quarantine => quarantine::run(),
        Command::Status(args) => status::run(&layers()?, args),
        Command::Top(args) => top::run(&layers()?, args),
        Command::Trace(args) => trace::run(&layers()?, args),
    }
}

/// Lays the configuration together: default < file < environment < flag.
fn layers(common: &CommonArgs, command: &Command) -> anyhow::Result<Layers> {
    let mut layers = Layers::defaults()?;
    if let Some(path) = &common.config {
        layers.file(path)?;
    }
    layers.environment(
        std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        }),
    );
    for setting in &common.set {
        let Some((key, value)) = setting.split_once('=') else {
            bail!("`--set {setting}`: expected KEY=VALUE")
        };
        layers.flag(key, value);
    }
    if let Some(filter) = &common.log {
        layers.flag("log.filter", filter);
    }
    if common.log_json {
        layers.flag("log.format", "json");
    }
    for (key, value) in command.overrides() {
        layers.flag(key, &value);
    }
    layers.verify()?;
    Ok(layers)
}

/// Returns the engine with the watch-lists of the configuration.
fn engine(layers: &Layers) -> anyhow::Result<Engine> {
    let lists = crate::config::lists(&layers.settings()?);
    let engine = Engine::new();
    Ok(if lists.is_empty() {
        engine
    } else {
        engine.with_lists(lists.load()?)
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

/// Fails where no server is configured.
fn require_server(settings: &Settings) -> anyhow::Result<()> {
    if settings.nats.url.is_empty() {
        return Err(UsageError(anyhow::anyhow!("no NATS server: give --nats or set `nats.url`")).into());
    }
    Ok(())
}

/// Returns what a command that mostly waits runs on.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime)
}

/// Writes a result and a line end to standard output.
fn print(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{text}").context("failed to write to standard output")
}
