//! Folders that other programs, people or crashes have been at.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use sink::{Config, Error};

use crate::support::{Running, assert_exactly_once, config, lines_by_id, parts, record, write_all};

/// Leaves a folder as a crash would: the finished part open again.
fn reopen(out: &Path) -> std::path::PathBuf {
    let part = parts(out, ".jsonl").pop().expect("a part");
    let open = part.with_extension("jsonl.open");
    fs::rename(&part, &open).expect("renamed");
    open
}

fn append(path: &Path, bytes: &[u8]) {
    let mut file = fs::OpenOptions::new().append(true).open(path).expect("opens");
    file.write_all(bytes).expect("written");
}

fn quarantined(out: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(out.join("quarantine")).expect("there");
    entries
        .map(|entry| fs::read(entry.expect("readable").path()).expect("readable"))
        .collect()
}

#[tokio::test]
async fn a_torn_tail_is_cut_off_and_kept() {
    let line = record(20).json().to_vec();
    for tail in [
        &line[..1],
        &line[..line.len() / 2],
        &line[..],
        b"\0\0\0\0",
        b"{\"id\":1}\n",
        b"\n\n",
    ] {
        for checkpoint in ["kept", "lost"] {
            let folder = tempfile::tempdir().expect("temporary folder");
            let out = folder.path();
            write_all(config(out), 0..20).await;
            append(&reopen(out), tail);
            if checkpoint == "lost" {
                fs::remove_dir_all(out.join(".slugline")).expect("removed");
            }
            let progress = write_all(config(out), 10..30).await;
            assert_eq!((progress.lines(), progress.duplicates()), (10, 10));
            assert_eq!(progress.quarantined(), tail.len() as u64);
            assert_eq!(quarantined(out), [tail]);
            assert_exactly_once(out, 0..30);
        }
    }
}

#[tokio::test]
async fn a_foreign_line_in_the_middle_goes_to_the_quarantine() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let out = folder.path();
    write_all(config(out), 0..10).await;
    let open = reopen(out);
    append(&open, b"not ours\n");
    let mut line = record(10).json().to_vec();
    line.push(b'\n');
    append(&open, &line);
    let progress = write_all(config(out), 0..12).await;
    assert_eq!((progress.lines(), progress.duplicates()), (1, 11));
    assert_eq!(quarantined(out), [b"not ours\n"]);
    assert_exactly_once(out, 0..12);
}

#[tokio::test]
async fn a_finished_part_with_foreign_lines_is_left_alone_and_its_lines_are_known() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let out = folder.path();
    write_all(config(out), 0..10).await;
    let part = parts(out, ".jsonl").pop().expect("a part");
    let mut bytes = fs::read(&part).expect("readable");
    bytes.splice(0..0, *b"# a note\n");
    fs::write(&part, &bytes).expect("written");
    let progress = write_all(config(out), 0..10).await;
    assert_eq!((progress.lines(), progress.duplicates()), (0, 10));
    assert_eq!(fs::read(&part).expect("readable"), bytes);
}

#[tokio::test]
async fn damaged_checkpoints_make_no_difference() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let out = folder.path();
    let small = Config {
        roll_bytes: 10_000,
        ..config(out)
    };
    write_all(small.clone(), 0..100).await;
    let index = out.join(".slugline/index");
    let mut rng = fastrand::Rng::with_seed(3);
    for _ in 0..10 {
        for entry in fs::read_dir(&index).expect("there") {
            let path = entry.expect("readable").path();
            let mut bytes = fs::read(&path).expect("readable");
            match rng.u32(..4) {
                0 => bytes.truncate(rng.usize(..=bytes.len())),
                1 => bytes.extend(b"more"),
                2 if !bytes.is_empty() => {
                    let at = rng.usize(..bytes.len());
                    bytes[at] ^= 1 << rng.u32(..8);
                }
                _ => bytes.clear(),
            }
            fs::write(&path, bytes).expect("written");
        }
        let progress = write_all(small.clone(), 0..100).await;
        assert_eq!((progress.lines(), progress.duplicates()), (0, 100));
    }
    assert_exactly_once(out, 0..100);
}

#[tokio::test]
async fn a_crash_between_the_steps_of_a_compression_doubles_nothing() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let out = folder.path();
    write_all(config(out), 0..50).await;
    let original = parts(out, ".jsonl").pop().expect("a part");
    let copy = original.with_extension("jsonl.zst");
    let bytes = fs::read(&original).expect("readable");
    let compressed = zstd::encode_all(bytes.as_slice(), 1).expect("compresses");

    // Renamed, original not removed yet.
    fs::write(&copy, &compressed).expect("written");
    fs::write(out.join(".slugline/part-x.zst.tmp"), "half").expect("written");
    assert_eq!(write_all(config(out), 0..50).await.duplicates(), 50);
    assert!(!original.exists() && copy.exists());
    assert!(!out.join(".slugline/part-x.zst.tmp").exists());
    assert_exactly_once(out, 0..50);

    // A copy that is not whole is not believed.
    fs::write(&original, &bytes).expect("written");
    fs::write(&copy, &compressed[..compressed.len() - 9]).expect("written");
    assert_eq!(write_all(config(out), 0..50).await.duplicates(), 50);
    assert!(original.exists() && !copy.exists());
    assert_exactly_once(out, 0..50);
}

#[tokio::test]
async fn a_part_removed_or_moved_while_open_loses_nothing_new() {
    for action in ["remove", "move", "truncate", "scribble"] {
        let folder = tempfile::tempdir().expect("temporary folder");
        let out = folder.path();
        let running = Running::start(config(out));
        running.deliver(record(1)).await;
        let open = parts(out, ".open").pop().expect("open");
        let moved = out.join("moved.away");
        match action {
            "remove" => fs::remove_file(&open).expect("removed"),
            "move" => fs::rename(&open, &moved).expect("moved"),
            "truncate" => fs::write(&open, "").expect("written"),
            _ => append(&open, b"scribble"),
        }
        running.deliver(record(2)).await;
        running.deliver(record(1)).await;
        let progress = running.end().await.expect("ends well");
        assert_eq!((progress.lines(), progress.duplicates()), (2, 1), "{action}");
        // The next start repairs what was scribbled on.
        write_all(config(out), 3..4).await;
        let ours = if action == "scribble" { 1..4 } else { 2..4 };
        assert_exactly_once(out, ours);
        assert_eq!(moved.exists(), action == "move");
    }
}

#[tokio::test]
async fn removed_parts_are_forgotten_or_remembered_as_configured() {
    for (remember, lines) in [(Duration::ZERO, 10), (Duration::from_hours(1), 0)] {
        let folder = tempfile::tempdir().expect("temporary folder");
        let out = folder.path();
        write_all(config(out), 0..10).await;
        let part = parts(out, ".jsonl").pop().expect("a part");
        fs::remove_file(&part).expect("removed");
        let again = Config {
            remember,
            ..config(out)
        };
        assert_eq!(write_all(again, 0..10).await.lines(), lines);
        let newest = parts(out, ".jsonl").pop();
        assert!(newest.is_none_or(|newest| newest > part), "numbers go on");
    }
}

#[tokio::test]
async fn empty_and_foreign_files_are_no_obstacle() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let out = folder.path();
    for name in [
        "part-0000000009-20300101T000000Z.jsonl.open",
        "part-0000000003-20300101T000000Z.jsonl.open",
    ] {
        fs::write(out.join(name), "").expect("written");
    }
    fs::write(out.join("part-0000000004-20300101T000000Z.jsonl"), "").expect("written");
    fs::write(out.join("notes.jsonl"), "{}\n").expect("written");
    fs::create_dir(out.join("part-0000000099-20300101T000000Z.jsonl")).expect("created");
    write_all(config(out), 0..5).await;
    fs::remove_dir(out.join("part-0000000099-20300101T000000Z.jsonl")).expect("still there");
    assert_exactly_once(out, 0..5);
    assert!(parts(out, ".open").is_empty());
    assert_eq!(
        fs::read_to_string(out.join("notes.jsonl")).expect("still there"),
        "{}\n"
    );
}

#[tokio::test]
async fn what_cannot_be_recovered_is_said_at_the_start() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let out = folder.path();
    write_all(config(out), 0..5).await;
    assert_eq!(lines_by_id(out).len(), 5);
    let index = out.join(".slugline/index");
    fs::remove_dir_all(&index).expect("removed");
    fs::write(&index, "in the way").expect("written");
    let error = Running::start(config(out)).end().await.expect_err("refused");
    assert!(
        matches!(error, Error::Folder { .. } | Error::Recover(_)),
        "{error}"
    );
}
