//! Logs and metrics: set up once, here and nowhere else.

use std::io::{self, IsTerminal};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
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

/// Upper bounds of the histograms, in seconds: from one fsync to an outage that people must notice.
const SECONDS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0,
];

/// Collects metrics from now on.
pub(crate) fn record_metrics() -> anyhow::Result<PrometheusHandle> {
    let builder =
        PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?;
    let handle = builder.install_recorder()?;
    wire::telemetry::describe();
    Ok(handle)
}
