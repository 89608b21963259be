//! The index of duplicates: any bytes as a stored index, refused or restored to the same bytes.

#![no_main]

use watcher::duplicates::{Config, Index};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(index) = Index::from_bytes(bytes, Config::default()) {
        assert_eq!(index.to_bytes(), bytes);
    }
});
