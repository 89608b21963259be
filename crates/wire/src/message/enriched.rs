//! The message from the enrichers to the sink and to subscribers; also one line of output.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::article::{Article, Dateline, Duplicate, Precision, Published, Removed, Source};
use super::id::ArticleId;

/// The schema of the enriched record that this build writes.
pub const RECORD_SCHEMA: &str = "slugline/1";

/// One article with its entities, figures, dates and quotes.
///
/// Within `slugline/1` keys are only added, so what a reader does not know it passes over: an older sink goes on
/// while the enrichers before it are upgraded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Slugline enriched record")]
pub struct EnrichedArticle {
    /// Always [`RECORD_SCHEMA`].
    pub schema: String,
    /// Identity by content.
    pub id: ArticleId,
    /// What made this record; a newer model makes another revision of the same article.
    pub revision: Revision,
    /// Where the article came from.
    pub source: Source,
    /// The headline.
    pub headline: Option<String>,
    /// Names of the authors.
    pub byline: Vec<String>,
    /// The publication.
    pub publisher: Option<String>,
    /// The news agency credited.
    pub agency: Option<String>,
    /// The canonical address.
    pub url: Option<String>,
    /// The dateline.
    pub dateline: Dateline,
    /// When it was published.
    pub published: Published,
    /// BCP-47 tag; `und` when unsure.
    pub language: String,
    /// The text that all offsets point into.
    pub text: String,
    /// What the clean-up took out.
    pub removed: Vec<Removed>,
    /// Who, where and which group: one entry per real thing.
    pub entities: Vec<Entity>,
    /// Every numeric claim, in order of appearance.
    pub figures: Vec<Figure>,
    /// Every date in the text, in order of appearance.
    pub dates: Vec<DateMention>,
    /// Direct speech, in order of appearance.
    pub quotes: Vec<Quote>,
    /// An earlier article that this one copies.
    pub duplicate: Duplicate,
    /// What was odd about the input or the analysis.
    pub warnings: Vec<String>,
}

impl EnrichedArticle {
    /// Returns the record of an article before anything was found in it.
    pub fn from_article(article: Article, revision: Revision) -> Self {
        Self {
            schema: RECORD_SCHEMA.to_owned(),
            id: article.id,
            revision,
            source: article.source,
            headline: article.headline,
            byline: article.byline,
            publisher: article.publisher,
            agency: article.agency,
            url: article.url,
            dateline: article.dateline,
            published: article.published,
            language: article.language,
            text: article.text,
            removed: article.removed,
            entities: Vec::new(),
            figures: Vec::new(),
            dates: Vec::new(),
            quotes: Vec::new(),
            duplicate: article.duplicate,
            warnings: article.warnings,
        }
    }
}

/// What made a record. One line is written per article and revision.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Revision {
    /// Version of the program.
    pub pipeline: String,
    /// Name of the model and lexicons.
    pub model: String,
}

/// A piece of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TextSpan {
    /// First code point.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
    /// The text between them.
    pub text: String,
}

/// One real thing named in the article, with all its mentions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Entity {
    /// `e1`, `e2`, … in order of first mention.
    pub id: String,
    /// What kind of thing.
    #[serde(rename = "type")]
    pub kind: EntityType,
    /// A finer kind: `armed_group`, `government`, `city`, …
    pub subtype: Option<String>,
    /// The fullest name.
    pub name: String,
    /// Stable slug of the name, for topics.
    pub key: String,
    /// The office or title named with a person.
    pub role: Option<String>,
    /// Ids in public registers.
    pub ids: EntityIds,
    /// ISO 3166-1 alpha-2 code of the country it belongs to.
    pub country: Option<String>,
    /// Names of the watch-lists that it is on.
    pub lists: Vec<String>,
    /// How central it is to the article, 0 to 1, from position and frequency.
    pub salience: f32,
    /// How sure the engine is, 0 to 1.
    pub confidence: f32,
    /// Every mention, in order of appearance.
    pub mentions: Vec<TextSpan>,
}

/// The kinds of entities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntityType {
    /// A named person.
    Person,
    /// A named organisation of any kind.
    Organization,
    /// A country, city, region, water or named structure.
    Place,
    /// A nationality, religious or political group.
    Norp,
    /// A named event.
    Event,
    /// A law, work, product, award or language.
    Misc,
}

impl EntityType {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Person,
        Self::Organization,
        Self::Place,
        Self::Norp,
        Self::Event,
        Self::Misc,
    ];

    /// Returns the name used in JSON and topics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Organization => "organization",
            Self::Place => "place",
            Self::Norp => "norp",
            Self::Event => "event",
            Self::Misc => "misc",
        }
    }
}

/// Ids of an entity in public registers; null rather than a guess.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EntityIds {
    /// Wikidata item, such as `Q843`.
    pub wikidata: Option<String>,
    /// GeoNames id.
    pub geonames: Option<u32>,
    /// ISO 3166-1 alpha-2 or 3166-2 code.
    pub iso: Option<String>,
}

/// One numeric claim: how many, of what, with which bound, said by whom, where and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Figure {
    /// `f1`, `f2`, … in order of appearance.
    pub id: String,
    /// First code point of the whole phrase.
    pub start: u32,
    /// One past the last code point of the whole phrase.
    pub end: u32,
    /// The whole phrase: bound, number and counted noun.
    pub text: String,
    /// The number itself, with magnitude, currency and percent sign.
    pub number: TextSpan,
    /// The number as printed; null for ranges and vague words.
    #[serde(serialize_with = "super::number::serialize")]
    #[schemars(with = "Option<f64>")]
    pub value: Option<f64>,
    /// Lower bound; null when open.
    #[serde(serialize_with = "super::number::serialize")]
    #[schemars(with = "Option<f64>")]
    pub low: Option<f64>,
    /// Upper bound; null when open.
    #[serde(serialize_with = "super::number::serialize")]
    #[schemars(with = "Option<f64>")]
    pub high: Option<f64>,
    /// How the text hedges the number.
    pub bound: Bound,
    /// What the number counts.
    pub kind: FigureKind,
    /// ISO 4217 code, `percent`, a time unit or a UCUM-like code; null for counted things.
    pub unit: Option<String>,
    /// The counted noun phrase.
    pub subject: Option<TextSpan>,
    /// Whether the figure is itself a change.
    pub change: Option<Change>,
    /// Whether the text denies the figure ("not 12").
    pub negated: bool,
    /// Who says so; null where the reporter does.
    pub claimant: Option<Claimant>,
    /// Id of the place entity that the figure belongs to.
    pub place: Option<String>,
    /// The date that the figure belongs to.
    pub when: Option<When>,
    /// Index of the sentence, from 0.
    pub sentence: u32,
    /// Id of the figure that includes this one ("216 killed, including 177 in …").
    pub part_of: Option<String>,
    /// Id of the figure that this one is compared to ("down from …").
    pub compared_to: Option<String>,
    /// How sure the engine is, 0 to 1.
    pub confidence: f32,
}

/// How the text hedges a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// "14".
    Exact,
    /// "at least 14": `low` is 14, `high` open.
    AtLeast,
    /// "more than 14", "over 14".
    MoreThan,
    /// "at most 14", "up to 14".
    AtMost,
    /// "fewer than 14", "under 14".
    LessThan,
    /// "nearly 14", "almost 14": `high` is 14, `low` open.
    Nearly,
    /// "about 14": both bounds are 14.
    About,
    /// "10 to 15".
    Range,
    /// "dozens": no bounds.
    Vague,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FigureKind {
    /// Deaths.
    Killed,
    /// Wounded and hurt.
    Injured,
    /// Missing persons.
    Missing,
    /// Displaced, fled, homeless.
    Displaced,
    /// Arrested, jailed, captured, charged.
    Detained,
    /// Taken hostage, kidnapped.
    Abducted,
    /// Rescued, evacuated, freed.
    Rescued,
    /// Any other number of persons.
    People,
    /// Things or events.
    Count,
    /// Amounts of money.
    Money,
    /// Percent, percentage points and fractions.
    Percent,
    /// Lengths of time.
    Duration,
    /// Ages.
    Age,
    /// Physical quantities.
    Measure,
    /// Ranks.
    Ordinal,
    /// Vote tallies.
    Votes,
    /// Match results.
    Score,
}

impl FigureKind {
    /// Every kind.
    pub const ALL: [Self; 17] = [
        Self::Killed,
        Self::Injured,
        Self::Missing,
        Self::Displaced,
        Self::Detained,
        Self::Abducted,
        Self::Rescued,
        Self::People,
        Self::Count,
        Self::Money,
        Self::Percent,
        Self::Duration,
        Self::Age,
        Self::Measure,
        Self::Ordinal,
        Self::Votes,
        Self::Score,
    ];

    /// Returns the name used in JSON and topics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Killed => "killed",
            Self::Injured => "injured",
            Self::Missing => "missing",
            Self::Displaced => "displaced",
            Self::Detained => "detained",
            Self::Abducted => "abducted",
            Self::Rescued => "rescued",
            Self::People => "people",
            Self::Count => "count",
            Self::Money => "money",
            Self::Percent => "percent",
            Self::Duration => "duration",
            Self::Age => "age",
            Self::Measure => "measure",
            Self::Ordinal => "ordinal",
            Self::Votes => "votes",
            Self::Score => "score",
        }
    }
}

/// The direction of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A rise.
    Up,
    /// A fall.
    Down,
}

/// Who claims a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Claimant {
    /// As printed, without "according to".
    pub text: String,
    /// First code point.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
    /// Id of the entity, where the claimant is one.
    pub entity: Option<String>,
    /// The word that attributes: "said", "according to", "put".
    pub cue: String,
    /// How firmly it is said.
    pub status: ClaimStatus,
}

/// How firmly a claim is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaimStatus {
    /// Said, told, announced, according to.
    Reported,
    /// Claimed, alleged, asserted.
    Claimed,
    /// Denied, rejected.
    Denied,
    /// Estimated, projected, expected.
    Estimated,
}

/// The date that a figure belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct When {
    /// As printed.
    pub text: String,
    /// First code point.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
    /// TIMEX-style value (`2026-03-02`, `2026-W10`, `2025-Q3`); null where it could not be resolved.
    pub value: Option<String>,
    /// How precise the value is.
    pub precision: Option<Precision>,
}

/// A date in the text.
pub type DateMention = When;

/// Direct speech.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Quote {
    /// First code point, the opening quotation mark.
    pub start: u32,
    /// One past the last code point, the closing quotation mark.
    pub end: u32,
    /// The words with their quotation marks.
    pub text: String,
    /// Who says them.
    pub speaker: Option<Speaker>,
    /// The verb that attributes: "said", "told".
    pub verb: Option<String>,
}

/// Who says a quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Speaker {
    /// As printed.
    pub text: String,
    /// Id of the entity, where the speaker is one.
    pub entity: Option<String>,
}
