//! What the pipeline costs, against the bare carrier: `cargo bench --bench pipeline -- [ARTICLES [WAITING]] [SECTION…]`.
//!
//! A benchmark, not a test: it prints Markdown tables (docs/performance.md keeps them) and fails only if something does
//! not run. Processor time is the fair measure of cost, because stages that run at the same time share the cores; the
//! tables say both. Sections: `throughput`, `fleet`, `fan-out`, `memory`, `start-up`, `latency`; all of them where none
//! is named.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]
#![expect(clippy::cast_sign_loss, reason = "shares and counts are never negative")]

mod carrier;
mod corpus;
mod fan_out;
mod fleet;
mod follow;
mod latency;
mod measure;
mod stages;

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

/// Switches off the small events, one for every tag of an article.
const NO_EVENTS: [&str; 4] = [
    "--set",
    "enricher.events.entities=false",
    "--set",
    "enricher.events.figures=false",
];

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

/// What is to be measured.
struct Plan {
    articles: usize,
    waiting: usize,
    sections: Vec<String>,
}

impl Plan {
    fn read(arguments: impl Iterator<Item = String>) -> Self {
        // Cargo adds options of its own.
        let (numbers, names): (Vec<_>, Vec<_>) = arguments
            .filter(|argument| !argument.starts_with("--"))
            .partition(|argument| argument.parse::<usize>().is_ok());
        let mut sizes = numbers.iter().filter_map(|number| number.parse().ok());
        Self {
            articles: sizes.next().unwrap_or(ARTICLES),
            waiting: sizes.next().unwrap_or(WAITING),
            sections: names,
        }
    }

    fn has(&self, section: &str) -> bool {
        self.sections.is_empty() || self.sections.iter().any(|named| named == section)
    }
}

fn main() {
    let plan = Plan::read(std::env::args().skip(1));
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder");
    let folder = folder.path();
    let corpus = Corpus::make(&folder.join("inbox"), plan.articles);
    let mean = corpus.bytes / plan.articles as u64;
    println!("{} articles of {mean} bytes on average", plan.articles);
    if plan.has("throughput") {
        throughput(&corpus, folder);
    }
    if plan.has("fleet") {
        println!("\n| enrichers | threads each | articles/s | MB/s | CPU µs/article | server µs/article |");
        println!("|---|---|---|---|---|---|");
        fleet::measure(&corpus, folder, 1);
        fleet::measure(&corpus, folder, 2);
    }
    if plan.has("fan-out") {
        println!();
        fan_out::measure(&corpus, folder);
    }
    if plan.has("memory") {
        memory(folder, plan.waiting);
    }
    if plan.has("start-up") {
        start_up(&corpus);
    }
    if plan.has("latency") {
        latencies(&corpus, folder);
    }
}

/// How often each case is run: they take turns, and the median of each counts, as a shared machine is faster and slower
/// from one moment to the next.
const ROUNDS: usize = 7;

/// Prints articles/s and cost of each mode, and what transport and sink cost beside the bare carrier.
fn throughput(corpus: &Corpus, folder: &Path) {
    let names = [
        "`tag`: read and analyse",
        "watcher and enricher alone",
        "`run`, embedded",
        "`run --nats` without events",
        "`run --nats`",
        "bare carrier, both hops",
    ];
    let mut runs: [Vec<Cost>; 6] = Default::default();
    for round in 0..ROUNDS {
        let out = |name: &str| folder.join(format!("{name}-{round}"));
        let (silent, _) = on_nats(corpus, &out("silent"), &NO_EVENTS);
        let (nats, payloads) = on_nats(corpus, &out("nats"), &[]);
        let costs = [
            tag(corpus),
            stages::alone(corpus, &out("alone")),
            embedded(corpus, &out("embedded")),
            silent,
            nats,
            bare(&payloads, folder),
        ];
        for (runs, cost) in runs.iter_mut().zip(costs) {
            runs.push(cost);
        }
    }
    println!("\n| medians of {ROUNDS} | articles/s | MB/s | CPU µs/article | server µs/article | peak MB |");
    println!("|---|---|---|---|---|---|");
    let mut rows = names.into_iter().zip(runs).map(|(name, mut runs)| {
        runs.sort_by_key(|cost| cost.cpu + cost.server_cpu);
        let row = Row {
            name,
            articles: corpus.files.len(),
            bytes: corpus.bytes,
            cost: runs[ROUNDS / 2],
        };
        row.print();
        row.cpu_per_article().as_secs_f64() * 1e6
    });
    let [_, stages, embedded, silent, nats, bare] = std::array::from_fn(|_| rows.next().unwrap_or_default());

    println!("\n| transport and sink | µs/article | × the bare carrier (at most 1.5) |");
    println!("|---|---|---|");
    for (name, whole) in [
        ("embedded", embedded),
        ("on NATS, without events", silent),
        ("on NATS, with the events of every tag", nats),
    ] {
        let over = whole - stages;
        println!("| {name} | {over:.0} | {:.2} |", over / bare);
    }
}

/// Prints the time from file to line of both modes, each at half of what it takes at most.
fn latencies(corpus: &Corpus, folder: &Path) {
    println!("\n| file to line | articles/s | p50 | p99 | worst | files |");
    println!("|---|---|---|---|---|---|");
    let half = |cost: Cost| corpus.files.len() as f64 / cost.wall.as_secs_f64() / 2.0;
    let rate = half(embedded(corpus, &folder.join("capacity")));
    latency::measure("embedded", folder, rate, &[]);
    let rate = half(on_nats(corpus, &folder.join("capacity-nats"), &[]).0);
    let server = start_server(&folder.join("latency.pid"));
    latency::measure("on-NATS", folder, rate, &["--nats", &server.url()]);
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
fn on_nats(corpus: &Corpus, out: &Path, arguments: &[&str]) -> (Cost, [Vec<carrier::Payload>; 2]) {
    let pid_file = out.with_extension("pid");
    let server = start_server(&pid_file);
    let mut command = run_command(&corpus.folder, out);
    let cost = run(
        command.args(["--nats", &server.url()]).args(arguments),
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
    println!("\n| waiting files | peak memory |");
    println!("|---|---|");
    println!("| 1,000 | {few:.1} MB |");
    println!("| {waiting} | {many:.1} MB ({:+.1}) |", many - few);
}

/// Prints how long `tag` takes for one short article.
fn start_up(corpus: &Corpus) {
    let mut times: Vec<Duration> = (0..21)
        .map(|_| run(slugline(["tag"]).arg(&corpus.files[0]), None).wall)
        .collect();
    times.sort();
    println!(
        "\nstart-up of `tag`: {:.0} ms median, {:.0} ms worst of 21",
        millis(times[10]),
        millis(times[20])
    );
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
