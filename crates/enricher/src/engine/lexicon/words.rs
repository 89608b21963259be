//! Word clusters: words that appear in the same contexts share a number, at three grains.

use prefetch_index::prefetch_index;

use super::hash;

/// The clusters of a word at three grains; all zero for an unknown word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Clusters {
    /// Among about 128.
    pub coarse: u16,
    /// Among about 512.
    pub middle: u16,
    /// Among about 2048.
    pub fine: u16,
}

/// The cluster table: slots of a 17-bit fingerprint and a 15-bit row, rows of three cluster numbers.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    slots: &'a [u8],
    rows: &'a [u8],
}

const ROW_BITS: u32 = 15;
const SLOT: usize = 4;
const ROW: usize = 6;

impl<'a> Words<'a> {
    pub(super) fn new(slots: &'a [u8], rows: &'a [u8]) -> Self {
        Self { slots, rows }
    }

    /// Asks for the memory that [`get`](Self::get) will read.
    #[inline]
    pub fn prefetch(&self, hash: u64) {
        let at = hash::slot(hash, (self.slots.len() / SLOT).max(1));
        prefetch_index(self.slots, at * SLOT);
    }

    /// Returns the clusters of a word by the hash of its exact or folded bytes; `None` when it is unknown.
    #[inline]
    pub fn get(&self, hash: u64) -> Option<Clusters> {
        let n = self.slots.len() / SLOT;
        let mut at = hash::slot(hash, n.max(1));
        loop {
            let slot = self.slots.get(at * SLOT..at * SLOT + SLOT)?;
            let slot = u32::from_le_bytes(slot.try_into().ok()?);
            if slot == 0 {
                return None;
            }
            if slot >> ROW_BITS == fingerprint(hash) {
                return self.row(slot & ((1 << ROW_BITS) - 1));
            }
            at += 1;
        }
    }

    fn row(&self, row: u32) -> Option<Clusters> {
        let row = self.rows.get(row as usize * ROW..row as usize * ROW + ROW)?;
        let number = |at: usize| u16::from_le_bytes([row[at], row[at + 1]]);
        Some(Clusters {
            coarse: number(0),
            middle: number(2),
            fine: number(4),
        })
    }

    /// Compiles a table: the sections of slots and rows. Words are given by the hash of their bytes.
    ///
    /// # Panics
    /// If there are more kinds of clusters than a slot can number.
    pub fn compile(words: &[(u64, Clusters)]) -> (Vec<u8>, Vec<u8>) {
        let mut rows = vec![Clusters::default()];
        rows.extend(words.iter().map(|&(_, clusters)| clusters));
        rows.sort_by_key(|row| (row.coarse, row.middle, row.fine));
        rows.dedup();
        assert!(rows.len() < 1 << ROW_BITS, "too many kinds of clusters");
        let n = words.len() * 4 / 3 + 1;
        let mut slots = vec![0_u32; n + 64];
        for &(hash, clusters) in words {
            let key = |row: &Clusters| (row.coarse, row.middle, row.fine);
            let row = rows.binary_search_by_key(&key(&clusters), key).unwrap_or(0);
            let mut at = hash::slot(hash, n + 64);
            while slots[at] != 0 && at + 1 < slots.len() {
                at += 1;
            }
            slots[at] = fingerprint(hash) << ROW_BITS | row as u32;
        }
        let slots = slots.iter().flat_map(|slot| slot.to_le_bytes()).collect();
        let rows = rows
            .iter()
            .flat_map(|row| [row.coarse, row.middle, row.fine])
            .flat_map(u16::to_le_bytes)
            .collect();
        (slots, rows)
    }
}

fn fingerprint(hash: u64) -> u32 {
    hash as u32 >> ROW_BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compiled_words_are_found_again() {
        let words: Vec<(u64, Clusters)> = (1..2000_u16)
            .map(|number| {
                let clusters = Clusters {
                    coarse: number % 128 + 1,
                    middle: number % 512 + 1,
                    fine: number,
                };
                (hash::bytes(&number.to_le_bytes()), clusters)
            })
            .collect();
        let (slots, rows) = Words::compile(&words);
        let table = Words::new(&slots, &rows);
        let found = words
            .iter()
            .filter(|(hash, clusters)| table.get(*hash) == Some(*clusters));
        assert!(
            found.count() >= words.len() - 2,
            "a fingerprint may clash, rarely"
        );
        assert_eq!(table.get(hash::bytes(b"never seen")), None);
    }

    #[test]
    fn an_empty_table_knows_nothing() {
        assert_eq!(Words::new(&[], &[]).get(7), None);
    }
}
