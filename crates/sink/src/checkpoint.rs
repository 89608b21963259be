//! The checkpoint of a part: which lines it holds up to which byte, so that a start need not read the parts again.
//!
//! One file per part, `.slugline/index/<part>.keys`, appended to after every synced batch and before the batch is
//! settled. It is never synced: a sync per part would make a start without checkpoints slow. Nor is it ever trusted
//! alone: a frame counts only if its checksum holds and the part still has the bytes it speaks of. Whatever is
//! missing, cut short, damaged or stale is read from the part instead.
//!
//! ```text
//! "SLGKEYS1"  frame…          all numbers little endian
//! frame:  kind u8 · 0 u8 ×3 · keys u32 · a u64 · b u64 · key [16]… · checksum u64
//!   1 lines   a: length of the part with these lines   b: digest of its last bytes
//!   2 sealed  a: size of the finished file              b: its modification time, ns     (.jsonl)
//!   3 sealed  likewise, for the compressed file                                          (.jsonl.zst)
//! ```
//!
//! The checksum covers the name of the part and the frame, so a file under another part's name is refused.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::disk::{Disk, DiskFile, Stat, write_all};
use crate::part::State;
use crate::seen::{KEY_BYTES, Key};

const MAGIC: &[u8; 8] = b"SLGKEYS1";
const HEAD_BYTES: usize = 24;
const CHECKSUM_BYTES: usize = 8;
const LINES: u8 = 1;
const SEALED: u8 = 2;
const SEALED_COMPRESSED: u8 = 3;

/// How much of the end of a batch is digested: enough to tell another file with the same length apart.
pub(crate) const TAIL_BYTES: u64 = 4096;

/// Returns the digest of the end of some lines.
pub(crate) fn tail_digest(lines: &[u8]) -> u64 {
    let tail = &lines[lines.len().saturating_sub(TAIL_BYTES as usize)..];
    first_u64(&blake3::hash(tail))
}

/// The checkpoint of an open part, being written.
#[derive(Debug)]
pub(crate) struct Checkpoint {
    /// `None` once a write has failed: a gap would make the rest worthless, and a start can do without.
    file: Option<Box<dyn DiskFile>>,
    path: PathBuf,
    stem: String,
}

impl Checkpoint {
    /// Begins the checkpoint of a new part. Never fails: without it the next start only takes longer.
    pub(crate) fn create(disk: &dyn Disk, index: &Path, stem: &str) -> Self {
        let path = path(index, stem);
        let begin = || {
            match disk.remove(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = disk.create(&path)?;
            write_all(file.as_mut(), MAGIC)?;
            Ok(file)
        };
        let file = begin().inspect_err(|error| warn_of(&path, error)).ok();
        Self {
            file,
            path,
            stem: stem.to_owned(),
        }
    }

    /// Goes on with a checkpoint of which the first `bytes` count. Where that fails there is none: one begun anew
    /// would lack the lines noted so far.
    pub(crate) fn resume(disk: &dyn Disk, index: &Path, stem: &str, bytes: u64) -> Self {
        let path = path(index, stem);
        let cut = || {
            disk.edit(&path)?.truncate(bytes)?;
            disk.append(&path)
        };
        Self {
            file: cut().inspect_err(|error| warn_of(&path, error)).ok(),
            path,
            stem: stem.to_owned(),
        }
    }

    /// Notes that the part now has these lines and is `length` bytes long.
    pub(crate) fn note(&mut self, keys: &[Key], length: u64, tail_digest: u64) {
        self.append(LINES, keys, length, tail_digest);
    }

    /// Notes that the part is finished and what its file looks like.
    pub(crate) fn seal(&mut self, state: State, stat: Stat) {
        let kind = match state {
            State::Open | State::Rolled => SEALED,
            State::Compressed => SEALED_COMPRESSED,
        };
        self.append(kind, &[], stat.size, stat.modified.cast_unsigned());
    }

    fn append(&mut self, kind: u8, keys: &[Key], a: u64, b: u64) {
        let Some(file) = &mut self.file else { return };
        if let Err(error) = write_all(file.as_mut(), &frame(&self.stem, kind, keys, a, b)) {
            warn_of(&self.path, &error);
            self.file = None;
        }
    }
}

/// What a checkpoint tells, as far as it is whole.
#[derive(Debug, Default)]
pub(crate) struct Noted {
    /// The keys of all frames, in order.
    pub(crate) keys: Vec<Key>,
    /// One mark per frame of lines, in order.
    pub(crate) marks: Vec<Mark>,
    /// The state and file that the part was finished with.
    seal: Option<(State, u64, u64)>,
}

/// Where a frame of lines ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Length of the part, in bytes.
    pub(crate) length: u64,
    /// How many keys are noted so far.
    pub(crate) keys: usize,
    /// Length of the checkpoint file, in bytes.
    pub(crate) bytes: u64,
    tail_digest: u64,
}

impl Noted {
    /// Returns whether the part was finished in this state and its file is still the one it was then.
    pub(crate) fn seals(&self, state: State, stat: Stat) -> bool {
        self.seal == Some((state, stat.size, stat.modified.cast_unsigned()))
    }

    /// Returns the last mark that the part still bears out.
    pub(crate) fn last_borne_out(&self, disk: &dyn Disk, part: &Path, size: u64) -> io::Result<Option<Mark>> {
        for (index, mark) in self.marks.iter().enumerate().rev() {
            if mark.length > size {
                continue;
            }
            let before = index.checked_sub(1).map_or(0, |before| self.marks[before].length);
            let start = before.max(mark.length.saturating_sub(TAIL_BYTES));
            let mut tail = Vec::new();
            disk.read(part, start)?
                .take(mark.length - start)
                .read_to_end(&mut tail)?;
            if tail_digest(&tail) == mark.tail_digest {
                return Ok(Some(*mark));
            }
        }
        Ok(None)
    }
}

/// Reads the checkpoint of a part up to the first frame that is not whole. A missing file tells nothing.
pub(crate) fn load(disk: &dyn Disk, index: &Path, stem: &str) -> io::Result<Noted> {
    let mut bytes = Vec::new();
    match disk.read(&path(index, stem), 0) {
        Ok(mut file) => file.read_to_end(&mut bytes)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Noted::default()),
        Err(error) => return Err(error),
    };
    Ok(parse(stem, &bytes))
}

/// Writes the whole checkpoint of a finished part anew, replacing what there was. Never fails, see
/// [`Checkpoint::create`].
pub(crate) fn rewrite(disk: &dyn Disk, index: &Path, stem: &str, keys: &[Key], state: State, stat: Stat) {
    let mut checkpoint = Checkpoint::create(disk, index, stem);
    checkpoint.note(keys, stat.size, 0);
    checkpoint.seal(state, stat);
}

/// Notes that a finished part was compressed from one file to another. A checkpoint that does not vouch for the
/// first file, such as one that lacks lines because writing it failed, must not vouch for the second: it is removed.
pub(crate) fn reseal(disk: &dyn Disk, index: &Path, stem: &str, from: Stat, to: Stat) {
    let path = path(index, stem);
    let resealed = load(disk, index, stem).and_then(|noted| {
        if !noted.seals(State::Rolled, from) {
            return Ok(false);
        }
        let mut checkpoint = Checkpoint {
            file: Some(disk.append(&path)?),
            path: path.clone(),
            stem: stem.to_owned(),
        };
        checkpoint.seal(State::Compressed, to);
        Ok(true)
    });
    match resealed {
        Ok(true) => {}
        Ok(false) => remove(disk, index, stem),
        Err(error) => warn_of(&path, &error),
    }
}

/// Removes the checkpoint of a part that is gone.
pub(crate) fn remove(disk: &dyn Disk, index: &Path, stem: &str) {
    let path = path(index, stem);
    match disk.remove(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => warn_of(&path, &error),
        _ => {}
    }
}

/// Returns the part that a checkpoint's file name belongs to.
pub(crate) fn stem_of(file_name: &str) -> Option<&str> {
    file_name.strip_suffix(".keys")
}

fn path(index: &Path, stem: &str) -> PathBuf {
    index.join(format!("{stem}.keys"))
}

fn warn_of(path: &Path, error: &io::Error) {
    tracing::warn!(%error, path = %path.display(), "failed to keep a checkpoint; the next start reads the part");
}

fn frame(stem: &str, kind: u8, keys: &[Key], a: u64, b: u64) -> Vec<u8> {
    let mut frame = Vec::with_capacity(HEAD_BYTES + keys.len() * KEY_BYTES + CHECKSUM_BYTES);
    frame.extend([kind, 0, 0, 0]);
    frame.extend((keys.len() as u32).to_le_bytes());
    frame.extend(a.to_le_bytes());
    frame.extend(b.to_le_bytes());
    for key in keys {
        frame.extend(key.to_bytes());
    }
    frame.extend(checksum(stem, &frame).to_le_bytes());
    frame
}

fn parse(stem: &str, bytes: &[u8]) -> Noted {
    let mut noted = Noted::default();
    let Some(mut rest) = bytes.strip_prefix(MAGIC) else {
        return noted;
    };
    while let Some((kind, keys, a, b, length)) = parse_frame(stem, rest) {
        rest = &rest[length..];
        noted.keys.extend(keys);
        match kind {
            LINES => noted.marks.push(Mark {
                length: a,
                keys: noted.keys.len(),
                bytes: (bytes.len() - rest.len()) as u64,
                tail_digest: b,
            }),
            SEALED => noted.seal = Some((State::Rolled, a, b)),
            SEALED_COMPRESSED => noted.seal = Some((State::Compressed, a, b)),
            // A later version's: it says nothing about lines.
            _ => {}
        }
    }
    noted
}

fn parse_frame(stem: &str, bytes: &[u8]) -> Option<(u8, Vec<Key>, u64, u64, usize)> {
    let n_keys = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?) as usize;
    let a = u64::from_le_bytes(bytes.get(8..16)?.try_into().ok()?);
    let b = u64::from_le_bytes(bytes.get(16..HEAD_BYTES)?.try_into().ok()?);
    let end = HEAD_BYTES.checked_add(n_keys.checked_mul(KEY_BYTES)?)?;
    let length = end.checked_add(CHECKSUM_BYTES)?;
    let stated = u64::from_le_bytes(bytes.get(end..length)?.try_into().ok()?);
    if checksum(stem, &bytes[..end]) != stated {
        return None;
    }
    let keys = bytes[HEAD_BYTES..end]
        .as_chunks::<KEY_BYTES>()
        .0
        .iter()
        .map(|key| Key::from_bytes(*key))
        .collect();
    Some((bytes[0], keys, a, b, length))
}

fn checksum(stem: &str, frame: &[u8]) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(stem.as_bytes());
    hasher.update(frame);
    first_u64(&hasher.finalize())
}

fn first_u64(hash: &blake3::Hash) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_le_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::ArticleId;

    fn keys(n: u32) -> Vec<Key> {
        (0..n)
            .map(|i| Key::new(ArticleId::of(&i.to_le_bytes()), "0", "m"))
            .collect()
    }

    fn sample() -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(frame("part-1", LINES, &keys(3), 300, 7));
        bytes.extend(frame("part-1", LINES, &keys(2), 500, 8));
        bytes.extend(frame("part-1", SEALED, &[], 500, 9));
        bytes
    }

    #[test]
    fn what_was_noted_comes_back() {
        let noted = parse("part-1", &sample());
        assert_eq!(noted.keys, [keys(3), keys(2)].concat());
        let lengths: Vec<_> = noted.marks.iter().map(|mark| (mark.length, mark.keys)).collect();
        assert_eq!(lengths, [(300, 3), (500, 5)]);
        assert_eq!(noted.seal, Some((State::Rolled, 500, 9)));
    }

    #[test]
    fn a_file_cut_at_any_byte_tells_what_is_whole() {
        let whole = sample();
        for cut in 0..whole.len() {
            let noted = parse("part-1", &whole[..cut]);
            assert!(matches!(noted.keys.len(), 0 | 3 | 5), "cut at {cut}");
            assert_eq!(noted.marks.last().map_or(0, |mark| mark.keys), noted.keys.len());
            assert_eq!(noted.seal, None);
        }
    }

    #[test]
    fn a_damaged_byte_ends_it_there() {
        let whole = sample();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x40;
            let noted = parse("part-1", &damaged);
            assert!(
                noted.seal.is_none() || noted.keys.is_empty(),
                "byte {at} was believed"
            );
        }
    }

    #[test]
    fn another_parts_checkpoint_is_refused() {
        assert!(parse("part-2", &sample()).keys.is_empty());
    }
}
