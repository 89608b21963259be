//! `slugline trace`: where is my article?

mod lines;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use serde::Serialize;
use serde_json::Value;
use wire::ArticleId;
use wire::nats::{Connection, Found};

use crate::cli::TraceArgs;
use crate::settings::Settings;

use super::engine::intake;
use super::input::clean_articles;
use super::output::tell;
use super::server::on_server;
use super::status::plural;
use super::usage::usage;
use lines::{Line, find_lines};

/// Where the watcher's state lies in its home, unless it is set.
const STATE: &str = ".slugline/watcher";

/// Everything that is known about one article.
#[derive(Debug, Serialize)]
struct Trace {
    article: ArticleId,
    /// What the watcher's checkpoint says; null where there is none to ask.
    delivered: Option<bool>,
    /// The error files that name it.
    refused: Vec<PathBuf>,
    /// Its messages in the streams; empty without a server.
    messages: Vec<Found>,
    /// Its dead letters, one line each.
    dead: Vec<String>,
    /// Its lines in the output folder; null where there is none to look in.
    lines: Option<Vec<Line>>,
}

impl Trace {
    fn is_known(&self) -> bool {
        self.delivered == Some(true)
            || !(self.refused.is_empty()
                && self.messages.is_empty()
                && self.dead.is_empty()
                && self.lines.as_ref().is_none_or(Vec::is_empty))
    }
}

/// Looks everywhere that it is told of: output folder, state folder, server. Exit code 1 if the article is nowhere.
pub(crate) fn run(settings: &Settings, args: &TraceArgs) -> anyhow::Result<ExitCode> {
    if let Some(out) = args.out.as_ref().filter(|out| !out.is_dir()) {
        return Err(usage(anyhow::anyhow!(
            "the output folder `{}` is not there",
            out.display()
        )));
    }
    let ids = ids_of(&args.what, settings)?;
    let mut traces = Vec::with_capacity(ids.len());
    for id in ids {
        traces.push(on_disk(settings, id, &args.what)?);
    }
    if !settings.nats.url.is_empty() {
        on_server(settings, async |connection| {
            for trace in &mut traces {
                on_streams(connection, trace).await?;
            }
            Ok(())
        })?;
    }
    for trace in &traces {
        if args.json {
            tell(&serde_json::to_string(trace)?)?;
        } else {
            tell(&page(trace))?;
        }
    }
    let known = traces.iter().any(Trace::is_known);
    Ok(if known {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Returns the id that was given, or those of the articles in the file that was given.
fn ids_of(what: &str, settings: &Settings) -> anyhow::Result<Vec<ArticleId>> {
    if let Ok(id) = what.parse() {
        return Ok(vec![id]);
    }
    let path = Path::new(what);
    let bytes = std::fs::read(path)
        .with_context(|| format!("`{what}` is no article id (`b3:…`), and cannot be read as a file"))
        .map_err(usage)?;
    let articles = clean_articles(path, &bytes, None, &intake(settings)?).articles;
    // A file that is refused has no articles, but may be asked for all the same.
    if articles.is_empty() {
        return Ok(vec![ArticleId::of(&bytes)]);
    }
    Ok(articles.iter().map(|article| article.id).collect())
}

/// The watcher's own folders, as far as they can be told.
struct Folders {
    state: Option<PathBuf>,
    failed: Option<PathBuf>,
}

impl Folders {
    /// Returns those that are set, else those in the output folder (where `run` has them), in the inbox (where `watch`
    /// has them), or in a folder above the file, which may be an inbox.
    fn of(settings: &Settings, what: &str) -> Self {
        let given = |path: &Path| (!path.as_os_str().is_empty()).then(|| path.to_owned());
        let above = std::path::absolute(what).unwrap_or_default();
        let homes = [given(&settings.sink.out), given(&settings.watcher.inbox)];
        let homes = homes.into_iter().flatten();
        let home = homes
            .chain(above.ancestors().skip(1).map(Path::to_owned))
            .find(|home| home.join(STATE).is_dir());
        let in_home = |name: &str| home.as_ref().map(|home| home.join(name));
        Self {
            state: given(&settings.watcher.state).or_else(|| in_home(STATE)),
            failed: given(&settings.watcher.failed).or_else(|| in_home("failed")),
        }
    }
}

fn on_disk(settings: &Settings, id: ArticleId, what: &str) -> anyhow::Result<Trace> {
    let folders = Folders::of(settings, what);
    let delivered = match folders.state.filter(|state| state.is_dir()) {
        Some(state) => Some(
            watcher::was_delivered(&state, id)
                .with_context(|| format!("failed to read the checkpoint in {}", state.display()))?,
        ),
        None => None,
    };
    let failed = folders.failed;
    let out = &settings.sink.out;
    Ok(Trace {
        article: id,
        delivered,
        refused: failed.map_or_else(Vec::new, |failed| error_files(&failed, id, what)),
        messages: Vec::new(),
        dead: Vec::new(),
        lines: out.is_dir().then(|| find_lines(out, id)).transpose()?,
    })
}

/// Returns the error files below a folder that name the article, or the file that was asked for.
fn error_files(folder: &Path, id: ArticleId, what: &str) -> Vec<PathBuf> {
    let id = id.to_string();
    let names_it = |path: &Path| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let Ok(error) = serde_json::from_str::<Value>(&text) else {
            return false;
        };
        let mut articles = error["articles"].as_array().into_iter().flatten();
        let path = error["path"].as_str().unwrap_or_default();
        articles.any(|article| *article == *id) || (!path.is_empty() && Path::new(what).ends_with(path))
    };
    let files = lines::files_below(folder);
    let error_files = files
        .into_iter()
        .filter(|path| path.to_string_lossy().ends_with(".error.json"));
    error_files.filter(|path| names_it(path)).collect()
}

async fn on_streams(connection: &Connection, trace: &mut Trace) -> anyhow::Result<()> {
    trace.messages = connection.find(trace.article).await?;
    let id = trace.article.to_string();
    let letters = connection
        .dead_letters(100, |letter| letter.article.as_deref() == Some(&id))
        .await?;
    trace.dead = letters
        .iter()
        .map(|letter| {
            format!(
                "{} {}/{} after {}: {}",
                letter.sequence,
                letter.stage,
                letter.reason,
                plural(u64::from(letter.attempts), "attempt"),
                letter.detail
            )
        })
        .collect();
    Ok(())
}

fn page(trace: &Trace) -> String {
    let mut rows = vec![format!("article      {}", trace.article)];
    rows.push(match trace.delivered {
        Some(true) => "checkpoint   delivered".to_owned(),
        Some(false) => "checkpoint   not delivered".to_owned(),
        None => "checkpoint   not found: give --state".to_owned(),
    });
    rows.extend(
        trace
            .refused
            .iter()
            .map(|path| format!("refused      {}", path.display())),
    );
    for found in &trace.messages {
        let progress = serde_json::to_value(found.progress).unwrap_or_default();
        rows.push(format!(
            "stream       {} {}  {}  {}",
            found.stream,
            found.sequence,
            found.time,
            progress.as_str().unwrap_or_default()
        ));
    }
    rows.extend(trace.dead.iter().map(|dead| format!("dead letter  {dead}")));
    if trace.lines.is_none() {
        rows.push("line         not looked for: give --out".to_owned());
    }
    for line in trace.lines.iter().flatten() {
        rows.push(format!(
            "line         {}:{}  {} {}",
            line.part.display(),
            line.number,
            line.pipeline,
            line.model
        ));
    }
    if !trace.is_known() {
        rows.push("nowhere to be found".to_owned());
    }
    rows.join("\n")
}
