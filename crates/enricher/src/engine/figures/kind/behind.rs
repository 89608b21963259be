//! The verb behind the counted noun: "12 soldiers, two of them officers, *were killed*".

use super::super::draft::Draft;
use super::REACH;
use super::fate::{harm_verb, is_be, is_state};
use crate::engine::analysis::FigureKind;
use crate::engine::pieces::{Class, Classes, Mark, Pieces};

/// Capitalised words behind a verb that are not what it was done to: "AT LEAST 14 KILLED IN".
const NOT_AN_OBJECT: Classes = Classes::of(&[
    Class::Weekday,
    Class::Month,
    Class::Preposition,
    Class::Conjunction,
    Class::Adverb,
    Class::KillNoun,
    Class::InjureNoun,
]);

/// Words that link a subject to the verb that matters: "are *reported* missing", "were *shot* dead".
fn is_link(p: Pieces<'_>, at: usize) -> bool {
    p.is(at, Classes::of(&[Class::Modal, Class::Adverb, Class::Negation]))
        || p.says_any(
            at,
            &[
                "reported",
                "reportedly",
                "confirmed",
                "feared",
                "believed",
                "presumed",
                "said",
                "thought",
                "known",
                "left",
                "shot",
                "found",
                "declared",
                "ordered",
                "to",
                "have",
                "has",
                "had",
                "having",
                "taken",
                "went",
                "go",
                "going",
                "goes",
                "remain",
                "remains",
                "remained",
                "still",
                "also",
                "badly",
                "estimated",
                "forced",
                "expected",
                "stabbed",
                "beaten",
                "burned",
                "stay",
                "bound",
                "lie",
                "lay",
                "counted",
                "listed",
                "more",
                "others",
                "other",
                "each",
                "seriously",
            ],
        )
}

/// The search to the right of the counted noun, one step a piece.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a thing that has been seen")]
struct Search {
    /// A form of "be" has been passed: the next participle is passive.
    passive: bool,
    /// Another verb has been passed.
    has_verb: bool,
    /// A relative clause has begun: its verb is not the main one.
    relative: bool,
    /// Inserted words have been stepped over, figures among them.
    inserted: bool,
    /// What a relative clause or a bare participle says; the main verb, if one follows, knows better: "two men
    /// kidnapped in May have been freed".
    fallback: Option<FigureKind>,
}

pub(super) fn verb_behind(p: Pieces<'_>, draft: &Draft, next: usize, end: usize) -> Option<FigureKind> {
    let first = draft
        .subject
        .map_or(draft.after, |(_, last)| (last + 1).max(draft.after));
    let limit = end.min(first + REACH);
    let mut search = Search::default();
    let mut at = first;
    while at < limit {
        // "sailors from nine ports are held": what stands behind a preposition is no further count.
        search.inserted |= at == next && at > first && p.says_any(at - 1, &["from", "in", "of", "at", "on"]);
        let begins_next = at >= next && !search.has_verb && !search.passive && !search.inserted;
        if let Some(after) = over_aside(p, at, limit, &search) {
            search.inserted = true;
            at = after;
            continue;
        }
        if begins_next || ends_clause(p, at) {
            return search.fallback;
        }
        if let Some(kind) = idiom(p, at) {
            return Some(kind);
        }
        if let Some(mut kind) = harm_verb(p, at) {
            if p.says_all(at + 1, &["to", "death"]) {
                kind = FigureKind::Killed;
            }
            if !taken(p, at, &search) {
                return search.fallback;
            }
            // "miners missing since May have been found dead": the main verb is still to come.
            let is_state = is_state(p, at) && !(at == first && p.says(at, "missing"));
            if !search.relative && (search.passive || is_state || search.fallback.is_some()) {
                return Some(kind);
            }
            search = Search {
                fallback: Some(kind),
                inserted: search.inserted,
                ..Search::default()
            };
        } else if p.is_mark(at, Mark::Comma) {
            match after_insertion(p, at, limit, &search) {
                Some(after) => at = after,
                None => return search.fallback,
            }
            search.inserted = true;
            continue;
        } else if !step(p, at, first, &mut search) {
            return search.fallback;
        }
        if p.is_mark(at, Mark::Open) {
            at = (at..limit)
                .find(|&close| p.is_mark(close, Mark::Close))
                .unwrap_or(limit);
        }
        at += 1;
    }
    search.fallback
}

/// Longest name in quotation marks, in pieces.
const QUOTED: usize = 6;

/// Steps over what stands between two dashes before the verb, a name in quotation marks, and the mark that opens a quoted
/// verb: "29 people - including soldiers - have been", "members of the \"Ming\" family are", "have been \"killed\"".
fn over_aside(p: Pieces<'_>, at: usize, limit: usize, search: &Search) -> Option<usize> {
    let verb_at = |at: usize| p.is(at, Classes::of(&[Class::Auxiliary, Class::Modal]));
    if p.is_dash(at) && !p.is_glued(at) && !search.passive {
        let close = (at + 2..limit).find(|&close| p.is_dash(close) && !p.is_glued(close))?;
        return verb_at(close + 1).then_some(close + 1);
    }
    if !p.is_quote(at) {
        return None;
    }
    if search.passive && harm_verb(p, at + 1).is_some() {
        return Some(at + 1);
    }
    let close = (at + 1..(at + QUOTED).min(limit)).find(|&close| p.is_quote(close))?;
    (p.is_capital(at + 1) && p.is_word(close + 1)).then_some(close + 1)
}

fn ends_clause(p: Pieces<'_>, at: usize) -> bool {
    p.is_any_mark(at, &[Mark::Semicolon, Mark::Colon, Mark::EmDash]) || p.is_quote(at)
}

/// Takes one word into account; false where the clause is over.
fn step(p: Pieces<'_>, at: usize, first: usize, search: &mut Search) -> bool {
    if is_be(p, at) {
        search.passive = true;
        search.has_verb = false;
    } else if p.is(at, Class::Relative) {
        // A relative clause further right belongs to another noun.
        search.relative = true;
        return at <= first + 1 || search.inserted || search.passive;
    } else if p.is(at, Class::Conjunction) {
        let harm = harm_verb(p, at + 1).is_some();
        let names_more =
            !search.has_verb && !search.passive && p.is_word(at + 1) && !p.is(at + 1, Class::Verb);
        return if harm { search.passive } else { names_more };
    } else if p.is(at, Class::Verb) && !is_link(p, at) && !is_noun(p, at) {
        if is_reduced(p, at) && !search.has_verb {
            return true;
        }
        if search.has_verb || !search.passive {
            return false;
        }
        search.has_verb = true;
    }
    true
}

/// Whether a word that can be a verb stands where only a noun can: "on *board*", "the *attack*".
fn is_noun(p: Pieces<'_>, at: usize) -> bool {
    at > 0
        && p.is(
            at - 1,
            Classes::of(&[Class::Preposition, Class::Article, Class::Determiner]),
        )
        && !p.says(at - 1, "to")
        && !p.str(at).ends_with("ing")
}

/// Participles that describe the counted noun and leave the main verb to come: "three men *accused* of arson".
fn is_reduced(p: Pieces<'_>, at: usize) -> bool {
    p.says_any(
        at,
        &[
            "trapped",
            "involved",
            "travelling",
            "traveling",
            "aboard",
            "living",
            "working",
            "including",
            "wanted",
            "suspected",
            "accused",
            "belonging",
            "wearing",
            "carrying",
            "described",
            "convicted",
            "linked",
            "hidden",
            "held",
            "taking",
            "trying",
            "employed",
            "based",
            "allegedly",
            "planned",
            "seeking",
        ],
    )
}

/// Forms that cannot be participles: they have a subject of their own.
#[rustfmt::skip]
const FINITE: &[&str] = &[
    "kill", "kills", "injure", "injures", "wound", "wounds", "arrest", "arrests",
    "detain", "detains", "free", "frees", "release", "releases", "rescue", "rescues",
    "murder", "murders", "capture", "captures", "charge", "charges", "abduct", "abducts",
    "kidnap", "kidnaps", "evacuate", "evacuates", "execute", "executes", "hold", "jail",
    "jails",
];

/// Whether the harm at `at` happens to the counted persons rather than by them.
fn taken(p: Pieces<'_>, at: usize, search: &Search) -> bool {
    if is_state(p, at) {
        return !(p.says_any(at, &["fled", "flee"])
            && p.says_any(at + 1, &["the", "after", "on"])
            && p.says_any(at + 2, &["scene", "area", "vehicle", "prison"]));
    }
    let is_participle = !p.str(at).ends_with("ing") && !p.says_any(at, FINITE);
    let evacuates = p.says_any(at, &["evacuate", "evacuated"]);
    if evacuates {
        return true;
    }
    if !is_participle {
        return false;
    }
    search.passive || !has_object(p, at + 1)
}

/// "more", "the", "12": what a verb does something to begins here.
fn has_object(p: Pieces<'_>, at: usize) -> bool {
    p.is(
        at,
        Classes::of(&[
            Class::Article,
            Class::Determiner,
            Class::Cardinal,
            Class::Person,
            Class::Vague,
        ]),
    ) || p.is_digits(at)
        || p.says_any(
            at,
            &[
                "more",
                "nearly",
                "about",
                "dozens",
                "several",
                "around",
                "almost",
                "up",
                "himself",
                "themselves",
            ],
        )
        || p.says(at, "at") && p.says(at + 1, "least")
        || p.is_capital(at) && !p.is(at, NOT_AN_OBJECT)
}

/// How far in front of "to death" the word may stand that makes it a sentence, in pieces.
const SENTENCE: usize = 12;

/// "lost their lives", "taken hostage", "in custody", "in hospital", "forced from their homes".
fn idiom(p: Pieces<'_>, at: usize) -> Option<FigureKind> {
    if p.says_any(at, &["lost", "lose", "loses", "losing"])
        && p.says_any(at + 1, &["their", "his", "her", "lives"])
        && (p.says_any(at + 2, &["lives", "life"]) || p.says(at + 1, "lives"))
    {
        return Some(FigureKind::Killed);
    }
    if p.says(at, "hostage") || p.says_all(at, &["held", "captive"]) {
        return Some(FigureKind::Abducted);
    }
    let sentence = at.saturating_sub(SENTENCE)..at;
    let is_sentence = |at: usize| {
        p.says_any(
            at,
            &[
                "sentence",
                "sentences",
                "sentenced",
                "sentencing",
                "condemn",
                "condemned",
                "condemns",
            ],
        )
    };
    if p.says_all(at, &["to", "death"]) && !sentence.into_iter().any(is_sentence) {
        return Some(FigureKind::Killed);
    }
    if p.says_all(at, &["being", "held"]) && !p.says_any(at + 2, &["captive", "hostage"]) {
        return Some(FigureKind::Detained);
    }
    if p.says_any(at, &["take", "takes", "taken", "took", "taking"])
        && p.says_any(at + 1, &["refuge", "shelter"])
    {
        return Some(FigureKind::Displaced);
    }
    let suffers = p.says_any(
        at,
        &[
            "suffer",
            "suffered",
            "suffers",
            "sustain",
            "sustained",
            "sustains",
        ],
    );
    if suffers && (at + 1..at + 4).any(|noun| p.says_any(noun, &["injuries", "wounds", "burns"])) {
        return Some(FigureKind::Injured);
    }
    if p.says(at, "custody")
        || p.says_all(at, &["in", "detention"])
        || p.says_all(at, &["under", "arrest"])
        || p.says_all(at, &["behind", "bars"])
    {
        return Some(FigureKind::Detained);
    }
    if p.says_any(at, &["from", "flee", "leave", "left"])
        && p.says(at + 1, "their")
        && p.says_any(at + 2, &["homes", "houses"])
    {
        return Some(FigureKind::Displaced);
    }
    if p.says_any(at, &["in", "to"]) && p.says_any(at + 1, &["hospital", "hospitals"])
        || p.says_any(at, &["critical", "serious", "stable"]) && p.says(at + 1, "condition")
    {
        return Some(FigureKind::Injured);
    }
    None
}

/// Most commas that an insertion is looked for over.
const INSERTED: usize = 4;

/// Steps over ", including seven children," and the like; nothing if the clause ends here.
fn after_insertion(p: Pieces<'_>, comma: usize, limit: usize, search: &Search) -> Option<usize> {
    if search.passive || search.has_verb {
        return None;
    }
    // "with 40 rebels, killed since May"
    let is_participle = harm_verb(p, comma + 1).is_some() && p.str(comma + 1).ends_with("ed");
    if is_be(p, comma + 1)
        || is_participle
        || p.is(
            comma + 1,
            Classes::of(&[Class::Auxiliary, Class::Relative, Class::Modal]),
        )
    {
        return Some(comma + 1);
    }
    let is_verb = |at: usize| {
        p.is(at, Classes::of(&[Class::Auxiliary, Class::Modal]))
            || harm_verb(p, at).is_some()
            || idiom(p, at).is_some()
    };
    (comma + 1..limit)
        .filter(|&at| p.is_mark(at, Mark::Comma))
        .map(|closing| closing + 1)
        .take(INSERTED)
        .find(|&verb| is_verb(verb))
}
