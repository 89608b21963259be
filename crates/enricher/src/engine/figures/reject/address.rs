//! Addresses: of the web, of mail, of houses and telephones.

use super::super::draft::{Draft, Shape};
use crate::engine::pieces::{Class, Classes, Mark, Pieces};

/// Longest web address, in bytes, that is looked through to each side.
const ADDRESS: usize = 256;

/// Numbers in web and mail addresses and in hashtags.
pub(super) fn is_in_address(p: Pieces<'_>, draft: &Draft) -> bool {
    if !p.is_glued_before(draft.first) && !p.is_glued(draft.last) {
        return false;
    }
    let number = p.cover(draft.first, draft.last);
    let bytes = p.text.as_bytes();
    let (start, end) = (number.start as usize, number.end as usize);
    let is_space = |byte: &u8| byte.is_ascii_whitespace();
    let before = bytes[start.saturating_sub(ADDRESS)..start]
        .iter()
        .rev()
        .take_while(|byte| !is_space(byte))
        .count();
    let after = bytes[end..bytes.len().min(end + ADDRESS)]
        .iter()
        .take_while(|byte| !is_space(byte))
        .count();
    let token = &bytes[start - before..end + after];
    let is_tag = matches!(token, [b'#', next, ..] if !next.is_ascii_whitespace());
    is_tag || holds_address(token)
}

/// Longest street name, in pieces.
const STREET: usize = 5;

/// Words that a street's name ends in.
#[rustfmt::skip]
const STREETS: &[&str] = &[
    "street", "st", "road", "rd", "avenue", "ave", "drive", "lane", "boulevard", "blvd", "highway", "terrace",
    "crescent", "parkway", "mews",
];

/// Words that end other names, too: "3 Supreme Court and 12 appeals judges".
const PLACES: &[&str] = &[
    "place", "square", "court", "gardens", "row", "close", "plaza", "way",
];

/// Words that a street's name begins with, in the languages that put them there.
#[rustfmt::skip]
const STREETS_FIRST: &[&str] = &[
    "ave", "avenue", "boulevard", "place", "via", "viale", "piazza", "corso", "calle", "avenida", "plaza", "paseo", "rua",
    "carrer", "strada", "jalan",
];

/// "14 W 23rd St, Oldbury", "49 Heron Hill Road", "3 Albert Square, Oldbury", "22 Avenue Foch", "the 90210 ZIP code".
pub(super) fn is_street_address(p: Pieces<'_>, draft: &Draft) -> bool {
    let first = draft.last + 1;
    if draft.kind.is_some()
        || !p.is_digits(draft.first)
        || !matches!(draft.shape, Shape::Single | Shape::Range | Shape::Pair)
    {
        return false;
    }
    if p.says_all(first, &["zip", "code"]) {
        return true;
    }
    let is_first = p.is_capital(first) && p.says_any(first, STREETS_FIRST) || p.says(first, "rue");
    let name = first + 1 + usize::from(p.says_any(first + 1, &["de", "del", "du", "des", "della", "la"]));
    if is_first && (p.is_capital(name) || p.says(name, "la")) {
        return true;
    }
    let name = (first..first + STREET)
        .take_while(|&at| p.is_capital(at) || p.is_digits(at) || p.is_glued_before(at) && p.is_word(at));
    let goes_on = Classes::of(&[Class::Preposition, Class::Conjunction, Class::Auxiliary]);
    name.skip(1).filter(|&at| p.is_capital(at)).any(|at| {
        let is_street = p.says_any(at, STREETS) && (!p.is_word(at + 1) || p.is(at + 1, goes_on));
        is_street || p.says_any(at, PLACES) && (p.is_mark(at + 1, Mark::Comma) || p.ends_line(at))
    })
}

/// Whether a token holds what only addresses do; one look at every byte, as a token may be long and full of numbers.
fn holds_address(token: &[u8]) -> bool {
    token.iter().enumerate().any(|(at, byte)| {
        let rest = &token[at..];
        match byte {
            b'@' => true,
            b':' => rest.starts_with(b"://"),
            b'w' => rest.starts_with(b"www."),
            b'.' => rest.starts_with(b".com/") || rest.starts_with(b".org/"),
            _ => false,
        }
    })
}

/// "555-0142": three digits and four, which no range has.
pub(super) fn is_local_phone(p: Pieces<'_>, draft: &Draft) -> bool {
    let plain =
        |at: usize, length: usize| p.is_digits(at) && p.str(at).len() == length && !p.str(at).contains(',');
    draft.last == draft.first + 2
        && p.is_mark(draft.first + 1, Mark::Hyphen)
        && plain(draft.first, 3)
        && plain(draft.last, 4)
        && draft.unit.is_none()
}
