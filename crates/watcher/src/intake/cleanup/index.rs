//! Finds the rule that a line falls under, with a few comparisons a line rather than one for every phrase.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::rules::{RULES, Rule, When};
use super::{Position, in_zone};

/// How long a line may be that any rule looks at.
const MOST_RESIDUE: usize = 420;

/// How long a line is at most that shapes are tried on wherever it stands.
const SHORT: usize = 60;

struct Index {
    /// Phrases that lines start with, or are, by their first byte.
    starts: Vec<Vec<(usize, &'static str)>>,
    /// Phrases that lines hold.
    holds: AhoCorasick,
    /// The rule of each phrase of `holds`.
    holders: Vec<usize>,
    shapes: Vec<usize>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut starts = vec![Vec::new(); 256];
    let (mut phrases, mut holders, mut shapes) = (Vec::new(), Vec::new(), Vec::new());
    for (at, rule) in RULES.iter().enumerate() {
        match rule.when {
            When::Is(list) | When::Starts(_, list) => {
                for phrase in list {
                    starts[phrase.as_bytes()[0] as usize].push((at, *phrase));
                }
            }
            When::Holds(_, list) => {
                phrases.extend_from_slice(list);
                holders.resize(phrases.len(), at);
            }
            When::Shape(_) => shapes.push(at),
        }
    }
    let holds = AhoCorasick::new(phrases).expect("a hundred short phrases fit any automaton");
    Index {
        starts,
        holds,
        holders,
        shapes,
    }
});

/// Returns the name of the first rule that a line falls under.
pub(super) fn find(
    line: &str,
    position: Position,
    is_enabled: impl Fn(&str) -> bool,
) -> Option<&'static str> {
    let edge = position.head || position.tail;
    if line.len() > MOST_RESIDUE || !(edge || line.len() <= 250 || line.starts_with(['<', '(', '['])) {
        return None;
    }
    let index = &*INDEX;
    let first = line
        .bytes()
        .find(u8::is_ascii_alphanumeric)
        .map_or(0, |byte| byte.to_ascii_lowercase());
    let short = edge || line.len() <= SHORT || line.starts_with(['<', '(', '[', '©']);
    if !short && index.starts[first as usize].is_empty() {
        return None;
    }
    let folded = fold(line);
    let applies = |rule: &Rule| in_zone(rule.zone, position) && is_enabled(rule.name);
    let mut found = usize::MAX;
    let first = folded.bytes().next().unwrap_or(0);
    for (at, phrase) in &index.starts[first as usize] {
        if *at < found && applies(&RULES[*at]) && is_or_starts(&RULES[*at], phrase, line, &folded, position) {
            found = *at;
        }
    }
    // Sentences about cookies stand anywhere, the rest of these phrases at the edges.
    let may_hold = !position.first && (edge || folded.contains("cookie"));
    if may_hold {
        for hit in index.holds.find_overlapping_iter(&folded) {
            let at = index.holders[hit.pattern().as_usize()];
            if at < found
                && applies(&RULES[at])
                && matches!(RULES[at].when, When::Holds(most, _) if line.len() <= most)
            {
                found = at;
            }
        }
    }
    if short {
        for at in &index.shapes {
            if *at < found
                && applies(&RULES[*at])
                && matches!(RULES[*at].when, When::Shape(shape) if shape(line, &folded))
            {
                found = *at;
            }
        }
    }
    RULES.get(found).map(|rule| rule.name)
}

fn is_or_starts(rule: &Rule, phrase: &str, line: &str, folded: &str, position: Position) -> bool {
    match rule.when {
        When::Is(_) => folded.trim_end_matches(|c: char| !c.is_alphanumeric()) == phrase,
        When::Starts(most, _) => !position.first && line.len() <= most && starts_with_words(folded, phrase),
        When::Holds(..) | When::Shape(_) => false,
    }
}

/// Whether a text starts with a phrase that ends where a word ends.
fn starts_with_words(text: &str, phrase: &str) -> bool {
    let ends_in_word = phrase.ends_with(|c: char| c.is_alphanumeric());
    text.strip_prefix(phrase)
        .is_some_and(|rest| !ends_in_word || !rest.starts_with(|c: char| c.is_alphanumeric()))
}

/// Lower case, straight quotes, single spaces, no punctuation in front.
fn fold(line: &str) -> String {
    let line = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    let mut out = String::with_capacity(line.len());
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
        out.replace(" :", ":")
    } else {
        out
    }
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
                assert_eq!(fold(&format!("{phrase}x")), format!("{phrase}x"), "{}", rule.name);
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
