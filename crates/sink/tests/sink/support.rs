//! What the tests of the sink share: synthetic records, a running sink, and the reading back of a folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sink::{Config, Error, Progress};
use tokio::task::JoinHandle;
use wire::message::{Article, Format, Revision, Source};
use wire::transport::embedded;
use wire::{ArticleId, EnrichedArticle, Line, Publisher};

/// Returns the record number `n`: the same bytes every time.
pub(crate) fn record(n: usize) -> Arc<Line> {
    revised(n, "test-1")
}

/// Returns the record number `n` as another model made it.
pub(crate) fn revised(n: usize, model: &str) -> Arc<Line> {
    let text = format!("Article {n}\nAt least {n} people — “all of them” — waited.\n").repeat(1 + n % 7);
    let source = Source {
        name: "inbox".to_owned(),
        path: format!("{n}.txt"),
        item: None,
        format: Format::Text,
        bytes: text.len() as u64,
        encoding: "utf-8".to_owned(),
        received: Some(jiff::Timestamp::UNIX_EPOCH),
    };
    let article = Article::new(id(n), source, text);
    let revision = Revision {
        pipeline: "0.1.0".to_owned(),
        model: model.to_owned(),
    };
    Arc::new(Line::of(&EnrichedArticle::from_article(article, revision)).expect("serialises"))
}

/// Returns the id of record number `n`.
pub(crate) fn id(n: usize) -> ArticleId {
    ArticleId::of(format!("article {n}").as_bytes())
}

/// A sink that runs, and the end of the carrier that feeds it.
pub(crate) struct Running {
    pub(crate) publisher: Publisher<Line>,
    pub(crate) progress: Arc<Progress>,
    task: JoinHandle<Result<(), Error>>,
}

impl Running {
    #[expect(clippy::disallowed_methods, reason = "a test joins its one task")]
    pub(crate) fn start(config: Config) -> Self {
        let (publisher, consumer) = embedded::channel("sink", 1024);
        let progress = Arc::new(Progress::default());
        let task = tokio::spawn(sink::run(config, consumer, Arc::clone(&progress)));
        Self {
            publisher,
            progress,
            task,
        }
    }

    /// Publishes a record and waits until the sink has settled it.
    pub(crate) async fn deliver(&self, record: Arc<Line>) {
        let receipt = self.publisher.publish(record).await.expect("the sink runs");
        receipt.wait().await.expect("settled");
    }

    /// Publishes records and waits until the sink has settled them all.
    pub(crate) async fn deliver_all(&self, records: impl IntoIterator<Item = Arc<Line>>) {
        let mut receipts = Vec::new();
        for record in records {
            receipts.push(self.publisher.publish(record).await.expect("the sink runs"));
            if receipts.len() == 512 {
                for receipt in receipts.drain(..) {
                    receipt.wait().await.expect("settled");
                }
            }
        }
        for receipt in receipts {
            receipt.wait().await.expect("settled");
        }
    }

    /// Ends the deliveries and waits until the sink has ended.
    pub(crate) async fn end(self) -> Result<Arc<Progress>, Error> {
        drop(self.publisher);
        self.task.await.expect("no panic").map(|()| self.progress)
    }

    /// Stops the sink in the middle of whatever it does.
    pub(crate) async fn abort(self) {
        self.task.abort();
        let aborted = self.task.await;
        assert!(aborted.is_err() || aborted.is_ok_and(|result| result.is_ok()));
    }
}

/// Returns a configuration with short waits.
pub(crate) fn config(out: &Path) -> Config {
    Config {
        batch_wait: Duration::from_millis(5),
        ..Config::new(out)
    }
}

/// Runs a sink over some records, from start to end.
pub(crate) async fn write_all(config: Config, numbers: impl IntoIterator<Item = usize>) -> Arc<Progress> {
    let running = Running::start(config);
    running.deliver_all(numbers.into_iter().map(record)).await;
    running.end().await.expect("ends well")
}

/// Returns the parts of a folder whose names end so, in order.
pub(crate) fn parts(out: &Path, suffix: &str) -> Vec<PathBuf> {
    let mut parts: Vec<PathBuf> = fs::read_dir(out)
        .expect("the folder is there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| {
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            name.starts_with("part-") && name.ends_with(suffix)
        })
        .collect();
    parts.sort();
    parts
}

/// Returns the content of a part, decompressed.
fn content(part: &Path) -> Vec<u8> {
    let bytes = fs::read(part).expect("readable");
    if part.extension().is_some_and(|extension| extension == "zst") {
        return zstd::decode_all(bytes.as_slice()).expect("whole zstd frames");
    }
    bytes
}

/// Returns the ids of all whole lines that a killed sink left behind.
pub(crate) fn ids_left_behind(out: &Path) -> BTreeSet<ArticleId> {
    let mut ids = BTreeSet::new();
    for part in parts(out, "") {
        for line in content(&part).split_inclusive(|byte| *byte == b'\n') {
            if line.ends_with(b"\n") {
                let record: EnrichedArticle =
                    serde_json::from_slice(line).expect("each whole line is a record");
                ids.insert(record.id);
            }
        }
    }
    ids
}

/// Returns how many lines each article id has in all parts, having checked that each line is a whole record.
pub(crate) fn lines_by_id(out: &Path) -> BTreeMap<ArticleId, usize> {
    let mut lines = BTreeMap::new();
    for part in parts(out, "") {
        let bytes = content(&part);
        assert!(
            bytes.is_empty() || bytes.ends_with(b"\n"),
            "{} ends in a torn line",
            part.display()
        );
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let record: EnrichedArticle = serde_json::from_slice(line).expect("each line is a record");
            *lines.entry(record.id).or_default() += 1;
        }
    }
    lines
}

/// Checks that the folder holds exactly one line of each of these records and none else.
pub(crate) fn assert_exactly_once(out: &Path, numbers: impl IntoIterator<Item = usize>) {
    let expected: BTreeMap<ArticleId, usize> = numbers.into_iter().map(|n| (id(n), 1)).collect();
    let found = lines_by_id(out);
    let missing = expected.keys().filter(|id| !found.contains_key(id)).count();
    let doubled = found.values().filter(|count| **count > 1).count();
    assert_eq!(
        (missing, doubled),
        (0, 0),
        "(missing, doubled) of {}",
        expected.len()
    );
    assert_eq!(found, expected);
}
