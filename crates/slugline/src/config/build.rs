//! What the stages and the process want, made from settings that were checked.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::addr::http_addr;
use super::intake::{duplicates, intake};
use crate::roles::Roles;
use crate::settings::{After, Polling, Settings, SinkSettings, WatcherSettings};

/// What the process needs besides the stages' own configurations.
#[derive(Debug)]
pub(crate) struct ProcessConfig {
    /// Where to serve metrics and health, if anywhere.
    pub(crate) http: Option<SocketAddr>,
    /// How long draining may take.
    pub(crate) grace: Duration,
    /// How long work may wait without progress before it is a stall.
    pub(crate) stall_after: Duration,
}

/// Returns what the process needs. The settings were checked.
pub(crate) fn process(settings: &Settings) -> ProcessConfig {
    ProcessConfig {
        http: http_addr(&settings.http.addr),
        grace: settings.process.grace.0,
        stall_after: settings.process.stall_after.0,
    }
}

/// Returns where the checkpoint and the `failed` and `done` folders live unless they are set: the output folder for
/// the whole pipeline (so that a fresh output folder means a fresh start), the inbox for a lone watcher.
fn home(settings: &Settings, roles: Roles) -> &Path {
    if roles.sink {
        &settings.sink.out
    } else {
        &settings.watcher.inbox
    }
}

/// Returns the watcher's configuration in a process with these stages.
pub(crate) fn watcher(all: &Settings, roles: Roles, once: bool) -> watcher::Config {
    let settings = &all.watcher;
    let home = home(all, roles);
    let inbox = settings.inbox.clone();
    let or_home = |path: &PathBuf, name: &str| {
        if path.as_os_str().is_empty() {
            home.join(name)
        } else {
            path.clone()
        }
    };
    watcher::Config {
        source_name: source_name(settings),
        state_dir: or_home(&settings.state, ".slugline/watcher"),
        failed_dir: or_home(&settings.failed, "failed"),
        done_dir: or_home(&settings.done, "done"),
        inbox,
        after: match settings.after {
            After::Keep => watcher::After::Keep,
            After::Move => watcher::After::Move,
            After::Delete => watcher::After::Delete,
        },
        once,
        rescan_interval: settings.rescan.0,
        settle_time: settings.settle.0,
        max_article_bytes: settings.max_article.0,
        in_flight: settings.in_flight,
        polling: match settings.polling {
            Polling::Auto => watcher::Polling::Auto,
            Polling::Always => watcher::Polling::Always,
            Polling::Never => watcher::Polling::Never,
        },
        poll_interval: settings.poll_interval.0,
        // It was checked; the defaults are only for the type.
        intake: intake(all).unwrap_or_default(),
        duplicates: duplicates(all),
    }
}

/// Returns the name of the source: as set, else the name of the inbox folder.
fn source_name(settings: &WatcherSettings) -> String {
    if !settings.source.is_empty() {
        return settings.source.clone();
    }
    let folder = settings
        .inbox
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    folder.unwrap_or_else(|| "inbox".to_owned())
}

/// Returns the enricher's configuration.
pub(crate) fn enricher(settings: &Settings) -> enricher::Config {
    enricher::Config {
        threads: settings.enricher.threads,
        in_flight: settings.enricher.in_flight,
        events: enricher::Kinds {
            entities: settings.enricher.events.entities,
            figures: settings.enricher.events.figures,
        },
        label: settings.enricher.label.clone(),
        quarantine: None,
        lists: lists(settings),
    }
}

/// Returns the files with the user's own names.
pub(crate) fn lists(settings: &Settings) -> enricher::ListFiles {
    let deny = &settings.enricher.deny_list;
    enricher::ListFiles {
        watch: settings.enricher.watch_lists.clone(),
        deny: (!deny.as_os_str().is_empty()).then(|| deny.clone()),
    }
}

/// Returns the sink's configuration.
pub(crate) fn sink(settings: &SinkSettings) -> sink::Config {
    sink::Config {
        batch_lines: settings.batch_lines,
        batch_wait: settings.batch_wait.0,
        roll_bytes: settings.roll_bytes.0,
        roll_age: settings.roll_age.0,
        roll_idle: settings.roll_idle.0,
        compress: settings.compress,
        ..sink::Config::new(settings.out.clone())
    }
}
