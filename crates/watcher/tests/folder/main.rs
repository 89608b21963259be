//! The watcher on real folders, with the embedded carrier and a consumer that collects.

mod bad_input;
mod crash;
mod everyday;
mod random;
mod sandbox;
mod scale;
