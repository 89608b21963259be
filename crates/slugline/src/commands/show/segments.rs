//! The text of a record, cut wherever a tag begins or ends.

use wire::EnrichedArticle;
use wire::message::{Entity, Figure};

/// A piece of the text in which no tag begins or ends.
pub(super) struct Segment<'a> {
    pub(super) text: &'a str,
    pub(super) entity: Option<&'a Entity>,
    pub(super) figure: Option<&'a Figure>,
    /// The figure whose last piece this is.
    pub(super) figure_ends: Option<&'a Figure>,
}

/// Cuts the text of a record wherever a tag begins or ends. Offsets of records are code points.
pub(super) fn segments(record: &EnrichedArticle) -> Vec<Segment<'_>> {
    let mut mentions: Vec<(u32, u32, &Entity)> = record
        .entities
        .iter()
        .flat_map(|entity| {
            entity
                .mentions
                .iter()
                .map(move |mention| (mention.start, mention.end, entity))
        })
        .collect();
    mentions.sort_by_key(|&(start, ..)| start);
    let mut cuts: Vec<u32> = mentions
        .iter()
        .flat_map(|&(start, end, _)| [start, end])
        .collect();
    cuts.extend(
        record
            .figures
            .iter()
            .flat_map(|figure| [figure.start, figure.end]),
    );
    cuts.push(0);
    cuts.sort_unstable();
    cuts.dedup();
    let bytes = byte_offsets(&record.text, &cuts);
    let mut segments = Vec::with_capacity(cuts.len());
    for (index, &start) in cuts.iter().enumerate() {
        let (from, to) = (
            bytes[index],
            bytes.get(index + 1).copied().unwrap_or(record.text.len()),
        );
        let end = cuts.get(index + 1).copied().unwrap_or(u32::MAX);
        let figure = record
            .figures
            .iter()
            .find(|figure| figure.start <= start && start < figure.end);
        segments.push(Segment {
            text: &record.text[from..to],
            entity: mentions
                .iter()
                .find(|mention| mention.0 <= start && start < mention.1)
                .map(|mention| mention.2),
            figure,
            figure_ends: figure.filter(|figure| figure.end == end),
        });
    }
    segments
}

/// Turns ascending code point offsets into byte offsets.
fn byte_offsets(text: &str, ascending: &[u32]) -> Vec<usize> {
    let mut offsets = Vec::with_capacity(ascending.len());
    let mut starts = text
        .char_indices()
        .map(|(byte, _)| byte)
        .chain([text.len()])
        .enumerate();
    for &wanted in ascending {
        let byte = starts
            .by_ref()
            .find(|&(count, _)| count >= wanted as usize)
            .map_or(text.len(), |(_, byte)| byte);
        offsets.push(byte);
        // The same start may not be asked again (`ascending` has no repeats), so nothing is lost by consuming it.
    }
    offsets
}
