//! What the pipeline costs, against the bare carrier: `cargo bench --bench pipeline`.
//!
//! A benchmark, not a test: it prints a table (docs/performance.md keeps one) and fails only if something does not
//! run. Processor time is the fair measure of cost, because stages that run at the same time share the cores; the
//! table says both. `cargo bench --bench pipeline -- [ARTICLES] [WAITING]` sets the sizes.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]
#![expect(clippy::cast_sign_loss, reason = "shares and counts are never negative")]

mod carrier;
mod corpus;
mod latency;
mod measure;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use nats_harness::{Options, Server};

use corpus::Corpus;
use measure::{Cost, process_cpu, run};

/// Articles in the throughput runs, unless told otherwise.
const ARTICLES: usize = 10_000;

/// Waiting files in the large memory run, unless told otherwise.
const WAITING: usize = 100_000;

/// One row of the table.
struct Row {
    name: &'static str,
    articles: usize,
    bytes: u64,
    cost: Cost,
}

impl Row {
    fn cpu_per_article(&self) -> Duration {
        (self.cost.cpu + self.cost.server_cpu) / self.articles as u32
    }

    fn print(&self) {
        let seconds = self.cost.wall.as_secs_f64();
        let micros = |cpu: Duration| cpu.as_secs_f64() * 1e6 / self.articles as f64;
        println!(
            "| {:<38} | {:>10.0} | {:>6.2} | {:>9.0} | {:>9.0} | {:>8.1} |",
            self.name,
            self.articles as f64 / seconds,
            self.bytes as f64 / seconds / 1e6,
            micros(self.cost.cpu),
            micros(self.cost.server_cpu),
            self.cost.peak_memory as f64 / 1e6,
        );
    }
}

fn main() {
    let mut sizes = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse().ok());
    let (articles, waiting) = (sizes.next().unwrap_or(ARTICLES), sizes.next().unwrap_or(WAITING));
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder");
    let corpus = Corpus::make(&folder.path().join("inbox"), articles);
    println!(
        "{articles} articles of {} bytes on average",
        corpus.bytes / articles as u64
    );
    println!("| what | articles/s | MB/s | CPU µs/article | server µs/article | peak MB |");
    println!("|---|---|---|---|---|---|");
    let row = |name, cost| {
        let row = Row {
            name,
            articles,
            bytes: corpus.bytes,
            cost,
        };
        row.print();
        row
    };
    let engine = row("`tag`: read and analyse, no transport", tag(&corpus));
    let embedded = row(
        "`run`, embedded",
        embedded(&corpus, &folder.path().join("embedded")),
    );
    let (cost, payloads) = on_nats(&corpus, &folder.path().join("nats"));
    let nats = row("`run --nats`", cost);
    let bare = row("bare carrier, both hops", bare(&payloads, folder.path()));

    println!();
    for (name, whole) in [("embedded", &embedded), ("on NATS", &nats)] {
        let over = whole.cpu_per_article().saturating_sub(engine.cpu_per_article());
        println!(
            "transport and sink {name}: {:.0} µs/article = {:.2} × the bare carrier (at most 1.5)",
            over.as_secs_f64() * 1e6,
            over.as_secs_f64() / bare.cpu_per_article().as_secs_f64()
        );
    }
    memory(folder.path(), waiting);
    start_up(&corpus);
    latency::measure(
        folder.path(),
        articles as f64 / embedded.cost.wall.as_secs_f64() / 2.0,
    );
}

fn slugline<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_slugline"));
    command.args(arguments).args(["--log", "warn"]);
    command
}

fn run_command(inbox: &Path, out: &Path) -> Command {
    let mut command = slugline(["run", "--once", "--set", "watcher.settle=10ms"]);
    command.arg(inbox).arg("--out").arg(out);
    command
}

fn tag(corpus: &Corpus) -> Cost {
    run(slugline(["tag"]).args(&corpus.files), None)
}

fn embedded(corpus: &Corpus, out: &Path) -> Cost {
    run(&mut run_command(&corpus.folder, out), None)
}

/// Returns the cost, and the payloads that went over each hop.
fn on_nats(corpus: &Corpus, out: &Path) -> (Cost, [Vec<carrier::Payload>; 2]) {
    let pid_file = out.with_extension("pid");
    let server = start_server(&pid_file);
    let mut command = run_command(&corpus.folder, out);
    let cost = run(
        command.args(["--nats", &server.url()]),
        Some(server_pid(&pid_file)),
    );
    let payloads =
        ["SLUGLINE_ARTICLES", "SLUGLINE_ENRICHED"].map(|stream| carrier::read_all(&server.url(), stream));
    (cost, payloads)
}

/// Returns what the same payloads cost over the same streams with nothing around them.
fn bare(payloads: &[Vec<carrier::Payload>; 2], folder: &Path) -> Cost {
    let pid_file = folder.join("bare.pid");
    let server = start_server(&pid_file);
    let applied = slugline(["topology", "apply", "--nats", &server.url()])
        .output()
        .expect("runs");
    assert!(
        applied.status.success(),
        "{}",
        String::from_utf8_lossy(&applied.stderr)
    );
    let pid = server_pid(&pid_file);
    let (cpu, server_cpu) = (process_cpu(std::process::id()), process_cpu(pid));
    let wall = carrier::both_hops(&server.url(), payloads);
    Cost {
        wall,
        cpu: process_cpu(std::process::id()).saturating_sub(cpu),
        server_cpu: process_cpu(pid).saturating_sub(server_cpu),
        peak_memory: 0,
    }
}

fn start_server(pid_file: &Path) -> Server {
    let config = format!("pid_file: \"{}\"\n", pid_file.display());
    Server::start_with(Options {
        config,
        ..Options::default()
    })
    .expect("a NATS server")
}

fn server_pid(pid_file: &Path) -> u32 {
    let pid = std::fs::read_to_string(pid_file).expect("the server wrote its process id");
    pid.trim().parse().expect("is a number")
}

/// Compares the peak memory with few and with many waiting files.
fn memory(folder: &Path, waiting: usize) {
    let peak = |files: usize| {
        let corpus = Corpus::make_short(&folder.join(format!("waiting-{files}")), files);
        run(
            &mut run_command(&corpus.folder, &folder.join(format!("out-{files}"))),
            None,
        )
        .peak_memory as f64
            / 1e6
    };
    let (few, many) = (peak(1_000), peak(waiting));
    println!(
        "peak memory: {few:.1} MB with 1,000 waiting files, {many:.1} MB with {waiting} ({:+.1})",
        many - few
    );
}

/// Prints how long `tag` takes for one short article.
fn start_up(corpus: &Corpus) {
    let mut times: Vec<Duration> = (0..21)
        .map(|_| run(slugline(["tag"]).arg(&corpus.files[0]), None).wall)
        .collect();
    times.sort();
    println!(
        "start-up of `tag`: {:.0} ms median, {:.0} ms worst of 21",
        millis(times[10]),
        millis(times[20])
    );
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
