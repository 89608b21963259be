//! The intake: any bytes read as `eml`.

#![no_main]

#[path = "shared/mod.rs"]
mod shared;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| shared::check(bytes, Some("eml")));
