//! Default < file < environment < flag, and where each value came from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use toml::{Table, Value};

use crate::settings::Settings;

const ENV_PREFIX: &str = "SLUGLINE_";

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nobody set it.
    Default,
    /// The configuration file.
    File(PathBuf),
    /// This environment variable.
    Environment(String),
    /// The command line.
    Flag,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Environment(variable) => write!(f, "environment {variable}"),
            Self::Flag => f.write_str("flag"),
        }
    }
}

/// Every setting as `section.name`, with its value and origin.
#[derive(Debug)]
pub(crate) struct Layers {
    values: BTreeMap<String, (Value, Origin)>,
    /// What could not be set. Kept until the settings are asked for, so that all of it is told at once.
    problems: Vec<String>,
    /// Variables that look like ours and are not.
    ignored: Vec<String>,
}

impl Layers {
    /// Returns the defaults.
    pub(crate) fn defaults() -> anyhow::Result<Self> {
        let table = Table::try_from(Settings::default()).context("the defaults are not a table")?;
        let mut values = BTreeMap::new();
        for (key, value) in flatten(table) {
            values.insert(key, (value, Origin::Default));
        }
        Ok(Self {
            values,
            problems: Vec::new(),
            ignored: Vec::new(),
        })
    }

    /// Lays a configuration file over what is there. Unknown keys are problems.
    pub(crate) fn file(&mut self, path: &Path) -> anyhow::Result<()> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
        let table: Table = text
            .parse()
            .with_context(|| format!("failed to parse {}", path.display()))?;
        for (key, value) in flatten(table) {
            let origin = Origin::File(path.to_owned());
            let outcome = self.set(&key, value, origin);
            self.note(outcome);
        }
        Ok(())
    }

    /// Lays `SLUGLINE_SECTION_NAME` variables over what is there.
    ///
    /// One that begins with the name of a section, or nearly is a setting, must be one. Others are nobody's setting and
    /// may serve other programs: they are [ignored](Self::ignored).
    pub(crate) fn environment(&mut self, variables: impl IntoIterator<Item = (String, String)>) {
        for (variable, text) in variables {
            let Some(name) = variable.strip_prefix(ENV_PREFIX) else {
                continue;
            };
            // This one names the file itself.
            if name == "CONFIG" {
                continue;
            }
            let key = self.names().find(|key| variable_of(key) == name.to_uppercase());
            let outcome = match key {
                Some(key) => self.set_text(&key, &text, Origin::Environment(variable)),
                None => self.unknown(name),
            };
            self.note(outcome);
        }
    }

    /// Refuses a variable that was meant to be a setting, and ignores any other.
    fn unknown(&mut self, name: &str) -> anyhow::Result<()> {
        let variable = format!("{ENV_PREFIX}{name}");
        let meant = closest(name, self.names().map(|key| variable_of(&key)));
        let mut sections = self.values.keys().filter_map(|key| key.split_once('.'));
        let in_section = sections.any(|(section, _)| {
            let rest = name.strip_prefix(&section.to_uppercase());
            rest.is_some_and(|rest| rest.starts_with('_'))
        });
        if in_section || meant.is_some() {
            let meant = meant.map(|meant| format!("{ENV_PREFIX}{meant}"));
            bail!("unknown environment variable `{variable}`{}", hint(meant));
        }
        self.ignored.push(variable);
        Ok(())
    }

    /// Returns the variables that look like ours and are not.
    pub(crate) fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// Sets one value from a flag.
    pub(crate) fn flag(&mut self, key: &str, text: &str) {
        let outcome = self.set_text(key, text, Origin::Flag);
        self.note(outcome);
    }

    fn note(&mut self, outcome: anyhow::Result<()>) {
        self.problems
            .extend(outcome.err().map(|error| format!("{error:#}")));
    }

    /// Fails with everything that could not be set, one line each.
    pub(crate) fn verify(&self) -> anyhow::Result<()> {
        if !self.problems.is_empty() {
            bail!("{}", self.problems.join("\n"));
        }
        Ok(())
    }

    /// Returns the settings.
    pub(crate) fn settings(&self) -> anyhow::Result<Settings> {
        Ok(self.read()?)
    }

    fn read(&self) -> Result<Settings, toml::de::Error> {
        let mut root = Table::new();
        for (key, (value, _)) in &self.values {
            insert(&mut root, key, value.clone());
        }
        root.try_into()
    }

    /// Returns every key with its value and origin, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Value, &Origin)> {
        self.values
            .iter()
            .map(|(key, (value, origin))| (key.as_str(), value, origin))
    }

    /// Returns the name of every setting, and of every field of those that have fields.
    fn names(&self) -> impl Iterator<Item = String> {
        self.values.iter().flat_map(|(key, (value, _))| {
            let fields = value.as_table().into_iter().flatten();
            let fields = fields.map(move |(field, _)| format!("{key}.{field}"));
            std::iter::once(key.clone()).chain(fields)
        })
    }

    /// Returns where the value of a key came from.
    #[cfg(test)]
    fn origin(&self, key: &str) -> &Origin {
        self.values
            .get(key)
            .map_or(&Origin::Default, |(_, origin)| origin)
    }

    /// Sets a value written as text, reading it as the type that the default has.
    fn set_text(&mut self, key: &str, text: &str, origin: Origin) -> anyhow::Result<()> {
        // One field of a setting that has fields, such as `enricher.events.figures`.
        if let Some((outer, field)) = key.rsplit_once('.')
            && let Some((Value::Table(fields), _)) = self.values.get(outer)
            && let Some(Value::Boolean(_)) = fields.get(field)
        {
            let mut fields = fields.clone();
            let value = Value::Boolean(parse(key, text, "`true` or `false`")?);
            fields.insert(field.to_owned(), value);
            return self.set(outer, Value::Table(fields), origin);
        }
        let value = match self.values.get(key).map(|(value, _)| value) {
            None => bail!("unknown setting `{key}`{}", hint(closest(key, self.names()))),
            Some(Value::Integer(_)) => Value::Integer(parse(key, text, "a whole number")?),
            Some(Value::Boolean(_)) => Value::Boolean(parse(key, text, "`true` or `false`")?),
            Some(Value::Array(_)) => list(text),
            Some(Value::Table(_)) => bail!("`{key}` is a table: set it in the configuration file"),
            Some(_) => Value::String(text.to_owned()),
        };
        self.set(key, value, origin)
    }

    fn set(&mut self, key: &str, value: Value, origin: Origin) -> anyhow::Result<()> {
        let Some(slot) = self.values.get_mut(key) else {
            bail!(
                "unknown setting `{key}` ({origin}){}",
                hint(closest(key, self.names()))
            )
        };
        let before = std::mem::replace(slot, (value, origin));
        // Read it right away, so that the error names the value and its origin.
        if let Err(error) = self.read()
            && let Some((_, origin)) = self.values.insert(key.to_owned(), before)
        {
            bail!("`{key}` ({origin}): {}", error.message());
        }
        Ok(())
    }
}

/// Returns the variable of a setting, without its prefix.
fn variable_of(key: &str) -> String {
    key.replace('.', "_").to_uppercase()
}

/// Returns the name that was probably meant: at most one letter in four is wrong.
fn closest(name: &str, known: impl Iterator<Item = String>) -> Option<String> {
    let (distance, meant) = known
        .map(|known| (strsim::osa_distance(name, &known), known))
        .min()?;
    (distance <= name.len() / 4).then_some(meant)
}

fn hint(meant: Option<String>) -> String {
    meant.map_or_else(String::new, |meant| format!(": did you mean `{meant}`?"))
}

fn parse<T: std::str::FromStr>(key: &str, text: &str, expected: &str) -> anyhow::Result<T> {
    text.parse()
        .map_err(|_| anyhow::anyhow!("`{key}`: `{text}` is not {expected}"))
}

/// Reads values separated by commas.
fn list(text: &str) -> Value {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    Value::Array(items.map(|item| Value::String(item.to_owned())).collect())
}

/// Returns every `section.name`; a table below that is a value.
fn flatten(table: Table) -> Vec<(String, Value)> {
    let mut flat = Vec::new();
    for (section, value) in table {
        match value {
            Value::Table(names) => {
                flat.extend(
                    names
                        .into_iter()
                        .map(|(name, value)| (format!("{section}.{name}"), value)),
                );
            }
            value => flat.push((section, value)),
        }
    }
    flat
}

fn insert(table: &mut Table, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            table.insert(key.to_owned(), value);
        }
        Some((section, rest)) => {
            let entry = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = entry {
                insert(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Bytes, Span};

    fn environment(pairs: &[(&str, &str)]) -> Layers {
        let mut layers = Layers::defaults().expect("are valid");
        layers.environment(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        layers
    }

    #[test]
    fn later_layers_win_and_say_so() {
        let mut layers = environment(&[
            ("SLUGLINE_SINK_BATCH_LINES", "64"),
            ("SLUGLINE_WATCHER_SETTLE", "5s"),
        ]);
        layers.flag("sink.batch_lines", "128");
        layers.verify().expect("are known");
        let settings = layers.settings().expect("are valid");
        assert_eq!(settings.sink.batch_lines, 128);
        assert_eq!(settings.watcher.settle, Span::secs(5));
        assert_eq!(settings.watcher.max_article, Bytes::mib(16));
        assert_eq!(layers.origin("sink.batch_lines"), &Origin::Flag);
        assert_eq!(
            layers.origin("watcher.settle"),
            &Origin::Environment("SLUGLINE_WATCHER_SETTLE".to_owned())
        );
        assert_eq!(layers.origin("watcher.max_article"), &Origin::Default);
    }

    #[test]
    fn fields_of_a_setting_are_set_one_by_one() {
        let mut layers = environment(&[("SLUGLINE_ENRICHER_EVENTS_ENTITIES", "false")]);
        let events = layers.settings().expect("are valid").enricher.events;
        assert_eq!((events.entities, events.figures), (false, true));
        layers.flag("enricher.events.figures", "false");
        let events = layers.settings().expect("are valid").enricher.events;
        assert_eq!((events.entities, events.figures), (false, false));
        layers.verify().expect("are known");
        layers.flag("enricher.events.colours", "false");
        layers.verify().expect_err("there is no such kind");
    }

    #[test]
    fn every_problem_names_its_key_value_origin_and_reason() {
        let layers = environment(&[
            ("SLUGLINE_SINK_BATCH_LINES", "many"),
            ("SLUGLINE_WATCHER_SETTLE", "5"),
            ("SLUGLINE_WATCHER_AFTER", "burn"),
            ("SLUGLINE_SINK_COLOUR", "red"),
        ]);
        let error = layers.verify().expect_err("none is valid").to_string();
        let problems: Vec<&str> = error.lines().collect();
        assert_eq!(problems.len(), 4, "{error}");
        assert_eq!(problems[0], "`sink.batch_lines`: `many` is not a whole number");
        for (problem, parts) in [
            (
                problems[1],
                [
                    "`watcher.settle` (environment SLUGLINE_WATCHER_SETTLE): `5` ",
                    "unit",
                ],
            ),
            (
                problems[2],
                ["`watcher.after` (environment SLUGLINE_WATCHER_AFTER): ", "`burn`"],
            ),
            (
                problems[3],
                ["unknown environment variable ", "`SLUGLINE_SINK_COLOUR`"],
            ),
        ] {
            assert!(parts.iter().all(|part| problem.contains(part)), "{problem}");
        }
        assert_eq!(
            layers.origin("watcher.after"),
            &Origin::Default,
            "what cannot be set is not"
        );
    }

    #[test]
    fn a_near_miss_is_refused_with_what_was_meant_and_other_variables_are_left_alone() {
        let check = |variable: &str, expect: Option<&str>| {
            let layers = environment(&[(variable, "5")]);
            let told = layers.verify().err().map(|error| error.to_string());
            assert_eq!(told.as_deref(), expect, "{variable}");
            assert_eq!(layers.ignored().is_empty(), expect.is_some(), "{variable}");
        };
        check(
            "SLUGLINE_SNIK_BATCH_LINES",
            Some(
                "unknown environment variable `SLUGLINE_SNIK_BATCH_LINES`: did you mean `SLUGLINE_SINK_BATCH_LINES`?",
            ),
        );
        check(
            "SLUGLINE_SINK_COLOUR_OF_THE_INK",
            Some("unknown environment variable `SLUGLINE_SINK_COLOUR_OF_THE_INK`"),
        );
        // Such as variables of a test, or of a script around the program.
        check("SLUGLINE_HOME_FOLDER", None);
    }

    #[test]
    fn a_mistyped_setting_gets_a_hint() {
        let mut layers = environment(&[]);
        layers.flag("sink.batch_line", "5");
        layers.flag("quux.frob", "5");
        let told = layers.verify().expect_err("neither is known").to_string();
        let expect = "unknown setting `sink.batch_line`: did you mean `sink.batch_lines`?\nunknown setting `quux.frob`";
        assert_eq!(told, expect);
    }
}
