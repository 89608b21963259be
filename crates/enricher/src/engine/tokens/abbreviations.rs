//! Abbreviations of news prose: which words keep their full stop, and which of those can end a sentence.

/// Titles and ranks: a name follows, so their full stop never ends a sentence.
const TITLES: &[&str] = &[
    "adm", "amb", "asst", "brig", "capt", "cmdr", "col", "cpl", "det", "dr", "drs", "fr", "gen", "gov",
    "govs", "hon", "insp", "lt", "maj", "messrs", "mlle", "mme", "mr", "mrs", "ms", "mt", "mx", "pfc",
    "pres", "prof", "pvt", "rep", "reps", "rev", "rt", "sen", "sens", "sgt", "spc", "sr", "st", "ste",
    "supt",
];

/// Capitalised abbreviations that may also end a sentence.
const NOUNS: &[&str] = &[
    "apr", "ala", "ariz", "ark", "assn", "aug", "ave", "blvd", "bros", "calif", "co", "colo", "conn", "corp",
    "dec", "del", "dept", "feb", "fla", "ft", "ga", "ill", "inc", "ind", "jan", "jr", "jul", "jun", "kan",
    "ky", "la", "ltd", "mar", "mass", "mich", "minn", "miss", "mont", "neb", "nev", "nov", "oct", "okla",
    "ore", "pa", "plc", "pte", "pty", "rd", "sept", "sep", "tenn", "tex", "univ", "va", "vt", "wash", "wis",
    "wyo",
];

/// Abbreviations in lower case.
const LOWER: &[&str] = &[
    "approx", "cf", "ed", "eds", "est", "etc", "fig", "pp", "ret", "viz", "vol", "vs",
];

/// The longest abbreviation in bytes; longer words are not looked up.
const LONGEST: usize = 6;

/// Returns whether a full stop after `word` belongs to it; `rest` is what follows the full stop.
pub fn is_abbreviation(word: &str, rest: &str) -> bool {
    let mut buffer = [0; LONGEST];
    let Some(lower) = lower(word, &mut buffer) else {
        return false;
    };
    if matches!(lower, "no" | "nos" | "rs") {
        return rest
            .trim_start_matches(' ')
            .starts_with(|c: char| c.is_ascii_digit());
    }
    if word.as_bytes()[0].is_ascii_uppercase() {
        TITLES.binary_search(&lower).is_ok() || NOUNS.contains(&lower)
    } else {
        LOWER.contains(&lower)
    }
}

/// Returns whether a token that ends in a full stop is a title or rank, after which the sentence goes on.
pub fn never_ends_sentence(token: &str) -> bool {
    let mut buffer = [0; LONGEST];
    let word = token.trim_end_matches('.');
    lower(word, &mut buffer).is_some_and(|lower| {
        TITLES.binary_search(&lower).is_ok() || matches!(lower, "no" | "nos" | "vs" | "fig" | "vol" | "cf")
    })
}

fn lower<'b>(word: &str, buffer: &'b mut [u8; LONGEST]) -> Option<&'b str> {
    let buffer = buffer.get_mut(..word.len())?;
    buffer.copy_from_slice(word.as_bytes());
    buffer.make_ascii_lowercase();
    std::str::from_utf8(buffer).ok().filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_sorted_for_binary_search() {
        assert!(TITLES.is_sorted());
    }

    #[test]
    fn no_list_holds_a_word_that_is_never_looked_up() {
        let mut all = TITLES.iter().chain(NOUNS).chain(LOWER);
        assert!(all.all(|word| word.len() <= LONGEST && word.chars().all(|c| c.is_ascii_lowercase())));
    }
}
