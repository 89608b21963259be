//! Months and weekdays by name.

/// Months by name: English, then German, French, Spanish, Portuguese, Italian, Dutch. English abbreviations have to
/// be capitalised like names are, since "may" and "mar" are words.
pub(super) fn month(word: &str) -> Option<i8> {
    const ENGLISH: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    const OTHERS: &[(&str, i8)] = &[
        ("januar", 1),
        ("jänner", 1),
        ("janvier", 1),
        ("enero", 1),
        ("janeiro", 1),
        ("gennaio", 1),
        ("januari", 1),
        ("februar", 2),
        ("février", 2),
        ("febrero", 2),
        ("fevereiro", 2),
        ("febbraio", 2),
        ("februari", 2),
        ("märz", 3),
        ("mars", 3),
        ("marzo", 3),
        ("março", 3),
        ("maart", 3),
        ("avril", 4),
        ("abril", 4),
        ("aprile", 4),
        ("mai", 5),
        ("mayo", 5),
        ("maio", 5),
        ("maggio", 5),
        ("mei", 5),
        ("juni", 6),
        ("juin", 6),
        ("junio", 6),
        ("junho", 6),
        ("giugno", 6),
        ("juli", 7),
        ("juillet", 7),
        ("julio", 7),
        ("julho", 7),
        ("luglio", 7),
        ("août", 8),
        ("agosto", 8),
        ("augustus", 8),
        ("augusti", 8),
        ("septembre", 9),
        ("septiembre", 9),
        ("setembro", 9),
        ("settembre", 9),
        ("oktober", 10),
        ("octobre", 10),
        ("octubre", 10),
        ("outubro", 10),
        ("ottobre", 10),
        ("novembre", 11),
        ("noviembre", 11),
        ("novembro", 11),
        ("dezember", 12),
        ("décembre", 12),
        ("diciembre", 12),
        ("dezembro", 12),
        ("dicembre", 12),
    ];
    // Most words are told by their first letter.
    let first = word.as_bytes().first().map_or(0, u8::to_ascii_lowercase);
    if word.len() < 3 || word.len() > 12 || !b"jfmasondegl".contains(&first) {
        return None;
    }
    let lower = word.to_lowercase();
    if word.starts_with(|c: char| c.is_ascii_uppercase()) {
        let short = lower.len() == 3 || lower == "sept";
        let found = ENGLISH
            .iter()
            .position(|name| *name == lower || (short && name.starts_with(&lower)));
        if let Some(at) = found {
            return Some(at as i8 + 1);
        }
    }
    OTHERS
        .iter()
        .find(|(name, _)| *name == lower)
        .map(|(_, month)| *month)
}

/// Whether a word is a weekday in English.
pub(super) fn is_weekday(word: &str) -> bool {
    const NAMES: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    const SHORT: [&str; 10] = [
        "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun",
    ];
    let first = word.as_bytes().first().map_or(0, u8::to_ascii_lowercase);
    if word.len() < 3 || word.len() > 9 || !b"mtwfs".contains(&first) {
        return false;
    }
    let mut names = NAMES.iter().chain(&SHORT);
    names.any(|name| name.eq_ignore_ascii_case(word))
}
