//! What can go wrong in the sink.

use std::io;
use std::path::{Path, PathBuf};

/// Why the sink could not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration contradicts itself.
    #[error("invalid sink configuration: {0}")]
    Config(&'static str),
    /// The output folder cannot be created, or nothing may be written in it.
    #[error("cannot write to the output folder `{path}`")]
    Folder {
        /// The output folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another sink writes to the same folder.
    #[error("another sink is writing to `{path}` ({holder}): stop it, or choose another folder")]
    InUse {
        /// The output folder.
        path: PathBuf,
        /// Who holds it, such as `pid 4711 on newsbox`.
        holder: String,
    },
    /// What an earlier run left in the folder could not be read or repaired.
    #[error("failed to recover the output of an earlier run")]
    Recover(#[source] Failure),
    /// The deliveries ended while lines could not be written: the rest goes back to the carrier unsettled.
    #[error("stopped with {unsettled} lines unwritten")]
    Unwritten {
        /// How many deliveries were taken and not settled.
        unsettled: usize,
        /// The last thing that failed.
        #[source]
        failure: Failure,
    },
    /// The output folder was removed or renamed under the sink, and with it the lock and the record of what is written.
    /// A new start makes a new one; what was not settled comes back.
    #[error("the output folder `{path}` is gone: removed or renamed while the sink ran")]
    FolderGone {
        /// The output folder.
        path: PathBuf,
    },
    /// A bug: the thread that writes panicked. Nothing unsynced was settled.
    #[error("the writing thread panicked")]
    Panicked,
}

impl Error {
    /// Returns whether starting the sink again later may succeed with nothing changed by a person.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unwritten { .. } | Self::InUse { .. } | Self::FolderGone { .. }
        )
    }
}

/// One operation on one path that failed.
#[derive(Debug, thiserror::Error)]
#[error("failed to {doing} `{path}`")]
pub struct Failure {
    /// What was being done, as a verb: `write`, `sync`.
    pub doing: &'static str,
    /// What it was done to.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

impl Failure {
    /// Returns whether the file system has no room for what was asked: full disk, quota or file size limit.
    pub fn is_out_of_space(&self) -> bool {
        matches!(
            self.source.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
        )
    }
}

/// Adds what was being done, and to what, to an I/O error.
pub(crate) trait Doing<T> {
    fn doing(self, doing: &'static str, path: &Path) -> Result<T, Failure>;
}

impl<T> Doing<T> for io::Result<T> {
    fn doing(self, doing: &'static str, path: &Path) -> Result<T, Failure> {
        self.map_err(|source| Failure {
            doing,
            path: path.to_owned(),
            source,
        })
    }
}
