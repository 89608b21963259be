//! Gender as words show it: titles, nouns and given names.

use std::sync::LazyLock;

/// What "he" and "she" tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gender {
    Female,
    Male,
}

/// Given names that one gender bears alone; names that both bear are left out.
const NAMES: &str = include_str!("../../../../../seeds/lexicons/given-names.tsv");

static GIVEN: LazyLock<Vec<(&str, Gender)>> = LazyLock::new(|| {
    let mut names = Vec::new();
    for line in NAMES.lines() {
        let Some((gender, listed)) = line.split_once('\t') else {
            continue;
        };
        let gender = if gender == "female" {
            Gender::Female
        } else {
            Gender::Male
        };
        names.extend(listed.split_whitespace().map(|name| (name, gender)));
    }
    names.sort_unstable_by_key(|(name, _)| *name);
    names
});

/// Returns the gender of a title printed before a name.
pub(super) fn of_title(word: &str) -> Option<Gender> {
    match word {
        "Mr" | "Sir" | "Lord" => Some(Gender::Male),
        "Mrs" | "Ms" | "Miss" | "Dame" | "Lady" => Some(Gender::Female),
        _ => of_noun(word),
    }
}

/// Returns the gender of a noun for a person: "spokeswoman", "king".
pub(super) fn of_noun(word: &str) -> Option<Gender> {
    let word = word.to_lowercase();
    match word.as_str() {
        "queen" | "princess" | "duchess" | "baroness" | "actress" | "mother" | "wife" | "widow"
        | "daughter" | "sister" | "girl" | "grandmother" | "aunt" | "nun" | "businesswoman" => {
            Some(Gender::Female)
        }
        "king" | "prince" | "duke" | "baron" | "pope" | "imam" | "father" | "husband" | "widower" | "son"
        | "brother" | "boy" | "grandfather" | "uncle" | "monk" | "man" => Some(Gender::Male),
        _ if word.ends_with("woman") => Some(Gender::Female),
        _ if ["sman", "rman", "eman", "kman", "tman"]
            .iter()
            .any(|end| word.ends_with(end)) =>
        {
            Some(Gender::Male)
        }
        _ => None,
    }
}

/// Returns the gender of those who bear a given name.
pub(super) fn of_given_name(name: &str) -> Option<Gender> {
    let name = name.to_lowercase();
    let index = GIVEN
        .binary_search_by_key(&name.as_str(), |(known, _)| known)
        .ok()?;
    Some(GIVEN[index].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_titles_and_nouns_show_gender() {
        assert_eq!(of_given_name("Elena"), Some(Gender::Female));
        assert_eq!(of_given_name("Mohammed"), Some(Gender::Male));
        assert_eq!(of_given_name("Robin"), None);
        assert_eq!(of_title("Ms"), Some(Gender::Female));
        assert_eq!(of_noun("spokesman"), Some(Gender::Male));
        assert_eq!(of_noun("Policewoman"), Some(Gender::Female));
        assert_eq!(of_noun("human"), None);
        assert_eq!(of_noun("minister"), None);
    }

    #[test]
    fn no_name_stands_twice() {
        assert!(GIVEN.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
