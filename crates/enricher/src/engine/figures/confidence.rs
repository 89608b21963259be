//! How sure a figure is: what decided its kind, and what is doubtful about the number.
//!
//! The values are the shares of figures whose value and kind are right on the labelled training half, by what decided
//! them; see `docs/accuracy-figures.md`.

use super::draft::{Draft, Shape};
use crate::engine::analysis::FigureKind;
use crate::engine::pieces::Pieces;

/// What decided the kind of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Evidence {
    /// Nothing but the number itself.
    #[default]
    Bare,
    /// A printed unit.
    Unit,
    /// A fixed phrase: "aged 16", "magnitude 6", "3–1".
    Phrase,
    /// A word next to the number or its noun: "killed 12", "12 deaths".
    Word,
    /// A verb further right: "12 people … were killed".
    Verb,
    /// The verb of a neighbour in a list, or the figure that includes this one.
    Shared,
    /// The counted noun alone.
    Noun,
}

/// Returns the confidence of a figure, 0 to 1; `dollar` is the share that a doubtful "$" leaves.
pub(super) fn of(p: Pieces<'_>, draft: &Draft, dollar: f32) -> f32 {
    // "one" with nothing but a noun is a pronoun as often as a number.
    let is_one = draft.shape == Shape::Single && draft.first == draft.last && p.says(draft.first, "one");
    let kind: f32 = match draft.evidence {
        Evidence::Unit | Evidence::Verb => 0.98,
        Evidence::Phrase | Evidence::Word | Evidence::Shared => 0.97,
        Evidence::Noun if is_one => 0.65,
        Evidence::Noun if draft.kind == Some(FigureKind::Ordinal) => 0.98,
        Evidence::Noun => 0.94,
        Evidence::Bare if is_one => 0.15,
        Evidence::Bare => 0.60,
    };
    kind * dollar
}
