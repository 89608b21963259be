//! Watch-lists: names that users want found always, and names they never want.

mod parse;

use std::collections::{BTreeMap, BTreeSet};

use super::super::lexicon::{phrase_start, phrase_step};
use super::super::tokens::{Token, tokenize};
use super::forms::{Flags, Form, word_hash};
use super::mentions::Mention;
use super::sheet::Sheet;
use serde::{Deserialize, Serialize};
use wire::message::EntityType;

pub use parse::ListError;

/// The watch-lists and the deny-list, compiled. Reloading makes a new one: see [`Engine::with_lists`].
///
/// [`Engine::with_lists`]: crate::Engine::with_lists
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchLists {
    /// By phrase hash; an empty list of entries where only a longer phrase begins so.
    phrases: BTreeMap<u64, Vec<Listing>>,
    denied: BTreeSet<u64>,
}

/// A name on a watch-list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The list it is on.
    pub list: String,
    /// What it names.
    pub kind: EntityType,
    /// Wikidata item, where the list gives one.
    pub wikidata: Option<String>,
    /// Whether the name is written with a capital: then lower-case words of the text are not meant.
    capital: bool,
}

impl WatchLists {
    /// Returns lists that hold nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a list of names to be found: JSONL when its first line begins with `{`, otherwise TSV with a header.
    ///
    /// Both have `name`, `aliases` (an array, or separated by `|`), `type` and `id`; all but `name` may be missing, and
    /// the type is then `organization`.
    pub fn watch(&mut self, list: &str, content: &str) -> Result<(), ListError> {
        for entry in parse::entries(content)? {
            let wikidata = entry.id.filter(|id| parse::is_wikidata(id));
            for name in std::iter::once(&entry.name).chain(&entry.aliases) {
                let listing = Listing {
                    list: list.to_owned(),
                    kind: entry.kind,
                    wikidata: wikidata.clone(),
                    capital: name.contains(char::is_uppercase),
                };
                self.insert(name, listing);
            }
        }
        Ok(())
    }

    /// Adds names that are never tagged, in the format of [`watch`](Self::watch).
    pub fn deny(&mut self, content: &str) -> Result<(), ListError> {
        for entry in parse::entries(content)? {
            for name in std::iter::once(&entry.name).chain(&entry.aliases) {
                self.denied.extend(hashes(name).last());
            }
        }
        Ok(())
    }

    fn insert(&mut self, name: &str, listing: Listing) {
        let hashes = hashes(name);
        let Some((last, beginnings)) = hashes.split_last() else {
            return;
        };
        for beginning in beginnings {
            self.phrases.entry(*beginning).or_default();
        }
        let listings = self.phrases.entry(*last).or_default();
        if !listings.contains(&listing) {
            listings.push(listing);
        }
    }

    /// Returns what the lists say about a name, by its phrase hash.
    pub fn get(&self, phrase: u64) -> &[Listing] {
        self.phrases.get(&phrase).map_or(&[], Vec::as_slice)
    }

    /// Puts every listed name among the mentions, in place of what overlaps it, and takes the denied ones out.
    pub(super) fn apply(&self, sheet: &Sheet, tokens: &[Token], mentions: &mut Vec<Mention>) {
        if !self.denied.is_empty() {
            mentions.retain(|mention| !self.denied.contains(&phrase_of(&sheet.forms[mention.range()])));
        }
        if self.phrases.is_empty() {
            return;
        }
        let mut at = 0;
        let mut listed: Vec<Mention> = Vec::new();
        while at < tokens.len() {
            let Some((end, kind)) = self.longest(&sheet.forms, at) else {
                at += 1;
                continue;
            };
            listed.push(Mention::new(tokens, at..end, kind, 1.0));
            at = end;
        }
        let overlapped = |mention: &Mention| {
            let after = listed.partition_point(|listed| listed.span.end <= mention.span.start);
            listed
                .get(after)
                .is_some_and(|listed| listed.span.overlaps(mention.span))
        };
        mentions.retain(|mention| !overlapped(mention));
        mentions.extend(&listed);
        mentions.sort_unstable_by_key(|mention| mention.first);
    }

    /// Returns where the longest listed name that begins at a token ends, and its type.
    fn longest(&self, forms: &[Form], start: usize) -> Option<(usize, EntityType)> {
        let mut phrase = phrase_start(forms[start].lower);
        let mut at = start;
        let mut best = None;
        while let Some(listings) = self.phrases.get(&phrase) {
            let capital = forms[start..=at]
                .iter()
                .any(|form| form.flags.has(Flags::CAPITAL));
            if let Some(listing) = listings.iter().find(|listing| capital || !listing.capital) {
                best = Some((at + 1, listing.kind));
            }
            at += 1;
            while forms.get(at)?.flags.has(Flags::HYPHEN) {
                at += 1;
            }
            phrase = phrase_step(phrase, forms[at].lower);
        }
        best
    }
}

/// Returns the phrase hashes of the beginnings of a name, the whole name last.
fn hashes(name: &str) -> Vec<u64> {
    let tokens = tokenize(name);
    let words = tokens.iter().map(|token| token.of(name));
    let mut phrase = None;
    words
        .filter(|word| !matches!(*word, "-" | "–" | "—" | "‑" | "‐"))
        .map(|word| {
            let hash = word_hash(word);
            let next = phrase.map_or_else(|| phrase_start(hash), |phrase| phrase_step(phrase, hash));
            phrase = Some(next);
            next
        })
        .collect()
}

fn phrase_of(forms: &[Form]) -> u64 {
    let mut words = forms
        .iter()
        .filter(|form| !form.flags.has(Flags::HYPHEN))
        .map(|form| form.lower);
    let first = words.next().map_or(0, phrase_start);
    words.fold(first, phrase_step)
}
