//! Article → EnrichedArticle: who, where, which group, and every numeric claim.
//!
//! The [`engine`] is a pure function from text to spans: no I/O, no clock, no randomness, and it never fails.
//! Around it stands the worker: take a delivery, analyse it on the CPU pool, publish the result, settle.

pub mod engine;
mod lists;
mod shared;
mod to_wire;
mod worker;

pub use engine::Engine;
pub use lists::{ListFileError, ListFiles};
pub use shared::SharedEngine;
pub use to_wire::{enrich, model_name};
pub use worker::{Config, Error, Progress, run};
