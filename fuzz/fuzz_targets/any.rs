//! The intake: any bytes, the format decided by content: also archives.

#![no_main]

#[path = "shared/mod.rs"]
mod shared;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| shared::check(bytes, None));
