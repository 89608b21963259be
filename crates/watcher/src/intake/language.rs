//! Which language a text is written in, or `und`.

use whatlang::{Lang, Script};

/// How much of a text is looked at.
const SAMPLE_BYTES: usize = 600;
/// How many words a text needs before its small words say anything.
const LEAST_WORDS: usize = 12;
/// How long a small word is at most.
const LONGEST_SMALL_WORD: usize = 5;

/// Small words of English: one in four words of running English is one of them. The second half is what the tables
/// of company reports, which have no sentences, are made of.
const SMALL_WORDS: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "for", "from", "had", "has", "have",
    "he", "her", "his", "in", "is", "it", "its", "not", "of", "on", "or", "said", "she", "that", "the",
    "their", "they", "this", "to", "was", "were", "which", "who", "will", "with", //
    "cts", "dlr", "dlrs", "loss", "mths", "pct", "qtly", "qtr", "revs", "sales", "share", "shr", "shrs",
    "vs", "year",
];

/// A word of up to eight bytes as a number.
const fn packed(word: &[u8]) -> u64 {
    let (mut number, mut at) = (0, 0);
    while at < word.len() {
        number = number << 8 | word[at] as u64;
        at += 1;
    }
    number
}

const SLOTS: usize = 256;

const fn slot(word: u64) -> usize {
    (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as usize
}

/// The small words, hashed; a word that is taken goes on to the next slot.
static TABLE: [u64; SLOTS] = {
    let mut table = [0; SLOTS];
    let mut at = 0;
    while at < SMALL_WORDS.len() {
        let word = packed(SMALL_WORDS[at].as_bytes());
        let mut to = slot(word);
        while table[to] != 0 {
            to = (to + 1) % SLOTS;
        }
        table[to] = word;
        at += 1;
    }
    table
};

fn is_small_word(word: u64) -> bool {
    let mut at = slot(word);
    while TABLE[at] != 0 {
        if TABLE[at] == word {
            return true;
        }
        at = (at + 1) % SLOTS;
    }
    false
}

/// Returns the BCP-47 tag of a text's language; `und` when unsure.
///
/// English, most of the input, is told by its small words; the rest goes to trigrams, and only what they are sure
/// of is believed.
pub(crate) fn detect(text: &str) -> &'static str {
    let sample = middle(text);
    if is_english(sample) {
        return "en";
    }
    let Some(guess) = whatlang::detect(sample) else {
        return "und";
    };
    // Two dozen letters of Korean or Thai leave no doubt; Latin script needs the statistics.
    let only_script = matches!(
        guess.script(),
        Script::Hangul
            | Script::Thai
            | Script::Greek
            | Script::Georgian
            | Script::Armenian
            | Script::Tamil
            | Script::Telugu
            | Script::Kannada
            | Script::Malayalam
            | Script::Gujarati
            | Script::Gurmukhi
            | Script::Sinhala
            | Script::Khmer
            | Script::Myanmar
            | Script::Katakana
            | Script::Hiragana
            | Script::Mandarin
    );
    if !(guess.is_reliable() || only_script) {
        return "und";
    }
    tag(guess.lang())
}

/// A part of the text without the headline, which is often in capitals or without small words.
fn middle(text: &str) -> &str {
    let start = text.find("\n\n").filter(|at| *at < text.len() / 2).unwrap_or(0);
    let end = text.floor_char_boundary(start + SAMPLE_BYTES);
    &text[start..end]
}

fn is_english(sample: &str) -> bool {
    let (mut n_words, mut n_small) = (0_usize, 0_usize);
    let (mut word, mut length) = (0_u64, 0_usize);
    // The space at the end closes the last word.
    for byte in sample.bytes().chain([b' ']) {
        // Letters beyond ASCII are parts of words.
        if byte.is_ascii_alphabetic() || byte >= 0x80 {
            word = word << 8 | u64::from(byte.to_ascii_lowercase());
            length += 1;
        } else if length > 0 {
            n_words += 1;
            n_small += usize::from(length <= LONGEST_SMALL_WORD && is_small_word(word));
            (word, length) = (0, 0);
        }
    }
    n_words >= LEAST_WORDS && n_small * 4 >= n_words
}

/// The shortest BCP-47 tag of a language.
fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::Afr => "af",
        Lang::Aka => "ak",
        Lang::Amh => "am",
        Lang::Ara => "ar",
        Lang::Aze => "az",
        Lang::Bel => "be",
        Lang::Ben => "bn",
        Lang::Bul => "bg",
        Lang::Cat => "ca",
        Lang::Ces => "cs",
        Lang::Cmn => "zh",
        Lang::Dan => "da",
        Lang::Deu => "de",
        Lang::Ell => "el",
        Lang::Eng => "en",
        Lang::Epo => "eo",
        Lang::Est => "et",
        Lang::Fin => "fi",
        Lang::Fra => "fr",
        Lang::Guj => "gu",
        Lang::Heb => "he",
        Lang::Hin => "hi",
        Lang::Hrv => "hr",
        Lang::Hun => "hu",
        Lang::Hye => "hy",
        Lang::Ind => "id",
        Lang::Ita => "it",
        Lang::Jav => "jv",
        Lang::Jpn => "ja",
        Lang::Kan => "kn",
        Lang::Kat => "ka",
        Lang::Khm => "km",
        Lang::Kor => "ko",
        Lang::Lat => "la",
        Lang::Lav => "lv",
        Lang::Lit => "lt",
        Lang::Mal => "ml",
        Lang::Mar => "mr",
        Lang::Mkd => "mk",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Nld => "nl",
        Lang::Nob => "nb",
        Lang::Ori => "or",
        Lang::Pan => "pa",
        Lang::Pes => "fa",
        Lang::Pol => "pl",
        Lang::Por => "pt",
        Lang::Ron => "ro",
        Lang::Rus => "ru",
        Lang::Sin => "si",
        Lang::Slk => "sk",
        Lang::Slv => "sl",
        Lang::Sna => "sn",
        Lang::Spa => "es",
        Lang::Srp => "sr",
        Lang::Swe => "sv",
        Lang::Tam => "ta",
        Lang::Tel => "te",
        Lang::Tgl => "tl",
        Lang::Tha => "th",
        Lang::Tuk => "tk",
        Lang::Tur => "tr",
        Lang::Ukr => "uk",
        Lang::Urd => "ur",
        Lang::Uzb => "uz",
        Lang::Vie => "vi",
        Lang::Yid => "yi",
        Lang::Zul => "zu",
        Lang::Cym => "cy",
    }
}

/// Returns a stated language as a BCP-47 tag (`en_GB` is `en-GB`, `ENG` is `en`), or `None` if it is none.
pub(crate) fn stated(tag: &str) -> Option<String> {
    let tag = tag.trim().replace('_', "-");
    let mut parts = tag.split('-');
    let language = parts.next()?.to_ascii_lowercase();
    let letters = language.len() == 2 || language.len() == 3;
    if !letters || !language.bytes().all(|byte| byte.is_ascii_lowercase()) || language == "und" {
        return None;
    }
    let language = match Lang::from_code(&language) {
        Some(known) if language.len() == 3 => self::tag(known).to_owned(),
        _ => language,
    };
    match parts.next() {
        Some(region) if region.len() == 2 && region.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            Some(format!("{language}-{}", region.to_ascii_uppercase()))
        }
        _ => Some(language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_languages_and_doubt() {
        for (text, expect) in [
            (
                "The minister said on Monday that the bridge was closed to all traffic until it was repaired.",
                "en",
            ),
            (
                "Der Minister sagte am Montag, die Brücke sei bis zur Reparatur für den gesamten Verkehr gesperrt.",
                "de",
            ),
            (
                "Le ministre a déclaré lundi que le pont était fermé à la circulation jusqu'à sa réparation.",
                "fr",
            ),
            (
                "Министр заявил в понедельник, что мост закрыт для движения до окончания ремонта, сообщили власти.",
                "ru",
            ),
            (
                "وزیر نے پیر کو کہا کہ پل مرمت تک ہر قسم کی ٹریفک کے لیے بند رہے گا اور متبادل راستہ کھلا ہے۔",
                "ur",
            ),
            (
                "장관은 월요일 다리가 수리될 때까지 통행이 금지된다고 밝혔다",
                "ko",
            ),
            (
                "Acme Corp 1st qtr net\n\nShr 34 cts vs 1.19 dlrs\nNet 807,000 vs 2,858,000\nRevs 510.2 mln vs 479.7 mln\n\
                 Avg shrs 4,004,826 vs 3,172,537\nYear\nShr 1.53 dlrs vs 1.21 dlrs",
                "en",
            ),
            ("12 34 56", "und"),
            ("", "und"),
        ] {
            assert_eq!(detect(text), expect, "{text}");
        }
    }

    #[test]
    fn reads_stated_tags() {
        for (tag, expect) in [
            ("en_GB", Some("en-GB")),
            ("eng", Some("en")),
            ("pt-br", Some("pt-BR")),
            ("x", None),
            ("english", None),
            ("", None),
        ] {
            assert_eq!(stated(tag).as_deref(), expect, "{tag}");
        }
    }
}
