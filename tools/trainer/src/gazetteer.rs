//! Compiles name lists and word clusters into the lexicon that the enricher embeds.

mod clusters;
mod everyday;
mod geonames;
mod groups;
mod hand;
mod people;
mod territories;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use enricher::engine::entities::forms::word_hash;
use enricher::engine::lexicon::{self, Class, Classes, Phrases, Record, RecordId, Records, Words};
use enricher::engine::tokens::tokenize;

use everyday::EverydayWords;

/// Reads every source below `data` and `lists` and writes the compiled lexicon.
pub(crate) fn compile(data: &Path, lists: &Path, out: &Path) -> anyhow::Result<()> {
    let sources = data.join("data/gazetteers");
    let mut builder = Builder::new(EverydayWords::count(data)?);
    builder.trusted = true;
    hand::read(lists, &mut builder)?;
    builder.trusted = false;
    territories::read(&sources, &mut builder)?;
    geonames::read(&sources.join("geonames"), &mut builder)?;
    groups::read(&sources, &mut builder)?;
    people::read(&sources, &mut builder)?;
    let words = clusters::read(&data.join("data/clusters/kmeans.tsv.xz"))?;
    let file = builder.finish(&words);
    std::fs::write(out, &file).with_context(|| format!("failed to write {}", out.display()))?;
    eprintln!("{}: {} bytes", out.display(), file.len());
    Ok(())
}

/// A thing with ids, as a source gives it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Thing {
    pub(crate) country: Option<String>,
    pub(crate) geonames: Option<u32>,
    pub(crate) wikidata: Option<u32>,
    pub(crate) iso: Option<String>,
    pub(crate) population: u32,
}

impl Thing {
    /// Takes over what is not known yet.
    fn fill(&mut self, other: &Self) {
        self.geonames = self.geonames.or(other.geonames);
        self.wikidata = self.wikidata.or(other.wikidata);
        self.iso = self.iso.take().or_else(|| other.iso.clone());
        self.population = self.population.max(other.population);
    }
}

/// Collects phrases and records; what comes first keeps its record.
pub(crate) struct Builder {
    everyday: EverydayWords,
    /// Whether names are taken even where they are everyday words: those of the hand-made lists.
    trusted: bool,
    phrases: BTreeMap<Vec<u64>, (Classes, Option<RecordId>)>,
    records: Vec<(String, Class, Thing)>,
}

impl Builder {
    fn new(everyday: EverydayWords) -> Self {
        Self {
            everyday,
            trusted: false,
            phrases: BTreeMap::new(),
            records: Vec::new(),
        }
    }

    /// Adds a name without a record. Everyday words are refused unless the class is safe from them.
    pub(crate) fn name(&mut self, name: &str, class: Class) {
        self.insert(name, class, None);
    }

    /// Adds a thing with a record under its name and its aliases.
    ///
    /// A thing that is known already, by the same name and in the same country, only gets the ids it lacks.
    pub(crate) fn thing(&mut self, name: &str, aliases: &[&str], class: Class, thing: Thing) {
        let known = self.phrases.get(&phrase(name)).and_then(|(_, record)| *record);
        if let Some(id) = known.filter(|id| self.is_same(*id, class, &thing)) {
            self.records[id.0 as usize].2.fill(&thing);
            for alias in std::iter::once(&name).chain(aliases) {
                self.insert(alias, class, Some(id));
            }
            return;
        }
        let id = RecordId(self.records.len() as u32);
        let mut known = self.insert(name, class, Some(id));
        for alias in aliases {
            known |= self.insert(alias, class, Some(id));
        }
        if known {
            self.records.push((name.to_owned(), class, thing));
        }
    }

    fn is_same(&self, id: RecordId, class: Class, thing: &Thing) -> bool {
        let is_city = |class| matches!(class, Class::BigCity | Class::City | Class::Town);
        let (_, other, known) = &self.records[id.0 as usize];
        let is_unlocated = known.geonames.is_none() || known.geonames == thing.geonames;
        is_unlocated
            && known.country == thing.country
            && (*other == class || is_city(*other) && is_city(class))
    }

    /// Returns whether the record was taken.
    fn insert(&mut self, name: &str, class: Class, record: Option<RecordId>) -> bool {
        let words = phrase(name);
        if words.is_empty() || words.len() > 9 {
            return false;
        }
        let doubtful = !self.trusted && words.len() == 1 && is_guessed(class);
        if doubtful && (name.chars().count() < 3 || self.everyday.contains(words[0])) {
            return false;
        }
        let entry = self.phrases.entry(words).or_default();
        entry.0.insert(class);
        if entry.1.is_none() {
            entry.1 = record;
        }
        entry.1 == record && record.is_some()
    }

    fn finish(self, words: &[(u64, lexicon::Clusters)]) -> Vec<u8> {
        eprintln!(
            "{} phrases, {} records, {} words with clusters",
            self.phrases.len(),
            self.records.len(),
            words.len()
        );
        let phrases: Vec<lexicon::PhraseEntry> = self
            .phrases
            .into_iter()
            .map(|(words, (classes, record))| lexicon::PhraseEntry {
                words,
                classes,
                record,
            })
            .collect();
        let records: Vec<Record<'_>> = self.records.iter().map(as_record).collect();
        let (slots, rows) = Words::compile(words);
        let (phrase_slots, masks) = Phrases::compile(&phrases);
        let (record_rows, names) = Records::compile(&records);
        lexicon::assemble([&slots, &rows, &phrase_slots, &masks, &record_rows, &names])
    }
}

fn as_record((name, class, thing): &(String, Class, Thing)) -> Record<'_> {
    Record {
        name,
        class: *class,
        country: thing.country.as_deref(),
        geonames: thing.geonames,
        wikidata: thing.wikidata,
        iso: thing.iso.as_deref(),
        population: thing.population,
    }
}

/// Classes whose lists hold words that mean something else far more often.
fn is_guessed(class: Class) -> bool {
    matches!(
        class,
        Class::District
            | Class::City
            | Class::Town
            | Class::GivenName
            | Class::Surname
            | Class::RareSurname
            | Class::Company
            | Class::Media
            | Class::Organization
            | Class::ArmedGroup
    )
}

/// Returns the hashes of the words of a name, as the engine will look them up.
fn phrase(name: &str) -> Vec<u64> {
    let tokens = tokenize(name);
    let words = tokens.iter().map(|token| token.of(name));
    words.filter(|word| *word != "-").map(word_hash).collect()
}
