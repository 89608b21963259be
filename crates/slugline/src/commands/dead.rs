//! `slugline dead`: look at what was given up, send it again, or drop it.

use std::fmt::Write;
use std::process::ExitCode;

use anyhow::bail;
use serde_json::{Value, json};
use wire::nats::{Connection, DeadLetter};

use crate::cli::{DeadAction, DeadSelect, DeadWhich};
use crate::settings::Settings;

use super::output::{print, tell};
use super::server::on_server;
use super::status::plural;

/// Runs the command.
pub(crate) fn run(settings: &Settings, action: &DeadAction) -> anyhow::Result<ExitCode> {
    on_server(settings, async |connection| match action {
        DeadAction::Ls {
            select, limit, json, ..
        } => list(connection, select, *limit, *json).await,
        DeadAction::Show { number, json, .. } => show(connection, *number, *json).await,
        DeadAction::Retry { which, .. } => {
            let letters = letters(connection, which).await?;
            for letter in &letters {
                connection.retry_dead_letter(letter).await?;
                tell(&format!("retried {} on {}", letter.sequence, letter.subject))?;
            }
            eprintln!("{} retried", plural(letters.len() as u64, "dead letter"));
            Ok(ExitCode::SUCCESS)
        }
        DeadAction::Drop { which, .. } => {
            let letters = letters(connection, which).await?;
            for letter in &letters {
                connection.drop_dead_letter(letter.sequence).await?;
                tell(&format!("dropped {}", letter.sequence))?;
            }
            eprintln!("{} dropped", plural(letters.len() as u64, "dead letter"));
            Ok(ExitCode::SUCCESS)
        }
    })
}

/// Returns the dead letters that were named or selected. One that is named must be there.
async fn letters(connection: &Connection, which: &DeadWhich) -> anyhow::Result<Vec<DeadLetter>> {
    if which.numbers.is_empty() {
        let wanted = |letter: &DeadLetter| is_selected(letter, &which.select);
        return Ok(connection.dead_letters(usize::MAX, wanted).await?);
    }
    let mut letters = Vec::with_capacity(which.numbers.len());
    for &number in &which.numbers {
        match connection.dead_letter(number).await? {
            Some(letter) => letters.push(letter),
            None => bail!("there is no dead letter {number}"),
        }
    }
    Ok(letters)
}

/// Says that there are none: an empty answer could also be a failed question.
fn tell_if_none(letters: &[DeadLetter], select: &DeadSelect) {
    if letters.is_empty() {
        let all = select.stage.is_none() && select.reason.is_none();
        eprintln!(
            "{}",
            if all {
                "no dead letters"
            } else {
                "no such dead letters"
            }
        );
    }
}

fn is_selected(letter: &DeadLetter, select: &DeadSelect) -> bool {
    let matches =
        |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
    matches(&select.stage, &letter.stage) && matches(&select.reason, &letter.reason)
}

async fn list(
    connection: &Connection,
    select: &DeadSelect,
    limit: usize,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    let wanted = |letter: &DeadLetter| is_selected(letter, select);
    let letters = connection.dead_letters(limit, wanted).await?;
    if as_json {
        let described: Value = letters.iter().map(described).collect();
        print(&described.to_string())?;
    } else {
        for letter in &letters {
            print(&line(letter))?;
        }
        tell_if_none(&letters, select);
    }
    Ok(ExitCode::SUCCESS)
}

async fn show(connection: &Connection, number: u64, as_json: bool) -> anyhow::Result<ExitCode> {
    let Some(letter) = connection.dead_letter(number).await? else {
        bail!("there is no dead letter {number}")
    };
    if as_json {
        let mut described = described(&letter);
        described["message"] = message(&letter);
        print(&described.to_string())?;
    } else {
        print(&page(&letter))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn line(letter: &DeadLetter) -> String {
    format!(
        "{:>6}  {}  {}/{}  {}  {}  {}  {}",
        letter.sequence,
        letter.time.strftime("%Y-%m-%d %H:%M:%S"),
        letter.stage,
        letter.reason,
        plural(u64::from(letter.attempts), "attempt"),
        letter.article.as_deref().unwrap_or("-"),
        path(letter).as_deref().unwrap_or("-"),
        letter.detail,
    )
}

fn page(letter: &DeadLetter) -> String {
    let mut page = String::new();
    let number = letter.sequence.to_string();
    let attempts = letter.attempts.to_string();
    let origin = format!(
        "{} on {}, number {}",
        letter.subject, letter.stream, letter.stream_sequence
    );
    for (name, value) in [
        ("number", number.as_str()),
        ("given up", &letter.time.to_string()),
        ("by", &letter.stage),
        ("reason", &letter.reason),
        ("detail", &letter.detail),
        ("attempts", &attempts),
        ("came from", &origin),
        ("article", letter.article.as_deref().unwrap_or("-")),
    ] {
        let _infallible = writeln!(page, "{name:<10} {value}");
    }
    let message = message(letter);
    let shown = match &message {
        Value::String(text) => text.clone(),
        message => format!("{message:#}"),
    };
    let _infallible = write!(page, "\n{shown}");
    page
}

fn described(letter: &DeadLetter) -> Value {
    json!({
        "number": letter.sequence,
        "time": letter.time,
        "stage": letter.stage,
        "reason": letter.reason,
        "detail": letter.detail,
        "attempts": letter.attempts,
        "stream": letter.stream,
        "stream_sequence": letter.stream_sequence,
        "subject": letter.subject,
        "article": letter.article,
        "path": path(letter),
        "claimed": letter.claimed,
    })
}

/// Returns the original message: as JSON where it is JSON, else as text.
fn message(letter: &DeadLetter) -> Value {
    serde_json::from_slice(&letter.payload)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&letter.payload).into_owned()))
}

/// Returns the path of the article's file, where the message is one of ours.
fn path(letter: &DeadLetter) -> Option<String> {
    let message: Value = serde_json::from_slice(&letter.payload).ok()?;
    message["source"]["path"].as_str().map(str::to_owned)
}
