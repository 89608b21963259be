//! Who says what: cue words, their sources, and the stretch of text that each covers.
//!
//! Four frames carry nearly all attribution in news: `SOURCE said (that) CONTENT`, `CONTENT, SOURCE said`,
//! `CONTENT, said SOURCE` and `according to SOURCE`. [`frame`] recognises them around a cue word, [`source`] finds
//! the noun phrase, and what is left here is their order and the pronouns.

mod frame;
mod source;

use super::analysis::{ClaimStatus, Entity, EntityType};
use super::pieces::{Class, Classes, Pieces};
use super::text::Span;

/// Somebody says something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attribution {
    /// First and last piece of the source, after pronouns are resolved.
    pub source: (usize, usize),
    /// First and last piece of the cue.
    pub cue: (usize, usize),
    /// How firmly it is said.
    pub status: ClaimStatus,
    /// First piece of what is said, and the piece after it.
    pub scope: (usize, usize),
    /// Index of the sentence.
    pub sentence: usize,
}

/// Returns the attributions of a text, in order of their cues.
pub fn find(p: Pieces<'_>, sentences: &[Span]) -> Vec<Attribution> {
    let mut found: Vec<Attribution> = Vec::new();
    let mut subject: Option<(usize, usize)> = None;
    for (index, sentence) in sentences.iter().enumerate() {
        let (start, end) = (p.at(sentence.start), p.at(sentence.end));
        let mut said = None;
        for at in start..end {
            let Some(mut attribution) = frame::read(p, at, start, end) else {
                continue;
            };
            attribution.sentence = index;
            let (first, last) = attribution.source;
            if first == last && source::is_pronoun(p, first) {
                let near = found.last().filter(|before| before.sentence + 2 >= index).map(|before| before.source);
                attribution.source = near.or(subject).unwrap_or(attribution.source);
            }
            said = Some(attribution.source);
            found.push(attribution);
        }
        subject = said.or_else(|| source::subject_of(p, start, end)).or(subject);
    }
    found
}

/// Returns the attribution that covers a piece: the one whose cue is nearest, what is said inside what is said first.
pub fn covering<'a>(found: &'a [Attribution], sentence: usize, at: usize) -> Option<&'a Attribution> {
    let first = found.partition_point(|attribution| attribution.sentence < sentence);
    found[first..]
        .iter()
        .take_while(|attribution| attribution.sentence == sentence)
        .filter(|attribution| attribution.scope.0 <= at && at < attribution.scope.1)
        .min_by_key(|attribution| attribution.cue.0.abs_diff(at))
}

/// Returns the printed source and the entity that it names: a person's name without its title, otherwise the noun
/// phrase as it stands.
pub fn printed(p: Pieces<'_>, (first, last): (usize, usize), entities: &[Entity]) -> (Span, Option<usize>) {
    let span = p.cover(first, last);
    let mut best: Option<(usize, Span)> = None;
    for (index, entity) in entities.iter().enumerate() {
        let Ok(mention) = entity.mentions.binary_search_by(|mention| {
            if mention.end <= span.start {
                std::cmp::Ordering::Less
            } else if mention.start >= span.end {
                std::cmp::Ordering::Greater
            } else {
                std::cmp::Ordering::Equal
            }
        }) else {
            continue;
        };
        let mention = entity.mentions[mention];
        let is_person = entity.kind == EntityType::Person;
        let ends = mention.end == span.end;
        let is_better = best.is_none_or(|(other, _)| is_person && entities[other].kind != EntityType::Person || ends && entities[other].kind != EntityType::Person);
        if span.contains(mention) && is_better && (is_person || ends) {
            best = Some((index, mention));
        }
    }
    match best {
        Some((index, mention)) if entities[index].kind == EntityType::Person => (mention, Some(index)),
        Some((index, _)) if entities[index].kind != EntityType::Norp => (span, Some(index)),
        _ => (span, None),
    }
}

/// Returns the status that a cue word gives.
fn status(p: Pieces<'_>, at: usize) -> ClaimStatus {
    if p.is(at, Class::DenyVerb) {
        ClaimStatus::Denied
    } else if p.is(at, Class::ClaimVerb) {
        ClaimStatus::Claimed
    } else if p.is(at, Class::EstimateVerb) {
        ClaimStatus::Estimated
    } else {
        ClaimStatus::Reported
    }
}

/// The classes of attributing verbs.
const CUES: Classes = Classes::of(&[
    Class::SayVerb,
    Class::ClaimVerb,
    Class::DenyVerb,
    Class::EstimateVerb,
    Class::ShowVerb,
]);
