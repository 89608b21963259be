//! The output folder at the start: created, checked, locked and recovered.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::Access;

use crate::config::Config;
use crate::disk::{Disk, RealDisk};
use crate::error::Error;
use crate::lock::{self, Lock};
use crate::progress::Progress;
use crate::recover::recover;
use crate::writer::{Folder, Writer};

/// Creates the folder if need be, locks it and brings it in order. Blocking.
pub(crate) fn open(config: &Config, progress: Arc<Progress>) -> Result<(Writer, Lock), Error> {
    let folder = Folder::new(config.out.clone());
    prepare(&folder)?;
    let lock = lock::acquire(&folder.out, &folder.state.join("sink.lock"))?;
    let mut writer = Writer::new(Arc::new(RealDisk), folder, config.roll_bytes, progress);
    recover(&mut writer, config.remember).map_err(Error::Recover)?;
    Ok((writer, lock))
}

fn prepare(folder: &Folder) -> Result<(), Error> {
    let refuse = |source| Error::Folder {
        path: folder.out.clone(),
        source,
    };
    for dir in [&folder.out, &folder.state, &folder.index, &folder.quarantine] {
        fs::create_dir_all(dir).map_err(refuse)?;
    }
    rustix::fs::access(&folder.out, Access::WRITE_OK | Access::EXEC_OK)
        .map_err(|errno| refuse(errno.into()))?;
    let parent = match folder.out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    for dir in [parent, &folder.out, &folder.state] {
        match RealDisk.sync_dir(dir) {
            // Allowed to write into it, not to look at it: then its owner sees to it.
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {}
            other => other.map_err(refuse)?,
        }
    }
    Ok(())
}
