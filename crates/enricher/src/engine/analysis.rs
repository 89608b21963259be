//! What the engine finds, as spans in bytes.

use jiff::civil::Date;
pub use wire::message::{Bound, Change, ClaimStatus, EntityIds, EntityType, FigureKind, Precision};

use super::text::Span;

/// Everything found in one document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Analysis {
    /// The sentences, in order.
    pub sentences: Vec<Span>,
    /// One entry per real thing, in order of first mention.
    pub entities: Vec<Entity>,
    /// Numeric claims, in order.
    pub figures: Vec<Figure>,
    /// Dates, in order.
    pub dates: Vec<DateMention>,
    /// Direct speech, in order.
    pub quotes: Vec<Quote>,
    /// What was left out because the text holds more of it than any article does.
    pub left_out: Vec<LeftOut>,
}

/// What was left out of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// Entities behind the first so many.
    Entities(usize),
    /// Figures behind the first so many.
    Figures(usize),
    /// Dates behind the first so many.
    Dates(usize),
    /// Mentions of entities behind the first so many.
    Mentions(usize),
    /// Quotes behind the first so many.
    Quotes(usize),
}

/// How many entities, mentions of them, figures, dates and quotes, of each, a text of some bytes may have, so that a
/// record stays in proportion to its text: sixteen bytes hold one at most, on average, beyond a first few hundred.
///
/// Dense reports have one figure in 60 bytes. A higher share lets a made-up text grow to many times its size in the
/// record; a lower one would cut lists of names and results.
pub fn most(bytes: usize) -> usize {
    FIRST_FEW + bytes / SHARE
}

/// How many may stand in any text, however short.
const FIRST_FEW: usize = 256;

/// How many bytes of text a further one takes.
const SHARE: usize = 16;

impl Analysis {
    /// Keeps the first so many of each, and nothing that points at one left out.
    pub(super) fn keep_first(&mut self, most: usize) {
        let mut left_out = Vec::new();
        if self.dates.len() > most {
            self.dates.truncate(most);
            left_out.push(LeftOut::Dates(most));
        }
        if self.entities.len() > most {
            self.entities.truncate(most);
            left_out.push(LeftOut::Entities(most));
        }
        if self.keep_mentions(most) {
            left_out.push(LeftOut::Mentions(most));
        }
        if self.quotes.len() > most {
            self.quotes.truncate(most);
            left_out.push(LeftOut::Quotes(most));
        }
        if self.figures.len() > most {
            self.figures.truncate(most);
            left_out.push(LeftOut::Figures(most));
        }
        if left_out.is_empty() {
            return;
        }
        let drop_lost = |index: &mut Option<usize>, kept: usize| *index = index.filter(|&at| at < kept);
        for figure in &mut self.figures {
            drop_lost(&mut figure.part_of, most);
            drop_lost(&mut figure.compared_to, most);
            drop_lost(&mut figure.when, self.dates.len());
            drop_lost(&mut figure.place, self.entities.len());
            if let Some(claimant) = &mut figure.claimant {
                drop_lost(&mut claimant.entity, self.entities.len());
            }
        }
        for speaker in self.quotes.iter_mut().filter_map(|quote| quote.speaker.as_mut()) {
            drop_lost(&mut speaker.entity, self.entities.len());
        }
        self.left_out = left_out;
    }

    /// Keeps the first so many mentions of all entities together; tells whether any had to go. Entities stand in order
    /// of their first mention, so those that lose all of theirs are the last ones.
    fn keep_mentions(&mut self, most: usize) -> bool {
        let mut starts: Vec<u32> = self
            .entities
            .iter()
            .flat_map(|entity| entity.mentions.iter().map(|mention| mention.start))
            .collect();
        if starts.len() <= most {
            return false;
        }
        let (_, &mut end, _) = starts.select_nth_unstable(most);
        for entity in &mut self.entities {
            entity.mentions.retain(|mention| mention.start < end);
        }
        self.entities.retain(|entity| !entity.mentions.is_empty());
        true
    }
}

/// One real thing named in the document.
#[derive(Debug, Clone, PartialEq)]
pub struct Entity {
    /// What kind of thing.
    pub kind: EntityType,
    /// A finer kind: `armed_group`, `city`, …
    pub subtype: Option<&'static str>,
    /// The fullest name.
    pub name: String,
    /// The office or title named with a person, as printed.
    pub role: Option<String>,
    /// Ids in public registers.
    pub ids: EntityIds,
    /// ISO 3166-1 alpha-2 code of the country it belongs to.
    pub country: Option<String>,
    /// Names of the watch-lists that it is on.
    pub lists: Vec<String>,
    /// 0 to 1.
    pub salience: f32,
    /// 0 to 1.
    pub confidence: f32,
    /// Every mention, in order; never empty, never overlapping another entity's.
    pub mentions: Vec<Span>,
}

/// One numeric claim. `value`, `low`, `high` as in the record.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The whole phrase: bound, number and counted noun.
    pub span: Span,
    /// The number itself.
    pub number: Span,
    /// The number as printed.
    pub value: Option<f64>,
    /// Lower bound.
    pub low: Option<f64>,
    /// Upper bound.
    pub high: Option<f64>,
    /// How it is hedged.
    pub bound: Bound,
    /// What it counts.
    pub kind: FigureKind,
    /// ISO 4217, `percent`, time unit or UCUM-like code.
    pub unit: Option<&'static str>,
    /// The counted noun phrase.
    pub subject: Option<Span>,
    /// Whether it is itself a change.
    pub change: Option<Change>,
    /// Whether the text denies it.
    pub negated: bool,
    /// Who says so.
    pub claimant: Option<Claimant>,
    /// Index of the place among the entities.
    pub place: Option<usize>,
    /// Index of the date among the dates.
    pub when: Option<usize>,
    /// Index of the sentence.
    pub sentence: usize,
    /// Index of the including figure.
    pub part_of: Option<usize>,
    /// Index of the figure compared to.
    pub compared_to: Option<usize>,
    /// 0 to 1.
    pub confidence: f32,
}

/// Who claims a figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimant {
    /// As printed.
    pub span: Span,
    /// Index among the entities.
    pub entity: Option<usize>,
    /// The attributing words.
    pub cue: Span,
    /// How firmly it is said.
    pub status: ClaimStatus,
}

/// A date in the text.
#[derive(Debug, Clone, PartialEq)]
pub struct DateMention {
    /// As printed.
    pub span: Span,
    /// TIMEX-style value; `None` where it could not be resolved.
    pub value: Option<String>,
    /// How precise the value is.
    pub precision: Option<Precision>,
    /// The first day it covers, where resolved: lets figures find the nearest date.
    pub first_day: Option<Date>,
}

/// Direct speech.
#[derive(Debug, Clone, PartialEq)]
pub struct Quote {
    /// From the opening to the closing quotation mark, both included.
    pub span: Span,
    /// Who says it.
    pub speaker: Option<Speaker>,
    /// The attributing verb.
    pub verb: Option<Span>,
}

/// Who says a quote.
#[derive(Debug, Clone, PartialEq)]
pub struct Speaker {
    /// As printed.
    pub span: Span,
    /// Index among the entities.
    pub entity: Option<usize>,
}
