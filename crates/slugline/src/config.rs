//! What the program may rely on: settings that were checked, as the stages want them.

mod addr;
mod build;
mod check;
mod intake;
mod look;
mod problems;

pub(crate) use build::{ProcessConfig, enricher, lists, process, sink, watcher};
pub(crate) use check::{check, is_word};
pub(crate) use intake::intake;
pub(crate) use look::{check_files, check_for, nats_files};
pub(crate) use problems::Problems;
