//! Files that hold several articles: all of them, or a clear word on those that failed.

use wire::message::{Format, Source};
use wire::transport::embedded;
use wire::{RejectionReason, Settlement};

use super::*;
use crate::checkpoint::Checkpoint;
use crate::journal::Record;

fn article(text: &str) -> Article {
    let source = Source {
        name: "inbox".to_owned(),
        path: "many.jsonl".to_owned(),
        item: Some(text.to_owned()),
        format: Format::Jsonl,
        bytes: text.len() as u64,
        encoding: "utf-8".to_owned(),
        received: None,
    };
    Article::new(ArticleId::of(text.as_bytes()), source, text.to_owned())
}

/// Delivers articles with these texts, out of a file of which `unread` was not read; the consumer rejects those called
/// `bad…`. Returns what the consumer saw and what became of them.
async fn delivered(texts: &[&str], known: Known, unread: Option<Failure>) -> (Vec<String>, Deliveries) {
    let (articles, mut consumer) = embedded::channel("sink", 2);
    let (commits, _commits) = mpsc::channel(1);
    let pipeline = Pipeline::new(
        Arc::new(Config::new("/in", "/state")),
        Inbox::at("/in"),
        Arc::new(known),
        articles,
        commits,
        Arc::default(),
        CancellationToken::new(),
        Arc::new(crate::copies::Copies::open(
            std::path::Path::new("/state"),
            crate::duplicates::Config::default(),
        )),
    );
    let delivering = async move {
        let outcome = pipeline
            .deliver(texts.iter().map(|text| article(text)).collect(), unread)
            .await;
        outcome.unwrap_or_else(|_| panic!("the carrier is open"))
    };
    let consuming = async {
        let mut seen = Vec::new();
        while let Some(delivery) = consumer.next().await {
            let text = delivery.message.text.clone();
            let settlement = if text.starts_with("bad") {
                Settlement::Reject {
                    reason: RejectionReason::EnginePanic,
                    detail: "it panicked".to_owned(),
                }
            } else {
                Settlement::Done
            };
            seen.push(text);
            delivery.settle(settlement).await.expect("settled");
        }
        seen
    };
    let (deliveries, seen) = tokio::join!(delivering, consuming);
    (seen, deliveries)
}

fn ids(texts: &[&str]) -> Vec<ArticleId> {
    texts.iter().map(|text| ArticleId::of(text.as_bytes())).collect()
}

fn items(failure: &Failure) -> Vec<(&str, &str)> {
    let items = failure.items.iter();
    items
        .map(|item| (item.item.as_str(), item.reason.as_str()))
        .collect()
}

#[tokio::test]
async fn more_articles_than_the_carrier_holds_are_all_delivered() {
    let (seen, deliveries) = delivered(&["a", "b", "c", "d", "e"], Known::default(), None).await;
    assert_eq!(seen, ["a", "b", "c", "d", "e"]);
    assert_eq!(deliveries.accepted, ids(&["a", "b", "c", "d", "e"]));
    assert_eq!(deliveries.failure, None);
}

#[tokio::test]
async fn rejected_articles_do_not_hold_up_the_others() {
    let (_, deliveries) = delivered(&["a", "bad 1", "b", "bad 2"], Known::default(), None).await;
    assert_eq!(deliveries.accepted, ids(&["a", "b"]));
    let failure = deliveries.failure.expect("a failure");
    assert_eq!(failure.reason, "engine_panic");
    assert_eq!(failure.articles, ids(&["bad 1", "bad 2"]));
    assert_eq!(
        items(&failure),
        [("bad 1", "engine_panic"), ("bad 2", "engine_panic")]
    );
}

#[tokio::test]
async fn bad_lines_do_not_hide_what_the_next_stage_rejects() {
    let refusal = intake::Refusal {
        reason: intake::RefusalReason::Malformed,
        detail: "is no JSON".to_owned(),
    };
    let unread = Failure::of_items(vec![intake::RefusedItem {
        item: Some("line 2".to_owned()),
        refusal,
    }]);
    let (_, deliveries) = delivered(&["a", "bad 1", "bad 2"], Known::default(), unread).await;
    let failure = deliveries.failure.expect("a failure");
    assert_eq!(failure.reason, "engine_panic");
    assert!(failure.detail.contains("it panicked"), "{}", failure.detail);
    let expect = [
        ("line 2", "malformed"),
        ("bad 1", "engine_panic"),
        ("bad 2", "engine_panic"),
    ];
    assert_eq!(items(&failure), expect);
    let named = failure.items[1].article.clone();
    assert_eq!(named, Some(ids(&["bad 1"])[0].to_string()));
}

#[tokio::test]
async fn of_a_file_that_has_grown_only_what_is_new_is_published() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut checkpoint, known) = Checkpoint::open(folder.path()).expect("opened");
    let records: Vec<_> = ids(&["a", "b"])
        .into_iter()
        .map(|id| Record::Content(id.to_bytes()))
        .collect();
    checkpoint.commit(&known, &records).expect("committed");
    let (seen, _) = delivered(&["a", "b", "c", "c"], known, None).await;
    assert_eq!(seen, ["c"]);
}
