//! Whatever lies in the folder gets a clear outcome, and the run goes on.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::time::Duration;

use rustix::fs::{CWD, Mode, mkfifoat};
use watcher::{After, Polling};
use wire::ArticleId;

use crate::sandbox::{Sandbox, eventually};

const MODES: [After; 3] = [After::Keep, After::Move, After::Delete];

/// Runs over a folder with one bad thing, made by `make`, and one good article. Returns the reasons in `failed/`.
async fn outcome_of(after: After, make: impl Fn(&Sandbox)) -> (Sandbox, Vec<(String, String)>, usize) {
    let mut sandbox = Sandbox::new();
    sandbox.config.after = after;
    make(&sandbox);
    let good = sandbox.write("good.txt", "a good article");
    let (seen, counts) = sandbox.once().await;
    assert_eq!(
        seen.get(&good).map(|(times, _)| *times),
        Some(1),
        "the good article came through"
    );
    assert_eq!(counts.failed as usize, sandbox.failures().len());
    let again = sandbox.once().await.1;
    assert_eq!(
        (again.failed, again.delivered),
        (0, 0),
        "a refused file was taken up again"
    );
    let failures = sandbox.failures().into_iter().collect();
    (sandbox, failures, seen.len() - 1)
}

#[track_caller]
fn assert_failure(failures: &[(String, String)], name: &str, reason: &str) {
    assert_eq!(failures, [(name.to_owned(), reason.to_owned())]);
}

#[tokio::test]
async fn files_without_text_are_refused_and_put_aside() {
    for after in MODES {
        for text in ["", " \n\t \n"] {
            let (sandbox, failures, _) = outcome_of(after, |sandbox| {
                sandbox.write("sub/bad.txt", text);
            })
            .await;
            assert_failure(&failures, "sub/bad.txt", "empty");
            assert_eq!(
                fs::read_to_string(sandbox.config.failed_dir.join("sub/bad.txt")).expect("put aside"),
                text
            );
            assert_eq!(sandbox.path("sub/bad.txt").exists(), after == After::Keep);
        }
    }
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_unread() {
    for after in MODES {
        let (sandbox, failures, _) = outcome_of(after, |sandbox| {
            let file = File::create(sandbox.path("big.txt")).expect("created");
            file.set_len(100 << 20).expect("made big");
        })
        .await;
        assert_failure(&failures, "big.txt", "too_large");
        let aside = fs::metadata(sandbox.config.failed_dir.join("big.txt")).expect("put aside");
        assert_eq!(aside.len(), 100 << 20);
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_have_an_outcome() {
    let random: Vec<u8> = (0..4096_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    for bytes in [vec![0; 1000], random, b"\xff\xfe".to_vec(), b"caf\xe9".to_vec()] {
        let (_, failures, others) = outcome_of(After::Keep, |sandbox| {
            fs::write(sandbox.path("odd"), &bytes).expect("written");
        })
        .await;
        // What the reader makes of them is its own matter; here only one clear outcome counts.
        assert_eq!(failures.len() + others, 1, "{failures:?}");
    }
}

#[tokio::test]
async fn a_folder_with_the_name_of_a_file_is_a_folder() {
    let (_, failures, others) = outcome_of(After::Move, |sandbox| {
        sandbox.write("a.txt/b.txt", "in a folder");
    })
    .await;
    assert_eq!((failures.len(), others), (0, 1));
}

#[tokio::test]
async fn special_files_are_described_and_left_in_place() {
    for after in MODES {
        let (sandbox, failures, _) = outcome_of(after, |sandbox| {
            mkfifoat(CWD, sandbox.path("pipe.txt"), Mode::from_raw_mode(0o600)).expect("made");
        })
        .await;
        assert_failure(&failures, "pipe.txt", "not_a_file");
        let metadata = fs::symlink_metadata(sandbox.path("pipe.txt")).expect("in place");
        assert!(metadata.file_type().is_fifo());

        let (_, failures, _) = outcome_of(after, |sandbox| {
            drop(UnixListener::bind(sandbox.path("socket")).expect("bound"));
        })
        .await;
        assert_failure(&failures, "socket", "not_a_file");
    }
}

#[tokio::test]
async fn links_that_leave_the_inbox_are_described_and_not_followed() {
    for after in MODES {
        let (sandbox, failures, others) = outcome_of(after, |sandbox| {
            fs::create_dir(sandbox.outside("folder")).expect("made");
            fs::write(sandbox.outside("folder/secret"), "secret").expect("written");
            symlink(sandbox.outside("folder/secret"), sandbox.path("absolute.txt")).expect("linked");
            symlink("../folder/secret", sandbox.path("relative.txt")).expect("linked");
            symlink("../folder", sandbox.path("folder.txt")).expect("linked");
            symlink("nowhere", sandbox.path("dangling.txt")).expect("linked");
            symlink("self.txt", sandbox.path("self.txt")).expect("linked");
        })
        .await;
        let reasons: Vec<_> = failures
            .iter()
            .map(|(name, reason)| (name.as_str(), reason.as_str()))
            .collect();
        let expect = [
            ("absolute.txt", "outside_inbox"),
            ("dangling.txt", "dangling_link"),
            ("folder.txt", "outside_inbox"),
            ("relative.txt", "outside_inbox"),
            ("self.txt", "dangling_link"),
        ];
        assert_eq!(reasons, expect);
        assert_eq!(others, 0, "a secret was published");
        assert!(sandbox.outside("folder/secret").exists());
    }
}

#[tokio::test]
async fn a_folder_replaced_by_a_link_is_not_followed() {
    let mut sandbox = Sandbox::new();
    sandbox.config.polling = Polling::Never;
    let first = sandbox.write("sub/a.txt", "inside");
    let mut running = sandbox.start();
    running.until_seen(first).await;
    fs::create_dir(sandbox.outside("folder")).expect("made");
    fs::rename(sandbox.path("sub"), sandbox.outside("old")).expect("renamed");
    symlink(sandbox.outside("folder"), sandbox.path("sub")).expect("linked");
    fs::write(sandbox.path("sub/secret.txt"), "outside").expect("written");
    let last = sandbox.write("b.txt", "inside too");
    running.until_seen(last).await;
    eventually("the link to be refused", || {
        running.progress.snapshot().failed == 1
    })
    .await;
    let (seen, _) = running.stop().await;
    assert_eq!(seen.len(), 2, "a secret was published: {seen:?}");
    assert_eq!(sandbox.failures()["sub"], "outside_inbox");
}

#[tokio::test]
async fn names_of_any_bytes_and_any_length_are_read() {
    for after in MODES {
        let names: [&[u8]; 5] = [
            &[b'n'; 255],
            b"caf\xe9 \xff.txt",
            b"new\nline",
            b"-rf",
            "\u{1f4f0}.txt".as_bytes(),
        ];
        for name in names {
            let (sandbox, failures, others) = outcome_of(after, |sandbox| {
                fs::write(sandbox.path(OsStr::from_bytes(name)), "an odd name").expect("written");
            })
            .await;
            assert_eq!((failures.len(), others), (0, 1), "{name:?}");
            assert_eq!(
                sandbox.path(OsStr::from_bytes(name)).exists(),
                after == After::Keep
            );
            // And refused under such a name.
            let (_, failures, _) = outcome_of(after, |sandbox| {
                fs::write(sandbox.path(OsStr::from_bytes(name)), " ").expect("written");
            })
            .await;
            assert_eq!(failures.len(), 1, "{name:?}");
        }
        let too_long = fs::write(Sandbox::new().path("n".repeat(300)), "text");
        assert!(too_long.is_err(), "no file system here takes 300 bytes");
    }
}

#[tokio::test]
async fn deep_folders_are_read() {
    let (_, failures, others) = outcome_of(After::Move, |sandbox| {
        sandbox.write(&format!("{}a.txt", "d/".repeat(500)), "deep down");
    })
    .await;
    assert_eq!((failures.len(), others), (0, 1));
}

#[tokio::test]
async fn an_unreadable_file_is_described_and_read_once_it_can_be() {
    let sandbox = Sandbox::new();
    let id = sandbox.write("locked.txt", "locked");
    fs::set_permissions(sandbox.path("locked.txt"), Permissions::from_mode(0o0)).expect("locked");
    if fs::read(sandbox.path("locked.txt")).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    let (seen, _) = sandbox.once().await;
    assert!(seen.is_empty());
    assert_eq!(sandbox.failures()["locked.txt"], "unreadable");
    fs::set_permissions(sandbox.path("locked.txt"), Permissions::from_mode(0o600)).expect("unlocked");
    let (seen, _) = sandbox.once().await;
    assert!(seen.contains_key(&id));
}

#[tokio::test]
async fn a_refused_file_is_read_again_once_it_has_changed() {
    let mut sandbox = Sandbox::new();
    sandbox.config.polling = Polling::Never;
    sandbox.write("a.txt", "");
    let mut running = sandbox.start();
    eventually("the empty file to be refused", || {
        running.progress.snapshot().failed == 1
    })
    .await;
    let id = sandbox.write("a.txt", "now with text");
    running.until_seen(id).await;
    running.stop().await;
}

#[tokio::test]
async fn a_refused_file_that_is_moved_back_is_tried_again() {
    let mut sandbox = Sandbox::new();
    sandbox.config.after = After::Move;
    sandbox.write("a.txt", "text that the next stage rejects, today");
    let reject = |_: &wire::Article| wire::Settlement::Reject {
        reason: wire::RejectionReason::EnginePanic,
        detail: "it panicked".to_owned(),
    };
    sandbox.once_with(reject).await;
    assert_eq!(sandbox.failures()["a.txt"], "engine_panic");
    fs::rename(sandbox.config.failed_dir.join("a.txt"), sandbox.path("a.txt")).expect("moved back");
    let (seen, counts) = sandbox.once().await;
    assert_eq!((seen.len(), counts.failed), (1, 0));
    assert!(sandbox.config.done_dir.join("a.txt").exists());
}

#[tokio::test]
async fn a_refused_file_that_cannot_be_put_aside_stays_and_is_tried_again() {
    for after in MODES {
        let mut sandbox = Sandbox::new();
        sandbox.config.after = after;
        sandbox.write("sub/bad.txt", "");
        let good = sandbox.write("sub/good.txt", "a good article");
        fs::create_dir_all(&sandbox.config.failed_dir).expect("made");
        fs::write(sandbox.config.failed_dir.join("sub"), "in the way").expect("written");
        let (seen, counts) = sandbox.once().await;
        assert!(seen.contains_key(&good));
        assert_eq!(counts.failed, 1);
        assert!(sandbox.path("sub/bad.txt").exists());
        fs::remove_file(sandbox.config.failed_dir.join("sub")).expect("removed");
        sandbox.once().await;
        assert_eq!(sandbox.failures()["sub/bad.txt"], "empty");
    }
}

#[tokio::test]
async fn refused_files_of_the_same_name_do_not_replace_each_other() {
    let mut sandbox = Sandbox::new();
    sandbox.config.after = After::Move;
    for text in ["", " ", "  "] {
        sandbox.write("a.txt", text);
        sandbox.once().await;
    }
    let names: Vec<_> = sandbox.failures().into_keys().collect();
    assert_eq!(names, ["a.1.txt", "a.2.txt", "a.txt"]);
    assert_eq!(
        fs::read_to_string(sandbox.config.failed_dir.join("a.2.txt")).expect("read"),
        "  "
    );
}

#[tokio::test]
async fn files_that_vanish_are_no_trouble() {
    let mut sandbox = Sandbox::new();
    sandbox.config.polling = Polling::Never;
    let mut running = sandbox.start();
    for n in 0..300 {
        let name = format!("{n}.txt");
        sandbox.write(&name, &format!("here and gone {n}"));
        fs::remove_file(sandbox.path(&name)).expect("removed");
    }
    let last = sandbox.write("last.txt", "still here");
    running.until_seen(last).await;
    let (_, counts) = running.stop().await;
    assert_eq!(counts.failed, 0);
    assert!(sandbox.failures().is_empty());
}

#[tokio::test]
async fn a_file_that_never_rests_does_not_hold_up_a_single_run_for_ever() {
    use std::io::Write;
    let mut sandbox = Sandbox::new();
    // Far longer than the writer ever pauses, however busy the machine.
    sandbox.config.settle_time = Duration::from_millis(600);
    let good = sandbox.write("good.txt", "a good article");
    let path = sandbox.path("endless.log");
    let mut file = File::create(&path).expect("created");
    let writer = async {
        loop {
            file.write_all(b"and on\n").expect("written");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        (seen, counts) = sandbox.once() => {
            assert_eq!(seen.keys().collect::<Vec<_>>(), [&good]);
            assert_eq!((counts.delivered, counts.failed), (1, 0));
        }
        // Never ends by itself.
        () = writer => {}
    }
    assert!(!sandbox.config.failed_dir.join("endless.log").exists());
    assert_ne!(ArticleId::of(b""), good);
}

#[tokio::test]
async fn a_bad_line_costs_no_other_line() {
    const LINES: &str =
        "{\"text\":\"The dam broke.\"}\n{\"text\":\"cut o\n\n{\"text\":\"The river fell.\"}\n{\"n\":1}\n";
    for after in MODES {
        let (sandbox, failures, others) = outcome_of(after, |sandbox| {
            sandbox.write("day.jsonl", LINES);
        })
        .await;
        assert_eq!(others, 2, "the good lines came through");
        assert_failure(&failures, "day.jsonl", "malformed");
        let aside = sandbox.config.failed_dir.join("day.jsonl");
        assert_eq!(fs::read_to_string(aside).expect("put aside"), LINES);
        let error = fs::read(sandbox.config.failed_dir.join("day.jsonl.error.json")).expect("told");
        let error: serde_json::Value = serde_json::from_slice(&error).expect("JSON");
        assert_eq!(error["items"][0]["item"], "line 2");
        assert_eq!(error["items"][0]["reason"], "malformed");
        assert_eq!(error["items"][1]["item"], "line 5");
        assert_eq!(error["items"][1]["reason"], "unsupported");
        assert_eq!(error["items"].as_array().map(Vec::len), Some(2));
        let detail = error["detail"].as_str().expect("a text");
        assert!(
            detail.starts_with("2 items were refused, the first: line 2: "),
            "{detail}"
        );

        // Once the lines are mended, only they are published.
        let mended = LINES
            .replace("cut o", "The bridge held.\"}")
            .replace("\"n\":1", "\"text\":\"It rained.\"");
        sandbox.write("day.jsonl", &mended);
        let (seen, counts) = sandbox.once().await;
        assert_eq!(counts.failed, 0);
        assert_eq!(seen.len(), 2, "{seen:?}");
    }
}

#[tokio::test]
async fn a_file_that_stays_and_grows_has_one_error_file() {
    use std::io::Write;
    let sandbox = Sandbox::new();
    sandbox.write("day.jsonl", "{\"text\":\"The dam broke.\"}\n{\"text\":\"cut o\n");
    let told = || {
        let error = fs::read(sandbox.config.failed_dir.join("day.jsonl.error.json")).expect("told");
        serde_json::from_slice::<serde_json::Value>(&error).expect("JSON")
    };
    sandbox.once().await;
    for n in 1..=3 {
        let bytes = told()["bytes"].as_u64();
        let mut file = File::options()
            .append(true)
            .open(sandbox.path("day.jsonl"))
            .expect("opened");
        writeln!(file, "{{\"text\":\"It rained on day {n}.\"}}").expect("written");
        let (seen, counts) = sandbox.once().await;
        assert_eq!(
            (seen.len(), counts.failed),
            (1, 1),
            "only the new line is published"
        );
        assert!(told()["bytes"].as_u64() > bytes, "the error file is the newest");
    }
    let names: Vec<_> = sandbox.failures().into_keys().collect();
    assert_eq!(names, ["day.jsonl"]);

    // Another file of the name is another refusal.
    fs::write(sandbox.path("new.tmp"), "{\"text\":\"cut\n{\"text\":\"off\n").expect("written");
    fs::rename(sandbox.path("new.tmp"), sandbox.path("day.jsonl")).expect("renamed");
    sandbox.once().await;
    let names: Vec<_> = sandbox.failures().into_keys().collect();
    assert_eq!(names, ["day.1.jsonl", "day.jsonl"]);
}
