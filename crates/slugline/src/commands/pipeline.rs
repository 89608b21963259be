//! `slugline run`, `watch`, `enrich` and `sink`: the stages of the pipeline, in one process or one each.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::bail;
use enricher::{Engine, SharedEngine};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::config::{self, ProcessConfig};
use crate::gauges;
use crate::http::{Readiness, Server};
use crate::progress::{Reporter, Screen};
use crate::roles::Roles;
use crate::settings::{LogFormat, Settings, Span};
use crate::shutdown::{Ended, Signals, supervise};
use crate::stall::Stall;
use crate::telemetry;
use crate::traces::Traces;
use crate::wiring::{self, Stages, Tally};
use crate::worker;

use super::usage::{fail_on, usage};

/// Runs these stages until they end or a signal stops them.
pub(crate) fn run(settings: &Settings, roles: Roles, once: bool) -> anyhow::Result<ExitCode> {
    fail_on(config::check_for(settings, roles))?;
    let screen = Screen::stderr();
    telemetry::log_to(screen.clone(), &settings.log)?;
    let traces = Traces::start(&settings.traces, roles)?;
    let stages = stages(settings, roles, once);
    let process = config::process(settings);
    let runtime = runtime()?;
    let code = runtime.block_on(run_stages(settings, stages, process, screen, roles, once));
    // After a forced stop blocking work may still be stuck in the file system: do not wait for it.
    runtime.shutdown_background();
    traces.finish();
    match (code, settings.log.format) {
        (Err(error), LogFormat::Json) => {
            telemetry::tell_failure(&error);
            Ok(ExitCode::FAILURE)
        }
        (code, _) => code,
    }
}

/// Replays the archive from `since` on through this program's model, beside the running fleet, until all is done.
pub(crate) fn rerun(mut settings: Settings, since: &str) -> anyhow::Result<ExitCode> {
    let since = moment(since).map_err(usage)?;
    let label = match settings.enricher.label.as_str() {
        "" => wire::transport::subject_token(&format!(
            "{}-{}",
            env!("CARGO_PKG_VERSION"),
            enricher::model_name()
        )),
        label => label.to_owned(),
    };
    settings.rerun = Some(wire::topology::Rerun { label, since });
    run(&settings, Roles::ENRICHER, true)
}

/// Reads a moment, or a length of time before now.
fn moment(text: &str) -> anyhow::Result<Timestamp> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let Ok(Span(ago)) = text.parse::<Span>() else {
        bail!(
            "`--since {text}`: expected a length of time such as `7d`, or a moment such as `2026-11-01T00:00:00Z`"
        )
    };
    Ok(Timestamp::now().checked_sub(ago)?)
}

/// How many cores one thread for waiting and carrying serves: whatever blocks (reading, analysing, the disk, lists) has
/// threads of its own. More threads only hand each other's wakeups around, which costs 7 % of an article on two cores;
/// fewer would carry less than the others make.
const CORES_PER_CARRIER: usize = 4;

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.div_ceil(CORES_PER_CARRIER))
        .enable_all()
        .build()
}

fn stages(settings: &Settings, roles: Roles, once: bool) -> Stages {
    Stages {
        sink: roles.sink.then(|| config::sink(&settings.sink)),
        watcher: roles.watcher.then(|| config::watcher(settings, roles, once)),
        enricher: roles
            .enricher
            .then(|| (config::enricher(settings), SharedEngine::new(Engine::new()))),
    }
}

async fn run_stages(
    settings: &Settings,
    stages: Stages,
    process: ProcessConfig,
    screen: Screen,
    roles: Roles,
    once: bool,
) -> anyhow::Result<ExitCode> {
    let signals = Signals::listen()?;
    let tally = Tally::of(&stages);
    let drain = CancellationToken::new();
    let stop_serving = CancellationToken::new();
    let server = match process.http {
        Some(addr) => Some((Server::bind(addr).await?, telemetry::record_metrics()?)),
        // Nobody can ask for metrics: none are kept.
        None => None,
    };
    let connection = match settings.nats.url.as_str() {
        "" => None,
        _ => Some(wiring::connect(settings, roles).await?),
    };
    let stall = Stall::default();
    let readiness = readiness(tally.clone(), connection.clone(), stall.clone());
    let gauges = gauges::keep(tally.clone(), Arc::clone(&readiness), connection.clone());
    if let Some(connection) = &connection {
        worker::announce(connection, roles, &tally).await;
    }
    let watched = connection.clone();
    let watching = async {
        match &watched {
            Some(connection) => {
                stall
                    .watch(connection, &roles.channels(), process.stall_after)
                    .await
            }
            None => std::future::pending().await,
        }
    };
    let reporter = Reporter::new(screen, &settings.log, tally.clone(), once);
    let stages = async {
        match connection {
            None => wiring::run_embedded(stages, tally, drain.clone()).await,
            Some(connection) => wiring::run_on_nats(&connection, stages, tally, drain.clone(), once).await,
        }
    };
    let supervised = supervise(stages, signals, drain.clone(), process.grace);
    let serving = async {
        match server {
            Some((server, metrics)) => tokio::select! {
                // Never ends; keeps the samples from piling up between two looks at them.
                never = telemetry::keep_small(metrics.clone()) => match never {},
                // The server broke.
                served = server.serve(metrics, readiness, stop_serving.clone()) => served,
                // Never ends; keeps up to date what the server shows.
                never = gauges => match never {},
            },
            None => std::future::pending().await,
        }
    };
    let ended = tokio::select! {
        // The stages ended, one way or the other.
        ended = supervised => ended,
        // The HTTP server broke: an operator who asked for it must know.
        served = serving => { served?; bail!("the HTTP server stopped") }
        // Never ends; runs beside the stages.
        never = reporter.report() => match never {},
        // Never ends either; says when nothing moves.
        never = watching => match never {},
    };
    reporter.summary();
    match ended {
        Ended::Finished(result) => result.map(|()| ExitCode::SUCCESS),
        Ended::Forced => {
            bail!("stopped by force: articles in flight will be repeated at the next start; nothing is lost")
        }
    }
}

/// Ready means: connected (where there is a broker), the consumers move, and the sink is not stuck on its disk.
fn readiness(tally: Tally, connection: Option<wire::nats::Connection>, stall: Stall) -> Readiness {
    Arc::new(move || {
        if connection
            .as_ref()
            .is_some_and(|connection| !connection.is_connected())
        {
            return Err("not connected to NATS".to_owned());
        }
        if let Some(reason) = stall.reason() {
            return Err(reason);
        }
        if tally.sink.as_ref().is_some_and(|sink| sink.is_stalled()) {
            return Err("the sink cannot write".to_owned());
        }
        Ok(())
    })
}
