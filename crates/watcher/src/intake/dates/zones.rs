//! Time zones by the names that news prints.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::Offset;

/// A zone as printed after a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zone {
    /// A fixed offset in seconds east of Greenwich.
    Fixed(i32),
    /// "ET", "PT": standard or summer time of the United States, whichever the date asks for. Seconds of standard.
    American(i32),
}

/// Names and offsets in minutes. Where a name has several meanings, the one most printed by English-language news
/// is taken: IST is India, BST Britain, CST and AST America, GST the Gulf.
const NAMES: &[(&str, i32)] = &[
    ("ACDT", 630),
    ("ACST", 570),
    ("ADT", -180),
    ("AEDT", 660),
    ("AEST", 600),
    ("AFT", 270),
    ("AKDT", -480),
    ("AKST", -540),
    ("ART", -180),
    ("AST", -240),
    ("AWST", 480),
    ("AZT", 240),
    ("BRT", -180),
    ("BST", 60),
    ("CAT", 120),
    ("CDT", -300),
    ("CEST", 120),
    ("CET", 60),
    ("CLT", -240),
    ("COT", -300),
    ("CST", -360),
    ("EAT", 180),
    ("EDT", -240),
    ("EEST", 180),
    ("EET", 120),
    ("EST", -300),
    ("GMT", 0),
    ("GST", 240),
    ("HKT", 480),
    ("HST", -600),
    ("ICT", 420),
    ("IDT", 180),
    ("IRST", 210),
    ("IST", 330),
    ("JST", 540),
    ("KST", 540),
    ("MDT", -360),
    ("MESZ", 120),
    ("MEZ", 60),
    ("MMT", 390),
    ("MSK", 180),
    ("MST", -420),
    ("MYT", 480),
    ("NPT", 345),
    ("NZDT", 780),
    ("NZST", 720),
    ("PDT", -420),
    ("PHT", 480),
    ("PKT", 300),
    ("PST", -480),
    ("SAST", 120),
    ("SGT", 480),
    ("SLST", 330),
    ("TRT", 180),
    ("UT", 0),
    ("UTC", 0),
    ("UZT", 300),
    ("WAT", 60),
    ("WEST", 60),
    ("WET", 0),
    ("WIB", 420),
    ("WIT", 540),
    ("WITA", 480),
    ("Z", 0),
];

const AMERICAN: &[(&str, i32)] = &[("CT", -360), ("ET", -300), ("MT", -420), ("PT", -480)];

impl Zone {
    /// Returns the zone of an upper-case name.
    pub(super) fn named(name: &str) -> Option<Self> {
        if let Ok(at) = NAMES.binary_search_by_key(&name, |(name, _)| name) {
            return Some(Self::Fixed(NAMES[at].1 * 60));
        }
        AMERICAN
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, minutes)| Self::American(minutes * 60))
    }

    /// Returns the offset that holds at a local time.
    pub(super) fn offset(self, local: DateTime) -> Option<Offset> {
        let seconds = match self {
            Self::American(seconds) if is_american_summer(local.date()) => seconds + 3600,
            Self::Fixed(seconds) | Self::American(seconds) => seconds,
        };
        Offset::from_seconds(seconds).ok()
    }
}

/// Whether the United States is on summer time: second Sunday of March to first Sunday of November (since 2007;
/// the hour of the change is not looked at).
fn is_american_summer(date: Date) -> bool {
    let sunday = |month, nth| {
        Date::new(date.year(), month, 1).and_then(|first| first.nth_weekday_of_month(nth, Weekday::Sunday))
    };
    match (sunday(3, 2), sunday(11, 1)) {
        (Ok(start), Ok(end)) => start <= date && date < end,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        assert!(NAMES.is_sorted_by_key(|(name, _)| name));
    }
}
