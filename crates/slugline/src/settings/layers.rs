//! Default < file < environment < flag, and where each value came from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use toml::{Table, Value};

use super::Settings;

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
pub(crate) struct Layers(BTreeMap<String, (Value, Origin)>);

impl Layers {
    /// Returns the defaults.
    pub(crate) fn defaults() -> anyhow::Result<Self> {
        let table = Table::try_from(Settings::default()).context("the defaults are not a table")?;
        let mut values = BTreeMap::new();
        for (key, value) in flatten(table) {
            values.insert(key, (value, Origin::Default));
        }
        Ok(Self(values))
    }

    /// Lays a configuration file over what is there. Unknown keys are errors.
    pub(crate) fn file(&mut self, path: &Path) -> anyhow::Result<()> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
        let table: Table = text
            .parse()
            .with_context(|| format!("failed to parse {}", path.display()))?;
        for (key, value) in flatten(table) {
            let origin = Origin::File(path.to_owned());
            self.set(&key, value, origin)
                .with_context(|| format!("in {}", path.display()))?;
        }
        Ok(())
    }

    /// Lays `SLUGLINE_SECTION_NAME` variables over what is there. Unknown ones are errors.
    pub(crate) fn environment(
        &mut self,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> anyhow::Result<()> {
        for (variable, text) in variables {
            let Some(name) = variable.strip_prefix(ENV_PREFIX) else {
                continue;
            };
            // `SLUGLINE_CONFIG` names the file itself; the others are for tests.
            if name == "CONFIG" || name == "SHARED" || name.starts_with("TEST_") {
                continue;
            }
            let key = self
                .names()
                .find(|key| key.replace('.', "_").eq_ignore_ascii_case(name));
            let Some(key) = key else {
                bail!("unknown environment variable `{variable}`")
            };
            self.set_text(&key, &text, Origin::Environment(variable))?;
        }
        Ok(())
    }

    /// Sets one value from a flag.
    pub(crate) fn flag(&mut self, key: &str, text: &str) -> anyhow::Result<()> {
        self.set_text(key, text, Origin::Flag)
    }

    /// Returns the settings.
    pub(crate) fn settings(&self) -> anyhow::Result<Settings> {
        let mut root = Table::new();
        for (key, (value, _)) in &self.0 {
            insert(&mut root, key, value.clone());
        }
        Ok(root.try_into()?)
    }

    /// Returns every key with its value and origin, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Value, &Origin)> {
        self.0
            .iter()
            .map(|(key, (value, origin))| (key.as_str(), value, origin))
    }

    /// Returns the name of every setting, and of every field of those that have fields.
    fn names(&self) -> impl Iterator<Item = String> {
        self.0.iter().flat_map(|(key, (value, _))| {
            let fields = value.as_table().into_iter().flatten();
            let fields = fields.map(move |(field, _)| format!("{key}.{field}"));
            std::iter::once(key.clone()).chain(fields)
        })
    }

    /// Returns where the value of a key came from.
    pub(crate) fn origin(&self, key: &str) -> &Origin {
        self.0.get(key).map_or(&Origin::Default, |(_, origin)| origin)
    }

    /// Sets a value written as text, reading it as the type that the default has.
    fn set_text(&mut self, key: &str, text: &str, origin: Origin) -> anyhow::Result<()> {
        // One field of a setting that has fields, such as `enricher.events.figures`.
        if let Some((outer, field)) = key.rsplit_once('.')
            && let Some((Value::Table(fields), _)) = self.0.get(outer)
            && let Some(Value::Boolean(_)) = fields.get(field)
        {
            let mut fields = fields.clone();
            let value = Value::Boolean(parse(key, text, "`true` or `false`")?);
            fields.insert(field.to_owned(), value);
            return self.set(outer, Value::Table(fields), origin);
        }
        let value = match self.0.get(key).map(|(value, _)| value) {
            None => bail!("unknown setting `{key}`"),
            Some(Value::Integer(_)) => Value::Integer(parse(key, text, "a whole number")?),
            Some(Value::Boolean(_)) => Value::Boolean(parse(key, text, "`true` or `false`")?),
            Some(Value::Array(_)) => list(text),
            Some(Value::Table(_)) => bail!("`{key}` is a table: set it in the configuration file"),
            Some(_) => Value::String(text.to_owned()),
        };
        self.set(key, value, origin)
    }

    fn set(&mut self, key: &str, value: Value, origin: Origin) -> anyhow::Result<()> {
        let Some(slot) = self.0.get_mut(key) else {
            bail!("unknown setting `{key}`")
        };
        let before = std::mem::replace(slot, (value, origin));
        // Read it right away, so that the error names the value and its origin.
        if let Err(error) = self.settings() {
            let problem = format!("{error:#}").lines().last().unwrap_or_default().to_owned();
            let origin = self.origin(key).clone();
            self.0.insert(key.to_owned(), before);
            bail!("`{key}` ({origin}): {problem}");
        }
        Ok(())
    }
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
    use super::super::{Bytes, Span};
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> anyhow::Result<Layers> {
        let mut layers = Layers::defaults()?;
        layers.environment(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        )?;
        Ok(layers)
    }

    #[test]
    fn later_layers_win_and_say_so() {
        let mut layers = environment(&[
            ("SLUGLINE_SINK_BATCH_LINES", "64"),
            ("SLUGLINE_WATCHER_SETTLE", "5s"),
        ])
        .expect("are known");
        layers.flag("sink.batch_lines", "128").expect("is known");
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
        let mut layers = environment(&[("SLUGLINE_ENRICHER_EVENTS_ENTITIES", "false")]).expect("is known");
        let events = layers.settings().expect("are valid").enricher.events;
        assert_eq!((events.entities, events.figures), (false, true));
        layers.flag("enricher.events.figures", "false").expect("is known");
        let events = layers.settings().expect("are valid").enricher.events;
        assert_eq!((events.entities, events.figures), (false, false));
        assert!(layers.flag("enricher.events.colours", "false").is_err());
    }

    #[test]
    fn errors_name_the_key_the_value_and_the_origin() {
        for (name, value, expected) in [
            (
                "SLUGLINE_SINK_BATCH_LINES",
                "many",
                "`sink.batch_lines`: `many` is not a whole number",
            ),
            ("SLUGLINE_WATCHER_SETTLE", "5", "SLUGLINE_WATCHER_SETTLE"),
            ("SLUGLINE_WATCHER_AFTER", "burn", "`watcher.after`"),
            (
                "SLUGLINE_SINK_COLOUR",
                "red",
                "unknown environment variable `SLUGLINE_SINK_COLOUR`",
            ),
        ] {
            let error = format!("{:#}", environment(&[(name, value)]).expect_err(name));
            assert!(error.contains(expected), "{error}");
        }
    }
}
