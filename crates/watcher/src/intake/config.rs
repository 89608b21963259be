//! What can be set about reading files.

use std::collections::BTreeMap;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as NameError, StrDeserializer};
use wire::message::Format;

use super::cleanup::rule_names;

/// How files are read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Reads every file as this format instead of deciding by content; archives are still unpacked.
    pub format: Option<Format>,
    /// Takes the text as it is: no clean-up, no headline line, no normalisation but decoding. Offsets are then
    /// offsets into the input.
    pub raw: bool,
    /// Repairs text that was decoded wrongly before it got here (`Pakistanâ€™s`). Off by default: a text about
    /// encodings would be changed.
    pub repair_mojibake: bool,
    /// Names of built-in clean-up rules that are not applied.
    pub disabled_rules: Vec<String>,
    /// Clean-up rules of the user, applied to every line after the built-in ones.
    pub rules: UserRules,
    /// Which fields of JSON objects hold what.
    pub fields: FieldMap,
    /// What is too much.
    pub limits: Limits,
}

/// A setting names something that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`intake.{setting}` is `{value}`: must be one of {}", known.join(", "))]
pub struct UnknownName {
    /// The setting, below `intake`.
    pub setting: &'static str,
    /// What it names.
    pub value: String,
    /// What it may name.
    pub known: Vec<&'static str>,
}

/// The formats that files can be read as, by the names that records, settings and flags have for them.
const FORMATS: &[&str] = &[
    "text",
    "markdown",
    "html",
    "rss",
    "atom",
    "json_feed",
    "ninjs",
    "newsml",
    "nitf",
    "json",
    "jsonl",
    "eml",
    "warc",
];

impl Config {
    /// Returns the format of this name, if files can be read as it.
    pub fn format_named(name: &str) -> Result<Format, UnknownName> {
        let deserializer: StrDeserializer<'_, NameError> = name.into_deserializer();
        let format = Format::deserialize(deserializer).ok();
        format
            .filter(|_| FORMATS.contains(&name))
            .ok_or_else(|| UnknownName {
                setting: "format",
                value: name.to_owned(),
                known: FORMATS.to_vec(),
            })
    }

    /// Returns everything that the settings name and that does not exist.
    pub fn unknown_names(&self) -> Vec<UnknownName> {
        let known: Vec<_> = rule_names().collect();
        let unknown = self
            .disabled_rules
            .iter()
            .filter(|name| !known.contains(&name.as_str()));
        let mut problems: Vec<_> = unknown
            .map(|name| UnknownName {
                setting: "disabled_rules",
                value: name.clone(),
                known: known.clone(),
            })
            .collect();
        if self.format == Some(Format::Pdf) {
            problems.extend(Self::format_named("pdf").err());
        }
        problems
    }
}

/// What is too much: files beyond a limit are refused with a reason, never cut.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of one document. Too high: one file can fill the memory. Too low: long reads are refused.
    pub document_bytes: u64,
    /// Bytes that one file may unpack to, all entries together.
    pub unpacked_bytes: u64,
    /// How many times its size an archive may unpack to, once past [`Limits::FREE_BYTES`].
    pub ratio: u64,
    /// How many archives may be inside each other.
    pub depth: usize,
    /// Articles of one file.
    pub items: usize,
    /// Elements of one XML or HTML document.
    pub nodes: usize,
}

impl Limits {
    /// What an archive may unpack to whatever its size: ratios of small files say nothing.
    pub const FREE_BYTES: u64 = 1 << 20;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            document_bytes: 16 << 20,
            unpacked_bytes: 128 << 20,
            ratio: 200,
            depth: 3,
            items: 100_000,
            nodes: 200_000,
        }
    }
}

/// Which fields of JSON objects hold what: for each part of the article the names tried, first match wins.
///
/// A name with dots (`meta.author.name`) goes into objects. Names given here are tried before the built-in ones
/// (`headline`, `title`, `body`, `text`, `content`, …).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FieldMap {
    /// The body.
    pub text: Vec<String>,
    /// The headline.
    pub headline: Vec<String>,
    /// The authors: a string, a list of strings or of objects with `name`.
    pub byline: Vec<String>,
    /// The publication.
    pub publisher: Vec<String>,
    /// The news agency.
    pub agency: Vec<String>,
    /// The address.
    pub url: Vec<String>,
    /// The publication date.
    pub published: Vec<String>,
    /// The language tag.
    pub language: Vec<String>,
    /// The id of the article within the file.
    pub id: Vec<String>,
    /// The dateline.
    pub dateline: Vec<String>,
}

/// Where in the text a rule looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// Every line.
    #[default]
    Anywhere,
    /// The lines above the first paragraph.
    Head,
    /// The last lines.
    Tail,
    /// Head and tail.
    Edges,
}

/// The clean-up rules of the user, checked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(try_from = "BTreeMap<String, RawRule>")]
pub struct UserRules(pub(crate) Vec<UserRule>);

/// One clean-up rule of the user: lines that match are removed under its name.
#[derive(Debug, Clone)]
pub struct UserRule {
    /// The name that [`wire::message::Removed::rule`] gets.
    pub name: String,
    /// Where it looks.
    pub zone: Zone,
    /// What the line has to match.
    pub line: Regex,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    /// A regular expression that the whole line has to match.
    line: String,
    #[serde(default)]
    zone: Zone,
}

/// A clean-up rule of the user cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
#[error("rule `{name}` is no regular expression that can be used")]
pub struct InvalidRule {
    /// The rule's name.
    pub name: String,
    /// What is wrong with it.
    #[source]
    pub source: regex::Error,
}

impl UserRule {
    /// Returns a rule that removes the lines that `line`, a regular expression, matches from start to end.
    pub fn new(name: impl Into<String>, zone: Zone, line: &str) -> Result<Self, InvalidRule> {
        let name = name.into();
        let line = RegexBuilder::new(&format!("^(?:{line})$"))
            .size_limit(1 << 20)
            .build();
        match line {
            Ok(line) => Ok(Self { name, zone, line }),
            Err(source) => Err(InvalidRule { name, source }),
        }
    }
}

impl UserRules {
    /// Returns the rules as a set.
    pub fn new(rules: Vec<UserRule>) -> Self {
        Self(rules)
    }
}

impl TryFrom<BTreeMap<String, RawRule>> for UserRules {
    type Error = InvalidRule;

    fn try_from(raw: BTreeMap<String, RawRule>) -> Result<Self, InvalidRule> {
        raw.into_iter()
            .map(|(name, rule)| UserRule::new(name, rule.zone, &rule.line))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_from_json() {
        let config: Config = serde_json::from_str(
            r#"{"format":"html","rules":{"promo":{"line":"Try our .*","zone":"tail"}},"limits":{"depth":1}}"#,
        )
        .expect("is valid");
        assert_eq!(config.format, Some(Format::Html));
        assert_eq!(config.rules.0[0].name, "promo");
        assert_eq!(config.limits.depth, 1);
        assert_eq!(config.limits.items, Limits::default().items);
    }

    #[test]
    fn formats_have_one_name() {
        for name in FORMATS {
            let format = Config::format_named(name).expect("is built in");
            assert_eq!(serde_json::to_value(format).expect("is a name"), *name);
        }
        for name in ["pdf", "json-feed", "JSON", ""] {
            let unknown = Config::format_named(name).expect_err("is no format");
            assert_eq!(unknown.value, name);
            assert!(unknown.to_string().contains("json_feed, ninjs"), "{unknown}");
        }
    }

    #[test]
    fn tells_what_does_not_exist() {
        let config = Config {
            format: Some(Format::Pdf),
            disabled_rules: vec!["topics".to_owned(), "topic".to_owned()],
            ..Config::default()
        };
        let told: Vec<String> = config.unknown_names().iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told[0].starts_with("`intake.disabled_rules` is `topic`: must be one of agency_line, "),
            "{told:?}"
        );
        assert!(
            told[1].starts_with("`intake.format` is `pdf`: must be one of text, "),
            "{told:?}"
        );
        assert!(Config::default().unknown_names().is_empty());
    }

    #[test]
    fn names_a_broken_rule() {
        let error =
            serde_json::from_str::<Config>(r#"{"rules":{"promo":{"line":"("}}}"#).expect_err("is invalid");
        assert!(error.to_string().contains("promo"), "{error}");
    }
}
