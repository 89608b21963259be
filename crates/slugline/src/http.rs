//! `/metrics`, `/healthz` and `/readyz`.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Tells whether the process can do its work right now; the text says why not.
pub(crate) type Readiness = Arc<dyn Fn() -> Result<(), String> + Send + Sync>;

/// The listening socket, bound before the stages start so that a taken port is an early error.
#[derive(Debug)]
pub(crate) struct Server(TcpListener);

impl Server {
    /// Binds the address.
    pub(crate) async fn bind(addr: SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(addr)
            .await
            .with_context(|| format!("failed to listen on {addr}"))?;
        tracing::info!(addr = %listener.local_addr()?, "serving /metrics, /healthz and /readyz");
        Ok(Self(listener))
    }

    /// Serves until `stop` is cancelled.
    pub(crate) async fn serve(
        self,
        metrics: PrometheusHandle,
        readiness: Readiness,
        stop: CancellationToken,
    ) -> anyhow::Result<()> {
        let routes = Router::new()
            .route(
                "/metrics",
                get(move || {
                    let page = metrics.render();
                    async move { page }
                }),
            )
            .route("/healthz", get(async || "ok\n"))
            .route(
                "/readyz",
                get(move || {
                    let answer = match readiness() {
                        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
                        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")),
                    };
                    async move { answer }
                }),
            );
        axum::serve(self.0, routes)
            .with_graceful_shutdown(stop.cancelled_owned())
            .await?;
        Ok(())
    }
}
