//! What people see while it runs: a live line on a terminal, a plain line now and then elsewhere, a summary.

mod rate;

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::settings::{LogFormat, LogSettings};
use crate::wiring::Tally;
use rate::Rate;

const LIVE: Duration = Duration::from_millis(100);
const PLAIN: Duration = Duration::from_secs(10);

/// Writes log lines above the live line instead of through it.
#[derive(Debug, Clone)]
pub(crate) struct Screen(ProgressBar);

impl Screen {
    /// Returns the screen on standard error; without a terminal nothing is drawn.
    pub(crate) fn stderr() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_style(
            ProgressStyle::with_template("{spinner} {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner()),
        );
        Self(bar)
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.suspend(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// How progress is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// One line that changes in place.
    Live,
    /// A line now and then.
    Plain,
    /// A log event now and then: nothing else may be on standard error.
    Event,
    /// Not at all.
    Silent,
}

impl Manner {
    fn of(settings: &LogSettings) -> Self {
        match settings.format {
            _ if !settings.progress => Self::Silent,
            LogFormat::Json => Self::Event,
            LogFormat::Text if io::stderr().is_terminal() => Self::Live,
            LogFormat::Text => Self::Plain,
        }
    }
}

/// Tells how far the stages are.
#[derive(Debug)]
pub(crate) struct Reporter {
    screen: Screen,
    manner: Manner,
    tally: Tally,
    started: Instant,
    /// Only a run with an end has a time left.
    once: bool,
}

impl Reporter {
    pub(crate) fn new(screen: Screen, settings: &LogSettings, tally: Tally, once: bool) -> Self {
        Self {
            screen,
            manner: Manner::of(settings),
            tally,
            started: Instant::now(),
            once,
        }
    }

    /// Reports until dropped.
    pub(crate) async fn report(&self) -> std::convert::Infallible {
        if self.manner == Manner::Silent {
            return std::future::pending().await;
        }
        let mut ticks = tokio::time::interval(if self.manner == Manner::Live { LIVE } else { PLAIN });
        let mut articles = Rate::new(self.started);
        let mut files = Rate::new(self.started);
        let mut told = String::new();
        ticks.tick().await;
        loop {
            ticks.tick().await;
            let now = Instant::now();
            articles.note(now, self.tally.done());
            files.note(now, self.files_done());
            let line = self.line(articles.per_second(), files.per_second());
            if self.manner == Manner::Live {
                self.screen.0.set_message(line);
                self.screen.0.tick();
            } else if line != told {
                self.tell(&line);
                told = line;
            }
        }
    }

    /// Says what was done in the end.
    pub(crate) fn summary(&self) {
        self.screen.0.finish_and_clear();
        if self.manner != Manner::Silent {
            self.tell(&format!(
                "{} in {}",
                self.counts(),
                seconds(self.started.elapsed())
            ));
        }
    }

    fn tell(&self, line: &str) {
        if self.manner == Manner::Event {
            tracing::info!(told = line, "progress");
        } else {
            // Nobody to tell if standard error is closed.
            let _unheard = writeln!(io::stderr(), "{line}");
        }
    }

    fn counts(&self) -> String {
        let mut line = String::new();
        let mut part = |count: u64, one: &str, many: &str| {
            let separator = if line.is_empty() { "" } else { " · " };
            let what = if count == 1 { one } else { many };
            // Writing to a String cannot fail.
            let _infallible = write!(line, "{separator}{count} {what}");
        };
        if let Some(watcher) = &self.tally.watcher {
            let files = watcher.snapshot();
            // What the first scan knew is not taken up again, and is there all the same.
            part(files.known + files.found, "file found", "files found");
            if files.known + files.skipped > 0 {
                part(files.known + files.skipped, "already done", "already done");
            }
            part(files.published, "article published", "articles published");
            if files.failed > 0 {
                part(files.failed, "failed", "failed");
            }
        }
        if let Some(enricher) = &self.tally.enricher {
            part(enricher.enriched(), "enriched", "enriched");
            if enricher.rejected() > 0 {
                part(enricher.rejected(), "rejected", "rejected");
            }
        }
        if let Some(sink) = &self.tally.sink {
            part(sink.lines(), "line written", "lines written");
            if sink.duplicates() > 0 {
                part(sink.duplicates(), "repeated", "repeated");
            }
        }
        line
    }

    fn line(&self, articles_per_second: f64, files_per_second: f64) -> String {
        let mut line = format!("{} · {articles_per_second:.0}/s", self.counts());
        if let Some(left) = self.time_left(files_per_second) {
            let _infallible = write!(line, " · {} left", seconds(left));
        }
        line
    }

    fn files_done(&self) -> u64 {
        let watcher = self.tally.watcher.as_ref();
        watcher.map_or(0, |watcher| watcher.snapshot().files_done)
    }

    fn time_left(&self, files_per_second: f64) -> Option<Duration> {
        let watcher = self.tally.watcher.as_ref().filter(|_| self.once)?;
        let backlog = watcher.snapshot().backlog();
        let seconds = (backlog > 0).then(|| backlog as f64 / files_per_second)?;
        Duration::try_from_secs_f64(seconds).ok()
    }
}

fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    // Not "60.0 s".
    if seconds < 59.95 {
        format!("{seconds:.1} s")
    } else {
        let whole = seconds.round();
        format!("{:.0} min {:02.0} s", (whole / 60.0).floor(), whole % 60.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_before_they_are_split() {
        let check = |time: f64, expected: &str| {
            assert_eq!(seconds(Duration::from_secs_f64(time)), expected);
        };
        check(0.04, "0.0 s");
        check(59.94, "59.9 s");
        check(59.96, "1 min 00 s");
        check(61.2, "1 min 01 s");
        check(119.7, "2 min 00 s");
        check(3600.0, "60 min 00 s");
    }
}
