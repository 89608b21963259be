//! `slugline show`: an article with its tags marked, for eyes.

mod html;
mod terminal;

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use wire::EnrichedArticle;
use wire::message::{Bound, Entity, Figure};

use crate::cli::ShowArgs;
use crate::settings::Settings;

use super::input::read_articles;
use super::{engine, intake, print};

/// Runs the command.
pub(crate) fn run(settings: &Settings, args: &ShowArgs) -> anyhow::Result<ExitCode> {
    let engine = engine(settings)?;
    let reading = read_articles(&args.file, args.raw, &intake(settings)?)?;
    for refused in &reading.refused {
        eprintln!("slugline: {}: {refused}", args.file.display());
    }
    let records: Vec<_> = reading
        .articles
        .into_iter()
        .map(|article| enricher::enrich(&engine, article))
        .collect();
    let page = if args.html {
        html::page(&records)
    } else {
        let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        terminal::page(&records, colour)
    };
    print(page.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// A piece of the text in which no tag begins or ends.
struct Segment<'a> {
    text: &'a str,
    entity: Option<&'a Entity>,
    figure: Option<&'a Figure>,
    /// The figure whose last piece this is.
    figure_ends: Option<&'a Figure>,
}

/// Cuts the text of a record wherever a tag begins or ends. Offsets of records are code points.
fn segments(record: &EnrichedArticle) -> Vec<Segment<'_>> {
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

/// Returns who says a figure: by name where the words, such as "she", do not hold it.
fn claimant<'a>(figure: &'a Figure, entities: &'a [Entity]) -> Option<&'a str> {
    let claimant = figure.claimant.as_ref()?;
    let linked = entities
        .iter()
        .find(|entity| claimant.entity.as_ref() == Some(&entity.id));
    Some(match linked {
        Some(entity) if !claimant.text.contains(&entity.name) => &entity.name,
        _ => &claimant.text,
    })
}

/// Returns what a figure says, in a few words: `killed ≥ 14 · says the police`. The entities are those of its record, as
/// far as they are known.
pub(super) fn meaning(figure: &Figure, entities: &[Entity]) -> String {
    let number = |value: Option<f64>| value.map(|value| format!("{value}")).unwrap_or_default();
    let amount = match figure.bound {
        Bound::Vague => "some".to_owned(),
        Bound::Range => format!("{}–{}", number(figure.low), number(figure.high)),
        Bound::AtLeast => format!("≥ {}", number(figure.low)),
        Bound::MoreThan => format!("> {}", number(figure.low)),
        Bound::AtMost => format!("≤ {}", number(figure.high)),
        Bound::LessThan => format!("< {}", number(figure.high)),
        Bound::Nearly => format!("just under {}", number(figure.high)),
        Bound::About => format!("≈ {}", number(figure.value)),
        Bound::Exact => number(figure.value),
    };
    let mut meaning = format!(
        "{}{} {amount}",
        if figure.negated { "not " } else { "" },
        figure.kind.as_str()
    );
    for part in [
        figure.unit.as_deref(),
        figure.subject.as_ref().map(|subject| subject.text.as_str()),
    ]
    .into_iter()
    .flatten()
    {
        meaning.push(' ');
        meaning.push_str(part);
    }
    if let Some(claimant) = claimant(figure, entities) {
        meaning.push_str(" · says ");
        meaning.push_str(claimant);
    }
    if let Some(day) = figure.when.as_ref().and_then(|when| when.value.as_deref()) {
        meaning.push_str(" · ");
        meaning.push_str(day);
    }
    meaning
}
