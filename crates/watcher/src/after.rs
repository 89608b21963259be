//! What happens to a delivered file: it stays, is moved or is deleted, but only in the state that was read.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::After;
use crate::durable::{move_to_free_name, move_without_replacing};
use crate::identity::FileState;

/// A delivered file.
#[derive(Debug)]
pub(crate) struct Delivered<'a> {
    pub(crate) path: &'a Path,
    pub(crate) relative: &'a Path,
    pub(crate) state: &'a FileState,
}

/// Does with a delivered file what is configured. The folders that must be synced for it to last are added to
/// `folders`.
///
/// A file that has changed since it was read is left alone: it will be found again. A symbolic link is moved or
/// deleted itself; the file it points to is not touched.
pub(crate) fn finish(
    file: &Delivered<'_>,
    after: After,
    done_dir: &Path,
    folders: &mut BTreeSet<PathBuf>,
) -> io::Result<()> {
    if after == After::Keep || !is_unchanged(file.path, file.state)? {
        return Ok(());
    }
    match after {
        After::Keep => {}
        After::Delete => fs::remove_file(file.path)?,
        After::Move => {
            let target = done_dir.join(file.relative);
            let folder = target.parent().unwrap_or(done_dir);
            fs::create_dir_all(folder)?;
            let target = move_to_free_name(file.path, &target)?;
            if !is_same_file(&target, file.state)? {
                // Written to or replaced between the look and the move: give it back, it is not delivered.
                move_without_replacing(&target, file.path)?;
            }
            folders.insert(folder.to_owned());
        }
    }
    folders.extend(file.path.parent().map(Path::to_owned));
    Ok(())
}

/// Returns whether the path still leads to the file as it was read.
fn is_unchanged(path: &Path, state: &FileState) -> io::Result<bool> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(FileState::of(&metadata) == *state),
        // Gone already, or a link that points nowhere once its target was moved.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Returns whether what was moved is what was read. Links, and copies on another file system, are taken as such.
fn is_same_file(moved: &Path, state: &FileState) -> io::Result<bool> {
    let metadata = fs::symlink_metadata(moved)?;
    let now = FileState::of(&metadata);
    Ok(metadata.is_symlink() || now.device != state.device || now == *state)
}
