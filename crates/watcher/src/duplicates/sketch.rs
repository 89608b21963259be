//! MinHash sketches of texts, by few permutations of many bins.
//!
//! Every shingle is hashed [`BALLS`] times; each hash falls into one bin, and a bin keeps its smallest. So a sketch costs
//! a few steps per shingle, however long it is. (One permutation hashing: Li, Owen and Zhang 2012; densified as by
//! Shrivastava 2017. Of each minimum one byte is kept: Li and König 2010.)

/// How many minima a sketch has.
pub(super) const SIZE: usize = 96;
/// How many minima are one band: a pair of similarity s shares one of the bands with 1 - (1 - s^3)^32.
const ROWS: usize = 3;
/// How many bands a sketch has.
pub(super) const BANDS: usize = SIZE / ROWS;
/// How many words are one shingle.
const SHINGLE: usize = 3;
/// How many words a text needs.
const LEAST_WORDS: usize = 20;
/// How many words of a text are looked at.
const MOST_WORDS: usize = 20_000;

/// How often a shingle is hashed: short texts would leave most bins empty otherwise.
const BALLS: u64 = 4;

/// One byte of the smallest hash in each bin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sketch(pub(super) [u8; SIZE]);

impl Sketch {
    /// Returns the sketch of a text; `None` where the text is too short to say anything.
    ///
    /// Words are runs of letters and digits in lower case, so quotes, dashes and line breaks make no difference.
    pub(super) fn of(text: &str) -> Option<Self> {
        let words = words(text);
        if words.len() < LEAST_WORDS {
            return None;
        }
        let mut minima = [EMPTY; SIZE];
        for shingle in words.windows(SHINGLE) {
            let mut hash = shingle.iter().fold(0, |hash, word| mix(hash ^ word));
            for _ in 0..BALLS {
                hash = mix(hash.wrapping_add(STEP));
                // The upper half chooses the bin, the lower half counts in it.
                let bin = bin_of(hash);
                minima[bin] = minima[bin].min((hash as u32).min(EMPTY - 1));
            }
        }
        Some(Self(densified(&minima).map(|minimum| minimum as u8)))
    }

    /// Returns the hash of one band.
    pub(super) fn band(&self, band: usize) -> u32 {
        let rows = &self.0[band * ROWS..(band + 1) * ROWS];
        rows.iter()
            .fold(band as u64, |hash, row| mix(hash ^ u64::from(*row))) as u32
    }

    /// Returns the estimated share of shingles that two texts have in common: the Jaccard index.
    pub(super) fn similarity(&self, other: &Self) -> f64 {
        // Counted in bytes, of which the processor compares many at once.
        const { assert!(SIZE <= u8::MAX as usize) };
        let pairs = self.0.iter().zip(&other.0);
        let n_equal: u8 = pairs.map(|(one, other)| u8::from(one == other)).sum();
        // One byte is equal by chance once in 256 times.
        let chance = 1.0 / 256.0;
        ((f64::from(n_equal) / SIZE as f64 - chance) / (1.0 - chance)).max(0.0)
    }
}

/// A bin that no hash fell into.
const EMPTY: u32 = u32::MAX;

/// What hashes of one shingle are apart before they are mixed (2⁶⁴ divided by the golden ratio).
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Returns the minima with empty bins filled from others: from the same ones in every text, as far as they are full.
fn densified(minima: &[u32; SIZE]) -> [u32; SIZE] {
    let mut dense = *minima;
    for (bin, minimum) in dense.iter_mut().enumerate() {
        let mut attempt = 0;
        // There is a full one: a text has at least one shingle.
        while *minimum == EMPTY {
            attempt += 1;
            let hash = mix(STEP.wrapping_mul((bin as u64) << 32 | attempt));
            *minimum = minima[bin_of(hash)];
        }
    }
    dense
}

/// Returns the bin that the upper half of a hash falls into.
fn bin_of(hash: u64) -> usize {
    (((hash >> 32) * SIZE as u64) >> 32) as usize
}

/// Returns the hashes of a text's first words.
fn words(text: &str) -> Vec<u64> {
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    let step = |hash: u64, c: char| (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0000_0100_0000_01b3);
    let mut words = Vec::with_capacity((text.len() / 5).min(MOST_WORDS));
    let mut word = None;
    // One more that is no letter ends the last word.
    for c in text.chars().chain([' ']) {
        // Nearly all are ASCII, which needs no tables.
        if c.is_ascii_alphanumeric() {
            word = Some(step(word.unwrap_or(START), c.to_ascii_lowercase()));
        } else if !c.is_ascii() && c.is_alphanumeric() {
            word = Some(c.to_lowercase().fold(word.unwrap_or(START), step));
        } else if let Some(hash) = word.take() {
            words.push(hash);
            if words.len() == MOST_WORDS {
                break;
            }
        }
    }
    words
}

/// Mixes the bits of a hash (the finaliser of MurmurHash3).
fn mix(mut hash: u64) -> u64 {
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_the_share_in_common() {
        let text = |from: usize, to: usize| (from..to).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ");
        for (shared, expect) in [(0, 0.0), (250, 1.0 / 3.0), (400, 2.0 / 3.0), (500, 1.0)] {
            let one = Sketch::of(&text(0, 500)).expect("is long enough");
            let other = Sketch::of(&text(500 - shared, 1000 - shared)).expect("is long enough");
            let similarity = one.similarity(&other);
            assert!(
                (similarity - expect).abs() < 0.15,
                "{shared}: {similarity} for {expect}"
            );
        }
    }

    #[test]
    fn typography_makes_no_difference() {
        let plain = "\"It is 'done',\" said Ann Lee - the mayor of Port Amel - on Monday, after the vote of the whole board.";
        let curly = "“It is ‘done’,” said Ann Lee – the Mayor of Port Amel –\non Monday, after the vote of the whole board.";
        assert_eq!(Sketch::of(plain), Sketch::of(curly));
    }
}
