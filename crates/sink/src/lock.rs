//! One sink per folder: the lock that a second one finds taken.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use jiff::Timestamp;
use wire::FILE_MODE;

use crate::error::Error;

/// The lock on an output folder. The system frees it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Locks `out` by way of `path`, and writes into that file who holds it.
pub(crate) fn acquire(out: &Path, path: &Path) -> Result<Lock, Error> {
    let folder = |source| Error::Folder {
        path: out.to_owned(),
        source,
    };
    let mut options = OpenOptions::new();
    // Not truncated: until it is locked, what it says is another's.
    options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(FILE_MODE);
    let mut file = options.open(path).map_err(folder)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(Error::InUse {
                path: out.to_owned(),
                holder: holder(&mut file),
            });
        }
        Err(TryLockError::Error(source)) => return Err(folder(source)),
    }
    let host = rustix::system::uname();
    let note = format!(
        "pid {} on {} since {:.0}\n",
        std::process::id(),
        host.nodename().to_string_lossy(),
        Timestamp::now()
    );
    let written = file
        .set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| file.write_all(note.as_bytes()));
    match written {
        // A full disk must not keep the sink from starting: the lock itself holds.
        Err(error) if error.kind() == std::io::ErrorKind::StorageFull => {}
        other => other.map_err(folder)?,
    }
    Ok(Lock { _file: file })
}

fn holder(file: &mut File) -> String {
    let mut note = String::new();
    match file.take(200).read_to_string(&mut note) {
        Ok(_) if !note.trim().is_empty() => note.trim().to_owned(),
        _ => "it did not say who it is".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_refused_and_told_who_holds_it() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("sink.lock");
        let first = acquire(folder.path(), &path).expect("free");
        let refused = acquire(folder.path(), &path).expect_err("taken").to_string();
        let pid = format!("pid {}", std::process::id());
        assert!(refused.contains(&pid), "{refused}");
        drop(first);
        acquire(folder.path(), &path).expect("free again");
    }
}
