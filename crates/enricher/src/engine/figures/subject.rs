//! The counted noun phrase behind a number.

mod over;

use self::over::{
    PARTS, is_superlative, over_adjectives, over_peoples, over_price, over_quoted, over_superlative,
};
pub(super) use self::over::{over_measure, over_owner, those};
use super::draft::{Draft, Shape as DraftShape};
use super::names::Names;
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape, number};

/// Longest subject, in pieces: what is longer has run away.
const LONGEST: usize = 12;

/// Words that end a noun phrase.
pub(super) const ENDS: Classes = Classes::of(&[
    Class::Preposition,
    Class::Conjunction,
    Class::Pronoun,
    Class::Relative,
    Class::Auxiliary,
    Class::Modal,
    Class::Negation,
    Class::Determiner,
    Class::Article,
    Class::Weekday,
    Class::Month,
    Class::TimeUnit,
    Class::DayPart,
]);

/// What may follow "feared" and "reported" where no noun is printed: "40 feared dead".
const FATE: Classes = Classes::of(&[
    Class::KillNoun,
    Class::KillVerb,
    Class::InjureVerb,
    Class::MissingVerb,
    Class::DetainVerb,
    Class::AbductVerb,
    Class::Preposition,
    Class::Conjunction,
]);

/// What "last" and "next" make a date of.
const WHEN: Classes = Classes::of(&[Class::TimeUnit, Class::Month, Class::Season, Class::Weekday]);

/// Verb forms that count as adjectives in front of a noun: "kidnapped aid workers".
const PARTICIPLES: Classes = Classes::of(&[
    Class::KillVerb,
    Class::InjureVerb,
    Class::MissingVerb,
    Class::DisplaceVerb,
    Class::DetainVerb,
    Class::AbductVerb,
    Class::RescueVerb,
    Class::Verb,
]);

/// A counted noun phrase, `first ..= last`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Phrase {
    /// First piece.
    pub first: usize,
    /// Last piece.
    pub last: usize,
    /// The head noun.
    pub head: usize,
}

/// Reads the noun phrase that a number counts.
pub(super) fn read(p: Pieces<'_>, names: &Names, draft: &Draft, end: usize) -> Option<Phrase> {
    let mut at = draft.after;
    if draft.shape != DraftShape::Ordinal
        && p.is_dash(at)
        && p.is_glued_before(at)
        && p.is_glued(at)
        && p.is_word(at + 1)
    {
        // "a four thousand-strong force"
        return if p.says(at + 1, "strong") {
            noun_phrase(p, names, at + 2, end)
        } else {
            compound(p, at + 1, end)
        };
    }
    // Tokenised text writes "80,000 - seat" with spaces.
    if p.is_mark(at, Mark::Hyphen) && p.says_any(at + 1, PARTS) && !p.is_glued(at) && p.is_word(at + 2) {
        return compound(p, at + 1, end);
    }
    if draft.shape == DraftShape::Ordinal {
        match over_superlative(p, at) {
            Some(superlative) if is_superlative(p, at + 1) => at = superlative,
            Some(_) => return compound(p, at + 1, end),
            None => {}
        }
        if p.is(at, Class::TimeUnit) {
            return Some(Phrase {
                first: at,
                last: at,
                head: at,
            });
        }
    }
    if let Some(those) = p.says(at, "of").then(|| those(p, at + 1)).flatten() {
        return Some(those);
    }
    at = skip_partitive(p, at, end)?;
    at = skip_fillers(p, at);
    at = over_measure(p, at);
    at = over_quoted(p, at, end);
    at = over_price(p, at);
    let first = at;
    at = over_adjectives(p, at);
    let phrase = noun_phrase(p, names, at, end)?;
    let phrase = over_owner(p, names, phrase, end);
    if phrase.first != at {
        return Some(phrase);
    }
    Some(over_peoples(p, names, Phrase { first, ..phrase }, end))
}

/// "120-\[seat\] Knesset", "seven-\[member\] crew": the word behind the hyphen is what is counted.
fn compound(p: Pieces<'_>, at: usize, end: usize) -> Option<Phrase> {
    let glued_on = p.is_dash(at + 1) && p.is_glued(at) && at + 2 < end;
    if glued_on && p.says_any(at, &["year", "month", "week", "day"]) {
        return None;
    }
    Some(Phrase {
        first: at,
        last: at,
        head: at,
    })
}

/// "three \[of the\] suspects", "six \[out of 10\] voters", "dozens \[of\] others"; nothing for "two of them".
fn skip_partitive(p: Pieces<'_>, at: usize, end: usize) -> Option<usize> {
    let of = if p.says_all(at, &["out", "of"]) {
        at + 1
    } else {
        at
    };
    if !p.says(of, "of") {
        return Some(at);
    }
    let mut next = of + 1;
    if p.says_any(next, &["whom", "which", "them", "us", "it"]) {
        return None;
    }
    while next < end
        && p.is(next, Classes::of(&[Class::Determiner, Class::Article]))
        && !p.says(next, "other")
    {
        next += 1;
    }
    // "four of the last six races"
    if p.says_any(next, &["last", "first", "next", "past", "top"]) && number::may_start(p, next + 1) {
        next += 1;
    }
    if let Some(number) = number::may_start(p, next)
        .then(|| number::read(p, next))
        .flatten()
    {
        next = number.next;
    }
    Some(next)
}

/// "more", "other" before a noun are not part of what is counted; "others" alone is.
fn skip_fillers(p: Pieces<'_>, mut at: usize) -> usize {
    while p.says_any(at, &["more", "additional", "further", "such", "different"]) {
        at += 1;
    }
    at
}

/// Reads adjectives and nouns up to the first word that cannot belong to them.
pub(super) fn noun_phrase(p: Pieces<'_>, names: &Names, first: usize, end: usize) -> Option<Phrase> {
    let mut at = first;
    let mut head = None;
    while at < end && at < first + LONGEST {
        if head.is_some_and(|head| p.ends_line(head)) || !continues(p, at, first, head, end) {
            break;
        }
        if p.is_word(at) {
            head = Some(at);
        }
        // A name is one word, whatever stands in it: "captured Friends of Oldbury marchers".
        let name_end = p
            .is_capital(at)
            .then(|| names.containing(p.span(at)))
            .flatten()
            .map_or(0, |name| p.at(name.span.end));
        if name_end > at + 1 && name_end <= end && p.is_word(name_end - 1) {
            head = Some(name_end - 1);
            at = name_end;
        } else {
            at += 1;
        }
    }
    let head = head?;
    let last = of_phrase(p, head, end).unwrap_or(head);
    Some(Phrase { first, last, head })
}

fn continues(p: Pieces<'_>, at: usize, first: usize, head: Option<usize>, end: usize) -> bool {
    match p.shape(at) {
        Some(Shape::Possessive) => return at > first && p.is_word(at + 1),
        Some(Shape::Mark(Mark::Hyphen | Mark::EnDash)) => {
            return at > first && p.is_glued(at) && p.is_glued_before(at) && p.is_word(at + 1);
        }
        Some(Shape::Mark(Mark::Apostrophe)) => {
            return at > first && p.is_glued_before(at) && p.is_word(at + 1) && !p.is_glued(at);
        }
        Some(Shape::Mark(Mark::Stop)) => {
            return at > first
                && p.is_glued_before(at)
                && p.is(at - 1, Class::Title)
                && p.is_capital(at - 1)
                && p.is_capital(at + 1);
        }
        Some(Shape::Mark(_)) | None => return false,
        Some(Shape::Digits) => return at > first && p.is_capital(at - 1),
        Some(_) => {}
    }
    let follows_hyphen = at > first && p.is_mark(at - 1, Mark::Hyphen);
    let begins_compound = p.is_mark(at + 1, Mark::Hyphen)
        && p.is_glued(at)
        && p.is_glued(at + 1)
        && !p.is(at, Class::Preposition);
    if follows_hyphen || begins_compound && !ends_person(p, at, head) {
        return true;
    }
    let is_fear = at == first
        && !(at > 0 && p.is(at - 1, Class::Ordinal))
        && p.says_any(
            at,
            &[
                "feared",
                "believed",
                "presumed",
                "reported",
                "confirmed",
                "reportedly",
            ],
        )
        && (!p.is_word(at + 1) || p.is(at + 1, FATE));
    let is_when = p.says_any(at, &["last", "past", "next", "previous"]) && p.is(at + 1, WHEN);
    let is_verb = is_fear
        || is_when
        || at > first && p.says_any(at, &["left", "shut", "cast", "several"])
        || at == first && p.str(at).ends_with("ed") && !p.is_word(at + 1)
        || at == first && is_stray(p, at);
    // "Ms." is no millisecond.
    let is_title = p.is(at, Class::Title) && p.is_capital(at);
    if p.is(at, ENDS) && !is_title || is_verb || p.says_any(at, &["what", "worth"]) {
        return false;
    }
    if p.is(at, Class::Adverb) && !(at == first && p.is_word(at + 1) && !p.is(at + 1, ENDS)) {
        return false;
    }
    let is_participle = p.is(at, PARTICIPLES)
        || (p.str(at).ends_with("ed") && at > first && p.str(at).len() > 4 && !p.is_capital(at));
    let is_noun = p.is(at, Class::Person)
        || p.is(at, Class::KillNoun) && !p.says(at, "dead")
        || p.is(at, Class::InjureNoun) && !p.says_any(at, &["injured", "wounded"])
        || at == first && p.is(at, HARM_NOUNS) && p.str(at).ends_with('s')
        || at == first && at > 0 && p.is(at - 1, Class::Ordinal) && is_base(p, at)
        || at == first
            && at > 0
            && p.str(at).ends_with("ing")
            && p.is(at - 1, LEADS)
            && !p.is(at - 1, Class::Ordinal)
            && (!p.is_word(at + 1) || p.is(at + 1, ENDS));
    // "$2 billion in fresh loans"
    let is_gerund = at > first
        && p.str(at).ends_with("ing")
        && (!p.is_word(at + 1) || p.is(at + 1, ENDS))
        && !p.is_capital(at - 1)
        && p.is_word(at - 1)
        && !p.is(at - 1, Class::Person)
        && !looks_plural(p, at - 1);
    if is_participle && !is_noun && !is_gerund {
        return is_adjective(p, at, first, head, end);
    }
    if number::may_start(p, at) && !p.is(at, Class::Fraction) && at > first {
        return false;
    }
    !ends_person(p, at, head)
}

/// What a gerund that is a noun stands behind: "in *funding* for", "a 500-square-metre *building* with".
const LEADS: Classes = Classes::of(&[
    Class::Preposition,
    Class::Article,
    Class::Determiner,
    Class::Measure,
    Class::TimeUnit,
]);

/// Nouns of what happens to persons that are verbs, too: "27 arrests".
const HARM_NOUNS: Classes = Classes::of(&[
    Class::DetainNoun,
    Class::AbductNoun,
    Class::DisplaceNoun,
    Class::RescueNoun,
]);

/// Words behind a number that its noun cannot begin with: "the 40 *counted* so far", "two *hardly* moved".
fn is_stray(p: Pieces<'_>, at: usize) -> bool {
    let word = p.str(at);
    let is_known = p.is_capital(at) || p.is(at, Class::Person) || p.is(at, FATE);
    let is_past = word.len() > 6 && word.ends_with("ed") && p.is(at + 1, Class::Preposition);
    let is_manner = word.len() > 4 && word.ends_with("ly") && p.is(at + 1, Class::Verb) && word != "family";
    !is_known && (is_past || is_manner)
}

/// Whether a verb is in the form that its noun has, too: the "blast" of "a fourth blast hit the convoy".
fn is_base(p: Pieces<'_>, at: usize) -> bool {
    let word = p.str(at);
    p.is(at, Class::Verb) && !word.ends_with("ed") && !word.ends_with("en") && !word.ends_with("ing")
}

/// A participle modifies the noun behind it, unless a noun has already been read: "two kidnapped workers", but "two
/// workers kidnapped".
fn is_adjective(p: Pieces<'_>, at: usize, first: usize, head: Option<usize>, end: usize) -> bool {
    let next_is_noun = at + 1 < end
        && p.is_word(at + 1)
        && !p.is(at + 1, ENDS)
        && !p.is(at + 1, Class::Adverb)
        && !p.is(at + 1, PARTICIPLES);
    let after_noun = head.is_some_and(|head| looks_plural(p, head) || p.is(head, Class::Person));
    next_is_noun && !after_noun && !(is_base(p, at) && at > first)
}

fn looks_plural(p: Pieces<'_>, at: usize) -> bool {
    let word = p.str(at);
    word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") && word.len() > 2
}

/// After a plural noun for persons, only another such noun goes on: "women prisoners", but "students protest".
fn ends_person(p: Pieces<'_>, at: usize, head: Option<usize>) -> bool {
    head.is_some_and(|head| {
        at == head + 1
            && p.is(head, Class::Person)
            && (looks_plural(p, head) || p.says_any(head, &["people", "men", "women", "children", "police"]))
            && !p.is(at, Class::Person)
            && !p.is_capital(at)
            && !p.says_any(
                at,
                &[
                    "seekers",
                    "checkpoints",
                    "stations",
                    "patrols",
                    "cars",
                    "vehicles",
                    "rights",
                    "forces",
                    "posts",
                ],
            )
    })
}

/// "members [of the rowing club]": what the head noun belongs to.
fn of_phrase(p: Pieces<'_>, head: usize, end: usize) -> Option<usize> {
    if !p.says(head + 1, "of") {
        return None;
    }
    let mut first = head + 2;
    while first < end && p.is(first, Classes::of(&[Class::Determiner, Class::Article])) {
        first += 1;
    }
    if number::may_start(p, first) {
        return None;
    }
    let mut last = None;
    let mut at = first;
    let mut inner = None;
    while at < end && at < first + 6 && continues(p, at, first, inner, end) {
        if p.is_word(at) {
            last = Some(at);
            inner = last;
        }
        at += 1;
    }
    last
}
