//! Suspects are analysed in a process of their own.
//!
//! A redelivered article may be the one that took its worker down: a stack overflow, a crash in native code, or
//! the kernel out of memory, none of which [`catch_unwind`](std::panic::catch_unwind) sees. In a child process such
//! an article costs the child; the articles that were merely on the same worker get through.
//!
//! ```text
//! worker ── article, one line of JSON ──▶ child ── the record, one line ──▶ worker
//!                                           └── ended instead: the article is poison
//! ```

use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;
use wire::Article;

use crate::to_wire::Enriched;

/// How long one article may take in the child, start of the child included. The engine takes milliseconds.
const WITHIN: Duration = Duration::from_mins(1);

/// Signals that operators and supervisors send, which say nothing about the article: HUP, INT, KILL, TERM.
const FROM_OUTSIDE: [i32; 4] = [1, 2, 9, 15];

/// The program that analyses suspects: it reads articles on standard input, one line of JSON each, and answers each
/// with an [`Enriched`] on one line; see [`serve`].
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
}

impl Cell {
    pub(crate) fn new(quarantine: Quarantine) -> Self {
        Self {
            quarantine,
            inmate: Mutex::new(None),
        }
    }

    /// Analyses a suspect. Suspects wait for each other, so that a crash has one culprit.
    pub(crate) async fn analyse(&self, article: &Article) -> Outcome {
        let mut slot = self.inmate.lock().await;
        // Taken out first: if this future is dropped midway, the child goes with it.
        let mut inmate = match slot.take() {
            Some(inmate) => inmate,
            None => match self.start() {
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

    fn start(&self) -> io::Result<Inmate> {
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
        Ok(Inmate {
            articles: articles.ok_or_else(piped)?,
            records: BufReader::new(records.ok_or_else(piped)?),
            child,
        })
    }
}

impl Inmate {
    async fn ask(&mut self, article: &Article) -> io::Result<Enriched> {
        let mut line = serde_json::to_vec(article)?;
        line.push(b'\n');
        self.articles.write_all(&line).await?;
        self.articles.flush().await?;
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

/// What the child runs: answers every article on `articles` with its record on `records`, until there are no more.
pub fn serve(
    engine: &crate::Engine,
    articles: impl io::BufRead,
    mut records: impl io::Write,
) -> io::Result<()> {
    for line in articles.lines() {
        let article: Article = serde_json::from_str(&line?)?;
        let enriched = crate::to_wire::enrich_with_sentences(engine, article);
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
            received: Timestamp::UNIX_EPOCH,
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
            ("read line; kill -ABRT $$", true),
            ("read line; kill -SEGV $$", true),
            ("read line; exit 3", true),
            ("read line; kill -TERM $$", false),
            ("read line; kill -KILL $$", false),
            ("exit 0", false),
        ] {
            let outcome = shell(script).analyse(&article()).await;
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
            missing.analyse(&article()).await,
            Outcome::Unavailable(_)
        ));
    }

    #[tokio::test]
    async fn one_child_answers_many_and_a_crashed_one_is_replaced() {
        let mut answer = Vec::new();
        let line = serde_json::to_string(&article()).expect("serialises");
        serve(&crate::Engine::new(), line.as_bytes(), &mut answer).expect("serves");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("answer");
        std::fs::write(&path, answer).expect("writes");
        // Answers twice, then crashes at the third.
        let script = format!(
            "read a; cat {0}; read b; cat {0}; read c; kill -ABRT $$",
            path.display()
        );
        let cell = shell(&script);
        for _ in 0..2 {
            for _ in 0..2 {
                let Outcome::Enriched(enriched) = cell.analyse(&article()).await else {
                    panic!("must be analysed")
                };
                assert_eq!(enriched.record.text, article().text);
            }
            assert!(matches!(cell.analyse(&article()).await, Outcome::Poison(_)));
        }
    }
}
