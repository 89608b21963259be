//! Cities, provinces and districts from GeoNames (CC BY 4.0).

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context;
use enricher::engine::lexicon::Class;
use serde::Deserialize;

use super::{Builder, Thing};

#[derive(Debug, Deserialize)]
struct City {
    geonameid: u32,
    name: String,
    countrycode: String,
    population: u32,
    alternatenames: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Country {
    capital: String,
}

/// Adds the places, the largest first so that a name leads to the largest place that bears it.
pub(crate) fn read(folder: &Path, builder: &mut Builder) -> anyhow::Result<()> {
    let capitals = capitals(folder)?;
    let text = std::fs::read_to_string(folder.join("cities5000.json"))?;
    let cities: HashMap<String, City> = serde_json::from_str(&text).context("failed to parse the cities")?;
    let mut cities: Vec<City> = cities.into_values().collect();
    cities.sort_by_key(|city| (std::cmp::Reverse(city.population), city.geonameid));
    let large = cities.partition_point(|city| city.population >= 200_000);
    add_cities(&cities[..large], &capitals, builder);
    add_divisions(&folder.join("admin1CodesASCII.txt"), Class::Region, builder)?;
    add_cities(&cities[large..], &capitals, builder);
    add_divisions(&folder.join("admin2Codes.txt"), Class::District, builder)
}

fn capitals(folder: &Path) -> anyhow::Result<HashMap<String, String>> {
    let text = std::fs::read_to_string(folder.join("countries.json"))?;
    let countries: HashMap<String, Country> = serde_json::from_str(&text)?;
    Ok(countries
        .into_iter()
        .map(|(code, country)| (code, country.capital))
        .collect())
}

fn add_cities(cities: &[City], capitals: &HashMap<String, String>, builder: &mut Builder) {
    for city in cities {
        let is_capital = capitals.get(&city.countrycode) == Some(&city.name);
        let class = match city.population {
            500_000.. => Class::BigCity,
            _ if is_capital => Class::BigCity,
            50_000.. => Class::City,
            _ => Class::Town,
        };
        let aliases: Vec<&str> = match city.population {
            100_000.. => city
                .alternatenames
                .iter()
                .map(String::as_str)
                .filter(|name| is_english(name))
                .collect(),
            _ => Vec::new(),
        };
        let thing = Thing {
            country: Some(city.countrycode.clone()),
            geonames: Some(city.geonameid),
            population: city.population,
            ..Thing::default()
        };
        builder.thing(&city.name, &aliases, class, thing);
    }
}

/// Returns whether an alternate name may stand in an English text.
fn is_english(name: &str) -> bool {
    name.len() > 3
        && name.is_ascii()
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name[1..].contains(|c: char| c.is_ascii_lowercase())
        && !name.contains(|c: char| c.is_ascii_digit() || "`\",()/".contains(c))
}

/// Endings that the list writes and the news mostly does not.
const GENERIC: [&str; 9] = [
    " Province",
    " Region",
    " District",
    " County",
    " Governorate",
    " Oblast",
    " State",
    " Department",
    " Prefecture",
];

fn add_divisions(path: &Path, class: Class, builder: &mut Builder) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let &[code, name, ascii, geonames] = fields.as_slice() else {
            continue;
        };
        let thing = Thing {
            country: Some(code[..2].to_owned()),
            geonames: geonames.trim().parse().ok(),
            ..Thing::default()
        };
        let mut aliases = vec![ascii];
        if class == Class::Region {
            aliases.extend(GENERIC.iter().filter_map(|generic| name.strip_suffix(generic)));
        }
        builder.thing(name, &aliases, class, thing);
    }
    Ok(())
}
