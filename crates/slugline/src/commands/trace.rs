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
use crate::settings::{Layers, Settings};

use super::input::clean_articles;
use super::{on_server, print};
use lines::{Line, find_lines};

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
    /// Its lines in the output folder.
    lines: Vec<Line>,
}

impl Trace {
    fn is_known(&self) -> bool {
        self.delivered == Some(true)
            || !(self.refused.is_empty()
                && self.messages.is_empty()
                && self.dead.is_empty()
                && self.lines.is_empty())
    }
}

/// Looks everywhere that it is told of: output folder, state folder, server. Exit code 1 if the article is nowhere.
pub(crate) fn run(layers: &Layers, args: &TraceArgs) -> anyhow::Result<ExitCode> {
    let settings = layers.settings()?;
    let ids = ids_of(&args.what, &settings)?;
    let mut traces = Vec::with_capacity(ids.len());
    for id in ids {
        traces.push(on_disk(&settings, id, &args.what)?);
    }
    if !settings.nats.url.is_empty() {
        on_server(&settings, async |connection| {
            for trace in &mut traces {
                on_streams(connection, trace).await?;
            }
            Ok(())
        })?;
    }
    for trace in &traces {
        if args.json {
            print(&serde_json::to_string(trace)?)?;
        } else {
            print(&page(trace))?;
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
        .with_context(|| format!("`{what}` is no article id (`b3:…`), and failed to read it as a file"))?;
    let intake = crate::config::intake(settings).map_err(anyhow::Error::msg)?;
    let articles = clean_articles(path, &bytes, None, &intake).articles;
    // A file that is refused has no articles, but may be asked for all the same.
    if articles.is_empty() {
        return Ok(vec![ArticleId::of(&bytes)]);
    }
    Ok(articles.iter().map(|article| article.id).collect())
}

fn on_disk(settings: &Settings, id: ArticleId, what: &str) -> anyhow::Result<Trace> {
    let given = |path: &Path| (!path.as_os_str().is_empty()).then(|| path.to_owned());
    let out = given(&settings.sink.out);
    let in_out = |name: &str| out.as_ref().map(|out| out.join(name));
    let state = given(&settings.watcher.state).or_else(|| in_out(".slugline/watcher"));
    let failed = given(&settings.watcher.failed).or_else(|| in_out("failed"));
    let delivered = match state.filter(|state| state.is_dir()) {
        Some(state) => Some(
            watcher::was_delivered(&state, id)
                .with_context(|| format!("failed to read the checkpoint in {}", state.display()))?,
        ),
        None => None,
    };
    Ok(Trace {
        article: id,
        delivered,
        refused: failed.map_or_else(Vec::new, |failed| error_files(&failed, id, what)),
        messages: Vec::new(),
        dead: Vec::new(),
        lines: match &out {
            Some(out) => find_lines(out, id)?,
            None => Vec::new(),
        },
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
                "{} {}/{} after {} attempts: {}",
                letter.sequence, letter.stage, letter.reason, letter.attempts, letter.detail
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
        None => "checkpoint   not looked at: give --out or --state".to_owned(),
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
    for line in &trace.lines {
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
