//! Armed groups, companies, media outlets and international organisations.

use std::path::Path;

use anyhow::Context;
use enricher::engine::lexicon::Class;
use serde::Deserialize;

use super::Builder;

/// Adds the groups.
pub(crate) fn read(sources: &Path, builder: &mut Builder) -> anyhow::Result<()> {
    add_armed_groups(sources, builder)?;
    add_companies(sources, builder)?;
    add_media(&sources.join("news-outlets"), builder)?;
    let petrarch = sources.join("petrarch-cameo");
    add_actors(
        &petrarch.join("Phoenix.International.actors.txt"),
        Class::Organization,
        builder,
    )?;
    add_actors(
        &petrarch.join("Phoenix.MilNonState.actors.txt"),
        Class::ArmedGroup,
        builder,
    )
}

fn text(path: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("failed to read {}", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn add_armed_groups(sources: &Path, builder: &mut Builder) -> anyhow::Result<()> {
    for line in text(&sources.join("ucdp-actors/actors.tsv"))?.lines().skip(1) {
        let name = line.split('\t').next().unwrap_or("");
        let class = if name.starts_with("Government of ") {
            Class::Government
        } else {
            Class::ArmedGroup
        };
        for part in name.split(" - ") {
            builder.name(part, class);
        }
    }
    for line in text(&sources.join("us-fto/fto.tsv"))?.lines().skip(1) {
        let mut fields = line.split('\t');
        for name in fields
            .by_ref()
            .take(2)
            .flat_map(|field| field.split(['|', ';', ',']))
        {
            builder.name(name.trim(), Class::ArmedGroup);
        }
    }
    let galaxy: Galaxy = serde_json::from_str(&text(&sources.join("misp-galaxy/terrorist-groups.json"))?)?;
    for group in galaxy.values {
        builder.name(&group.value, Class::ArmedGroup);
        for name in group.meta.map(|meta| meta.synonyms).unwrap_or_default() {
            if name.len() > 4 {
                builder.name(&name, Class::ArmedGroup);
            }
        }
    }
    Ok(())
}

#[derive(Debug, Deserialize)]
struct Galaxy {
    values: Vec<GalaxyGroup>,
}

#[derive(Debug, Deserialize)]
struct GalaxyGroup {
    value: String,
    meta: Option<GalaxyMeta>,
}

#[derive(Debug, Deserialize)]
struct GalaxyMeta {
    #[serde(default)]
    synonyms: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Ticker {
    title: String,
}

fn add_companies(sources: &Path, builder: &mut Builder) -> anyhow::Result<()> {
    for line in text(&sources.join("sp500/constituents.csv"))?.lines().skip(1) {
        let name = line.split(',').nth(1).unwrap_or("");
        builder.name(name.trim_matches('"').trim_end_matches(" (The)"), Class::Company);
        builder.name(without_ending(name.trim_matches('"')), Class::Company);
    }
    let companies: std::collections::BTreeMap<u32, Ticker> =
        serde_json::from_str(&text(&sources.join("sec-tickers/company_tickers.json"))?)?;
    for company in companies.values() {
        let short = without_ending(&company.title);
        if !short.contains(['/', '\\']) {
            builder.name(short, Class::Company);
        }
    }
    Ok(())
}

/// Company endings, longest first.
const ENDINGS: [&str; 22] = [
    " corporation",
    " incorporated",
    " holdings",
    " company",
    " limited",
    " group",
    " trust",
    " corp.",
    " corp",
    " inc.",
    " inc",
    " ltd.",
    " ltd",
    " plc",
    " n.v.",
    " nv",
    " s.a.",
    " sa",
    " ag",
    " co.",
    " co",
    " l.p.",
];

/// Returns a company's name without "Holdings Inc." and the like.
fn without_ending(name: &str) -> &str {
    let mut name = name.trim_end_matches([',', ' ']);
    loop {
        let lower = name.to_ascii_lowercase();
        let Some(ending) = ENDINGS.iter().find(|ending| lower.ends_with(**ending)) else {
            return name;
        };
        name = name[..name.len() - ending.len()].trim_end_matches([',', ' ']);
    }
}

fn add_media(folder: &Path, builder: &mut Builder) -> anyhow::Result<()> {
    for line in text(&folder.join("outlets.tsv"))?.lines().skip(1) {
        let mut fields = line.split('\t');
        let name = fields.nth(1).unwrap_or("");
        builder.name(name.split(" (").next().unwrap_or(name), Class::Media);
    }
    for line in text(&folder.join("fundus-publishers.tsv"))?.lines() {
        builder.name(line.split('\t').nth(1).unwrap_or(""), Class::Media);
    }
    Ok(())
}

/// Reads a list of actors in the TABARI format: capitals, `_` for a blank, `+` before a synonym.
fn add_actors(path: &Path, class: Class, builder: &mut Builder) -> anyhow::Result<()> {
    for line in text(path)?.lines() {
        let name = line
            .split(['[', '#', '('])
            .next()
            .unwrap_or("")
            .trim()
            .trim_start_matches('+');
        let name = name.replace('_', " ");
        let name = name.trim().trim_start_matches("THE ");
        let is_name = name.len() > 2
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || " .&-'".contains(c));
        if is_name && !ROLE_WORDS.iter().any(|role| name.contains(role)) {
            builder.name(name, class);
        }
    }
    Ok(())
}

/// Phrases with these are persons or roles, which the lists of actors mix in.
const ROLE_WORDS: [&str; 14] = [
    "SECRETARY",
    "SECY",
    "PRESIDENT",
    "LEADER",
    "MINISTER",
    "CHIEF",
    "DIRECTOR",
    "SPOKES",
    "OFFICIAL",
    "AMBASSADOR",
    "ENVOY",
    "TROOPS",
    "MEMBERS",
    "SEC.",
];
