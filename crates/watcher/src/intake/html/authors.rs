//! Who wrote a page's article: the names among what its JSON-LD, its `meta` elements and its elements say.

use super::super::credits;
use super::super::draft::stated;
use super::metadata::letters;

/// What a page says about its authors, best source first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sources<'p> {
    /// Persons of the JSON-LD.
    pub(super) linked: &'p [String],
    /// Contents of `meta` elements.
    pub(super) meta: &'p [String],
    /// Contents of `meta` elements that only some outlets have.
    pub(super) other_meta: &'p [String],
    /// Texts of elements marked as a byline.
    pub(super) printed: &'p [String],
    /// Texts of links to the pages of authors.
    pub(super) links: &'p [String],
    /// Organisations that the JSON-LD names as authors.
    pub(super) organisations: &'p [String],
    pub(super) publisher: Option<&'p str>,
}

/// The authors of an article, and the agency that is credited beside them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Authors {
    pub(super) names: Vec<String>,
    pub(super) agency: Option<String>,
}

/// Takes the first source that names somebody else than the outlet; the outlet itself where none does.
pub(super) fn find(sources: &Sources<'_>) -> Authors {
    let (mut outlets, organisations): (Vec<String>, Vec<String>) = sources
        .organisations
        .iter()
        .cloned()
        .partition(|name| is_outlet(name, sources.publisher));
    let mut agency = None;
    let stated = [sources.meta, sources.other_meta, sources.printed, sources.links];
    for (at, texts) in [sources.linked].into_iter().chain(stated).enumerate() {
        let is_linked = at == 0;
        let mut names: Vec<String> = Vec::new();
        for text in texts {
            let credit = people(text);
            agency = agency.or(credit.agency);
            for name in credit.authors.into_iter().filter(|name| may_be_name(name)) {
                let is_signed = !outlets.is_empty() || !organisations.is_empty();
                if is_outlet(&name, sources.publisher) {
                    outlets.push(name);
                } else if is_signed && !is_linked && !may_be_person(&name) {
                    // Where the outlet signs, only a person comes before it: elements hold much beside names.
                } else if !names.iter().any(|known| letters(known) == letters(&name)) {
                    names.push(name);
                }
            }
        }
        if !names.is_empty() {
            names.extend(organisations.into_iter().filter(|_| is_linked));
            return Authors { names, agency };
        }
    }
    outlets.truncate(1);
    let names = if organisations.is_empty() {
        outlets
    } else {
        organisations
    };
    Authors { names, agency }
}

/// Splits a stated author into names.
fn people(text: &str) -> credits::Credit {
    let text = text.trim();
    let labels = [
        "By ", "by ", "BY ", "By: ", "Von ", "von ", "VON ", "Par ", "Por ", "Di ",
    ];
    let bare = labels
        .iter()
        .find_map(|label| text.strip_prefix(label))
        .unwrap_or(text);
    let mut credit = credits::names(bare_name(bare));
    if credit.authors.is_empty() {
        credit.authors = parts(bare);
    }
    credit
}

/// Splits what is no plain list of persons: initials, outlets, one name alone, several with a place.
fn parts(text: &str) -> Vec<String> {
    let is_part = |part: &str| credits::is_person(part) || is_one_name(part);
    let list: Vec<&str> = text
        .split([',', ';', '&'])
        .flat_map(|part| part.split(" and "))
        .flat_map(|part| part.split(" und "))
        .map(bare_name)
        .collect();
    let names = list.len() > 1 && list.iter().any(|part| credits::is_person(part));
    let parts = if names && list.iter().all(|part| is_part(part)) {
        list
    } else {
        text.split(';').map(bare_name).collect()
    };
    parts
        .into_iter()
        .filter(|name| name.len() <= 80 && !name.contains("://"))
        .filter_map(stated)
        .collect()
}

/// Takes initials in parentheses and the Korean word for reporter off a name.
fn bare_name(name: &str) -> &str {
    let name = name.trim();
    let name = name.strip_suffix("기자").map_or(name, str::trim_end);
    let initials = name.strip_suffix(')').and_then(|name| name.rsplit_once(" ("));
    match initials {
        Some((bare, initials))
            if initials.len() <= 6 && !initials.contains(|c: char| !(c.is_alphabetic() || c == '.')) =>
        {
            bare
        }
        _ => name,
    }
}

/// Whether a text has the form of a person's name; scripts without capitals have none of their own.
fn may_be_person(text: &str) -> bool {
    let is_caseless = |c: char| c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase();
    credits::is_person(text)
        || (text.chars().count() <= 12 && text.chars().all(|c| is_caseless(c) || c == ' '))
}

/// Whether a text is one capitalised word that is long enough for a name.
fn is_one_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(char::is_uppercase)
        && text.chars().count() >= 4
        && letters.all(char::is_lowercase)
}

/// Whether a name is the outlet's: as it calls itself, by its initials or by its address.
fn is_outlet(name: &str, publisher: Option<&str>) -> bool {
    let is_domain = !name.contains(' ')
        && name.rsplit_once('.').is_some_and(|(_, end)| {
            (2..=4).contains(&end.len()) && end.bytes().all(|b| b.is_ascii_lowercase())
        });
    let is_publishers = |publisher: &str| {
        let initials: String = publisher
            .split(' ')
            .filter_map(|word| word.chars().next())
            .collect();
        letters(publisher) == letters(name) || (initials.len() >= 3 && initials == name)
    };
    is_domain || publisher.is_some_and(is_publishers)
}

/// Whether a stated author can be one: no number, address, label or half sentence.
fn may_be_name(name: &str) -> bool {
    let n_digits = name.bytes().filter(u8::is_ascii_digit).count();
    let is_label = ["by", "von", "par", "por", "di", "af", "av", "author", "autor"];
    n_digits <= 2
        && !name.contains(['@', ':', '(', '•', '|'])
        && name.chars().count() >= 2
        && name.len() <= 80
        && !is_label.contains(&name.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOBODY: Sources<'_> = Sources {
        linked: &[],
        meta: &[],
        other_meta: &[],
        printed: &[],
        links: &[],
        organisations: &[],
        publisher: Some("The Amel Post"),
    };

    #[track_caller]
    fn check(meta: &[&str], printed: &[&str], names: &[&str]) {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let (meta, printed) = (owned(meta), owned(printed));
        let found = find(&Sources {
            meta: &meta,
            printed: &printed,
            ..NOBODY
        });
        assert_eq!(found.names, names, "{meta:?} {printed:?}");
    }

    #[test]
    fn splits_lists_and_takes_off_what_is_no_name() {
        check(&["By Ann Lee and Tom Ray"], &[], &["Ann Lee", "Tom Ray"]);
        check(
            &["Ann Lee und Tom Ray, Marwan"],
            &[],
            &["Ann Lee", "Tom Ray", "Marwan"],
        );
        check(&["Ann Lee (ale)", "Tom Ray (tr)"], &[], &["Ann Lee", "Tom Ray"]);
        check(&["srf/abcd;efgh"], &[], &["srf/abcd", "efgh"]);
        check(&["신현주 기자"], &[], &["신현주"]);
        check(&["Jane Doe, Ph.D."], &[], &["Jane Doe, Ph.D."]);
    }

    #[test]
    fn persons_come_before_the_outlet() {
        check(&["The Amel Post"], &["By", "Ann Lee"], &["Ann Lee"]);
        check(&["TAP"], &["Ann Lee"], &["Ann Lee"]);
        check(&["amelpost.com"], &["Share", "Tom Ray"], &["Tom Ray"]);
        check(&["The Amel Post"], &["Share", "von"], &["The Amel Post"]);
    }

    #[test]
    fn an_agency_beside_the_authors_is_kept() {
        let meta = ["Ann Lee, dpa".to_owned()];
        let found = find(&Sources {
            meta: &meta,
            ..NOBODY
        });
        assert_eq!(found.names, ["Ann Lee"]);
        assert_eq!(found.agency.as_deref(), Some("dpa"));
    }
}
