//! What a number counts, from the noun and the verb around it.
//!
//! Four passes over the figures of one sentence, each weaker than the one before: what stands around the number
//! itself, what it shares with its neighbours in a list, what the including figure says, and the noun alone.

use super::draft::{Draft, Shape};
use super::names::Names;
use super::special;
use crate::engine::analysis::{EntityType, FigureKind};
use crate::engine::pieces::{Class, Classes, Mark, Pieces};

/// How far a verb may stand from its number, in pieces.
const REACH: usize = 26;

/// What happens to persons: the verbs, the nouns, and the kind they make.
struct Harm {
    verb: Class,
    noun: Option<Class>,
    kind: FigureKind,
}

const HARMS: [Harm; 7] = [
    Harm { verb: Class::KillVerb, noun: Some(Class::KillNoun), kind: FigureKind::Killed },
    Harm { verb: Class::InjureVerb, noun: Some(Class::InjureNoun), kind: FigureKind::Injured },
    Harm { verb: Class::MissingVerb, noun: None, kind: FigureKind::Missing },
    Harm { verb: Class::DisplaceVerb, noun: Some(Class::DisplaceNoun), kind: FigureKind::Displaced },
    Harm { verb: Class::AbductVerb, noun: Some(Class::AbductNoun), kind: FigureKind::Abducted },
    Harm { verb: Class::DetainVerb, noun: Some(Class::DetainNoun), kind: FigureKind::Detained },
    Harm { verb: Class::RescueVerb, noun: Some(Class::RescueNoun), kind: FigureKind::Rescued },
];

/// Where a kind was found: lists hand kinds on in the direction that the verb stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// The verb stands before: "killed 12 soldiers and 3 civilians".
    Before(FigureKind),
    /// The verb stands behind: "12 soldiers and 3 civilians were killed".
    Behind(FigureKind),
    /// The noun itself says it: "12 deaths".
    Noun(FigureKind),
}

impl Found {
    fn kind(self) -> FigureKind {
        match self {
            Self::Before(kind) | Self::Behind(kind) | Self::Noun(kind) => kind,
        }
    }
}

/// Decides the kinds of all drafts of one sentence that have none yet.
pub(super) fn decide(p: Pieces<'_>, names: &Names, drafts: &mut [Draft], start: usize, end: usize) {
    for draft in drafts.iter_mut() {
        if draft.kind.is_none() {
            draft.kind = special::kind(p, names, draft, start, end);
        } else if special::is_length_of_life(p, draft, start) {
            draft.kind = Some(FigureKind::Age);
        }
    }
    let mut found: Vec<Option<Found>> = Vec::with_capacity(drafts.len());
    for index in 0..drafts.len() {
        let next = drafts.get(index + 1).map_or(end, |next| next.start);
        let draft = &drafts[index];
        found.push(if draft.kind.is_some() { None } else { own(p, names, draft, start, next, end) });
    }
    for index in (0..drafts.len().saturating_sub(1)).rev() {
        let behind = matches!(found[index + 1], Some(Found::Behind(_)));
        if open(&drafts[index], found[index]) && behind && !includes(p, &drafts[index], start) && is_list(p, &drafts[index], &drafts[index + 1]) {
            found[index] = found[index + 1];
        }
    }
    for index in 1..drafts.len() {
        if !open(&drafts[index], found[index]) {
            continue;
        }
        let (before, draft) = (&drafts[index - 1], &drafts[index]);
        if is_list(p, before, draft) && matches!(found[index - 1], Some(Found::Before(_))) && counts_persons(p, names, draft) {
            found[index] = found[index - 1];
        } else if includes(p, draft, start) && !matches!(before.kind, Some(FigureKind::Money)) {
            found[index] = found[index - 1];
            let whole = drafts[index - 1].part_of.unwrap_or(index - 1);
            drafts[index].part_of = Some(whole);
        } else if draft.subject.is_none() && draft.shape != Shape::Ordinal && list_after_part(p, before, draft) {
            found[index] = found[index - 1];
        }
    }
    for index in 0..drafts.len() {
        let (done, rest) = drafts.split_at_mut(index);
        let draft = &mut rest[0];
        if draft.kind.is_none() {
            let kind = found[index].map(Found::kind).or_else(|| by_noun(p, names, draft));
            draft.kind = Some(kind.unwrap_or_else(|| bare(p, draft, done.last())));
        }
    }
}

fn open(draft: &Draft, found: Option<Found>) -> bool {
    draft.kind.is_none() && found.is_none()
}

/// What stands around the number itself.
fn own(p: Pieces<'_>, names: &Names, draft: &Draft, start: usize, next: usize, end: usize) -> Option<Found> {
    if draft.shape == Shape::Ordinal || !may_be_persons(p, names, draft) {
        return None;
    }
    if let Some(kind) = subject_noun(p, draft) {
        return Some(Found::Noun(kind));
    }
    if let Some(kind) = verb_before(p, draft, start) {
        return Some(Found::Before(kind));
    }
    let is_part = includes(p, draft, start);
    if let Some(kind) = verb_behind(p, draft, next, end).filter(|_| !is_part || state_follows(p, draft)) {
        return Some(Found::Behind(kind));
    }
    if is_part {
        return None;
    }
    toll(p, names, draft, start).map(Found::Before).or_else(|| modifier(p, draft).map(Found::Noun))
}

/// "including 177 killed in", "including five injured": the part has a fate of its own.
fn state_follows(p: Pieces<'_>, draft: &Draft) -> bool {
    let at = draft.subject.map_or(draft.after, |(_, last)| (last + 1).max(draft.after));
    harm_verb(p, at).is_some() && !p.is_mark(at, Mark::Comma)
}

/// Whether the counted noun leaves room for persons: "12 homes were destroyed, killing" must not make homes die.
fn may_be_persons(p: Pieces<'_>, names: &Names, draft: &Draft) -> bool {
    match draft.subject {
        None => draft.bound != crate::engine::analysis::Bound::Range,
        Some((first, last)) => (first..=last).any(|at| is_person(p, names, at)) || harm_noun(p, last).is_some() || has_harm(p, first, last),
    }
}

fn has_harm(p: Pieces<'_>, first: usize, last: usize) -> bool {
    (first..=last).any(|at| HARMS.iter().any(|harm| p.is(at, harm.verb) || harm.noun.is_some_and(|noun| p.is(at, noun))))
}

/// Whether a word stands for persons: a noun of the word list, or the plural of a people ("Zambians").
fn is_person(p: Pieces<'_>, names: &Names, at: usize) -> bool {
    if p.is(at, Class::Animal) {
        return false;
    }
    let is_people = || {
        let plural = p.str(at).ends_with('s') || p.str(at).ends_with("ese");
        let norp = names.containing(p.span(at)).is_some_and(|name| name.kind == EntityType::Norp);
        norp && (plural || !p.is_capital(at + 1))
    };
    p.is(at, Class::Person) || p.is_capital(at) && is_people()
}

fn counts_persons(p: Pieces<'_>, names: &Names, draft: &Draft) -> bool {
    draft.kind.is_none() && may_be_persons(p, names, draft)
}

// ---------------------------------------------------------------- the noun

fn harm_noun(p: Pieces<'_>, at: usize) -> Option<FigureKind> {
    let harm = HARMS.iter().find(|harm| harm.noun.is_some_and(|noun| p.is(at, noun)))?;
    Some(harm.kind)
}

/// "12 deaths", "three hostages", "40 arrests".
fn subject_noun(p: Pieces<'_>, draft: &Draft) -> Option<FigureKind> {
    let (first, last) = draft.subject?;
    let of = (first..=last).find(|&at| p.says(at, "of")).map_or(last, |of| of.saturating_sub(1));
    if p.says_any(of, &["refugees", "refugee", "inmates", "victims", "survivors", "survivor", "hospitals", "hospital", "dead"]) {
        return None;
    }
    harm_noun(p, of)
}

/// "two wounded soldiers", "five missing miners".
fn modifier(p: Pieces<'_>, draft: &Draft) -> Option<FigureKind> {
    let (first, last) = draft.subject.filter(|&(first, last)| !(first..=last).any(|at| p.is(at, Class::Animal)))?;
    let harm = HARMS
        .iter()
        .find(|harm| (first..last).any(|at| p.is(at, harm.verb) && !p.is(at, Class::Person)))?;
    Some(harm.kind)
}

// ---------------------------------------------------------------- the verb behind

fn harm_verb(p: Pieces<'_>, at: usize) -> Option<FigureKind> {
    HARMS.iter().find(|harm| p.is(at, harm.verb)).map(|harm| harm.kind)
}

/// States rather than acts: they need no "were" in front and take no object.
fn is_state(p: Pieces<'_>, at: usize) -> bool {
    p.says_any(at, &["dead", "die", "dies", "died", "dying", "missing", "unaccounted", "homeless", "perished", "perish", "drowned", "drown", "fled", "flee", "disappeared", "vanished", "succumbed", "fatally"])
}

fn is_be(p: Pieces<'_>, at: usize) -> bool {
    p.says_any(at, &["is", "are", "was", "were", "be", "been", "being", "get", "got", "gets"])
}

/// Words that link a subject to the verb that matters: "are *reported* missing", "were *shot* dead".
fn is_link(p: Pieces<'_>, at: usize) -> bool {
    p.is(at, Classes::of(&[Class::Modal, Class::Adverb, Class::Negation]))
        || p.says_any(
            at,
            &["reported", "reportedly", "confirmed", "feared", "believed", "presumed", "said", "thought", "known", "left", "shot", "found", "declared", "ordered", "to", "have", "has", "had", "having", "taken", "went", "go", "going", "goes", "remain", "remains", "remained", "still", "also", "badly", "estimated", "forced", "expected", "stabbed", "beaten", "burned", "stay", "bound", "lie", "lay", "counted", "listed", "more", "others", "other", "each", "seriously"],
        )
}

/// The search to the right of the counted noun, one step a piece.
#[derive(Default)]
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

fn verb_behind(p: Pieces<'_>, draft: &Draft, next: usize, end: usize) -> Option<FigureKind> {
    let first = draft.subject.map_or(draft.after, |(_, last)| (last + 1).max(draft.after));
    let limit = end.min(first + REACH);
    let mut search = Search::default();
    let mut at = first;
    while at < limit {
        let begins_next = at >= next && !search.has_verb && !search.passive && !search.inserted;
        if begins_next || ends_clause(p, at) {
            return search.fallback;
        }
        if let Some(kind) = idiom(p, at) {
            return Some(kind);
        }
        if let Some(kind) = harm_verb(p, at) {
            if !taken(p, at, &search) {
                return search.fallback;
            }
            if !search.relative && (search.passive || is_state(p, at) || search.fallback.is_some()) {
                return Some(kind);
            }
            search = Search { fallback: Some(kind), inserted: search.inserted, ..Search::default() };
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
            at = (at..limit).find(|&close| p.is_mark(close, Mark::Close)).unwrap_or(limit);
        }
        at += 1;
    }
    search.fallback
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
        let names_more = !search.has_verb && !search.passive && p.is_word(at + 1) && !p.is(at + 1, Class::Verb);
        return if harm { search.passive } else { names_more };
    } else if p.is(at, Class::Verb) && !is_link(p, at) {
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

/// Participles that describe the counted noun and leave the main verb to come: "three men *accused* of arson".
fn is_reduced(p: Pieces<'_>, at: usize) -> bool {
    p.says_any(at, &["trapped", "involved", "travelling", "traveling", "aboard", "living", "working", "including", "wanted", "suspected", "accused", "belonging", "wearing", "carrying", "described", "convicted", "linked", "hidden", "held", "taking", "trying", "employed", "based", "allegedly", "planned", "seeking"])
}

/// Whether the harm at `at` happens to the counted persons rather than by them.
fn taken(p: Pieces<'_>, at: usize, search: &Search) -> bool {
    if is_state(p, at) {
        return !(p.says_any(at, &["fled", "flee"]) && p.says_any(at + 1, &["the", "after", "on"]) && p.says_any(at + 2, &["scene", "area", "vehicle", "prison"]));
    }
    let word = p.str(at);
    let is_participle = !word.ends_with("ing") && !p.says_any(at, &["kill", "kills", "injure", "injures", "wound", "wounds", "arrest", "arrests", "detain", "detains", "free", "frees", "release", "releases", "rescue", "rescues", "murder", "murders", "capture", "captures", "charge", "charges", "abduct", "abducts", "kidnap", "kidnaps", "evacuate", "evacuates", "execute", "executes", "hold", "jail", "jails"]);
    let evacuates = p.says_any(at, &["evacuate", "evacuated"]);
    if evacuates {
        return true;
    }
    if !is_participle {
        return false;
    }
    let has_object = p.is(at + 1, Classes::of(&[Class::Article, Class::Determiner, Class::Cardinal, Class::Person, Class::Vague])) || p.is_digits(at + 1) || p.says_any(at + 1, &["more", "nearly", "about", "dozens", "several", "around", "almost", "up", "himself", "themselves"]) || p.says(at + 1, "at") && p.says(at + 2, "least") || p.is_capital(at + 1) && !p.is(at + 1, Classes::of(&[Class::Weekday, Class::Month]));
    search.passive || !has_object
}

/// "lost their lives", "taken hostage", "in custody", "in hospital", "forced from their homes".
fn idiom(p: Pieces<'_>, at: usize) -> Option<FigureKind> {
    if p.says_any(at, &["lost", "lose", "loses", "losing"]) && p.says_any(at + 1, &["their", "his", "her", "lives"]) && (p.says_any(at + 2, &["lives", "life"]) || p.says(at + 1, "lives")) {
        return Some(FigureKind::Killed);
    }
    if p.says(at, "hostage") {
        return Some(FigureKind::Abducted);
    }
    if p.says(at, "custody") || p.says_all(at, &["in", "detention"]) || p.says_all(at, &["under", "arrest"]) || p.says_all(at, &["behind", "bars"]) {
        return Some(FigureKind::Detained);
    }
    if p.says_any(at, &["from", "flee", "leave", "left"]) && p.says(at + 1, "their") && p.says_any(at + 2, &["homes", "houses"]) {
        return Some(FigureKind::Displaced);
    }
    if p.says_any(at, &["in", "to"]) && p.says_any(at + 1, &["hospital", "hospitals"]) || p.says_any(at, &["critical", "serious", "stable"]) && p.says(at + 1, "condition") {
        return Some(FigureKind::Injured);
    }
    None
}

/// Steps over ", including seven children," and the like; nothing if the clause ends here.
fn after_insertion(p: Pieces<'_>, comma: usize, limit: usize, search: &Search) -> Option<usize> {
    if search.passive || search.has_verb {
        return None;
    }
    if is_be(p, comma + 1) || p.is(comma + 1, Classes::of(&[Class::Auxiliary, Class::Relative, Class::Modal])) {
        return Some(comma + 1);
    }
    let closing = (comma + 1..limit).find(|&at| p.is_mark(at, Mark::Comma))?;
    let verb = closing + 1;
    (p.is(verb, Classes::of(&[Class::Auxiliary, Class::Modal])) || harm_verb(p, verb).is_some() || idiom(p, verb).is_some()).then_some(verb)
}

// ---------------------------------------------------------------- the verb before

/// "killed 12", "killing at least two of the", "the deaths of five", "the release of all 38".
fn verb_before(p: Pieces<'_>, draft: &Draft, start: usize) -> Option<FigureKind> {
    let mut at = draft.start;
    if at >= start + 4 && p.says_all(at - 3, &["a", "total", "of"]) {
        at -= 3;
    }
    if at >= start + 3 && p.says_all(at - 2, &["a", "record"]) {
        at -= 2;
    }
    if at >= start + 2 && p.says(at - 1, "dead") && p.says_any(at - 2, &["shot", "gunned", "stabbed"]) {
        return Some(FigureKind::Killed);
    }
    let skips = Classes::of(&[Class::Determiner, Class::Article, Class::Adverb]);
    let floor = draft.start.saturating_sub(4).max(start);
    while at > floor && (p.is(at - 1, skips) || p.says_any(at - 1, &["up", "between", "of", "combined", "total", "further", "estimated"])) {
        at -= 1;
        if p.says(at, "of") {
            return (at > start).then(|| noun_of(p, at - 1, start)).flatten();
        }
    }
    if at <= start {
        return None;
    }
    let verb = at - 1;
    let kind = harm_verb(p, verb)?;
    let intransitive = is_state(p, verb);
    let passive = verb > start && is_be(p, verb - 1) && !p.str(verb).ends_with("ing");
    (!intransitive && !passive).then_some(kind)
}

/// The noun in front of "of": "death of", "bodies of", "toll of", "execution of".
fn noun_of(p: Pieces<'_>, at: usize, start: usize) -> Option<FigureKind> {
    let noun = at;
    if p.is(noun, Class::Total) {
        return toll_kind(p, noun, start);
    }
    let verbal = p.str(noun).ends_with("ing") || p.str(noun).ends_with("ion") || p.says_any(noun, &["release", "rescue", "murder", "arrest", "arrests", "capture", "kidnap", "displacement", "imprisonment"]);
    harm_noun(p, noun).or_else(|| harm_verb(p, noun).filter(|_| verbal)).or(match p.str(noun) {
        "detention" | "imprisonment" => Some(FigureKind::Detained),
        "displacement" => Some(FigureKind::Displaced),
        "kidnapping" | "abduction" => Some(FigureKind::Abducted),
        "lives" => Some(FigureKind::Killed),
        "disappearance" => Some(FigureKind::Missing),
        "exchange" | "swap" if p.says_any(noun.wrapping_sub(1), &["prisoner", "prisoners"]) => Some(FigureKind::Rescued),
        _ => None,
    })
}

/// "the death toll … rises to 40", "the number of injured … at 12".
fn toll(p: Pieces<'_>, names: &Names, draft: &Draft, start: usize) -> Option<FigureKind> {
    if draft.subject.is_some_and(|(first, last)| !has_harm(p, first, last) && !(first..=last).any(|at| is_person(p, names, at))) {
        return None;
    }
    let before = draft.start.checked_sub(1)?;
    let arrives = p.is(before, Classes::of(&[Class::Preposition, Class::Auxiliary, Class::Up, Class::Down])) || p.says_any(before, &["reached", "reaches", "hit", "hits", "passed", "exceeded", "surpassed", "stood", "stands", "now", "surpassing", "passes"]) || draft.start < draft.first;
    if !arrives {
        return None;
    }
    let floor = draft.start.saturating_sub(REACH).max(start);
    let noun = (floor..draft.start).rev().find(|&at| p.is(at, Class::Total))?;
    toll_kind(p, noun, start)
}

fn toll_kind(p: Pieces<'_>, noun: usize, start: usize) -> Option<FigureKind> {
    if p.says(noun, "toll") {
        let injured = noun > start && p.says_any(noun - 1, &["injury", "injured"]);
        return Some(if injured { FigureKind::Injured } else { FigureKind::Killed });
    }
    let named = noun + 1..noun + 6;
    let harm = named.clone().find_map(|at| harm_noun(p, at).or_else(|| harm_verb(p, at)));
    harm.or_else(|| named.clone().any(|at| p.is(at, Class::Person)).then_some(FigureKind::People))
}

// ---------------------------------------------------------------- neighbours

/// Whether only list words stand between two figures.
fn is_list(p: Pieces<'_>, before: &Draft, draft: &Draft) -> bool {
    let from = before.subject.map_or(before.after, |(_, last)| (last + 1).max(before.after));
    from < draft.start && (from..draft.start).all(|at| p.is_mark(at, Mark::Comma) || p.says_any(at, &["and", "or", "plus", "as", "well", "another", "a", "further"]))
}

/// "including two in Gaza and one in Rafah": a bare number after a part is another part.
fn list_after_part(p: Pieces<'_>, before: &Draft, draft: &Draft) -> bool {
    before.subject.is_none_or(|_| before.part_of.is_some()) && draft.start > 0 && p.says_any(draft.start - 1, &["and", "or"]) || draft.start > 0 && p.is_mark(draft.start - 1, Mark::Comma) && before.part_of.is_some()
}

fn includes(p: Pieces<'_>, draft: &Draft, start: usize) -> bool {
    draft.start > start && p.says_any(draft.start - 1, &["including", "includes", "included", "among", "namely"])
        || draft.start > start + 1 && p.says_all(draft.start - 2, &["of", "them"])
        || p.says_all(draft.after, &["of", "them"])
}

/// Nothing happens to them: persons or things, as the head noun says.
fn by_noun(p: Pieces<'_>, names: &Names, draft: &Draft) -> Option<FigureKind> {
    if draft.shape == Shape::Ordinal {
        return Some(FigureKind::Ordinal);
    }
    let head = draft.head?;
    Some(if is_person(p, names, head) { FigureKind::People } else { FigureKind::Count })
}

/// A bare number counts what the number before it counts; the first of a sentence, persons if it is a word.
fn bare(p: Pieces<'_>, draft: &Draft, before: Option<&Draft>) -> FigureKind {
    match before.and_then(|before| before.kind) {
        Some(kind @ (FigureKind::People | FigureKind::Count)) => kind,
        _ if p.is_digits(draft.first) => FigureKind::Count,
        _ => FigureKind::People,
    }
}
