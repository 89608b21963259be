//! Writes enriched articles as durable JSON lines: exactly one per article and revision.
//!
//! ```text
//! Consumer ──▶ [ batch: 256 lines or 20 ms ] ──▶ writer: write · fdatasync · checkpoint ──▶ settle
//!                one batch fills ……… while one batch is written (at most two are held)
//! ```
//!
//! - A delivery is settled only after its line is durable, so what is not settled comes back, and what comes back
//!   is recognised by article id and revision.
//! - After a crash at any byte the folder itself tells which lines there are; checkpoints only make that quick.
//! - While nothing can be written (full disk, I/O errors) nothing is settled, it is said once, and it is tried
//!   again for ever with growing pauses.
//!
//! The sink reads nothing but its own folder and knows nothing of how deliveries are carried.

mod batch;
mod checkpoint;
mod compress;
mod config;
mod disk;
mod error;
#[cfg(test)]
mod faulty;
mod folder;
mod jsonl;
mod lock;
#[cfg(test)]
mod model_tests;
mod part;
mod progress;
mod recover;
mod run;
mod seen;
mod writer;

pub use config::{Config, MAX_BATCH_LINES};
pub use error::{Error, Failure};
pub use progress::Progress;
pub use run::run;
