//! `slugline top`: the fleet, live in the terminal.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::layout::{Constraint, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Block, Paragraph, Row, Table};
use ratatui::{DefaultTerminal, Frame};
use tokio::sync::mpsc;
use wire::nats::Connection;

use crate::cli::TopArgs;
use crate::settings::Settings;
use crate::shutdown::Signals;

use super::server::{on_server, require_server};
use super::status::{Report, age, count, size};
use super::usage::usage;

/// How long a picture stands.
const EVERY: Duration = Duration::from_secs(1);

/// How soon the reader of keys notices that nobody needs it any more.
const NOTICE: Duration = Duration::from_millis(100);

/// Draws until `q`, Escape, Ctrl-C or a signal.
pub(crate) fn run(settings: &Settings, _args: &TopArgs) -> anyhow::Result<ExitCode> {
    require_server(settings)?;
    if !std::io::stdout().is_terminal() {
        return Err(usage(anyhow::anyhow!(
            "`top` needs a terminal; `slugline status` prints to anything"
        )));
    }
    on_server(settings, async |connection| {
        let mut signals = Signals::listen()?;
        let mut report = Report::new(None, connection.survey().await?);
        // Also restored after a panic: a hook sees to it.
        let mut terminal = ratatui::try_init()?;
        let watched = watch(connection, &mut terminal, &mut report);
        let ended = tokio::select! {
            // A person has seen enough, or the terminal is gone.
            ended = watched => ended,
            // Somebody else wants it to end; the terminal must not stay as it is.
            () = signals.next() => Ok(()),
        };
        ratatui::restore();
        ended.map(|()| ExitCode::SUCCESS)
    })
}

/// Draws, and looks again every second. While the server does not answer, the last picture stands and says so.
async fn watch(
    connection: &Connection,
    terminal: &mut DefaultTerminal,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut events = events();
    let look = async || {
        tokio::time::sleep(EVERY).await;
        connection.survey().await
    };
    let mut next = Box::pin(look());
    loop {
        terminal.draw(|frame| draw(frame, report))?;
        tokio::select! {
            // A key, or another size: drawn again at once.
            event = events.recv() => match event.transpose()? {
                Some(event) if !quits(&event) => {}
                _ => return Ok(()),
            },
            // What the fleet does by now.
            looked = &mut next => {
                match looked {
                    Ok(survey) => *report = Report::new(Some(&report.survey), survey),
                    Err(error) => report.worries = vec![format!("no answer: {error}")],
                }
                next = Box::pin(look());
            }
        }
    }
}

/// Returns what happens at the terminal. Read on a thread of its own, which ends soon after the receiver is dropped.
fn events() -> mpsc::Receiver<std::io::Result<Event>> {
    let (sender, receiver) = mpsc::channel(16);
    tokio::task::spawn_blocking(move || {
        while !sender.is_closed() {
            let event = match event::poll(NOTICE) {
                Ok(true) => event::read(),
                Ok(false) => continue,
                Err(error) => Err(error),
            };
            let failed = event.is_err();
            if sender.blocking_send(event).is_err() || failed {
                return;
            }
        }
    });
    receiver
}

fn quits(event: &Event) -> bool {
    let Event::Key(key) = event else {
        return false;
    };
    let interrupted = key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
    let quits = matches!(key.code, KeyCode::Char('q') | KeyCode::Esc);
    key.kind == KeyEventKind::Press && (interrupted || quits)
}

fn draw(frame: &mut Frame<'_>, report: &Report) {
    let survey = &report.survey;
    let clock = survey.taken.strftime("%H:%M:%S");
    let title = format!("Slugline on NATS {} · {clock} UTC · q quits", survey.server);
    let worries = report.worries.iter().map(|worry| format!("! {worry}"));
    let told: Vec<Line<'_>> = std::iter::once(title).chain(worries).map(Line::from).collect();
    let tables = [
        (streams(report), survey.streams.len()),
        (consumers(report), survey.consumers.len()),
        (workers(report), survey.workers.len()),
    ];
    let n_rows: usize = tables.iter().map(|(_, rows)| rows + 3).sum();
    // Where not everything fits, no line is spent on frames, and what is at the bottom is cut off.
    let is_roomy = usize::from(frame.area().height) >= told.len() + n_rows;
    let mut left = frame.area();
    let mut take = |rows: usize| {
        let height = u16::try_from(rows).unwrap_or(u16::MAX).min(left.height);
        let area = Rect { height, ..left };
        left.y += height;
        left.height -= height;
        area
    };
    frame.render_widget(
        Paragraph::new(told.clone()).style(Modifier::BOLD),
        take(told.len()),
    );
    for (table, rows) in tables {
        if is_roomy {
            frame.render_widget(table.block(Block::bordered()), take(rows + 3));
        } else {
            frame.render_widget(table, take(rows + 1));
        }
    }
}

fn streams(report: &Report) -> Table<'_> {
    let survey = &report.survey;
    let rows = survey.streams.iter().map(|stream| {
        Row::new([
            stream.name.clone(),
            count(stream.messages),
            format!("{} of {}", size(stream.bytes), size(stream.max_bytes)),
            report.rate(&stream.name),
            age(stream.last, survey.taken),
        ])
    });
    let widths = [28, 12, 26, 10, 10].map(Constraint::Length);
    titled(
        Table::new(rows, widths),
        ["stream", "messages", "size", "in", "newest"],
    )
}

fn consumers(report: &Report) -> Table<'_> {
    let survey = &report.survey;
    let rows = survey.consumers.iter().map(|consumer| {
        Row::new([
            consumer.name.clone(),
            count(consumer.waiting),
            count(consumer.unsettled),
            count(consumer.redelivered),
            report.rate(&consumer.name),
            age(consumer.oldest, survey.taken),
        ])
    });
    let widths = [28, 12, 12, 14, 10, 10].map(Constraint::Length);
    let head = [
        "consumer",
        "waiting",
        "unsettled",
        "redelivered",
        "settled",
        "oldest",
    ];
    titled(Table::new(rows, widths), head)
}

fn workers(report: &Report) -> Table<'_> {
    let survey = &report.survey;
    let rows = survey.workers.iter().map(|worker| {
        let pairs = worker.data.iter().map(|(name, value)| format!("{name} {value}"));
        Row::new([
            worker.name.clone(),
            worker.id.clone(),
            worker.version.clone(),
            age(worker.started.parse().ok(), survey.taken),
            pairs.collect::<Vec<_>>().join(" · "),
        ])
    });
    let widths = [
        Constraint::Length(20),
        Constraint::Length(24),
        Constraint::Length(9),
        Constraint::Length(8),
        Constraint::Min(20),
    ];
    titled(
        Table::new(rows, widths),
        ["worker", "id", "version", "up", "doing"],
    )
}

fn titled<'a, const N: usize>(table: Table<'a>, head: [&'static str; N]) -> Table<'a> {
    let head = Row::new(head).style(Style::new().add_modifier(Modifier::BOLD));
    table.header(head)
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::commands::status::tests::survey;

    #[test]
    fn the_picture_shows_rates_workers_and_worries() {
        let report = Report::new(Some(&survey(100, 1000, 50)), survey(110, 1000, 50));
        let picture = |width, height| {
            let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
            terminal.draw(|frame| draw(frame, &report)).expect("draws");
            terminal.backend().to_string()
        };
        let check = |picture: &str, parts: &[&str]| {
            for part in parts {
                assert!(picture.contains(part), "{part} in\n{picture}");
            }
        };
        let tables = ["SLUGLINE_ARTICLES", "enricher", "0/s", "enriched 1000"];
        let worries = ["q quits", "settled none"];
        let whole = picture(120, 30);
        check(&whole, &tables);
        check(&whole, &worries);
        check(&whole, &["┌"]);
        let small = picture(120, 9);
        check(&small, &worries);
        check(&small, &tables[..1]);
        assert!(!small.contains('┌'), "no room for frames:\n{small}");
        check(&picture(60, 2), &worries);
        picture(1, 1);
    }
}
