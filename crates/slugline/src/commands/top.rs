//! `slugline top`: the fleet, live in the terminal.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use ratatui::Frame;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Block, Paragraph, Row, Table};

use crate::cli::TopArgs;
use crate::settings::Layers;

use super::on_server;
use super::status::{Report, age, count, size};

/// How long a picture stands.
const EVERY: Duration = Duration::from_secs(1);

/// Draws until `q`, Escape or Ctrl-C.
pub(crate) fn run(layers: &Layers, _args: &TopArgs) -> anyhow::Result<ExitCode> {
    let settings = layers.settings()?;
    super::require_server(&settings)?;
    if !std::io::stdout().is_terminal() {
        bail!("`top` needs a terminal; `slugline status` prints to anything");
    }
    on_server(&settings, async |connection| {
        let mut survey = connection.survey().await?;
        let mut report = Report::new(None, survey.clone());
        let mut terminal = ratatui::try_init()?;
        let watched = async {
            loop {
                terminal.draw(|frame| draw(frame, &report))?;
                if quits(EVERY)? {
                    return Ok(ExitCode::SUCCESS);
                }
                let now = connection.survey().await?;
                report = Report::new(Some(&survey), now.clone());
                survey = now;
            }
        };
        let ended: anyhow::Result<ExitCode> = watched.await;
        ratatui::restore();
        ended
    })
}

/// Waits for a key; returns whether it ends the program.
fn quits(within: Duration) -> std::io::Result<bool> {
    if !event::poll(within)? {
        return Ok(false);
    }
    let Event::Key(key) = event::read()? else {
        return Ok(false);
    };
    let interrupted = key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
    let quits = matches!(key.code, KeyCode::Char('q') | KeyCode::Esc);
    Ok(key.kind == KeyEventKind::Press && (interrupted || quits))
}

fn draw(frame: &mut Frame<'_>, report: &Report) {
    let survey = &report.survey;
    let rows =
        |length: usize| Constraint::Length(u16::try_from(length).unwrap_or(u16::MAX).saturating_add(3));
    let areas = Layout::vertical([
        Constraint::Length(1),
        rows(survey.streams.len()),
        rows(survey.consumers.len()),
        Constraint::Min(3),
        Constraint::Length(u16::try_from(report.worries.len()).unwrap_or(u16::MAX)),
    ])
    .split(frame.area());
    let clock = survey.taken.strftime("%H:%M:%S");
    frame.render_widget(
        Line::from(format!(
            "Slugline on NATS {} · {clock} UTC · q quits",
            survey.server
        )),
        areas[0],
    );
    frame.render_widget(streams(report), areas[1]);
    frame.render_widget(consumers(report), areas[2]);
    frame.render_widget(workers(report), areas[3]);
    let worries: Vec<Line<'_>> = report
        .worries
        .iter()
        .map(|worry| Line::from(format!("! {worry}")))
        .collect();
    frame.render_widget(
        Paragraph::new(worries).style(Style::new().add_modifier(Modifier::BOLD)),
        areas[4],
    );
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
    table.header(head).block(Block::bordered())
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
        for (width, height) in [(120, 30), (40, 8), (1, 1)] {
            let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
            terminal.draw(|frame| draw(frame, &report)).expect("draws");
            let picture = terminal.backend().to_string();
            if width == 120 {
                for part in [
                    "SLUGLINE_ARTICLES",
                    "enricher",
                    "0/s",
                    "enriched 1000",
                    "settled none",
                ] {
                    assert!(picture.contains(part), "{part} in\n{picture}");
                }
            }
        }
    }
}
