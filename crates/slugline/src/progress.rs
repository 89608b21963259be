//! What people see while it runs: a live line on a terminal, a plain line now and then elsewhere, a summary.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::wiring::Tally;

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

/// Tells how far the stages are.
#[derive(Debug)]
pub(crate) struct Reporter {
    screen: Screen,
    tally: Tally,
    started: Instant,
    /// Only a run with an end has a time left.
    once: bool,
}

impl Reporter {
    pub(crate) fn new(screen: Screen, tally: Tally, once: bool) -> Self {
        Self {
            screen,
            tally,
            started: Instant::now(),
            once,
        }
    }

    /// Reports until dropped.
    pub(crate) async fn report(&self) -> std::convert::Infallible {
        let live = io::stderr().is_terminal();
        let mut ticks = tokio::time::interval(if live { LIVE } else { PLAIN });
        ticks.tick().await;
        let mut told = String::new();
        loop {
            ticks.tick().await;
            let line = self.line();
            if live {
                self.screen.0.set_message(line);
                self.screen.0.tick();
            } else if line != told {
                self.print(&line);
                told = line;
            }
        }
    }

    /// Says what was done in the end.
    pub(crate) fn summary(&self) {
        self.screen.0.finish_and_clear();
        self.print(&format!(
            "{} in {}",
            self.counts(),
            seconds(self.started.elapsed())
        ));
    }

    fn print(&self, line: &str) {
        // Nobody to tell if standard error is closed.
        let _unheard = writeln!(io::stderr(), "{line}");
    }

    fn counts(&self) -> String {
        let mut line = String::new();
        let mut part = |count: u64, what: &str, always: bool| {
            if count > 0 || always {
                let separator = if line.is_empty() { "" } else { " · " };
                // Writing to a String cannot fail.
                let _infallible = write!(line, "{separator}{count} {what}");
            }
        };
        if let Some(watcher) = &self.tally.watcher {
            let files = watcher.snapshot();
            part(files.found, "files found", true);
            part(files.skipped, "already done", false);
            part(files.published, "articles published", true);
            part(files.failed, "failed", false);
        }
        if let Some(enricher) = &self.tally.enricher {
            part(enricher.enriched(), "enriched", true);
            part(enricher.rejected(), "rejected", false);
        }
        if let Some(sink) = &self.tally.sink {
            part(sink.lines(), "lines written", true);
            part(sink.duplicates(), "repeated", false);
        }
        line
    }

    fn line(&self) -> String {
        let elapsed = self.started.elapsed();
        let done = self.tally.done();
        let rate = done as f64 / elapsed.as_secs_f64().max(0.001);
        let mut line = format!("{} · {rate:.0}/s", self.counts());
        if let Some(left) = self.time_left(rate) {
            let _infallible = write!(line, " · {} left", seconds(left));
        }
        line
    }

    fn time_left(&self, rate: f64) -> Option<Duration> {
        let files = self.tally.watcher.as_ref().filter(|_| self.once)?.snapshot();
        let waiting = files
            .found
            .saturating_sub(files.skipped + files.failed + self.tally.done());
        (rate > 0.0 && waiting > 0).then(|| Duration::from_secs_f64(waiting as f64 / rate))
    }
}

fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{:.0} min {:02.0} s", (seconds / 60.0).floor(), seconds % 60.0)
    }
}
