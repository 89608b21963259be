//! Traces: spans go to an OpenTelemetry collector, in batches, from a thread of their own.
//!
//! The spans themselves are made in [`wire::trace`]. What the collector does not take in time is dropped: a trace is
//! never worth an article.

use std::time::Duration;

use anyhow::Context;
use opentelemetry::global;
use opentelemetry::trace::{SpanId, TraceId};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator, Sampler, SdkTracerProvider};
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::roles::Roles;
use crate::settings::TraceSettings;

/// How long the collector may take for one batch.
const EXPORT_WITHIN: Duration = Duration::from_secs(5);

/// How long the last spans may take at the end of the process.
const FINISH_WITHIN: Duration = Duration::from_secs(3);

/// The traces of this process, if it makes any.
#[derive(Debug)]
pub(crate) struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// Makes spans from now on, unless no collector is set.
    pub(crate) fn start(settings: &TraceSettings, roles: Roles) -> anyhow::Result<Self> {
        if settings.endpoint.is_empty() {
            return Ok(Self(None));
        }
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client::new())
            .with_endpoint(address(&settings.endpoint))
            .with_timeout(EXPORT_WITHIN)
            .build()
            .with_context(|| format!("`traces.endpoint` is `{}`", settings.endpoint))?;
        let share = 1.0 / settings.one_in.max(1) as f64;
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(share))))
            .with_id_generator(ArticleIds(RandomIdGenerator::default()))
            .with_resource(resource(roles))
            .build();
        global::set_tracer_provider(provider.clone());
        wire::trace::enable();
        Ok(Self(Some(provider)))
    }

    /// Sends what is left.
    pub(crate) fn finish(self) {
        if let Some(provider) = self.0
            && let Err(error) = provider.shutdown_with_timeout(FINISH_WITHIN)
        {
            tracing::warn!(%error, "the last spans did not reach the collector");
        }
    }
}

/// Returns where spans go.
fn address(endpoint: &str) -> String {
    let authority = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    match authority.split_once('/') {
        None | Some((_, "")) => format!("{}/v1/traces", endpoint.trim_end_matches('/')),
        Some(_) => endpoint.to_owned(),
    }
}

/// Who makes the spans: the role, and which process of it. `OTEL_RESOURCE_ATTRIBUTES` adds more.
fn resource(roles: Roles) -> Resource {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    Resource::builder()
        .with_service_name(roles.name())
        .with_attributes([
            opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            opentelemetry::KeyValue::new("service.instance.id", format!("{host}:{}", std::process::id())),
            opentelemetry::KeyValue::new("host.name", host),
        ])
        .build()
}

/// A trace has the id of its article.
#[derive(Debug)]
struct ArticleIds(RandomIdGenerator);

impl IdGenerator for ArticleIds {
    fn new_trace_id(&self) -> TraceId {
        wire::trace::next_trace_id().unwrap_or_else(|| self.0.new_trace_id())
    }

    fn new_span_id(&self) -> SpanId {
        self.0.new_span_id()
    }
}

/// The exporter's way to the network. It blocks, on the exporter's own thread.
#[derive(Debug)]
struct Client(Agent);

impl Client {
    fn new() -> Self {
        let found = rustls_native_certs::load_native_certs();
        let roots = found.certs.iter();
        let roots = roots
            .map(|root| Certificate::from_der(root).to_owned())
            .collect::<Vec<_>>();
        let tls = TlsConfig::builder().root_certs(RootCerts::from(roots)).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(EXPORT_WITHIN))
            .http_status_as_error(false)
            .build();
        Self(config.into())
    }
}

#[async_trait::async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let (parts, mut body) = self.0.run(Request::from_parts(parts, &body[..]))?.into_parts();
        Ok(Response::from_parts(parts, body.read_to_vec()?.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_of_the_protocol_is_added_where_there_is_none() {
        let check = |endpoint: &str, expect: &str| assert_eq!(address(endpoint), expect);
        check("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces");
        check(
            "https://collector.example/",
            "https://collector.example/v1/traces",
        );
        check(
            "https://collector.example/otlp/v1/traces",
            "https://collector.example/otlp/v1/traces",
        );
    }
}
