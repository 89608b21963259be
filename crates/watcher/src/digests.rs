//! A map from digests to small values that takes hardly more memory than what it holds.
//!
//! Digests are spread evenly, so their first bits choose one of many short sorted lists. A list grows by an eighth:
//! there is neither the slack of a hash table nor the moment when two tables are held at once.

/// How many lists: ten bits.
const LISTS: usize = 1 << 10;

/// Size of a digest.
const BYTES: usize = 16;

type List<V> = Vec<([u8; BYTES], V)>;

/// The map; an entry takes 16 bytes, its value, and up to an eighth of both.
#[derive(Debug)]
pub(crate) struct Digests<V>(Box<[List<V>]>);

impl<V> Default for Digests<V> {
    fn default() -> Self {
        Self((0..LISTS).map(|_| Vec::new()).collect())
    }
}

impl<V> Digests<V> {
    pub(crate) fn contains(&self, digest: [u8; BYTES]) -> bool {
        position(&self.0[list(digest)], digest).is_ok()
    }

    pub(crate) fn get_mut(&mut self, digest: [u8; BYTES]) -> Option<&mut V> {
        let list = &mut self.0[list(digest)];
        let at = position(list, digest).ok()?;
        Some(&mut list[at].1)
    }

    /// Adds an entry, or replaces its value.
    pub(crate) fn insert(&mut self, digest: [u8; BYTES], value: V) {
        let list = &mut self.0[list(digest)];
        match position(list, digest) {
            Ok(at) => list[at].1 = value,
            Err(at) => {
                if list.len() == list.capacity() {
                    list.reserve_exact(list.len() / 8 + 4);
                }
                list.insert(at, (digest, value));
            }
        }
    }

    /// Keeps only what `keep` says, and gives back what was much too much room for it.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&V) -> bool) {
        for list in &mut self.0 {
            list.retain(|(_, value)| keep(value));
            if list.capacity() > 2 * list.len() + 8 {
                list.shrink_to_fit();
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }

    /// Returns all entries in the order of their digests.
    pub(crate) fn iter(&self) -> impl Iterator<Item = ([u8; BYTES], &V)> {
        let entries = self.0.iter().flatten();
        entries.map(|(digest, value)| (*digest, value))
    }
}

fn list(digest: [u8; BYTES]) -> usize {
    usize::from(u16::from_be_bytes([digest[0], digest[1]])) / ((1 << 16) / LISTS)
}

fn position<V>(list: &[([u8; BYTES], V)], digest: [u8; BYTES]) -> Result<usize, usize> {
    list.binary_search_by(|(other, _)| other.cmp(&digest))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Step {
        Insert([u8; BYTES], u32),
        Change([u8; BYTES], u32),
        Retain(u32),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        // Few digests, so that they meet; some differ only in their last byte.
        let digest = (0..4_u8, 0..4_u8).prop_map(|(first, last)| {
            let mut digest = [first; BYTES];
            digest[BYTES - 1] = last;
            digest
        });
        let step = (digest, 0..8_u32, 0..8_u8).prop_map(|(digest, value, kind)| match kind {
            0 => Step::Retain(value),
            1 | 2 => Step::Change(digest, value),
            _ => Step::Insert(digest, value),
        });
        proptest::collection::vec(step, 0..60)
    }

    proptest! {
        #[test]
        fn does_what_a_map_does(steps in steps()) {
            let (mut digests, mut model) = (Digests::default(), BTreeMap::new());
            for step in steps {
                match step {
                    Step::Insert(digest, value) => {
                        digests.insert(digest, value);
                        model.insert(digest, value);
                    }
                    Step::Change(digest, value) => {
                        prop_assert_eq!(digests.contains(digest), model.contains_key(&digest));
                        let changed = digests.get_mut(digest).map(|old| *old = value);
                        prop_assert_eq!(changed, model.get_mut(&digest).map(|old| *old = value));
                    }
                    Step::Retain(least) => {
                        digests.retain(|value| *value >= least);
                        model.retain(|_, value| *value >= least);
                    }
                }
                prop_assert_eq!(digests.len(), model.len());
                prop_assert!(digests.iter().eq(model.iter().map(|(digest, value)| (*digest, value))));
            }
        }
    }
}
