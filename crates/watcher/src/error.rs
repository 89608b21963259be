//! Why a watcher cannot start or go on. Troubles of single files are outcomes, not errors.

use std::io;
use std::path::PathBuf;

/// Why a watcher cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder to watch is missing, or is not a folder.
    #[error("failed to open the inbox `{path}`")]
    Inbox {
        /// The configured folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A folder of the watcher could not be made or used.
    #[error("failed to prepare the folder `{path}`")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another watcher holds the lock of the state folder.
    #[error("the state folder `{path}` is in use by another watcher (process {holder}); give each its own")]
    Locked {
        /// The state folder.
        path: PathBuf,
        /// Process id of the other watcher, or `unknown`.
        holder: String,
    },
    /// The checkpoint could not be opened. A damaged one is repaired; this is a failing disk or missing rights.
    #[error("failed to open the checkpoint in `{path}`")]
    Checkpoint {
        /// The state folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The carrier closed although nobody asked the watcher to stop.
    #[error("the carrier closed while articles were being published")]
    CarrierClosed,
    /// A part of the watcher panicked.
    #[error("the {part} stopped unexpectedly")]
    Stopped {
        /// Which part.
        part: &'static str,
        /// How it ended.
        source: tokio::task::JoinError,
    },
}
