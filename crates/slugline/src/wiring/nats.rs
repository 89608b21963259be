//! Any of the stages in this process, joined to the others by NATS JetStream.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use tokio_util::sync::CancellationToken;
use wire::message::{Article, Line};
use wire::nats::{Auth, Connection, Secret, Tls};
use wire::topology::Channel;

use super::running::{Running, first_error};
use super::stages::{Stages, Tally};
use crate::roles::Roles;
use crate::settings::{Manage, NatsSettings, Settings};

/// How often to ask whether a consumer has caught up, at the end of a run with an end.
const CATCH_UP_POLL: Duration = Duration::from_millis(50);

/// Connects and sees to the streams: creates what is missing if the settings allow it, and names what differs.
pub(crate) async fn connect(settings: &Settings, roles: Roles) -> anyhow::Result<Connection> {
    let connection = Connection::connect(connection_config(settings, roles)?).await?;
    match settings.topology.manage {
        Manage::Create => {
            connection
                .apply(false)
                .await
                .context("failed to prepare the streams")?;
        }
        Manage::Verify => {
            let drifts = connection
                .verify()
                .await
                .context("failed to compare the streams")?;
            if !drifts.is_empty() {
                let named: Vec<String> = drifts.iter().map(ToString::to_string).collect();
                bail!(
                    "the streams differ from the topology (`slugline topology apply` mends it):\n{}",
                    named.join("\n")
                );
            }
        }
    }
    Ok(connection)
}

/// Returns how to connect, without connecting.
pub(crate) fn connection_config(settings: &Settings, roles: Roles) -> anyhow::Result<wire::nats::Config> {
    let nats = &settings.nats;
    let name = if nats.name.is_empty() {
        roles.name().to_owned()
    } else {
        nats.name.clone()
    };
    Ok(wire::nats::Config {
        name,
        auth: auth(nats),
        tls: Tls {
            required: nats
                .url
                .split(',')
                .any(|url| url.trim_start().starts_with("tls://")),
            first: nats.tls_first,
            ca_file: set(&nats.tls_ca),
            certificate: set(&nats.tls_cert).zip(set(&nats.tls_key)),
        },
        inbox_prefix: Some(nats.inbox_prefix.clone()).filter(|prefix| !prefix.is_empty()),
        reclaim: settings.topology.reclaim,
        topology: topology(settings)?,
        request_timeout: nats.request_timeout.0,
        ..wire::nats::Config::for_url(&nats.url)
    })
}

fn auth(nats: &NatsSettings) -> Auth {
    if let Some(file) = set(&nats.credentials_file) {
        Auth::CredentialsFile(file)
    } else if let Some(file) = set(&nats.nkey_file) {
        Auth::NkeyFile(file)
    } else if let Some(file) = set(&nats.token_file) {
        Auth::Token(Secret::File(file))
    } else if nats.user.is_empty() {
        Auth::None
    } else {
        Auth::User {
            name: nats.user.clone(),
            password: Secret::File(nats.password_file.clone()),
        }
    }
}

/// Returns the path unless it is empty, which means: not set.
fn set(path: &Path) -> Option<PathBuf> {
    (!path.as_os_str().is_empty()).then(|| path.to_owned())
}

/// Returns the settings that the topology is computed from.
pub(crate) fn topology(settings: &Settings) -> anyhow::Result<wire::topology::Settings> {
    let topology = &settings.topology;
    let bounds = wire::topology::Bounds {
        max_bytes: topology.max_bytes.0,
        max_age: topology.max_age.0,
    };
    Ok(wire::topology::Settings {
        prefix: topology.prefix.parse()?,
        replicas: topology.replicas,
        articles: bounds.clone(),
        enriched: bounds,
        ack_wait: topology.ack_wait.0,
        rerun: settings.rerun.clone(),
        tags: topology.capture_tags.then_some(wire::topology::Bounds {
            max_bytes: topology.tags_max_bytes.0,
            max_age: topology.tags_max_age.0,
        }),
        ..wire::topology::Settings::default()
    })
}

/// Runs these stages until they end, or `drain` is cancelled and everything in flight is settled.
///
/// With `once`, the watcher's end (where there is a watcher) is followed by waiting until each consumer of this
/// process has caught up.
pub(crate) async fn run(
    connection: &Connection,
    stages: Stages,
    tally: Tally,
    drain: CancellationToken,
    once: bool,
) -> anyhow::Result<()> {
    let mut sink = None;
    if let Some(config) = stages.sink {
        let enriched = connection.consumer::<Line>().await?;
        let close = enriched.closer();
        let stage = sink::run(config, enriched, tally.sink.unwrap_or_default());
        sink = Some((Running::start("sink", stage, drain.clone()), close));
    }
    let mut enricher = None;
    if let Some((mut config, engine)) = stages.enricher {
        config.quarantine = quarantine();
        let articles = connection.consumer::<Article>().await?;
        let close = articles.closer();
        let stage = enricher::run(
            config,
            engine,
            articles,
            connection.publisher(),
            connection.events(),
            tally.enricher.unwrap_or_default(),
        );
        enricher = Some((Running::start("enricher", stage, drain.clone()), close));
    }
    // Without a watcher here, the stages run until they are told to stop.
    let mut results = Vec::new();
    if let Some(config) = stages.watcher {
        let stop_watching = drain.clone();
        let stage = watcher::run(
            config,
            connection.publisher(),
            tally.watcher.unwrap_or_default(),
            stop_watching,
        );
        let ended = Running::start("watcher", stage, CancellationToken::new())
            .join()
            .await;
        let failed = ended.is_err();
        results.push(ended);
        if once && !failed && !drain.is_cancelled() {
            catch_up(connection, enricher.is_some(), sink.is_some(), &drain).await?;
        }
    } else if once {
        catch_up(connection, enricher.is_some(), sink.is_some(), &drain).await?;
    } else {
        drain.cancelled().await;
    }
    for (running, close) in [enricher, sink].into_iter().flatten() {
        close.cancel();
        results.push(running.join().await);
    }
    connection.close().await;
    // The last stage's error is the cause of those upstream.
    results.reverse();
    first_error(results)
}

/// Returns how redelivered articles are analysed: by this very program, in a process of its own.
fn quarantine() -> Option<enricher::Quarantine> {
    let program = std::env::current_exe()
        .inspect_err(|error| tracing::warn!(%error, "no quarantine: this program does not know its own path"))
        .ok()?;
    Some(enricher::Quarantine {
        program,
        arguments: vec!["quarantine".into()],
    })
}

/// Waits until what is in the streams has been settled by the stages of this process, in the order of the flow.
async fn catch_up(
    connection: &Connection,
    enricher: bool,
    sink: bool,
    drain: &CancellationToken,
) -> anyhow::Result<()> {
    for (runs_here, channel) in [(enricher, Channel::Articles), (sink, Channel::Enriched)] {
        while runs_here && !connection.pending(channel).await?.is_caught_up() {
            tokio::select! {
                // Told to stop, or a stage has failed: there is no catching up any more.
                () = drain.cancelled() => return Ok(()),
                // Ask again.
                () = tokio::time::sleep(CATCH_UP_POLL) => {}
            }
        }
    }
    Ok(())
}
