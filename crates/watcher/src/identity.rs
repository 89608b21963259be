//! What counts as the same file and as the same content.
//!
//! Content decides: the BLAKE3 id of the bytes. The state of a file on disk (device, inode, size, modification
//! time) only saves reading it again.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime};

/// The state of a file at one moment, as far as it tells whether the content may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileState {
    pub(crate) device: u64,
    pub(crate) inode: u64,
    pub(crate) size: u64,
    /// Nanoseconds since 1970; negative before.
    pub(crate) modified_ns: i128,
}

/// A [`FileState`] in 16 bytes: what the checkpoint remembers of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Stamp(pub(crate) [u8; 16]);

impl FileState {
    /// Returns the state that the metadata tell.
    pub(crate) fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified_ns: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        }
    }

    /// Returns the state in 16 bytes.
    pub(crate) fn stamp(&self) -> Stamp {
        self.stamp_with(&[])
    }

    /// Returns the stamp of something that is no regular file. A FIFO's times change with every use, so only the
    /// inode counts.
    pub(crate) fn special_stamp(&self) -> Stamp {
        let still = Self {
            size: 0,
            modified_ns: 0,
            ..*self
        };
        still.stamp_with(b"special")
    }

    /// Returns the stamp of an unreadable file: new rights change neither size nor modification time. `ctime` would
    /// tell too, but changes with every link, and so with the one in `failed/`.
    pub(crate) fn unreadable_stamp(&self, metadata: &Metadata) -> Stamp {
        let rights = [metadata.mode(), metadata.uid(), metadata.gid()];
        self.stamp_with(&rights.map(u32::to_le_bytes).concat())
    }

    fn stamp_with(&self, salt: &[u8]) -> Stamp {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.device.to_le_bytes());
        hasher.update(&self.inode.to_le_bytes());
        hasher.update(&self.size.to_le_bytes());
        hasher.update(&self.modified_ns.to_le_bytes());
        hasher.update(salt);
        let mut stamp = [0; 16];
        stamp.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Stamp(stamp)
    }

    /// Returns how long ago the file was modified; `None` if it says the future.
    pub(crate) fn age(&self, now: SystemTime) -> Option<Duration> {
        let now = now.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_nanos();
        let age = i128::try_from(now).ok()? - self.modified_ns;
        u64::try_from(age).ok().map(Duration::from_nanos)
    }
}

fn nanoseconds(seconds: i64, nanoseconds: i64) -> i128 {
    i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds)
}
