//! The lists written by hand: `class, name, aliases (|), country, Wikidata item, source`, one a line.

use std::path::Path;

use anyhow::{Context, bail};
use enricher::engine::lexicon::Class;

use super::{Builder, Thing};

/// Adds every `*.tsv` of a folder, in order of name.
pub(crate) fn read(folder: &Path, builder: &mut Builder) -> anyhow::Result<()> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .with_context(|| format!("failed to list {}", folder.display()))?
        .collect::<Result<_, _>>()?;
    files.sort_by_key(std::fs::DirEntry::file_name);
    for file in files {
        let path = file.path();
        if path.extension().is_some_and(|extension| extension == "tsv") {
            let text = std::fs::read_to_string(&path)?;
            add(&text, builder).with_context(|| format!("failed to read {}", path.display()))?;
        }
    }
    Ok(())
}

fn add(text: &str, builder: &mut Builder) -> anyhow::Result<()> {
    let mut lines = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    // Other lists may lie in the same folder; only those with this first line are name lists.
    if !lines
        .next()
        .is_some_and(|header| header.starts_with("class\tname"))
    {
        return Ok(());
    }
    for line in lines {
        let mut fields = line.split('\t').map(str::trim);
        let (class, name) = (fields.next().unwrap_or(""), fields.next().unwrap_or(""));
        let Some(class) = Class::from_name(class) else {
            bail!("`{class}` is not a class: {line}");
        };
        let aliases: Vec<&str> = fields
            .next()
            .unwrap_or("")
            .split('|')
            .filter(|alias| !alias.is_empty())
            .collect();
        let country = fields.next().filter(|code| !code.is_empty());
        let wikidata = fields
            .next()
            .and_then(|item| item.trim_start_matches('Q').parse().ok());
        if is_word_class(class) {
            [name]
                .iter()
                .chain(&aliases)
                .for_each(|word| builder.name(word, class));
            continue;
        }
        let thing = Thing {
            country: country.map(str::to_owned),
            wikidata,
            ..Thing::default()
        };
        builder.thing(name, &aliases, class, thing);
    }
    Ok(())
}

/// Classes of words that are no names by themselves and have no record.
fn is_word_class(class: Class) -> bool {
    use Class::{Calendar, CompanyEnding, EventHead, GivenName, OrganizationHead, PlaceHead, Surname, Title};
    matches!(
        class,
        OrganizationHead | PlaceHead | EventHead | Title | Calendar | CompanyEnding | GivenName | Surname
    )
}
