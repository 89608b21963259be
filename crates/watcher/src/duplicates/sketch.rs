//! MinHash sketches of texts.

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

/// The minima of the hashes of a text's shingles under [`SIZE`] permutations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sketch(pub(super) Box<[u32; SIZE]>);

impl Sketch {
    /// Returns the sketch of a text; `None` where the text is too short to say anything.
    ///
    /// Words are runs of letters and digits in lower case, so quotes, dashes and line breaks make no difference.
    pub(super) fn of(text: &str) -> Option<Self> {
        let words: Vec<u64> = words(text).take(MOST_WORDS).collect();
        if words.len() < LEAST_WORDS {
            return None;
        }
        let mut minima = Box::new([u32::MAX; SIZE]);
        for shingle in words.windows(SHINGLE) {
            let hash = shingle.iter().fold(0, |hash, word| mix(hash ^ word));
            let (first, second) = (hash as u32, (hash >> 32) as u32 | 1);
            for (at, minimum) in minima.iter_mut().enumerate() {
                // Permutations from two hashes (Kirsch and Mitzenmacher), scrambled so that they differ in order.
                let value = scramble(first.wrapping_add(second.wrapping_mul(at as u32 + 1)));
                *minimum = (*minimum).min(value);
            }
        }
        Some(Self(minima))
    }

    /// Returns the hash of one band.
    pub(super) fn band(&self, band: usize) -> u32 {
        let rows = &self.0[band * ROWS..(band + 1) * ROWS];
        rows.iter()
            .fold(band as u64, |hash, row| mix(hash ^ u64::from(*row))) as u32
    }

    /// Returns the estimated share of shingles that two texts have in common: the Jaccard index.
    pub(super) fn similarity(&self, other: &Self) -> f64 {
        let n_equal = self
            .0
            .iter()
            .zip(other.0.iter())
            .filter(|(one, other)| one == other)
            .count();
        n_equal as f64 / SIZE as f64
    }
}

/// The hashes of a text's words.
fn words(text: &str) -> impl Iterator<Item = u64> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            word.chars()
                .flat_map(char::to_lowercase)
                .fold(0xcbf2_9ce4_8422_2325, |hash, c| {
                    (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0000_0100_0000_01b3)
                })
        })
}

/// Mixes the bits of a hash (the finaliser of MurmurHash3).
fn mix(mut hash: u64) -> u64 {
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

fn scramble(mut value: u32) -> u32 {
    value ^= value >> 16;
    value = value.wrapping_mul(0x7feb_352d);
    value ^= value >> 15;
    value.wrapping_mul(0x846c_a68b)
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
