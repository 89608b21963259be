//! Hashes that are the same on every machine and in every version: the model and the lexicon are stored by them.

use super::steps;

/// Odd constants with well-spread bits, as in wyhash.
const SEEDS: [u64; 3] = [
    0xa076_1d64_78bd_642f,
    0xe703_7ed1_a0b4_28db,
    0x8ebc_6af0_9c88_c6e3,
];

/// Longest piece of a token that takes part in a hash: longer tokens are never names.
pub const LONGEST: usize = 64;

/// Returns the hash of some bytes.
pub fn bytes(bytes: &[u8]) -> u64 {
    let mut state = SEEDS[0] ^ bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        state = mix(state, u64::from_le_bytes(chunk.try_into().unwrap_or_default()));
    }
    mix(state, packed(chunks.remainder()))
}

/// Returns the hash of fewer than eight bytes, given as one number: that of [`bytes`].
#[inline]
pub fn short(packed: u64, length: usize) -> u64 {
    debug_assert!(length < size_of::<u64>());
    mix(SEEDS[0] ^ length as u64, packed)
}

/// Returns the first eight bytes of a piece of a text as [`packed`] does; one load unless the text ends there.
#[inline]
pub fn packed_at(text: &[u8], start: usize, end: usize) -> u64 {
    let length = end - start;
    match text[start..].first_chunk::<8>() {
        Some(eight) if length < 8 => u64::from_le_bytes(*eight) & ((1 << (8 * length)) - 1),
        Some(eight) => u64::from_le_bytes(*eight),
        None => packed(&text[start..end]),
    }
}

/// Returns up to eight bytes as one number, the first byte lowest; what is longer is cut off.
// Two overlapping halves instead of a loop: of a literal, nothing is left of this at run time.
#[inline]
pub const fn packed(bytes: &[u8]) -> u64 {
    if let Some(eight) = bytes.first_chunk::<8>() {
        return u64::from_le_bytes(*eight);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let first = u32::from_le_bytes(*first) as u64;
        let last = u32::from_le_bytes(*last) as u64;
        return first | last << ((bytes.len() - 4) * 8);
    }
    match *bytes {
        [first, second, third] => first as u64 | (second as u64) << 8 | (third as u64) << 16,
        [first, second] => first as u64 | (second as u64) << 8,
        [first] => first as u64,
        _ => 0,
    }
}

/// One in each of eight packed bytes.
const EACH: u64 = 0x0101_0101_0101_0101;

/// Returns eight packed bytes with their ASCII letters in lower case, all at once.
#[inline]
pub const fn lower_packed(bytes: u64) -> u64 {
    bytes | between(bytes, b'A', b'Z') >> 2
}

/// Returns whether the first `length` packed bytes, of up to eight, are small ASCII letters.
#[inline]
pub const fn is_lower_packed(bytes: u64, length: usize) -> bool {
    let unused = 8 * (8 - length as u32);
    let is_lower = between(bytes, b'a', b'z');
    length > 0 && is_lower << unused == (0x80 * EACH) << unused
}

/// Returns the highest bit of each packed byte that lies between two ASCII characters, both included.
#[inline]
const fn between(bytes: u64, first: u8, last: u8) -> u64 {
    let low = bytes & (0x7f * EACH);
    let from_first = low + (0x80 - first as u64) * EACH;
    let behind_last = low + (0x7f - last as u64) * EACH;
    (from_first ^ behind_last) & !bytes & (0x80 * EACH)
}

/// Tells of most packed words that they are not in a set, without a search: a bit for each word of the set.
#[derive(Debug, Clone, Copy)]
pub struct Sieve([u64; 16]);

impl Sieve {
    /// Returns the sieve that lets no words through.
    pub const fn new() -> Self {
        Self([0; 16])
    }

    /// Returns the sieve that lets these words through, too.
    #[must_use]
    pub const fn with(mut self, words: &[u64]) -> Self {
        let mut n = 0;
        while n < words.len() {
            let (index, bit) = Self::hole(words[n]);
            self.0[index] |= bit;
            n += 1;
        }
        self
    }

    /// Returns whether a word may be in the set; one of dozens that are not seems to be, too.
    #[inline]
    pub const fn passes(&self, word: u64) -> bool {
        let (index, bit) = Self::hole(word);
        self.0[index] & bit != 0
    }

    const fn hole(word: u64) -> (usize, u64) {
        let hole = word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54;
        (hole as usize >> 6, 1 << (hole & 63))
    }
}

impl Default for Sieve {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns a hash of two numbers, in which their order matters.
#[inline]
pub fn mix(a: u64, b: u64) -> u64 {
    steps::count(1);
    let product = u128::from(a ^ SEEDS[1]) * u128::from(b ^ SEEDS[2]);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Returns the place of a hash among `n` slots.
#[inline]
pub fn slot(hash: u64, n: usize) -> usize {
    (((hash >> 32) * n as u64) >> 32) as usize
}

/// A word in lower case without diacritics, in a buffer on the stack.
#[derive(Debug, Clone, Copy)]
pub struct Folded {
    buffer: [u8; LONGEST],
    length: usize,
}

impl Folded {
    /// Folds a word; what is longer than [`LONGEST`] bytes is cut off.
    pub fn new(word: &str) -> Self {
        let mut folded = Self {
            buffer: [0; LONGEST],
            length: 0,
        };
        if word.is_ascii() {
            folded.length = word.len().min(LONGEST);
            folded.buffer[..folded.length].copy_from_slice(&word.as_bytes()[..folded.length]);
            folded.buffer[..folded.length].make_ascii_lowercase();
        } else {
            folded.fold_wide(word);
        }
        folded
    }

    /// Returns the folded bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.buffer[..self.length]
    }

    #[cold]
    fn fold_wide(&mut self, word: &str) {
        use unicode_normalization::UnicodeNormalization;
        let lower = word.chars().take(LONGEST).flat_map(char::to_lowercase);
        for character in lower.nfd() {
            let mut bytes = [0; 4];
            let piece = match character {
                '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200c}' | '\u{200d}' => continue,
                '’' | '‘' | 'ʼ' => "'",
                'ı' => "i",
                'ø' => "o",
                'ł' => "l",
                'đ' | 'ð' => "d",
                'ß' => "ss",
                'æ' => "ae",
                'œ' => "oe",
                _ => character.encode_utf8(&mut bytes),
            };
            let Some(room) = self.buffer.get_mut(self.length..self.length + piece.len()) else {
                return;
            };
            room.copy_from_slice(piece.as_bytes());
            self.length += piece.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_drops_case_and_diacritics() {
        let fold = |word| String::from_utf8(Folded::new(word).as_bytes().to_vec()).unwrap();
        assert_eq!(fold("ERDOĞAN"), "erdogan");
        assert_eq!(fold("Łódź"), "lodz");
        assert_eq!(fold("O’Neill"), "o'neill");
        assert_eq!(fold(&"Ä".repeat(500)), "a".repeat(LONGEST));
    }

    #[test]
    fn packed_bytes_are_a_little_endian_number() {
        assert_eq!(packed(b""), 0);
        assert_eq!(packed(b"abc"), u64::from(u32::from_le_bytes(*b"abc\0")));
        assert_eq!(packed(b"abcdefghi"), u64::from_le_bytes(*b"abcdefgh"));
    }

    #[test]
    fn packed_bytes_keep_their_order_at_every_length() {
        let bytes: Vec<u8> = (1..=9).collect();
        for length in 0..=8 {
            let mut padded = [0; 8];
            padded[..length].copy_from_slice(&bytes[..length]);
            assert_eq!(packed(&bytes[..length]), u64::from_le_bytes(padded));
        }
    }

    #[test]
    fn pieces_of_a_text_are_packed_as_they_are_alone() {
        let text = b"Kabul and 12 villages";
        for start in 0..text.len() {
            for end in start..text.len() {
                let piece = &text[start..end];
                assert_eq!(packed_at(text, start, end), packed(piece));
                if piece.len() < 8 {
                    assert_eq!(short(packed(piece), piece.len()), bytes(piece));
                }
                if (1..=8).contains(&piece.len()) {
                    let is_lower = piece.iter().all(u8::is_ascii_lowercase);
                    assert_eq!(is_lower_packed(packed(piece), piece.len()), is_lower);
                }
            }
        }
    }

    #[test]
    fn a_sieve_lets_its_words_through_and_few_others() {
        let sieve = Sieve::new().with(&[packed(b"van"), packed(b"der")]);
        assert!(sieve.passes(packed(b"van")) && sieve.passes(packed(b"der")));
        let others = (0..1000_u64).filter(|word| sieve.passes(mix(*word, 7)));
        assert!(others.count() < 20);
    }

    #[test]
    fn packed_bytes_are_lowered_as_ascii() {
        for byte in 0..=u8::MAX {
            let all = u64::from_le_bytes([byte; 8]);
            assert_eq!(
                lower_packed(all),
                u64::from_le_bytes([byte.to_ascii_lowercase(); 8])
            );
        }
        assert_eq!(lower_packed(packed(b"[KaBuL@{")), packed(b"[kabul@{"));
    }

    #[test]
    fn hashes_never_change() {
        assert_eq!(bytes(b""), 714_980_210_277_857_354);
        assert_eq!(bytes(b"qalat rud"), bytes("qalat rud".as_bytes()));
        assert_ne!(mix(1, 2), mix(2, 1));
    }
}
