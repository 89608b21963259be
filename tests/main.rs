//! End-to-end tests of the real binary: files go in, lines come out, whatever happens in between.
//!
//! Every test has a sandbox of its own (inbox, output, and a NATS server where it needs one), so all of them run
//! side by side. `SLUGLINE_TEST_SEED` repeats the random choices of a failed crash test.

mod backpressure;
mod cluster;
mod commands;
mod crash;
mod fleet;
mod flow;
mod hostile;
mod metrics;
mod progress;
mod security;
mod shutdown;
mod support;
mod top;
mod topics;
mod traces;
mod upgrade;
mod wrong_use;
