//! Who may do what: the roles of `deploy/nats` on a real server with TLS, what they are refused, where secrets show
//! (nowhere), and what files and links may not do.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Command, Output};
use std::sync::mpsc;
use std::time::Duration;

use futures::StreamExt;
use nats_harness::Server;

use crate::support::fortress::{Fortress, credentials, options};
use crate::support::sandbox::{SETTLE, bare, files_below, finish};
use crate::support::{Ledger, PATIENCE, Process, Sandbox, articles};

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(async { tokio::time::timeout(PATIENCE, work).await.expect("in time") })
}

/// Fails if a log tells a secret, or that the broker refused something.
fn assert_clean(fortress: &Fortress<'_>, log: &str) {
    for secret in fortress.secrets() {
        assert!(!log.contains(&secret), "a secret shows:\n{log}");
    }
    assert!(!log.to_lowercase().contains("permissions violation"), "{log}");
}

#[test]
fn every_role_can_do_its_work_and_no_secret_shows() {
    let sandbox = Sandbox::new();
    let fortress = Fortress::build(&sandbox);
    let applied = finish(&mut fortress.slugline("operator", ["topology", "apply", "--log", "trace"]));
    let told = String::from_utf8_lossy(&applied.stderr);
    assert!(applied.status.success(), "{told}");
    assert_clean(&fortress, &told);

    let state = format!("watcher.state={}", sandbox.path("state").display());
    let spawn = |role: &str, command: &str| {
        let mut process = fortress.slugline(
            role,
            [command, "--set", "topology.manage=verify", "--log", "trace"],
        );
        match command {
            "watch" => process.arg(&sandbox.inbox).args(SETTLE).args(["--set", &state]),
            "sink" => process.arg("--out").arg(&sandbox.out),
            _ => &mut process,
        };
        Process::spawn(role, &mut process)
    };
    let processes = [
        spawn("watcher", "watch"),
        spawn("enricher", "enrich"),
        spawn("sink", "sink"),
    ];
    let heard = block_on(async {
        let client = fortress.connect("subscriber", |_| ()).await;
        let mut records = client.subscribe("slugline.enriched.>").await.expect("subscribes");
        client.flush().await.expect("flushes");
        let mut ledger = Ledger::default();
        ledger.put(&sandbox, 5);
        // Too large for one message: goes through the object store.
        let large: Vec<String> = (0..3400).map(articles::text).collect();
        sandbox.put("large.txt", large.join("\n\n"));
        records.next().await.is_some()
    });
    assert!(heard, "the subscriber hears records as they pass");
    sandbox.output().wait_for_lines(6, &processes.each_ref());
    let largest = sandbox.output().lines().iter().map(String::len).max();
    assert!(largest > Some(1 << 20), "{largest:?}");
    for process in processes {
        let exit = process.terminate();
        assert_eq!(exit.code, Some(0), "{}", exit.log);
        assert_clean(&fortress, &exit.log);
    }
}

/// One thing to try.
#[derive(Debug, Clone, Copy)]
enum Try {
    Publish(&'static str),
    Subscribe(&'static str),
}
use Try::{Publish, Subscribe};

/// Returns which attempts of a user the server refuses.
async fn refusals(fortress: &Fortress<'_>, user: &str, attempts: &[Try]) -> Vec<bool> {
    let (told, events) = mpsc::sync_channel(1000);
    let client = fortress
        .connect(user, move |event| {
            told.send(event.to_string()).unwrap_or_default();
        })
        .await;
    let mut refusals = Vec::new();
    // Dropping one would end it.
    let mut subscriptions = Vec::new();
    for (number, attempt) in attempts.iter().enumerate() {
        // What comes after it is refused for sure, and the server answers in order.
        let marker = format!("nobody.may.{number}");
        let subject = match *attempt {
            Publish(subject) => {
                client.publish(subject, "{}".into()).await.expect("is sent");
                subject
            }
            Subscribe(subject) => {
                subscriptions.push(client.subscribe(subject).await.expect("is sent"));
                subject
            }
        };
        client.publish(marker.clone(), "".into()).await.expect("is sent");
        client.flush().await.expect("flushes");
        refusals.push(was_refused(&events, subject, &marker).await);
    }
    refusals
}

async fn was_refused(events: &mpsc::Receiver<String>, subject: &str, marker: &str) -> bool {
    let mut refused = false;
    loop {
        match events.try_recv() {
            Ok(event) if event.contains(marker) => return refused,
            Ok(event) => refused |= event.contains(&format!("\"{subject}\"")),
            // The client works on this thread: let it.
            Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
}

/// What a user must be refused, and what it must be allowed.
struct Rights {
    user: &'static str,
    refused: &'static [Try],
    allowed: &'static [Try],
}

const WATCHER: Rights = Rights {
    user: "watcher",
    refused: &[
        Subscribe("slugline.enriched.>"),
        Subscribe("slugline.article.>"),
        Subscribe("slugline.entity.>"),
        Subscribe("_INBOX_sink.>"),
        Subscribe(">"),
        Publish("slugline.enriched.en.inbox"),
        Publish("slugline.dead.sink.poison"),
        Publish("$JS.ACK.SLUGLINE_ENRICHED.sink.1.1.1.1.0"),
        Publish("$JS.API.CONSUMER.MSG.NEXT.SLUGLINE_ENRICHED.sink"),
        Publish("$JS.API.CONSUMER.CREATE.SLUGLINE_ENRICHED"),
        Publish("$JS.API.STREAM.MSG.GET.SLUGLINE_ENRICHED"),
        Publish("$JS.API.DIRECT.GET.SLUGLINE_ENRICHED"),
        Publish("$JS.API.STREAM.PURGE.SLUGLINE_ENRICHED"),
        Publish("$JS.API.STREAM.CREATE.MINE"),
        Publish("$JS.API.STREAM.UPDATE.SLUGLINE_ARTICLES"),
        Publish("$JS.API.STREAM.DELETE.SLUGLINE_ARTICLES"),
    ],
    allowed: &[
        Publish("slugline.article.inbox"),
        Subscribe("_INBOX_watcher.mine"),
    ],
};

const ENRICHER: Rights = Rights {
    user: "enricher",
    refused: &[
        Subscribe("slugline.>"),
        Subscribe("slugline.enriched.>"),
        Subscribe("slugline.dead.>"),
        Subscribe("_INBOX_watcher.>"),
        Publish("slugline.article.inbox"),
        Publish("slugline.dead.watcher.poison"),
        Publish("$JS.API.CONSUMER.MSG.NEXT.SLUGLINE_ENRICHED.sink"),
        Publish("$JS.API.CONSUMER.DELETE.SLUGLINE_ARTICLES.enricher"),
        Publish("$JS.API.STREAM.PURGE.SLUGLINE_ARTICLES"),
        Publish("$JS.API.STREAM.DELETE.SLUGLINE_ENRICHED"),
    ],
    allowed: &[
        Publish("slugline.entity.person.nobody"),
        Publish("slugline.figure.killed._"),
    ],
};

const SINK: Rights = Rights {
    user: "sink",
    refused: &[
        Subscribe("slugline.article.>"),
        Subscribe("slugline.enriched.>"),
        Subscribe("_INBOX_enricher.>"),
        Publish("slugline.article.inbox"),
        Publish("slugline.enriched.en.inbox"),
        Publish("slugline.entity.person.nobody"),
        Publish("$JS.API.CONSUMER.MSG.NEXT.SLUGLINE_ARTICLES.enricher"),
        Publish("$JS.API.STREAM.PURGE.SLUGLINE_ENRICHED"),
        Publish("$JS.API.STREAM.DELETE.SLUGLINE_ENRICHED"),
    ],
    allowed: &[Publish("slugline.dead.sink.poison")],
};

const SUBSCRIBER: Rights = Rights {
    user: "subscriber",
    refused: &[
        Subscribe("slugline.>"),
        Subscribe("slugline.article.>"),
        Subscribe("slugline.dead.>"),
        Subscribe("_INBOX_operator.>"),
        Subscribe("$JS.>"),
        Publish("slugline.article.inbox"),
        Publish("slugline.enriched.en.inbox"),
        Publish("slugline.entity.person.nobody"),
        Publish("$JS.API.INFO"),
        Publish("$JS.API.STREAM.INFO.SLUGLINE_ARTICLES"),
        Publish("$JS.API.STREAM.DELETE.SLUGLINE_ARTICLES"),
    ],
    allowed: &[
        Subscribe("slugline.enriched.>"),
        Subscribe("slugline.entity.>"),
        Subscribe("slugline.figure.killed.>"),
    ],
};

const OPERATOR: Rights = Rights {
    user: "operator",
    refused: &[
        Subscribe(">"),
        Subscribe("_INBOX_watcher.>"),
        Publish("$SYS.REQ.SERVER.PING"),
    ],
    allowed: &[Subscribe("slugline.>"), Publish("$JS.API.INFO")],
};

#[test]
fn every_role_is_refused_what_is_not_its_work() {
    let sandbox = Sandbox::new();
    let fortress = Fortress::build(&sandbox);
    for Rights {
        user,
        refused,
        allowed,
    } in [WATCHER, ENRICHER, SINK, SUBSCRIBER, OPERATOR]
    {
        for (attempts, expect) in [(refused, true), (allowed, false)] {
            let seen = block_on(refusals(&fortress, user, attempts));
            let wrong: Vec<_> = attempts
                .iter()
                .zip(seen)
                .filter(|(_, refused)| *refused != expect)
                .collect();
            assert!(wrong.is_empty(), "{user}: refused must be {expect}: {wrong:?}");
        }
    }
}

/// Fails unless the command failed while running, tells `why`, and no secret.
fn assert_refused(finished: &Output, why: &str, secrets: &[String]) {
    assert_ended(finished, 1, why, secrets);
}

fn assert_ended(finished: &Output, code: i32, why: &str, secrets: &[String]) {
    let told = String::from_utf8_lossy(&finished.stderr).into_owned();
    assert_eq!(finished.status.code(), Some(code), "{told}");
    assert!(told.to_lowercase().contains(why), "`{why}` is not in: {told}");
    for secret in secrets {
        assert!(!told.contains(secret), "a secret shows:\n{told}");
    }
}

#[test]
fn a_wrong_password_and_a_wrong_authority_are_refused() {
    let sandbox = Sandbox::new();
    let fortress = Fortress::build(&sandbox);
    let apply = || fortress.slugline("operator", ["topology", "verify", "--log", "trace"]);
    let wrong = sandbox.path("wrong");
    fs::write(&wrong, "s-not-the-password").expect("writes");
    let secrets = [vec!["s-not-the-password".to_owned()], fortress.secrets()].concat();
    let finished = finish(apply().env("SLUGLINE_NATS_PASSWORD_FILE", &wrong));
    assert_refused(&finished, "authorization violation", &secrets);
    let missing = sandbox.path("missing");
    let finished = finish(apply().env("SLUGLINE_NATS_PASSWORD_FILE", &missing));
    assert_ended(&finished, 2, "`nats.password_file`", &secrets);
    let other = Sandbox::new();
    let stranger = Fortress::build(&other);
    let finished = finish(apply().env("SLUGLINE_NATS_TLS_CA", stranger.authority()));
    assert_refused(&finished, "certificate", &secrets);
    // Without any authority of ours, that of the system does not know the server either.
    let finished = finish(apply().env_remove("SLUGLINE_NATS_TLS_CA"));
    assert_refused(&finished, "certificate", &secrets);
}

#[test]
fn the_resolved_configuration_tells_no_secret() {
    let sandbox = Sandbox::new();
    let password = sandbox.path("password");
    fs::write(&password, "s-very-secret").expect("writes");
    let mut command = sandbox.slugline(["config"]);
    command
        .env("SLUGLINE_NATS_USER", "me")
        .env("SLUGLINE_NATS_PASSWORD_FILE", &password);
    let finished = finish(&mut command);
    let told = String::from_utf8_lossy(&finished.stdout).into_owned();
    assert!(
        finished.status.success() && told.contains("password_file"),
        "{told}"
    );
    assert!(!told.contains("s-very-secret"), "{told}");
    let finished =
        finish(&mut sandbox.slugline(["config", "--set", "nats.url=nats://me:s-very-secret@localhost"]));
    let told = String::from_utf8_lossy(&finished.stdout).into_owned();
    assert!(
        told.contains("localhost") && !told.contains("s-very-secret"),
        "{told}"
    );
    let finished =
        finish(&mut sandbox.slugline(["check", "--set", "nats.url=nats://me:s-very-secret@localhost"]));
    let told = String::from_utf8_lossy(&finished.stderr).into_owned();
    assert_eq!(finished.status.code(), Some(2), "{told}");
    assert!(!told.contains("s-very-secret"), "{told}");
}

#[test]
fn plain_text_to_another_machine_is_refused_unless_asked_for() {
    let sandbox = Sandbox::new();
    let run = |extra: &[&str]| {
        let mut command = sandbox.slugline(["check", "--set", "nats.url=nats://nats.example:4222"]);
        finish(command.args(extra)).status.code()
    };
    assert_eq!(run(&[]), Some(2));
    assert_eq!(run(&["--set", "nats.allow_plain=true"]), Some(0));
}

/// Starts a server with this configuration; returns the results of two commands: with a good secret and a bad one.
fn with_secret(config: String, setting: &str, good: &str, bad: &str) {
    let sandbox = Sandbox::new();
    let server = Server::start_with(options(config)).expect("a NATS server");
    let run = |secret: &str| {
        let file = sandbox.path("secret");
        fs::write(&file, secret).expect("writes");
        let setting = format!("{setting}={}", file.display());
        let url = server.url();
        finish(&mut sandbox.slugline([
            "topology", "apply", "--nats", &url, "--set", &setting, "--log", "trace",
        ]))
    };
    let finished = run(good);
    let told = String::from_utf8_lossy(&finished.stderr).into_owned();
    assert!(finished.status.success(), "{setting}: {told}");
    for line in good
        .lines()
        .filter(|line| line.len() > 20 && !line.contains("---"))
    {
        assert!(!told.contains(line), "{setting}: a secret shows: {told}");
    }
    assert_refused(&run(bad), "authorization violation", &[bad.trim().to_owned()]);
}

#[test]
fn tokens_nkeys_and_credentials_come_from_files() {
    let token = "s-a-token-of-some-length";
    with_secret(
        format!("authorization {{ token: \"{token}\" }}\n"),
        "nats.token_file",
        &format!("{token}\n"),
        "s-another-token-of-length\n",
    );
    let (user, stranger) = (nkeys::KeyPair::new_user(), nkeys::KeyPair::new_user());
    with_secret(
        format!(
            "authorization {{ users: [ {{ nkey: {} }} ] }}\n",
            user.public_key()
        ),
        "nats.nkey_file",
        &user.seed().expect("has a seed"),
        &stranger.seed().expect("has a seed"),
    );
    let (config, good) = credentials();
    let (_, bad) = credentials();
    with_secret(config, "nats.credentials_file", &good, &bad);
}

/// Returns the command run without a umask: what it makes has exactly the rights that it asks for.
fn without_umask(command: &Command) -> Command {
    let mut shell = bare("sh");
    shell.args(["-c", "umask 0; exec \"$0\" \"$@\""]);
    shell.arg(command.get_program()).args(command.get_args());
    shell
}

#[test]
fn strangers_cannot_read_what_is_written() {
    let sandbox = Sandbox::new();
    Ledger::default().put(&sandbox, 3);
    sandbox.put("empty.txt", "");
    for extra in [
        ["--set", "sink.roll_bytes=64 KiB"],
        ["--set", "sink.compress=true"],
    ] {
        let exit = Process::spawn("run", &mut without_umask(sandbox.run().arg("--once").args(extra))).wait();
        assert_eq!(exit.code, Some(0), "{}", exit.log);
    }
    let written = files_below(&sandbox.out);
    assert!(written.len() > 4, "{written:?}");
    for path in written {
        // The link to a refused file is that file, with the rights that its owner gave it.
        if path.ends_with("failed/empty.txt") {
            continue;
        }
        let mode = fs::metadata(&path).expect("is there").permissions().mode() & 0o777;
        assert_eq!(mode & 0o137, 0, "{} has mode {mode:o}", path.display());
    }
}

#[test]
fn links_out_of_the_inbox_are_not_followed_and_names_lead_nowhere() {
    let sandbox = Sandbox::new();
    let outside = sandbox.path("outside");
    fs::create_dir(&outside).expect("a folder");
    fs::write(outside.join("private.txt"), articles::text(1)).expect("writes");
    symlink(&outside, sandbox.inbox.join("folder")).expect("a link");
    symlink(outside.join("private.txt"), sandbox.inbox.join("file.txt")).expect("a link");
    symlink("../outside/private.txt", sandbox.inbox.join("relative.txt")).expect("a link");
    let object =
        serde_json::json!({"id": "../../escaped", "source": "../../escaped", "text": articles::text(2)});
    sandbox.put("a..%2f..%2fescaped.jsonl", format!("{object}\n"));
    let exit = Process::spawn("run", sandbox.run().args(["--once", "--after", "delete"])).wait();
    assert_eq!(exit.code, Some(0), "{}", exit.log);
    let records = sandbox.output().records();
    assert_eq!(records.len(), 1, "{records:?}");
    assert!(records[0].text.contains("statement number 2"), "{records:?}");
    assert!(
        outside.join("private.txt").exists(),
        "what lies outside is not deleted"
    );
    let mut names: Vec<_> = fs::read_dir(sandbox.path(""))
        .expect("is readable")
        .map(|entry| entry.expect("is readable").file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["inbox", "out", "outside"]);
}
