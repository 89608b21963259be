//! A figure in the making: what the number rules have found and the meaning rules are still to fill in.

use super::confidence::Evidence;
use super::subject::Phrase;
use crate::engine::analysis::{Bound, Change, FigureKind};

/// A figure as piece indices; `first ..= last` is the number as printed, with sign, currency and percent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    /// First piece of the printed number.
    pub first: usize,
    /// Last piece of the printed number.
    pub last: usize,
    /// First piece of the hedge before it; `first` if there is none.
    pub start: usize,
    /// First piece after the number and its unit: where the counted noun may begin.
    pub after: usize,
    /// The printed value, or the lower end of a range.
    pub low: f64,
    /// The printed value, or the upper end of a range.
    pub high: f64,
    /// What kind of number was printed.
    pub shape: Shape,
    /// How it is hedged.
    pub bound: Bound,
    /// Code of the unit.
    pub unit: Option<&'static str>,
    /// What it counts, once known.
    pub kind: Option<FigureKind>,
    /// First and last piece of the counted noun phrase.
    pub subject: Option<(usize, usize)>,
    /// The head noun of the subject.
    pub head: Option<usize>,
    /// Whether it is itself a change.
    pub change: Option<Change>,
    /// Whether it says in brackets what the draft before it says, in another unit.
    pub converts: bool,
    /// Whether the text denies it.
    pub negated: bool,
    /// Index of the draft that includes this one.
    pub part_of: Option<usize>,
    /// Index of the draft that this one is compared to.
    pub compared_to: Option<usize>,
    /// Index of the sentence.
    pub sentence: usize,
    /// What decided the kind.
    pub evidence: Evidence,
}

/// The printed shape of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One number.
    Single,
    /// "10 to 15".
    Range,
    /// "3–1": a result, not a range.
    Pair,
    /// "dozens".
    Vague,
    /// "second".
    Ordinal,
    /// "half".
    Fraction,
}

impl Draft {
    /// Sets what is counted.
    pub(super) fn set_subject(&mut self, phrase: Option<Phrase>) {
        self.subject = phrase.map(|phrase| (phrase.first, phrase.last));
        self.head = phrase.map(|phrase| phrase.head);
    }

    /// Returns the value, bounds as the record wants them: `(value, low, high)`.
    pub(super) fn values(&self) -> (Option<f64>, Option<f64>, Option<f64>) {
        let (low, high) = (Some(self.low), Some(self.high));
        match self.shape {
            Shape::Vague => (None, None, None),
            Shape::Range | Shape::Pair => (None, low, high),
            // A rank has no bounds: what hedges "under third-country rules" is the rules.
            Shape::Ordinal => (low, low, high),
            _ => match self.bound {
                Bound::AtLeast | Bound::MoreThan => (low, low, None),
                Bound::AtMost | Bound::LessThan | Bound::Nearly => (low, None, high),
                _ => (low, low, high),
            },
        }
    }

    /// Returns the bound as the record wants it.
    pub(super) fn final_bound(&self) -> Bound {
        match self.shape {
            Shape::Vague => Bound::Vague,
            Shape::Range => Bound::Range,
            Shape::Pair | Shape::Ordinal => Bound::Exact,
            _ => self.bound,
        }
    }
}
