//! Reads dates and times as news pages, wires and scrapers print them.
//!
//! A grammar of its own: the published date crates fill what is missing with the current time or read zone names
//! wrongly. Nothing is guessed here: an ambiguous `03/04/2026` is no date, and a missing year stays missing until
//! [`PartialDate::complete`] is given a date to complete it from.

mod names;
mod scan;
mod zones;

use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan, tz::Offset};
use wire::message::Precision;

pub(crate) use scan::{Found, find, may_open, only, read};
pub(crate) use zones::Zone;

/// A date as far as it is printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct PartialDate {
    /// The year, if printed.
    pub(crate) year: Option<i16>,
    /// The month, 1 to 12.
    pub(crate) month: Option<i8>,
    /// The day of the month.
    pub(crate) day: Option<i8>,
    /// The time of day with its precision (minute or second).
    pub(crate) time: Option<(Time, Precision)>,
    /// The zone printed after the time.
    pub(crate) zone: Option<Zone>,
}

/// A publication date in the form of the article message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    /// ISO 8601, as far as known; with a time always UTC.
    pub(crate) value: String,
    /// How precisely it is known.
    pub(crate) precision: Precision,
    /// The calendar date it falls on where it was printed.
    pub(crate) date: Date,
}

impl PartialDate {
    /// Returns the date with a missing year taken from `context`: the latest such day that is not more than two
    /// days after it.
    pub(crate) fn complete(mut self, context: Date) -> Self {
        if self.year.is_some() {
            return self;
        }
        let (Some(month), Some(day)) = (self.month, self.day) else {
            return self;
        };
        let limit = context.checked_add(2.days()).unwrap_or(context);
        // Eight years back reach a 29 February even across 1900 or 2100.
        self.year = (0..=8)
            .map(|back| limit.year() - back)
            .find(|&year| Date::new(year, month, day).is_ok_and(|date| date <= limit));
        self
    }

    /// Returns the moment, or `None` while the year is missing or the day does not exist.
    ///
    /// A time without a zone says nothing in UTC, so it is dropped and the precision is the day.
    pub(crate) fn moment(&self) -> Option<Moment> {
        let year = self.year?;
        let Some(month) = self.month else {
            let date = Date::new(year, 1, 1).ok()?;
            return Some(Moment {
                value: format!("{year:04}"),
                precision: Precision::Year,
                date,
            });
        };
        let Some(day) = self.day else {
            let date = Date::new(year, month, 1).ok()?;
            return Some(Moment {
                value: format!("{year:04}-{month:02}"),
                precision: Precision::Month,
                date,
            });
        };
        let date = Date::new(year, month, day).ok()?;
        let (Some((time, precision)), Some(zone)) = (self.time, self.zone) else {
            return Some(Moment {
                value: date.to_string(),
                precision: Precision::Day,
                date,
            });
        };
        let local = date.to_datetime(time);
        let timestamp = zone.offset(local)?.to_timestamp(local).ok()?;
        Some(Moment {
            value: timestamp.to_string(),
            precision,
            date,
        })
    }
}

impl Moment {
    /// Returns the moment of a timestamp, to the second.
    pub(crate) fn of(timestamp: Timestamp) -> Self {
        let whole = Timestamp::from_second(timestamp.as_second()).unwrap_or(timestamp);
        Self {
            value: whole.to_string(),
            precision: Precision::Second,
            date: date_of(timestamp),
        }
    }
}

/// Returns the UTC calendar date of a timestamp.
pub(crate) fn date_of(timestamp: Timestamp) -> Date {
    Offset::UTC.to_datetime(timestamp).date()
}

/// Reads a date from a metadata field: any printed form, or seconds or milliseconds since 1970.
pub(crate) fn metadata(value: &str) -> Option<Moment> {
    let value = value.trim();
    if value.len() >= 9 && value.len() <= 13 && value.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = value.parse().ok()?;
        let seconds = if value.len() >= 12 { number / 1000 } else { number };
        return Timestamp::from_second(seconds).ok().map(Moment::of);
    }
    read(value).and_then(|found| found.date.moment())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expect: Option<(&str, Precision)>) {
        let moment = find(input).and_then(|found| found.date.moment());
        let got = moment
            .as_ref()
            .map(|moment| (moment.value.as_str(), moment.precision));
        assert_eq!(got, expect, "{input}");
    }

    #[test]
    fn reads_the_forms_that_news_prints() {
        use Precision::{Day, Minute, Month, Second};
        for (input, value, precision) in [
            ("2026-03-03", "2026-03-03", Day),
            ("2026/3/3", "2026-03-03", Day),
            ("2026-03-03T06:12:44Z", "2026-03-03T06:12:44Z", Second),
            ("2026-03-03T06:12:44.120+05:30", "2026-03-03T00:42:44Z", Second),
            ("2026-03-03T06:12+0500", "2026-03-03T01:12:00Z", Minute),
            ("20260303T061244-0500", "2026-03-03T11:12:44Z", Second),
            ("20260303T061244Z", "2026-03-03T06:12:44Z", Second),
            ("20260303", "2026-03-03", Day),
            ("Fri Feb 06 2026", "2026-02-06", Day),
            ("Friday, 6 February 2026", "2026-02-06", Day),
            ("February 6th, 2026", "2026-02-06", Day),
            ("6th of February, 2026", "2026-02-06", Day),
            ("Feb. 6, 2026", "2026-02-06", Day),
            ("Aug 13 2025 | 12:48 PM IST", "2025-08-13T07:18:00Z", Minute),
            ("12:48 PM IST, Aug 13 2025", "2025-08-13T07:18:00Z", Minute),
            ("Sept. 19, 2025 at 5pm PKT", "2025-09-19T12:00:00Z", Minute),
            ("13 August 2025, 0715 GMT", "2025-08-13T07:15:00Z", Minute),
            ("26-FEB-1987 15:01:01.79", "1987-02-26", Day),
            ("13 JUL 89", "1989-07-13", Day),
            ("Tue, 03 Mar 2026 06:12:44 +0000", "2026-03-03T06:12:44Z", Second),
            ("Tue Mar 03 06:12:44 EST 2026", "2026-03-03T11:12:44Z", Second),
            ("Jul 4, 2026, 10:30 a.m. ET", "2026-07-04T14:30:00Z", Minute),
            ("Jan 4, 2026, 10:30 a.m. ET", "2026-01-04T15:30:00Z", Minute),
            ("25/12/2025", "2025-12-25", Day),
            ("12/25/2025", "2025-12-25", Day),
            ("25.12.2025 um 14:00 Uhr", "2025-12-25", Day),
            ("05.12.2025", "2025-12-05", Day),
            ("March 2026", "2026-03", Month),
            ("3 mars 2026", "2026-03-03", Day),
            ("3. März 2026", "2026-03-03", Day),
            ("12 de enero de 2026", "2026-01-12", Day),
            ("4/4/2026", "2026-04-04", Day),
        ] {
            check(input, Some((value, precision)));
        }
    }

    #[test]
    fn guesses_nothing() {
        for input in [
            "03/04/2026",
            "Sep 19",
            "31 February 2026",
            "May it please the court",
            "he may 3 times",
            "1.5 million",
            "555-1234",
            "section 2026-13-01",
            "",
            "12:48 PM",
        ] {
            check(input, None);
        }
    }

    #[test]
    fn completes_a_missing_year_backwards() {
        let date = find("Sep 19").map(|found| found.date).unwrap_or_default();
        for (context, expect) in [
            ("2025-09-19", "2025-09-19"),
            ("2025-09-17", "2025-09-19"),
            ("2025-09-01", "2024-09-19"),
            ("2026-02-01", "2025-09-19"),
        ] {
            let context: Date = context.parse().expect("a date");
            assert_eq!(
                date.complete(context)
                    .moment()
                    .map(|moment| moment.value)
                    .as_deref(),
                Some(expect)
            );
        }
    }

    #[test]
    fn reads_epochs_in_metadata() {
        assert_eq!(
            metadata("1772518364").map(|m| m.value).as_deref(),
            Some("2026-03-03T06:12:44Z")
        );
        assert_eq!(
            metadata("1772518364120").map(|m| m.value).as_deref(),
            Some("2026-03-03T06:12:44Z")
        );
    }
}
