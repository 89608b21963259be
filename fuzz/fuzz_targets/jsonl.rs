//! The intake: any bytes read as `jsonl`.

#![no_main]

#[path = "shared/mod.rs"]
mod shared;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| shared::check(bytes, Some("jsonl")));
