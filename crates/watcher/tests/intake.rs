//! The intake as its users see it: bytes in, articles out.

#[path = "intake/cleanup.rs"]
mod cleanup;
#[path = "intake/formats.rs"]
mod formats;
#[path = "intake/hostile.rs"]
mod hostile;
#[path = "intake/pages.rs"]
mod pages;
#[path = "intake/properties.rs"]
mod properties;
#[path = "intake/seeds.rs"]
mod seeds;
#[path = "intake/support.rs"]
mod support;
#[path = "intake/wires.rs"]
mod wires;
