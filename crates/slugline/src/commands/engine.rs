//! The engine and the intake as the settings want them, for the commands that need no pipeline.

use enricher::Engine;
use watcher::intake;

use super::usage::usage;
use crate::settings::Settings;

/// Returns how bytes become articles.
pub(super) fn intake(settings: &Settings) -> anyhow::Result<intake::Config> {
    crate::config::intake(settings).map_err(|problem| usage(anyhow::Error::msg(problem)))
}

/// Returns the engine with the watch-lists of the configuration.
pub(super) fn engine(settings: &Settings) -> anyhow::Result<Engine> {
    let lists = crate::config::lists(settings);
    let engine = Engine::new();
    Ok(if lists.is_empty() {
        engine
    } else {
        engine.with_lists(lists.load().map_err(usage)?)
    })
}
