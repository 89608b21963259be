//! The intake as its users see it: bytes in, articles out.

#[path = "intake/cleanup.rs"]
mod cleanup;
#[path = "intake/seeds.rs"]
mod seeds;
#[path = "intake/support.rs"]
mod support;
