//! Stub.

pub mod duplicates;
pub mod intake;
