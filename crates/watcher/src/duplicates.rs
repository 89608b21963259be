//! Near-duplicates: syndicated copies and re-scrapes of an article that was seen before.
//!
//! An article is described by a MinHash sketch of its word shingles; sketches are found again by banding (locality
//! sensitive hashing) and compared in full, so a mark carries an estimate of how similar the two texts are. The
//! index is bounded: beyond its capacity the oldest article is forgotten. It holds no clock and no randomness, and
//! [`Index::to_bytes`] and [`Index::from_bytes`] carry it over a restart.

mod bands;
mod sketch;
mod store;

use std::collections::VecDeque;
use std::io;

use wire::ArticleId;
use wire::message::Duplicate;

pub use store::CorruptIndex;

use bands::{AT_ONCE, Bands};
use sketch::Sketch;

/// How duplicates are looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Config {
    /// How many articles are remembered, the latest ones; about 200 bytes each. Too low: a copy that comes late is
    /// not marked. 0: nothing is marked.
    pub capacity: usize,
    /// From which similarity on an article is marked, 0 to 1. Too high: copies with another headline and a cut tail
    /// are missed. Too low: reports on the same event are marked.
    pub threshold: f64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            capacity: 20_000,
            threshold: 0.5,
        }
    }
}

/// The articles seen so far.
#[derive(Debug, Clone)]
pub struct Index {
    config: Config,
    /// The remembered articles, oldest first.
    seen: VecDeque<Seen>,
    bands: Bands,
}

#[derive(Debug, Clone, PartialEq)]
struct Seen {
    id: ArticleId,
    /// The article that this one copies, if it is a copy itself.
    original: ArticleId,
    sketch: Sketch,
}

impl Index {
    /// Returns an empty index.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            seen: VecDeque::with_capacity(config.capacity.min(AT_ONCE)),
            bands: Bands::new(config.capacity),
        }
    }

    /// Returns what an article copies, and remembers it.
    ///
    /// - `of` is the first article of the group, also where this one copies a copy.
    /// - An article that is the same by its id is no duplicate of itself: its first answer is given again.
    /// - Texts of fewer than 20 words are never marked.
    pub fn check(&mut self, id: ArticleId, text: &str) -> Duplicate {
        let Some(sketch) = Sketch::of(text).filter(|_| self.config.capacity > 0) else {
            return Duplicate::default();
        };
        let (known, found) = self.look_up(id, &sketch);
        let original = found.map_or(id, |(seen, _)| seen.original);
        let duplicate = match found {
            Some((_, similarity)) if original != id => Duplicate {
                of: Some(original),
                similarity: round(similarity),
            },
            _ => Duplicate::default(),
        };
        if !known {
            self.remember(Seen { id, original, sketch });
        }
        duplicate
    }

    /// Returns how many articles are remembered.
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// Returns the index as bytes; see [`Index::from_bytes`].
    #[expect(clippy::missing_panics_doc, reason = "a `Vec` takes everything")]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write_to(&mut bytes).expect("a `Vec` takes everything");
        bytes
    }

    /// Writes what [`Index::to_bytes`] returns, in small pieces.
    pub fn write_to(&self, out: &mut impl io::Write) -> io::Result<()> {
        store::write(&self.seen, out)
    }

    /// Returns the index that [`Index::to_bytes`] wrote; of more articles than `config` allows the latest.
    pub fn from_bytes(bytes: &[u8], config: Config) -> Result<Self, CorruptIndex> {
        let mut index = Self::new(config);
        if config.capacity > 0 {
            store::read(bytes)?
                .into_iter()
                .for_each(|seen| index.remember(seen));
        }
        Ok(index)
    }

    /// Returns whether the article itself is remembered, and the most similar other one over the threshold.
    fn look_up(&self, id: ArticleId, sketch: &Sketch) -> (bool, Option<(&Seen, f64)>) {
        let mut known = false;
        let mut best: Option<(&Seen, f64)> = None;
        // Oldest first, and only what is better replaces the best: of equally similar ones it is the first seen.
        for age in self.bands.ages(sketch, self.seen.len()) {
            let Some(seen) = self.seen.get(self.seen.len() - age) else {
                continue;
            };
            if seen.id == id {
                known = true;
                continue;
            }
            let similarity = seen.sketch.similarity(sketch);
            if similarity >= self.config.threshold && best.is_none_or(|(_, most)| similarity > most) {
                best = Some((seen, similarity));
            }
        }
        (known, best)
    }

    fn remember(&mut self, seen: Seen) {
        if self.seen.len() >= self.config.capacity {
            self.seen.pop_front();
        }
        self.bands.push(&seen.sketch, self.config.capacity);
        self.seen.push_back(seen);
    }
}

/// Two digits: the estimate is not better than that.
fn round(similarity: f64) -> f64 {
    (similarity * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORY: &str = "The harbour board of Port Amel said on Monday that it would put off the widening of the channel \
        until the survey of the sea floor is done, a decision that the three largest shipping lines had asked for. Its \
        chairman said that two wrecks from the last war had been found where the dredgers were to start work in May, \
        and that divers would need at least six weeks to look at them. Fishermen, who had called the plan a danger to \
        the spawning grounds, welcomed the delay and asked for a seat on the board.";

    fn index(capacity: usize) -> Index {
        Index::new(Config {
            capacity,
            ..Config::default()
        })
    }

    fn id(text: &str) -> ArticleId {
        ArticleId::of(text.as_bytes())
    }

    fn check(index: &mut Index, text: &str) -> Duplicate {
        index.check(id(text), text)
    }

    #[test]
    fn marks_a_copy_with_the_first_of_its_group() {
        let mut index = index(100);
        assert_eq!(check(&mut index, STORY), Duplicate::default());
        let copy = format!("Port Amel delays channel\n\nPORT AMEL (AFP) - {STORY}");
        let marked = check(&mut index, &copy);
        assert_eq!(marked.of, Some(id(STORY)));
        assert!((0.7..1.0).contains(&marked.similarity), "{marked:?}");
        let copy_of_copy = format!("{copy} Copyright AFP 2026, all rights reserved.");
        assert_eq!(check(&mut index, &copy_of_copy).of, Some(id(STORY)));
    }

    #[test]
    fn a_redrop_is_no_duplicate_of_itself() {
        let mut index = index(100);
        check(&mut index, STORY);
        assert_eq!(check(&mut index, STORY), Duplicate::default());
        assert_eq!(index.len(), 1);
    }

    #[test]
    fn a_redropped_copy_gets_its_answer_again() {
        let mut index = index(100);
        check(&mut index, STORY);
        let copy = format!("Delay at Port Amel. {STORY}");
        let first = check(&mut index, &copy);
        assert_eq!(check(&mut index, &copy), first);
    }

    #[test]
    fn leaves_other_and_short_texts_alone() {
        let mut index = index(100);
        check(&mut index, STORY);
        let other = "The national team of Qalat beat its neighbours by two goals to one on Saturday in the last match of \
            the group and will meet the winner of the other group in the semi-final, which is to be played on Wednesday.";
        assert_eq!(check(&mut index, other), Duplicate::default());
        assert_eq!(check(&mut index, "Too short"), Duplicate::default());
        assert_eq!(check(&mut index, "Too short!"), Duplicate::default());
    }

    #[test]
    fn forgets_the_oldest_and_only_that() {
        let mut index = index(2);
        let texts: Vec<String> = (0..3)
            .map(|n| {
                (0..80)
                    .map(|word| format!("word{n}x{}", word * 7919 % 83))
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect();
        for text in &texts {
            assert_eq!(check(&mut index, text), Duplicate::default());
        }
        assert_eq!(index.len(), 2);
        assert_eq!(
            check(&mut index, &format!("{} more", texts[2])).of,
            Some(id(&texts[2]))
        );
        assert_eq!(check(&mut index, &format!("{} more", texts[0])).of, None);
    }

    #[test]
    fn survives_a_restart() {
        let mut index = index(100);
        check(&mut index, STORY);
        let bytes = index.to_bytes();
        let mut restored = Index::from_bytes(&bytes, Config::default()).expect("was just written");
        let copy = format!("{STORY} Copyright 2026.");
        assert_eq!(check(&mut restored, &copy), check(&mut index, &copy));
        assert_eq!(restored.to_bytes(), index.to_bytes());
    }

    #[test]
    fn refuses_broken_bytes() {
        let mut index = index(100);
        check(&mut index, STORY);
        let bytes = index.to_bytes();
        for at in 0..bytes.len() {
            assert!(
                Index::from_bytes(&bytes[..at], Config::default()).is_err(),
                "cut at {at}"
            );
            let mut flipped = bytes.clone();
            flipped[at] ^= 1;
            assert!(
                Index::from_bytes(&flipped, Config::default()).is_err(),
                "flipped at {at}"
            );
        }
    }
}
