//! Acronyms and what they stand for, in either order.

use super::super::super::hash;
use super::super::forms::Flags;
use super::groups::Groups;
use super::{Named, Scene};
use wire::message::EntityType;

/// Joins acronyms to their expansions; an acronym takes the type of what it stands for.
///
/// "Northern Relief Union (NRU)" and "NRU (Northern Relief Union)" belong together even when the initials do not
/// match, because writers get the expansion of a known acronym wrong; elsewhere the initials decide.
pub(super) fn pair(scene: &Scene<'_>, named: &mut [Named], groups: &mut Groups) {
    let acronyms: Vec<usize> = (0..named.len())
        .filter(|&index| is_acronym(scene, &named[index]))
        .collect();
    if acronyms.is_empty() {
        return;
    }
    let mut initials: Vec<(u64, usize)> = Vec::new();
    for (index, name) in named.iter().enumerate() {
        if name.n_words > 1 && name.mention.kind != EntityType::Person {
            initials.extend(
                initials_of(scene, name)
                    .into_iter()
                    .flatten()
                    .map(|hash| (hash, index)),
            );
        }
    }
    initials.sort_unstable();
    let mut kinds: Vec<(u64, EntityType)> = Vec::new();
    for acronym in acronyms {
        let known = initials.partition_point(|(hash, _)| *hash < named[acronym].last);
        let by_initials = initials
            .get(known)
            .filter(|(hash, _)| *hash == named[acronym].last)
            .map(|(_, index)| *index);
        let Some(expansion) = by_initials.or_else(|| beside(scene, named, acronym)) else {
            continue;
        };
        let kind = named[expansion].mention.kind;
        named[acronym].mention.kind = kind;
        kinds.push((named[acronym].hash, kind));
        groups.join(acronym, expansion);
    }
    kinds.sort_unstable();
    for name in named
        .iter_mut()
        .filter(|name| name.mention.kind != EntityType::Person)
    {
        let at = kinds.partition_point(|(hash, _)| *hash < name.hash);
        if let Some((_, kind)) = kinds.get(at).filter(|(hash, _)| *hash == name.hash) {
            name.mention.kind = *kind;
        }
    }
}

fn is_acronym(scene: &Scene<'_>, name: &Named) -> bool {
    let is_one_word = name.mention.end - name.mention.first == 1;
    is_one_word
        && scene.sheet.forms[name.mention.first as usize]
            .flags
            .has(Flags::ACRONYM)
        && name.mention.span.len() <= 10
}

/// Returns the hashes of the initials of a name, without and with its small words.
fn initials_of(scene: &Scene<'_>, name: &Named) -> [Option<u64>; 2] {
    const LONGEST: usize = 12;
    [false, true].map(|small_too| {
        let mut letters = [0; LONGEST];
        let mut n = 0;
        for form in &scene.sheet.forms[name.mention.range()] {
            if form.flags.has(Flags::CAPITAL) || small_too && form.flags.has(Flags::LOWER) {
                *letters.get_mut(n)? = form.prefix as u8;
                n += 1;
            }
        }
        (n > 1).then(|| hash::bytes(&letters[..n]))
    })
}

/// Returns the longer name that a bracket joins to the acronym, of the same type.
fn beside(scene: &Scene<'_>, named: &[Named], acronym: usize) -> Option<usize> {
    let mention = named[acronym].mention;
    let mark = |at: usize| scene.tokens.get(at).map(|token| token.of(scene.text));
    let fits = |index: usize| {
        let other = named.get(index)?;
        let similar =
            other.n_words > 1 && other.mention.kind == mention.kind && mention.kind != EntityType::Person;
        similar.then_some((index, other.mention))
    };
    let before = mention.first.checked_sub(1)?;
    if mark(before as usize) == Some("(") && mark(mention.end as usize) == Some(")") {
        let (index, other) = fits(acronym.checked_sub(1)?)?;
        return (other.end == before).then_some(index);
    }
    if mark(mention.end as usize) == Some("(") {
        let (index, other) = fits(acronym + 1)?;
        let closed = mark(other.end as usize) == Some(")");
        return (other.first == mention.end + 1 && closed).then_some(index);
    }
    None
}
