//! Suspects are analysed in a process of their own.
//!
//! A redelivered article may be the one that took its worker down: a stack overflow, a crash in native code, or
//! the kernel out of memory, none of which [`catch_unwind`](std::panic::catch_unwind) sees. In a child process such
//! an article costs the child; the articles that were merely on the same worker get through.
//!
//! ```text
//! worker ── watch-lists, one line of JSON ──▶ child
//! worker ── article, one line of JSON ──────▶ child ── the record, one line ──▶ worker
//!                                               └── ended instead: the article is poison
//! ```
//!
//! The child gets the lists that the worker uses, not those that lie in files by then; other lists, another child.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;
use wire::Article;

use crate::engine::{Engine, WatchLists};
use crate::to_wire::Enriched;

/// How long one article may take in the child, start of the child included. The engine takes milliseconds.
const WITHIN: Duration = Duration::from_mins(1);

/// Signals that operators and supervisors send, which say nothing about the article: HUP, INT, KILL, TERM.
const FROM_OUTSIDE: [i32; 4] = [1, 2, 9, 15];

/// The program that analyses suspects: it reads watch-lists and then articles on standard input, one line of JSON
/// each, and answers each article with an [`Enriched`] on one line; see [`serve`].
#[derive(Debug, Clone)]
pub struct Quarantine {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

/// What a suspect did to the child.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It was analysed.
    Enriched(Box<Enriched>),
    /// It took the child down.
    Poison(String),
    /// The child could not be used; that says nothing about the article.
    Unavailable(String),
}

/// Runs one child at a time, started when the first suspect comes.
#[derive(Debug)]
pub(crate) struct Cell {
    quarantine: Quarantine,
    inmate: Mutex<Option<Inmate>>,
}

#[derive(Debug)]
struct Inmate {
    child: Child,
    articles: ChildStdin,
    records: BufReader<ChildStdout>,
    /// What it looks for; sent when it was started.
    lists: Arc<WatchLists>,
}

impl Cell {
    pub(crate) fn new(quarantine: Quarantine) -> Self {
        Self {
            quarantine,
            inmate: Mutex::new(None),
        }
    }

    /// Analyses a suspect. Suspects wait for each other, so that a crash has one culprit.
    pub(crate) async fn analyse(&self, article: &Article, lists: &Arc<WatchLists>) -> Outcome {
        let mut slot = self.inmate.lock().await;
        // Taken out first: if this future is dropped midway, the child goes with it.
        let mut inmate = match slot.take() {
            Some(inmate) if Arc::ptr_eq(&inmate.lists, lists) => inmate,
            _ => match self.start(lists).await {
                Ok(inmate) => inmate,
                Err(error) => {
                    return Outcome::Unavailable(format!("failed to start the quarantine: {error}"));
                }
            },
        };
        match tokio::time::timeout(WITHIN, inmate.ask(article)).await {
            Ok(Ok(enriched)) => {
                *slot = Some(inmate);
                Outcome::Enriched(Box::new(enriched))
            }
            Ok(Err(error)) => inmate.post_mortem(&error).await,
            Err(_) => Outcome::Poison(format!("the analysis took longer than {} s", WITHIN.as_secs())),
        }
    }

    async fn start(&self, lists: &Arc<WatchLists>) -> io::Result<Inmate> {
        tracing::info!("starting a quarantine for redelivered articles");
        let mut child = Command::new(&self.quarantine.program)
            .args(&self.quarantine.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Of its own group, so that Ctrl-C on a terminal does not look like a crash.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let (articles, records) = (child.stdin.take(), child.stdout.take());
        let piped = || io::Error::other("the child has no pipes");
        let mut inmate = Inmate {
            articles: articles.ok_or_else(piped)?,
            records: BufReader::new(records.ok_or_else(piped)?),
            child,
            lists: Arc::clone(lists),
        };
        inmate.tell(&**lists).await?;
        Ok(inmate)
    }
}

impl Inmate {
    async fn tell(&mut self, message: &impl serde::Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(message)?;
        line.push(b'\n');
        self.articles.write_all(&line).await?;
        self.articles.flush().await
    }

    async fn ask(&mut self, article: &Article) -> io::Result<Enriched> {
        self.tell(article).await?;
        let mut answer = String::new();
        if self.records.read_line(&mut answer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(serde_json::from_str(&answer)?)
    }

    /// Tells what became of a child that did not answer.
    async fn post_mortem(mut self, error: &io::Error) -> Outcome {
        drop(self.articles);
        match tokio::time::timeout(WITHIN, self.child.wait()).await {
            Ok(Ok(status)) => judge(status, error),
            Ok(Err(error)) => Outcome::Unavailable(format!("failed to wait for the quarantine: {error}")),
            Err(_) => Outcome::Unavailable(format!("the quarantine hangs: {error}")),
        }
    }
}

fn judge(status: ExitStatus, error: &io::Error) -> Outcome {
    match status.signal() {
        Some(signal) if FROM_OUTSIDE.contains(&signal) => {
            Outcome::Unavailable(format!("the quarantine was stopped: {status}"))
        }
        None if status.success() => Outcome::Unavailable(format!("the quarantine ended early: {error}")),
        _ => Outcome::Poison(format!("the analysis took its process down: {status}")),
    }
}

/// What the child runs: reads watch-lists, then answers every article on `input` with its record on `records`, until
/// there are no more.
pub fn serve(engine: &Engine, input: impl io::BufRead, mut records: impl io::Write) -> io::Result<()> {
    let mut lines = input.lines();
    let Some(lists) = lines.next() else {
        return Ok(());
    };
    let engine = engine.with_lists(serde_json::from_str(&lists?)?);
    for line in lines {
        let article: Article = serde_json::from_str(&line?)?;
        let enriched = crate::to_wire::enrich_with_sentences(&engine, article);
        serde_json::to_writer(&mut records, &enriched)?;
        records.write_all(b"\n")?;
        records.flush()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use wire::ArticleId;
    use wire::message::{Format, Source};

    use super::*;

    fn article() -> Article {
        let source = Source {
            name: "test".to_owned(),
            path: "a.txt".to_owned(),
            item: None,
            format: Format::Text,
            bytes: 4,
            encoding: "utf-8".to_owned(),
            received: Some(Timestamp::UNIX_EPOCH),
        };
        let text = "Ten people died in Kabul.\nPolice said so.";
        Article::new(ArticleId::of(text.as_bytes()), source, text.to_owned())
    }

    fn shell(script: &str) -> Cell {
        Cell::new(Quarantine {
            program: "sh".into(),
            arguments: vec!["-c".into(), script.into()],
        })
    }

    #[tokio::test]
    async fn only_a_crash_makes_poison() {
        for (script, poison) in [
            ("read lists; read line; kill -ABRT $$", true),
            ("read lists; read line; kill -SEGV $$", true),
            ("read lists; read line; exit 3", true),
            ("read lists; read line; kill -TERM $$", false),
            ("read lists; read line; kill -KILL $$", false),
            ("exit 0", false),
        ] {
            let outcome = shell(script).analyse(&article(), &Arc::default()).await;
            assert_eq!(
                matches!(outcome, Outcome::Poison(_)),
                poison,
                "{script}: {outcome:?}"
            );
            assert!(!matches!(outcome, Outcome::Enriched(_)), "{script}: {outcome:?}");
        }
        let missing = Cell::new(Quarantine {
            program: "/nowhere/slugline".into(),
            arguments: Vec::new(),
        });
        assert!(matches!(
            missing.analyse(&article(), &Arc::default()).await,
            Outcome::Unavailable(_)
        ));
    }

    #[tokio::test]
    async fn one_child_answers_many_and_a_crashed_one_is_replaced() {
        let mut answer = Vec::new();
        let lists = Arc::default();
        serve(&Engine::new(), input(&lists).as_slice(), &mut answer).expect("serves");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("answer");
        std::fs::write(&path, answer).expect("writes");
        // Answers twice, then crashes at the third.
        let script = format!(
            "read lists; read a; cat {0}; read b; cat {0}; read c; kill -ABRT $$",
            path.display()
        );
        let cell = shell(&script);
        for _ in 0..2 {
            for _ in 0..2 {
                let Outcome::Enriched(enriched) = cell.analyse(&article(), &lists).await else {
                    panic!("must be analysed")
                };
                assert_eq!(enriched.record.text, article().text);
            }
            assert!(matches!(
                cell.analyse(&article(), &lists).await,
                Outcome::Poison(_)
            ));
        }
    }

    #[tokio::test]
    async fn other_lists_are_looked_for_by_another_child() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("told");
        // Notes the lists it was told, and answers every article with a record of the right form.
        let mut answer = Vec::new();
        serve(&Engine::new(), input(&Arc::default()).as_slice(), &mut answer).expect("serves");
        let form = folder.path().join("answer");
        std::fs::write(&form, answer).expect("writes");
        let script = format!(
            "read -r lists; echo \"$lists\" >> {}; while read -r line; do cat {}; done",
            path.display(),
            form.display()
        );
        let cell = shell(&script);
        let mut listed = WatchLists::new();
        listed
            .watch("river", "name\ttype\nzorvil quay\tplace\n")
            .expect("is a list");
        let (none, listed) = (Arc::default(), Arc::new(listed));
        for lists in [&none, &none, &listed, &listed] {
            let outcome = cell.analyse(&article(), lists).await;
            assert!(matches!(outcome, Outcome::Enriched(_)), "{outcome:?}");
        }
        let told = std::fs::read_to_string(&path).expect("is written");
        let told: Vec<WatchLists> = told
            .lines()
            .map(|line| serde_json::from_str(line).expect("lists"))
            .collect();
        assert_eq!(told, [WatchLists::default(), (*listed).clone()]);
    }

    #[test]
    fn the_child_finds_what_is_on_the_lists() {
        let mut lists = WatchLists::new();
        lists
            .watch("desk", "name\ttype\nkabul\tplace\n")
            .expect("is a list");
        let mut answer = Vec::new();
        serve(&Engine::new(), input(&Arc::new(lists)).as_slice(), &mut answer).expect("serves");
        let enriched: Enriched = serde_json::from_slice(&answer).expect("a record");
        let listed = |entity: &wire::message::Entity| entity.lists == ["desk"];
        assert!(
            enriched.record.entities.iter().any(listed),
            "{:?}",
            enriched.record.entities
        );
    }

    /// Returns what a child is told: the lists, and one article.
    fn input(lists: &Arc<WatchLists>) -> Vec<u8> {
        let mut lines = serde_json::to_vec(&**lists).expect("serialises");
        lines.push(b'\n');
        serde_json::to_writer(&mut lines, &article()).expect("serialises");
        lines
    }
}
