//! The grammar: which runs of numbers and words are dates.

use jiff::civil::{Date, Time};
use wire::message::Precision;

use super::names::{self, is_weekday, month};
use super::{PartialDate, Zone};

/// A date found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// Where it starts, in bytes.
    pub(crate) start: usize,
    /// Where it ends, in bytes.
    pub(crate) end: usize,
    /// What it says.
    pub(crate) date: PartialDate,
}

/// Finds the first date in a text.
///
/// At most the first kilobyte is looked at: dates of articles are printed in short lines.
pub(crate) fn find(text: &str) -> Option<Found> {
    let bytes = &text.as_bytes()[..text.len().min(1024)];
    let mut start = 0;
    while start < bytes.len() {
        if let Some(found) = read_at(text, start) {
            return Some(found);
        }
        // The 31st of February does not leave a month.
        if (Cursor { text, at: start }).day_month().is_some() {
            return None;
        }
        // On to the start of the next word.
        let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80;
        start += bytes[start..].iter().take_while(|byte| word(byte)).count();
        start += bytes[start..].iter().take_while(|byte| !word(byte)).count();
    }
    None
}

/// Reads the date that a text starts with.
pub(crate) fn read(text: &str) -> Option<Found> {
    let start = text.len() - text.trim_start().len();
    read_at(text, start)
}

/// Reads a date that, but for punctuation, is all there is.
pub(crate) fn only(text: &str) -> Option<PartialDate> {
    let found = read(text)?;
    text[found.end..]
        .chars()
        .all(|c| !c.is_alphanumeric())
        .then_some(found.date)
}

fn read_at(text: &str, start: usize) -> Option<Found> {
    if !may_open(&text.as_bytes()[start..]) {
        return None;
    }
    let mut cursor = Cursor { text, at: start };
    let mut date = PartialDate::default();
    let mut end = start;
    let mut weekday = false;
    loop {
        if cursor.day(&mut date) || cursor.time(&mut date) || (!weekday && cursor.weekday(&mut weekday)) {
            end = cursor.at;
            cursor.connector();
        } else {
            break;
        }
    }
    let year_alone = date.month.is_none();
    if year_alone || !is_possible(&date) {
        return None;
    }
    // A date ends where its last number or word ends.
    if text[end..].starts_with(|c: char| c.is_alphanumeric()) {
        return None;
    }
    Some(Found { start, end, date })
}

/// Whether a date may begin with these bytes.
pub(crate) fn may_open(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(u8::is_ascii_digit) || names::may_open(bytes)
}

fn is_possible(date: &PartialDate) -> bool {
    let (Some(month), day) = (date.month, date.day.unwrap_or(1)) else {
        return false;
    };
    // 2024: a leap year, for dates without one.
    Date::new(date.year.unwrap_or(2024), month, day).is_ok()
}

/// Reads year, month and day in one of their forms.
type Form<'t> = fn(&mut Cursor<'t>) -> Option<(Option<i16>, i8, Option<i8>)>;

/// A position in a text that reads tokens; a reader that fails leaves the position as it was.
struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Reads up to `most` digits that no further digit follows.
    fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let rest = self.rest();
        let digits = rest.bytes().take(most + 1).take_while(u8::is_ascii_digit).count();
        if digits < least || digits > most {
            return None;
        }
        self.at += digits;
        rest[..digits].parse().ok()
    }

    /// Reads one of the given bytes.
    fn byte(&mut self, any: &[u8]) -> Option<u8> {
        let byte = *self.rest().as_bytes().first()?;
        any.contains(&byte).then(|| {
            self.at += 1;
            byte
        })
    }

    fn spaces(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start_matches([' ', '\u{a0}']).len();
    }

    /// Reads a word of letters.
    fn word(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        if end == 0 {
            return None;
        }
        self.at += end;
        Some(&rest[..end])
    }

    /// Skips what may stand between a weekday, a day and a time.
    fn connector(&mut self) {
        self.spaces();
        if self.rest().starts_with(['T', 't']) && self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) {
            self.at += 1;
            return;
        }
        loop {
            let before = self.at;
            self.at += self.rest().len()
                - self
                    .rest()
                    .trim_start_matches([' ', '\u{a0}', ',', '|', '·', '•', '@', '–', '-', '/', '.'])
                    .len();
            let word_at = self.at;
            if !self
                .word()
                .is_some_and(|word| ["at", "on", "um", "à", "às", "alle"].contains(&word))
            {
                self.at = word_at;
            }
            if self.at == before {
                return;
            }
        }
    }

    fn weekday(&mut self, seen: &mut bool) -> bool {
        let start = self.at;
        let known = self.word().is_some_and(is_weekday);
        if known {
            self.byte(b".");
            *seen = true;
        } else {
            self.at = start;
        }
        known
    }

    /// Reads a calendar date in any of its forms, or the year that closes "Tue Mar 03 06:12:44 EST 2026".
    fn day(&mut self, date: &mut PartialDate) -> bool {
        let start = self.at;
        if date.month.is_some() {
            if date.year.is_none()
                && date.time.is_some()
                && let Some(year) = self.year()
            {
                date.year = Some(year);
                return true;
            }
            self.at = start;
            return false;
        }
        let forms: &[Form<'t>] = if self.rest().starts_with(|c: char| c.is_ascii_digit()) {
            &[Self::iso, Self::compact, Self::numeric, Self::day_month]
        } else {
            &[Self::month_day]
        };
        for form in forms {
            if let Some((year, month, day)) = form(self) {
                (date.year, date.month, date.day) = (year, Some(month), day);
                return true;
            }
            self.at = start;
        }
        false
    }

    /// A four-digit year of this age.
    fn year(&mut self) -> Option<i16> {
        let year = self.number(4, 4)?;
        (1800..=2100).contains(&year).then_some(year as i16)
    }

    /// `2026-03-03`, `2026/3/3`, `2026.03.03`.
    fn iso(&mut self) -> Option<(Option<i16>, i8, Option<i8>)> {
        let year = self.year()?;
        let separator = self.byte(b"-/.")?;
        let month = self.number(1, 2)?;
        self.byte(&[separator])?;
        let day = self.number(1, 2)?;
        Some((Some(year), month as i8, Some(day as i8)))
    }

    /// `20260303`, as wire formats write it.
    fn compact(&mut self) -> Option<(Option<i16>, i8, Option<i8>)> {
        let digits = self.number(8, 8)?;
        let year = (digits / 10_000) as i16;
        (1900..=2100).contains(&year).then_some(())?;
        Some((Some(year), (digits / 100 % 100) as i8, Some((digits % 100) as i8)))
    }

    /// `25/12/2025`, `12/25/2025`, `25.12.2025`; none where the order of day and month is open.
    fn numeric(&mut self) -> Option<(Option<i16>, i8, Option<i8>)> {
        let first = self.number(1, 2)?;
        let separator = self.byte(b"/.-")?;
        let second = self.number(1, 2)?;
        self.byte(&[separator])?;
        let year = self.year()?;
        let (day, month) = match (first, second) {
            _ if separator == b'.' || first == second => (first, second),
            (13.., 1..=12) => (first, second),
            (1..=12, 13..) => (second, first),
            _ => return None,
        };
        Some((Some(year), month as i8, Some(day as i8)))
    }

    /// `6 February 2026`, `6th of February, 2026`, `26-FEB-1987`, `13 JUL 89`, `3. März`.
    fn day_month(&mut self) -> Option<(Option<i16>, i8, Option<i8>)> {
        let day = self.number(1, 2)?;
        let ordinal = self.ordinal();
        self.gap();
        if ordinal || self.rest().starts_with("de ") {
            self.particle(&["of", "de"]);
        }
        let month = self.month()?;
        let end = self.at;
        self.gap();
        self.particle(&["de", "del"]);
        let year = self.year().or_else(|| {
            self.at = end;
            self.short_year()
        });
        if year.is_none() {
            self.at = end;
        }
        Some((year, month, Some(day as i8)))
    }

    /// `Feb. 6, 2026`, `February 6th`, `March 2026`.
    fn month_day(&mut self) -> Option<(Option<i16>, i8, Option<i8>)> {
        let month = self.month()?;
        self.gap();
        let start = self.at;
        if let Some(year) = self.year() {
            return Some((Some(year), month, None));
        }
        self.at = start;
        let day = self.number(1, 2)?;
        self.ordinal();
        let end = self.at;
        self.gap();
        let year = self.year();
        // "Aug 13 10:30": the number is an hour.
        if year.is_none() {
            self.at = end;
        }
        Some((year, month, Some(day as i8)))
    }

    /// `89` in `13 JUL 89`: only where nothing else can be meant.
    fn short_year(&mut self) -> Option<i16> {
        self.byte(b" -")?;
        let year = self.number(2, 2)?;
        if self.rest().starts_with([':', '.', ',', ' '])
            && !self.rest().trim_start_matches(['.', ',', ' ']).is_empty()
        {
            return None;
        }
        Some(if year >= 70 {
            1900 + year as i16
        } else {
            2000 + year as i16
        })
    }

    fn ordinal(&mut self) -> bool {
        let start = self.at;
        if self
            .word()
            .is_some_and(|word| ["st", "nd", "rd", "th", "er"].contains(&word))
        {
            return true;
        }
        self.at = start;
        self.byte(b".").is_some()
    }

    fn particle(&mut self, any: &[&str]) {
        let start = self.at;
        if self.word().is_some_and(|word| any.contains(&word)) {
            self.spaces();
        } else {
            self.at = start;
        }
    }

    /// Skips the spaces, commas and hyphens inside one date.
    fn gap(&mut self) {
        self.at += self.rest().len()
            - self
                .rest()
                .trim_start_matches([' ', '\u{a0}', ',', '-', '/'])
                .len();
    }

    fn month(&mut self) -> Option<i8> {
        let month = month(self.word()?)?;
        self.byte(b".");
        Some(month)
    }

    /// `12:48 PM IST`, `15:01:01.79`, `5pm`, `0715 GMT`, `10.30am`.
    fn time(&mut self, date: &mut PartialDate) -> bool {
        let start = self.at;
        if date.time.is_some() {
            return false;
        }
        if let Some((time, precision)) = self.clock() {
            date.time = Some((time, precision));
            date.zone = self.zone();
            return true;
        }
        self.at = start;
        false
    }

    fn clock(&mut self) -> Option<(Time, Precision)> {
        let start = self.at;
        if let Some(digits) = self.number(6, 6) {
            let time = clock_time(digits / 10_000, digits / 100 % 100, digits % 100)?;
            return Some((time, Precision::Second));
        }
        self.at = start;
        if let Some(digits) = self.number(4, 4) {
            // Bare `0715` only with a zone or "hrs" after it.
            let end = self.at;
            self.spaces();
            let named = self
                .word()
                .is_some_and(|word| Zone::named(word).is_some() || ["hrs", "hours", "h"].contains(&word));
            self.at = end;
            return named.then_some((clock_time(digits / 100, digits % 100, 0)?, Precision::Minute));
        }
        self.at = start;
        let mut hour = self.number(1, 2)?;
        let separator = self.byte(b":.h");
        let (mut minute, mut second, mut precision) = (0, 0, Precision::Minute);
        if separator.is_some() {
            minute = self.number(2, 2)?;
            if separator == Some(b':') && self.byte(b":").is_some() {
                second = self.number(2, 2)?;
                precision = Precision::Second;
                if self.byte(b".,").is_some() {
                    self.number(1, 9)?;
                }
            }
        }
        let half = self.half_of_day();
        if half.is_none() && separator != Some(b':') {
            return None;
        }
        hour = match (half, hour) {
            (Some(true), 1..=11) => hour + 12,
            (Some(false), 12) => 0,
            _ => hour,
        };
        Some((clock_time(hour, minute, second)?, precision))
    }

    /// Reads "a.m." or "PM"; true after noon.
    fn half_of_day(&mut self) -> Option<bool> {
        let start = self.at;
        self.spaces();
        for (printed, afternoon) in [("a.m.", false), ("p.m.", true), ("am", false), ("pm", true)] {
            let rest = self.rest().as_bytes();
            if rest.len() >= printed.len() && rest[..printed.len()].eq_ignore_ascii_case(printed.as_bytes()) {
                let after = rest.get(printed.len());
                if !after.is_some_and(u8::is_ascii_alphabetic) {
                    self.at += printed.len();
                    return Some(afternoon);
                }
            }
        }
        self.at = start;
        None
    }

    fn zone(&mut self) -> Option<Zone> {
        let start = self.at;
        self.spaces();
        self.byte(b"(");
        let at = self.at;
        if let Some(name) = self.word()
            && let Some(zone) = Zone::named(name)
        {
            // "GMT+5:30" and "UTC-5" carry on with an offset.
            let offset = matches!(name, "GMT" | "UTC" | "UT")
                .then(|| self.offset())
                .flatten();
            self.byte(b")");
            return Some(offset.unwrap_or(zone));
        }
        self.at = at;
        if let Some(zone) = self.offset() {
            return Some(zone);
        }
        self.at = start;
        None
    }

    /// `+05:30`, `-0500`, `+5`.
    fn offset(&mut self) -> Option<Zone> {
        let start = self.at;
        let mut read = || {
            let sign = if self.byte(b"+-")? == b'-' { -1 } else { 1 };
            let digits = self.rest().bytes().take(5).take_while(u8::is_ascii_digit).count();
            let number = self.number(1, 4)?;
            let (hours, minutes) = match digits {
                3 | 4 => (number / 100, number % 100),
                _ if self.byte(b":").is_some() => (number, self.number(2, 2)?),
                _ => (number, 0),
            };
            (hours <= 14 && minutes < 60)
                .then(|| Zone::Fixed(sign * (hours * 3600 + minutes * 60).cast_signed()))
        };
        let zone = read();
        if zone.is_none() {
            self.at = start;
        }
        zone
    }
}

fn clock_time(hour: u32, minute: u32, second: u32) -> Option<Time> {
    // A leap second is printed now and then; no calendar here has one.
    Time::new(hour as i8, minute as i8, second.min(59) as i8, 0).ok()
}
