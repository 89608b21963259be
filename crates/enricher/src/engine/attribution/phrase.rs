//! Verbs that attribute only with the words around them: "points out", "called for", "put the toll at 40".

use super::document::poll_before;
use super::{is_be, may_be};
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape};

/// "points out", "called for", "reads, “…", "spoke of", "agreed to", "the poll has", "put the toll at 40".
pub(super) fn begins_phrase(p: Pieces<'_>, at: usize) -> bool {
    let quotes = p.is_any_mark(at + 1, &[Mark::Colon, Mark::Comma]) && p.is_quote(at + 2);
    p.says_any(at, &["point", "points", "pointed", "pointing"]) && p.says_any(at + 1, &["out", "to"])
        || p.says_any(at, &["continued", "continues", "reads", "read"]) && quotes
        || p.says_any(at, &["calls", "called"]) && p.says(at + 1, "for")
        || resolves(p, at)
        || (p.says_any(at, &["talked", "talking", "spoke", "speak", "speaks", "speaking"]) || talks(p, at))
            && p.says_any(at + 1, &["about", "of"])
        || p.says_any(at, &["has", "had", "have", "puts", "put", "gives", "gave"])
            && poll_before(p, at)
            && !p.says_any(at + 2, &["margin", "credibility"])
        || p.says_any(at, &["charges", "charged", "learned", "hears"]) && p.says(at + 1, "that")
        || p.says_any(at, &["made", "makes", "making"])
            && (p.says(at + 1, "clear") || p.says_all(at + 1, &["it", "clear"]))
        || puts_at(p, at)
        || states(p, at)
        || feels(p, at)
}

/// "agreed to", "offers to", "voted to": what is wanted rather than what is.
pub(super) fn resolves(p: Pieces<'_>, at: usize) -> bool {
    p.says_any(at, &["agreed", "agrees", "offered", "offers"]) && p.says_any(at + 1, &["to", "that"])
        || p.says_all(at, &["voted", "to"])
}

/// Longest way from "issued" to "statement", in pieces.
const STATEMENT: usize = 5;

/// "issued a statement", "posted two short comments", "delivered her closing remarks".
fn states(p: Pieces<'_>, at: usize) -> bool {
    let utters = p.says_any(
        at,
        &[
            "issued",
            "issues",
            "released",
            "made",
            "posted",
            "continued",
            "delivered",
        ],
    );
    utters
        && (at + 1..at + STATEMENT)
            .take_while(|&index| p.is_word(index))
            .any(|index| {
                p.says_any(
                    index,
                    &[
                        "statement",
                        "statements",
                        "comment",
                        "comments",
                        "remark",
                        "remarks",
                    ],
                )
            })
}

/// "is confident that", "are eager to", "was worried about".
pub(super) fn feels(p: Pieces<'_>, at: usize) -> bool {
    let is_feeling = p.says_any(
        at,
        &[
            "afraid",
            "aware",
            "certain",
            "concerned",
            "confident",
            "convinced",
            "eager",
            "hopeful",
            "optimistic",
            "reluctant",
            "sure",
            "unsure",
            "unaware",
            "willing",
            "unwilling",
            "worried",
        ],
    );
    let follows = p.says_any(at + 1, &["that", "to", "about"])
        || p.is(at + 1, Classes::of(&[Class::Pronoun, Class::Determiner]));
    is_feeling && follows && (at.saturating_sub(3)..at).any(|before| may_be(p, before))
}

/// "He talks", "the minister talks", but not "peace talks", "two-day talks": only a speaker stands before the verb.
fn talks(p: Pieces<'_>, at: usize) -> bool {
    let before = at.wrapping_sub(1);
    p.says(at, "talks") && (p.says_any(before, &["he", "she", "it", "who"]) || p.is(before, Class::Person))
}

/// Longest way from "put" to the number, in pieces.
const PUT: usize = 12;

/// "The ministry put the toll at 40", "rebels put it at more than 90", "an official gave the toll as 40".
fn puts_at(p: Pieces<'_>, at: usize) -> bool {
    let link = if p.says_any(at, &["put", "puts", "putting", "pegs", "pegged"]) {
        "at"
    } else if p.says_any(at, &["gave", "gives"]) {
        "as"
    } else {
        return false;
    };
    let is_passive = is_be(p, at.wrapping_sub(1));
    let Some(link) = (at + 2..at + PUT)
        .take_while(|&index| p.is_word(index) || p.shape(index) == Some(Shape::Possessive))
        .find(|&index| p.says(index, link))
    else {
        return false;
    };
    let is_amount = |index: usize| {
        p.is(index, Classes::of(&[Class::Total, Class::KillNoun]))
            || p.says_any(
                index,
                &[
                    "it",
                    "him",
                    "her",
                    "them",
                    "approval",
                    "figure",
                    "figures",
                    "cost",
                    "costs",
                    "damage",
                    "damages",
                    "loss",
                    "losses",
                    "value",
                    "price",
                    "wealth",
                    "worth",
                    "share",
                    "support",
                    "rate",
                    "lead",
                    "population",
                    "turnout",
                    "dead",
                ],
            )
    };
    let is_number =
        |index: usize| p.is_digits(index) || p.is(index, Class::Cardinal) || p.is_mark(index, Mark::Currency);
    !is_passive && (at + 1..link).any(is_amount) && (link + 1..link + 5).any(is_number)
}
