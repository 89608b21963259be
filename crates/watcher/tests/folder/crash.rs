//! Whenever it is interrupted, nothing is lost; and what was committed is not published again.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use watcher::After;
use wire::{ArticleId, Settlement};

use crate::sandbox::{Running, Sandbox};

const COUNT: u32 = 200;

fn fill(sandbox: &Sandbox) -> BTreeSet<ArticleId> {
    (0..COUNT)
        .map(|n| sandbox.write(&format!("{}/{n}.txt", n % 7), &format!("article {n}")))
        .collect()
}

/// Interrupts the watcher again and again until all is seen, then once more in good order.
async fn check_crashes(after: After) {
    let mut sandbox = Sandbox::new();
    sandbox.config.after = after;
    sandbox.config.in_flight = 8;
    let expect = fill(&sandbox);
    let mut seen = BTreeSet::new();
    for round in 1..=12 {
        let mut running = Running::start(sandbox.config.clone(), |_| Settlement::Done);
        let left = expect.difference(&seen).count();
        if left > 0 {
            let wanted = left.min(3 + round * 2);
            running.until("some articles", |seen| seen.len() >= wanted).await;
        }
        seen.extend(running.crash().await.into_keys());
    }
    let (last, _) = sandbox.once().await;
    seen.extend(last.into_keys());
    assert_eq!(seen, expect, "{after:?}: lost, or made up");

    let (again, _) = sandbox.once().await;
    assert!(again.is_empty(), "{after:?}: published although committed");
    let left = (0..COUNT)
        .filter(|n| sandbox.path(format!("{}/{n}.txt", n % 7)).exists())
        .count();
    assert_eq!(
        left,
        if after == After::Keep { COUNT as usize } else { 0 },
        "{after:?}"
    );
    if after == After::Move {
        let done = (0..COUNT).filter(|n| {
            sandbox
                .config
                .done_dir
                .join(format!("{}/{n}.txt", n % 7))
                .exists()
        });
        assert_eq!(done.count(), COUNT as usize);
    }
}

#[tokio::test]
async fn crashes_lose_nothing_with_keep() {
    check_crashes(After::Keep).await;
}

#[tokio::test]
async fn crashes_lose_nothing_with_move() {
    check_crashes(After::Move).await;
}

#[tokio::test]
async fn crashes_lose_nothing_with_delete() {
    check_crashes(After::Delete).await;
}

fn checkpoint_file(sandbox: &Sandbox) -> PathBuf {
    let mut files = fs::read_dir(&sandbox.config.state_dir)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "log"));
    let file = files.next().expect("a checkpoint");
    assert_eq!(files.next(), None, "older checkpoints are removed");
    file
}

/// Runs over three delivered articles with a checkpoint that `damage` has changed; returns how many came again.
async fn republished_after(damage: impl Fn(Vec<u8>) -> Option<Vec<u8>>) -> usize {
    let sandbox = Sandbox::new();
    let expect: BTreeSet<_> = (0..3)
        .map(|n| sandbox.write(&format!("{n}.txt"), &format!("article {n}")))
        .collect();
    assert_eq!(sandbox.once().await.0.len(), 3);
    let path = checkpoint_file(&sandbox);
    match damage(fs::read(&path).expect("read")) {
        Some(bytes) => fs::write(&path, bytes).expect("written"),
        None => fs::remove_file(&path).expect("removed"),
    }
    let fresh = sandbox.write("fresh.txt", "a fresh article");
    let (seen, _) = sandbox.once().await;
    assert!(seen.contains_key(&fresh), "the run went on");
    assert!(seen.keys().all(|id| *id == fresh || expect.contains(id)));
    let (seen_later, _) = sandbox.once().await;
    assert!(seen_later.is_empty(), "the repaired checkpoint holds");
    seen.len() - 1
}

#[tokio::test]
async fn a_damaged_checkpoint_is_never_fatal() {
    assert_eq!(republished_after(Some).await, 0);
    assert_eq!(republished_after(|_| None).await, 3);
    assert_eq!(republished_after(|_| Some(Vec::new())).await, 3);
    assert_eq!(
        republished_after(|_| Some(b"another version of the checkpoint, in JSON or so".to_vec())).await,
        3
    );
    assert_eq!(
        republished_after(|bytes| Some(bytes.iter().map(|byte| !byte).collect())).await,
        3
    );
    // One header, three contents, three files, 32 bytes each: a cut in the last leaves all contents.
    for cut in [1, 16, 31] {
        let torn = |mut bytes: Vec<u8>| {
            bytes.truncate(bytes.len() - cut);
            Some(bytes)
        };
        assert!(republished_after(torn).await <= 1);
    }
}

#[tokio::test]
async fn an_article_whose_receipt_never_came_is_published_again() {
    let sandbox = Sandbox::new();
    let id = sandbox.write("a.txt", "unsettled");
    let (articles, mut consumer) = wire::transport::embedded::channel::<wire::Article>("sink", 4);
    let watching = watcher::run(
        sandbox.config.clone(),
        articles,
        Arc::default(),
        CancellationToken::new(),
    );
    tokio::select! {
        outcome = watching => panic!("it ended: {outcome:?}"),
        delivery = consumer.next() => assert_eq!(delivery.expect("a delivery").message.id, id),
    }
    let mut running = sandbox.start();
    running.until_seen(id).await;
    running.stop().await;
}
