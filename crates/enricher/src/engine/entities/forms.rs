//! What the tagger sees of a single token: its hashes, its shape, its affixes and its word clusters.

use super::super::hash::{self, Folded, Sieve};
use super::super::lexicon::{Clusters, Words};
use super::super::tokens::{Token, TokenKind};

/// The outside of a token.
#[derive(Debug, Clone, Copy, Default)]
pub struct Form {
    /// Hash of the exact bytes.
    pub exact: u64,
    /// Hash of the folded bytes without dots: "U.S." and "us" are the same.
    pub lower: u64,
    /// First four folded bytes, zero-padded.
    pub prefix: u32,
    /// Last four folded bytes, the last one lowest.
    pub suffix: u32,
    /// Pattern of capitals, small letters, digits and marks, runs cut to two.
    pub shape: u32,
    /// What it looks like.
    pub flags: Flags,
    /// Its word clusters.
    pub clusters: Clusters,
}

/// A set of the properties below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags(u16);

impl Flags {
    /// A word that begins with a capital.
    pub const CAPITAL: Self = Self(1);
    /// A word of two or more letters, all capitals.
    pub const ALL_CAPS: Self = Self(1 << 1);
    /// A word that begins with a small letter.
    pub const LOWER: Self = Self(1 << 2);
    /// Begins with a digit.
    pub const NUMBER: Self = Self(1 << 3);
    /// A mark.
    pub const MARK: Self = Self(1 << 4);
    /// A hyphen or dash.
    pub const HYPHEN: Self = Self(1 << 5);
    /// A word that may join the parts of a name: "of", "de", "and".
    pub const CONNECTOR: Self = Self(1 << 6);
    /// A mark that may stand inside a name.
    pub const JOINT: Self = Self(1 << 7);
    /// A possessive ending.
    pub const POSSESSIVE: Self = Self(1 << 8);
    /// A small word that may begin a name before a capital: "al", "bin", "van".
    pub const PARTICLE: Self = Self(1 << 9);
    /// Holds a letter after a digit or the other way round.
    pub const MIXED: Self = Self(1 << 10);
    /// A word with two or more capitals: "BLA", "BoG", "McGuire".
    pub const ACRONYM: Self = Self(1 << 11);

    /// Returns whether any of `other` is set.
    #[inline]
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the set as a number, for features.
    pub fn bits(self) -> u64 {
        u64::from(self.0)
    }
}

/// Returns the hash by which a word is known in the lexicon: folded, without dots.
pub fn word_hash(word: &str) -> u64 {
    lower_hash(&Folded::new(word))
}

fn lower_hash(folded: &Folded) -> u64 {
    let bytes = folded.as_bytes();
    if bytes.len() < 2 || !bytes.contains(&b'.') {
        return hash::bytes(bytes);
    }
    let mut buffer = [0; hash::LONGEST];
    let mut length = 0;
    for &byte in bytes.iter().filter(|&&byte| byte != b'.') {
        buffer[length] = byte;
        length += 1;
    }
    hash::bytes(&buffer[..length])
}

/// Looks at the tokens of a document.
///
/// The clusters are looked up afterwards: the table is seldom in the cache, and its memory is asked for by then.
pub fn read(text: &str, tokens: &[Token], words: &Words<'_>) -> Vec<Form> {
    let mut forms = Vec::with_capacity(tokens.len());
    forms.extend(tokens.iter().map(|&token| {
        let form = Form::without_clusters(text, token);
        words.prefetch(form.exact);
        form
    }));
    for (form, token) in forms.iter_mut().zip(tokens) {
        if form.flags.has(Flags::MARK) {
            continue;
        }
        let known = words.get(form.exact);
        let known = known.or_else(|| {
            let folded = folded_hash(text, *token, form);
            (folded != form.exact).then(|| words.get(folded))?
        });
        form.clusters = known.unwrap_or_default();
    }
    forms
}

/// Returns the hash of the folded bytes of a token, with its dots.
fn folded_hash(text: &str, token: Token, form: &Form) -> u64 {
    let word = token.of(text);
    if form.lower == form.exact || !word.contains('.') {
        return form.lower;
    }
    hash::bytes(Folded::new(word).as_bytes())
}

impl Form {
    fn without_clusters(text: &str, token: Token) -> Self {
        let word = token.of(text);
        if token.kind == TokenKind::Mark {
            return Self::mark(word);
        }
        if let Some(form) = Self::short(text, token) {
            return form;
        }
        if word.len() <= hash::LONGEST && word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Self::small(word.as_bytes());
        }
        let folded = Folded::new(word);
        let bytes = folded.as_bytes();
        let exact = hash::bytes(&word.as_bytes()[..word.len().min(hash::LONGEST)]);
        let flags = flags(word, token.kind);
        let (prefix, suffix) = affixes(bytes);
        Self {
            exact,
            lower: lower_hash(&folded),
            prefix,
            suffix,
            shape: if flags.has(Flags::LOWER) { 0 } else { shape(word) },
            flags,
            clusters: Clusters::default(),
        }
    }

    /// A word of fewer than eight ASCII letters, as most are, read as one number; none that begins small and goes on in
    /// capitals. Loops over its letters, each over in a few steps, would take most of the time spent on it.
    fn short(text: &str, token: Token) -> Option<Self> {
        let length = token.span.len();
        if length >= size_of::<u64>() || token.kind != TokenKind::Word {
            return None;
        }
        let packed = hash::packed_at(
            text.as_bytes(),
            token.span.start as usize,
            token.span.end as usize,
        );
        let lower = hash::lower_packed(packed);
        let is_small = lower == packed;
        let begins_small = packed as u8 == lower as u8;
        if !hash::is_lower_packed(lower, length) || begins_small && !is_small {
            return None;
        }
        let (prefix, suffix) = packed_affixes(lower, length);
        let exact = hash::short(packed, length);
        let form = Self {
            exact,
            lower: exact,
            prefix,
            suffix,
            ..Self::default()
        };
        if is_small {
            return Some(Self {
                flags: Flags::LOWER.with(joining(lower)),
                ..form
            });
        }
        let capitals = (packed ^ lower).count_ones() as usize;
        let mut flags = Flags::CAPITAL;
        if capitals > 1 {
            flags = flags.with(Flags::ACRONYM);
        }
        if capitals == length && length > 1 {
            flags = flags.with(Flags::ALL_CAPS);
        }
        Some(Self {
            lower: hash::short(lower, length),
            shape: shape(token.of(text)),
            flags,
            ..form
        })
    }

    /// A longer word of small letters: all its hashes are one, and it has no shape.
    fn small(word: &[u8]) -> Self {
        let exact = hash::bytes(word);
        let (prefix, suffix) = affixes(word);
        Self {
            exact,
            lower: exact,
            prefix,
            suffix,
            flags: Flags::LOWER,
            ..Self::default()
        }
    }

    fn mark(mark: &str) -> Self {
        let exact = hash::bytes(mark.as_bytes());
        let flags = match mark {
            "-" | "–" | "—" | "‑" | "‐" => Flags::HYPHEN.with(Flags::JOINT),
            "&" | "/" | "," | "." | "'" | "’" | "\"" | "“" | "”" | "+" => Flags::JOINT,
            _ => Flags::default(),
        };
        Self {
            exact,
            lower: exact,
            flags: flags.with(Flags::MARK),
            shape: 1,
            ..Self::default()
        }
    }
}

fn flags(word: &str, kind: TokenKind) -> Flags {
    if kind == TokenKind::Possessive {
        return Flags::POSSESSIVE;
    }
    let bytes = word.as_bytes();
    if kind == TokenKind::Number {
        let mixed = bytes.iter().any(u8::is_ascii_alphabetic);
        return if mixed {
            Flags::NUMBER.with(Flags::MIXED)
        } else {
            Flags::NUMBER
        };
    }
    let Some(first) = word.chars().next() else {
        return Flags::default();
    };
    if !first.is_uppercase() {
        let mut flags = Flags::LOWER;
        if bytes.len() < size_of::<u64>() {
            flags = flags.with(joining(hash::packed(bytes)));
        }
        if bytes.get(1).is_some_and(u8::is_ascii_uppercase) {
            flags = flags.with(Flags::CAPITAL); // "iPhone", "eBay"
        }
        return flags;
    }
    let mut flags = Flags::CAPITAL;
    let (mut letters, mut capitals) = (0, 0);
    let mut all_caps = true;
    for character in word.chars().take(hash::LONGEST) {
        letters += usize::from(character.is_alphabetic());
        capitals += usize::from(character.is_uppercase());
        all_caps &= !character.is_lowercase();
    }
    if capitals > 1 {
        flags = flags.with(Flags::ACRONYM);
    }
    if all_caps && letters > 1 {
        flags = flags.with(Flags::ALL_CAPS);
    }
    flags
}

/// Words that may join the parts of a name.
const CONNECTORS: [u64; 53] = sorted([
    "of", "for", "and", "the", "to", "in", "on", "at", "de", "del", "des", "di", "da", "do", "dos", "du",
    "la", "le", "les", "el", "al", "ul", "ur", "ud", "us", "e", "y", "und", "et", "der", "von", "van", "den",
    "bin", "bint", "ibn", "ben", "as", "ad", "with", "from", "by", "against", "sans", "pour", "para", "per",
    "without", "upon", "n", "i", "o", "az",
]);

/// Small words that may begin a name before a capital.
const PARTICLES: [u64; 29] = sorted([
    "al", "el", "bin", "bint", "ibn", "ben", "de", "del", "di", "da", "dos", "du", "van", "von", "der",
    "ten", "ter", "la", "le", "as", "ad", "an", "ar", "ash", "az", "ul", "ur", "ud", "abu",
]);

/// Returns words of at most eight bytes as sorted numbers.
pub(super) const fn sorted<const N: usize>(words: [&str; N]) -> [u64; N] {
    let mut numbers = [0; N];
    let mut n = 0;
    while n < N {
        let number = hash::packed(words[n].as_bytes());
        let mut at = n;
        while at > 0 && numbers[at - 1] > number {
            numbers[at] = numbers[at - 1];
            at -= 1;
        }
        numbers[at] = number;
        n += 1;
    }
    numbers
}

/// Lets connectors and particles through: most words fall through without a search.
const SIEVE: Sieve = Sieve::new().with(&CONNECTORS).with(&PARTICLES);

/// Returns whether a lower-case word of fewer than eight bytes, packed, may join the parts of a name or begin one.
fn joining(number: u64) -> Flags {
    let mut flags = Flags::default();
    if !SIEVE.passes(number) {
        return flags;
    }
    if CONNECTORS.binary_search(&number).is_ok() {
        flags = flags.with(Flags::CONNECTOR);
    }
    if PARTICLES.binary_search(&number).is_ok() {
        flags = flags.with(Flags::PARTICLE);
    }
    flags
}

/// Returns a hash of the pattern of a word: capitals X, small letters x, digits d, other characters themselves;
/// runs longer than two count as two.
fn shape(word: &str) -> u32 {
    let mut state = 0x9e37_79b9_u32;
    let (mut last, mut run) = (0_u32, 0);
    for character in word.chars().take(hash::LONGEST) {
        let code = if character.is_lowercase() {
            1
        } else if character.is_uppercase() {
            2
        } else if character.is_numeric() {
            3
        } else {
            character as u32
        };
        run = if code == last { run + 1 } else { 1 };
        last = code;
        if run <= 2 {
            state = (state ^ code).wrapping_mul(0x0100_0193).rotate_left(5);
        }
    }
    state
}

/// Returns the affixes of one to eight packed bytes.
fn packed_affixes(packed: u64, length: usize) -> (u32, u32) {
    let last_four = (packed << (64 - 8 * length)) >> 32;
    (packed as u32, (last_four as u32).swap_bytes())
}

fn affixes(bytes: &[u8]) -> (u32, u32) {
    let mut prefix = [0; 4];
    let mut suffix = [0; 4];
    let n = bytes.len().min(4);
    prefix[..n].copy_from_slice(&bytes[..n]);
    suffix[4 - n..].copy_from_slice(&bytes[bytes.len() - n..]);
    (u32::from_le_bytes(prefix), u32::from_be_bytes(suffix))
}

#[cfg(test)]
mod tests {
    use super::super::super::lexicon::Lexicon;
    use super::super::super::tokens::tokenize;
    use super::*;

    fn form(word: &str) -> Form {
        let empty = super::super::super::lexicon::assemble([&[]; super::super::super::lexicon::SECTIONS]);
        let lexicon = Lexicon::parse(&empty).unwrap();
        read(word, &tokenize(word)[..1], &lexicon.words)[0]
    }

    #[test]
    fn case_and_dots_do_not_matter_for_the_folded_hash() {
        assert_eq!(form("U.S.").lower, form("US").lower);
        assert_eq!(form("KABUL").lower, form("Kabul").lower);
        assert_ne!(form("KABUL").exact, form("Kabul").exact);
    }

    #[test]
    fn flags_say_what_a_token_looks_like() {
        assert!(form("BBC").flags.has(Flags::ALL_CAPS));
        assert!(!form("A").flags.has(Flags::ALL_CAPS));
        assert!(form("iPhone").flags.has(Flags::CAPITAL));
        assert!(form("bin").flags.has(Flags::PARTICLE));
        assert!(form("3M").flags.has(Flags::MIXED));
        assert!(form("—").flags.has(Flags::HYPHEN));
        assert!(form("Élysée").flags.has(Flags::CAPITAL));
    }

    #[test]
    fn small_words_are_told_from_all_others() {
        for (word, flags) in [("of", Flags::CONNECTOR), ("abu", Flags::PARTICLE)] {
            assert_eq!(form(word).flags, Flags::LOWER.with(flags), "{word}");
        }
        assert_eq!(
            form("al").flags,
            Flags::LOWER.with(Flags::CONNECTOR).with(Flags::PARTICLE)
        );
        for word in ["against", "without"] {
            assert!(form(word).flags.has(Flags::CONNECTOR), "{word}");
        }
        for word in ["off", "o", "withoutt", "abus"] {
            assert!(!form(word).flags.has(Flags::PARTICLE), "{word}");
        }
    }

    #[test]
    fn short_words_are_read_as_longer_ones_are() {
        for word in ["of", "a", "Kabul", "BBC", "McGuire", "A", "NaTO", "troops", "Am"] {
            let short = Form::short(word, tokenize(word)[0]).unwrap();
            let folded = Folded::new(word);
            assert_eq!(short.exact, hash::bytes(word.as_bytes()), "{word}");
            assert_eq!(short.lower, lower_hash(&folded), "{word}");
            assert_eq!((short.prefix, short.suffix), affixes(folded.as_bytes()), "{word}");
            assert_eq!(short.flags, flags(word, TokenKind::Word), "{word}");
        }
        for word in ["iPhone", "U.S.", "Élysée", "O'Neill", "G7", "Pakistan"] {
            assert!(Form::short(word, tokenize(word)[0]).is_none(), "{word}");
        }
    }

    #[test]
    fn shapes_cut_long_runs() {
        assert_eq!(form("Kabul").shape, form("Mogadishu").shape);
        assert_ne!(form("McGuire").shape, form("Mogadishu").shape);
    }
}
