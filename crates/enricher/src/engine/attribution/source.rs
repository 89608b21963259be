//! The noun phrase of a source, to the left of its verb or to the right of its cue.

use super::PREDICATE;
use super::insertion::{Behind, over_insertions, skip_between};
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape};

/// Longest source, in pieces.
const LONGEST: usize = 24;

/// Returns whether the piece is a pronoun that stands for a source.
pub(super) fn is_pronoun(p: Pieces<'_>, at: usize) -> bool {
    p.says_any(at, &["he", "she", "it", "they", "who", "which", "we", "i"])
}

/// Returns the noun phrase that ends before the verb at `verb`.
pub(super) fn left_of(p: Pieces<'_>, verb: usize, start: usize) -> Option<(usize, usize)> {
    let mut last = verb.checked_sub(1).filter(|&last| last >= start)?;
    last = skip_between(p, last, start)?;
    match over_insertions(p, last, start)? {
        Behind::Name(name) => return Some(name),
        Behind::Phrase(before) => last = before,
    }
    if p.says(last, "and") || p.says(last, "but") {
        // "police arrested five and said": the subject of the first verb says it.
        last = subject_of(p, start, last)
            .map_or_else(|| pronoun_before(p, start, last), |(_, last)| Some(last))?;
    }
    let is_relative = p.says_any(last, &["who", "which"])
        || p.says(last, "that") && p.is(last.wrapping_sub(1), Class::Document);
    if is_relative && last > start {
        // "a guard who said", "the agency, which reported", "returns that showed": the noun before is the source.
        last -= 1;
        last -= usize::from(p.is_mark(last, Mark::Comma) && last > start);
    }
    ending_at(p, last, start)
}

/// "For that – he called her weak and said": the pronoun is the subject of both verbs.
fn pronoun_before(p: Pieces<'_>, start: usize, and: usize) -> Option<usize> {
    let floor = and.saturating_sub(LONGEST).max(start);
    (floor..and)
        .rev()
        .find(|&at| p.says_any(at, &["he", "she", "they"]))
}

/// Returns the noun phrase that ends at a piece.
pub(super) fn ending_at(p: Pieces<'_>, last: usize, start: usize) -> Option<(usize, usize)> {
    let first = extend_left(p, last, start);
    trim(p, first, last)
}

/// Walks left to where the phrase begins.
fn extend_left(p: Pieces<'_>, last: usize, start: usize) -> usize {
    let floor = last.saturating_sub(LONGEST).max(start);
    let mut first = last;
    let mut at = last;
    loop {
        if !belongs(p, at, last, start) {
            break;
        }
        first = at;
        if at == floor {
            break;
        }
        at -= 1;
    }
    first
}

fn belongs(p: Pieces<'_>, at: usize, last: usize, start: usize) -> bool {
    match p.shape(at) {
        Some(Shape::Mark(Mark::Hyphen | Mark::Stop | Mark::Apostrophe | Mark::Other)) => {
            return p.is_glued_before(at) || p.is_glued(at);
        }
        Some(Shape::Mark(_)) | None => return false,
        Some(Shape::Possessive) => return true,
        Some(Shape::Digits) => return at == last || p.is_glued(at) || dates(p, at),
        Some(_) => {}
    }
    if p.is_mark(at + 1, Mark::Hyphen) && p.is_glued(at)
        || p.is_mark(at.wrapping_sub(1), Mark::Hyphen) && p.is_glued_before(at)
    {
        return true;
    }
    if p.is(at, Class::Conjunction) {
        // "Israel and Egypt say", but not "killed five and police say".
        return p.says(at, "and") && at > start && p.is_word(at - 1) && is_whole_subject(p, at, start);
    }
    if is_pronoun(p, at) && at != last {
        return false;
    }
    if p.is(
        at,
        Classes::of(&[Class::Relative, Class::Auxiliary, Class::Modal, Class::Negation]),
    ) && !p.says(at, "who")
    {
        return false;
    }
    if p.says_any(
        at,
        &[
            "after",
            "before",
            "as",
            "because",
            "than",
            "during",
            "until",
            "since",
            "via",
            "while",
            "killing",
            "including",
            "following",
            "like",
        ],
    ) {
        return false;
    }
    let is_verb = p.is(
        at,
        Classes::of(&[Class::Verb, Class::KillVerb, Class::InjureVerb, Class::SayVerb]),
    ) && !p.is_capital(at)
        && !p.is(at, Classes::of(&[Class::Document, Class::Person, Class::Title]))
        // "The editorial board writes": no verb stands right before another.
        && (at != last || p.str(at).ends_with("ed") || p.str(at).ends_with("ing"));
    !is_verb || is_participle_in_name(p, at)
}

/// "a *2014* study", "the *2009* paper".
fn dates(p: Pieces<'_>, at: usize) -> bool {
    let articles = Classes::of(&[Class::Article, Class::Determiner]);
    p.str(at).len() == 4 && p.is(at.wrapping_sub(1), articles) && p.is_word(at + 1)
}

/// "the *elected* president says", "a poll *released* Friday found".
fn is_participle_in_name(p: Pieces<'_>, at: usize) -> bool {
    let word = p.str(at);
    let of_document = word.ends_with("ed") && p.is(at.wrapping_sub(1), Class::Document);
    of_document
        || (word.ends_with("ed") || word.ends_with("ing"))
            && p.is(
                at.wrapping_sub(1),
                Classes::of(&[Class::Article, Class::Determiner]),
            )
}

/// Whether everything from the start of the sentence up to "and" is one noun phrase.
fn is_whole_subject(p: Pieces<'_>, and: usize, start: usize) -> bool {
    and - start <= 8
        && (start..and).all(|at| {
            (p.is_word(at) || p.shape(at) == Some(Shape::Possessive) || p.is_mark(at, Mark::Hyphen))
                && !p.is(at, PREDICATE)
                && !p.is(at, Class::Cardinal)
        })
}

/// Drops leading articles, prepositions and adverbs: what stays is the phrase as a reader would quote it.
fn trim(p: Pieces<'_>, mut first: usize, mut last: usize) -> Option<(usize, usize)> {
    let leading = Classes::of(&[
        Class::Article,
        Class::Determiner,
        Class::Preposition,
        Class::Adverb,
        Class::Conjunction,
        Class::Relative,
        Class::Weekday,
    ]);
    // "Sun-Times", "still-struggling mills", "the Daily Post": half a name leads nothing.
    let joins = |at: usize| {
        p.is_mark(at + 1, Mark::Hyphen) && p.is_glued(at)
            || p.is_capital(at)
                && p.is_capital(at + 1)
                && p.is(
                    at.wrapping_sub(1),
                    Classes::of(&[Class::Article, Class::Determiner]),
                )
    };
    while first < last && (p.is(first, leading) && !joins(first) || !p.is_word(first)) {
        first += 1;
    }
    while last > first && !p.is_word(last) && !p.is_digits(last) {
        last -= 1;
    }
    let is_empty = p.is(
        first,
        Classes::of(&[
            Class::Article,
            Class::Preposition,
            Class::Conjunction,
            Class::Adverb,
        ]),
    ) && !joins(first)
        || p.says_any(first, &["that", "the", "there", "this", "those"]);
    (p.is_word(first) && !is_empty).then_some((first, last))
}

/// Returns the noun phrase that starts right of a cue.
pub(super) fn right_of(p: Pieces<'_>, from: usize, end: usize) -> Option<(usize, usize)> {
    let mut at = from;
    let mut last = None;
    while at < end && at < from + LONGEST {
        let ok = match p.shape(at) {
            Some(Shape::Mark(Mark::Hyphen | Mark::Apostrophe)) => p.is_glued_before(at),
            Some(Shape::Mark(Mark::Stop)) => {
                p.is_glued_before(at) && p.is(at - 1, Class::Title) && at + 1 < end
            }
            Some(Shape::Mark(_)) | None => false,
            Some(Shape::Digits) => {
                p.is_capital(at.wrapping_sub(1)) || p.is_glued_before(at) || p.is_glued(at) || dates(p, at)
            }
            Some(Shape::Possessive) => true,
            Some(_) => {
                let ends = Classes::of(&[Class::Relative, Class::Auxiliary, Class::Modal, Class::Negation]);
                let breaks = p.is(at, ends)
                    || p.is(at, Class::Cardinal) && last.is_some()
                    || p.is(at, Classes::of(&[Class::Weekday])) && last.is_some()
                    || p.is(at, Class::Conjunction) && !p.says(at, "and")
                    || p.says_any(
                        at,
                        &[
                            "on", "as", "after", "with", "while", "when", "during", "before", "since",
                            "against", "via",
                        ],
                    )
                    || !qualifies(p, at)
                        && (p.is(at, Class::Verb) || p.str(at).ends_with("ed"))
                        && !p.is_capital(at)
                        && last.is_some()
                        && !p.is(at, Classes::of(&[Class::Document, Class::Person]));
                !breaks
            }
        };
        if !ok {
            break;
        }
        last = Some(at);
        at += 1;
    }
    let last = last?;
    named_behind(p, last, end).or_else(|| trim(p, from, last))
}

/// "another *leading* lawyer", "the *elected* mayor".
fn qualifies(p: Pieces<'_>, at: usize) -> bool {
    let is_participle = p.str(at).ends_with("ed") || p.str(at).ends_with("ing");
    is_participle && p.is(at - 1, Classes::of(&[Class::Determiner, Class::Article])) && p.is_word(at + 1)
}

/// "the army's media wing, [Public Relations Office (PRO)], …": the name behind the comma is the source.
fn named_behind(p: Pieces<'_>, last: usize, end: usize) -> Option<(usize, usize)> {
    if p.is_capital(last) || !p.is_mark(last + 1, Mark::Comma) {
        return None;
    }
    let first = last + 2;
    let limit = end.min(first + LONGEST);
    let inside = |at: &usize| {
        p.is_capital(*at)
            || p.is_any_mark(*at, &[Mark::Hyphen, Mark::Open, Mark::Close])
            || p.says_any(*at, &["of", "for", "and", "al", "bin"])
    };
    let name_end = (first..limit).find(|at| !inside(at))?;
    (p.is_capital(first) && name_end > first + 1 && p.is_mark(name_end, Mark::Comma))
        .then_some((first, name_end - 1))
}

/// Steps over "Last week, ", "In a speech on Monday, ".
fn behind_aside(p: Pieces<'_>, start: usize, end: usize) -> usize {
    let opens = Classes::of(&[Class::Preposition, Class::DateWord, Class::Weekday, Class::Month]);
    if !p.is(start, opens) {
        return start;
    }
    let comma = (start..end.min(start + 12)).find(|&at| p.is_mark(at, Mark::Comma));
    let behind = comma.map_or(start, |comma| comma + 1);
    // "On July 6, 2015, the mayor".
    let is_year = p.is_digits(behind) && p.is_mark(behind + 1, Mark::Comma);
    behind + if is_year { 2 } else { 0 }
}

/// Returns the subject of a sentence: its first noun phrase, for "it said" in the next one.
pub(super) fn subject_of(p: Pieces<'_>, start: usize, end: usize) -> Option<(usize, usize)> {
    let mut first = behind_aside(p, start, end);
    while first < end
        && first < start + 3
        && (p.is(first, Classes::of(&[Class::Adverb, Class::Conjunction]))
            || p.is_mark(first, Mark::Comma)
            || p.is_quote(first))
    {
        first += 1;
    }
    let mut last = None;
    for at in first..end.min(first + LONGEST) {
        let is_name = (p.is_word(at)
            && !p.is(at, PREDICATE)
            && !p.is(
                at,
                Classes::of(&[
                    Class::Relative,
                    Class::DetainVerb,
                    Class::Preposition,
                    Class::Adverb,
                    Class::SayVerb,
                ]),
            ))
            || p.shape(at) == Some(Shape::Possessive)
            || p.is_mark(at, Mark::Hyphen);
        // "Witnesses disagreed": a participle behind a plural is its verb, whether the lexicon knows it or not.
        let is_verb = at > first
            && p.shape(at) == Some(Shape::Lower)
            && p.str(at).ends_with("ed")
            && p.str(at - 1).ends_with('s');
        if !is_name || is_verb {
            break;
        }
        last = Some(at);
    }
    trim(p, first, last?)
}
