//! The intake: any bytes read as `nitf`.

#![no_main]

#[path = "shared/mod.rs"]
mod shared;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| shared::check(bytes, Some("nitf")));
