//! What the stages of Slugline say to each other, and how it is carried.
//!
//! `wire` knows messages, the NATS topology and the two carriers (NATS JetStream and embedded). It knows no
//! stage: the watcher, the enricher and the sink depend on `wire` and never on each other.
//!
//! - [`message`]: [`Article`] and [`Line`] (an [`EnrichedArticle`], serialised), the only types that cross a stage
//!   boundary.
//! - [`transport`]: [`Publisher`], [`Consumer`], [`Delivery`], [`Settlement`], [`Receipt`]: the rules that both
//!   carriers obey.

pub mod message;
pub mod nats;
pub mod telemetry;
pub mod topology;
pub mod trace;
pub mod transport;

pub use message::{Article, ArticleId, EnrichedArticle, Line};
pub use transport::{
    Consumer, Delivery, Message, Publisher, Receipt, Rejection, RejectionReason, Settlement,
};

/// Rights of every file that a stage makes, less what the umask takes away: the owner writes, the group reads, and
/// there is nothing for strangers. It lives here because the watcher and the sink share nothing else.
pub const FILE_MODE: u32 = 0o640;
