//! What a headline looks like, and what page titles have behind it.

use super::super::outlets::TITLE_OUTLETS;

/// How many words a line has.
pub(super) fn n_words(line: &str) -> usize {
    1 + line.bytes().filter(|byte| *byte == b' ').count()
}

/// Whether a line can be a headline: it has a few words and does not end like a sentence.
pub(super) fn is_headline(line: &str) -> bool {
    let n_words = n_words(line);
    let sentence =
        line.ends_with(['.', ':', ';', ',']) && !line.ends_with("...") && !ends_with_abbreviation(line);
    (2..=40).contains(&n_words) && line.len() <= 250 && !sentence && line.chars().any(char::is_alphabetic)
}

fn ends_with_abbreviation(line: &str) -> bool {
    let word = line.rsplit(' ').next().unwrap_or(line);
    let inner = word.trim_end_matches('.');
    inner.contains('.')
        || inner.len() == 1
        || ["Inc", "Ltd", "Co", "Corp", "Jr", "Sr", "St", "No"].contains(&inner)
}

/// Splits `Dam breaks | World News` and `Dam breaks - BBC News`; also off `publisher`, if that is known.
pub(crate) fn split_suffix<'t>(line: &'t str, publisher: Option<&str>) -> (&'t str, Option<&'t str>) {
    let is_publisher = |suffix: &str| {
        let lower = suffix.trim().to_lowercase();
        publisher.is_some_and(|name| name.to_lowercase() == lower)
            || TITLE_OUTLETS.binary_search(&lower.as_str()).is_ok()
    };
    let mut pairs = line.as_bytes().windows(2);
    if !pairs.any(|pair| pair[0] == b' ' && (matches!(pair[1], b'|' | b'-' | b':') || pair[1] >= 0x80)) {
        return (line, None);
    }
    for separator in [" | ", " — ", " – ", " - ", " :: ", " · "] {
        let Some(at) = line.find(separator) else {
            continue;
        };
        let at = if separator == " | " {
            at
        } else {
            line.rfind(separator).unwrap_or(at)
        };
        let suffix = &line[at + separator.len()..];
        let short = suffix.split([' ']).count() <= 6;
        let rest = &line[..at];
        let long = rest.split(' ').count() >= 3;
        if (long && separator == " | " && short) || ((long || rest.len() >= 20) && is_publisher(suffix)) {
            return (line[..at].trim_end(), Some(&line[at..]));
        }
    }
    (line, None)
}
