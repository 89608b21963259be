//! Where and when: the place and the date that a figure belongs to.
//!
//! Every place or date near the figure has a distance, made longer by what stands between: another figure, the end of
//! a clause. A place is where something happened only behind a preposition; "Israel said" is who, not where.

use std::ops::Range;

use super::names::{Name, Names};
use crate::engine::analysis::{DateMention, EntityType};
use crate::engine::pieces::{Class, Classes, Mark, Pieces};
use crate::engine::text::Span;

/// How many names or dates on either side of a figure are asked.
const NEAREST: usize = 12;

/// What the end of a clause adds to a distance, in pieces.
const CLAUSE: usize = 24;

/// What a figure in between adds to a distance, in pieces.
const FIGURE: usize = 12;

/// What is known around a sentence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'a> {
    pub pieces: Pieces<'a>,
    /// The pieces of the sentence behind which a new clause begins, in order.
    pub clauses: &'a [usize],
    pub names: &'a Names,
    pub dates: &'a [DateMention],
    /// The sentence.
    pub sentence: Span,
    /// The sentence before it.
    pub before: Option<Span>,
    /// The place of the dateline, as an index among the entities.
    pub dateline: Option<usize>,
    /// Where the dateline ends: what is named in it is known to be the dateline's.
    pub body: u32,
}

impl Scope<'_> {
    /// Returns the place of a figure: one that its clause, its sentence or the sentence before is set in, or else the
    /// dateline's.
    pub(super) fn place(&self, number: Range<usize>, others: &[Range<usize>]) -> Option<usize> {
        let span = self.pieces.cover(number.start, number.end - 1);
        let all = self.names.inside(self.sentence);
        let here = all.partition_point(|name| name.span.start < span.start);
        let close = &all[here.saturating_sub(NEAREST)..all.len().min(here + NEAREST)];
        let set_in = close
            .iter()
            .filter(|name| name.kind == EntityType::Place && name.span.start >= self.body)
            .filter(|name| !span.contains(name.span))
            .filter_map(|name| Some((self.is_location(name)?, name)))
            .min_by_key(|(located, name)| {
                let distance = self.distance(&number, name.span, others);
                distance + if *located { 0 } else { CLAUSE }
            })
            .map(|(_, name)| name.entity);
        set_in.or_else(|| self.place_before()).or(self.dateline)
    }

    fn place_before(&self) -> Option<usize> {
        let all = self.names.inside(self.before?);
        let close = &all[all.len().saturating_sub(NEAREST)..];
        let located = close.iter().rfind(|name| {
            name.kind == EntityType::Place
                && name.span.start >= self.body
                && self.is_location(name) == Some(true)
        });
        located.map(|name| name.entity)
    }

    /// Whether something can have happened there: "in Gaza" and "Gaza City, Gaza" surely, "the Gaza strike" perhaps,
    /// "Israel said" and "Russia's army" not.
    fn is_location(&self, name: &Name) -> Option<bool> {
        let p = self.pieces;
        let first = p.at(name.span.start);
        let next = p.at(name.span.end);
        let mut before = first.checked_sub(1);
        while before.is_some_and(|at| {
            p.is(at, Classes::of(&[Class::Article, Class::Determiner]))
                || p.is_word(at) && !p.is_capital(at) && p.str(at).ends_with("ern")
                || p.says_any(
                    at,
                    &[
                        "north", "south", "east", "west", "central", "capital", "city", "town", "of",
                    ],
                )
        }) {
            before = before.and_then(|at| at.checked_sub(1));
        }
        let located = before.is_some_and(|at| {
            p.says_any(
                at,
                &[
                    "in",
                    "at",
                    "near",
                    "across",
                    "outside",
                    "on",
                    "off",
                    "around",
                    "inside",
                    "over",
                    "throughout",
                    "into",
                    "to",
                    "towards",
                ],
            ) || p.is_mark(at, Mark::Comma) && at > 0 && p.is_capital(at - 1)
        });
        if located {
            return Some(true);
        }
        let acts = p.is(
            next,
            Classes::of(&[
                Class::SayVerb,
                Class::ClaimVerb,
                Class::DenyVerb,
                Class::Auxiliary,
                Class::Modal,
                Class::KillVerb,
                Class::DetainVerb,
            ]),
        ) || matches!(p.shape(next), Some(crate::engine::pieces::Shape::Possessive));
        (!acts).then_some(false)
    }

    /// Returns the date of a figure: the nearest in its sentence, one in its own clause first.
    pub(super) fn date(&self, number: Range<usize>, others: &[Range<usize>]) -> Option<usize> {
        // A sentence may be a megabyte long: the nearest few dates on either side are enough.
        let span = self.pieces.cover(number.start, number.end - 1);
        let here = self.dates.partition_point(|date| date.span.start < span.start);
        (here.saturating_sub(NEAREST)..self.dates.len().min(here + NEAREST))
            .filter(|&index| self.sentence.contains(self.dates[index].span))
            .filter(|&index| self.dates[index].precision.is_some() && !self.dates[index].span.overlaps(span))
            // The dateline says when it was written, not when it happened.
            .filter(|&index| self.dates[index].span.start >= self.body)
            .min_by_key(|&index| self.distance(&number, self.dates[index].span, others))
    }

    /// Counts the pieces between a figure and a mention, with what makes the way longer.
    fn distance(&self, number: &Range<usize>, mention: Span, others: &[Range<usize>]) -> usize {
        let p = self.pieces;
        let (first, next) = (p.at(mention.start), p.at(mention.end));
        let is_behind = first >= number.end;
        let between = if is_behind {
            number.end..first
        } else {
            next.min(number.start)..number.start
        };
        let near = between.end.min(between.start + 8 * CLAUSE);
        let until = |end: usize| self.clauses.partition_point(|&clause| clause < end);
        let clauses = until(near) - until(between.start);
        let from = others.partition_point(|other| other.start < between.start);
        let figures = others[from..]
            .iter()
            .take(NEAREST)
            .take_while(|other| other.end <= between.end)
            .count();
        let way = between.len() + CLAUSE * clauses + FIGURE * figures;
        // What stands behind a number is set in its place more often than what stands before it.
        if is_behind { way } else { way + way / 2 }
    }
}

/// Returns the pieces among some behind which a new clause begins.
pub(super) fn clauses(p: Pieces<'_>, pieces: Range<usize>) -> Vec<usize> {
    pieces.filter(|&at| ends_clause(p, at)).collect()
}

/// Whether a new clause begins behind a piece: ";", "while", "and the army said".
fn ends_clause(p: Pieces<'_>, at: usize) -> bool {
    p.is_any_mark(at, &[Mark::Semicolon, Mark::Colon, Mark::EmDash])
        || p.says_any(at, &["while", "whereas", "but", "after", "before", "when"])
}
