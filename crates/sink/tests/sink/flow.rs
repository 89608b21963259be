//! The sink from its start to its end on a healthy disk.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use crate::support::{Running, assert_exactly_once, config, lines_by_id, parts, record, revised, write_all};
use sink::{Config, Error};
use wire::{EnrichedArticle, Line};

#[tokio::test]
async fn each_record_becomes_one_line() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let out = folder.path().join("new/out");
    let progress = write_all(config(&out), 0..1000).await;
    assert_exactly_once(&out, 0..1000);
    assert_eq!(progress.lines(), 1000);
    assert_eq!(progress.duplicates(), 0);
    assert!(
        progress.fsyncs() < 500,
        "{} syncs for 1000 lines",
        progress.fsyncs()
    );
    assert_eq!(parts(&out, ".open").len(), 0, "the end finishes the open part");

    let part = parts(&out, ".jsonl").pop().expect("one part");
    let lines = fs::read_to_string(&part).expect("readable");
    let first: EnrichedArticle =
        serde_json::from_str(lines.lines().next().expect("a line")).expect("a record");
    assert_eq!(first, record(0).record().expect("reads back"));
    let mode = fs::metadata(&part).expect("there").permissions().mode();
    assert_eq!(mode & 0o137, 0, "at most 0640, got {mode:o}");
}

#[tokio::test]
async fn what_comes_back_is_recognised_within_a_run_and_in_the_next() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let out = folder.path();
    let first = write_all(config(out), (0..50).chain(0..50).chain([49, 49])).await;
    assert_eq!((first.lines(), first.duplicates()), (50, 52));
    let second = write_all(config(out), 25..75).await;
    assert_eq!((second.lines(), second.duplicates()), (25, 25));
    assert_exactly_once(out, 0..75);
}

#[tokio::test]
async fn another_revision_is_another_line() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let running = Running::start(config(folder.path()));
    running.deliver(record(1)).await;
    running.deliver(revised(1, "test-2")).await;
    running.end().await.expect("ends well");
    assert_eq!(lines_by_id(folder.path()).into_values().collect::<Vec<_>>(), [2]);
}

#[tokio::test]
async fn a_folder_that_goes_away_ends_the_sink_and_the_next_makes_it_anew() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let out = folder.path().join("out");
    let running = Running::start(config(&out));
    running.deliver(record(1)).await;
    fs::remove_dir_all(&out).expect("removed");
    let receipt = running.publisher.publish(record(2)).await.expect("published");
    let ended = running.end().await.expect_err("cannot go on");
    assert!(
        matches!(&ended, Error::FolderGone { path } if *path == out),
        "{ended}"
    );
    assert!(ended.is_transient());
    receipt.wait().await.expect_err("it was not written");
    write_all(config(&out), 2..3).await;
    assert_exactly_once(&out, 2..3);
}

#[tokio::test]
async fn an_unknown_schema_is_rejected() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let running = Running::start(config(folder.path()));
    let mut strange = record(1).record().expect("reads back");
    strange.schema = "slugline/9".to_owned();
    let strange = Line::of(&strange).expect("serialises");
    let receipt = running
        .publisher
        .publish(strange.into())
        .await
        .expect("published");
    let refused = receipt.wait().await.expect_err("rejected").to_string();
    assert!(refused.contains("unsupported_schema"), "{refused}");
    running.end().await.expect("ends well");
}

#[tokio::test]
async fn parts_roll_by_size_and_never_grow_over_it() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let out = folder.path();
    let limit = 20_000;
    let small = Config {
        roll_bytes: limit,
        batch_lines: 4,
        ..config(out)
    };
    write_all(small.clone(), 0..200).await;
    write_all(small, 200..300).await;
    let parts = parts(out, ".jsonl");
    assert!(parts.len() > 5, "{} parts", parts.len());
    for part in &parts {
        let size = fs::metadata(part).expect("there").len();
        assert!(size > 0 && size <= limit, "{size}");
    }
    assert_exactly_once(out, 0..300);
}

#[tokio::test(start_paused = true)]
async fn parts_roll_when_idle_and_when_old() {
    for (age, idle) in [(Duration::ZERO, 40), (Duration::from_secs(40), 0)] {
        let folder = tempfile::tempdir().expect("temporary folder");
        let timed = Config {
            roll_age: age,
            roll_idle: Duration::from_secs(idle),
            ..config(folder.path())
        };
        let running = Running::start(timed);
        running.deliver(record(1)).await;
        assert_eq!(parts(folder.path(), ".open").len(), 1);
        while running.progress.parts() == 0 {
            tokio::time::advance(Duration::from_secs(1)).await;
            tokio::task::yield_now().await;
        }
        assert_eq!(parts(folder.path(), ".open").len(), 0);
        assert_eq!(parts(folder.path(), ".jsonl").len(), 1);
        running.deliver(record(2)).await;
        running.end().await.expect("ends well");
        assert_eq!(parts(folder.path(), ".jsonl").len(), 2);
    }
}

#[tokio::test]
async fn finished_parts_are_compressed_and_still_recognised() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let out = folder.path();
    let compressed = Config {
        compress: true,
        roll_bytes: 50_000,
        ..config(out)
    };
    write_all(compressed.clone(), 0..400).await;
    assert_eq!(parts(out, ".jsonl").len(), 0);
    assert!(parts(out, ".jsonl.zst").len() > 1);
    // Once by the checkpoints, once by reading the parts.
    for n_more in [1, 2] {
        let progress = write_all(compressed.clone(), 0..400 + n_more).await;
        assert_eq!(
            (progress.lines(), progress.duplicates()),
            (1, 400 + n_more as u64 - 1)
        );
        fs::remove_dir_all(out.join(".slugline")).expect("removed");
    }
    assert_exactly_once(out, 0..402);
}

#[tokio::test]
async fn a_second_sink_on_the_folder_is_refused() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let running = Running::start(config(folder.path()));
    running.deliver(record(1)).await;
    let error = Running::start(config(folder.path()))
        .end()
        .await
        .expect_err("refused");
    assert!(matches!(error, Error::InUse { .. }));
    assert!(
        error.to_string().contains(&format!("pid {}", std::process::id())),
        "{error}"
    );
    running.deliver(record(2)).await;
    running.end().await.expect("the first goes on");
}

#[tokio::test]
async fn a_folder_that_cannot_be_is_said_at_the_start() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let file = folder.path().join("file");
    fs::write(&file, "in the way").expect("written");
    for out in [file.clone(), file.join("below"), "/proc/slugline/out".into()] {
        let error = Running::start(config(&out)).end().await.expect_err("refused");
        assert!(matches!(error, Error::Folder { .. }), "{error:?}");
        assert!(
            error.to_string().contains(out.to_str().expect("UTF-8")),
            "{error}"
        );
    }
}
