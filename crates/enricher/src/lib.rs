//! Article → EnrichedArticle: who, where, which group, and every numeric claim.
//!
//! The [`engine`] is a pure function from text to spans: no I/O, no clock, no randomness, and it never fails.
//! Around it stands the worker: take a delivery, analyse it on the CPU pool, publish the result, settle.

pub mod engine;
mod fan_out;
mod lists;
#[cfg(debug_assertions)]
mod poison;
mod quarantine;
mod shared;
mod to_wire;
mod worker;

pub use engine::Engine;
pub use fan_out::Kinds;
pub use lists::{ListFileError, ListFiles};
pub use quarantine::{Quarantine, serve};
pub use shared::SharedEngine;
pub use to_wire::{Enriched, Sentence, enrich, enrich_with_sentences, model_name};
pub use worker::{Config, Error, Progress, run};
