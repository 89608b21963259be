//! Dates written in digits: "2024-05-06", "5/6/2024", "06.05.2024".

use super::phrase::{Meaning, Phrase};
use super::year;
use crate::engine::pieces::{Mark, Pieces};

/// Reads three numbers joined by the same mark.
pub(super) fn read(p: Pieces<'_>, at: usize) -> Option<Phrase> {
    let mark = [Mark::Hyphen, Mark::Slash, Mark::Stop]
        .into_iter()
        .find(|&mark| p.is_mark(at + 1, mark) && p.is_mark(at + 3, mark))?;
    let tight = (at..at + 4).all(|index| p.is_glued(index));
    let digits = p.is_digits(at) && p.is_digits(at + 2) && p.is_digits(at + 4);
    if !tight || !digits {
        return None;
    }
    let number = |index: usize| p.str(index).parse::<i16>().ok();
    let meaning = if let Some(year) = year::value(p, at) {
        day(year, number(at + 2)?, number(at + 4)?)?
    } else {
        let year = year::value(p, at + 4).or_else(|| short_year(p.str(at + 4)))?;
        let (first, second) = (number(at)?, number(at + 2)?);
        // The month comes first in America; a full stop, or a number above twelve, says otherwise.
        let day_first = mark == Mark::Stop || first > 12;
        let (month, day_of_month) = if day_first {
            (second, first)
        } else {
            (first, second)
        };
        day(year, month, day_of_month)?
    };
    Some(Phrase {
        first: at,
        last: at + 4,
        meaning,
    })
}

fn day(year: i16, month: i16, day: i16) -> Option<Meaning> {
    let is_day = (1..=12).contains(&month) && (1..=31).contains(&day);
    is_day.then_some(Meaning::Day {
        year: Some(year),
        month: month as i8,
        day: day as i8,
    })
}

fn short_year(text: &str) -> Option<i16> {
    let year: i16 = text.parse().ok()?;
    (text.len() == 2).then_some(if year < 70 { 2000 + year } else { 1900 + year })
}
