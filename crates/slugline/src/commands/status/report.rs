//! What two looks at a fleet tell: states, rates, and what is worrying.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::Timestamp;
use serde::Serialize;
use wire::nats::{ConsumerState, Survey, WorkerState};

/// A survey with what changed since the one before.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    #[serde(flatten)]
    pub(crate) survey: Survey,
    /// Per second, by the name of a stream (messages in) or consumer (deliveries settled).
    pub(crate) rates: BTreeMap<String, f64>,
    /// What an operator should look at.
    pub(crate) worries: Vec<String>,
}

impl Report {
    /// Compares with an earlier survey, where there is one.
    pub(crate) fn new(before: Option<&Survey>, survey: Survey) -> Self {
        let rates = before.map(|before| rates(before, &survey)).unwrap_or_default();
        let worries = before.map(|before| worries(before, &survey)).unwrap_or_default();
        Self {
            survey,
            rates,
            worries,
        }
    }

    /// Returns the rate of a stream or consumer for people.
    pub(crate) fn rate(&self, name: &str) -> String {
        self.rates
            .get(name)
            .map_or_else(|| "-".to_owned(), |rate| format!("{rate:.0}/s"))
    }

    /// Returns the report for people.
    pub(super) fn page(&self) -> String {
        let survey = &self.survey;
        let now = survey.taken;
        let mut page = format!("NATS {}\n\n", survey.server);
        let mut rows = vec![["STREAM", "MESSAGES", "SIZE", "OF", "IN", "NEWEST"].map(str::to_owned)];
        for stream in &survey.streams {
            rows.push([
                stream.name.clone(),
                count(stream.messages),
                size(stream.bytes),
                size(stream.max_bytes),
                self.rate(&stream.name),
                age(stream.last, now),
            ]);
        }
        table(&mut page, &rows);
        let head = [
            "CONSUMER",
            "WAITING",
            "UNSETTLED",
            "REDELIVERED",
            "ACK FLOOR",
            "SETTLED",
            "OLDEST",
        ];
        let mut rows = vec![head.map(str::to_owned)];
        for consumer in &survey.consumers {
            rows.push([
                consumer.name.clone(),
                count(consumer.waiting),
                count(consumer.unsettled),
                count(consumer.redelivered),
                count(consumer.ack_floor),
                self.rate(&consumer.name),
                age(consumer.oldest, now),
            ]);
        }
        table(&mut page, &rows);
        let mut rows = vec![["WORKER", "ID", "VERSION", "UP", "DOING"].map(str::to_owned)];
        for worker in &survey.workers {
            rows.push([
                worker.name.clone(),
                worker.id.clone(),
                worker.version.clone(),
                age(worker.started.parse().ok(), now),
                doing(worker),
            ]);
        }
        table(&mut page, &rows);
        for worry in &self.worries {
            let _infallible = writeln!(page, "! {worry}");
        }
        page
    }
}

/// Returns what a worker says it has done, as `name value` pairs.
pub(crate) fn doing(worker: &WorkerState) -> String {
    let pairs = worker.data.iter().map(|(name, value)| format!("{name} {value}"));
    pairs.collect::<Vec<_>>().join(" · ")
}

fn rates(before: &Survey, now: &Survey) -> BTreeMap<String, f64> {
    let seconds = (now.taken.as_millisecond() - before.taken.as_millisecond()) as f64 / 1000.0;
    if seconds <= 0.0 {
        return BTreeMap::new();
    }
    let mut rates = BTreeMap::new();
    for stream in &now.streams {
        let earlier = before.streams.iter().find(|earlier| earlier.name == stream.name);
        if let Some(earlier) = earlier {
            let new = stream.last_sequence.saturating_sub(earlier.last_sequence);
            rates.insert(stream.name.clone(), new as f64 / seconds);
        }
    }
    for consumer in &now.consumers {
        if let Some(earlier) = same(before, consumer) {
            let settled = consumer.settled.saturating_sub(earlier.settled);
            rates.insert(consumer.name.clone(), settled as f64 / seconds);
        }
    }
    rates
}

fn same<'a>(survey: &'a Survey, consumer: &ConsumerState) -> Option<&'a ConsumerState> {
    survey
        .consumers
        .iter()
        .find(|earlier| earlier.name == consumer.name && earlier.stream == consumer.stream)
}

fn worries(before: &Survey, now: &Survey) -> Vec<String> {
    let mut worries = Vec::new();
    for consumer in &now.consumers {
        // A rerun's consumer rests for an hour after its last worker, so that it can be joined or gone on with.
        let rests = consumer.name.starts_with("rerun-") && consumer.idle_requests == 0;
        let pending = !rests && (consumer.waiting > 0 || consumer.unsettled > 0);
        let stands = same(before, consumer).is_some_and(|earlier| {
            earlier.settled == consumer.settled && earlier.delivered == consumer.delivered
        });
        if pending && stands {
            worries.push(format!(
                "`{}` has {} before it and settled none meanwhile",
                consumer.name,
                plural(consumer.waiting + consumer.unsettled, "message")
            ));
        }
    }
    for stream in &now.streams {
        if stream.max_bytes > 0 && stream.bytes.saturating_mul(10) > stream.max_bytes.saturating_mul(9) {
            worries.push(format!("`{}` is over nine tenths full", stream.name));
        }
        if stream.name.ends_with("_DEAD") && stream.messages > 0 {
            let dead = plural(stream.messages, "dead letter");
            worries.push(format!("{dead} to look at: `slugline dead ls`"));
        }
    }
    worries
}

/// Writes rows with their columns aligned, and an empty line.
fn table<const N: usize>(page: &mut String, rows: &[[String; N]]) {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            let _infallible = write!(line, "{cell:<width$}  ");
        }
        page.push_str(line.trim_end());
        page.push('\n');
    }
    page.push('\n');
}

/// Returns a number and what it counts.
pub(crate) fn plural(number: u64, what: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {what}{ending}", count(number))
}

/// Returns a number with its thousands apart.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// Returns a size in bytes for people.
pub(crate) fn size(bytes: u64) -> String {
    bytesize::ByteSize(bytes).to_string()
}

/// Returns how long ago something was, in its largest unit.
pub(crate) fn age(moment: Option<Timestamp>, now: Timestamp) -> String {
    let Some(moment) = moment else {
        return "-".to_owned();
    };
    let seconds = now.as_second().saturating_sub(moment.as_second()).max(0);
    match seconds {
        0..=99 => format!("{seconds} s"),
        100..=5_999 => format!("{} min", seconds / 60),
        6_000..=172_799 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use wire::nats::StreamState;

    use super::*;

    /// Returns a survey of a small fleet at some second.
    pub(crate) fn survey(second: i64, settled: u64, waiting: u64) -> Survey {
        let moment = |second| Timestamp::from_second(second).expect("a moment");
        Survey {
            taken: moment(second),
            server: "2.15.1".to_owned(),
            streams: vec![StreamState {
                name: "SLUGLINE_ARTICLES".to_owned(),
                messages: 1234,
                bytes: 1 << 20,
                max_bytes: 1 << 30,
                last_sequence: settled + waiting,
                last: Some(moment(second)),
            }],
            consumers: vec![ConsumerState {
                name: "enricher".to_owned(),
                stream: "SLUGLINE_ARTICLES".to_owned(),
                waiting,
                unsettled: 0,
                redelivered: 3,
                delivered: settled,
                ack_floor: settled,
                settled,
                idle_requests: 1,
                oldest: (waiting > 0).then(|| moment(second - 90)),
            }],
            workers: vec![WorkerState {
                name: "slugline-enricher".to_owned(),
                id: "W1".to_owned(),
                version: "0.1.0".to_owned(),
                started: moment(second - 7200).to_string(),
                data: BTreeMap::from([("enriched".to_owned(), serde_json::json!(settled))]),
            }],
        }
    }

    #[test]
    fn rates_are_per_second_and_the_page_shows_them() {
        let report = Report::new(Some(&survey(100, 1000, 50)), survey(110, 1500, 50));
        assert!(
            (report.rates["enricher"] - 50.0).abs() < 0.5,
            "{:?}",
            report.rates
        );
        let page = report.page();
        for part in [
            "SLUGLINE_ARTICLES",
            "1 234",
            "50/s",
            "90 s",
            "slugline-enricher",
            "enriched 1500",
            "2 h",
        ] {
            assert!(page.contains(part), "{part} in\n{page}");
        }
        assert!(report.worries.is_empty(), "{:?}", report.worries);
    }

    #[test]
    fn standing_still_with_work_to_do_is_a_worry_and_idleness_is_none() {
        let stuck = Report::new(Some(&survey(100, 1000, 50)), survey(110, 1000, 50));
        assert!(stuck.worries[0].contains("settled none"), "{:?}", stuck.worries);
        let mut rerun = survey(110, 1000, 50);
        rerun.consumers[0].name = "rerun-v2".to_owned();
        rerun.consumers[0].idle_requests = 0;
        let rests = Report::new(Some(&rerun), rerun.clone());
        assert!(rests.worries.is_empty(), "{:?}", rests.worries);
        let idle = Report::new(Some(&survey(100, 1000, 0)), survey(110, 1000, 0));
        assert!(idle.worries.is_empty(), "{:?}", idle.worries);
    }

    #[test]
    fn numbers_and_ages_read_well() {
        for (number, shown) in [(0, "0"), (999, "999"), (1000, "1 000"), (1_234_567, "1 234 567")] {
            assert_eq!(count(number), shown);
        }
        let at = |second| Timestamp::from_second(second).expect("a moment");
        for (ago, shown) in [
            (5, "5 s"),
            (600, "10 min"),
            (7200, "2 h"),
            (200_000, "2 d"),
            (-3, "0 s"),
        ] {
            assert_eq!(age(Some(at(1_000_000 - ago)), at(1_000_000)), shown);
        }
        assert_eq!(age(None, at(0)), "-");
    }
}
