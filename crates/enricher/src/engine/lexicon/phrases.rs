//! Names of one or more words, as a hash trie: the hash of a phrase is built word by word.

use prefetch_index::prefetch_index;

use super::records::RecordId;
use super::{Classes, hash};

/// The phrase table: slots of 6 bytes (fingerprint, whether a longer phrase begins so, classes, record).
#[derive(Debug, Clone, Copy)]
pub struct Phrases<'a> {
    slots: &'a [u8],
    masks: &'a [u8],
}

/// What the table knows about a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhraseHit {
    /// Classes of the phrase; empty when it is only the beginning of a longer one.
    pub classes: Classes,
    /// Whether a longer phrase begins with this one.
    pub goes_on: bool,
    /// What is known about the thing so named.
    pub record: Option<RecordId>,
}

/// One phrase to be compiled.
#[derive(Debug, Clone)]
pub struct PhraseEntry {
    /// Hashes of the folded words.
    pub words: Vec<u64>,
    /// Its classes.
    pub classes: Classes,
    /// Its record.
    pub record: Option<RecordId>,
}

const SLOT: usize = 6;
const MASK_BITS: u32 = 13;
const RECORD_BITS: u32 = 18;

/// Returns the hash of a phrase of one word.
#[inline]
pub fn phrase_start(word: u64) -> u64 {
    hash::mix(word, 1)
}

/// Returns the hash of a phrase with one more word.
#[inline]
pub fn phrase_step(phrase: u64, word: u64) -> u64 {
    hash::mix(phrase, word)
}

impl<'a> Phrases<'a> {
    pub(super) fn new(slots: &'a [u8], masks: &'a [u8]) -> Self {
        Self { slots, masks }
    }

    /// Asks for the memory that [`get`](Self::get) will read.
    #[inline]
    pub fn prefetch(&self, phrase: u64) {
        let at = hash::slot(phrase, (self.slots.len() / SLOT).max(1));
        prefetch_index(self.slots, at * SLOT);
    }

    /// Returns what is known about a phrase by its hash.
    #[inline]
    pub fn get(&self, phrase: u64) -> Option<PhraseHit> {
        let mut at = hash::slot(phrase, (self.slots.len() / SLOT).max(1)) * SLOT;
        loop {
            let slot = self.slots.get(at..at + SLOT)?;
            let check = u16::from_le_bytes([slot[0], slot[1]]);
            let value = u32::from_le_bytes([slot[2], slot[3], slot[4], slot[5]]);
            if check == 0 && value == 0 {
                return None;
            }
            if check == fingerprint(phrase) {
                return Some(self.hit(value));
            }
            at += SLOT;
        }
    }

    fn hit(&self, value: u32) -> PhraseHit {
        let mask = (value >> 1 & ((1 << MASK_BITS) - 1)) as usize * 4;
        let mask = self
            .masks
            .get(mask..mask + 4)
            .and_then(|mask| mask.try_into().ok());
        let record = value >> (1 + MASK_BITS);
        PhraseHit {
            classes: Classes(mask.map_or(0, u32::from_le_bytes)),
            goes_on: value & 1 == 1,
            record: record.checked_sub(1).map(RecordId),
        }
    }

    /// Compiles a table: the sections of slots and masks. Where phrases are equal, classes are united and the
    /// first record is kept.
    ///
    /// # Panics
    /// If there are more combinations of classes, or more records, than a slot can number.
    pub fn compile(entries: &[PhraseEntry]) -> (Vec<u8>, Vec<u8>) {
        let mut nodes = std::collections::BTreeMap::<u64, PhraseHit>::new();
        let empty = PhraseHit {
            classes: Classes::default(),
            goes_on: false,
            record: None,
        };
        for entry in entries {
            let Some((first, rest)) = entry.words.split_first() else {
                continue;
            };
            let mut phrase = phrase_start(*first);
            for word in rest {
                nodes.entry(phrase).or_insert(empty).goes_on = true;
                phrase = phrase_step(phrase, *word);
            }
            let node = nodes.entry(phrase).or_insert(empty);
            node.classes = node.classes.union(entry.classes);
            node.record = node.record.or(entry.record);
        }
        let mut masks: Vec<u32> = nodes.values().map(|node| node.classes.0).collect();
        masks.sort_unstable();
        masks.dedup();
        assert!(masks.len() <= 1 << MASK_BITS, "too many combinations of classes");
        let n = nodes.len() * 4 / 3 + 64;
        let mut slots = vec![[0; SLOT]; n];
        for (phrase, node) in nodes {
            let mask = masks.binary_search(&node.classes.0).unwrap_or(0) as u32;
            let record = node.record.map_or(0, |record| record.0 + 1);
            assert!(record < 1 << RECORD_BITS, "too many records");
            let value = u32::from(node.goes_on) | mask << 1 | record << (1 + MASK_BITS);
            let mut at = hash::slot(phrase, n);
            while slots[at] != [0; SLOT] && at + 1 < n {
                at += 1;
            }
            slots[at][..2].copy_from_slice(&fingerprint(phrase).to_le_bytes());
            slots[at][2..].copy_from_slice(&value.to_le_bytes());
        }
        (
            slots.concat(),
            masks.iter().flat_map(|mask| mask.to_le_bytes()).collect(),
        )
    }
}

fn fingerprint(phrase: u64) -> u16 {
    (phrase as u16).max(1)
}

#[cfg(test)]
mod tests {
    use super::super::Class;
    use super::*;

    #[test]
    fn phrases_are_found_word_by_word() {
        let word = |word: &str| hash::bytes(word.as_bytes());
        let entry = |words: &[&str], class, record: Option<u32>| PhraseEntry {
            words: words.iter().map(|w| word(w)).collect(),
            classes: Classes::of(&[class]),
            record: record.map(RecordId),
        };
        let entries = [
            entry(&["new"], Class::GivenName, None),
            entry(&["new", "zealand"], Class::Country, Some(3)),
        ];
        let (slots, masks) = Phrases::compile(&entries);
        let table = Phrases::new(&slots, &masks);
        let new = table.get(phrase_start(word("new"))).unwrap();
        assert!(new.goes_on && new.classes.contains(Class::GivenName) && new.record.is_none());
        let zealand = table
            .get(phrase_step(phrase_start(word("new")), word("zealand")))
            .unwrap();
        assert!(!zealand.goes_on && zealand.classes.contains(Class::Country));
        assert_eq!(zealand.record, Some(RecordId(3)));
        assert_eq!(table.get(phrase_start(word("zealand"))), None);
    }
}
