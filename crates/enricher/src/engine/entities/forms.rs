//! What the tagger sees of a single token: its hashes, its shape, its affixes and its word clusters.

use super::super::hash::{self, Folded};
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

impl Form {
    /// Looks at a token.
    pub fn new(text: &str, token: Token, words: &Words<'_>) -> Self {
        let word = token.of(text);
        if token.kind == TokenKind::Mark {
            return Self::mark(word);
        }
        let folded = Folded::new(word);
        let bytes = folded.as_bytes();
        let lower = lower_hash(&folded);
        let exact = hash::bytes(&word.as_bytes()[..word.len().min(hash::LONGEST)]);
        let flags = flags(word, token.kind);
        let known = words.get(exact).or_else(|| words.get(hash::bytes(bytes)));
        let mut form = Self {
            exact,
            lower,
            flags,
            clusters: known.unwrap_or_default(),
            ..Self::default()
        };
        if !flags.has(Flags::LOWER) {
            form.shape = shape(word);
        }
        (form.prefix, form.suffix) = affixes(bytes);
        form
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
        if is_connector(word) {
            flags = flags.with(Flags::CONNECTOR);
        }
        if is_particle(word) {
            flags = flags.with(Flags::PARTICLE);
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

fn is_connector(word: &str) -> bool {
    matches!(
        word,
        "of" | "for"
            | "and"
            | "the"
            | "to"
            | "in"
            | "on"
            | "at"
            | "de"
            | "del"
            | "des"
            | "di"
            | "da"
            | "do"
            | "dos"
            | "du"
            | "la"
            | "le"
            | "les"
            | "el"
            | "al"
            | "ul"
            | "ur"
            | "ud"
            | "us"
            | "e"
            | "y"
            | "und"
            | "et"
            | "der"
            | "von"
            | "van"
            | "den"
            | "bin"
            | "bint"
            | "ibn"
            | "ben"
            | "as"
            | "ad"
            | "with"
            | "from"
            | "by"
            | "against"
            | "sans"
            | "pour"
            | "para"
            | "per"
            | "without"
            | "upon"
            | "n"
            | "i"
            | "o"
            | "az"
    )
}

fn is_particle(word: &str) -> bool {
    matches!(
        word,
        "al" | "el"
            | "bin"
            | "bint"
            | "ibn"
            | "ben"
            | "de"
            | "del"
            | "di"
            | "da"
            | "dos"
            | "du"
            | "van"
            | "von"
            | "der"
            | "ten"
            | "ter"
            | "la"
            | "le"
            | "as"
            | "ad"
            | "an"
            | "ar"
            | "ash"
            | "az"
            | "ul"
            | "ur"
            | "ud"
            | "abu"
    )
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
        Form::new(word, tokenize(word)[0], &lexicon.words)
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
    fn shapes_cut_long_runs() {
        assert_eq!(form("Kabul").shape, form("Mogadishu").shape);
        assert_ne!(form("McGuire").shape, form("Mogadishu").shape);
    }
}
