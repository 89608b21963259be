//! Roles: the office or title printed with a person.

use super::super::super::lexicon::{Class, phrase_start, phrase_step};
use super::super::super::tokens::TokenKind;
use super::super::forms::Flags;
use super::{Named, Scene};

/// The most words of a role.
const LONGEST: usize = 7;

/// Returns the role printed with a person, as printed: before the name, or after it between commas.
pub(super) fn find(scene: &Scene<'_>, person: &Named, is_named: impl Fn(usize) -> bool) -> Option<String> {
    before(scene, person, is_named).or_else(|| after(scene, person))
}

fn before(scene: &Scene<'_>, person: &Named, is_named: impl Fn(usize) -> bool) -> Option<String> {
    let name = person.mention.first as usize;
    let sentence = scene.sentences.get(super::super::super::sentences::index_at(
        scene.sentences,
        person.mention.span.start,
    ))?;
    let mut start = name;
    let mut has_title = false;
    while start > 0 && name - start < LONGEST && scene.tokens[start - 1].span.start >= sentence.start {
        let at = start - 1;
        let form = &scene.sheet.forms[at];
        let title = is_title(scene, at);
        let is_part = title || form.flags.has(Flags::CAPITAL) || is_modifier(scene.tokens[at].of(scene.text));
        let joins = start < name && scene.tokens[at].of(scene.text) == "of" && has_title;
        if is_named(at) || !is_part && !joins {
            break;
        }
        has_title |= title;
        start = at;
    }
    while start < name
        && matches!(
            scene.tokens[start].of(scene.text),
            "of" | "The" | "former" | "Former" | "then"
        )
    {
        start += 1;
    }
    let role = (has_title && start < name).then(|| {
        scene.tokens[start]
            .span
            .cover(scene.tokens[name - 1].span)
            .of(scene.text)
    })?;
    let honorific = matches!(
        role.trim_end_matches('.'),
        "Mr" | "Mrs" | "Ms" | "Sir" | "Dame" | "Miss"
    );
    (!honorific).then(|| role.to_owned())
}

/// "Mohsin Naqvi, the interior minister, said": the words between the commas, without the article.
fn after(scene: &Scene<'_>, person: &Named) -> Option<String> {
    let comma = person.mention.end as usize;
    let text = |at: usize| scene.tokens.get(at).map(|token| token.of(scene.text));
    if text(comma) != Some(",") {
        return None;
    }
    let mut start = comma + 1;
    if matches!(
        text(start),
        Some("the" | "a" | "an" | "its" | "his" | "her" | "their")
    ) {
        start += 1;
    }
    let mut end = start;
    while end < start + LONGEST
        && scene
            .tokens
            .get(end)
            .is_some_and(|token| token.kind == TokenKind::Word)
    {
        end += 1;
    }
    let closed = matches!(text(end), Some("," | "."));
    let has_title = (start..end).any(|at| is_title(scene, at));
    let starts_small = scene.sheet.forms.get(start)?.flags.has(Flags::LOWER) || is_title(scene, start);
    (closed && has_title && starts_small).then(|| {
        scene.tokens[start]
            .span
            .cover(scene.tokens[end - 1].span)
            .of(scene.text)
            .to_owned()
    })
}

/// Returns whether a token is a title by itself, or one word of a title of two.
fn is_title(scene: &Scene<'_>, at: usize) -> bool {
    let word = |at: usize| scene.sheet.forms.get(at).map_or(0, |form| form.lower);
    let is_listed = |phrase: u64| {
        let hit = scene.lexicon.phrases.get(phrase);
        hit.is_some_and(|hit| hit.classes.contains(Class::Title))
    };
    let pair = |first: usize| is_listed(phrase_step(phrase_start(word(first)), word(first + 1)));
    is_listed(phrase_start(word(at))) || pair(at) || at.checked_sub(1).is_some_and(pair)
}

/// Small words that stand before a title.
fn is_modifier(word: &str) -> bool {
    matches!(
        word,
        "prime"
            | "foreign"
            | "interior"
            | "defence"
            | "defense"
            | "finance"
            | "health"
            | "information"
            | "vice"
            | "deputy"
            | "former"
            | "acting"
            | "interim"
            | "chief"
            | "press"
            | "army"
            | "police"
            | "government"
            | "military"
            | "senior"
            | "state"
            | "home"
            | "justice"
            | "attorney"
            | "general"
            | "executive"
            | "special"
            | "opposition"
            | "party"
            | "first"
            | "assistant"
            | "district"
            | "provincial"
            | "federal"
            | "co-founder"
    )
}
