//! What the entity and figure events cost, with nobody listening and with some: paired with runs that send none.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::StreamExt;
use tokio::runtime::Runtime;

use super::corpus::Corpus;
use super::measure::run;
use super::{NO_EVENTS, run_command, server_pid, start_server};

/// How often each case is measured; the cases take turns, there and back, so that a change of the machine's mood hits
/// all of them.
const ROUNDS: usize = 5;

/// What is listened to: everything.
const SUBJECTS: [&str; 2] = ["slugline.entity.>", "slugline.figure.>"];

/// The cases: how many listen, or `None` where events are switched off.
const CASES: [Option<usize>; 4] = [None, Some(0), Some(1), Some(10)];

/// What one run cost per article, in µs, and how many events arrived per article.
#[derive(Clone, Copy)]
struct Taken {
    client: f64,
    server: f64,
    events: f64,
}

impl Taken {
    fn cpu(self) -> f64 {
        self.client + self.server
    }
}

/// Prints the table.
pub(crate) fn measure(corpus: &Corpus, folder: &Path) {
    println!(
        "| subscribers to all events | CPU µs/article | server µs/article | cost of fan-out | events/article |"
    );
    println!("|---|---|---|---|---|");
    let mut runs: [Vec<Taken>; CASES.len()] = Default::default();
    for round in 0..ROUNDS {
        for turn in 0..CASES.len() {
            let index = if round % 2 == 0 {
                turn
            } else {
                CASES.len() - 1 - turn
            };
            let out = folder.join(format!("fan-out-{round}-{index}"));
            runs[index].push(once(corpus, &out, CASES[index]));
        }
    }
    let medians = runs.map(|mut runs| {
        runs.sort_by(|one, other| one.cpu().total_cmp(&other.cpu()));
        runs[runs.len() / 2]
    });
    for (case, taken) in CASES.iter().zip(medians) {
        let off = medians[0].cpu();
        println!(
            "| {} | {:.0} | {:.0} | {:+.1} % | {:.1} |",
            case.map_or("events switched off".to_owned(), |count| count.to_string()),
            taken.client,
            taken.server,
            (taken.cpu() - off) / off * 100.0,
            taken.events,
        );
    }
}

fn once(corpus: &Corpus, out: &Path, subscribers: Option<usize>) -> Taken {
    let pid_file = out.with_extension("pid");
    let server = start_server(&pid_file);
    let listeners = Listeners::start(&server.url(), subscribers.unwrap_or(0));
    let mut command = run_command(&corpus.folder, out);
    command.args(["--nats", &server.url()]);
    if subscribers.is_none() {
        command.args(NO_EVENTS);
    }
    let cost = run(&mut command, Some(server_pid(&pid_file)));
    let per_article = |cpu: Duration| cpu.as_secs_f64() * 1e6 / corpus.files.len() as f64;
    Taken {
        client: per_article(cost.cpu),
        server: per_article(cost.server_cpu),
        events: listeners.heard() as f64 / corpus.files.len() as f64,
    }
}

/// Subscribers in this process, each with a connection of its own.
struct Listeners {
    runtime: Runtime,
    heard: Arc<AtomicU64>,
}

impl Listeners {
    fn start(url: &str, count: usize) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let heard = Arc::new(AtomicU64::new(0));
        for _ in 0..count {
            runtime.block_on(async {
                let client = async_nats::connect(url).await.expect("connects");
                for subject in SUBJECTS {
                    let mut events = client.subscribe(subject).await.expect("subscribes");
                    let (heard, client) = (Arc::clone(&heard), client.clone());
                    #[expect(clippy::disallowed_methods, reason = "it ends with the runtime")]
                    tokio::spawn(async move {
                        while events.next().await.is_some() {
                            heard.fetch_add(1, Ordering::Relaxed);
                        }
                        drop(client);
                    });
                }
                client.flush().await.expect("is flushed");
            });
        }
        Self { runtime, heard }
    }

    /// Returns how many events arrived, and stops listening.
    fn heard(self) -> u64 {
        // What is under way may still come; the cost is known by then.
        self.runtime.shutdown_timeout(Duration::from_millis(200));
        self.heard.load(Ordering::Relaxed)
    }
}
