//! Watch-lists in files: read at start, and again whenever a file changes.

use std::error::Error;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use crate::engine::{ListError, WatchLists};
use crate::shared::SharedEngine;

/// How often the files are looked at. A change takes effect within about this time.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Largest list file: about a million names.
const MAX_BYTES: u64 = 64 << 20;

/// The files that hold watch-lists and the deny-list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListFiles {
    /// Watch-lists, TSV or JSONL; a list is named after its file, without the extension.
    pub watch: Vec<PathBuf>,
    /// Names that are never reported, one a line.
    pub deny: Option<PathBuf>,
}

/// A list file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ListFileError {
    /// It could not be read.
    #[error("failed to read the list {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not a list.
    #[error("{path} is not a list")]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong, and in which line.
        source: ListError,
    },
}

/// What tells that a file has changed.
type Stamp = Option<(SystemTime, u64)>;

/// The state of all list files at some moment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stamps(Vec<Stamp>);

impl ListFiles {
    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.watch.is_empty() && self.deny.is_none()
    }

    /// Reads all lists.
    pub fn load(&self) -> Result<WatchLists, ListFileError> {
        let mut lists = WatchLists::new();
        for path in &self.watch {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            lists
                .watch(&name, &read(path)?)
                .map_err(|source| ListFileError::Content {
                    path: path.clone(),
                    source,
                })?;
        }
        if let Some(path) = &self.deny {
            lists
                .deny(&read(path)?)
                .map_err(|source| ListFileError::Content {
                    path: path.clone(),
                    source,
                })?;
        }
        Ok(lists)
    }

    /// Returns the state that the files are in. Taken before they are read, it shows a change that comes meanwhile.
    pub(crate) fn stamps(&self) -> Stamps {
        let stamp = |path: &PathBuf| {
            fs::metadata(path)
                .and_then(|data| Ok((data.modified()?, data.len())))
                .ok()
        };
        Stamps(self.watch.iter().chain(&self.deny).map(stamp).collect())
    }
}

fn read(path: &Path) -> Result<String, ListFileError> {
    let read = || {
        let file = fs::File::open(path)?;
        if file.metadata()?.len() > MAX_BYTES {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("over the limit of {MAX_BYTES} bytes"),
            ));
        }
        let mut content = String::new();
        file.take(MAX_BYTES).read_to_string(&mut content)?;
        Ok(content)
    };
    read().map_err(|source| ListFileError::Read {
        path: path.to_owned(),
        source,
    })
}

/// Puts the lists into the engine again whenever a file is no longer as in `used`, until `stop`. Files that cannot be
/// used leave the lists as they were.
///
/// Looking, reading and building run on blocking threads: while articles are analysed, a slow disk or a long list keeps
/// nobody waiting.
pub(crate) async fn keep_fresh(
    files: ListFiles,
    mut used: Stamps,
    engine: SharedEngine,
    stop: CancellationToken,
) {
    let files = Arc::new(files);
    loop {
        let pause = tokio::time::sleep(LOOK_EVERY);
        if stop.run_until_cancelled(pause).await.is_none() {
            return;
        }
        let look = Arc::clone(&files);
        let Ok(found) = spawn_blocking(move || look.stamps()).await else {
            // The runtime is going away.
            return;
        };
        if found != used {
            reload(&files, &engine).await;
            used = found;
        }
    }
}

async fn reload(files: &Arc<ListFiles>, engine: &SharedEngine) {
    let (files, engine) = (Arc::clone(files), engine.clone());
    let reloaded = spawn_blocking(move || {
        engine.replace(engine.current().with_lists(files.load()?));
        Ok::<_, ListFileError>(())
    });
    let error: Box<dyn Error> = match reloaded.await {
        Ok(Ok(())) => {
            tracing::info!("reloaded the watch-lists");
            return;
        }
        Ok(Err(error)) => error.into(),
        Err(panicked) => panicked.into(),
    };
    tracing::error!(error = &*error, "kept the old watch-lists");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Document, Engine};

    fn lists_of(engine: &Engine, text: &str) -> Vec<String> {
        let analysis = engine.analyse(&Document {
            text,
            ..Document::default()
        });
        analysis
            .entities
            .into_iter()
            .flat_map(|entity| entity.lists)
            .collect()
    }

    #[tokio::test(start_paused = true)]
    async fn changed_list_takes_effect_without_a_restart() {
        let folder = tempfile::tempdir().expect("is made");
        let path = folder.path().join("river.tsv");
        fs::write(&path, "name\ttype\nHalden Wire\torganization\n").expect("is written");
        let files = ListFiles {
            watch: vec![path.clone()],
            deny: None,
        };
        let used = files.stamps();
        let engine = SharedEngine::new(Engine::new().with_lists(files.load().expect("is a list")));
        let text = "Marked were zorvil quay and Halden Wire.";
        assert_eq!(lists_of(&engine.current(), text), ["river"]);

        let stop = CancellationToken::new();
        let change = async {
            fs::write(
                &path,
                "name\ttype\nzorvil quay\tplace\nHalden Wire\torganization\n",
            )
            .expect("is written");
            while lists_of(&engine.current(), text).len() < 2 {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            // A broken list keeps the last good one.
            fs::write(&path, "colour\nred\n").expect("is written");
            tokio::time::sleep(LOOK_EVERY * 3).await;
            assert_eq!(lists_of(&engine.current(), text), ["river", "river"]);
            stop.cancel();
        };
        tokio::join!(
            keep_fresh(files.clone(), used, engine.clone(), stop.clone()),
            change
        );
    }

    /// The list is a pipe, which can be read only once this very thread has been told that it was opened.
    #[cfg(unix)]
    #[tokio::test(start_paused = true)]
    async fn slow_list_keeps_nobody_else_waiting() {
        const LIST: &str = "name\ttype\nzorvil quay\tplace\n";
        let folder = tempfile::tempdir().expect("is made");
        let path = folder.path().join("river.tsv");
        let [pipe, regular] = ["pipe", "regular"].map(|name| folder.path().join(name));
        fs::write(&path, "name\ttype\n").expect("is written");
        fs::write(&regular, LIST).expect("is written");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("is there").success());
        let files = ListFiles {
            watch: vec![path.clone()],
            deny: None,
        };
        let used = files.stamps();
        let engine = SharedEngine::new(Engine::new().with_lists(files.load().expect("is a list")));
        let stop = CancellationToken::new();
        let (open, opened) = tokio::sync::oneshot::channel();
        let (go, gone) = std::sync::mpsc::sync_channel(1);
        let change = async {
            let slow = path.clone();
            fs::rename(&pipe, &path).expect("is replaced");
            let writer = std::thread::spawn(move || {
                use std::io::Write;
                let mut pipe = fs::OpenOptions::new().write(true).open(slow).expect("opens");
                open.send(()).expect("somebody waits");
                let heard = gone.recv_timeout(Duration::from_secs(30)).is_ok();
                pipe.write_all(LIST.as_bytes()).expect("is read");
                heard
            });
            opened.await.expect("is opened");
            fs::rename(&regular, &path).expect("is replaced");
            go.send(()).expect("the writer waits");
            while lists_of(&engine.current(), "Marked was zorvil quay.").is_empty() {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            stop.cancel();
            writer.join().expect("ends")
        };
        let ((), heard) = tokio::join!(keep_fresh(files, used, engine.clone(), stop.clone()), change);
        assert!(heard, "the runtime waited for the list");
    }

    #[test]
    fn missing_list_is_named() {
        let files = ListFiles {
            watch: vec![PathBuf::from("nowhere.tsv")],
            deny: None,
        };
        assert!(
            files
                .load()
                .expect_err("is missing")
                .to_string()
                .contains("nowhere.tsv")
        );
    }
}
