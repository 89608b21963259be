//! A small OpenTelemetry collector: takes spans over OTLP/HTTP and keeps them.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use prost::Message;

use super::PATIENCE;

/// One span as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    /// The process's role.
    pub(crate) service: String,
    pub(crate) name: String,
    /// In hex.
    pub(crate) trace: String,
    /// In hex.
    pub(crate) id: String,
    /// In hex; empty for the first of a trace.
    pub(crate) parent: String,
    attributes: Vec<KeyValue>,
}

impl Span {
    /// Returns an attribute as text.
    pub(crate) fn attribute(&self, key: &str) -> String {
        text_of(&self.attributes, key)
    }
}

/// Listens until the test's process ends.
#[derive(Debug)]
pub(crate) struct Collector {
    address: SocketAddr,
    spans: Arc<Spans>,
}

#[derive(Debug, Default)]
struct Spans {
    found: Mutex<Vec<Span>>,
    arrived: Condvar,
}

impl Collector {
    /// Starts listening on a free port.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("has an address");
        let spans = Arc::new(Spans::default());
        let kept = Arc::clone(&spans);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = Arc::clone(&kept);
                // Ends with the connection.
                thread::spawn(move || kept.serve(&stream));
            }
        });
        Self { address, spans }
    }

    /// Returns the address for `traces.endpoint`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until at least `count` spans arrived, and returns all.
    pub(crate) fn wait_for(&self, count: usize) -> Vec<Span> {
        let deadline = Instant::now() + PATIENCE;
        let mut found = self.spans.found.lock().unwrap_or_else(PoisonError::into_inner);
        while found.len() < count {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{} of {count} spans: {found:#?}", found.len());
            let waited = self.spans.arrived.wait_timeout(found, left);
            found = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        found.clone()
    }
}

impl Spans {
    fn serve(&self, stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        while let Ok(Some(body)) = request(&mut reader) {
            let request = ExportTraceServiceRequest::decode(body.as_slice()).expect("is OTLP");
            self.keep(request);
            let answer =
                b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";
            let mut stream = stream;
            if stream.write_all(answer).is_err() {
                return;
            }
        }
    }

    fn keep(&self, request: ExportTraceServiceRequest) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        for process in request.resource_spans {
            let attributes = process.resource.unwrap_or_default().attributes;
            let service = text_of(&attributes, "service.name");
            let spans = process.scope_spans.into_iter().flat_map(|scope| scope.spans);
            found.extend(spans.map(|span| Span {
                service: service.clone(),
                name: span.name,
                trace: data_encoding::HEXLOWER.encode(&span.trace_id),
                id: data_encoding::HEXLOWER.encode(&span.span_id),
                parent: data_encoding::HEXLOWER.encode(&span.parent_span_id),
                attributes: span.attributes,
            }));
        }
        self.arrived.notify_all();
    }
}

fn text_of(attributes: &[KeyValue], key: &str) -> String {
    let found = attributes.iter().find(|attribute| attribute.key == key);
    let value = found.and_then(|attribute| attribute.value.as_ref());
    match value {
        Some(AnyValue {
            value: Some(Value::StringValue(text)),
        }) => text.clone(),
        Some(AnyValue {
            value: Some(Value::IntValue(number)),
        }) => number.to_string(),
        _ => String::new(),
    }
}

/// Reads one request; `None` at the end of the connection.
fn request(reader: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    assert!(line.starts_with("POST /v1/traces "), "{line}");
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().expect("is a number");
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(body))
}
