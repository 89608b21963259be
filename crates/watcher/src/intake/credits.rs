//! Who wrote it: bylines and agency credits.

use super::agencies::{agency_at, agency_named};

/// Names of authors and an agency, as a line credits them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Credit {
    pub(crate) authors: Vec<String>,
    pub(crate) agency: Option<String>,
}

/// Reads a line that is a byline: "By Ann Lee and Tom Ray, Reuters". `None` if it is anything else.
pub(crate) fn byline(line: &str) -> Option<Credit> {
    let rest = [
        "By ",
        "BY ",
        "by ",
        "Written by ",
        "Reported by ",
        "Story by ",
        "Words by ",
        "By: ",
        "Author: ",
    ]
    .iter()
    .find_map(|label| line.strip_prefix(label))?;
    if rest.len() > 120 || rest.ends_with(['.', '?', '!']) && !rest.ends_with("Jr.") {
        return None;
    }
    let credit = names(rest);
    (!credit.authors.is_empty() || credit.agency.is_some()).then_some(credit)
}

/// Splits "Ann Lee, Tom Ray and AFP" into names; empty if any part is no name.
pub(crate) fn names(text: &str) -> Credit {
    let mut credit = Credit::default();
    let text = text.split(" | ").next().unwrap_or(text);
    for part in text
        .split([',', ';', '&', '/'])
        .flat_map(|part| part.split(" and "))
        .flat_map(foreign_and)
    {
        let part = part.trim().trim_start_matches("and ").trim();
        if part.is_empty() {
            continue;
        }
        // "Ann Lee in Kabul" writes from there; "Ann Lee for AFP" for them.
        let (name, rest) = cut_at_word(part, &["in", "for", "at", "of"]);
        if let Some(agency) = agency_named(name) {
            credit.agency = Some(agency.name.to_owned());
        } else if is_role(name) {
            continue;
        } else if is_person(name) {
            credit.authors.push(name.to_owned());
        } else {
            return Credit::default();
        }
        if let Some(agency) = rest.and_then(agency_named) {
            credit.agency = Some(agency.name.to_owned());
        }
    }
    credit
}

/// Reads a line that is an agency's credit with or without a place: "Press Trust of India Islamabad".
pub(crate) fn agency_line(line: &str) -> Option<(&'static str, Option<&str>)> {
    let line = line.trim_matches(|c: char| !c.is_alphanumeric());
    let (agency, length) = agency_at(line)?;
    let place = line[length..].trim_matches(|c: char| !c.is_alphanumeric());
    if place.is_empty() {
        return Some((agency.name, None));
    }
    let n_words = place.split(' ').count();
    let capitalised = place.split(' ').all(|word| word.starts_with(char::is_uppercase));
    // "AP Dhillon" is a man: a short name takes a separator before its place.
    let separated = line[length..]
        .trim_start()
        .starts_with(['|', ',', '-', '–', '/', ':'])
        || agency.printed.len() > 8;
    (n_words <= 3 && capitalised && separated && !line.ends_with('.')).then_some((agency.name, Some(place)))
}

/// Reads "(Reporting by Ann Lee in Kabul and Tom Ray; Editing by Pat Poe)".
pub(crate) fn reporting(line: &str) -> Vec<String> {
    let inner = line.trim_matches(['(', ')', '.', ' ']);
    let lower = inner.to_ascii_lowercase();
    let Some(rest) = lower.strip_prefix("reporting by ") else {
        return Vec::new();
    };
    let rest = &inner[inner.len() - rest.len()..];
    names(rest.split(';').next().unwrap_or(rest)).authors
}

/// Splits "Ann Lee und Tom Ray": the words are also parts of names, so both sides have to be names.
fn foreign_and(text: &str) -> Vec<&str> {
    let split = [" und ", " et ", " og ", " och ", " y ", " e ", " en "]
        .iter()
        .find_map(|and| text.split_once(and));
    match split {
        Some((one, other)) if is_person(one.trim()) && is_person(other.trim()) => vec![one, other],
        _ => vec![text],
    }
}

fn cut_at_word<'t>(text: &'t str, words: &[&str]) -> (&'t str, Option<&'t str>) {
    for word in words {
        if let Some((name, rest)) = text.split_once(&format!(" {word} ")) {
            return (name.trim(), Some(rest.trim()));
        }
    }
    (text, None)
}

/// Whether a text has the form of a person's name: two to five words, capitalised but for particles.
pub(crate) fn is_person(text: &str) -> bool {
    const PARTICLES: &[&str] = &[
        "al", "bin", "da", "de", "del", "den", "der", "di", "dos", "du", "ibn", "la", "le", "ul", "van",
        "von",
    ];
    let mut n_words = 0;
    for word in text.split(' ') {
        let letters = word
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-' | '.'));
        let capital =
            word.starts_with(|c: char| c.is_uppercase() || (c.is_alphabetic() && !c.is_lowercase()));
        if !letters || !(capital || PARTICLES.contains(&word)) {
            return false;
        }
        n_words += 1;
    }
    (2..=5).contains(&n_words) && text.len() <= 50
}

fn is_role(text: &str) -> bool {
    let lower = text.to_lowercase();
    [
        "reporter",
        "correspondent",
        "editor",
        "staff",
        "writer",
        "bureau",
        "desk",
        "news",
        "agencies",
        "web",
    ]
    .iter()
    .any(|role| lower.contains(role))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expect: Option<(&[&str], Option<&str>)>) {
        let got = byline(input);
        let got = got.as_ref().map(|credit| {
            (
                credit.authors.iter().map(String::as_str).collect::<Vec<_>>(),
                credit.agency.as_deref(),
            )
        });
        assert_eq!(
            got,
            expect.map(|(authors, agency)| (authors.to_vec(), agency)),
            "{input}"
        );
    }

    #[test]
    fn reads_bylines() {
        check("By Ann Lee", Some((&["Ann Lee"], None)));
        check(
            "By ANN LEE and Tom van der Ray",
            Some((&["ANN LEE", "Tom van der Ray"], None)),
        );
        check(
            "By Ann Lee, Tom Ray & Pat Poe, Reuters",
            Some((&["Ann Lee", "Tom Ray", "Pat Poe"], Some("Reuters"))),
        );
        check("By Ann Lee in Kabul", Some((&["Ann Lee"], None)));
        check("By Ann Lee, Staff Writer", Some((&["Ann Lee"], None)));
        check("By AFP", Some((&[], Some("AFP"))));
        check("By the time they came it was over", None);
        check("By Friday the dam was empty.", None);
        check("By 2030 half of them", None);
    }

    #[test]
    fn reads_agency_lines() {
        assert_eq!(
            agency_line("Press Trust of India Islamabad"),
            Some(("Press Trust of India", Some("Islamabad")))
        );
        assert_eq!(
            agency_line("PTI | New Delhi"),
            Some(("Press Trust of India", Some("New Delhi")))
        );
        assert_eq!(agency_line("(Reuters)"), Some(("Reuters", None)));
        assert_eq!(agency_line("AP Dhillon"), None);
        assert_eq!(agency_line("Reuters reported the sale of the firm."), None);
    }

    #[test]
    fn reads_reporting_credits() {
        assert_eq!(
            reporting("(Reporting by Ann Lee in Kabul and Tom Ray; Editing by Pat Poe)"),
            ["Ann Lee", "Tom Ray"]
        );
    }
}
