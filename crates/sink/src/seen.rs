//! Which lines have been written: one key per article and revision.
//!
//! The set only grows while a sink runs. It holds 16 bytes a line and the slack of a hash table: 20 to 40 bytes a
//! line, so 20–40 MB for a million articles and 2–4 GB for a hundred million. At the next start it holds the lines
//! of the parts that are in the folder, and of those moved away less than [`crate::Config::remember`] ago.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use wire::message::Revision;
use wire::{ArticleId, Line};

/// Shards grow one at a time, so that growing needs little extra memory and never one long pause.
const SHARDS: usize = 64;

/// Size of a key in files.
pub(crate) const KEY_BYTES: usize = 16;

/// What makes a line one and the same: the first 128 bits of the BLAKE3 hash of article id and revision.
///
/// At 10¹² lines the chance that any two share a key is below 10⁻¹⁴.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key(u128);

impl Key {
    /// Returns the key of a line.
    pub(crate) fn of(line: &Line) -> Self {
        let Revision { pipeline, model } = line.revision();
        Self::new(line.id(), pipeline, model)
    }

    /// Returns the key of the line about this article by this revision.
    pub(crate) fn new(id: ArticleId, pipeline: &str, model: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(id.hex().as_bytes());
        // Lengths keep ("a", "bc") apart from ("ab", "c").
        hasher.update(&(pipeline.len() as u64).to_le_bytes());
        hasher.update(pipeline.as_bytes());
        hasher.update(model.as_bytes());
        let mut bytes = [0; KEY_BYTES];
        bytes.copy_from_slice(&hasher.finalize().as_bytes()[..KEY_BYTES]);
        Self(u128::from_le_bytes(bytes))
    }

    pub(crate) fn to_bytes(self) -> [u8; KEY_BYTES] {
        self.0.to_le_bytes()
    }

    pub(crate) fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(u128::from_le_bytes(bytes))
    }
}

/// The set of keys of all lines written.
#[derive(Debug)]
pub(crate) struct Seen {
    shards: Vec<HashSet<u128, BuildHasherDefault<KeyHasher>>>,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            shards: vec![HashSet::default(); SHARDS],
        }
    }
}

impl Seen {
    pub(crate) fn contains(&self, key: Key) -> bool {
        self.shards[shard(key)].contains(&key.0)
    }

    /// Adds a key; returns whether it was new.
    pub(crate) fn insert(&mut self, key: Key) -> bool {
        self.shards[shard(key)].insert(key.0)
    }

    pub(crate) fn len(&self) -> usize {
        self.shards.iter().map(HashSet::len).sum()
    }
}

fn shard(key: Key) -> usize {
    (key.0 >> 64) as usize % SHARDS
}

/// Takes the key as its own hash: it is one already.
#[derive(Debug, Default)]
struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for (index, byte) in bytes.iter().enumerate() {
            self.0 ^= u64::from(*byte) << (index % 8 * 8);
        }
    }

    fn write_u128(&mut self, key: u128) {
        self.0 = key as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_articles_and_revisions_apart() {
        let (one, two) = (ArticleId::of(b"one"), ArticleId::of(b"two"));
        let keys = [
            Key::new(one, "0.1.0", "en"),
            Key::new(two, "0.1.0", "en"),
            Key::new(one, "0.1.1", "en"),
            Key::new(one, "0.1.0", "de"),
            Key::new(one, "0.1.0e", "n"),
        ];
        let mut seen = Seen::default();
        for key in keys {
            assert!(!seen.contains(key));
            assert!(seen.insert(key), "{key:?} is new");
            assert!(!seen.insert(key), "{key:?} is known");
            assert_eq!(Key::from_bytes(key.to_bytes()), key);
        }
        assert_eq!(seen.len(), keys.len());
    }
}
