//! Finds the rule that a line falls under, with a few comparisons a line rather than one for every phrase.
//!
//! Most lines are told from residue by their length, their first two letters and a search for a dozen words. Only
//! what passes is folded and compared.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::rules::{RULES, Rule, When};
use super::{Position, in_zone};

/// How long a line may be that any rule looks at.
const MOST_RESIDUE: usize = 420;

/// How long a line may be in the middle of a text.
const MOST_IN_MIDDLE: usize = 250;

/// How long a line is at most that shapes are tried on wherever it stands.
const SHORT: usize = 60;

/// How long a line is at most that every shape is tried on at the edges; longer ones have to look like it.
const MOST_SHAPE: usize = 160;

/// Every phrase that a line may hold has one of these words, and so has every long note of where a text is from.
const TRIGGERS: &[&str] = &[
    "syndicated",
    "edited by",
    "reworked",
    "republished",
    "creative commons",
    "auto-",
    "inputs",
    "additional reporting",
    "produced by",
    "associated press",
    "cookie",
    "privacy",
    "rights reserved",
    "broadcast, or",
    "may not be",
    "standards:",
    "originally",
    "first appeared",
    "first published",
    "opinions",
    "views",
];

struct Index {
    /// The first two letters of the phrases that lines start with, or are: a bit for the second in the word of the
    /// first.
    openings: [u32; 32],
    /// These phrases by their first byte.
    starts: Vec<Vec<(usize, &'static str)>>,
    triggers: AhoCorasick,
    /// Phrases that lines hold.
    holds: AhoCorasick,
    /// The rule of each phrase of `holds`.
    holders: Vec<usize>,
    shapes: Vec<usize>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut openings = [0; 32];
    let mut starts = vec![Vec::new(); 256];
    let (mut phrases, mut holders, mut shapes) = (Vec::new(), Vec::new(), Vec::new());
    for (at, rule) in RULES.iter().enumerate() {
        match rule.when {
            When::Is(list) | When::Starts(_, list) => {
                for phrase in list {
                    let (first, second) = (phrase.as_bytes()[0], phrase.as_bytes()[1]);
                    openings[usize::from(first & 31)] |= 1 << (second & 31);
                    starts[usize::from(first)].push((at, *phrase));
                }
            }
            When::Holds(_, list) => {
                phrases.extend_from_slice(list);
                holders.resize(phrases.len(), at);
            }
            When::Shape(..) | When::Note(..) => shapes.push(at),
        }
    }
    Index {
        openings,
        starts,
        // Leftmost matches are found many bytes at a time.
        triggers: AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .build(TRIGGERS)
            .expect("a few short words fit any automaton"),
        holds: AhoCorasick::new(phrases).expect("a hundred short phrases fit any automaton"),
        holders,
        shapes,
    }
});

/// Returns the name of the first rule that a line falls under. `folded` is room to work in.
pub(super) fn find(
    line: &str,
    position: Position,
    disabled: &[String],
    folded: &mut String,
) -> Option<&'static str> {
    let edge = position.head || position.tail;
    let opens_oddly = line.starts_with(['<', '(', '[', '©']);
    if line.len() > MOST_RESIDUE || !(edge || line.len() <= MOST_IN_MIDDLE || opens_oddly) {
        return None;
    }
    let index = &*INDEX;
    let bare = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    let triggered = is_triggered(line);
    let short = edge || line.len() <= SHORT || opens_oddly;
    let may_start = opens_like_a_phrase(bare, index);
    let may_be_shape =
        short && (line.len() <= MOST_SHAPE || opens_oddly || position.head || triggered || may_start);
    if !(triggered || may_start || may_be_shape) {
        return None;
    }
    fold(bare, folded);
    let applies =
        |rule: &Rule| in_zone(rule.zone, position) && !disabled.iter().any(|name| name == rule.name);
    let mut found = usize::MAX;
    if may_start {
        let first = folded.bytes().next().unwrap_or(0);
        for (at, phrase) in &index.starts[usize::from(first)] {
            let rule = &RULES[*at];
            if *at < found && is_or_starts(rule, phrase, line, folded, position) && applies(rule) {
                found = *at;
            }
        }
    }
    // Sentences about cookies stand anywhere, the rest of these phrases at the edges.
    if triggered && !position.first && (edge || folded.contains("cookie")) {
        for hit in index.holds.find_overlapping_iter(&*folded) {
            let at = index.holders[hit.pattern().as_usize()];
            let rule = &RULES[at];
            if at < found && matches!(rule.when, When::Holds(most, _) if line.len() <= most) && applies(rule)
            {
                found = at;
            }
        }
    }
    if may_be_shape {
        let of_shape = |rule: &Rule| match rule.when {
            When::Shape(most, shape) => line.len() <= most && shape(line, folded),
            When::Note(most, shape) => triggered && line.len() <= most && shape(line, folded),
            When::Is(_) | When::Starts(..) | When::Holds(..) => false,
        };
        let mut shapes = index.shapes.iter().take_while(|at| **at < found);
        found = shapes
            .find(|at| in_zone(RULES[**at].zone, position) && of_shape(&RULES[**at]) && applies(&RULES[**at]))
            .map_or(found, |at| *at);
    }
    RULES.get(found).map(|rule| rule.name)
}

/// Whether a line has one of [`TRIGGERS`].
fn is_triggered(line: &str) -> bool {
    let mut lower = [0; MOST_RESIDUE];
    let lower = &mut lower[..line.len()];
    lower.copy_from_slice(line.as_bytes());
    lower.make_ascii_lowercase();
    INDEX.triggers.is_match(&*lower)
}

/// Whether some phrase has the first two letters of a line; true when they are not ASCII.
fn opens_like_a_phrase(bare: &str, index: &Index) -> bool {
    let [first, second, ..] = bare.as_bytes() else {
        return false;
    };
    !(first.is_ascii() && second.is_ascii())
        || index.openings[usize::from(first & 31)] >> (second & 31) & 1 == 1
}

fn is_or_starts(rule: &Rule, phrase: &str, line: &str, folded: &str, position: Position) -> bool {
    match rule.when {
        When::Is(_) => folded
            .strip_prefix(phrase)
            .is_some_and(|rest| !rest.contains(char::is_alphanumeric)),
        When::Starts(most, _) => !position.first && line.len() <= most && starts_with_words(folded, phrase),
        When::Holds(..) | When::Shape(..) | When::Note(..) => false,
    }
}

/// Whether a text starts with a phrase that ends where a word ends.
fn starts_with_words(text: &str, phrase: &str) -> bool {
    text.strip_prefix(phrase).is_some_and(|rest| {
        !phrase.ends_with(|c: char| c.is_alphanumeric()) || !rest.starts_with(|c: char| c.is_alphanumeric())
    })
}

/// Lower case, straight quotes, single spaces, no space before a colon.
fn fold(line: &str, out: &mut String) {
    out.clear();
    if is_simple(line) {
        out.push_str(line);
        out.make_ascii_lowercase();
        return;
    }
    for c in line.chars() {
        match c {
            '’' | '‘' => out.push('\''),
            '“' | '”' => out.push('"'),
            ' ' if out.ends_with(' ') => {}
            ' '..='~' => out.push(c.to_ascii_lowercase()),
            c => out.extend(c.to_lowercase()),
        }
    }
    // "Last Updated : Aug" reads like "last updated: aug".
    if out.contains(" :") {
        *out = out.replace(" :", ":");
    }
}

/// Whether all that folding changes in a line is its case.
#[expect(
    clippy::needless_bitwise_bool,
    reason = "lazy operators are branches, which keep the loop scalar"
)]
fn is_simple(line: &str) -> bool {
    let bytes = line.as_bytes();
    let pairs = bytes.iter().zip(bytes.iter().skip(1));
    let spaced = pairs.fold(false, |any, (one, other)| {
        any | ((*one == b' ') & ((*other == b' ') | (*other == b':')))
    });
    line.is_ascii() && !spaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::config::Zone;

    #[test]
    fn phrases_are_folded_already() {
        for rule in RULES {
            let (When::Is(phrases) | When::Starts(_, phrases) | When::Holds(_, phrases)) = rule.when else {
                continue;
            };
            for phrase in phrases {
                let (line, mut folded) = (format!("{phrase}x"), String::new());
                fold(&line, &mut folded);
                assert_eq!(folded, line, "{}", rule.name);
            }
        }
    }

    #[test]
    fn every_phrase_that_is_held_has_a_trigger() {
        for rule in RULES {
            if let When::Holds(_, phrases) = rule.when {
                for phrase in phrases {
                    assert!(is_triggered(phrase), "`{phrase}` of {}", rule.name);
                }
            }
        }
    }

    #[test]
    fn zones_of_phrases_that_are_looked_for_everywhere() {
        // `find` looks into the middle of a text only for these.
        for rule in RULES.iter().filter(|rule| rule.zone == Zone::Anywhere) {
            if let When::Holds(_, phrases) = rule.when {
                assert!(
                    phrases
                        .iter()
                        .all(|phrase| phrase.contains("cookie") || phrase.contains("privacy"))
                );
            }
        }
    }
}
