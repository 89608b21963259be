//! Given names and surnames (US Census, Faker, popular names by country) and office holders.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;
use enricher::engine::lexicon::Class;

use super::{Builder, Thing};

/// Surnames of the census with a higher rank are rare in the news, and many are everyday words.
const COMMON_SURNAMES: usize = 12_000;
const KNOWN_SURNAMES: usize = 45_000;

/// Adds the names.
pub(crate) fn read(sources: &Path, builder: &mut Builder) -> anyhow::Result<()> {
    add_leaders(&sources.join("world-leaders"), builder)?;
    let census = sources.join("given-surnames");
    for (index, line) in lines(&census.join("dist.all.last"))?
        .iter()
        .enumerate()
        .take(KNOWN_SURNAMES)
    {
        let class = if index < COMMON_SURNAMES {
            Class::Surname
        } else {
            Class::RareSurname
        };
        builder.name(&title_case(first_word(line)), class);
    }
    for file in ["dist.female.first", "dist.male.first"] {
        for line in lines(&census.join(file))? {
            builder.name(&title_case(first_word(&line)), Class::GivenName);
        }
    }
    add_column(&census.join("faker-first-latin.tsv"), Class::GivenName, builder)?;
    add_column(&census.join("faker-last-latin.tsv"), Class::Surname, builder)?;
    for line in lines(&census.join("faker-pk-names.tsv"))? {
        if let Some((name, kind)) = line.split_once('\t') {
            builder.name(
                name,
                if kind == "last" {
                    Class::Surname
                } else {
                    Class::GivenName
                },
            );
        }
    }
    let popular = sources.join("popular-names-cc0");
    add_romanised(
        &popular.join("common-forenames-by-country.csv"),
        11,
        Class::GivenName,
        builder,
    )?;
    add_romanised(
        &popular.join("common-surnames-by-country.csv"),
        5,
        Class::Surname,
        builder,
    )
}

fn add_column(path: &Path, class: Class, builder: &mut Builder) -> anyhow::Result<()> {
    for line in lines(path)? {
        let name = line.split('\t').next().unwrap_or("");
        if !name.contains(' ') && name.starts_with(char::is_uppercase) {
            builder.name(name, class);
        }
    }
    Ok(())
}

fn add_romanised(path: &Path, column: usize, class: Class, builder: &mut Builder) -> anyhow::Result<()> {
    let names: BTreeSet<String> = lines(path)?
        .iter()
        .skip(1)
        .filter_map(|line| line.split(',').nth(column).map(str::to_owned))
        .filter(|name| !name.contains(' ') && name.starts_with(char::is_uppercase))
        .collect();
    for name in &names {
        builder.name(name, class);
    }
    Ok(())
}

fn add_leaders(folder: &Path, builder: &mut Builder) -> anyhow::Result<()> {
    for file in ["wikidata-2022.csv", "wikipedia-2022.csv"] {
        let rows = lines(&folder.join(file))?;
        for row in rows.iter().skip(1).filter(|row| !row.contains('"')) {
            let fields: Vec<&str> = row.split(',').collect();
            let (Some(item), Some(name)) = (fields.get(4), fields.get(5)) else {
                continue;
            };
            let name = name.split(" (").next().unwrap_or(name);
            let thing = Thing {
                wikidata: item.trim_start_matches('Q').parse().ok(),
                ..Thing::default()
            };
            if name.contains(' ') {
                builder.thing(name, &[], Class::Leader, thing);
            }
        }
    }
    Ok(())
}

fn lines(path: &Path) -> anyhow::Result<Vec<String>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
    Ok(text.lines().map(str::to_owned).collect())
}

fn first_word(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or("")
}

fn title_case(word: &str) -> String {
    let lower = word.to_lowercase();
    let mut characters = lower.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}
