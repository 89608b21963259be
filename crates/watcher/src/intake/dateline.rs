//! The dateline that opens a body: place, date, agency.

use super::agencies::{agency_at, agency_named};
use super::dates::{self, PartialDate};
use super::outlets::DATELINE_CITIES;

/// What a dateline says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Opening {
    /// Place and date as printed.
    pub(crate) text: Option<String>,
    /// The date in it.
    pub(crate) date: Option<PartialDate>,
    /// The agency credited.
    pub(crate) agency: Option<String>,
}

/// How far into a paragraph a dateline may reach.
const MOST_BYTES: usize = 120;

/// Reads the dateline that a paragraph opens with.
///
/// Known forms: `QALAT RUD, Mar 3 (Northern Wire) — …`, `SALVADOR, Feb 26 - …`, `Islamabad, Pakistan – …`,
/// `New Delhi: …`, `New Delhi, Sep 19 The …`, `KABUL (AP) — …`, `(Reuters) - …`, `QALAT (Northern Wire) Mar 3 — …`. A place in mixed case that
/// nothing but a dash or a colon follows has to be a well-known city, so that "Analysis: …" and "Donald Trump: …"
/// are not taken for places.
pub(crate) fn read(paragraph: &str) -> Option<Opening> {
    if !may_open(paragraph) {
        return None;
    }
    if !may_close(&paragraph[part_end(paragraph, 0)..]) {
        return None;
    }
    let mut opening = Opening::default();
    let place = place_end(paragraph);
    let mut at = place.end;
    let between = agency_before_date(paragraph, at);
    let dated = between.as_ref().map(|(_, found)| *found);
    if let Some(found) = dated.or_else(|| date_after(paragraph, at)) {
        at = found.end;
        opening.date = Some(found.date);
    }
    let named = paragraph[..at].trim_end_matches([',', ' ']);
    let printed_place = &paragraph[..place.end];
    let (agency, after) = match between {
        Some((agency, _)) => (Some(agency), at),
        None => agency_after(paragraph, at, opening.date.is_some() || place.end == 0),
    };
    opening.agency = agency;
    let marked = opening.agency.is_some() || opening.date.is_some();
    let end = end_mark(paragraph, after);
    let accepted = match end {
        _ if place.end == 0 => opening.agency.is_some() && end.is_some(),
        Some(Mark::Colon) => marked || is_known_city(printed_place) || is_capitals(printed_place),
        Some(Mark::Dash) => {
            marked || place.n_parts > 1 || is_known_city(printed_place) || is_capitals(printed_place)
        }
        // "New Delhi, Sep 19 The recent strikes …": the date has to be followed by a new sentence.
        None => opening.date.is_some() && starts_sentence(&paragraph[after..]) && place.n_parts <= 2,
    };
    if !accepted {
        return None;
    }
    opening.text = (place.end > 0).then(|| named.to_owned());
    Some(opening)
}

/// Whether a paragraph has near its start what closes a dateline: a dash, a colon or a date.
fn may_open(paragraph: &str) -> bool {
    let start = &paragraph.as_bytes()[..paragraph.len().min(2 * MOST_BYTES)];
    let closes = |byte: u8| byte.is_ascii_digit() || byte == b'-' || byte == b':' || byte >= 0x80;
    start
        .chunks(32)
        .any(|chunk| chunk.iter().fold(false, |any, byte| any | closes(*byte)))
}

/// Whether what follows the first words can go on with a dateline or close it.
fn may_close(rest: &str) -> bool {
    let next = rest.trim_start_matches([' ', ',', '.']);
    let ends_place = rest.starts_with([',', ':']);
    let mark = ['(', '/', '-', '—', '–', '―', '−'];
    ends_place || next.starts_with(mark) || dates::may_open(next.as_bytes())
}

struct Place {
    end: usize,
    n_parts: usize,
}

/// Returns how far the place reaches: one to three parts of one to four capitalised words each.
fn place_end(text: &str) -> Place {
    let mut place = Place { end: 0, n_parts: 0 };
    let mut at = 0;
    while place.n_parts < 3 {
        let end = part_end(text, at);
        let part = &text[at..end];
        if part.is_empty() || is_label(part) || dates::read(&text[at..]).is_some() {
            break;
        }
        place = Place {
            end,
            n_parts: place.n_parts + 1,
        };
        match text[end..].strip_prefix(", ") {
            Some(_) => at = end + 2,
            None => break,
        }
    }
    place
}

fn part_end(text: &str, start: usize) -> usize {
    let mut end = start;
    let mut at = start;
    for n_words in 0..5 {
        let rest = &text[at..];
        let length = rest
            .find(|c: char| !(c.is_alphabetic() || matches!(c, '\'' | '’' | '-' | '.')))
            .unwrap_or(rest.len())
            .min(MOST_BYTES);
        let Some(word) = rest.get(..length) else {
            break;
        };
        let word = word
            .strip_suffix('.')
            .filter(|stem| stem.len() > 4 && !stem.contains('.'))
            .unwrap_or(word);
        let capital = word.starts_with(char::is_uppercase);
        let particle =
            n_words > 0 && ["de", "da", "do", "del", "al", "el", "la", "of", "es", "au"].contains(&word);
        let hyphen_only = word.chars().all(|c| !c.is_alphabetic());
        if word.is_empty() || hyphen_only || !(capital || particle) {
            break;
        }
        at += word.len();
        if !particle {
            end = at;
        }
        if n_words == 4 {
            return start;
        }
        match text[at..].strip_prefix(' ') {
            Some(_) => at += 1,
            None => break,
        }
    }
    end
}

/// Words that stand before a colon or dash without being places.
fn is_label(part: &str) -> bool {
    const LABELS: &[&str] = &[
        "analysis",
        "background",
        "breaking",
        "breaking news",
        "by",
        "column",
        "comment",
        "correction",
        "coverage",
        "editor's note",
        "editorial",
        "exclusive",
        "explained",
        "explainer",
        "fact check",
        "factbox",
        "feature",
        "follow",
        "how",
        "interview",
        "just in",
        "key points",
        "live",
        "live updates",
        "news",
        "note",
        "opinion",
        "photo",
        "photos",
        "pictures",
        "podcast",
        "profile",
        "q",
        "read",
        "read more",
        "related",
        "report",
        "review",
        "source",
        "sources",
        "special report",
        "summary",
        "the",
        "timeline",
        "topic",
        "update",
        "updated",
        "urgent",
        "video",
        "watch",
        "what",
        "who",
        "why",
    ];
    LABELS.iter().any(|label| label.eq_ignore_ascii_case(part))
}

fn date_after(text: &str, at: usize) -> Option<dates::Found> {
    let skipped = text[at..].len() - text[at..].trim_start_matches([',', ' ']).len();
    if skipped == 0 && at > 0 {
        return None;
    }
    let found = dates::read(text.get(at + skipped..)?)?;
    let absolute = dates::Found {
        start: found.start + at + skipped,
        end: found.end + at + skipped,
        ..found
    };
    (at > 0 && absolute.end <= MOST_BYTES && absolute.date.day.is_some()).then_some(absolute)
}

/// Reads `(Northern Wire) Mar 3` before a dash or colon: the agency between the place and the date.
fn agency_before_date(text: &str, at: usize) -> Option<(String, dates::Found)> {
    let inside = text.get(at..)?.strip_prefix(" (")?;
    let inside = &inside[..inside.find(')').filter(|close| *close <= MOST_AGENCY)?];
    let found = date_after(text, at + 2 + inside.len() + 1)?;
    let known = inside.split(['/', ',']).find_map(agency_named);
    let name = match known {
        Some(agency) => agency.name.to_owned(),
        None if is_name(inside) => inside.to_owned(),
        None => return None,
    };
    (at > 0 && end_mark(text, found.end).is_some()).then_some((name, found))
}

/// How long the name of an agency in parentheses may be, in bytes.
const MOST_AGENCY: usize = 40;

/// Whether a text is up to four capitalised words.
fn is_name(text: &str) -> bool {
    text.split(' ').count() <= 4 && text.split(' ').all(|word| word.starts_with(char::is_uppercase))
}

/// Reads `(AFP)`, `/PRNewswire/` or, after a date, any name in parentheses before a dash.
fn agency_after(text: &str, at: usize, any_name: bool) -> (Option<String>, usize) {
    let rest = &text[at..];
    let open = rest.trim_start_matches([' ', ',', '.', '—', '–']);
    let start = at + rest.len() - open.len();
    let Some(close) = open
        .strip_prefix('(')
        .and_then(|inside| inside.find(')'))
        .or_else(|| open.strip_prefix('/').and_then(|inside| inside.find('/')))
        .filter(|close| *close <= MOST_AGENCY)
    else {
        return (None, at);
    };
    let inside = &open[1..=close];
    let after = start + close + 2;
    if let Some(agency) = inside.split(['/', ',']).find_map(agency_named) {
        return (Some(agency.name.to_owned()), after);
    }
    let named = agency_at(inside).is_some();
    if (any_name || named) && at > 0 && is_name(inside) && end_mark(text, after).is_some() {
        return (Some(inside.to_owned()), after);
    }
    (None, at)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Dash,
    Colon,
}

/// Returns the mark that closes the dateline.
fn end_mark(text: &str, at: usize) -> Option<Mark> {
    let rest = text.get(at..)?;
    if let Some(after) = rest.strip_prefix(':') {
        return (after.starts_with(' ') && starts_sentence(after)).then_some(Mark::Colon);
    }
    let dash = rest.trim_start_matches([' ', '.']);
    let spaced = dash.len() < rest.len() || rest.starts_with('—');
    let after = dash
        .strip_prefix("--")
        .or_else(|| dash.strip_prefix(['—', '–', '-', '―', '−']))?;
    (spaced && starts_sentence(after)).then_some(Mark::Dash)
}

fn starts_sentence(text: &str) -> bool {
    let first = text.trim_start_matches([
        ' ', '“', '"', '‘', '\'', '-', '–', '—', '<', '+', '$', '£', '€', '[', '(',
    ]);
    first.starts_with(|c: char| {
        c.is_uppercase() || c.is_ascii_digit() || (c.is_alphabetic() && !c.is_lowercase())
    }) || text.is_empty()
}

fn is_known_city(place: &str) -> bool {
    let first = place.split(',').next().unwrap_or(place).trim().to_lowercase();
    DATELINE_CITIES.binary_search(&first.as_str()).is_ok()
}

fn is_capitals(place: &str) -> bool {
    let letters = place.chars().filter(|c| c.is_alphabetic());
    letters.clone().count() >= 4 && letters.clone().all(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, text: Option<&str>, agency: Option<&str>) {
        let opening = read(input).unwrap_or_else(|| panic!("no dateline in {input:?}"));
        assert_eq!(
            (opening.text.as_deref(), opening.agency.as_deref()),
            (text, agency),
            "{input}"
        );
    }

    #[test]
    fn reads_the_forms_in_use() {
        check(
            "QALAT RUD, Mar 3 (Northern Wire) — At least 14",
            Some("QALAT RUD, Mar 3"),
            Some("Northern Wire"),
        );
        check(
            "SALVADOR, Feb 26 - Showers went on",
            Some("SALVADOR, Feb 26"),
            None,
        );
        check("New Delhi: The US has voiced", Some("New Delhi"), None);
        check("ISLAMABAD: The United States", Some("ISLAMABAD"), None);
        check(
            "Islamabad, Pakistan – While meeting",
            Some("Islamabad, Pakistan"),
            None,
        );
        check(
            "New Delhi, Sep 19 The recent strikes",
            Some("New Delhi, Sep 19"),
            None,
        );
        check(
            "New Delhi, Sep 19 (PTI) The recent",
            Some("New Delhi, Sep 19"),
            Some("Press Trust of India"),
        );
        check("KABUL (AP) — A bomb", Some("KABUL"), Some("Associated Press"));
        check(
            "KABUL, Afghanistan (AP) — A bomb",
            Some("KABUL, Afghanistan"),
            Some("Associated Press"),
        );
        check("(Reuters) - Shares fell", None, Some("Reuters"));
        check(
            "PORT-AU-PRINCE, Haiti, Jan. 5, 2026 – Gangs",
            Some("PORT-AU-PRINCE, Haiti, Jan. 5, 2026"),
            None,
        );
        check("WASHINGTON D.C. — The Senate", Some("WASHINGTON D.C."), None);
        check(
            "NEW YORK, Jan. 5, 2026 /PRNewswire/ -- Acme",
            Some("NEW YORK, Jan. 5, 2026"),
            Some("PR Newswire"),
        );
        check(
            "LONDON, March 5 (Reuters) - “We will”",
            Some("LONDON, March 5"),
            Some("Reuters"),
        );
        check(
            "QALAT RUD, Amel (Northern Wire) Mar. 3, 2026 — At least 14",
            Some("QALAT RUD, Amel (Northern Wire) Mar. 3, 2026"),
            Some("Northern Wire"),
        );
        check(
            "KABUL (AP) March 5: A bomb",
            Some("KABUL (AP) March 5"),
            Some("Associated Press"),
        );
        check("Kyiv — Three people", Some("Kyiv"), None);
        check("ST. LOUIS — Three people", Some("ST. LOUIS"), None);
    }

    #[test]
    fn the_date_behind_an_agency_is_read() {
        let opening = read("QALAT (Northern Wire) Mar. 3, 2026 — At least 14").expect("a dateline");
        let date = opening.date.expect("a date");
        assert_eq!((date.year, date.month, date.day), (Some(2026), Some(3), Some(3)));
    }

    #[test]
    fn takes_no_sentence_for_a_dateline() {
        for input in [
            "Analysis: The war goes on",
            "Donald Trump: We will",
            "In Paris, police said - and",
            "The United States, Britain - and others",
            "BREAKING: The dam broke",
            "Police said three people died.",
            "The BBC's Steve - who was there",
            "On March 3 The Times wrote",
            "Mr Smith (AP) said so",
            "Qalat (Northern Wire) March 3 was the day",
            "Qalat (the old town) March 3 — The dam",
            "Q: What now?",
            "",
        ] {
            assert_eq!(read(input), None, "{input}");
        }
    }
}
