//! What the program may rely on: settings that were checked, as the stages want them. No I/O beyond a look at paths.

mod intake;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use intake::{duplicates, intake};
use wire::topology::Channel;

use crate::settings::{After, NatsSettings, Polling, Settings, SinkSettings, WatcherSettings};

/// The stages that a process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Roles {
    pub(crate) watcher: bool,
    pub(crate) enricher: bool,
    pub(crate) sink: bool,
}

impl Roles {
    /// The whole pipeline.
    pub(crate) const ALL: Self = Self {
        watcher: true,
        enricher: true,
        sink: true,
    };
    /// Only the watcher.
    pub(crate) const WATCHER: Self = Self {
        watcher: true,
        enricher: false,
        sink: false,
    };
    /// Only the enricher.
    pub(crate) const ENRICHER: Self = Self {
        watcher: false,
        enricher: true,
        sink: false,
    };
    /// Only the sink.
    pub(crate) const SINK: Self = Self {
        watcher: false,
        enricher: false,
        sink: true,
    };

    /// Returns the channels that these stages consume.
    pub(crate) fn channels(self) -> Vec<Channel> {
        let consumed = [(self.enricher, Channel::Articles), (self.sink, Channel::Enriched)];
        consumed
            .into_iter()
            .filter(|(runs, _)| *runs)
            .map(|(_, channel)| channel)
            .collect()
    }

    /// Returns the name of the connection in server monitoring.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::WATCHER => "slugline-watcher",
            Self::ENRICHER => "slugline-enricher",
            Self::SINK => "slugline-sink",
            _ => "slugline",
        }
    }
}

/// Everything that is wrong with the settings, one line each.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<String>);

impl Problems {
    /// Notes a problem unless `holds`.
    fn require(&mut self, holds: bool, problem: impl FnOnce() -> String) {
        if !holds {
            self.0.push(problem());
        }
    }

    /// Notes a value outside its limits.
    fn limit<T: Copy + PartialOrd + fmt::Display>(&mut self, key: &str, value: T, low: T, high: T) {
        self.require(value >= low && value <= high, || {
            format!("`{key}` is {value}: must be {low} to {high}")
        });
    }

    /// Returns whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Problems {}

/// What the process needs besides the stages' own configurations.
#[derive(Debug)]
pub(crate) struct ProcessConfig {
    /// Where to serve metrics and health, if anywhere.
    pub(crate) http: Option<SocketAddr>,
    /// How long draining may take.
    pub(crate) grace: Duration,
    /// How long work may wait without progress before it is a stall.
    pub(crate) stall_after: Duration,
}

/// Checks every setting that can be judged by itself; `slugline check` stops here.
pub(crate) fn check(settings: &Settings) -> Problems {
    let mut problems = Problems::default();
    check_watcher(&settings.watcher, &mut problems);
    check_sink(&settings.sink, &mut problems);
    let stall_after = settings.process.stall_after.0.as_millis() as u64;
    problems.limit("process.stall_after (ms)", stall_after, 100, 24 * 3_600_000);
    if let Err(problem) = intake(settings) {
        problems.0.push(problem);
    }
    problems.limit(
        "intake.remember_articles",
        settings.intake.remember_articles,
        0,
        10_000_000,
    );
    problems.limit(
        "intake.duplicate_percent",
        settings.intake.duplicate_percent,
        1,
        100,
    );
    problems.limit("enricher.threads", settings.enricher.threads, 0, 1024);
    problems.limit("enricher.in_flight", settings.enricher.in_flight, 1, 100_000);
    let label = &settings.enricher.label;
    problems.require(
        label.is_empty() || wire::transport::subject_token(label) == *label,
        || {
            format!(
                "`enricher.label` is `{label}`: must be one lower-case word of letters, digits, `-` and `_`"
            )
        },
    );
    problems.limit("topology.replicas", settings.topology.replicas, 1, 5);
    problems.limit(
        "topology.ack_wait (ms)",
        settings.topology.ack_wait.0.as_millis() as u64,
        1000,
        24 * 3_600_000,
    );
    let prefix = &settings.topology.prefix;
    problems.require(wire::transport::subject_token(prefix) == *prefix, || {
        format!(
            "`topology.prefix` is `{prefix}`: must be one lower-case word of letters, digits, `-` and `_`"
        )
    });
    let addr = &settings.http.addr;
    problems.require(addr.is_empty() || http_addr(addr).is_some(), || {
        format!("`http.addr` is `{addr}`: must be an address and port such as `127.0.0.1:9464`, or a port")
    });
    if let Err(error) = settings.log.filter.parse::<tracing_subscriber::EnvFilter>() {
        problems
            .0
            .push(format!("`log.filter` is `{}`: {error}", settings.log.filter));
    }
    let endpoint = &settings.traces.endpoint;
    let is_http = endpoint.starts_with("http://") || endpoint.starts_with("https://");
    problems.require(endpoint.is_empty() || is_http, || {
        format!("`traces.endpoint` is `{endpoint}`: must start with `http://` or `https://`")
    });
    problems.limit("traces.one_in", settings.traces.one_in, 1, 1_000_000_000);
    check_nats(&settings.nats, &mut problems);
    problems
}

/// Checks every setting, and that these stages have what they cannot do without.
pub(crate) fn check_for(settings: &Settings, roles: Roles) -> Problems {
    let mut problems = check(settings);
    problems.require(
        !roles.watcher || !settings.watcher.inbox.as_os_str().is_empty(),
        || "no inbox: give INBOX or set `watcher.inbox`".to_owned(),
    );
    problems.require(!roles.sink || !settings.sink.out.as_os_str().is_empty(), || {
        "no output folder: give --out or set `sink.out`".to_owned()
    });
    if let Some(problem) = out_in_inbox(&settings.watcher.inbox, &settings.sink.out) {
        problems.0.push(problem);
    }
    problems.require(roles == Roles::ALL || !settings.nats.url.is_empty(), || {
        "no NATS server: give --nats or set `nats.url`".to_owned()
    });
    problems
}

/// The lines of the sink must not come back as articles.
fn out_in_inbox(inbox: &Path, out: &Path) -> Option<String> {
    if inbox.as_os_str().is_empty() || out.as_os_str().is_empty() {
        return None;
    }
    let (inbox, out) = (resolved(inbox), resolved(out));
    out.starts_with(&inbox).then(|| {
        format!(
            "the output folder `{}` is in the inbox `{}`: its lines would be taken for articles",
            out.display(),
            inbox.display()
        )
    })
}

/// Returns a path free of links and dots as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute
        .ancestors()
        .find_map(|there| {
            Some(
                there
                    .canonicalize()
                    .ok()?
                    .join(absolute.strip_prefix(there).ok()?),
            )
        })
        .unwrap_or(absolute)
}

fn check_nats(nats: &NatsSettings, problems: &mut Problems) {
    for url in nats.url.split(',').map(str::trim).filter(|url| !url.is_empty()) {
        let (scheme, rest) = url.split_once("://").unwrap_or(("nats", url));
        problems.require(matches!(scheme, "nats" | "tls" | "ws" | "wss"), || {
            format!("`nats.url`: `{scheme}` is no scheme of NATS: use `nats` or `tls`")
        });
        let has_secret = rest.contains('@');
        problems.require(!has_secret, || {
            "`nats.url` holds a user: use `nats.user` and `nats.password_file`, which never reach a log"
                .to_owned()
        });
        let plain = matches!(scheme, "nats" | "ws") && !nats.tls_first;
        problems.require(has_secret || !plain || nats.allow_plain || is_loopback(rest), || {
            format!("`nats.url`: `{url}` is not on this machine and not encrypted: use `tls://`, or set `nats.allow_plain`")
        });
    }
    let ways = [
        !nats.credentials_file.as_os_str().is_empty(),
        !nats.nkey_file.as_os_str().is_empty(),
        !nats.token_file.as_os_str().is_empty(),
        !nats.user.is_empty(),
    ];
    problems.require(ways.into_iter().filter(|&given| given).count() <= 1, || {
        "more than one of `nats.credentials_file`, `nats.nkey_file`, `nats.token_file` and `nats.user` is set".to_owned()
    });
    problems.require(
        nats.user.is_empty() == nats.password_file.as_os_str().is_empty(),
        || "`nats.user` and `nats.password_file` go together".to_owned(),
    );
    problems.require(
        nats.tls_cert.as_os_str().is_empty() == nats.tls_key.as_os_str().is_empty(),
        || "`nats.tls_cert` and `nats.tls_key` go together".to_owned(),
    );
}

/// Returns whether `host[:port]` is on this machine.
fn is_loopback(authority: &str) -> bool {
    let authority = authority.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn check_watcher(watcher: &WatcherSettings, problems: &mut Problems) {
    problems.limit("watcher.in_flight", watcher.in_flight, 1, 100_000);
    problems.limit("watcher.max_article", watcher.max_article.0, 1 << 10, 1 << 30);
    let milliseconds = |span: crate::settings::Span| span.0.as_millis() as u64;
    problems.limit(
        "watcher.rescan (ms)",
        milliseconds(watcher.rescan),
        100,
        24 * 3_600_000,
    );
    problems.limit("watcher.settle (ms)", milliseconds(watcher.settle), 0, 3_600_000);
    problems.limit(
        "watcher.poll_interval (ms)",
        milliseconds(watcher.poll_interval),
        50,
        3_600_000,
    );
}

fn check_sink(sink: &SinkSettings, problems: &mut Problems) {
    problems.limit("sink.batch_lines", sink.batch_lines, 1, sink::MAX_BATCH_LINES);
    problems.limit(
        "sink.batch_wait (ms)",
        sink.batch_wait.0.as_millis() as u64,
        0,
        10_000,
    );
    problems.limit("sink.roll_bytes", sink.roll_bytes.0, 64 << 10, 1 << 40);
}

/// Returns what the process needs. The settings were checked.
pub(crate) fn process(settings: &Settings) -> ProcessConfig {
    ProcessConfig {
        http: http_addr(&settings.http.addr),
        grace: settings.process.grace.0,
        stall_after: settings.process.stall_after.0,
    }
}

/// Returns the address to listen on; a port alone is one of the loopback interface.
fn http_addr(addr: &str) -> Option<SocketAddr> {
    let port = || Some(SocketAddr::from((Ipv4Addr::LOCALHOST, addr.parse().ok()?)));
    addr.parse().ok().or_else(port)
}

/// Returns the watcher's configuration.
///
/// `home` is where the checkpoint and the `failed` and `done` folders live unless they are set: the output folder
/// for the whole pipeline (so that a fresh output folder means a fresh start), the inbox for a lone watcher.
pub(crate) fn watcher(all: &Settings, home: &Path, once: bool) -> watcher::Config {
    let settings = &all.watcher;
    let inbox = settings.inbox.clone();
    let or_home = |path: &PathBuf, name: &str| {
        if path.as_os_str().is_empty() {
            home.join(name)
        } else {
            path.clone()
        }
    };
    watcher::Config {
        source_name: source_name(settings),
        state_dir: or_home(&settings.state, ".slugline/watcher"),
        failed_dir: or_home(&settings.failed, "failed"),
        done_dir: or_home(&settings.done, "done"),
        inbox,
        after: match settings.after {
            After::Keep => watcher::After::Keep,
            After::Move => watcher::After::Move,
            After::Delete => watcher::After::Delete,
        },
        once,
        rescan_interval: settings.rescan.0,
        settle_time: settings.settle.0,
        max_article_bytes: settings.max_article.0,
        in_flight: settings.in_flight,
        polling: match settings.polling {
            Polling::Auto => watcher::Polling::Auto,
            Polling::Always => watcher::Polling::Always,
            Polling::Never => watcher::Polling::Never,
        },
        poll_interval: settings.poll_interval.0,
        // It was checked; the defaults are only for the type.
        intake: intake(all).unwrap_or_default(),
        duplicates: duplicates(all),
    }
}

/// Returns the name of the source: as set, else the name of the inbox folder.
fn source_name(settings: &WatcherSettings) -> String {
    if !settings.source.is_empty() {
        return settings.source.clone();
    }
    let folder = settings
        .inbox
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    folder.unwrap_or_else(|| "inbox".to_owned())
}

/// Returns the enricher's configuration.
pub(crate) fn enricher(settings: &Settings) -> enricher::Config {
    enricher::Config {
        threads: settings.enricher.threads,
        in_flight: settings.enricher.in_flight,
        events: enricher::Kinds {
            entities: settings.enricher.events.entities,
            figures: settings.enricher.events.figures,
        },
        label: settings.enricher.label.clone(),
        quarantine: None,
        lists: lists(settings),
    }
}

/// Returns the files with the user's own names.
pub(crate) fn lists(settings: &Settings) -> enricher::ListFiles {
    let deny = &settings.enricher.deny_list;
    enricher::ListFiles {
        watch: settings.enricher.watch_lists.clone(),
        deny: (!deny.as_os_str().is_empty()).then(|| deny.clone()),
    }
}

/// Returns the sink's configuration.
pub(crate) fn sink(settings: &SinkSettings) -> sink::Config {
    sink::Config {
        batch_lines: settings.batch_lines,
        batch_wait: settings.batch_wait.0,
        roll_bytes: settings.roll_bytes.0,
        roll_age: settings.roll_age.0,
        roll_idle: settings.roll_idle.0,
        compress: settings.compress,
        ..sink::Config::new(settings.out.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(change: impl FnOnce(&mut Settings)) -> String {
        let mut settings = Settings::default();
        change(&mut settings);
        check(&settings).to_string()
    }

    #[test]
    fn defaults_are_valid() {
        assert_eq!(problems(|_| ()), "");
    }

    #[test]
    fn every_problem_is_named() {
        let named = problems(|settings| {
            settings.sink.batch_lines = 0;
            settings.http.addr = "here".to_owned();
            settings.topology.prefix = "Sl.ug".to_owned();
        });
        for key in ["`sink.batch_lines`", "`http.addr`", "`topology.prefix`"] {
            assert!(named.contains(key), "{key} in: {named}");
        }
    }

    #[test]
    fn http_stays_on_this_machine_unless_told_otherwise() {
        let check = |addr: &str, expect: Option<&str>| {
            assert_eq!(http_addr(addr).map(|addr| addr.to_string()).as_deref(), expect);
        };
        check("9464", Some("127.0.0.1:9464"));
        check("0.0.0.0:9464", Some("0.0.0.0:9464"));
        check("", None);
        check(":9464", None);
        check("70000", None);
    }

    #[test]
    fn plain_connections_stay_on_this_machine() {
        for url in [
            "nats://127.0.0.1:4222",
            "localhost",
            "nats://[::1]:4222",
            "tls://nats.example:4222",
            "",
        ] {
            assert_eq!(
                problems(|settings| settings.nats.url = url.to_owned()),
                "",
                "{url}"
            );
        }
        for url in [
            "nats://nats.example:4222",
            "10.0.0.1",
            "tls://a,nats://b",
            "nats://127.0.0.1.example",
        ] {
            assert!(
                problems(|settings| settings.nats.url = url.to_owned()).contains("allow_plain"),
                "{url}"
            );
        }
    }

    #[test]
    fn secrets_in_the_address_are_refused_without_being_repeated() {
        let named = problems(|settings| settings.nats.url = "nats://me:secret@localhost".to_owned());
        assert!(
            named.contains("password_file") && !named.contains("secret"),
            "{named}"
        );
    }
}
