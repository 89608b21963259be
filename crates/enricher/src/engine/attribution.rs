//! Who says what: cue words, their sources, and the stretch of text that each covers.
//!
//! Four frames carry nearly all attribution in news: `SOURCE said (that) CONTENT`, `CONTENT, SOURCE said`,
//! `CONTENT, said SOURCE` and `according to SOURCE`. [`frame`] recognises them around a cue word, [`source`] finds
//! the noun phrase, [`scope`] what is said, and [`pronoun`] whom a pronoun stands for.

mod act;
mod document;
mod frame;
mod gender;
mod insertion;
mod lines;
mod noun;
mod phrase;
mod pronoun;
mod scope;
mod source;

use self::pronoun::Cast;
use super::analysis::{ClaimStatus, Entity, EntityType};
use super::pieces::{Class, Classes, Mark, Pieces, Shape};
use super::text::Span;

/// Most attributions of one sentence that are looked at.
const CLAUSES: usize = 32;

/// Somebody says something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Attribution {
    /// First and last piece of the source as printed; may be a pronoun.
    pub source: (usize, usize),
    /// First and last piece of what the source stands for: the source itself unless it is a pronoun.
    pub referent: (usize, usize),
    /// First and last piece of the cue.
    pub cue: (usize, usize),
    /// How firmly it is said.
    pub status: ClaimStatus,
    /// First piece of what is said, and the piece after it.
    pub scope: (usize, usize),
    /// Whether the source says what is wanted rather than what is: any other source goes before it.
    pub is_intent: bool,
    /// Whether the source acts or judges rather than speaks: that does not end what somebody else says.
    pub is_act: bool,
    /// Index of the sentence.
    pub sentence: usize,
}

/// Returns the attributions of a text, in order of their sentences.
pub fn find(p: Pieces<'_>, sentences: &[Span], entities: &[Entity]) -> Vec<Attribution> {
    let cast = Cast::new(p, entities);
    let mut found: Vec<Attribution> = Vec::new();
    // What the sentences so far are about: the last source or subject.
    let mut subject: Option<(usize, usize)> = None;
    let mut before = 0..0;
    let mut turn: Option<Turn> = None;
    for (index, sentence) in sentences.iter().enumerate() {
        let (start, end) = (p.at(sentence.start), p.at(sentence.end));
        turn = turn.filter(|turn| turn.goes_on(p, start));
        if let Some(turn) = &mut turn {
            turn.has_begun = true;
            found.push(Attribution {
                scope: (start, end),
                sentence: index,
                ..turn.attribution
            });
        }
        let mut said = None;
        for at in start..end {
            let Some(mut attribution) = frame::read(p, at, start, end) else {
                continue;
            };
            attribution.sentence = index;
            let (first, last) = attribution.source;
            if first == last && pronoun::is_third_person(p, first) {
                let speaker = found.last().filter(|said| said.sentence + 2 >= index);
                let candidates: Vec<(usize, usize)> = [
                    speaker.map(|said| said.referent),
                    subject,
                    source::subject_of(p, before.start, before.end),
                    source::subject_of(p, start, first).filter(|subject| subject.1 < first),
                ]
                .into_iter()
                .flatten()
                .filter(|&(first, last)| first != last || !source::is_pronoun(p, first))
                .collect();
                let referent = cast.referent(first, &candidates, before.start);
                attribution.referent = referent.unwrap_or(attribution.source);
            }
            clip_credit(p, &found, &mut attribution);
            if !attribution.is_act {
                close_before(p, &mut found, &attribution);
            }
            said = Some(attribution.referent);
            turn = Turn::begins(p, &attribution, end).or(turn);
            found.push(attribution);
        }
        subject = said.or_else(|| source::subject_of(p, start, end)).or(subject);
        before = start..end;
    }
    found
}

/// Speech that runs over sentences without quotation marks: the lines of a transcript, and what a colon announces.
struct Turn {
    attribution: Attribution,
    /// Whether it is the next paragraph, rather than the rest of this one.
    is_next: bool,
    has_begun: bool,
}

impl Turn {
    /// Returns the turn that an attribution opens: "SMITH: …" or "The mayor writes:" at the end of a line.
    fn begins(p: Pieces<'_>, attribution: &Attribution, end: usize) -> Option<Self> {
        let is_colon = p.is_mark(attribution.cue.0, Mark::Colon);
        let is_speaker = is_colon && attribution.source.1 + 1 == attribution.cue.0;
        let announces = p.is_mark(end - 1, Mark::Colon) && p.ends_line(end - 1) && !is_colon;
        (is_speaker || announces).then_some(Self {
            attribution: *attribution,
            is_next: announces,
            has_begun: is_speaker,
        })
    }

    /// Whether the sentence that starts here is still part of it.
    fn goes_on(&self, p: Pieces<'_>, start: usize) -> bool {
        let is_new_line = start == 0 || p.ends_line(start - 1);
        if self.is_next && !self.has_begun {
            is_new_line
        } else {
            !is_new_line
        }
    }
}

/// "Analysts report that A owes 5 million; B, according to its website, owes 7": the credit is for its own item only.
fn clip_credit(p: Pieces<'_>, found: &[Attribution], credit: &mut Attribution) {
    let is_reported = found
        .iter()
        .rev()
        .take(CLAUSES)
        .take_while(|before| before.sentence == credit.sentence)
        .any(|before| !before.is_intent && before.scope.0 <= credit.cue.0 && credit.cue.0 < before.scope.1);
    if !is_reported || !p.says(credit.cue.0, "according") {
        return;
    }
    let item = (credit.scope.0..credit.cue.0)
        .rev()
        .take(400)
        .find(|&at| p.is_mark(at, Mark::Semicolon));
    credit.scope.0 = item.unwrap_or(credit.scope.0);
}

/// "Police say five died, but residents say ten did": the second clause ends what the first source says.
fn close_before(p: Pieces<'_>, found: &mut [Attribution], next: &Attribution) {
    let mut first = next.source.0;
    while first > 0 && p.is(first - 1, Classes::of(&[Class::Determiner, Class::Article])) {
        first -= 1;
    }
    let joins = first > 0
        && (p.is_mark(first - 1, Mark::Semicolon)
            || p.says_any(first - 1, &["but", "while", "and", "whereas", "although"]));
    if !joins {
        return;
    }
    for before in found
        .iter_mut()
        .rev()
        .take(CLAUSES)
        .take_while(|before| before.sentence == next.sentence)
    {
        if before.cue.1 < first {
            before.scope.1 = before.scope.1.min(first);
        }
    }
}

/// Returns the attribution that covers a piece: the outermost, since what one source quotes another for is still the
/// first one's word.
pub fn covering(found: &[Attribution], sentence: usize, at: usize) -> Option<&Attribution> {
    let first = found.partition_point(|attribution| attribution.sentence < sentence);
    found[first..]
        .iter()
        .take_while(|attribution| attribution.sentence == sentence)
        .take(CLAUSES)
        .filter(|attribution| attribution.scope.0 <= at && at < attribution.scope.1)
        .filter(|attribution| !names_source(attribution, at))
        .max_by_key(|attribution| {
            (
                !attribution.is_intent,
                attribution.scope.1.saturating_sub(attribution.scope.0),
                usize::MAX - attribution.cue.0,
            )
        })
}

/// Whether a piece stands between source and cue, as the age in "King, 82, said": that is no content.
fn names_source(attribution: &Attribution, at: usize) -> bool {
    let first = attribution.source.0.min(attribution.cue.0);
    let last = attribution.source.1.max(attribution.cue.1);
    first <= at && at <= last
}

/// Returns the printed source and the entity that it names: a person's name without its title, a pronoun as it stands
/// with the entity that it stands for, otherwise the noun phrase.
pub fn printed(p: Pieces<'_>, attribution: &Attribution, entities: &[Entity]) -> (Span, Option<usize>) {
    let referent = p.cover(attribution.referent.0, attribution.referent.1);
    let named = named_entity(p, referent, entities);
    if attribution.referent != attribution.source {
        return (
            p.cover(attribution.source.0, attribution.source.1),
            named.map(|(index, _)| index),
        );
    }
    match named {
        Some((index, mention)) if entities[index].kind == EntityType::Person => (mention, Some(index)),
        Some((index, _)) => (referent, Some(index)),
        None => (referent, None),
    }
}

/// Returns the entity that a noun phrase is: the one whose name covers its head. "Rebels in eastern Chad" are not Chad,
/// and "Lee's lawyer" is not Lee.
fn named_entity(p: Pieces<'_>, phrase: Span, entities: &[Entity]) -> Option<(usize, Span)> {
    let mut ends = None;
    for (index, entity) in entities.iter().enumerate() {
        let first = entity
            .mentions
            .partition_point(|mention| mention.end <= phrase.start);
        let Some(&mention) = entity
            .mentions
            .get(first)
            .filter(|mention| phrase.contains(**mention))
        else {
            continue;
        };
        match entity.kind {
            EntityType::Norp => {}
            EntityType::Person if owns(p, mention, phrase) || is_complement(p, mention, phrase) => {}
            EntityType::Person => return Some((index, mention)),
            _ if heads(p, mention, phrase) => ends = Some((index, mention)),
            _ => {}
        }
    }
    ends
}

/// "Lee's lawyer".
fn owns(p: Pieces<'_>, mention: Span, phrase: Span) -> bool {
    mention.end < phrase.end && p.shape(p.at(mention.end)) == Some(Shape::Possessive)
}

/// "Supporters of President Ann Lee"; but the "Secretary of State Ann Lee" is she.
fn is_complement(p: Pieces<'_>, person: Span, phrase: Span) -> bool {
    let qualifies = Classes::of(&[Class::Determiner, Class::Article, Class::Title]);
    let (first, name) = (p.at(phrase.start), p.at(person.start));
    (first..name)
        .rev()
        .find(|&at| !p.is(at, qualifies) && !p.says_any(at, &["former", "late"]))
        .is_some_and(|at| p.is(at, Class::Preposition))
}

/// Whether a name covers the head of a noun phrase: no preposition before it, and nothing behind it or one.
fn heads(p: Pieces<'_>, name: Span, phrase: Span) -> bool {
    let is_last = name.end == phrase.end || p.is(p.at(name.end), Class::Preposition);
    is_last && !(p.at(phrase.start)..p.at(name.start)).any(|at| p.is(at, Class::Preposition))
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

/// Whether a piece is a form of "be" in full, which makes a passive of a participle.
fn is_be(p: Pieces<'_>, at: usize) -> bool {
    p.says_any(at, &["is", "are", "was", "were", "be", "been", "being"])
}

/// Whether a piece is a form of "be", in full or short; the short ones may be "has", too.
fn may_be(p: Pieces<'_>, at: usize) -> bool {
    is_be(p, at) || p.says_any(at, &["'s", "'re"])
}

/// The classes of attributing verbs.
const CUES: Classes = Classes::of(&[
    Class::SayVerb,
    Class::ClaimVerb,
    Class::DenyVerb,
    Class::EstimateVerb,
    Class::ShowVerb,
    Class::IntentVerb,
]);

/// The classes of words that make a clause of a noun phrase.
const PREDICATE: Classes = Classes::of(&[
    Class::Verb,
    Class::Auxiliary,
    Class::Modal,
    Class::KillVerb,
    Class::InjureVerb,
]);

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    const CUE_WORDS: &str = include_str!("../../../../seeds/lexicons/figures-cues.tsv");

    /// Returns the classes of the lexicon with their words.
    fn entries() -> impl Iterator<Item = (&'static str, &'static str)> {
        CUE_WORDS
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .flat_map(|(class, words)| words.split_whitespace().map(move |word| (class, word)))
    }

    #[test]
    fn no_cue_stands_twice_in_its_class() {
        let mut seen = HashSet::new();
        let twice: Vec<_> = entries().filter(|&entry| !seen.insert(entry)).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }

    /// The frames of speech go before those of acts, so that such an act would never be read.
    #[test]
    fn no_act_is_speech() {
        let speaks =
            ["say", "claim", "deny", "estimate", "show", "intent"].map(|name| format!("{name}-verb"));
        let speech: HashSet<&str> = entries()
            .filter(|(class, _)| speaks.iter().any(|name| name == class))
            .map(|(_, word)| word)
            .collect();
        let both: Vec<&str> = entries()
            .filter(|&(class, word)| class == "act-verb" && speech.contains(word))
            .map(|(_, word)| word)
            .collect();
        assert!(!speech.is_empty() && both.is_empty(), "{both:?}");
    }
}
