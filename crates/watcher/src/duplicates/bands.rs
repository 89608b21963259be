//! Finds articles by the bands of their sketches: a hash table of fixed size with chains through the articles.

use super::sketch::{BANDS, Sketch};

/// How many articles of one chain are looked at: a band that all articles of a source share says nothing.
const MOST_CANDIDATES: usize = 64;

/// For how many articles room is taken at once; untouched room costs nothing.
pub(super) const AT_ONCE: usize = 1 << 16;

/// Where chains end.
const NONE: u32 = 0;

/// The table. Two bands that fall into one bucket only cost a comparison.
#[derive(Debug, Clone)]
pub(super) struct Bands {
    /// The latest article of each bucket, `BANDS` groups of `mask + 1`.
    latest: Vec<u32>,
    mask: usize,
    /// How many articles before it the one before lies, for each article that is remembered and each band; a ring. 0
    /// ends a chain, as does one that lies too far back for two bytes.
    before: Vec<[u16; BANDS]>,
    /// The number that the next article gets; counts up and around, past [`NONE`].
    next: u32,
}

impl Bands {
    /// Returns an empty table for as many articles at most.
    pub(super) fn new(capacity: usize) -> Self {
        let n_buckets = capacity.clamp(1 << 10, 1 << 20).next_power_of_two();
        Self {
            latest: vec![NONE; n_buckets * BANDS],
            mask: n_buckets - 1,
            before: Vec::with_capacity(capacity.min(AT_ONCE)),
            next: 1,
        }
    }

    /// Enters the next article.
    pub(super) fn push(&mut self, sketch: &Sketch, capacity: usize) {
        let mut before = [0; BANDS];
        for (band, before) in before.iter_mut().enumerate() {
            let bucket = self.bucket(sketch, band);
            let latest = std::mem::replace(&mut self.latest[bucket], self.next);
            if latest != NONE {
                *before = u16::try_from(self.next.wrapping_sub(latest)).unwrap_or(0);
            }
        }
        if self.before.len() < capacity {
            self.before.push(before);
        } else {
            let slot = self.slot(self.next);
            self.before[slot] = before;
        }
        self.next = self.next.checked_add(1).unwrap_or(1);
    }

    /// Returns how long ago the articles that share a band with a sketch were entered, 1 is the latest one.
    /// Oldest first, each once, none older than `most`.
    pub(super) fn ages(&self, sketch: &Sketch, most: usize) -> Vec<usize> {
        let mut ages = Vec::new();
        for band in 0..BANDS {
            let mut number = self.latest[self.bucket(sketch, band)];
            let mut youngest = 0;
            for _ in 0..MOST_CANDIDATES {
                let age = self.next.wrapping_sub(number) as usize;
                // What is older was forgotten and its links were overwritten.
                if number == NONE || age > most || age <= youngest {
                    break;
                }
                ages.push(age);
                youngest = age;
                let back = self.before[self.slot(number)][band];
                if back == 0 {
                    break;
                }
                number = number.wrapping_sub(u32::from(back));
            }
        }
        ages.sort_unstable_by(|one, other| other.cmp(one));
        ages.dedup();
        ages
    }

    fn bucket(&self, sketch: &Sketch, band: usize) -> usize {
        band * (self.mask + 1) + (sketch.band(band) as usize & self.mask)
    }

    fn slot(&self, number: u32) -> usize {
        (number as usize - 1) % self.before.len().max(1)
    }
}
