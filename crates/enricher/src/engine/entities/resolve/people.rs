//! People: a surname, a given name or another spelling back to the full name, but never across two people.

use super::super::super::hash::Folded;
use super::groups::Groups;
use super::{CROWD, Named, Scene};
use wire::message::EntityType;

/// Joins the mentions of each person.
pub(super) fn join(scene: &Scene<'_>, named: &[Named], groups: &mut Groups) {
    let mut people: Vec<usize> = (0..named.len())
        .filter(|&index| named[index].mention.kind == EntityType::Person && groups.root(index) == index)
        .collect();
    people.sort_unstable_by_key(|&index| (named[index].last, index));
    let full: Vec<usize> = people
        .iter()
        .copied()
        .filter(|&index| named[index].n_words > 1)
        .collect();
    for crowd in full.chunk_by(|a, b| named[*a].last == named[*b].last) {
        join_full_names(scene, named, &crowd[..crowd.len().min(CROWD)], groups);
    }
    let mut by_first = full.clone();
    by_first.sort_unstable_by_key(|&index| (named[index].first, index));
    for crowd in by_first.chunk_by(|a, b| named[*a].first == named[*b].first) {
        join_spellings_of_surname(scene, named, &crowd[..crowd.len().min(CROWD)], groups);
    }
    for &short in people.iter().filter(|&&index| named[index].n_words == 1) {
        let word = named[short].last;
        let surname = bearers(&full, |index| named[index].last, word);
        let given = bearers(&by_first, |index| named[index].first, word);
        if let Some(person) =
            only(surname, groups).or_else(|| only(given, groups).filter(|_| surname.is_empty()))
        {
            groups.join(short, person);
        }
    }
}

/// Returns the part of a sorted list whose key is `word`.
fn bearers(sorted: &[usize], key: impl Fn(usize) -> u64, word: u64) -> &[usize] {
    let start = sorted.partition_point(|&index| key(index) < word);
    let length = sorted[start..].partition_point(|&index| key(index) == word);
    &sorted[start..start + length.min(CROWD)]
}

/// Returns the one person that all these are, if they are one.
fn only(mentions: &[usize], groups: &mut Groups) -> Option<usize> {
    let (&first, rest) = mentions.split_first()?;
    let root = groups.root(first);
    rest.iter()
        .all(|&other| groups.root(other) == root)
        .then_some(first)
}

/// Names with the same surname: one is part of the other ("Shehbaz Sharif", "Mian Shehbaz Sharif"), or the given
/// names differ by a letter ("Saher", "Sahar").
fn join_full_names(scene: &Scene<'_>, named: &[Named], crowd: &[usize], groups: &mut Groups) {
    for (position, &a) in crowd.iter().enumerate() {
        for &b in &crowd[position + 1..] {
            let (short, long) = if named[a].n_words <= named[b].n_words {
                (a, b)
            } else {
                (b, a)
            };
            let is_part = named[short].n_words < named[long].n_words
                && is_subsequence(scene, &named[short], &named[long]);
            let is_variant = named[a].n_words == 2 && named[b].n_words == 2 && {
                let first = |name: &Named| scene.tokens[name.mention.first as usize].of(scene.text);
                differs_by_a_letter(first(&named[a]), first(&named[b]))
            };
            if is_part || is_variant {
                groups.join(a, b);
            }
        }
    }
}

/// Names with the same given name whose surnames differ by a letter.
fn join_spellings_of_surname(scene: &Scene<'_>, named: &[Named], crowd: &[usize], groups: &mut Groups) {
    for (position, &a) in crowd.iter().enumerate() {
        for &b in &crowd[position + 1..] {
            let last = |name: &Named| scene.tokens[name.mention.end as usize - 1].of(scene.text);
            let (last_a, last_b) = (last(&named[a]), last(&named[b]));
            if named[a].n_words == named[b].n_words && last_a.len() > 4 && differs_by_a_letter(last_a, last_b)
            {
                groups.join(a, b);
            }
        }
    }
}

fn is_subsequence(scene: &Scene<'_>, short: &Named, long: &Named) -> bool {
    let mut long = scene.words(long);
    scene.words(short).all(|word| long.any(|other| other == word))
}

/// Returns whether two words begin alike and differ by one letter put in, left out or replaced.
fn differs_by_a_letter(a: &str, b: &str) -> bool {
    let (a, b) = (Folded::new(a), Folded::new(b));
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len().min(b.len()) < 4 || a.len().abs_diff(b.len()) > 1 || a[0] != b[0] || a == b {
        return false;
    }
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (rest_a, rest_b) = (&a[same..], &b[same..]);
    match a.len().cmp(&b.len()) {
        std::cmp::Ordering::Equal => rest_a[1..] == rest_b[1..],
        std::cmp::Ordering::Less => rest_a == &rest_b[1..],
        std::cmp::Ordering::Greater => &rest_a[1..] == rest_b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_differ_by_one_letter() {
        assert!(differs_by_a_letter("Saher", "Sahar"));
        assert!(differs_by_a_letter("Mohamed", "Mohammed"));
        assert!(!differs_by_a_letter("Omar", "Omar"));
        assert!(!differs_by_a_letter("Amir", "Samir"));
        assert!(!differs_by_a_letter("Ali", "Alia"));
    }
}
