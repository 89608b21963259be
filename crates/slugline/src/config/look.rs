//! What the settings name on the disk: is it there, and can it be used? Looks only; nothing is made or written.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use super::build::{lists, watcher};
use super::check::check;
use super::problems::Problems;
use crate::roles::Roles;
use crate::settings::{NatsSettings, Settings};

/// Checks every setting, and that these stages have what they cannot do without.
pub(crate) fn check_for(settings: &Settings, roles: Roles) -> Problems {
    let mut problems = check(settings);
    let inbox = &settings.watcher.inbox;
    let out = &settings.sink.out;
    let is_set = |path: &Path| !path.as_os_str().is_empty();
    problems.require(!roles.watcher || is_set(inbox), || {
        "no inbox: give INBOX or set `watcher.inbox`".to_owned()
    });
    problems.require(!roles.sink || is_set(out), || {
        "no output folder: give --out or set `sink.out`".to_owned()
    });
    problems.require(roles == Roles::ALL || !settings.nats.url.is_empty(), || {
        "no NATS server: give --nats or set `nats.url`".to_owned()
    });
    if (roles.watcher || roles.sink) && is_set(inbox) && is_set(out) {
        out_in_inbox(inbox, out, &mut problems);
    }
    let mut places = Places::default();
    if roles.sink && is_set(out) {
        places.check("the output folder", out, &mut problems);
    }
    if roles.watcher && is_set(inbox) {
        check_inbox(settings, roles, &mut places, &mut problems);
    }
    if roles.enricher {
        check_lists(settings, &mut problems);
    }
    nats_files(&settings.nats, &mut problems);
    problems
}

/// Checks every setting, and the files that any process with these settings may read: lists and secrets.
pub(crate) fn check_files(settings: &Settings) -> Problems {
    let mut problems = check(settings);
    check_lists(settings, &mut problems);
    nats_files(&settings.nats, &mut problems);
    problems
}

/// The lines of the sink must not come back as articles.
fn out_in_inbox(inbox: &Path, out: &Path, problems: &mut Problems) {
    let (inbox, out) = (resolved(inbox), resolved(out));
    problems.require(!out.starts_with(&inbox), || {
        format!(
            "the output folder `{}` is in the inbox `{}`: its lines would be taken for articles",
            out.display(),
            inbox.display()
        )
    });
}

/// Returns a path free of links and dots as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute
        .ancestors()
        .find_map(|there| {
            Some(
                there
                    .canonicalize()
                    .ok()?
                    .join(absolute.strip_prefix(there).ok()?),
            )
        })
        .unwrap_or(absolute)
}

fn check_inbox(settings: &Settings, roles: Roles, places: &mut Places, problems: &mut Problems) {
    let inbox = &settings.watcher.inbox;
    if let Err(error) = fs::read_dir(inbox) {
        problems.note(format!("the inbox `{}` cannot be read: {error}", inbox.display()));
        return;
    }
    let config = watcher(settings, roles, false);
    places.check("the watcher's state folder", &config.state_dir, problems);
    places.check("the folder for refused files", &config.failed_dir, problems);
    if config.after == watcher::After::Move {
        places.check("the folder for finished files", &config.done_dir, problems);
    }
}

/// The places in which nothing can be written, so that each is told once.
#[derive(Debug, Default)]
struct Places(BTreeSet<PathBuf>);

impl Places {
    /// Notes a folder that can be neither written to nor made, unless what is in its way was noted before.
    fn check(&mut self, what: &str, folder: &Path, problems: &mut Problems) {
        let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let found = absolute
            .ancestors()
            .find_map(|there| Some((there, fs::metadata(there).ok()?)));
        // Everything has a root; where even that cannot be looked at, starting will tell why.
        let Some((there, metadata)) = found else { return };
        let trouble = if metadata.is_dir() {
            access(there, Access::WRITE_OK | Access::EXEC_OK)
                .err()
                .map(|error| io::Error::from(error).to_string())
        } else {
            Some("not a folder".to_owned())
        };
        let Some(trouble) = trouble else { return };
        if self.0.insert(there.to_owned()) {
            let folder = folder.display();
            problems.note(if there == absolute {
                format!("{what} `{folder}` cannot be used: {trouble}")
            } else {
                format!(
                    "{what} `{folder}` cannot be made in `{}`: {trouble}",
                    there.display()
                )
            });
        }
    }
}

fn check_lists(settings: &Settings, problems: &mut Problems) {
    let files = lists(settings);
    if files.is_empty() {
        return;
    }
    if let Err(error) = files.load() {
        problems.note(format!("{:#}", anyhow::Error::new(error)));
    }
}

/// Notes the files of the connection that cannot be read.
pub(crate) fn nats_files(nats: &NatsSettings, problems: &mut Problems) {
    if nats.url.is_empty() {
        return;
    }
    for (key, path) in [
        ("credentials_file", &nats.credentials_file),
        ("nkey_file", &nats.nkey_file),
        ("password_file", &nats.password_file),
        ("token_file", &nats.token_file),
        ("tls_ca", &nats.tls_ca),
        ("tls_cert", &nats.tls_cert),
        ("tls_key", &nats.tls_key),
    ] {
        if path.as_os_str().is_empty() {
            continue;
        }
        if let Err(error) = File::open(path) {
            problems.note(format!("`nats.{key}`: `{}`: {error}", path.display()));
        }
    }
}
