//! More of what the corpora lack: reports in capitals, headlines, datelines.

use enricher::engine::entities::labels::Label;
use enricher::engine::{sentences, tokens};
use wire::message::EntityType::{Organization, Place};

use super::{Document, LabelSet, OURS, SILVER};

/// One in this many of our own items returns in another guise of each kind.
const EVERY: usize = 24;

/// Returns altered copies of some documents, always the same ones.
pub(super) fn augment(documents: &[Document]) -> Vec<Document> {
    let mut random = fastrand::Rng::with_seed(7);
    let mut copies = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let every = match document.scheme {
            OURS => EVERY,
            SILVER => EVERY * 2,
            _ => continue,
        };
        match (index * 7919) % every {
            0 => copies.extend(recased(document, document.text.to_ascii_uppercase())),
            1 => copies.extend(recased(document, title_case(&document.text))),
            2 | 3 => copies.extend(with_dateline(document, &mut random)),
            _ => {}
        }
    }
    copies
}

/// Returns the document with a text of the same length, unless that changes its tokens.
fn recased(document: &Document, text: String) -> Option<Document> {
    let tokens = tokens::tokenize(&text);
    let same = tokens.len() == document.tokens.len()
        && tokens.iter().zip(&document.tokens).all(|(a, b)| a.span == b.span);
    same.then(|| Document {
        sentences: sentences::split(&text, &tokens),
        weight: document.weight * 0.5,
        text,
        tokens,
        ..document.clone()
    })
}

/// Writes Every Longer Word With a Capital.
fn title_case(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for piece in text.split_inclusive(' ') {
        let small = matches!(
            piece.trim_end(),
            "a" | "an"
                | "the"
                | "and"
                | "or"
                | "but"
                | "of"
                | "in"
                | "on"
                | "at"
                | "to"
                | "for"
                | "by"
                | "with"
                | "as"
                | "from"
        );
        let mut characters = piece.chars();
        match characters.next() {
            Some(first) if !small => {
                output.push(first.to_ascii_uppercase());
                output.push_str(characters.as_str());
            }
            _ => output.push_str(piece),
        }
    }
    output
}

const CITIES: [&str; 48] = [
    "LONDON",
    "WASHINGTON",
    "NEW YORK",
    "MOSCOW",
    "BEIJING",
    "JERUSALEM",
    "GAZA",
    "KABUL",
    "ISLAMABAD",
    "NEW DELHI",
    "QUETTA",
    "BAGHDAD",
    "TEHRAN",
    "CAIRO",
    "NAIROBI",
    "LAGOS",
    "ABUJA",
    "KHARTOUM",
    "JOHANNESBURG",
    "HARARE",
    "PARIS",
    "BERLIN",
    "BRUSSELS",
    "ROME",
    "MADRID",
    "KYIV",
    "ISTANBUL",
    "ANKARA",
    "TOKYO",
    "SEOUL",
    "MANILA",
    "JAKARTA",
    "SYDNEY",
    "MEXICO CITY",
    "BOGOTA",
    "LIMA",
    "SAO PAULO",
    "BUENOS AIRES",
    "PORT-AU-PRINCE",
    "LOS ANGELES",
    "CHICAGO",
    "ATLANTA",
    "GENEVA",
    "UNITED NATIONS",
    "DUBAI",
    "RIYADH",
    "COLOMBO",
    "DHAKA",
];
const AGENCIES: [&str; 10] = [
    "Reuters",
    "AP",
    "AFP",
    "Xinhua",
    "dpa",
    "UPI",
    "Bloomberg",
    "ANI",
    "Interfax",
    "Kyodo",
];
const DATES: [&str; 6] = ["Jan 5", "March 14", "Sept. 30", "Nov 2", "12 June", "Friday"];

fn with_dateline(document: &Document, random: &mut fastrand::Rng) -> Option<Document> {
    let city = CITIES[random.usize(..CITIES.len())];
    let agency = AGENCIES[random.usize(..AGENCIES.len())];
    let date = DATES[random.usize(..DATES.len())];
    let line = match random.u8(..5) {
        0 => format!("{city}, {date} ({agency}) - "),
        1 => format!("{city} ({agency}) — "),
        2 => format!("{city}, {date} ({agency}) — "),
        3 => format!("{city}: "),
        _ => format!("{city} — "),
    };
    let text = format!("{line}{}", document.text);
    let tokens = tokens::tokenize(&text);
    let n_new = tokens.len().checked_sub(document.tokens.len())?;
    if n_new != tokens::tokenize(&line).len() {
        return None;
    }
    let mut allowed = vec![LabelSet::OUTSIDE; n_new];
    for (at, token) in tokens.iter().enumerate().take(n_new) {
        let span = token.span.range();
        if span.start < city.len() {
            let label = if span.start == 0 {
                Label::begin(Place)
            } else {
                Label::inside(Place)
            };
            // "UNITED NATIONS" as the place of a report is nobody's city: leave it open.
            allowed[at] = if city == "UNITED NATIONS" {
                LabelSet::ANY
            } else {
                LabelSet(1 << label.0)
            };
        } else if token.of(&text) == agency {
            allowed[at] = LabelSet(1 << Label::begin(Organization).0);
        }
    }
    allowed.extend(&document.allowed);
    Some(Document {
        sentences: sentences::split(&text, &tokens),
        weight: document.weight * 0.5,
        text,
        tokens,
        allowed,
        gold: Vec::new(),
        scheme: document.scheme,
    })
}
