//! From what a phrase says to which day it is, given the day of publication.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::phrase::{Meaning, Side};
use crate::engine::analysis::Precision;

/// What a phrase was resolved to.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Resolved {
    /// TIMEX-style value.
    pub value: Option<String>,
    /// How precise it is.
    pub precision: Option<Precision>,
    /// The first day it covers.
    pub first_day: Option<Date>,
}

/// Resolves a phrase; `future` says that the text around it looks ahead.
pub(super) fn resolve(meaning: Meaning, published: Option<Date>, future: bool) -> Resolved {
    match meaning {
        Meaning::Day {
            year: Some(year),
            month,
            day,
        } => Date::new(year, month, day).map(day_value).unwrap_or_default(),
        Meaning::Day {
            year: None,
            month,
            day,
        } => undated_day(published, month, day).unwrap_or_else(|| partial(month, Some(day))),
        Meaning::Month {
            year: Some(year),
            month,
            ..
        } => month_value(year, month),
        Meaning::Month {
            year: None,
            month,
            side,
        } => match published {
            Some(published) => month_value(year_of_month(published, month, side, future), month),
            None => partial(month, None),
        },
        Meaning::Year(year) => year_value(year),
        Meaning::Years(first, last) => Resolved {
            value: Some(format!("{first:04}/{last:04}")),
            ..year_value(first)
        },
        Meaning::Decade(year) => Resolved {
            value: Some(format!("{:03}", year / 10)),
            precision: Some(Precision::Decade),
            first_day: Date::new(year, 1, 1).ok(),
        },
        Meaning::Quarter { year, quarter, side } => year
            .or_else(|| Some(year_of_quarter(published?, quarter, side)))
            .map(|year| quarter_value(year, quarter))
            .unwrap_or_default(),
        Meaning::Season { year, season, side } => year
            .or_else(|| Some(published?.year() + step(side)))
            .map(|year| Resolved {
                value: Some(format!("{year:04}-{season}")),
                precision: Some(Precision::Quarter),
                first_day: None,
            })
            .unwrap_or_default(),
        Meaning::Weekday { day, side, part } => published
            .and_then(|published| weekday(published, day, side, future))
            .map(|day| with_part(day_value(day), part))
            .unwrap_or_default(),
        Meaning::Shift { unit, by, part } => published
            .and_then(|published| shift(published, unit, by))
            .map(|found| with_part(found, part))
            .unwrap_or_default(),
        Meaning::Clock { hour, minute } => Resolved {
            value: Some(match published {
                Some(day) => format!("{day}T{hour:02}:{minute:02}"),
                None => format!("T{hour:02}:{minute:02}"),
            }),
            precision: Some(Precision::Minute),
            first_day: published,
        },
        Meaning::Span { unit, count } => Resolved {
            value: Some(period(unit, count)),
            precision: None,
            first_day: None,
        },
        Meaning::Reference(value) => Resolved {
            value: Some(value.to_owned()),
            precision: None,
            first_day: None,
        },
        Meaning::Unknown => Resolved::default(),
    }
}

fn step(side: Side) -> i16 {
    match side {
        Side::Past => -1,
        Side::Near | Side::This => 0,
        Side::Future => 1,
    }
}

fn day_value(day: Date) -> Resolved {
    Resolved {
        value: Some(day.to_string()),
        precision: Some(Precision::Day),
        first_day: Some(day),
    }
}

fn month_value(year: i16, month: i8) -> Resolved {
    Resolved {
        value: Some(format!("{year:04}-{month:02}")),
        precision: Some(Precision::Month),
        first_day: Date::new(year, month, 1).ok(),
    }
}

fn year_value(year: i16) -> Resolved {
    Resolved {
        value: Some(format!("{year:04}")),
        precision: Some(Precision::Year),
        first_day: Date::new(year, 1, 1).ok(),
    }
}

fn quarter_value(year: i16, quarter: i8) -> Resolved {
    Resolved {
        value: Some(format!("{year:04}-Q{quarter}")),
        precision: Some(Precision::Quarter),
        first_day: Date::new(year, quarter * 3 - 2, 1).ok(),
    }
}

fn week_value(day: Date) -> Resolved {
    let week = day.iso_week_date();
    Resolved {
        value: Some(format!("{:04}-W{:02}", week.year(), week.week())),
        precision: Some(Precision::Week),
        first_day: day
            .checked_sub((i64::from(day.weekday().to_monday_zero_offset())).days())
            .ok(),
    }
}

/// A month or day whose year nobody knows is no value, but its words are kept.
fn partial(_month: i8, _day: Option<i8>) -> Resolved {
    Resolved::default()
}

/// "May 10" is the one nearest to the day of publication.
fn undated_day(published: Option<Date>, month: i8, day: i8) -> Option<Resolved> {
    let published = published?;
    let distance = |date: &Date| (published.until(*date)).map_or(i32::MAX, |span| span.get_days().abs());
    (-1..=1)
        .filter_map(|offset| Date::new(published.year() + offset, month, day).ok())
        .min_by_key(distance)
        .map(day_value)
}

/// "August" is the last one, unless the text looks ahead.
fn year_of_month(published: Date, month: i8, side: Side, future: bool) -> i16 {
    let year = published.year();
    match side {
        Side::Past if month >= published.month() => year - 1,
        Side::Future if month <= published.month() => year + 1,
        Side::Near if future && month < published.month() => year + 1,
        Side::Near if !future && month > published.month() => year - 1,
        _ => year,
    }
}

fn year_of_quarter(published: Date, quarter: i8, side: Side) -> i16 {
    let now = (published.month() - 1) / 3 + 1;
    match side {
        Side::Near if quarter > now => published.year() - 1,
        _ => published.year() + step(side),
    }
}

/// "Friday" is the last one up to the day of publication, unless the text looks ahead.
fn weekday(published: Date, day: i8, side: Side, future: bool) -> Option<Date> {
    let weekday = Weekday::from_monday_one_offset(day).ok()?;
    if published.weekday() == weekday && matches!(side, Side::Near | Side::This) {
        return Some(published);
    }
    let ahead = side == Side::Future || (future && side != Side::Past);
    published.nth_weekday(if ahead { 1 } else { -1 }, weekday).ok()
}

fn shift(published: Date, unit: &str, by: i32) -> Option<Resolved> {
    let by = i64::from(by);
    Some(match unit {
        "day" => day_value(published.checked_add(by.days()).ok()?),
        "week" | "fortnight" => week_value(published.checked_add(by.weeks()).ok()?),
        "weekend" => {
            let mut week = week_value(published.checked_add(by.weeks()).ok()?);
            week.value = week.value.map(|value| value + "-WE");
            week
        }
        "month" => {
            let day = published.checked_add(by.months()).ok()?;
            month_value(day.year(), day.month())
        }
        "quarter" => {
            let day = published.checked_add((by * 3).months()).ok()?;
            quarter_value(day.year(), (day.month() - 1) / 3 + 1)
        }
        "year" => year_value(published.checked_add(by.years()).ok()?.year()),
        "decade" => {
            let year = published.checked_add((by * 10).years()).ok()?.year() / 10 * 10;
            Resolved {
                value: Some(format!("{:03}", year / 10)),
                precision: Some(Precision::Decade),
                first_day: Date::new(year, 1, 1).ok(),
            }
        }
        "hour" | "minute" | "second" => day_value(published),
        _ => return None,
    })
}

/// Adds the part of the day: `2026-03-03TMO`.
fn with_part(mut resolved: Resolved, part: &str) -> Resolved {
    if !part.is_empty() {
        resolved.value = resolved.value.map(|value| value + "T" + part);
    }
    resolved
}

fn period(unit: &str, count: Option<i32>) -> String {
    let count = count.map_or_else(|| "X".to_owned(), |count| count.to_string());
    match unit {
        "hour" => format!("PT{count}H"),
        "minute" => format!("PT{count}M"),
        "second" => format!("PT{count}S"),
        "decade" => count
            .parse::<i32>()
            .map_or_else(|_| "PXY".to_owned(), |decades| format!("P{}Y", decades * 10)),
        "century" => "PXY".to_owned(),
        unit => format!(
            "P{count}{}",
            unit.chars()
                .next()
                .map_or('X', |first| first.to_ascii_uppercase())
        ),
    }
}
