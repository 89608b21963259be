//! File operations that survive a power cut and overwrite nothing.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use wire::FILE_MODE;

/// Longest file name that common file systems take, in bytes.
const NAME_MAX: usize = 255;

/// Syncs a folder, so that names made or removed in it last.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Writes a file so that after a crash it is there whole or not at all. The folder is not synced.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_whole_with(path, |file| file.write_all(bytes))
}

/// As [`write_whole`], for what is written in small pieces.
pub(crate) fn write_whole_with(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let temporary = path.with_file_name(numbered(
        path.file_name().unwrap_or_default(),
        0,
        OsStr::new(".tmp"),
    ));
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(FILE_MODE)
        .open(&temporary)?;
    let mut buffered = BufWriter::new(file);
    write(&mut buffered)?;
    buffered.into_inner()?.sync_all()?;
    fs::rename(&temporary, path)
}

/// Moves a file, failing with `AlreadyExists` instead of replacing one. Across file systems the file is copied and
/// synced first. Folders are not synced.
pub(crate) fn move_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    match rename_without_replacing(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            copy_without_replacing(from, to)?;
            fs::remove_file(from)
        }
        outcome => outcome,
    }
}

#[cfg(target_os = "linux")]
fn rename_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // The file system does not know the flag.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => link_and_unlink(from, to),
        outcome => outcome.map_err(io::Error::from),
    }
}

#[cfg(not(target_os = "linux"))]
fn rename_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    link_and_unlink(from, to)
}

fn link_and_unlink(from: &Path, to: &Path) -> io::Result<()> {
    fs::hard_link(from, to)?;
    fs::remove_file(from)
}

/// Copies a file under a new name, synced, failing with `AlreadyExists` instead of replacing one.
pub(crate) fn copy_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    let mut target = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(FILE_MODE)
        .open(to)?;
    let copied = io::copy(&mut source, &mut target).and_then(|_| target.sync_all());
    if let Err(error) = copied {
        // Half a copy must not be taken for the file.
        fs::remove_file(to)?;
        return Err(error);
    }
    Ok(())
}

/// Copies a file to a name that may be taken: after a crash the old copy is there whole, or the new one.
pub(crate) fn copy_whole(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    write_whole_with(to, |target| io::copy(&mut source, target).map(drop))
}

/// Moves a file to `to`, or to `name.1.ext`, `name.2.ext`, … if the name is taken. Returns where it went.
pub(crate) fn move_to_free_name(from: &Path, to: &Path) -> io::Result<PathBuf> {
    let name = to.file_name().unwrap_or_default();
    for n in 0.. {
        let candidate = to.with_file_name(numbered(name, n, OsStr::new("")));
        match move_without_replacing(from, &candidate) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            outcome => return outcome.map(|()| candidate),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Returns `name` with `.n` before its extension (nothing for 0) and `suffix` behind, cut to what a file system
/// takes.
pub(crate) fn numbered(name: &OsStr, n: u64, suffix: &OsStr) -> OsString {
    let path = Path::new(name);
    let stem = path.file_stem().unwrap_or(name).as_bytes();
    let mut tail = Vec::new();
    if n > 0 {
        tail.extend_from_slice(format!(".{n}").as_bytes());
    }
    if let Some(extension) = path.extension() {
        tail.push(b'.');
        tail.extend_from_slice(extension.as_bytes());
    }
    tail.extend_from_slice(suffix.as_bytes());
    // An extension can be as long as the name; then it is cut, from its front.
    let tail = &tail[tail.len().saturating_sub(NAME_MAX - 1)..];
    let room = NAME_MAX - tail.len();
    let mut cut = stem.len().min(room);
    // Not inside a UTF-8 sequence.
    while cut < stem.len() && cut > 1 && stem[cut] & 0xC0 == 0x80 {
        cut -= 1;
    }
    let mut whole = stem[..cut].to_vec();
    whole.extend_from_slice(tail);
    OsString::from_vec(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_before_the_extension_and_names_fit() {
        #[track_caller]
        fn check(name: &str, n: u64, suffix: &str, expect: &str) {
            assert_eq!(numbered(OsStr::new(name), n, OsStr::new(suffix)), expect);
        }
        check("a.txt", 0, "", "a.txt");
        check("a.txt", 2, "", "a.2.txt");
        check("a", 1, "", "a.1");
        check("a.txt", 1, ".error.json", "a.1.txt.error.json");
        let long = "é".repeat(127);
        let name = numbered(OsStr::new(&long), 12, OsStr::new(".error.json"));
        assert!(name.len() <= NAME_MAX);
        assert!(
            name.to_str()
                .is_some_and(|name| name.ends_with("é.12.error.json")),
            "{name:?}"
        );
        let long_extension = format!("a.{}", "x".repeat(253));
        assert!(numbered(OsStr::new(&long_extension), 1, OsStr::new(".error.json")).len() <= NAME_MAX);
    }

    #[test]
    fn nothing_is_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        for name in ["a.txt", "b.txt", "c.txt"] {
            fs::write(path(name), name).expect("written");
        }
        assert_eq!(
            move_to_free_name(&path("b.txt"), &path("a.txt")).expect("moved"),
            path("a.1.txt")
        );
        assert_eq!(
            move_to_free_name(&path("c.txt"), &path("a.txt")).expect("moved"),
            path("a.2.txt")
        );
        assert_eq!(fs::read(path("a.txt")).expect("read"), b"a.txt");
        assert_eq!(fs::read(path("a.2.txt")).expect("read"), b"c.txt");
        let taken = copy_without_replacing(&path("a.txt"), &path("a.1.txt"));
        assert_eq!(taken.expect_err("taken").kind(), io::ErrorKind::AlreadyExists);
    }
}
