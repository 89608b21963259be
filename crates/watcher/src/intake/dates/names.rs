//! Months and weekdays by name.

/// Months: number, English name, names in German, French, Spanish, Portuguese, Italian, Dutch and Swedish.
const MONTHS: [(i8, &str, &[&str]); 12] = [
    (
        1,
        "january",
        &[
            "januar", "jänner", "janvier", "enero", "janeiro", "gennaio", "januari",
        ],
    ),
    (
        2,
        "february",
        &[
            "februar",
            "février",
            "febrero",
            "fevereiro",
            "febbraio",
            "februari",
        ],
    ),
    (3, "march", &["märz", "mars", "marzo", "março", "maart"]),
    (4, "april", &["avril", "abril", "aprile"]),
    (5, "may", &["mai", "mayo", "maio", "maggio", "mei"]),
    (6, "june", &["juni", "juin", "junio", "junho", "giugno"]),
    (7, "july", &["juli", "juillet", "julio", "julho", "luglio"]),
    (8, "august", &["août", "agosto", "augustus", "augusti"]),
    (
        9,
        "september",
        &["septembre", "septiembre", "setembro", "settembre"],
    ),
    (
        10,
        "october",
        &["oktober", "octobre", "octubre", "outubro", "ottobre"],
    ),
    (11, "november", &["novembre", "noviembre", "novembro"]),
    (
        12,
        "december",
        &["dezember", "décembre", "diciembre", "dezembro", "dicembre"],
    ),
];

const WEEKDAYS: [&str; 17] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "tues",
    "wed",
    "thu",
    "thur",
    "thurs",
    "fri",
    "sat",
    "sun",
];

/// How long a name is at most, in bytes.
const LONGEST: usize = 12;

/// Returns the month of this name. English names have to be capitalised and may be cut to three letters, since "may"
/// and "mar" are words.
pub(super) fn month(word: &str) -> Option<i8> {
    if word.len() < 3 || word.len() > LONGEST || !may_open(word.as_bytes()) {
        return None;
    }
    let mut lower = [0; LONGEST];
    let lower = lowered(word, &mut lower)?;
    let short = lower.len() == 3 || lower == "sept";
    let is_english = |name: &str| name == lower || (short && name.starts_with(lower));
    let capitalised = word.starts_with(|c: char| c.is_ascii_uppercase());
    MONTHS
        .iter()
        .find(|(_, english, _)| capitalised && is_english(english))
        .or_else(|| MONTHS.iter().find(|(_, _, others)| others.contains(&lower)))
        .map(|(number, ..)| *number)
}

/// Writes a short word in lower case.
fn lowered<'b>(word: &str, out: &'b mut [u8; LONGEST]) -> Option<&'b str> {
    let mut length = 0;
    for c in word.chars().flat_map(char::to_lowercase) {
        let end = length + c.len_utf8();
        c.encode_utf8(out.get_mut(length..end)?);
        length = end;
    }
    std::str::from_utf8(&out[..length]).ok()
}

/// Whether a word is a weekday in English.
pub(super) fn is_weekday(word: &str) -> bool {
    if word.len() < 3 || word.len() > 9 || !may_open(word.as_bytes()) {
        return false;
    }
    WEEKDAYS.iter().any(|name| name.eq_ignore_ascii_case(word))
}

/// Whether a month or a weekday may begin with the first letters of these bytes.
pub(super) fn may_open(word: &[u8]) -> bool {
    let [first, second, third, ..] = word else {
        return false;
    };
    // Umlauts and accents are left to the comparison.
    let plain = second.is_ascii() && third.is_ascii();
    first.is_ascii_alphabetic() && (!plain || THIRD_LETTERS[place(*first, *second)] >> (third & 31) & 1 == 1)
}

const fn place(first: u8, second: u8) -> usize {
    (first as usize & 31) << 5 | (second as usize & 31)
}

/// The third letters of the names, as bits, by their first two.
static THIRD_LETTERS: [u32; 1 << 10] = {
    let mut letters = [0; 1 << 10];
    let mut at = 0;
    while at < MONTHS.len() {
        note(&mut letters, MONTHS[at].1);
        let mut other = 0;
        while other < MONTHS[at].2.len() {
            note(&mut letters, MONTHS[at].2[other]);
            other += 1;
        }
        at += 1;
    }
    let mut at = 0;
    while at < WEEKDAYS.len() {
        note(&mut letters, WEEKDAYS[at]);
        at += 1;
    }
    letters
};

const fn note(letters: &mut [u32; 1 << 10], name: &str) {
    if let [first, second, third, ..] = name.as_bytes()
        && second.is_ascii()
        && third.is_ascii()
    {
        letters[place(*first, *second)] |= 1 << (*third & 31);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_as_they_are_printed() {
        for (number, english, others) in MONTHS {
            let capitalised = english[..1].to_uppercase() + &english[1..];
            assert_eq!(month(&capitalised), Some(number));
            assert_eq!(month(&english.to_uppercase()), Some(number));
            assert_eq!(month(&capitalised[..3]), Some(number));
            for other in others {
                assert_eq!(month(other), Some(number), "{other}");
                assert_eq!(month(&other.to_uppercase()), Some(number), "{other}");
            }
        }
        for name in WEEKDAYS {
            assert!(is_weekday(name) && is_weekday(&name.to_uppercase()), "{name}");
        }
        for word in [
            "may",
            "mar",
            "march",
            "Octo",
            "sept",
            "januaryjanuary",
            "the",
            "",
            "M",
        ] {
            assert_eq!(month(word), None, "{word}");
        }
    }
}
