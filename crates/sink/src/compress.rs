//! Compresses finished parts, whole and beside the original, which is removed only once the copy is durable.
//!
//! ```text
//! part.jsonl ─▶ .slugline/part.zst.tmp ─sync─▶ rename to part.jsonl.zst ─sync folder─▶ remove part.jsonl
//! ```
//!
//! A crash leaves one of: the original and a temporary file (removed at start), both files (the original is removed
//! at start once the copy has been compared with it), or the copy alone. For a moment both names are there; who
//! reads the folder while the sink runs takes one file per part number.

use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use crate::checkpoint;
use crate::disk::{Disk, DiskFile, write_all};
use crate::error::{Doing, Failure};
use crate::part::{Name, State, open_lines};
use crate::writer::Folder;

/// The level of the `zstd` command: at most a few per cent larger than what takes ten times as long.
const LEVEL: i32 = 3;

/// Ends the names of files that are worth nothing after a crash.
pub(crate) const TEMPORARY: &str = ".tmp";

const BUFFER_BYTES: usize = 1 << 18;

/// Compresses a finished part and removes the original. A part that is gone is none of our business.
pub(crate) fn compress(disk: &dyn Disk, folder: &Folder, name: &Name) -> Result<(), Failure> {
    let original = name.path(&folder.out, State::Rolled);
    let copy = name.path(&folder.out, State::Compressed);
    let temporary = folder.state.join(format!("{}.zst{TEMPORARY}", name.stem()));
    let size = match disk.stat(&original) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other.doing("inspect", &original)?.size,
    };
    if let Err(error) = write_copy(disk, &original, &temporary, size) {
        // Best effort: whatever stays is removed at the next start.
        drop(disk.remove(&temporary));
        return Err(error).doing("compress", &original);
    }
    disk.rename(&temporary, &copy).doing("rename", &temporary)?;
    disk.sync_dir(&folder.out).doing("sync", &folder.out)?;
    finish(disk, folder, name)
}

/// Removes the original of a part whose compressed copy is durable.
pub(crate) fn finish(disk: &dyn Disk, folder: &Folder, name: &Name) -> Result<(), Failure> {
    let original = name.path(&folder.out, State::Rolled);
    let copy = name.path(&folder.out, State::Compressed);
    let from = disk.stat(&original).doing("inspect", &original)?;
    let to = disk.stat(&copy).doing("inspect", &copy)?;
    checkpoint::reseal(disk, &folder.index, name.stem(), from, to);
    disk.remove(&original).doing("remove", &original)?;
    disk.sync_dir(&folder.out).doing("sync", &folder.out)
}

/// Returns whether a compressed part holds exactly the bytes of the file at `original`.
pub(crate) fn is_copy(disk: &dyn Disk, original: &Path, copy: &Path) -> io::Result<bool> {
    let mut original = BufReader::with_capacity(BUFFER_BYTES, disk.read(original, 0)?);
    let copy = open_lines(disk, copy, State::Compressed, 0)?;
    let mut copy = BufReader::with_capacity(BUFFER_BYTES, copy);
    let (mut left, mut right) = (vec![0; BUFFER_BYTES], vec![0; BUFFER_BYTES]);
    loop {
        let n_left = read_full(&mut original, &mut left)?;
        let Ok(n_right) = read_full(&mut copy, &mut right) else {
            // Not a whole zstd frame.
            return Ok(false);
        };
        if left[..n_left] != right[..n_right] {
            return Ok(false);
        }
        if n_left == 0 {
            return Ok(true);
        }
    }
}

fn write_copy(disk: &dyn Disk, original: &Path, temporary: &Path, size: u64) -> io::Result<()> {
    match disk.remove(temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut encoder = zstd::Encoder::new(Appender(disk.create(temporary)?), LEVEL)?;
    encoder.include_checksum(true)?;
    encoder.set_pledged_src_size(Some(size))?;
    io::copy(
        &mut BufReader::with_capacity(BUFFER_BYTES, disk.read(original, 0)?),
        &mut encoder,
    )?;
    encoder.finish()?.0.sync()
}

fn read_full(input: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Lets the encoder write to a [`DiskFile`].
struct Appender(Box<dyn DiskFile>);

impl Write for Appender {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        write_all(self.0.as_mut(), bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
