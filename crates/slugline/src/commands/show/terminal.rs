//! The article on a terminal.

use std::fmt::Write;

use wire::EnrichedArticle;
use wire::message::{ClaimantTag, EntityType};

use super::meaning::meaning;
use super::segments::segments;

/// Returns the articles with entities coloured by type and each figure followed by what it means.
///
/// Without colour, entities are put in brackets with their type: colour never carries meaning alone.
pub(super) fn page(records: &[EnrichedArticle], colour: bool) -> String {
    let mut page = String::new();
    for record in records {
        let title = record.headline.as_deref().unwrap_or(&record.source.path);
        let _infallible = writeln!(page, "── {title} ──\n");
        for segment in segments(record) {
            match segment.entity {
                Some(entity) if colour => {
                    let _infallible = write!(page, "\x1b[{}m{}\x1b[0m", code(entity.kind), segment.text);
                }
                Some(entity) => {
                    let _infallible = write!(page, "[{}|{}]", segment.text, entity.kind.as_str());
                }
                None if colour && segment.figure.is_some() => {
                    let _infallible = write!(page, "\x1b[1m{}\x1b[0m", segment.text);
                }
                None => page.push_str(segment.text),
            }
            if let Some(figure) = segment.figure_ends {
                let (on, off) = if colour { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
                let _infallible = write!(
                    page,
                    " {on}⟨{}⟩{off}",
                    meaning(figure, ClaimantTag::of(record, figure).as_ref())
                );
            }
        }
        page.push_str("\n\n");
    }
    page
}

fn code(kind: EntityType) -> u8 {
    match kind {
        EntityType::Person => 33,
        EntityType::Organization => 36,
        EntityType::Place => 32,
        EntityType::Norp => 35,
        EntityType::Event => 34,
        EntityType::Misc => 37,
    }
}
