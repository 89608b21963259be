//! Real limits of real file systems: a file size limit, a full file system.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::crash::{RECORDS, spawn_child, wait_until_settled};
use crate::support::{Running, assert_exactly_once, config, parts, record, write_all};

/// A file system of one megabyte, unmounted when dropped.
struct SmallDisk {
    mounted: PathBuf,
    _folder: tempfile::TempDir,
}

impl SmallDisk {
    /// Returns `None`, having said so, where mounting is not allowed.
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().expect("temporary folder");
        let mounted = folder.path().join("disk");
        fs::create_dir(&mounted).expect("created");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
            .arg(&mounted)
            .output();
        match mount {
            Ok(output) if output.status.success() => Some(Self {
                mounted,
                _folder: folder,
            }),
            other => {
                eprintln!("skipped: a small tmpfs cannot be mounted here: {other:?}");
                None
            }
        }
    }

    fn path(&self) -> &Path {
        &self.mounted
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg("--lazy").arg(&self.mounted).status();
        assert!(unmounted.is_ok_and(|status| status.success()) || std::thread::panicking());
    }
}

/// Waits until `reached`, at most a minute.
async fn wait_until(what: &str, reached: impl Fn() -> bool) {
    let start = Instant::now();
    while !reached() {
        assert!(start.elapsed() < Duration::from_mins(1), "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_full_disk_stops_the_sink_and_room_lets_it_go_on() {
    let Some(disk) = SmallDisk::mount() else { return };
    let ballast = disk.path().join("ballast");
    fs::write(&ballast, vec![0; 600_000]).expect("fits");
    let out = disk.path().join("out");
    let running = Running::start(config(&out));
    let mut receipts = Vec::new();
    for n in 0..800 {
        receipts.push(running.publisher.publish(record(n)).await.expect("published"));
    }
    let progress = Arc::clone(&running.progress);
    wait_until("stalled", || progress.is_stalled()).await;
    wait_until("tried again", || progress.errors() > 2).await;
    let written = progress.lines();
    assert!(written > 0 && written < 800, "{written} lines fit");

    fs::remove_file(&ballast).expect("removed");
    for receipt in receipts {
        receipt.wait().await.expect("settled in the end");
    }
    assert!(!progress.is_stalled());
    assert_eq!(progress.lines(), 800);
    running.end().await.expect("ends well");
    assert_exactly_once(&out, 0..800);
}

#[tokio::test]
async fn a_sink_stopped_while_the_disk_is_full_gives_everything_back() {
    let Some(disk) = SmallDisk::mount() else { return };
    let ballast = disk.path().join("ballast");
    fs::write(&ballast, vec![0; 800_000]).expect("fits");
    let out = disk.path().join("out");
    let running = Running::start(config(&out));
    let mut receipts = Vec::new();
    for n in 0..800 {
        receipts.push(running.publisher.publish(record(n)).await.expect("published"));
    }
    let progress = Arc::clone(&running.progress);
    wait_until("stalled", || progress.is_stalled()).await;
    running.abort().await;
    let mut unsettled = 0;
    for receipt in receipts {
        unsettled += u64::from(receipt.wait().await.is_err());
    }
    assert_eq!(unsettled, 800 - progress.lines());

    fs::remove_file(&ballast).expect("removed");
    let again = write_all(config(&out), 0..800).await;
    // Whole lines of the batch that failed are recovered, so it can be fewer than were given back.
    assert!(again.lines() <= unsettled);
    assert_eq!(again.lines() + again.duplicates(), 800);
    assert_exactly_once(&out, 0..800);
}

#[test]
fn a_file_size_limit_makes_another_part() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let out = folder.path().join("out");
    // The limit is in blocks of 512 bytes: a batch fits into 100 of them, a part of 60,000 bytes does not.
    let mut child = spawn_child(&out, "trap '' XFSZ; ulimit -f 100;");
    wait_until_settled(&mut child, &out, RECORDS);
    let status = child.wait().expect("our child");
    assert!(status.success(), "{status}");
    assert_exactly_once(&out, 0..RECORDS);
    for part in parts(&out, "") {
        assert!(
            fs::metadata(&part).expect("there").len() <= 51_200,
            "{}",
            part.display()
        );
    }
}
