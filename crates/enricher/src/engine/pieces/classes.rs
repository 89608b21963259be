//! Word classes: a closed set, so that a rule names what it looks for and the compiler checks the name.

use std::sync::LazyLock;

use prefetch_index::prefetch_index;

use crate::engine::hash;

/// What a word can be. A word may have several classes; rules decide by what stands around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Class {
    /// "a", "an".
    Article,
    /// "the", "these", "his".
    Determiner,
    /// "in", "of", "across".
    Preposition,
    /// "and", "or", "but".
    Conjunction,
    /// "he", "they", "someone".
    Pronoun,
    /// "who", "which", "whose".
    Relative,
    /// "was", "have", "did".
    Auxiliary,
    /// "will", "could".
    Modal,
    /// "not", "never".
    Negation,
    /// "also", "only", "allegedly".
    Adverb,
    /// A frequent verb, finite or participle.
    Verb,
    /// "five", "hundred-and" excluded: the value is the number.
    Cardinal,
    /// "hundred", "million", "lakh": the value multiplies.
    Scale,
    /// "dozens", "hundreds".
    Vague,
    /// "second", "fifth": the value is the rank.
    Ordinal,
    /// "third(s)", "quarter(s)", "half": the value is the part.
    Fraction,
    /// "day", "years": the code is the unit.
    TimeUnit,
    /// The value is the number of the month.
    Month,
    /// The value is the day of the week, Monday 1.
    Weekday,
    /// "morning", "night".
    DayPart,
    /// "spring", "winter": the code is the TIMEX season.
    Season,
    /// "km", "tonnes": the code is the unit.
    Measure,
    /// "dollars", "rupees": the code is ISO 4217.
    Currency,
    /// "USD", "Rs": written before or after the number.
    CurrencyCode,
    /// "cents", "pence": hundredths of the code's currency.
    Subunit,
    /// "percent", "pc".
    Percent,
    /// "killed", "died", "slain".
    KillVerb,
    /// "deaths", "bodies".
    KillNoun,
    /// "wounded", "hurt".
    InjureVerb,
    /// "injuries".
    InjureNoun,
    /// "missing", "vanished".
    MissingVerb,
    /// "displaced", "fled".
    DisplaceVerb,
    /// "refugees".
    DisplaceNoun,
    /// "arrested", "charged".
    DetainVerb,
    /// "arrests", "detainees".
    DetainNoun,
    /// "kidnapped".
    AbductVerb,
    /// "hostages".
    AbductNoun,
    /// "rescued", "freed".
    RescueVerb,
    /// "evacuees".
    RescueNoun,
    /// A noun for persons: "civilians", "soldiers".
    Person,
    /// A noun for animals: dead animals are counted, not mourned.
    Animal,
    /// "toll", "total", "number".
    Total,
    /// "said", "announced".
    SayVerb,
    /// "claimed", "alleged".
    ClaimVerb,
    /// "vowed", "proposes": says what is wanted rather than what is.
    IntentVerb,
    /// "ordered", "opposes": decides or judges; attributes only as a finite verb.
    ActVerb,
    /// "claim", "estimate": a noun for what is said.
    AssertNoun,
    /// "plan", "decision": a noun for what is wanted.
    PlanNoun,
    /// "denied", "rejected".
    DenyVerb,
    /// "estimates", "forecasts", "expects".
    EstimateVerb,
    /// "shows", "found": what documents do.
    ShowVerb,
    /// "put", "called", "spoke": attributes only with the words behind it ("put the toll at", "called for").
    PhraseVerb,
    /// "report", "survey", "poll".
    Document,
    /// "Mr", "President", "Gen".
    Title,
    /// "rose", "up", "increased".
    Up,
    /// "fell", "down", "cut".
    Down,
    /// "beat", "defeated", "match": results are scores.
    Sport,
    /// "voted", "ballot", "lawmakers".
    Vote,
    /// "last", "ago", "today": words that begin or end a date phrase.
    DateWord,
    /// "section", "chapter", "flight": names that end in a number.
    Numbered,
}

/// A set of classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Classes(u64);

impl Classes {
    /// Returns the set of the given classes.
    pub const fn of(classes: &[Class]) -> Self {
        let mut bits = 0;
        let mut index = 0;
        while index < classes.len() {
            bits |= 1 << classes[index] as u8;
            index += 1;
        }
        Self(bits)
    }

    /// Returns whether the sets share a class.
    #[inline]
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl From<Class> for Classes {
    fn from(class: Class) -> Self {
        Self(1 << class as u8)
    }
}

/// What a number or unit word stands for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entry {
    /// The value of a number word; 0 otherwise.
    pub value: f64,
    /// The code of a unit; empty otherwise.
    pub code: &'static str,
}

/// All known words, by their lower-case spelling.
#[derive(Debug)]
pub struct WordClasses {
    entries: Vec<Entry>,
    words: Vec<&'static str>,
    /// Open addressing: a free slot has entry 0.
    slots: Vec<Slot>,
}

/// What words are told apart by: all of a word of up to sixteen bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Spelling {
    /// The first eight bytes in lower case.
    key: u64,
    /// The last eight bytes in lower case; 0 for a shorter word.
    last: u64,
    length: u8,
}

impl Spelling {
    fn new(key: u64, word: &[u8]) -> Self {
        let last = word.last_chunk();
        Self {
            key,
            last: last.map_or(0, |last| hash::lower_packed(u64::from_le_bytes(*last))),
            length: word.len() as u8,
        }
    }

    fn hash(self) -> usize {
        hash::mix(self.key ^ u64::from(self.length), self.last) as usize
    }

    /// Whether there are bytes between the first and the last eight.
    fn has_middle(self) -> bool {
        usize::from(self.length) > 2 * size_of::<u64>()
    }
}

/// A word in the table. All that most words ask for lies in one line of the cache: the table is looked up for every
/// word of a text, each time elsewhere.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(32))]
struct Slot {
    key: u64,
    last: u64,
    classes: Classes,
    /// Index of its entry.
    entry: u16,
    length: u8,
}

impl Slot {
    fn spelling(&self) -> Spelling {
        Spelling {
            key: self.key,
            last: self.last,
            length: self.length,
        }
    }
}

/// The longest word, in bytes, that is looked up; nothing in the tables is longer.
const LONGEST: usize = 24;

/// The tables: one line is `class TAB words`, or `class TAB value or code TAB words`.
const TABLES: [&str; 4] = [
    include_str!("../../../../../seeds/lexicons/figures-numbers.tsv"),
    include_str!("../../../../../seeds/lexicons/figures-units.tsv"),
    include_str!("../../../../../seeds/lexicons/figures-words.tsv"),
    include_str!("../../../../../seeds/lexicons/figures-cues.tsv"),
];

static SHARED: LazyLock<WordClasses> = LazyLock::new(WordClasses::load);

impl WordClasses {
    /// Returns the built-in lexicon.
    pub fn shared() -> &'static Self {
        &SHARED
    }

    /// Returns an entry.
    pub fn entry(&self, index: u16) -> Entry {
        self.entries[index as usize]
    }

    /// Asks for the memory that [`find`](Self::find) will read.
    #[inline]
    pub fn prefetch(&self, key: u64, word: &[u8]) {
        prefetch_index(
            &self.slots,
            Spelling::new(key, word).hash() & (self.slots.len() - 1),
        );
    }

    /// Returns the index of a word's entry and its classes, in any case; 0 and none if it is unknown. `key` is its
    /// first eight bytes in lower case.
    #[inline]
    pub fn find(&self, key: u64, word: &[u8]) -> (u16, Classes) {
        if word.len() > LONGEST {
            return (0, Classes::default());
        }
        let slot = self.slots[self.slot(Spelling::new(key, word), word)];
        (slot.entry, slot.classes)
    }

    /// Returns the number of the slot of a word, or of the free one where it belongs.
    fn slot(&self, spelling: Spelling, word: &[u8]) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = spelling.hash() & mask;
        loop {
            let slot = &self.slots[at];
            if slot.entry == 0 || slot.spelling() == spelling && self.is(slot, word) {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    /// Returns whether a slot with the spelling of a word holds this word.
    fn is(&self, slot: &Slot, word: &[u8]) -> bool {
        !slot.spelling().has_middle()
            || self.words[slot.entry as usize]
                .as_bytes()
                .eq_ignore_ascii_case(word)
    }

    fn load() -> Self {
        let lines = || TABLES.iter().flat_map(|table| table.lines());
        let bound: usize = lines().map(|line| line.split_whitespace().count()).sum();
        let mut lexicon = Self {
            entries: vec![Entry::default()],
            words: vec![""],
            slots: vec![Slot::default(); (bound * 2).next_power_of_two()],
        };
        for line in lines() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            lexicon.add_line(line);
        }
        lexicon
    }

    fn add_line(&mut self, line: &'static str) {
        let mut fields = line.split('\t');
        let (Some(name), Some(second)) = (fields.next(), fields.next()) else {
            return;
        };
        let Some(class) = class_named(name) else {
            debug_assert!(false, "unknown class in lexicon line: {line}");
            return;
        };
        let (argument, words) = fields.next().map_or(("", second), |words| (second, words));
        for word in words.split_whitespace() {
            self.add(word, class, argument);
        }
    }

    fn add(&mut self, word: &'static str, class: Class, argument: &'static str) {
        debug_assert!(word.len() <= LONGEST, "is never looked up: {word}");
        let spelling = Spelling::new(hash::packed(word.as_bytes()), word.as_bytes());
        let at = self.slot(spelling, word.as_bytes());
        let slot = &mut self.slots[at];
        if slot.entry == 0 {
            let Spelling { key, last, length } = spelling;
            *slot = Slot {
                key,
                last,
                length,
                entry: self.entries.len() as u16,
                ..Slot::default()
            };
            self.entries.push(Entry::default());
            self.words.push(word);
        }
        slot.classes.0 |= Classes::from(class).0;
        let entry = &mut self.entries[slot.entry as usize];
        match argument.parse() {
            Ok(value) => entry.value = value,
            Err(_) if !argument.is_empty() => entry.code = argument,
            Err(_) => {}
        }
    }
}

fn class_named(name: &str) -> Option<Class> {
    NAMES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|&(_, class)| class)
}

/// The names used in the tables.
const NAMES: [(&str, Class); 60] = [
    ("article", Class::Article),
    ("determiner", Class::Determiner),
    ("preposition", Class::Preposition),
    ("conjunction", Class::Conjunction),
    ("pronoun", Class::Pronoun),
    ("relative", Class::Relative),
    ("auxiliary", Class::Auxiliary),
    ("modal", Class::Modal),
    ("negation", Class::Negation),
    ("adverb", Class::Adverb),
    ("verb", Class::Verb),
    ("cardinal", Class::Cardinal),
    ("scale", Class::Scale),
    ("vague", Class::Vague),
    ("ordinal", Class::Ordinal),
    ("fraction", Class::Fraction),
    ("time", Class::TimeUnit),
    ("month", Class::Month),
    ("weekday", Class::Weekday),
    ("daypart", Class::DayPart),
    ("season", Class::Season),
    ("measure", Class::Measure),
    ("currency", Class::Currency),
    ("currency-code", Class::CurrencyCode),
    ("subunit", Class::Subunit),
    ("percent", Class::Percent),
    ("kill-verb", Class::KillVerb),
    ("kill-noun", Class::KillNoun),
    ("injure-verb", Class::InjureVerb),
    ("injure-noun", Class::InjureNoun),
    ("missing-verb", Class::MissingVerb),
    ("displace-verb", Class::DisplaceVerb),
    ("displace-noun", Class::DisplaceNoun),
    ("detain-verb", Class::DetainVerb),
    ("detain-noun", Class::DetainNoun),
    ("abduct-verb", Class::AbductVerb),
    ("abduct-noun", Class::AbductNoun),
    ("rescue-verb", Class::RescueVerb),
    ("rescue-noun", Class::RescueNoun),
    ("person", Class::Person),
    ("animal", Class::Animal),
    ("total", Class::Total),
    ("say-verb", Class::SayVerb),
    ("claim-verb", Class::ClaimVerb),
    ("intent-verb", Class::IntentVerb),
    ("act-verb", Class::ActVerb),
    ("assert-noun", Class::AssertNoun),
    ("plan-noun", Class::PlanNoun),
    ("deny-verb", Class::DenyVerb),
    ("estimate-verb", Class::EstimateVerb),
    ("show-verb", Class::ShowVerb),
    ("phrase-verb", Class::PhraseVerb),
    ("document", Class::Document),
    ("title", Class::Title),
    ("up", Class::Up),
    ("down", Class::Down),
    ("sport", Class::Sport),
    ("vote", Class::Vote),
    ("date-word", Class::DateWord),
    ("numbered", Class::Numbered),
];
