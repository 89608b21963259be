//! Countries and their subdivisions with ids, from OpenSanctions rigour (MIT) and GeoNames (CC BY 4.0).

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context;
use enricher::engine::lexicon::Class;
use serde::Deserialize;

use super::{Builder, Thing};

#[derive(Debug, Deserialize)]
struct Country {
    geonameid: u32,
    population: u32,
}

/// Adds the territories.
pub(crate) fn read(sources: &Path, builder: &mut Builder) -> anyhow::Result<()> {
    let countries = std::fs::read_to_string(sources.join("geonames/countries.json"))?;
    let countries: HashMap<String, Country> = serde_json::from_str(&countries)?;
    let folder = sources.join("opensanctions-rigour/resources/territories");
    let mut files: Vec<_> = std::fs::read_dir(&folder)?.collect::<Result<_, _>>()?;
    files.sort_by_key(std::fs::DirEntry::file_name);
    for file in files {
        let path = file.path();
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
        let stem = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        add(
            &Territory::parse(&text),
            &stem.to_uppercase(),
            &countries,
            builder,
        );
    }
    Ok(())
}

fn add(territory: &Territory, code: &str, countries: &HashMap<String, Country>, builder: &mut Builder) {
    let country = code.split('_').next().unwrap_or(code);
    let is_country = code.len() == 2;
    let known = is_country.then(|| countries.get(code)).flatten();
    if is_country && known.is_none() && code != "XK" {
        return;
    }
    let thing = Thing {
        country: (country.len() == 2).then(|| country.to_owned()),
        geonames: known.map(|country| country.geonameid),
        wikidata: territory.wikidata,
        iso: Some(code.replace('_', "-")).filter(|code| code.len() <= 6),
        population: known.map_or(0, |country| country.population),
    };
    let class = if is_country { Class::Country } else { Class::Region };
    let mut aliases: Vec<&str> = territory.full_name.as_deref().into_iter().collect();
    if is_country {
        let latin = |name: &&str| {
            name.is_ascii() && name.len() > 3 && name.starts_with(|c: char| c.is_ascii_uppercase())
        };
        aliases.extend(territory.strong.iter().map(String::as_str).filter(latin));
    }
    builder.thing(&territory.name, &aliases, class, thing);
}

/// The few fields of a territory file that are needed; the files are flat enough to be read line by line.
#[derive(Debug, Default)]
struct Territory {
    name: String,
    full_name: Option<String>,
    wikidata: Option<u32>,
    strong: Vec<String>,
}

impl Territory {
    fn parse(text: &str) -> Self {
        let mut territory = Self::default();
        let mut list = "";
        for line in text.lines() {
            if let Some(item) = line.strip_prefix("  - ") {
                let item = item
                    .split(" # ")
                    .next()
                    .unwrap_or(item)
                    .trim()
                    .trim_matches(['"', '\'']);
                if list == "names_strong" {
                    territory.strong.push(item.to_owned());
                }
            } else if let Some((key, value)) = line.split_once(':').filter(|_| !line.starts_with(' ')) {
                let value = value.trim().trim_matches(['"', '\'']);
                list = key;
                match key {
                    "name" => value.clone_into(&mut territory.name),
                    "full_name" => territory.full_name = Some(value.to_owned()),
                    "qid" => territory.wikidata = value.trim_start_matches('Q').parse().ok(),
                    _ => {}
                }
            }
        }
        territory
    }
}
