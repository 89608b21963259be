//! Marks articles that copy one seen before, and remembers what was seen across restarts.
//!
//! The index is saved now and then and at the end, not with every article: after a crash, copies of the articles of
//! the last [`SAVE_EVERY`] are not marked. A mark is a hint for readers; no delivery depends on it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use wire::Article;

use crate::duplicates::{Config, Index};
use crate::durable::write_whole_with;

/// How old the saved index may become while articles arrive.
const SAVE_EVERY: Duration = Duration::from_secs(30);

const FILE: &str = "duplicates.idx";

/// The index of near-duplicates and where it is saved.
#[derive(Debug)]
pub(crate) struct Copies {
    state: Mutex<State>,
    path: PathBuf,
}

#[derive(Debug)]
struct State {
    index: Index,
    saved: Instant,
}

impl Copies {
    /// Opens what earlier runs remembered. A damaged index is started anew.
    pub(crate) fn open(folder: &Path, config: Config) -> Self {
        let path = folder.join(FILE);
        let index = match fs::read(&path) {
            Ok(bytes) => Index::from_bytes(&bytes, config).unwrap_or_else(|error| {
                tracing::warn!(%error, path = %path.display(), "copies of earlier articles will not be marked");
                Index::new(config)
            }),
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(%error, path = %path.display(), "failed to read the index of duplicates");
                }
                Index::new(config)
            }
        };
        Self {
            state: Mutex::new(State {
                index,
                saved: Instant::now(),
            }),
            path,
        }
    }

    /// Marks an article that copies an earlier one, and remembers it. Blocks for the file when a save is due.
    pub(crate) fn mark(&self, article: &mut Article) {
        let due = {
            let mut state = self.lock();
            article.duplicate = state.index.check(article.id, &article.text);
            let due = state.saved.elapsed() >= SAVE_EVERY;
            if due {
                // Claimed here: readers that find it due together would write into the same file.
                state.saved = Instant::now();
            }
            due
        };
        if due {
            self.save();
        }
    }

    /// Saves the index. A failure costs marks, not articles: it is only told.
    pub(crate) fn save(&self) {
        let write = |file: &mut _| self.lock().index.write_to(file);
        if let Err(error) = write_whole_with(&self.path, write) {
            tracing::warn!(%error, path = %self.path.display(), "failed to save the index of duplicates");
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use wire::ArticleId;
    use wire::message::{Format, Source};

    use super::*;

    fn article(text: &str) -> Article {
        let source = Source {
            name: "test".to_owned(),
            path: "a.txt".to_owned(),
            item: None,
            format: Format::Text,
            bytes: text.len() as u64,
            encoding: "utf-8".to_owned(),
            received: None,
        };
        Article::new(ArticleId::of(text.as_bytes()), source, text.to_owned())
    }

    const STORY: &str = "Rescue teams pulled nine more people from the mud below the dam at Orlen Pass on Sunday, two \
        days after the slope above the village gave way in heavy rain. The district office said that all houses \
        along the lower road were searched, and that the road itself would stay closed until the slope is safe.";

    #[test]
    fn copies_are_marked_across_restarts_and_damage_is_survived() {
        let folder = tempfile::tempdir().expect("is made");
        let copies = Copies::open(folder.path(), Config::default());
        let mut first = article(STORY);
        copies.mark(&mut first);
        assert_eq!(first.duplicate.of, None);
        copies.save();

        let mut copy = article(&format!("{STORY} Reporting by our own staff."));
        Copies::open(folder.path(), Config::default()).mark(&mut copy);
        assert_eq!(copy.duplicate.of, Some(first.id));

        fs::write(folder.path().join(FILE), b"rubbish").expect("is written");
        let mut copy = article(&format!("{STORY} More follows."));
        Copies::open(folder.path(), Config::default()).mark(&mut copy);
        assert_eq!(copy.duplicate.of, None);
    }
}
