//! What happens on a good day: files come, are published once, and are kept, moved or deleted.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use watcher::{After, Config, Error, Polling};

use crate::sandbox::{Running, Sandbox, eventually};

#[tokio::test]
async fn once_publishes_everything_that_is_there() {
    let sandbox = Sandbox::new();
    let first = sandbox.write("a.txt", "first");
    let second = sandbox.write("2026/03/b.txt", "second");
    sandbox.write(".hidden", "no");
    sandbox.write("c.tmp", "no");
    sandbox.write(".git/d.txt", "no");
    let (seen, counts) = sandbox.once().await;
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[&first], (1, "first".to_owned()));
    assert_eq!(seen[&second], (1, "second".to_owned()));
    assert_eq!(
        (counts.found, counts.delivered, counts.failed, counts.files_done),
        (2, 2, 0, 2)
    );

    let (seen, counts) = sandbox.once().await;
    assert!(seen.is_empty(), "published again: {seen:?}");
    assert_eq!(counts.found, 0, "read again");
}

#[tokio::test]
async fn an_empty_inbox_is_done_at_once() {
    let (seen, counts) = Sandbox::new().once().await;
    assert!(seen.is_empty());
    assert_eq!(counts.files_done, 0);
}

async fn check_arrivals(polling: Polling) {
    let mut sandbox = Sandbox::new();
    sandbox.config.polling = polling;
    // With events, no periodic scan helps out.
    sandbox.config.rescan_interval = Duration::from_mins(10);
    let there = sandbox.write("there.txt", "there at the start");
    let mut running = sandbox.start();
    running.until_seen(there).await;

    let written = sandbox.write("written.txt", "written");
    running.until_seen(written).await;
    let deep = sandbox.write("new/deep/er/written.txt", "in a new folder");
    running.until_seen(deep).await;

    fs::write(sandbox.outside("moved"), "renamed in").expect("written");
    fs::rename(sandbox.outside("moved"), sandbox.path("moved.txt")).expect("renamed");
    running.until_seen(wire::ArticleId::of(b"renamed in")).await;

    fs::write(sandbox.outside("linked"), "linked in").expect("written");
    fs::hard_link(sandbox.outside("linked"), sandbox.path("linked.txt")).expect("linked");
    running.until_seen(wire::ArticleId::of(b"linked in")).await;

    let changed = sandbox.write("written.txt", "written again, otherwise");
    running.until_seen(changed).await;
    let (seen, _) = running.stop().await;
    assert!(seen.values().all(|(times, _)| *times == 1), "{seen:?}");
    assert_eq!(seen.len(), 6);
}

#[tokio::test]
async fn arrivals_are_seen_through_events() {
    check_arrivals(Polling::Never).await;
}

#[tokio::test]
async fn files_in_folders_made_a_moment_ago_are_seen() {
    let mut sandbox = Sandbox::new();
    sandbox.config.polling = Polling::Never;
    sandbox.config.rescan_interval = Duration::from_mins(10);
    let mut running = sandbox.start();
    let first = sandbox.write("first.txt", "events are on");
    running.until_seen(first).await;
    for n in 0..200 {
        sandbox.write(&format!("{n}/sub/a.txt"), &format!("article {n}"));
    }
    running.until("all files", |seen| seen.len() == 201).await;
    running.stop().await;
}

#[tokio::test]
async fn arrivals_are_seen_by_polling() {
    check_arrivals(Polling::Always).await;
}

#[tokio::test]
async fn a_renamed_or_dropped_again_file_is_not_published_again() {
    let sandbox = Sandbox::new();
    let id = sandbox.write("a.txt", "the same");
    let mut running = sandbox.start();
    running.until_seen(id).await;
    fs::rename(sandbox.path("a.txt"), sandbox.path("b.txt")).expect("renamed");
    sandbox.write("c.txt", "the same");
    // Behind these two, so that its arrival tells that they were dealt with.
    eventually("the copy to be skipped", || {
        running.progress.snapshot().skipped >= 1
    })
    .await;
    let last = sandbox.write("d.txt", "another");
    running.until_seen(last).await;
    let (seen, _) = running.stop().await;
    assert_eq!(seen[&id].0, 1);

    let (seen, _) = sandbox.once().await;
    assert!(seen.is_empty(), "{seen:?}");
}

#[tokio::test]
async fn copies_dropped_together_are_published_once() {
    let sandbox = Sandbox::new();
    let mut id = None;
    for n in 0..50 {
        id = Some(sandbox.write(&format!("{n}.txt"), "one and the same"));
    }
    let (seen, counts) = sandbox.once().await;
    assert_eq!(seen[&id.expect("an id")].0, 1);
    assert_eq!((counts.delivered, counts.skipped, counts.files_done), (1, 49, 50));
}

#[tokio::test]
async fn move_takes_files_away_and_replaces_none() {
    let mut sandbox = Sandbox::new();
    sandbox.config.after = After::Move;
    sandbox.config.done_dir = sandbox.path("done");
    sandbox.write("2026/a.txt", "one");
    sandbox.once().await;
    sandbox.write("2026/a.txt", "two");
    sandbox.write("2026/copy.txt", "one");
    let (seen, _) = sandbox.once().await;
    assert_eq!(seen.len(), 1);
    assert_eq!(
        fs::read_to_string(sandbox.path("done/2026/a.txt")).expect("read"),
        "one"
    );
    assert_eq!(
        fs::read_to_string(sandbox.path("done/2026/a.1.txt")).expect("read"),
        "two"
    );
    assert_eq!(
        fs::read_to_string(sandbox.path("done/2026/copy.txt")).expect("read"),
        "one"
    );
    assert_eq!(fs::read_dir(sandbox.path("2026")).expect("a folder").count(), 0);
}

#[tokio::test]
async fn move_reaches_another_file_system() {
    use std::os::unix::fs::MetadataExt;
    let mut sandbox = Sandbox::new();
    let Ok(elsewhere) = tempfile::tempdir_in("/dev/shm") else {
        println!("skipped: no second file system");
        return;
    };
    let device = |path: &std::path::Path| fs::metadata(path).expect("a folder").dev();
    if device(elsewhere.path()) == device(&sandbox.config.inbox) {
        println!("skipped: no second file system");
        return;
    }
    sandbox.config.after = After::Move;
    sandbox.config.done_dir = elsewhere.path().join("done");
    sandbox.config.failed_dir = elsewhere.path().join("failed");
    sandbox.write("sub/a.txt", "one");
    sandbox.write("sub/b.txt", " ");
    let (seen, _) = sandbox.once().await;
    assert_eq!(seen.len(), 1);
    assert_eq!(fs::read_dir(sandbox.path("sub")).expect("a folder").count(), 0);
    assert_eq!(
        fs::read_to_string(sandbox.config.done_dir.join("sub/a.txt")).expect("read"),
        "one"
    );
    assert_eq!(
        fs::read_to_string(sandbox.config.failed_dir.join("sub/b.txt")).expect("read"),
        " "
    );
}

#[tokio::test]
async fn delete_removes_delivered_files_and_nothing_else() {
    let mut sandbox = Sandbox::new();
    sandbox.config.after = After::Delete;
    sandbox.write("a.txt", "one");
    sandbox.write("b.txt", "  ");
    let (seen, counts) = sandbox.once().await;
    assert_eq!((seen.len(), counts.failed), (1, 1));
    assert!(!sandbox.path("a.txt").exists() && !sandbox.path("b.txt").exists());
    assert_eq!(
        fs::read_to_string(sandbox.config.failed_dir.join("b.txt")).expect("kept"),
        "  "
    );
}

#[tokio::test]
async fn links_inside_the_inbox_are_followed() {
    let sandbox = Sandbox::new();
    // As Kubernetes mounts a config map: the visible names are links into a hidden folder.
    let id = sandbox.write("..data_1/a.txt", "mounted");
    symlink("..data_1", sandbox.path("..data")).expect("linked");
    symlink("..data/a.txt", sandbox.path("a.txt")).expect("linked");
    symlink(".", sandbox.path("loop")).expect("linked");
    let (seen, counts) = sandbox.once().await;
    assert_eq!(seen[&id].0, 1);
    assert_eq!(counts.failed, 0, "{:?}", sandbox.failures());
}

#[tokio::test]
async fn the_second_watcher_refuses_to_start_and_says_why() {
    let sandbox = Sandbox::new();
    let id = sandbox.write("a.txt", "text");
    let mut running = sandbox.start();
    running.until_seen(id).await;
    let (articles, _consumer) = wire::transport::embedded::channel("sink", 1);
    let refused = watcher::run(
        sandbox.config.clone(),
        articles,
        Arc::default(),
        CancellationToken::new(),
    )
    .await;
    let error = refused.expect_err("refused");
    assert!(matches!(error, Error::Locked { .. }), "{error}");
    let pid = std::process::id().to_string();
    assert!(error.to_string().contains(&pid), "{error}");
    running.stop().await;
}

#[tokio::test]
async fn a_missing_inbox_is_an_error() {
    let sandbox = Sandbox::new();
    let config = Config::new(sandbox.path("nowhere"), sandbox.outside("state"));
    let (articles, _consumer) = wire::transport::embedded::channel("sink", 1);
    let outcome = watcher::run(config, articles, Arc::default(), CancellationToken::new()).await;
    assert!(matches!(outcome, Err(Error::Inbox { .. })), "{outcome:?}");
}

#[tokio::test]
async fn an_inbox_that_is_replaced_is_watched_again() {
    let mut sandbox = Sandbox::new();
    sandbox.config.polling = Polling::Never;
    // Only events, and the look at the inbox itself, can bring the later files.
    sandbox.config.rescan_interval = Duration::from_mins(10);
    let first = sandbox.write("a.txt", "before");
    let mut running = sandbox.start();
    running.until_seen(first).await;
    for round in 0..2 {
        fs::remove_dir_all(&sandbox.config.inbox).expect("removed");
        fs::create_dir(&sandbox.config.inbox).expect("made");
        let again = sandbox.write("a.txt", &format!("after {round}"));
        running.until_seen(again).await;
        let later = sandbox.write("sub/b.txt", &format!("later {round}"));
        running.until_seen(later).await;
    }
    running.stop().await;
}

#[tokio::test]
async fn a_file_is_not_read_while_it_is_being_written() {
    use std::io::Write;
    let mut sandbox = Sandbox::new();
    // Far longer than the writer ever pauses, however busy the machine.
    sandbox.config.settle_time = Duration::from_millis(600);
    let mut running = sandbox.start();
    let mut file = fs::File::create(sandbox.path("slow.txt")).expect("created");
    let mut text = String::new();
    for n in 0..40 {
        let line = format!("line {n}\n");
        file.write_all(line.as_bytes()).expect("written");
        text += &line;
        // The writer takes its time: longer than the settle time, all in all.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(file);
    running.until_seen(wire::ArticleId::of(text.as_bytes())).await;
    let (seen, _) = running.stop().await;
    assert_eq!(seen.len(), 1, "half a file was published: {seen:?}");
}

#[tokio::test]
async fn a_writer_that_pauses_is_waited_for() {
    use std::io::Write;
    let mut sandbox = Sandbox::new();
    sandbox.config.settle_time = Duration::from_millis(200);
    sandbox.config.after = After::Delete;
    let mut running = sandbox.start();
    running
        .until_seen(sandbox.write("first.txt", "it is awake"))
        .await;
    let mut file = fs::File::create(sandbox.path("slow.txt")).expect("created");
    file.write_all(b"At least 40 men ").expect("written");
    // Longer than the settle time: standing still must not count while the file is open.
    tokio::time::sleep(sandbox.config.settle_time * 4).await;
    file.write_all(b"died in Oslo.").expect("written");
    drop(file);
    let whole = wire::ArticleId::of(b"At least 40 men died in Oslo.");
    running.until_seen(whole).await;
    let (seen, _) = running.stop().await;
    assert_eq!(seen.len(), 2, "half a file was published: {seen:?}");
}

#[tokio::test]
async fn a_full_carrier_leaves_the_backlog_in_the_folder() {
    let mut sandbox = Sandbox::new();
    sandbox.config.in_flight = 4;
    for n in 0..400 {
        sandbox.write(&format!("{n}.txt"), &format!("article {n}"));
    }
    let config = Config {
        once: true,
        ..sandbox.config.clone()
    };
    // The consumer takes nothing until the pipeline is full.
    let (articles, mut consumer) = wire::transport::embedded::channel::<wire::Article>("sink", 1);
    let progress = Arc::new(watcher::Progress::default());
    let watching = watcher::run(config, articles, Arc::clone(&progress), CancellationToken::new());
    let consuming = async {
        eventually("the pipeline to be full", || progress.snapshot().found == 4).await;
        let mut count = 0;
        while let Some(delivery) = consumer.next().await {
            assert!(progress.snapshot().found <= count + 4);
            delivery.settle(wire::Settlement::Done).await.expect("settled");
            count += 1;
        }
        count
    };
    let (outcome, count) = tokio::join!(watching, consuming);
    outcome.expect("it ends well");
    assert_eq!(count, 400);
}

#[tokio::test]
async fn a_closed_carrier_ends_the_watcher_with_an_error() {
    let sandbox = Sandbox::new();
    sandbox.write("a.txt", "text");
    let (articles, consumer) = wire::transport::embedded::channel("sink", 1);
    drop(consumer);
    let outcome = watcher::run(
        sandbox.config.clone(),
        articles,
        Arc::default(),
        CancellationToken::new(),
    )
    .await;
    assert!(matches!(outcome, Err(Error::CarrierClosed)), "{outcome:?}");
    let (seen, _) = sandbox.once().await;
    assert_eq!(seen.len(), 1, "nothing was lost");
}

#[tokio::test]
async fn a_rejected_article_fails_its_file() {
    let mut sandbox = Sandbox::new();
    sandbox.config.after = After::Move;
    sandbox.write("good.txt", "good");
    sandbox.write("bad.txt", "bad");
    let settle = |article: &wire::Article| {
        if article.text == "bad" {
            return wire::Settlement::Reject {
                reason: wire::RejectionReason::EnginePanic,
                detail: "it panicked".to_owned(),
            };
        }
        wire::Settlement::Done
    };
    let (seen, counts) = sandbox.once_with(settle).await;
    assert_eq!((seen.len(), counts.delivered, counts.failed), (1, 1, 1));
    assert_eq!(sandbox.failures()["bad.txt"], "engine_panic");
    assert!(sandbox.config.failed_dir.join("bad.txt").exists());
    assert!(sandbox.config.done_dir.join("good.txt").exists());
    let error = fs::read_to_string(sandbox.config.failed_dir.join("bad.txt.error.json")).expect("read");
    assert!(
        error.contains(&wire::ArticleId::of(b"bad").to_string()),
        "{error}"
    );
}

#[tokio::test]
async fn a_shutdown_in_the_middle_finishes_what_was_begun() {
    let sandbox = Sandbox::new();
    for n in 0..300 {
        sandbox.write(&format!("{n}.txt"), &format!("article {n}"));
    }
    let mut running = Running::start(sandbox.config.clone(), |_| wire::Settlement::Done);
    running.until("some articles", |seen| seen.len() >= 20).await;
    let (first, counts) = running.stop().await;
    assert_eq!(
        counts.delivered, counts.files_done,
        "a delivered file was not committed"
    );
    let (second, _) = sandbox.once().await;
    assert_eq!(first.len() + second.len(), 300, "published twice, or lost");
}
