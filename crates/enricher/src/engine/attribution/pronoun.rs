//! What a pronoun stands for: the one source, subject or name nearby that agrees with it in gender and number.
//!
//! Two that fit equally leave the pronoun open: a wrong link is worse than none.

use std::cell::OnceCell;

use super::gender::{self, Gender};
use crate::engine::analysis::{Entity, EntityType};
use crate::engine::pieces::{Class, Pieces, Shape};
use crate::engine::text::Span;

/// First and last piece of a noun phrase.
type Phrase = (usize, usize);

/// What a pronoun says about what it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Agreement {
    /// "he", "she".
    Person(Gender),
    /// "it".
    Thing,
    /// "they".
    Several,
}

/// How well a candidate agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Perhaps,
    Surely,
}

/// Whom a candidate names: an entity, or whatever its last word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Identity {
    Entity(usize),
    Noun(usize),
}

/// Returns whether a piece is a pronoun, or its possessive, that can stand for a source.
pub(super) fn is_third_person(p: Pieces<'_>, at: usize) -> bool {
    agreement(p, at).is_some()
}

fn agreement(p: Pieces<'_>, at: usize) -> Option<Agreement> {
    let of = |words: &[&str]| p.says_any(at, words);
    if of(&["he", "his"]) {
        Some(Agreement::Person(Gender::Male))
    } else if of(&["she", "her"]) {
        Some(Agreement::Person(Gender::Female))
    } else if of(&["it", "its"]) {
        Some(Agreement::Thing)
    } else if of(&["they", "their"]) {
        Some(Agreement::Several)
    } else {
        None
    }
}

/// The people and things of a document that pronouns can stand for.
pub(super) struct Cast<'a> {
    pieces: Pieces<'a>,
    entities: &'a [Entity],
    /// All mentions in order, made when the first pronoun asks.
    names: OnceCell<Vec<(Span, usize)>>,
}

impl<'a> Cast<'a> {
    pub(super) fn new(pieces: Pieces<'a>, entities: &'a [Entity]) -> Self {
        Self {
            pieces,
            entities,
            names: OnceCell::new(),
        }
    }

    /// Returns what the pronoun at a piece stands for: one of the candidates, who speak or act, or else a name between
    /// `from` and the pronoun.
    pub(super) fn referent(&self, pronoun: usize, candidates: &[Phrase], from: usize) -> Option<Phrase> {
        let agreement = agreement(self.pieces, pronoun)?;
        let fitting = candidates.iter().filter_map(|&phrase| {
            let identity = self.identity(phrase);
            Some((self.fit(agreement, phrase, identity)?, identity, phrase))
        });
        let choice = match choose(fitting) {
            Choice::Nobody => choose(self.named(agreement, from, pronoun)),
            choice => choice,
        };
        match choice {
            Choice::One(phrase) => Some(phrase),
            Choice::Nobody | Choice::Open => None,
        }
    }

    /// The names between two pieces that agree with a pronoun. What merely lies in a place is no "it".
    fn named(
        &self,
        agreement: Agreement,
        from: usize,
        to: usize,
    ) -> impl Iterator<Item = (Fit, Identity, Phrase)> {
        let p = self.pieces;
        let (start, end) = (p.span(from).start, p.span(to).start);
        let names = self.names();
        let first = names.partition_point(|(span, _)| span.start < start);
        names[first..]
            .iter()
            .take_while(move |(span, _)| span.start < end)
            .filter(|(_, entity)| self.entities[*entity].kind != EntityType::Place)
            .filter_map(move |&(span, entity)| {
                let phrase = (p.at(span.start), p.at(span.end).saturating_sub(1));
                let identity = Identity::Entity(entity);
                Some((self.fit(agreement, phrase, identity)?, identity, phrase))
            })
    }

    fn names(&self) -> &[(Span, usize)] {
        self.names.get_or_init(|| {
            let mentions = |(index, entity): (usize, &'a Entity)| {
                entity.mentions.iter().map(move |&mention| (mention, index))
            };
            let mut names: Vec<(Span, usize)> = self.entities.iter().enumerate().flat_map(mentions).collect();
            names.sort_unstable();
            names
        })
    }

    /// Who a phrase is: the person named in it or the entity that it ends in, but not the owner of "Lee's lawyer".
    fn identity(&self, (first, last): Phrase) -> Identity {
        let p = self.pieces;
        let phrase = p.cover(first, last);
        let names = self.names();
        let start = names.partition_point(|(span, _)| span.end <= phrase.start);
        let inside = names[start..]
            .iter()
            .take_while(|(span, _)| span.end <= phrase.end)
            .filter(|(span, _)| p.shape(p.at(span.end)) != Some(Shape::Possessive) || span.end == phrase.end);
        let found = inside
            .filter(|(span, entity)| {
                self.entities[*entity].kind == EntityType::Person || span.end == phrase.end
            })
            .min_by_key(|(_, entity)| self.entities[*entity].kind != EntityType::Person);
        found.map_or(Identity::Noun(last), |&(_, entity)| Identity::Entity(entity))
    }

    fn fit(&self, agreement: Agreement, phrase: Phrase, identity: Identity) -> Option<Fit> {
        let several = self.is_several(phrase);
        match (agreement, identity) {
            (Agreement::Several, Identity::Noun(_)) => several.then_some(Fit::Surely),
            (_, Identity::Noun(_)) if several => None,
            (Agreement::Person(gender), Identity::Noun(head)) => {
                let word = self.pieces.str(head);
                match gender::of_noun(word) {
                    Some(of_noun) => (of_noun == gender).then_some(Fit::Surely),
                    None => (!self.is_body(head)).then_some(Fit::Perhaps),
                }
            }
            (Agreement::Thing, Identity::Noun(head)) => {
                let is_person =
                    self.pieces.is(head, Class::Person) || gender::of_noun(self.pieces.str(head)).is_some();
                (!is_person).then_some(Fit::Surely)
            }
            (agreement, Identity::Entity(index)) => {
                let entity = &self.entities[index];
                match (agreement, entity.kind) {
                    (Agreement::Person(gender), EntityType::Person) if !several => {
                        match self.gender(entity) {
                            Some(known) => (known == gender).then_some(Fit::Surely),
                            None => Some(Fit::Perhaps),
                        }
                    }
                    (Agreement::Thing, EntityType::Organization | EntityType::Place)
                    | (Agreement::Several, EntityType::Norp) => Some(Fit::Surely),
                    (Agreement::Several, EntityType::Organization) if several => Some(Fit::Surely),
                    (Agreement::Several, EntityType::Organization) => Some(Fit::Perhaps),
                    _ => None,
                }
            }
        }
    }

    /// "officials", "police", "Lee and Rao".
    fn is_several(&self, (first, last): Phrase) -> bool {
        let p = self.pieces;
        let word = p.str(last);
        let is_plural = p.says_any(last, &["people", "police", "men", "women", "children"])
            || word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end));
        is_plural && !self.is_person_named(first, last) || (first..last).any(|at| p.says(at, "and"))
    }

    /// Whether the last word is part of a person's name, as in "Elena Reyes".
    fn is_person_named(&self, first: usize, last: usize) -> bool {
        matches!(self.identity((first, last)), Identity::Entity(index)
            if self.entities[index].kind == EntityType::Person)
    }

    /// "ministry", "report": a body or a document, never "he".
    fn is_body(&self, head: usize) -> bool {
        let p = self.pieces;
        p.is(head, Class::Document)
            || p.says_any(
                head,
                &[
                    "ministry",
                    "government",
                    "company",
                    "agency",
                    "group",
                    "army",
                    "party",
                    "court",
                    "team",
                    "bank",
                    "council",
                    "department",
                    "union",
                    "military",
                    "office",
                    "police",
                ],
            )
    }

    /// The gender of a person, from a title before the name, the role and the given name.
    fn gender(&self, entity: &Entity) -> Option<Gender> {
        let p = self.pieces;
        let titled = entity.mentions.iter().take(8).find_map(|mention| {
            let first = p.at(mention.start);
            let before = first.checked_sub(1)?;
            let is_stop = p.str(before) == ".";
            gender::of_title(p.str(if is_stop { before.checked_sub(1)? } else { before }))
        });
        let role = || {
            entity
                .role
                .as_deref()?
                .split_whitespace()
                .find_map(gender::of_noun)
        };
        let given = || gender::of_given_name(entity.name.split_whitespace().next()?);
        titled.or_else(role).or_else(given)
    }
}

/// What is left of several candidates.
enum Choice {
    /// Nothing fits.
    Nobody,
    /// One fits best.
    One(Phrase),
    /// Two fit equally.
    Open,
}

/// Returns the one that fits best.
fn choose(fitting: impl Iterator<Item = (Fit, Identity, Phrase)>) -> Choice {
    let mut best: Option<(Fit, Identity, Phrase)> = None;
    let mut is_open = false;
    for found in fitting {
        match best {
            Some(before) if found.1 == before.1 || found.0 < before.0 => {}
            Some(before) if found.0 == before.0 => is_open = true,
            _ => {
                best = Some(found);
                is_open = false;
            }
        }
    }
    match best {
        None => Choice::Nobody,
        Some(_) if is_open => Choice::Open,
        Some((_, _, phrase)) => Choice::One(phrase),
    }
}
