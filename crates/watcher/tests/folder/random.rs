//! Random sequences of what people and programs do to folders, against a model.
//!
//! The model knows every content that a file had between two actions. In the end every content that is left in the
//! folder was published, and nothing was published that no file ever held.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use watcher::{After, Polling};
use wire::ArticleId;

use crate::sandbox::{Running, Sandbox, eventually};

const NAMES: [&str; 8] = [
    "a",
    "b.txt",
    "sub/a",
    "sub/c.txt",
    "sub/deep/d",
    "x/y",
    "x/z.html",
    "e e",
];

#[derive(Debug, Clone)]
enum Action {
    Write(usize),
    Append(usize),
    /// Renames a file, replacing what had the name.
    Rename(usize, usize),
    /// Renames a new file in from outside.
    RenameIn(usize),
    Delete(usize),
    /// Makes a folder and writes into it at once.
    NewFolder(usize),
    /// Renames a folder.
    RenameFolder,
    Link(usize, usize),
    Burst(usize),
    /// Waits until everything that is there was published.
    Settle,
    Restart,
    Crash,
}

fn action() -> impl Strategy<Value = Action> {
    let name = || 0..NAMES.len();
    prop_oneof![
        6 => name().prop_map(Action::Write),
        4 => name().prop_map(Action::Append),
        4 => (name(), name()).prop_map(|(from, to)| Action::Rename(from, to)),
        3 => name().prop_map(Action::RenameIn),
        2 => name().prop_map(Action::Delete),
        2 => (0..4_usize).prop_map(Action::NewFolder),
        1 => Just(Action::RenameFolder),
        2 => (name(), name()).prop_map(|(from, to)| Action::Link(from, to)),
        1 => (20..60_usize).prop_map(Action::Burst),
        1 => Just(Action::Settle),
        1 => Just(Action::Restart),
        1 => Just(Action::Crash),
    ]
}

struct World {
    sandbox: Sandbox,
    running: Option<Running>,
    /// Every content that ever was.
    possible: BTreeSet<ArticleId>,
    /// Every content published by watchers that have ended.
    seen: BTreeSet<ArticleId>,
    counter: u32,
    crashed: bool,
}

impl World {
    fn new(polling: Polling) -> Self {
        let mut sandbox = Sandbox::new();
        sandbox.config.polling = polling;
        sandbox.config.settle_time = Duration::from_millis(60);
        let running = Some(sandbox.start());
        Self {
            sandbox,
            running,
            possible: BTreeSet::new(),
            seen: BTreeSet::new(),
            counter: 0,
            crashed: false,
        }
    }

    fn fresh_text(&mut self) -> String {
        self.counter += 1;
        // Often of equal length, so that size alone tells nothing.
        let text = format!("article {:04}", self.counter);
        self.possible.insert(ArticleId::of(text.as_bytes()));
        text
    }

    /// Makes the folder of a name; false if a file is in the way.
    fn make_room(&self, name: &str) -> bool {
        let path = self.sandbox.path(name);
        path.parent()
            .is_some_and(|parent| fs::create_dir_all(parent).is_ok())
            && !path.is_dir()
    }

    async fn act(&mut self, action: &Action) {
        match *action {
            Action::Write(name) => {
                let text = self.fresh_text();
                if self.make_room(NAMES[name]) {
                    self.sandbox.write(NAMES[name], &text);
                }
            }
            Action::Append(name) => self.append(NAMES[name]),
            Action::Rename(from, to) => {
                if from != to && self.make_room(NAMES[to]) {
                    // It need not exist.
                    fs::rename(self.sandbox.path(NAMES[from]), self.sandbox.path(NAMES[to])).ok();
                }
            }
            Action::RenameIn(name) => {
                let text = self.fresh_text();
                fs::write(self.sandbox.outside("new"), text).expect("written");
                if self.make_room(NAMES[name]) {
                    fs::rename(self.sandbox.outside("new"), self.sandbox.path(NAMES[name])).expect("renamed");
                }
            }
            Action::Delete(name) => {
                fs::remove_file(self.sandbox.path(NAMES[name])).ok();
            }
            Action::NewFolder(depth) => {
                let text = self.fresh_text();
                let folder = format!("new{}/{}", self.counter, "d/".repeat(depth));
                self.sandbox.write(&format!("{folder}f.txt"), &text);
            }
            Action::RenameFolder => {
                self.counter += 1;
                let to = self.sandbox.path(format!("renamed{}", self.counter));
                fs::rename(self.sandbox.path("sub"), to).ok();
            }
            Action::Link(from, to) => {
                if self.make_room(NAMES[to]) {
                    fs::hard_link(self.sandbox.path(NAMES[from]), self.sandbox.path(NAMES[to])).ok();
                }
            }
            Action::Burst(count) => {
                for n in 0..count {
                    let text = self.fresh_text();
                    self.sandbox.write(&format!("burst/{n}.txt"), &text);
                }
            }
            Action::Settle => self.settle().await,
            Action::Restart => {
                let (seen, _) = self.running.take().expect("a watcher").stop().await;
                assert!(
                    self.crashed || seen.values().all(|(times, _)| *times == 1),
                    "published twice"
                );
                self.seen.extend(seen.into_keys());
                self.running = Some(self.sandbox.start());
            }
            Action::Crash => {
                self.seen
                    .extend(self.running.take().expect("a watcher").crash().await.into_keys());
                self.running = Some(self.sandbox.start());
                self.crashed = true;
            }
        }
    }

    fn append(&mut self, name: &str) {
        if !self.make_room(name) {
            return;
        }
        let path = self.sandbox.path(name);
        let mut text = fs::read_to_string(&path).unwrap_or_default();
        self.counter += 1;
        let addition = format!(" and {:04}", self.counter);
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .open(&path)
            .expect("opened");
        file.write_all(addition.as_bytes()).expect("written");
        text += &addition;
        self.possible.insert(ArticleId::of(text.as_bytes()));
        // Hard links of the file change with it.
        self.note_everything();
    }

    fn note_everything(&mut self) {
        self.possible.extend(self.contents());
    }

    /// Returns the contents in the folder.
    fn contents(&self) -> BTreeSet<ArticleId> {
        let mut contents = BTreeSet::new();
        let mut folders = vec![self.sandbox.config.inbox.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    contents.insert(ArticleId::of(&fs::read(path).expect("read")));
                }
            }
        }
        contents
    }

    async fn settle(&mut self) {
        let missing: BTreeSet<_> = self.contents().difference(&self.seen).copied().collect();
        let running = self.running.as_mut().expect("a watcher");
        running
            .until("all that is there", |seen| {
                missing.iter().all(|id| seen.contains_key(id))
            })
            .await;
    }

    async fn end(mut self) {
        self.settle().await;
        let (seen, _) = self.running.take().expect("a watcher").stop().await;
        self.seen.extend(seen.into_keys());
        let unknown: Vec<_> = self.seen.difference(&self.possible).collect();
        assert!(
            unknown.is_empty(),
            "published what no file ever held: {unknown:?}"
        );
        // One more run brings nothing: everything there is committed.
        let (again, _) = self.sandbox.once().await;
        let again: Vec<_> = again.into_keys().filter(|id| self.seen.contains(id)).collect();
        assert!(self.crashed || again.is_empty(), "published again: {again:?}");
    }
}

fn check_random(polling: Polling, cases: u32) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let config = ProptestConfig {
        cases,
        max_shrink_iters: 30,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let outcome = TestRunner::new(config).run(&prop::collection::vec(action(), 1..40), |actions| {
        runtime.block_on(async {
            let mut world = World::new(polling);
            for action in &actions {
                world.act(action).await;
            }
            world.end().await;
        });
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

#[test]
fn random_actions_with_events() {
    check_random(Polling::Never, 16);
}

#[test]
fn random_actions_with_polling() {
    check_random(Polling::Always, 8);
}

/// With `move` and `delete`, files come by rename and in new folders; all of them leave.
async fn check_leaving(after: After) {
    let mut sandbox = Sandbox::new();
    sandbox.config.after = after;
    let mut running = sandbox.start();
    let mut expect = BTreeSet::new();
    for n in 0..300 {
        let text = format!("article {n:04}");
        fs::write(sandbox.outside("new"), &text).expect("written");
        // The same few names again and again: often the name is taken, and its file is replaced.
        let name = NAMES[n % NAMES.len()];
        fs::create_dir_all(sandbox.path(name).parent().expect("a parent")).expect("made");
        let replaced = fs::read(sandbox.path(name)).is_ok();
        fs::rename(sandbox.outside("new"), sandbox.path(name)).expect("renamed");
        if !replaced {
            expect.insert(ArticleId::of(text.as_bytes()));
        }
        if n % 16 == 0 {
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }
    eventually("all files to leave", || {
        NAMES.iter().all(|name| !sandbox.path(name).exists())
    })
    .await;
    let last = ArticleId::of(b"article 0299");
    running.until_seen(last).await;
    let (seen, counts) = running.stop().await;
    assert!(seen.values().all(|(times, _)| *times == 1));
    assert_eq!(counts.failed, 0);
    if after == After::Move {
        let mut folders = vec![sandbox.config.done_dir.clone()];
        let mut done = BTreeSet::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    done.insert(ArticleId::of(&fs::read(path).expect("read")));
                }
            }
        }
        let seen: BTreeSet<_> = seen.into_keys().collect();
        assert!(done.is_subset(&seen), "moved away unpublished");
    }
}

#[tokio::test]
async fn moved_files_were_published() {
    check_leaving(After::Move).await;
}

#[tokio::test]
async fn deleted_files_were_published() {
    check_leaving(After::Delete).await;
}
