//! Numbers in a row with nothing between them but marks are data, not claims: a table, a line of a CSV file.
//!
//! Results, tallies and short lists ("killed 3, 4 and 5", a set score, a row of a league table) are far below the
//! limit, and any word ends a row.

use crate::engine::pieces::{Mark, Pieces, Shape};

/// The longest row of bare numbers that is still read as figures. A final of five sets with its tie-breaks has up to
/// twenty numbers, but in brackets, which end a row; without them it has ten. Rows of tables and lists of lottery
/// numbers have up to a dozen.
const LONGEST_ROW: usize = 16;

/// Answers, for ascending pieces, whether a number stands in a row that is too long; looks at every piece once.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// Up to where the rows are known.
    end: usize,
    /// Whether the row that ends there is too long.
    is_data: bool,
}

impl Tables {
    /// Returns whether the number at a piece is data.
    pub(super) fn holds(&mut self, p: Pieces<'_>, at: usize) -> bool {
        if at < self.end {
            return self.is_data;
        }
        let row = (at..p.len()).take_while(|&index| is_cell(p, index));
        let (numbers, end) = row.fold((0, at), |(numbers, _), index| {
            (numbers + usize::from(p.is_digits(index)), index + 1)
        });
        self.end = end;
        self.is_data = numbers > LONGEST_ROW;
        self.is_data
    }
}

/// Whether a piece is a number or stands between the numbers of a table.
fn is_cell(p: Pieces<'_>, at: usize) -> bool {
    matches!(
        p.shape(at),
        Some(
            Shape::Digits
                | Shape::Mark(
                    Mark::Comma
                        | Mark::Semicolon
                        | Mark::Colon
                        | Mark::Stop
                        | Mark::Slash
                        | Mark::Hyphen
                        | Mark::EnDash
                        | Mark::EmDash
                        | Mark::Plus
                        | Mark::Percent
                        | Mark::Currency
                        | Mark::QuoteStraight
                        | Mark::Other
                )
        )
    )
}
