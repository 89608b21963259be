//! One trace per article, across processes: what happened to it, where, when and how often.
//!
//! ```text
//! watcher.publish ─▶ enricher.analyse ─▶ enricher.publish ─▶ sink.write
//! ```
//!
//! A publish is a span until its [receipt](crate::Receipt) resolves, a delivery one until it is settled. A message
//! carries the publishing span as W3C `traceparent` and `tracestate` headers, in the embedded carrier as a value;
//! each redelivery is a further child of it. The id of the trace is the [`ArticleId`]: whoever knows the article
//! knows its trace.
//!
//! Off until [`enable`] is called: then nothing is made, and what another process sent along is passed on.

use std::cell::Cell;
use std::sync::OnceLock;

use opentelemetry::global::{BoxedSpan, BoxedTracer};
use opentelemetry::trace::{
    Span as _, SpanBuilder, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId,
    TraceState,
};
use opentelemetry::{Context, KeyValue, global};

use crate::message::ArticleId;
use crate::topology::Channel;
use crate::transport::{Message, Settlement};

/// The header that names the trace and the span that a message comes from.
pub const TRACEPARENT: &str = "traceparent";

/// The header with what tracing systems add to it.
pub const TRACESTATE: &str = "tracestate";

static TRACER: OnceLock<BoxedTracer> = OnceLock::new();

/// Makes spans from now on, with the tracer provider that is installed globally.
pub fn enable() {
    TRACER.get_or_init(|| global::tracer("slugline"));
}

thread_local! {
    static NEXT_TRACE: Cell<Option<TraceId>> = const { Cell::new(None) };
}

/// Returns the id of the trace that is being begun on this thread, for the tracer provider's id generator.
pub fn next_trace_id() -> Option<TraceId> {
    NEXT_TRACE.get()
}

/// Returns the id of an article's trace.
pub fn trace_id(article: ArticleId) -> TraceId {
    TraceId::from_bytes(article.to_bytes())
}

/// Where a message comes from, as it travels with the message.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Origin(Option<Box<SpanContext>>);

impl Origin {
    /// Reads the headers; what is not well-formed counts as absent.
    pub(crate) fn from_headers(parent: Option<&str>, state: Option<&str>) -> Self {
        let parse = |parent: &str| {
            let mut parts = parent.split('-');
            let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
            // Later versions may add parts; this one has just these, and `ff` is no version.
            let known = match version {
                "00" => parts.next().is_none(),
                "ff" => false,
                _ => true,
            };
            let lengths = (version.len(), trace.len(), span.len(), flags.len());
            let is_hex = |part: &str| {
                let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
                part.bytes().all(is_digit)
            };
            if !known || lengths != (2, 32, 16, 2) || ![version, trace, span, flags].into_iter().all(is_hex) {
                return None;
            }
            let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
            let (trace, span) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?);
            let state = state.and_then(|state| state.parse::<TraceState>().ok());
            let context = SpanContext::new(trace, span, flags, true, state.unwrap_or_default());
            context.is_valid().then(|| Box::new(context))
        };
        Self(parent.and_then(parse))
    }

    /// Returns the headers to write: `traceparent`, and `tracestate` where there is any.
    pub(crate) fn headers(&self) -> Option<(String, Option<String>)> {
        let context = self.0.as_ref()?;
        let parent = format!(
            "00-{}-{}-{:02x}",
            context.trace_id(),
            context.span_id(),
            context.trace_flags()
        );
        let state = context.trace_state().header();
        Some((parent, Some(state).filter(|state| !state.is_empty())))
    }
}

/// One step of an article's way; its span ends when this is ended or dropped.
#[derive(Debug, Default)]
pub(crate) struct Step {
    span: Option<BoxedSpan>,
    /// What follows from this step comes from here.
    origin: Origin,
}

impl Step {
    /// Begins to publish a message that comes from `cause`; without a cause, the first step of a trace.
    pub(crate) fn publish<T: Message>(message: &T, cause: Option<&Self>) -> Self {
        let name = match T::CHANNEL {
            Channel::Articles => "watcher.publish",
            Channel::Enriched => "enricher.publish",
        };
        let cause = cause.map(|step| step.origin.clone()).unwrap_or_default();
        Self::begin(message, name, SpanKind::Producer, cause, |_| ())
    }

    /// Begins to work on a delivery.
    pub(crate) fn take<T: Message>(message: &T, origin: Origin, attempt: u32) -> Self {
        let name = match T::CHANNEL {
            Channel::Articles => "enricher.analyse",
            Channel::Enriched => "sink.write",
        };
        Self::begin(message, name, SpanKind::Consumer, origin, |attributes| {
            attributes.push(KeyValue::new("delivery.attempt", i64::from(attempt)));
        })
    }

    fn begin<T: Message>(
        message: &T,
        name: &'static str,
        kind: SpanKind,
        cause: Origin,
        more: impl FnOnce(&mut Vec<KeyValue>),
    ) -> Self {
        let Some(tracer) = TRACER.get() else {
            return Self {
                span: None,
                origin: cause,
            };
        };
        let mut attributes = vec![KeyValue::new("article.id", message.article_id().to_string())];
        more(&mut attributes);
        let parent = match cause.0 {
            Some(cause) => Context::new().with_remote_span_context(*cause),
            None => Context::new(),
        };
        let builder = SpanBuilder::from_name(name)
            .with_kind(kind)
            .with_attributes(attributes);
        NEXT_TRACE.set(Some(trace_id(message.article_id())));
        let span = builder.start_with_context(tracer, &parent);
        NEXT_TRACE.set(None);
        let context = span.span_context().clone();
        Self {
            span: Some(span),
            origin: Origin(context.is_valid().then(|| Box::new(context))),
        }
    }

    /// Returns what is to travel with the message.
    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Notes how a delivery was settled.
    pub(crate) fn note_settlement(&mut self, settlement: &Settlement) {
        let Some(span) = &mut self.span else { return };
        let (outcome, error) = match settlement {
            Settlement::Done => ("done", None),
            Settlement::Retry { error, .. } => ("retry", Some(error.clone())),
            Settlement::Reject { reason, detail } => ("reject", Some(format!("{reason}: {detail}"))),
        };
        span.set_attribute(KeyValue::new("delivery.outcome", outcome));
        if let Some(error) = error {
            span.set_status(Status::error(error));
        }
    }

    /// Notes that something failed.
    pub(crate) fn note_error(&mut self, error: &dyn std::error::Error) {
        if let Some(span) = &mut self.span {
            span.set_status(Status::error(error.to_string()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn headers_are_passed_on_as_they_came() {
        let origin = Origin::from_headers(Some(PARENT), Some("congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"));
        let state = "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7".to_owned();
        assert_eq!(origin.headers(), Some((PARENT.to_owned(), Some(state))));
        let origin = Origin::from_headers(Some(PARENT), None);
        assert_eq!(origin.headers(), Some((PARENT.to_owned(), None)));
    }

    #[test]
    fn what_is_no_traceparent_counts_as_absent() {
        for parent in [
            "",
            "00",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b71692033é-01",
        ] {
            assert_eq!(
                Origin::from_headers(Some(parent), None),
                Origin::default(),
                "{parent}"
            );
        }
        let later = "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more";
        assert_eq!(
            Origin::from_headers(Some(later), None).headers(),
            Some((PARENT.to_owned(), None))
        );
        let odd = Origin::from_headers(Some(PARENT), Some("= = ="));
        assert_eq!(
            odd.headers(),
            Some((PARENT.to_owned(), None)),
            "a bad state costs only itself"
        );
    }

    #[test]
    fn trace_of_an_article_has_its_id() {
        let article = ArticleId::of(b"text");
        assert_eq!(trace_id(article).to_string(), article.hex());
    }
}
