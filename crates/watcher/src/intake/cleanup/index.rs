//! Finds the rule that a line falls under, with a few comparisons a line rather than one for every phrase.
//!
//! Most lines are told from residue by their length, their first two letters and a search for a dozen words. Only
//! what passes is folded and compared.

use std::slice;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::super::lines::Line;
use super::rules::{ANY, DIGIT, OPEN, RULES, Rule, TRIGGERED, Traits, WORD, When};
use super::{Position, in_zone};

/// How long a line may be that any rule looks at.
const MOST_RESIDUE: usize = 420;

/// How long a line may be in the middle of a text.
const MOST_IN_MIDDLE: usize = 250;

/// How long a line is at most that shapes are tried on wherever it stands.
const SHORT: usize = 60;

/// How long a line is at most that every shape is tried on at the edges; longer ones have to look like it.
const MOST_SHAPE: usize = 160;

/// Every phrase that a line may hold has one of these, and so has every long note of where a text is from. They are
/// pieces that begin with three letters that are seldom together, so that they are seldom looked at for nothing.
const TRIGGERS: &[&str] = &[
    "yndicat",
    "dited by",
    "ework",
    "epublish",
    "mmons",
    "uto-",
    "nputs",
    "l reporting",
    "uced by",
    "ociated press",
    "okie",
    "vacy",
    "hts reserved",
    "adcast",
    "rds:",
    "iginally",
    "rst appeared",
    "rst published",
    "nions",
    "iews",
];

/// How much text is looked into for triggers at once; of more, the long lines are left out.
const MOST_AT_ONCE: usize = 16 << 10;

/// How many bytes of a line are compared with the phrases that lines start with: more than any of them has.
const MOST_OPENING: usize = 64;

struct Index {
    /// The phrases that lines start with, or are, by their first two letters, with the numbers of their rules.
    starts: Vec<Vec<(usize, &'static str)>>,
    triggers: AhoCorasick,
    /// Phrases that lines hold.
    holds: AhoCorasick,
    /// The rule of each phrase of `holds`.
    holders: Vec<usize>,
    shapes: Vec<Shape>,
}

/// A rule whose lines a function recognises.
struct Shape {
    rule: usize,
    most: usize,
    needs: Traits,
    is: fn(&str, &str) -> bool,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut starts = vec![Vec::new(); 1 << 10];
    let (mut phrases, mut holders, mut shapes) = (Vec::new(), Vec::new(), Vec::new());
    for (at, rule) in RULES.iter().enumerate() {
        match rule.when {
            When::Is(list) | When::Starts(_, list) | When::StartsHolding(_, list, _) => {
                for phrase in list {
                    let place = place(phrase.as_bytes()[0], phrase.as_bytes()[1]);
                    starts[place].push((at, *phrase));
                }
            }
            When::Holds(_, list) => {
                phrases.extend_from_slice(list);
                holders.resize(phrases.len(), at);
            }
            When::Shape(most, needs, is) => shapes.push(Shape {
                rule: at,
                most,
                needs,
                is,
            }),
        }
    }
    Index {
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

/// Where in [`Index::starts`] phrases with these first letters are.
fn place(first: u8, second: u8) -> usize {
    usize::from(first & 31) << 5 | usize::from(second & 31)
}

/// Where the words of [`TRIGGERS`] are in a text.
#[derive(Debug, Default)]
pub(super) struct Triggers {
    /// In ascending order.
    found: Vec<usize>,
    lower: Vec<u8>,
}

impl Triggers {
    /// Looks into lines that follow each other in `text`.
    pub(super) fn look(&mut self, text: &str, lines: &[Line<'_>]) {
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
            return;
        };
        let range = first.start..last.start + last.text.len();
        if range.len() > MOST_AT_ONCE {
            let short = lines.iter().filter(|line| line.text.len() <= MOST_RESIDUE);
            return short.for_each(|line| self.look(text, slice::from_ref(line)));
        }
        self.lower.clear();
        self.lower.extend_from_slice(&text.as_bytes()[range]);
        self.lower.make_ascii_lowercase();
        let found = INDEX.triggers.find_iter(&self.lower);
        self.found.extend(found.map(|hit| first.start + hit.start()));
    }

    /// Looks for the one word that counts in the middle of a text.
    pub(super) fn look_for_cookies(&mut self, lines: &[Line<'_>]) {
        for line in lines.iter().filter(|line| line.text.len() <= MOST_RESIDUE) {
            let bytes = line.text.as_bytes();
            let is_cookie = |at: usize| {
                let word = at.checked_sub(3).and_then(|start| bytes.get(start..start + 6));
                word.is_some_and(|word| word.eq_ignore_ascii_case(b"cookie"))
            };
            if memchr::memchr2_iter(b'k', b'K', bytes).any(is_cookie) {
                self.found.push(line.start);
            }
        }
    }

    /// Whether there is one in a line.
    pub(super) fn are_in(&self, line: &Line<'_>) -> bool {
        let before = self.found.partition_point(|at| *at < line.start);
        let next = self.found.get(before);
        next.is_some_and(|at| *at < line.start + line.text.len())
    }
}

/// Returns the name of the first rule that a line falls under. `triggered` tells whether it has one of [`TRIGGERS`];
/// `folded` is room to work in.
pub(super) fn find(
    line: &str,
    position: Position,
    triggered: bool,
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
    let starts = opens_like(bare, index, folded);
    let may_be_shape = (edge || line.len() <= SHORT || opens_oddly)
        && (line.len() <= MOST_SHAPE || opens_oddly || position.head || triggered || is_notice(bare));
    if !(triggered || !starts.is_empty() || may_be_shape) {
        return None;
    }
    if starts.is_empty() || bare.len() > MOST_OPENING {
        fold(bare, usize::MAX, folded);
    }
    let applies =
        |rule: &Rule| in_zone(rule.zone, position) && !disabled.iter().any(|name| name == rule.name);
    let mut found = usize::MAX;
    for (at, phrase) in starts {
        let rule = &RULES[*at];
        if *at < found && is_or_starts(rule, phrase, line, folded, position) && applies(rule) {
            found = *at;
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
        let traits = traits(line, triggered);
        let mut shapes = index
            .shapes
            .iter()
            .filter(|shape| line.len() <= shape.most && shape.needs & !traits == 0);
        let first = shapes.find(|shape| {
            let rule = &RULES[shape.rule];
            shape.rule < found && in_zone(rule.zone, position) && (shape.is)(line, folded) && applies(rule)
        });
        found = first.map_or(found, |shape| shape.rule);
    }
    RULES.get(found).map(|rule| rule.name)
}

/// What a line has, as [`Rule`]s need it.
fn traits(line: &str, triggered: bool) -> Traits {
    let bytes = line.as_bytes();
    // Without branches, so that many bytes are looked at at once.
    let digit = bytes.iter().fold(false, |any, byte| any | byte.is_ascii_digit());
    let mut traits = ANY;
    if digit {
        traits |= DIGIT;
    }
    if !line.ends_with('.') {
        traits |= OPEN;
    }
    if memchr::memchr(b' ', bytes).is_none() {
        traits |= WORD;
    }
    if triggered {
        traits |= TRIGGERED;
    }
    traits
}

/// Whether a line of more than [`MOST_SHAPE`] bytes may be a copyright notice.
fn is_notice(bare: &str) -> bool {
    let start = bare.as_bytes().get(..9);
    start.is_some_and(|start| start.eq_ignore_ascii_case(b"copyright"))
}

/// Returns the phrases with the first two letters of a line if the line may start with one of them.
fn opens_like<'i>(bare: &str, index: &'i Index, folded: &mut String) -> &'i [(usize, &'static str)] {
    let phrases = match bare.as_bytes() {
        [first, second, ..] if first.is_ascii() && second.is_ascii() => &index.starts[place(*first, *second)],
        [_, _, ..] => {
            fold(bare, MOST_OPENING, folded);
            match folded.as_bytes() {
                [first, second, ..] => &index.starts[place(*first, *second)],
                _ => return &[],
            }
        }
        _ => return &[],
    };
    if phrases.is_empty() {
        return &[];
    }
    fold(bare, MOST_OPENING, folded);
    if phrases.iter().any(|(_, phrase)| folded.starts_with(phrase)) {
        phrases
    } else {
        &[]
    }
}

fn is_or_starts(rule: &Rule, phrase: &str, line: &str, folded: &str, position: Position) -> bool {
    match rule.when {
        When::Is(_) => folded
            .strip_prefix(phrase)
            .is_some_and(|rest| !rest.contains(char::is_alphanumeric)),
        When::Starts(most, _) => !position.first && line.len() <= most && starts_with_words(folded, phrase),
        When::StartsHolding(most, _, held) => {
            let starts = !position.first && line.len() <= most && starts_with_words(folded, phrase);
            starts && held.iter().any(|held| folded.contains(held))
        }
        When::Holds(..) | When::Shape(..) => false,
    }
}

/// Whether a text starts with a phrase that ends where a word ends.
fn starts_with_words(text: &str, phrase: &str) -> bool {
    text.strip_prefix(phrase).is_some_and(|rest| {
        !phrase.ends_with(|c: char| c.is_alphanumeric()) || !rest.starts_with(|c: char| c.is_alphanumeric())
    })
}

/// Lower case, straight quotes, single spaces, no space before a colon; at least `most` bytes of it, if there are.
fn fold(line: &str, most: usize, out: &mut String) {
    out.clear();
    // What comes after the cut may change a space before it.
    let start = &line[..line.floor_char_boundary(most.saturating_add(1))];
    if is_simple(start) {
        out.push_str(start);
        out.make_ascii_lowercase();
        return;
    }
    for c in line.chars() {
        match c {
            '’' | '‘' => out.push('\''),
            '“' | '”' => out.push('"'),
            ' ' if out.ends_with(' ') => {}
            // "Last Updated : Aug" reads like "last updated: aug".
            ':' if out.ends_with(' ') => {
                out.pop();
                out.push(':');
            }
            ' '..='~' => out.push(c.to_ascii_lowercase()),
            c => out.extend(c.to_lowercase()),
        }
        if out.len() > most && line.len() > most {
            return;
        }
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
    use crate::intake::lines::split;

    #[test]
    fn phrases_are_folded_already() {
        for rule in RULES {
            let phrases = match rule.when {
                When::Is(phrases)
                | When::Starts(_, phrases)
                | When::StartsHolding(_, phrases, _)
                | When::Holds(_, phrases) => phrases,
                When::Shape(..) => continue,
            };
            for phrase in phrases {
                let (line, mut folded) = (format!("{phrase}x"), String::new());
                fold(&line, usize::MAX, &mut folded);
                assert_eq!(folded, line, "{}", rule.name);
                assert!(phrase.len() < MOST_OPENING, "{phrase}");
            }
        }
    }

    #[test]
    fn every_phrase_that_is_held_has_a_trigger() {
        for rule in RULES {
            if let When::Holds(_, phrases) = rule.when {
                for phrase in phrases {
                    let is_triggered = INDEX.triggers.is_match(phrase);
                    assert!(is_triggered, "`{phrase}` of {}", rule.name);
                    // And a line that holds it, in whatever case, is found by it.
                    let text = format!("So {} here", phrase.to_uppercase());
                    let lines = split(&text);
                    let mut triggers = Triggers::default();
                    triggers.look(&text, &lines);
                    assert!(triggers.are_in(&lines[0]), "`{text}` of {}", rule.name);
                }
            }
        }
    }

    #[test]
    fn every_note_has_a_trigger() {
        for note in [
            "this article was originally published",
            "this post originally appeared",
            "the post first appeared",
            "this piece was first published",
            "views do not necessarily reflect those of the paper",
            "the opinions are the author's own",
        ] {
            assert!(super::super::shapes::is_origin_note(note, note), "{note}");
            assert!(INDEX.triggers.is_match(note), "{note}");
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
