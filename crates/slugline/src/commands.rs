//! What each command does.

mod config;
mod dead;
mod engine;
mod health;
mod input;
mod output;
mod pipeline;
mod quarantine;
mod server;
mod show;
mod status;
mod tag;
mod tail;
mod top;
mod topology;
mod trace;
mod usage;

use std::process::ExitCode;

use anyhow::bail;

use crate::cli::{Cli, Command, StageCommand};
use crate::layers::Layers;
use crate::roles::Roles;
use crate::settings::Settings;

pub(crate) use output::Unheard;
pub(crate) use usage::{EXIT_USAGE, UsageError};

use output::print;
use usage::{fail_on, usage};

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

fn schema() -> anyhow::Result<ExitCode> {
    let schema = schemars::schema_for!(wire::EnrichedArticle);
    print(&serde_json::to_string_pretty(&schema)?)?;
    Ok(ExitCode::SUCCESS)
}
