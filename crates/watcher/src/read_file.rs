//! The bytes of one file as it was at one moment. Never leaves the inbox, never blocks on what is no file.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::identity::FileState;

/// What reading a file gave.
#[derive(Debug)]
pub(crate) enum Reading {
    /// All bytes, and the state they belong to.
    Content(Vec<u8>, FileState),
    /// It was written to meanwhile.
    Changed,
    /// It is gone, or something else than a file is in its place or on the way to it.
    Vanished,
    /// It is over the size limit; nothing was read.
    TooLarge(FileState),
}

/// Reads a file inside `root`. `relative` must name it without symbolic links.
pub(crate) fn read(root: &Path, relative: &Path, max_bytes: u64) -> io::Result<Reading> {
    let file = match open_beneath(root, relative) {
        Ok(Some(file)) => file,
        Ok(None) => return Ok(Reading::Vanished),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(Reading::Vanished);
        }
        Err(error) => return Err(error),
    };
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Ok(Reading::Vanished);
    }
    let before = FileState::of(&metadata);
    if before.size > max_bytes {
        return Ok(Reading::TooLarge(before));
    }
    let mut bytes = Vec::with_capacity(before.size as usize + 1);
    (&file).take(max_bytes + 1).read_to_end(&mut bytes)?;
    let after = FileState::of(&file.metadata()?);
    if before != after {
        return Ok(Reading::Changed);
    }
    if bytes.len() as u64 != before.size {
        // Some user-space file systems do not know their sizes. Taken for a change, it would be read for ever.
        let told = before.size;
        return Err(io::Error::other(format!(
            "{} bytes could be read of {told}",
            bytes.len()
        )));
    }
    Ok(Reading::Content(bytes, before))
}

/// Opens a file for reading, without blocking; `None` if a symbolic link is in the way.
#[cfg(target_os = "linux")]
fn open_beneath(root: &Path, relative: &Path) -> io::Result<Option<File>> {
    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat, openat2};
    use rustix::io::Errno;
    const TRIES: usize = 8;

    let folder = openat(
        CWD,
        root,
        OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    for _ in 0..TRIES {
        match openat2(&folder, relative, flags, Mode::empty(), resolve) {
            Ok(file) => return Ok(Some(File::from(file))),
            // Something was renamed while the kernel resolved the path.
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(Errno::LOOP | Errno::XDEV) => return Ok(None),
            // A kernel before 5.6, or a container that forbids the call.
            Err(Errno::NOSYS | Errno::PERM) => return open_checked(root, relative),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

#[cfg(not(target_os = "linux"))]
fn open_beneath(root: &Path, relative: &Path) -> io::Result<Option<File>> {
    open_checked(root, relative)
}

/// Like [`open_beneath`], by comparing paths: who may rename folders in the inbox could still trick it.
fn open_checked(root: &Path, relative: &Path) -> io::Result<Option<File>> {
    use rustix::fs::{Mode, OFlags, open};
    use rustix::io::Errno;
    let path = root.join(relative);
    if let Some(parent) = path.parent()
        && std::fs::canonicalize(parent)? != parent
    {
        return Ok(None);
    }
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    match open(&path, flags, Mode::empty()) {
        Ok(file) => Ok(Some(File::from(file))),
        Err(Errno::LOOP) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[track_caller]
    fn check(reading: io::Result<Reading>, expect: &str) {
        let shown = format!("{:?}", reading.expect("read"));
        assert!(shown.starts_with(expect), "{shown}");
    }

    #[test]
    fn only_real_files_inside_are_read() {
        let outer = tempfile::tempdir().expect("a folder");
        let root = fs::canonicalize(outer.path()).expect("a path").join("in");
        fs::create_dir_all(root.join("sub")).expect("made");
        fs::write(outer.path().join("secret"), "secret").expect("written");
        fs::write(root.join("sub/a"), "text").expect("written");
        symlink("../secret", root.join("link")).expect("linked");
        symlink("..", root.join("up")).expect("linked");
        rustix::fs::mkfifoat(
            rustix::fs::CWD,
            root.join("fifo"),
            rustix::fs::Mode::from_raw_mode(0o600),
        )
        .expect("made");

        for open in [open_beneath, open_checked] {
            assert!(open(&root, Path::new("sub/a")).expect("opened").is_some());
            assert!(open(&root, Path::new("link")).expect("refused").is_none());
            assert!(open(&root, Path::new("up/secret")).expect("refused").is_none());
        }
        check(read(&root, Path::new("sub/a"), 4), "Content([116, 101, 120, 116]");
        check(read(&root, Path::new("sub/a"), 3), "TooLarge");
        check(read(&root, Path::new("sub"), 100), "Vanished");
        check(read(&root, Path::new("fifo"), 100), "Vanished");
        check(read(&root, Path::new("nothing"), 100), "Vanished");
    }
}
