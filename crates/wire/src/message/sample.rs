//! A record for unit tests.

use jiff::Timestamp;

use super::{Article, ArticleId, EnrichedArticle, Format, Revision, Source};

/// Returns the record of this text, with nothing found in it.
pub(crate) fn record(text: &str) -> EnrichedArticle {
    let source = Source {
        name: "desk".to_owned(),
        path: "a.txt".to_owned(),
        item: None,
        format: Format::Text,
        bytes: text.len() as u64,
        encoding: "utf-8".to_owned(),
        received: Some(Timestamp::UNIX_EPOCH),
    };
    let article = Article::new(ArticleId::of(text.as_bytes()), source, text.to_owned());
    let revision = Revision {
        pipeline: "1".to_owned(),
        model: "m".to_owned(),
    };
    EnrichedArticle::from_article(article, revision)
}
