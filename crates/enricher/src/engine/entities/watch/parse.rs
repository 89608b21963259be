//! The two formats of watch-lists.

use serde::Deserialize;
use wire::message::EntityType;

/// Why a list cannot be used; the old one stays in force.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// A line of JSONL is no object with a name.
    #[error("line {line} is not an object with a `name`")]
    Json {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// The first line of a TSV names no column `name`.
    #[error("the first line must name the columns, one of them `name`")]
    Header,
    /// A type that does not exist.
    #[error("line {line}: `{kind}` is not one of person, organization, place, norp, event, misc")]
    Kind {
        /// Counted from 1.
        line: usize,
        /// What stands there.
        kind: String,
    },
}

/// One thing on a list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) aliases: Vec<String>,
    pub(super) kind: EntityType,
    pub(super) id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct JsonEntry {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    id: Option<String>,
}

/// Reads a list in either format. Empty lines and lines that begin with `#` are skipped.
pub(super) fn entries(content: &str) -> Result<Vec<Entry>, ListError> {
    let content = content.strip_prefix('\u{feff}').unwrap_or(content);
    let mut lines = content
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
        .peekable();
    let Some((_, first)) = lines.peek() else {
        return Ok(Vec::new());
    };
    if first.starts_with('{') {
        return lines.map(|(line, text)| json(line, text)).collect();
    }
    let columns: Vec<&str> = first.split('\t').map(str::trim).collect();
    let column = |name: &str| columns.iter().position(|column| *column == name);
    let name = column("name").ok_or(ListError::Header)?;
    let [aliases, kind, id] = ["aliases", "type", "id"].map(column);
    let rows = lines.skip(1).map(|(line, text)| {
        let fields: Vec<&str> = text.split('\t').map(str::trim).collect();
        let field = |column: Option<usize>| {
            column
                .and_then(|column| fields.get(column))
                .copied()
                .unwrap_or("")
        };
        Ok(Entry {
            name: field(Some(name)).to_owned(),
            aliases: field(aliases)
                .split('|')
                .map(str::trim)
                .filter(|alias| !alias.is_empty())
                .map(str::to_owned)
                .collect(),
            kind: parse_kind(line, field(kind))?,
            id: Some(field(id)).filter(|id| !id.is_empty()).map(str::to_owned),
        })
    });
    rows.collect()
}

fn json(line: usize, text: &str) -> Result<Entry, ListError> {
    let entry: JsonEntry = serde_json::from_str(text).map_err(|source| ListError::Json { line, source })?;
    Ok(Entry {
        kind: parse_kind(line, entry.kind.as_deref().unwrap_or(""))?,
        name: entry.name,
        aliases: entry.aliases,
        id: entry.id,
    })
}

fn parse_kind(line: usize, kind: &str) -> Result<EntityType, ListError> {
    Ok(match kind {
        "person" => EntityType::Person,
        "" | "organization" | "organisation" => EntityType::Organization,
        "place" => EntityType::Place,
        "norp" => EntityType::Norp,
        "event" => EntityType::Event,
        "misc" => EntityType::Misc,
        _ => {
            let kind = kind.to_owned();
            return Err(ListError::Kind { line, kind });
        }
    })
}

/// Returns whether an id is a Wikidata item.
pub(super) fn is_wikidata(id: &str) -> bool {
    id.strip_prefix('Q')
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_formats_say_the_same() {
        let tsv = "name\taliases\ttype\tid\n# a comment\nRed Dawn Front\tRDF|Red Dawn\torganization\tQ12\n";
        let jsonl =
            r#"{"name":"Red Dawn Front","aliases":["RDF","Red Dawn"],"type":"organization","id":"Q12"}"#;
        assert_eq!(entries(tsv).unwrap(), entries(jsonl).unwrap());
        assert_eq!(entries("").unwrap(), []);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let error = |content| entries(content).unwrap_err().to_string();
        assert_eq!(
            error("name\ttype\nAcme\trobot"),
            "line 2: `robot` is not one of person, organization, place, norp, event, misc"
        );
        assert_eq!(
            error("Acme\tcompany"),
            "the first line must name the columns, one of them `name`"
        );
        assert_eq!(error("{\"alias\":1}"), "line 1 is not an object with a `name`");
    }

    #[test]
    fn only_item_numbers_are_wikidata() {
        assert!(is_wikidata("Q843"));
        assert!(!is_wikidata("Q") && !is_wikidata("843") && !is_wikidata("Q8x"));
    }
}
