//! The messages that cross a stage boundary, and the record that a line of output holds.
//!
//! Rules of the format (`slugline/1`):
//!
//! - Offsets are **Unicode code points** into `text`, end exclusive. Inside the engine spans are byte offsets;
//!   they are converted once, when the record is built.
//! - Every key is always present. Unknown is `null`, never a guess. Arrays and the objects `source`, `revision`,
//!   `dateline`, `published` and `duplicate` are never null.
//! - Ids are deterministic: the same bytes give the same record.
//! - Within `slugline/1` changes only add keys.

mod article;
mod encoded;
mod enriched;
mod id;
mod json;
mod line;
mod number;
#[cfg(test)]
pub(crate) mod sample;
mod tag;
mod tag_writer;

pub use article::{
    ARTICLE_SCHEMA, Article, Dateline, Duplicate, Format, Precision, Published, PublishedFrom, Removed,
    Source,
};
pub use encoded::Encoded;
pub use enriched::{
    Bound, Change, ClaimStatus, Claimant, DateMention, EnrichedArticle, Entity, EntityIds, EntityType,
    Figure, FigureKind, Quote, RECORD_SCHEMA, Revision, Speaker, TextSpan, When,
};
pub use id::{ArticleId, ParseIdError};
pub use json::append_json;
pub use line::Line;
pub use tag::{ClaimantTag, FigureTag, PlaceTag, TAG_SCHEMA, Tag, TagEvent};
pub use tag_writer::{TagSentence, TagWriter, write_entity_subject, write_figure_subject};
