//! The watched folder: what belongs to it and what is looked past.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use wire::FILE_MODE;

use crate::{Config, Error};

/// The watched folder.
#[derive(Debug, Clone)]
pub(crate) struct Inbox {
    /// Absolute and free of symbolic links, as of the start.
    pub(crate) root: PathBuf,
    /// The watcher's own folders, as far as they lie inside.
    own: Vec<PathBuf>,
}

impl Inbox {
    /// Opens the inbox and makes the watcher's own folders.
    pub(crate) fn open(config: &Config) -> Result<Self, Error> {
        let inbox_error = |source| Error::Inbox {
            path: config.inbox.clone(),
            source,
        };
        let root = fs::canonicalize(&config.inbox).map_err(inbox_error)?;
        fs::read_dir(&root).map_err(inbox_error)?;
        let mut own = Vec::new();
        for folder in [&config.state_dir, &config.failed_dir, &config.done_dir] {
            let folder_error = |source| Error::Folder {
                path: folder.clone(),
                source,
            };
            fs::create_dir_all(folder).map_err(folder_error)?;
            let folder_path = fs::canonicalize(folder).map_err(folder_error)?;
            if folder_path == root {
                let reason = "it is the inbox itself";
                return Err(folder_error(io::Error::new(io::ErrorKind::InvalidInput, reason)));
            }
            if folder_path.starts_with(&root) {
                own.push(folder_path);
            }
        }
        Ok(Self { root, own })
    }

    /// Returns an inbox that need not exist.
    #[cfg(test)]
    pub(crate) fn at(root: &str) -> Self {
        Self {
            root: PathBuf::from(root),
            own: Vec::new(),
        }
    }

    /// Returns the path relative to the inbox if it is one that the watcher looks at: inside, not in one of its own
    /// folders, no dotfile, no `*.tmp` or `*.part`.
    pub(crate) fn relative<'a>(&self, path: &'a Path) -> Option<&'a Path> {
        let relative = path.strip_prefix(&self.root).ok()?;
        let ignored = relative.components().any(|part| is_ignored(part.as_os_str()))
            || self.own.iter().any(|own| path.starts_with(own));
        (!ignored).then_some(relative)
    }
}

fn is_ignored(name: &OsStr) -> bool {
    let name = name.as_bytes();
    let ends_in = |suffix: &[u8]| {
        name.len() >= suffix.len() && name[name.len() - suffix.len()..].eq_ignore_ascii_case(suffix)
    };
    name.starts_with(b".") || ends_in(b".tmp") || ends_in(b".part")
}

/// Takes the lock of a state folder; it lasts as long as the returned file.
pub(crate) fn lock(state_dir: &Path) -> Result<File, Error> {
    let folder_error = |source| Error::Folder {
        path: state_dir.to_owned(),
        source,
    };
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(FILE_MODE)
        .open(state_dir.join("watcher.lock"))
        .map_err(folder_error)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // Who holds it is only for the message.
            let known = file.read_to_string(&mut holder).is_ok() && !holder.trim().is_empty();
            let holder = if known { holder.trim() } else { "unknown" };
            return Err(Error::Locked {
                path: state_dir.to_owned(),
                holder: holder.to_owned(),
            });
        }
        Err(TryLockError::Error(error)) => return Err(folder_error(error)),
    }
    file.set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .map_err(folder_error)?;
    Ok(file)
}

/// Returns the kind of the file system if it is one that reports no events for what other machines do.
#[cfg(target_os = "linux")]
pub(crate) fn remote_file_system(path: &Path) -> Option<&'static str> {
    // The numbers are those of `statfs(2)` and `linux/magic.h`.
    const KINDS: [(u64, &str); 10] = [
        (0x6969, "nfs"),
        (0x517b, "smb"),
        (0xff53_4d42, "cifs"),
        (0xfe53_4d42, "smb2"),
        (0x6573_5546, "fuse"),
        (0x0102_1997, "9p"),
        (0x00c3_6400, "ceph"),
        (0x5346_414f, "afs"),
        (0x7375_7245, "coda"),
        (0x786f_4256, "vboxsf"),
    ];
    let kind = rustix::fs::statfs(path).ok()?.f_type.cast_unsigned() & 0xffff_ffff;
    KINDS
        .iter()
        .find(|(magic, _)| *magic == kind)
        .map(|(_, name)| *name)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn remote_file_system(_path: &Path) -> Option<&'static str> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dotfiles_and_unfinished_files_are_looked_past() {
        let inbox = Inbox {
            root: PathBuf::from("/in"),
            own: vec![PathBuf::from("/in/done")],
        };
        for (path, expect) in [
            ("/in/a.txt", true),
            ("/in/2026/a.txt", true),
            ("/in/doneish/a.txt", true),
            ("/in/.a.txt", false),
            ("/in/.git/a.txt", false),
            ("/in/a.tmp", false),
            ("/in/a.TMP", false),
            ("/in/a.part", false),
            ("/in/tmp", true),
            ("/in/done/a.txt", false),
            ("/elsewhere/a.txt", false),
        ] {
            assert_eq!(inbox.relative(Path::new(path)).is_some(), expect, "{path}");
        }
    }

    #[test]
    fn own_folders_may_lie_around_or_in_the_inbox_but_not_be_it() {
        let outer = tempfile::tempdir().expect("a folder");
        let root = outer.path().join("in");
        fs::create_dir(&root).expect("made");
        let inbox = Inbox::open(&Config::new(&root, outer.path())).expect("opened");
        assert!(inbox.relative(&inbox.root.join("a.txt")).is_some());
        let inbox = Inbox::open(&Config::new(&root, root.join("state"))).expect("opened");
        assert!(inbox.relative(&inbox.root.join("state/failed/a.txt")).is_none());
        let refused = Inbox::open(&Config::new(&root, &root));
        assert!(matches!(refused, Err(Error::Folder { .. })), "{refused:?}");
    }
}
