//! Logs and metrics: set up once, here and nowhere else.

use std::convert::Infallible;
use std::io::{self, IsTerminal};
use std::time::Duration;

use jiff::Timestamp;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde_json::json;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::progress::Screen;
use crate::settings::{LogFormat, LogSettings};

/// Sends logs to the screen (standard error).
pub(crate) fn log_to(screen: Screen, settings: &LogSettings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.filter)?;
    let logs = fmt()
        .with_env_filter(filter)
        .with_writer(move || screen.clone())
        .with_ansi(io::stderr().is_terminal());
    match settings.format {
        LogFormat::Text => logs.with_target(true).compact().init(),
        LogFormat::Json => logs.json().flatten_event(true).init(),
    }
    Ok(())
}

/// Tells why the process fails as one more JSON line, whatever the filter says.
pub(crate) fn tell_failure(error: &anyhow::Error) {
    let event = json!({
        "timestamp": Timestamp::now(),
        "level": "ERROR",
        "message": "failed",
        "error": format!("{error:#}"),
        "target": "slugline",
    });
    eprintln!("{event}");
}

/// Upper bounds of the histograms, in seconds: from one fsync to an outage that people must notice.
const SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0,
];

/// How often samples of histograms are put into their buckets.
const UPKEEP: Duration = Duration::from_secs(5);

/// Puts the samples of histograms into their buckets now and then: until then each takes memory of its own.
pub(crate) async fn keep_small(metrics: PrometheusHandle) -> Infallible {
    let mut ticks = tokio::time::interval(UPKEEP);
    loop {
        ticks.tick().await;
        metrics.run_upkeep();
    }
}

/// Collects metrics from now on.
pub(crate) fn record_metrics() -> anyhow::Result<PrometheusHandle> {
    let builder =
        PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?;
    let handle = builder.install_recorder()?;
    wire::telemetry::describe();
    Ok(handle)
}
