//! A folder, a running watcher and a consumer that remembers what came.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use watcher::{Config, Error, Progress};
use wire::transport::embedded;
use wire::{Article, ArticleId, Consumer, Publisher, Settlement};

/// Longest wait for anything; only a failing test waits that long.
const PATIENCE: Duration = Duration::from_secs(20);

/// An inbox with its state folder. Both go when it is dropped.
pub(crate) struct Sandbox {
    pub(crate) config: Config,
    folder: tempfile::TempDir,
}

/// What the consumer has seen: per article how often, and its text.
pub(crate) type Seen = BTreeMap<ArticleId, (u32, String)>;

/// A watcher at work. Dropping it is a crash: nothing is finished.
pub(crate) struct Running {
    pub(crate) progress: Arc<Progress>,
    pub(crate) shutdown: CancellationToken,
    watcher: JoinSet<Result<(), Error>>,
    collector: JoinSet<()>,
    seen: watch::Receiver<Seen>,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self::in_folder(tempfile::tempdir().expect("a folder"))
    }

    /// Returns a sandbox for very many files, on a file system in memory where there is one.
    pub(crate) fn in_memory() -> Self {
        match tempfile::tempdir_in("/dev/shm") {
            Ok(folder) => Self::in_folder(folder),
            Err(_) => Self::new(),
        }
    }

    fn in_folder(folder: tempfile::TempDir) -> Self {
        let inbox = folder.path().join("in");
        fs::create_dir(&inbox).expect("an inbox");
        let config = Config {
            settle_time: Duration::from_millis(150),
            rescan_interval: Duration::from_millis(500),
            poll_interval: Duration::from_millis(100),
            ..Config::new(inbox, folder.path().join("state"))
        };
        Self { config, folder }
    }

    /// Returns the path of something beside the inbox.
    pub(crate) fn outside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.config.inbox.join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> ArticleId {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        fs::write(path, text).expect("written");
        ArticleId::of(text.as_bytes())
    }

    /// Starts a watcher that settles everything it publishes.
    pub(crate) fn start(&self) -> Running {
        Running::start(self.config.clone(), |_| Settlement::Done)
    }

    /// Runs once over what is there and returns what came.
    pub(crate) async fn once(&self) -> (Seen, watcher::Snapshot) {
        self.once_with(|_| Settlement::Done).await
    }

    /// Runs once with articles settled as told.
    pub(crate) async fn once_with(
        &self,
        settle: impl Fn(&Article) -> Settlement + Send + 'static,
    ) -> (Seen, watcher::Snapshot) {
        let config = Config {
            once: true,
            ..self.config.clone()
        };
        Running::start(config, settle).ended().await
    }

    /// Returns the reasons in `failed/`, by the name of the error file.
    pub(crate) fn failures(&self) -> BTreeMap<String, String> {
        let mut failures = BTreeMap::new();
        let mut folders = vec![self.config.failed_dir.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let name = path
                    .strip_prefix(&self.config.failed_dir)
                    .expect("inside")
                    .to_string_lossy()
                    .into_owned();
                if let Some(name) = name.strip_suffix(".error.json") {
                    let text = fs::read(&path).expect("read");
                    let error: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
                    failures.insert(
                        name.to_owned(),
                        error["reason"].as_str().expect("a reason").to_owned(),
                    );
                }
            }
        }
        failures
    }
}

impl Running {
    /// Starts a watcher whose articles are settled as told.
    pub(crate) fn start(config: Config, settle: impl Fn(&Article) -> Settlement + Send + 'static) -> Self {
        let (articles, consumer) = embedded::channel("sink", 64);
        let progress = Arc::new(Progress::default());
        let shutdown = CancellationToken::new();
        let (sender, seen) = watch::channel(Seen::new());
        let mut watcher = JoinSet::new();
        let mut collector = JoinSet::new();
        collector.spawn(collect(consumer, sender, settle));
        watcher.spawn(run_when_unlocked(
            config,
            articles,
            Arc::clone(&progress),
            shutdown.clone(),
        ));
        Self {
            progress,
            shutdown,
            watcher,
            collector,
            seen,
        }
    }

    /// Waits until what was seen fulfils the condition.
    #[track_caller]
    pub(crate) fn until(
        &mut self,
        what: &str,
        condition: impl FnMut(&Seen) -> bool,
    ) -> impl Future<Output = ()> {
        let what = what.to_owned();
        let mut seen = self.seen.clone();
        async move {
            let waited = timeout(PATIENCE, seen.wait_for(condition)).await;
            let fulfilled = waited.unwrap_or_else(|_| panic!("{what} did not come about"));
            fulfilled.expect("the collector runs as long as the watcher");
        }
    }

    pub(crate) async fn until_seen(&mut self, id: ArticleId) {
        self.until(&format!("{id}"), |seen| seen.contains_key(&id)).await;
    }

    pub(crate) fn seen(&self) -> Seen {
        self.seen.borrow().clone()
    }

    /// Waits for the end that the watcher comes to by itself.
    pub(crate) async fn ended(mut self) -> (Seen, watcher::Snapshot) {
        let ended = timeout(PATIENCE * 3, self.watcher.join_next()).await;
        let ended = ended
            .expect("it ends in time")
            .expect("a watcher")
            .expect("no panic");
        ended.expect("it ends well");
        (self.seen(), self.progress.snapshot())
    }

    /// Stops the watcher in good order.
    pub(crate) async fn stop(self) -> (Seen, watcher::Snapshot) {
        self.shutdown.cancel();
        self.ended().await
    }

    /// Ends the watcher in the middle of whatever it does.
    pub(crate) async fn crash(mut self) -> Seen {
        self.watcher.shutdown().await;
        // Only now is certain that nothing more is settled.
        self.collector.shutdown().await;
        self.seen()
    }
}

/// Waits until the condition holds, looking every few milliseconds: for what no signal tells, such as a file being
/// moved.
pub(crate) async fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let waiting = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, waiting)
        .await
        .unwrap_or_else(|_| panic!("{what} did not come about"));
}

/// The threads of a crashed watcher end shortly after it, and the lock with them.
async fn run_when_unlocked(
    config: Config,
    articles: Publisher<Article>,
    progress: Arc<Progress>,
    shutdown: CancellationToken,
) -> Result<(), Error> {
    let started = Instant::now();
    loop {
        let run = watcher::run(
            config.clone(),
            articles.clone(),
            Arc::clone(&progress),
            shutdown.clone(),
        );
        match run.await {
            Err(Error::Locked { .. }) if started.elapsed() < PATIENCE => {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            outcome => return outcome,
        }
    }
}

async fn collect(
    mut consumer: Consumer<Article>,
    seen: watch::Sender<Seen>,
    settle: impl Fn(&Article) -> Settlement + Send + 'static,
) {
    while let Some(delivery) = consumer.next().await {
        let article = Arc::clone(&delivery.message);
        let settlement = settle(&article);
        if settlement == Settlement::Done {
            seen.send_modify(|seen| {
                let entry = seen
                    .entry(article.id)
                    .or_insert_with(|| (0, article.text.clone()));
                entry.0 += 1;
            });
        }
        delivery.settle(settlement).await.expect("settled");
    }
}
