//! Articles that no two runs of the generator share, and the ledger of what was dropped: the oracle.

use std::collections::BTreeMap;

use wire::{ArticleId, EnrichedArticle};

use super::Sandbox;

const PLACES: [&str; 8] = [
    "Tarvik",
    "Port Ellain",
    "Sorrow Bay",
    "Kesterholm",
    "Abu Marwa",
    "Lindqvara",
    "Oldmere",
    "San Brisco",
];
const EVENTS: [&str; 6] = [
    "a ferry struck the northern pier",
    "a grain silo collapsed",
    "floodwater broke through the lower dyke",
    "two freight trains collided",
    "a fire spread through the covered market",
    "gunmen fired at a police post",
];
const SOURCES: [&str; 5] = [
    "the harbour master",
    "a hospital director",
    "the regional governor",
    "a spokeswoman for the fire service",
    "the interior ministry",
];

/// Returns the text of article `number`: one paragraph that no clean-up has reason to touch.
pub(crate) fn text(number: usize) -> String {
    let pick = |list: &[&'static str], salt: usize| list[(number / salt + number * 7) % list.len()];
    format!(
        "At least {dead} people were killed and {hurt} others were injured in {place} on Tuesday when {event}, \
         {source} told reporters in statement number {number}, adding that more than {away} residents had left \
         their homes and that {share} percent of the harvest was lost.",
        dead = number % 37 + 2,
        hurt = number % 91 + 3,
        place = pick(&PLACES, 3),
        event = pick(&EVENTS, 5),
        source = pick(&SOURCES, 2),
        away = (number % 50 + 1) * 100,
        share = number % 60 + 11,
    )
}

/// What was dropped, by article id, and whether exactly that came out.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    dropped: BTreeMap<ArticleId, String>,
}

impl Ledger {
    /// Drops the next `count` articles into the inbox.
    pub(crate) fn put(&mut self, sandbox: &Sandbox, count: usize) {
        for _ in 0..count {
            let number = self.dropped.len();
            let text = text(number);
            // A few folders, so that watching new ones is tested along the way.
            sandbox.put(format!("{:02}/article-{number:06}.txt", number % 7), &text);
            self.dropped.insert(ArticleId::of(text.as_bytes()), text);
        }
    }

    /// Returns how many articles were dropped.
    pub(crate) fn len(&self) -> usize {
        self.dropped.len()
    }

    /// Fails unless every dropped article has exactly one line with its very text, and nothing else came out.
    pub(crate) fn audit(&self, records: &[EnrichedArticle]) {
        let mut lines: BTreeMap<ArticleId, usize> = BTreeMap::new();
        let mut problems = Vec::new();
        for record in records {
            *lines.entry(record.id).or_default() += 1;
            match self.dropped.get(&record.id) {
                None => problems.push(format!("unknown: {} from {}", record.id, record.source.path)),
                Some(text) if *text != record.text => {
                    problems.push(format!("altered: {}: {:?}, not {text:?}", record.id, record.text));
                }
                Some(_) => {}
            }
        }
        for id in self.dropped.keys() {
            match lines.get(id) {
                Some(1) => {}
                Some(count) => problems.push(format!("{count} lines: {id}")),
                None => problems.push(format!("lost: {id}: {}", self.dropped[id])),
            }
        }
        let shown = problems.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
        assert!(
            problems.is_empty(),
            "{} of {} articles:\n{shown}",
            problems.len(),
            self.dropped.len()
        );
    }
}
