//! What an entity is called and what is known about it: name, subtype, ids, country, salience.

mod subtype;

use std::collections::BTreeSet;

use super::super::super::analysis::Entity;
use super::super::super::lexicon::{Class, Record};
use super::super::super::text::numbered;
use super::super::forms::Flags;
use super::groups::Groups;
use super::{Named, Scene, roles};
use wire::message::{EntityIds, EntityType};

/// Makes one entity of each group, in order of first mention.
pub(super) fn entities(scene: &Scene<'_>, named: &[Named], groups: &mut Groups) -> Vec<Entity> {
    // A root is the first mention of its group, so this is the order of first mention.
    let mut order: Vec<(usize, usize)> = (0..named.len())
        .map(|index| (groups.root(index), index))
        .collect();
    order.sort_unstable();
    let groups = || order.chunk_by(|a, b| a.0 == b.0);
    let countries = countries(scene, named);
    let is_named = |at: usize| {
        let after = named.partition_point(|name| name.mention.first as usize <= at);
        after
            .checked_sub(1)
            .is_some_and(|index| named[index].mention.range().contains(&at))
    };
    let most = groups().map(<[_]>::len).max().unwrap_or(1);
    let mut entities = Vec::with_capacity(groups().count());
    let mut members = Vec::new();
    for group in groups() {
        members.clear();
        members.extend(group.iter().map(|&(_, index)| index));
        let mut entity = entity(scene, named, &members, &countries, most);
        if entity.kind == EntityType::Person {
            let mut names = members.iter().take(8);
            entity.role = names.find_map(|&index| roles::find(scene, &named[index], is_named));
        }
        entities.push(entity);
    }
    entities
}

fn entity(
    scene: &Scene<'_>,
    named: &[Named],
    members: &[usize],
    countries: &BTreeSet<[u8; 2]>,
    most: usize,
) -> Entity {
    let full = fullest(scene, named, members);
    let kind = named[members[0]].mention.kind;
    let record = members
        .iter()
        .find_map(|&index| named[index].record)
        .and_then(|record| scene.lexicon.records.get(record));
    let certain = record.filter(|record| is_certain(record, countries));
    let mut entity = Entity {
        kind,
        subtype: subtype::find(scene, &named[full], record),
        name: name(scene, &named[full], record),
        role: None,
        ids: certain.map_or_else(EntityIds::default, |record| ids(&record)),
        country: certain.and_then(|record| record.country).map(str::to_owned),
        lists: Vec::new(),
        salience: salience(scene, named, members, most),
        confidence: confidence(named, members),
        mentions: members.iter().map(|&index| named[index].mention.span).collect(),
    };
    for listing in members.iter().flat_map(|&index| scene.listings(&named[index])) {
        if !entity.lists.contains(&listing.list) {
            entity.lists.push(listing.list.clone());
        }
        if let Some(id) = &listing.wikidata {
            entity.ids.wikidata = Some(id.clone());
        }
    }
    entity
}

/// Countries that the document names, as a place or as a nationality.
fn countries(scene: &Scene<'_>, named: &[Named]) -> BTreeSet<[u8; 2]> {
    let records = named
        .iter()
        .filter_map(|name| scene.lexicon.records.get(name.record?));
    let states = records.filter(|record| matches!(record.class, Class::Country | Class::Nationality));
    states
        .filter_map(|record| record.country?.as_bytes().try_into().ok())
        .collect()
}

/// A name that many places share is only resolved where the document names the country too.
fn is_certain(record: &Record<'_>, countries: &BTreeSet<[u8; 2]>) -> bool {
    let in_country = record
        .country
        .and_then(|country| country.as_bytes().try_into().ok())
        .is_some_and(|country: [u8; 2]| countries.contains(&country));
    in_country || record.geonames.is_none() || record.iso.is_some() || record.population >= 500_000
}

fn ids(record: &Record<'_>) -> EntityIds {
    EntityIds {
        wikidata: record.wikidata.map(|item| numbered('Q', item as usize)),
        geonames: record.geonames,
        iso: record.iso.map(str::to_owned),
    }
}

/// Returns the mention with the most words; among equals one that is not all capitals, then the longest.
fn fullest(scene: &Scene<'_>, named: &[Named], members: &[usize]) -> usize {
    let key = |index: usize| {
        let name = &named[index];
        (
            name.n_words,
            !is_all_caps(scene, name),
            name.mention.span.len().min(40),
        )
    };
    let mut best = members[0];
    for &index in &members[1..] {
        if key(index) > key(best) {
            best = index;
        }
    }
    best
}

fn is_all_caps(scene: &Scene<'_>, name: &Named) -> bool {
    let forms = scene.sheet.forms[name.mention.range()].iter();
    let mut capitals = forms.filter(|form| form.flags.has(Flags::CAPITAL)).peekable();
    capitals.peek().is_some() && capitals.all(|form| form.flags.has(Flags::ALL_CAPS))
}

/// Whether a name is in capitals because the text around it is, not because it is an acronym.
fn is_shouted(scene: &Scene<'_>, name: &Named) -> bool {
    is_all_caps(scene, name) && (name.n_words > 1 || name.mention.span.len() > 5)
}

fn name(scene: &Scene<'_>, full: &Named, record: Option<Record<'_>>) -> String {
    let printed = full.mention.span.of(scene.text);
    match record {
        Some(record) if record.class == Class::Country => record.name.to_owned(),
        Some(record) if is_all_caps(scene, full) && record.name.eq_ignore_ascii_case(printed) => {
            record.name.to_owned()
        }
        _ if is_shouted(scene, full) => title_case(printed),
        _ => single_spaced(printed),
    }
}

fn single_spaced(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !output.is_empty() {
            output.push(' ');
        }
        output.push_str(word);
    }
    output
}

fn title_case(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    let mut inside = false;
    for character in text.chars() {
        if inside {
            output.extend(character.to_lowercase());
        } else {
            output.push(character);
        }
        inside = character.is_alphabetic() || character == '\'' || character == '’';
    }
    output
}

/// How central an entity is: half how often it is named, a third how early, the rest whether the first sentence
/// names it.
fn salience(scene: &Scene<'_>, named: &[Named], members: &[usize], most: usize) -> f32 {
    let frequency = members.len() as f32 / most as f32;
    let first = named[members[0]].mention.span.start;
    let early = 1.0 - first as f32 / scene.text.len().max(1) as f32;
    let leads = scene
        .sentences
        .first()
        .is_some_and(|sentence| first < sentence.end);
    let sum = 0.5 * frequency + 0.3 * early + if leads { 0.2 } else { 0.0 };
    (sum * 100.0).round() / 100.0
}

fn confidence(named: &[Named], members: &[usize]) -> f32 {
    let sum: f32 = members.iter().map(|&index| named[index].mention.confidence).sum();
    (sum / members.len() as f32 * 100.0).round() / 100.0
}
