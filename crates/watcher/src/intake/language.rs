//! Which language a text is written in, or `und`.

use std::sync::LazyLock;

use whatlang::{Lang, Script};

/// How much of a text is looked at.
const SAMPLE_BYTES: usize = 600;
/// How many words a text needs before its small words say anything.
const LEAST_WORDS: usize = 12;
/// After how many words English is looked for: enough where it is clear.
const ENOUGH_WORDS: usize = 24;
/// How long a small word is at most.
const LONGEST_SMALL_WORD: usize = 8;

/// Small words by language: one in four words of running text is one of them. Of the languages that are never
/// returned here, the words keep their sisters from being taken for them.
const SMALL_WORDS: &[(&str, &str)] = &[
    (
        "en",
        "a an and are as at be been but by for from had has have he her his in is it its not of on or said she that \
         the their they this to was were which who will with",
    ),
    // What the tables of company reports, which have no sentences, are made of.
    (
        "en",
        "avg bond corp cts div dlr dlrs earnings gross inc income issue loss mln months mths net nil oper ord pay \
         payable pct prev prices prior profit qtly qtr quarter record revs sales share shr shrs stock turnover vs year",
    ),
    (
        "de",
        "aber als am auch auf aus bei das dass dem den der des die ein eine einem einen einer er es für hat hatte \
         ich im in ist mit nach nicht noch nur sei sich sie sind so über um und von vor war wie wird zu zum zur",
    ),
    (
        "fr",
        "a à au aux avec ce cette dans de des du elle en est et il ils la le les leur mais n'a ne ont ou où par pas \
         plus pour qu que qui sa se ses son sont sur un une été",
    ),
    (
        "es",
        "a al como con de del desde el en entre es esta este fue ha la las le lo los más no para pero por que se según \
         sin sobre su sus un una y",
    ),
    (
        "it",
        "a ai al alla anche che con da dal dei del della delle di e è gli ha i il in la le lo ma nel nella non per più \
         si sono su un una",
    ),
    (
        "pt",
        "a ao aos as com da das de do dos e em entre é foi mais na nas não no nos o os ou para pela pelo por que se \
         segundo ser são um uma",
    ),
    (
        "nl",
        "aan al als bij dat de deze die dit door een en er had heeft het hij hun in is maar met naar niet nog om ook \
         op over te tot uit van voor was wordt ze zich zijn",
    ),
    (
        "ca",
        "a al als amb aquest de del dels el els en es és ha i la les més no per però pel que seva un una",
    ),
    (
        "af",
        "aan dat die dit en het hy in is maar met nie om ook op sê sy te toe van vir was wat word",
    ),
    (
        "ro",
        "a ai al au ca care ce cu de din este fost în la le mai nu o pe pentru pe să se și un",
    ),
    (
        "sv",
        "att av de den det en ett för från har i inte med men och om på sig som till var",
    ),
    (
        "da",
        "af at de den der det en er et for fra har i ikke med men og på sig som til var",
    ),
    (
        "nb",
        "av at de den det en er et for fra har i ikke med men og på seg som til var",
    ),
];

/// The languages that small words are enough for.
const TOLD: &[&str] = &["en", "de", "fr", "es", "it", "pt", "nl"];

/// A word of up to eight bytes as a number.
const fn packed(word: &[u8]) -> u64 {
    let (mut number, mut at) = (0, 0);
    while at < word.len() {
        number = number << 8 | word[at] as u64;
        at += 1;
    }
    number
}

const SLOTS: usize = 1024;

fn slot(word: u64) -> usize {
    (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54) as usize
}

/// The small words, hashed, each with a bit for every line of [`SMALL_WORDS`]; a word whose slot is taken goes on
/// to the next.
static TABLE: LazyLock<Vec<(u64, u16)>> = LazyLock::new(|| {
    let mut table = vec![(0, 0); SLOTS];
    for (line, (_, words)) in SMALL_WORDS.iter().enumerate() {
        for word in words.split(' ').filter(|word| word.len() <= LONGEST_SMALL_WORD) {
            let word = packed(word.as_bytes());
            let mut at = slot(word);
            while table[at].0 != 0 && table[at].0 != word {
                at = (at + 1) % SLOTS;
            }
            table[at].0 = word;
            table[at].1 |= 1 << line;
        }
    }
    table
});

/// Returns the BCP-47 tag of a text's language; `und` when unsure.
///
/// The commonest languages are told by their small words; the rest goes to trigrams, which take ten times as long,
/// and only what they are sure of is believed.
pub(crate) fn detect(text: &str) -> &'static str {
    let sample = middle(text);
    if let Some(tag) = by_small_words(sample) {
        return tag;
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

/// Letters in lower case; bytes beyond ASCII are parts of words, and 0 is what parts them.
static LETTERS: [u8; 256] = {
    let mut letters = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let letter = byte as u8;
        if letter.is_ascii_alphabetic() || letter >= 0x80 {
            letters[byte] = letter.to_ascii_lowercase();
        }
        byte += 1;
    }
    letters
};

/// Tells a language by its small words, or that nothing will.
fn by_small_words(sample: &str) -> Option<&'static str> {
    let table = &*TABLE;
    let mut n_words = 0_usize;
    let mut counts = [0_usize; SMALL_WORDS.len()];
    let (mut word, mut length) = (0_u64, 0_usize);
    for byte in sample.bytes() {
        let letter = LETTERS[usize::from(byte)];
        if letter != 0 {
            word = word << 8 | u64::from(letter);
            length += 1;
            continue;
        }
        if length == 0 {
            continue;
        }
        n_words += 1;
        if length <= LONGEST_SMALL_WORD {
            count(word, table, &mut counts);
        }
        (word, length) = (0, 0);
        if n_words.is_multiple_of(ENOUGH_WORDS) && is_clearly_english(n_words, &counts) {
            return Some("en");
        }
    }
    if length > 0 {
        n_words += 1;
    }
    if (1..=LONGEST_SMALL_WORD).contains(&length) {
        count(word, table, &mut counts);
    }
    let told = judge(n_words, &counts);
    // A few words in plain letters are too little for trigrams too, which would take longest of all.
    let hopeless = n_words < LEAST_WORDS && sample.is_ascii();
    told.or(hopeless.then_some("und"))
}

/// Whether one in four words is an English small word, and of each other language half as many at most.
fn is_clearly_english(n_words: usize, counts: &[usize; SMALL_WORDS.len()]) -> bool {
    let english = counts[0] + counts[1];
    english * 4 >= n_words && counts[2..].iter().all(|other| other * 2 <= english)
}

fn count(word: u64, table: &[(u64, u16)], counts: &mut [usize; SMALL_WORDS.len()]) {
    let mut at = slot(word);
    while table[at].0 != 0 && table[at].0 != word {
        at = (at + 1) % SLOTS;
    }
    let mut lines = table[at].1;
    while lines != 0 {
        counts[lines.trailing_zeros() as usize] += 1;
        lines &= lines - 1;
    }
}

/// Tells the language from how many words are small words of each.
fn judge(n_words: usize, counts: &[usize; SMALL_WORDS.len()]) -> Option<&'static str> {
    let english = counts[0] + counts[1];
    let other = (2..counts.len()).max_by_key(|line| counts[*line])?;
    let leads = english >= counts[other] * 2;
    if n_words < LEAST_WORDS {
        // Reports of a few figures have little else.
        return (leads && english >= 4 && english * 2 >= n_words).then_some("en");
    }
    if english * 4 >= n_words || (leads && n_words >= ENOUGH_WORDS && english * 5 >= n_words) {
        return Some("en");
    }
    let rest = (2..counts.len()).filter(|line| *line != other);
    let second = rest.map(|line| counts[line]).max().unwrap_or(0).max(english);
    let enough = n_words >= 2 * LEAST_WORDS && counts[other] * 4 >= n_words;
    let tag = SMALL_WORDS[other].0;
    (enough && counts[other] * 2 >= second * 3 && TOLD.contains(&tag)).then_some(tag)
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
            ("Dammen brast.", "und"),
            ("다리가 무너졌다", "ko"),
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
