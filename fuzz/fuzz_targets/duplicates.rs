//! The index of duplicates: any bytes as a stored index, as they are and as the content of a sound one; refused, or
//! restored to the same bytes.

#![no_main]

use watcher::duplicates::{Config, Index};

/// Length of the mark that a stored index begins with, in bytes.
const MARK: usize = 8;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    let empty = Index::new(Config::default()).to_bytes();
    let mut sound = [&empty[..MARK], bytes].concat();
    sound.extend_from_slice(blake3::hash(&sound).as_bytes());
    check(&sound);
});

fn check(bytes: &[u8]) {
    if let Ok(index) = Index::from_bytes(bytes, Config::default()) {
        assert_eq!(index.to_bytes(), bytes);
    }
}
