//! Whose dollar a bare "$" is: that of the dateline's country, or else the US dollar.

use super::draft::Draft;
use crate::engine::analysis::{Entity, EntityType};
use crate::engine::pieces::Pieces;
use crate::engine::text::Span;

/// Furthest into the text that a dateline reaches, in bytes.
const DATELINE: usize = 80;

/// Fewest capitals and blanks that a dateline begins with.
const CAPITALS: usize = 4;

/// What the document says about its dollars.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Dollars {
    /// The place of the dateline, as an index among the entities.
    pub dateline: Option<usize>,
    /// Where the dateline ends in the text.
    pub body: u32,
    /// The dollar of the dateline's country.
    home: Option<&'static str>,
    /// Whether the document names a country with another dollar than the US one.
    has_others: bool,
}

impl Dollars {
    /// Reads the dateline and the countries of a document.
    pub(super) fn new(text: &str, dateline: Option<&str>, entities: &[Entity]) -> Self {
        let printed = match dateline {
            Some(dateline) => text
                .find(dateline)
                .map(|start| Span::new(start, start + dateline.len())),
            None => printed_dateline(text),
        };
        let place = dateline_place(printed, dateline, entities);
        let code = |entity: &Entity| entity.country.as_deref().and_then(of_country);
        Self {
            dateline: place,
            body: place.and(printed).map_or(0, |printed| printed.end),
            home: place.and_then(|index| code(&entities[index])),
            has_others: entities
                .iter()
                .any(|entity| code(entity).is_some_and(|code| code != "USD")),
        }
    }

    /// Sets the currency of a bare dollar; returns the share of confidence that it leaves.
    pub(super) fn resolve(self, p: Pieces<'_>, draft: &mut Draft) -> f32 {
        if draft.unit != Some("USD") || !is_bare(p, draft) {
            return 1.0;
        }
        match (self.home, self.has_others) {
            (Some("USD"), _) => 1.0,
            (Some(code), _) => {
                draft.unit = Some(code);
                0.85
            }
            (None, true) => 0.75,
            (None, false) => 0.95,
        }
    }
}

/// Returns the dollar of a country, by its ISO 3166-1 code.
fn of_country(country: &str) -> Option<&'static str> {
    Some(match country {
        "US" | "EC" | "SV" | "PR" => "USD",
        "AU" => "AUD",
        "CA" => "CAD",
        "NZ" => "NZD",
        "HK" => "HKD",
        "SG" => "SGD",
        "TW" => "TWD",
        "JM" => "JMD",
        "TT" => "TTD",
        "BB" => "BBD",
        "BS" => "BSD",
        "FJ" => "FJD",
        "GY" => "GYD",
        "LR" => "LRD",
        "NA" => "NAD",
        "BZ" => "BZD",
        _ => return None,
    })
}

/// Whether only "$", "dollars" or "cents" is printed: no "US$", no "Australian dollars".
fn is_bare(p: Pieces<'_>, draft: &Draft) -> bool {
    let us = |at: usize| p.says_any(at, &["us", "u.s.", "american", "states", "usd"]);
    let nation = us(draft.first) || us(draft.last) || us(draft.first + 1) || us(draft.last.wrapping_sub(1));
    !nation && !p.says_any(draft.first, &["usd"])
}

/// Returns the place that the dateline names, as an index among the entities.
fn dateline_place(printed: Option<Span>, dateline: Option<&str>, entities: &[Entity]) -> Option<usize> {
    let places = || {
        entities
            .iter()
            .enumerate()
            .filter(|(_, entity)| entity.kind == EntityType::Place)
    };
    let inside = printed.and_then(|printed| {
        places()
            .filter_map(|(index, entity)| {
                let first = entity
                    .mentions
                    .iter()
                    .find(|mention| printed.contains(**mention))?;
                Some((*first, index))
            })
            .min()
    });
    let named = || {
        let dateline = dateline?;
        places().find(|(_, entity)| {
            dateline
                .get(..entity.name.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(&entity.name))
        })
    };
    inside
        .map(|(_, index)| index)
        .or_else(|| named().map(|(index, _)| index))
}

/// "SYDNEY (Northern Wire) —": capitals at the beginning, up to a dash.
fn printed_dateline(text: &str) -> Option<Span> {
    let head = &text[..text.floor_char_boundary(DATELINE)];
    let is_loud = |byte: &u8| byte.is_ascii_uppercase() || *byte == b' ';
    // Asked first, as few texts begin so.
    if !head.as_bytes().get(..CAPITALS)?.iter().all(is_loud) {
        return None;
    }
    let dash = ["—", "–", " - ", " -- "]
        .iter()
        .filter_map(|dash| head.find(dash))
        .min()?;
    (dash >= CAPITALS).then(|| Span::new(0, dash))
}
