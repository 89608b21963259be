//! Creating, comparing and updating the topology on a server.

use std::any::Any;

use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::context::{self, Context};
use async_nats::jetstream::{ErrorCode, consumer, stream};
use serde::Serialize;

use super::{ConsumerSpec, Drift, StreamSpec, Topology};
use crate::nats::Said;

/// What [`Topology::apply`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// Created, as `stream NAME` or `consumer NAME on STREAM`.
    pub created: Vec<String>,
    /// Changed to what the topology says.
    pub updated: Vec<String>,
    /// Found as the topology says.
    pub unchanged: Vec<String>,
}

/// Why the topology could not be applied or compared.
#[derive(Debug, thiserror::Error)]
pub enum TopologyError {
    /// The server has something else under our names, and nobody asked to change it.
    #[error("the server differs from the topology: {}", list(.0))]
    Drifted(Vec<Drift>),
    /// The server refused or did not answer.
    #[error("failed to {action} {object}")]
    Server {
        /// `create`, `read` or `update`.
        action: &'static str,
        /// `stream NAME` or `consumer NAME on STREAM`.
        object: String,
        /// Whether the server answered, and its answer stays the same until somebody changes something.
        is_refusal: bool,
        /// What the server said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

fn list(drifts: &[Drift]) -> String {
    let lines: Vec<String> = drifts.iter().map(ToString::to_string).collect();
    lines.join("; ")
}

impl Topology {
    /// Creates what is missing. What differs is an error that names every field, unless `update` is set: then it
    /// is changed to what the topology says (the server refuses some changes, such as that of the storage).
    ///
    /// Nothing is changed where anything differs and `update` is not set.
    pub async fn apply(&self, context: &Context, update: bool) -> Result<Applied, TopologyError> {
        let drifts = self.verify(context).await?;
        let differs = |drift: &Drift| matches!(drift, Drift::Field { .. });
        if !update && drifts.iter().any(differs) {
            return Err(TopologyError::Drifted(
                drifts.into_iter().filter(differs).collect(),
            ));
        }
        let mut applied = Applied::default();
        for spec in &self.streams {
            let object = spec.object();
            match state_of(&drifts, &object) {
                State::Same => applied.unchanged.push(object),
                State::Missing => {
                    let created = context.create_stream(spec.to_config()).await;
                    created.map_err(server("create", &object))?;
                    applied.created.push(object);
                }
                State::Different => {
                    let updated = context.update_stream(spec.to_config()).await;
                    updated.map_err(server("update", &object))?;
                    applied.updated.push(object);
                }
            }
        }
        for spec in &self.consumers {
            let object = spec.object();
            match state_of(&drifts, &object) {
                State::Same => applied.unchanged.push(object),
                State::Missing => {
                    spec.create(context).await?;
                    applied.created.push(object);
                }
                State::Different => {
                    let updated = context
                        .update_consumer_on_stream(spec.to_config(), &spec.stream)
                        .await;
                    updated.map_err(server("update", &object))?;
                    applied.updated.push(object);
                }
            }
        }
        Ok(applied)
    }

    /// Compares the server with the topology; no drift, no difference.
    pub async fn verify(&self, context: &Context) -> Result<Vec<Drift>, TopologyError> {
        let mut drifts = Vec::new();
        for spec in &self.streams {
            match spec.read(context).await? {
                Some(found) => drifts.extend(spec.drifts(&found)),
                None => drifts.push(Drift::Missing {
                    object: spec.object(),
                }),
            }
        }
        for spec in &self.consumers {
            match spec.read(context).await? {
                Some(found) => drifts.extend(spec.drifts(&found.config)),
                None => drifts.push(Drift::Missing {
                    object: spec.object(),
                }),
            }
        }
        Ok(drifts)
    }
}

enum State {
    Same,
    Missing,
    Different,
}

fn state_of(drifts: &[Drift], wanted: &str) -> State {
    let mut state = State::Same;
    for drift in drifts {
        match drift {
            Drift::Missing { object } if object == wanted => return State::Missing,
            Drift::Field { object, .. } if object == wanted => state = State::Different,
            _ => {}
        }
    }
    state
}

impl StreamSpec {
    /// Returns what the server has under this name.
    async fn read(&self, context: &Context) -> Result<Option<stream::Config>, TopologyError> {
        match context.get_stream(&self.name).await {
            Ok(stream) => Ok(Some(stream.cached_info().config.clone())),
            Err(error) => match error.kind() {
                async_nats::jetstream::context::GetStreamErrorKind::JetStream(said)
                    if said.error_code() == ErrorCode::STREAM_NOT_FOUND =>
                {
                    Ok(None)
                }
                _ => Err(server("read", &self.object())(error)),
            },
        }
    }
}

impl ConsumerSpec {
    /// Returns what the server has under this name.
    pub(crate) async fn read(&self, context: &Context) -> Result<Option<consumer::Info>, TopologyError> {
        let found: Result<consumer::Consumer<consumer::Config>, _> =
            context.get_consumer_from_stream(&self.name, &self.stream).await;
        match found {
            Ok(found) => Ok(Some(found.cached_info().clone())),
            Err(error) => match error.kind() {
                stream::ConsumerErrorKind::JetStream(said)
                    if [ErrorCode::CONSUMER_NOT_FOUND, ErrorCode::STREAM_NOT_FOUND]
                        .contains(&said.error_code()) =>
                {
                    Ok(None)
                }
                _ => Err(server("read", &self.object())(error)),
            },
        }
    }

    /// Creates it; an existing one of other settings is an error.
    pub(crate) async fn create(
        &self,
        context: &Context,
    ) -> Result<consumer::Consumer<pull::Config>, TopologyError> {
        context
            .create_consumer_strict_on_stream(self.to_config(), &self.stream)
            .await
            .map_err(server("create", &self.object()))
    }
}

fn server<E: std::error::Error + Send + Sync + 'static>(
    action: &'static str,
    object: &str,
) -> impl FnOnce(E) -> TopologyError {
    let object = object.to_owned();
    move |source| TopologyError::Server {
        action,
        object,
        is_refusal: answered_code(&source).is_some_and(|code| code != UNAVAILABLE),
        source: Box::new(Said(source)),
    }
}

/// The code of an answer that may be another one soon: no leader is elected yet, or the disk is full.
const UNAVAILABLE: usize = 503;

/// Returns the code of the server's answer; `None` where there was none.
fn answered_code<E: 'static>(error: &E) -> Option<usize> {
    macro_rules! code_of {
        ($($error:ty => $kind:path),+ $(,)?) => {
            $(if let Some(error) = (error as &dyn Any).downcast_ref::<$error>() {
                return match error.kind() {
                    $kind(said) => Some(said.code()),
                    _ => None,
                };
            })+
        };
    }
    code_of! {
        context::GetStreamError => context::GetStreamErrorKind::JetStream,
        context::CreateStreamError => context::CreateStreamErrorKind::JetStream,
        stream::ConsumerError => stream::ConsumerErrorKind::JetStream,
        stream::ConsumerCreateStrictError => stream::ConsumerCreateStrictErrorKind::JetStream,
        stream::ConsumerUpdateError => stream::ConsumerUpdateErrorKind::JetStream,
    }
    None
}
