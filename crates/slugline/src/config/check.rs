//! Settings that can be judged by themselves, without looking at the disk.

use tracing_subscriber::EnvFilter;

use super::addr::{http_addr, is_loopback};
use super::intake::intake;
use super::problems::Problems;
use crate::settings::{NatsSettings, Settings, SinkSettings, Span, WatcherSettings};

/// Words that are a level in a log filter.
const LEVELS: &[&str] = &["off", "error", "warn", "info", "debug", "trace"];

/// The targets that logs come from.
const TARGETS: &[&str] = &[
    "wire",
    "watcher",
    "enricher",
    "sink",
    "slugline",
    "async_nats",
    "opentelemetry",
];

/// Checks every setting that can be judged by itself.
pub(crate) fn check(settings: &Settings) -> Problems {
    let mut problems = Problems::default();
    check_watcher(&settings.watcher, &mut problems);
    check_sink(&settings.sink, &mut problems);
    let stall_after = settings.process.stall_after.0.as_millis() as u64;
    problems.limit("process.stall_after (ms)", stall_after, 100, 24 * 3_600_000);
    if let Err(problem) = intake(settings) {
        problems.note(problem);
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
    problems.require(label.is_empty() || is_word(label), || {
        format!("`enricher.label` is `{label}`: must be one lower-case word of letters, digits, `-` and `_`")
    });
    problems.limit("topology.replicas", settings.topology.replicas, 1, 5);
    problems.limit(
        "topology.ack_wait (ms)",
        settings.topology.ack_wait.0.as_millis() as u64,
        1000,
        24 * 3_600_000,
    );
    if let Err(error) = settings.topology.prefix.parse::<wire::topology::Prefix>() {
        problems.note(format!("`topology.prefix`: {error}"));
    }
    let addr = &settings.http.addr;
    problems.require(addr.is_empty() || http_addr(addr).is_some(), || {
        format!("`http.addr` is `{addr}`: must be an address and port such as `127.0.0.1:9464`, or a port")
    });
    check_filter(&settings.log.filter, &mut problems);
    let endpoint = &settings.traces.endpoint;
    let is_http = endpoint.starts_with("http://") || endpoint.starts_with("https://");
    problems.require(endpoint.is_empty() || is_http, || {
        format!("`traces.endpoint` is `{endpoint}`: must start with `http://` or `https://`")
    });
    problems.limit("traces.one_in", settings.traces.one_in, 1, 1_000_000_000);
    check_nats(&settings.nats, &mut problems);
    problems
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

fn check_watcher(watcher: &WatcherSettings, problems: &mut Problems) {
    problems.limit("watcher.in_flight", watcher.in_flight, 1, 100_000);
    problems.limit("watcher.max_article", watcher.max_article.0, 1 << 10, 1 << 30);
    let milliseconds = |span: Span| span.0.as_millis() as u64;
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

/// Returns whether a text is one token of a subject as it stands.
pub(crate) fn is_word(text: &str) -> bool {
    wire::transport::subject_token(text) == text
}

/// A bare word of a filter is a level or a target. A mistyped level would be taken for a target, and silence all others.
fn check_filter(filter: &str, problems: &mut Problems) {
    if let Err(error) = EnvFilter::try_new(filter) {
        problems.note(format!("`log.filter` is `{filter}`: {error}"));
        return;
    }
    let words = filter.split(',').map(str::trim);
    for word in words.filter(|word| !word.is_empty() && !word.contains(['=', '[', ':'])) {
        let is_level = LEVELS.contains(&word.to_ascii_lowercase().as_str()) || word.parse::<u8>().is_ok();
        problems.require(is_level || TARGETS.contains(&word), || {
            format!(
                "`log.filter` is `{filter}`: `{word}` is no level (`{}`) and no target (`{}`)",
                LEVELS.join("`, `"),
                TARGETS.join("`, `")
            )
        });
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
    fn a_mistyped_level_is_no_filter() {
        let check = |filter: &str, is_good: bool| {
            let named = problems(|settings| settings.log.filter = filter.to_owned());
            assert_eq!(named.is_empty(), is_good, "{filter}: {named}");
        };
        for filter in [
            "info",
            "WARN",
            "off",
            "warn,enricher=debug",
            "sink",
            "sink::writer=trace",
            "[span]=debug",
            "info,",
        ] {
            check(filter, true);
        }
        for filter in ["inf", "warn,inof", "enrichr", "a=b=c", "sink=loud"] {
            check(filter, false);
        }
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
