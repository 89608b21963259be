//! Mentions → entities: which mentions name the same thing, and what is known about it.

mod acronyms;
mod describe;
mod groups;
mod people;
mod roles;

use super::super::analysis::Entity;
use super::super::lexicon::{Class, Classes, Lexicon, Record, RecordId, phrase_start, phrase_step};
use super::super::steps;
use super::super::text::Span;
use super::super::tokens::{Token, TokenKind};
use super::forms::Flags;
use super::mentions::Mention;
use super::sheet::Sheet;
use super::watch::{Listing, WatchLists};
use groups::Groups;
use wire::message::EntityType;

/// What resolution looks at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) sentences: &'a [Span],
    pub(super) sheet: &'a Sheet,
    pub(super) lexicon: Lexicon<'a>,
    pub(super) lists: &'a WatchLists,
}

/// A mention with what its words say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    pub(super) mention: Mention,
    /// Hash of the folded words.
    pub(super) hash: u64,
    /// How many words it has.
    pub(super) n_words: u16,
    /// Folded hash of the first and the last word.
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) record: Option<RecordId>,
}

/// Returns the entities that the mentions name, in order of first mention.
pub(super) fn resolve(scene: &Scene<'_>, mentions: &[Mention]) -> Vec<Entity> {
    let mut named: Vec<Named> = mentions.iter().map(|mention| scene.name(*mention)).collect();
    let mut groups = Groups::new(named.len());
    acronyms::pair(scene, &mut named, &mut groups);
    join_equal(&named, &mut groups);
    people::join(scene, &named, &mut groups);
    join_short_forms(&named, scene, &mut groups);
    describe::entities(scene, &named, &mut groups)
}

/// Joins mentions of the same type with the same words, or with the same record.
fn join_equal(named: &[Named], groups: &mut Groups) {
    let mut keys: Vec<(EntityType, u64, usize)> = Vec::with_capacity(named.len());
    let mut records: Vec<(EntityType, RecordId, usize)> = Vec::new();
    for (index, name) in named.iter().enumerate() {
        keys.push((name.mention.kind, name.hash, index));
        if let Some(record) = name.record {
            records.push((name.mention.kind, record, index));
        }
    }
    keys.sort_unstable();
    records.sort_unstable();
    for pair in keys
        .windows(2)
        .filter(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1))
    {
        groups.join(pair[0].2, pair[1].2);
    }
    for pair in records
        .windows(2)
        .filter(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1))
    {
        groups.join(pair[0].2, pair[1].2);
    }
}

/// The most names with the same first word that are compared with each other.
const CROWD: usize = 32;

/// Joins "Supreme Court" to "Supreme Court of Pakistan", when only one organisation begins so.
fn join_short_forms(named: &[Named], scene: &Scene<'_>, groups: &mut Groups) {
    let mut order: Vec<usize> = (0..named.len())
        .filter(|&index| named[index].mention.kind == EntityType::Organization && named[index].n_words > 1)
        .collect();
    order.sort_unstable_by_key(|&index| (named[index].first, index));
    for crowd in order.chunk_by(|a, b| named[*a].first == named[*b].first) {
        let crowd = &crowd[..crowd.len().min(CROWD)];
        for &short in crowd {
            let mut longer = crowd.iter().copied().filter(|&long| {
                named[long].n_words > named[short].n_words && scene.begins_with(&named[long], &named[short])
            });
            let Some(long) = longer.next() else { continue };
            let root = groups.root(long);
            if longer.all(|other| groups.root(other) == root) {
                groups.join(short, long);
            }
        }
    }
}

impl Scene<'_> {
    /// Reads the words of a mention.
    fn name(&self, mention: Mention) -> Named {
        let mut hash = None;
        let (mut first, mut last) = (0, 0);
        let mut n_words = 0;
        for at in mention.range() {
            if self.sheet.forms[at].flags.has(Flags::HYPHEN) {
                continue;
            }
            last = self.sheet.forms[at].lower;
            hash = Some(match hash {
                None => {
                    first = last;
                    phrase_start(last)
                }
                Some(hash) => phrase_step(hash, last),
            });
            n_words += u16::from(self.tokens[at].kind != TokenKind::Mark);
        }
        let hash = hash.unwrap_or(0);
        let hit = self.lexicon.phrases.get(hash);
        let record = hit.and_then(|hit| hit.record).filter(|record| {
            let record = self.lexicon.records.get(*record);
            record
                .is_some_and(|record| fits(record.class, mention.kind) && self.is_spelled(&record, &mention))
        });
        Named {
            mention,
            hash,
            n_words,
            first,
            last,
            record,
        }
    }

    /// Guards against a clash of fingerprints: the record's name or an acronym of it must share a first letter with
    /// the mention, or be an alias, which cannot be told; aliases of hand-made lists are short enough to be trusted.
    fn is_spelled(&self, record: &Record<'_>, mention: &Mention) -> bool {
        let initial = |text: &str| {
            text.chars()
                .find(|c| c.is_alphabetic())
                .map(|c| c.to_ascii_lowercase())
        };
        initial(record.name) == initial(mention.span.of(self.text))
            || record.geonames.is_none()
            || record.iso.is_some()
    }

    /// Returns the folded hashes of the words of a mention.
    pub(super) fn words(&self, name: &Named) -> impl Iterator<Item = u64> + use<'_> {
        let range = name.mention.range();
        let forms = self.sheet.forms[range].iter();
        forms
            .inspect(|_| steps::count(1))
            .filter(|form| !form.flags.has(Flags::HYPHEN))
            .map(|form| form.lower)
    }

    fn begins_with(&self, long: &Named, short: &Named) -> bool {
        let mut long = self.words(long);
        self.words(short).all(|word| long.next() == Some(word))
    }

    /// Returns what the watch-lists say about a mention.
    pub(super) fn listings(&self, name: &Named) -> &[Listing] {
        self.lists.get(name.hash)
    }
}

/// Classes whose records fit a type of entity.
fn fits(class: Class, kind: EntityType) -> bool {
    const PLACES: Classes = Classes::of(&[
        Class::Country,
        Class::Region,
        Class::District,
        Class::BigCity,
        Class::City,
        Class::Town,
        Class::Landmark,
    ]);
    const ORGANIZATIONS: Classes = Classes::of(&[
        Class::Organization,
        Class::Government,
        Class::ArmedGroup,
        Class::Party,
        Class::Company,
        Class::Media,
        Class::Sport,
        Class::Military,
    ]);
    let class = Classes::of(&[class]);
    match kind {
        EntityType::Person => class.intersects(Classes::of(&[Class::Leader])),
        EntityType::Place => class.intersects(PLACES),
        EntityType::Organization => class.intersects(ORGANIZATIONS),
        EntityType::Norp => class.intersects(Classes::of(&[Class::Nationality, Class::Group])),
        EntityType::Event => class.intersects(Classes::of(&[Class::Event])),
        EntityType::Misc => class.intersects(Classes::of(&[Class::Misc])),
    }
}
