//! The checkpoint on disk: one file of records of 32 bytes, appended to and now and then rewritten.
//!
//! ```text
//! checkpoint-00000007.log:  header | record | record | …      all of 32 bytes
//! record:                   kind 1 | zero 3 | check 12 | value 16
//! ```
//!
//! `check` is a keyed hash of kind and value, so every record stands alone: a torn tail or a flipped bit costs the
//! records it touches and no other. Losing a record means that a file is read, and perhaps published, again.
//!
//! A rewrite goes to a new file with the next number (written under a temporary name, synced, renamed, folder
//! synced); of several files the highest number counts.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use wire::FILE_MODE;

use crate::durable::sync_folder;

/// Names the format; also the key of every check.
const HEADER: [u8; RECORD] = *b"slugline watcher checkpoint v1\n\n";
const RECORD: usize = 32;
/// How many records are gathered before they are written, when rewriting.
const CHUNK: usize = 4096;

/// What the checkpoint remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Record {
    /// Content with this id was delivered.
    Content([u8; 16]),
    /// A file in this state was dealt with and its content delivered.
    Delivered([u8; 16]),
    /// A file in this state was refused.
    Refused([u8; 16]),
}

/// The open checkpoint file, at its end.
#[derive(Debug)]
pub(crate) struct Journal {
    folder: PathBuf,
    number: u64,
    file: File,
    /// How many records the file holds.
    pub(crate) records: u64,
}

/// What was found on disk.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) records: Vec<Record>,
    /// The number of the file they come from; 0 if there was none.
    number: u64,
    /// What was wrong with it, for people.
    pub(crate) damage: Option<Damage>,
}

/// What was wrong with a checkpoint file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Damage {
    pub(crate) path: PathBuf,
    /// The header is that of no version known here.
    pub(crate) header: bool,
    /// Records that failed their check.
    pub(crate) records: u64,
    /// Bytes behind the last whole record: usual after a crash while writing.
    pub(crate) torn_bytes: usize,
}

/// Reads what is on disk, whatever its condition.
pub(crate) fn load(folder: &Path) -> io::Result<Loaded> {
    let Some(number) = numbers(folder)?.into_iter().max() else {
        return Ok(Loaded::default());
    };
    let path = file_path(folder, number);
    let mut reader = io::BufReader::with_capacity(1 << 16, File::open(&path)?);
    let mut header = [0; RECORD];
    read_up_to(&mut reader, &mut header)?;
    let mut loaded = Loaded {
        number,
        ..Loaded::default()
    };
    let mut damage = Damage {
        path,
        header: header != HEADER,
        records: 0,
        torn_bytes: 0,
    };
    let mut bytes = [0; RECORD];
    loop {
        match read_up_to(&mut reader, &mut bytes)? {
            0 => break,
            RECORD => match decode(&bytes) {
                Some(record) => loaded.records.push(record),
                None => damage.records += 1,
            },
            torn => damage.torn_bytes = torn,
        }
    }
    if damage.header || damage.records > 0 || damage.torn_bytes > 0 {
        loaded.damage = Some(damage);
    }
    Ok(loaded)
}

/// Sets a damaged checkpoint file aside, for people to look at. Its readable records are in `loaded`.
pub(crate) fn set_aside(damage: &Damage) -> io::Result<PathBuf> {
    let aside = damage.path.with_extension("damaged");
    fs::copy(&damage.path, &aside)?;
    Ok(aside)
}

impl Journal {
    /// Starts a new file with these records and removes the older ones.
    pub(crate) fn rewrite(
        folder: &Path,
        after: &Loaded,
        records: impl Iterator<Item = Record>,
    ) -> io::Result<Self> {
        Self::create(folder, after.number + 1, records)
    }

    /// Replaces the file by a new one with these records.
    pub(crate) fn replace(&mut self, records: impl Iterator<Item = Record>) -> io::Result<()> {
        *self = Self::create(&self.folder, self.number + 1, records)?;
        Ok(())
    }

    /// Appends the records and syncs. After an error the file must not be appended to again: [`replace`] it.
    ///
    /// [`replace`]: Self::replace
    pub(crate) fn append(&mut self, records: &[Record]) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(records.len() * RECORD);
        for record in records {
            bytes.extend_from_slice(&encode(*record));
        }
        self.file.write_all(&bytes)?;
        self.file.sync_data()?;
        self.records += records.len() as u64;
        Ok(())
    }

    /// Lets every further append fail, as on a full disk.
    #[cfg(test)]
    pub(crate) fn fill_disk(&mut self) {
        self.file = OpenOptions::new().write(true).open("/dev/full").expect("Linux");
    }

    fn create(folder: &Path, number: u64, records: impl Iterator<Item = Record>) -> io::Result<Self> {
        let path = file_path(folder, number);
        let temporary = path.with_extension("tmp");
        // Not opened for appending before: a leftover of a crash is cut to nothing.
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(FILE_MODE)
            .open(&temporary)?;
        file.write_all(&HEADER)?;
        let mut written = 0;
        let mut bytes = Vec::with_capacity(CHUNK * RECORD);
        for record in records {
            bytes.extend_from_slice(&encode(record));
            written += 1;
            if bytes.len() == CHUNK * RECORD {
                file.write_all(&bytes)?;
                bytes.clear();
            }
        }
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, &path)?;
        sync_folder(folder)?;
        for older in numbers(folder)?.into_iter().filter(|older| *older < number) {
            if let Err(error) = fs::remove_file(file_path(folder, older)) {
                tracing::warn!(%error, number = older, "failed to remove an older checkpoint file");
            }
        }
        Ok(Self {
            folder: folder.to_owned(),
            number,
            file,
            records: written,
        })
    }
}

fn file_path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("checkpoint-{number:08}.log"))
}

fn numbers(folder: &Path) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number: Option<u64> = name.to_str().and_then(|name| {
            name.strip_prefix("checkpoint-")?
                .strip_suffix(".log")?
                .parse()
                .ok()
        });
        numbers.extend(number);
    }
    Ok(numbers)
}

fn read_up_to(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn encode(record: Record) -> [u8; RECORD] {
    let (kind, value) = match record {
        Record::Content(id) => (b'c', id),
        Record::Delivered(stamp) => (b'd', stamp),
        Record::Refused(stamp) => (b'r', stamp),
    };
    let mut bytes = [0; RECORD];
    bytes[0] = kind;
    bytes[4..16].copy_from_slice(&check(kind, &value));
    bytes[16..].copy_from_slice(&value);
    bytes
}

fn decode(bytes: &[u8; RECORD]) -> Option<Record> {
    let mut value = [0; 16];
    value.copy_from_slice(&bytes[16..]);
    if bytes[1..4] != [0; 3] || bytes[4..16] != check(bytes[0], &value) {
        return None;
    }
    match bytes[0] {
        b'c' => Some(Record::Content(value)),
        b'd' => Some(Record::Delivered(value)),
        b'r' => Some(Record::Refused(value)),
        _ => None,
    }
}

fn check(kind: u8, value: &[u8; 16]) -> [u8; 12] {
    let mut message = [0; 17];
    message[0] = kind;
    message[1..].copy_from_slice(value);
    let mut check = [0; 12];
    check.copy_from_slice(&blake3::keyed_hash(&HEADER, &message).as_bytes()[..12]);
    check
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(count: u8) -> Vec<Record> {
        (0..count)
            .map(|n| match n % 3 {
                0 => Record::Content([n; 16]),
                1 => Record::Delivered([n; 16]),
                _ => Record::Refused([n; 16]),
            })
            .collect()
    }

    fn written(records: &[Record]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let (first, rest) = records.split_at(records.len() / 2);
        let mut journal =
            Journal::rewrite(folder.path(), &Loaded::default(), first.iter().copied()).expect("created");
        journal.append(rest).expect("appended");
        let path = file_path(folder.path(), 1);
        (folder, path)
    }

    #[test]
    fn what_was_written_is_loaded() {
        let records = sample(10);
        let (folder, _) = written(&records);
        let loaded = load(folder.path()).expect("loaded");
        assert_eq!(loaded.records, records);
        assert_eq!(loaded.damage, None);
    }

    #[test]
    fn a_cut_at_any_byte_costs_only_what_was_cut() {
        let records = sample(6);
        let (folder, path) = written(&records);
        let whole = fs::read(&path).expect("read");
        for length in 0..whole.len() {
            fs::write(&path, &whole[..length]).expect("written");
            let loaded = load(folder.path()).expect("loaded");
            let left = (length / RECORD).saturating_sub(1);
            assert_eq!(loaded.records, records[..left], "cut at {length}");
            assert_eq!(
                loaded.damage.is_some(),
                length % RECORD != 0 || length == 0,
                "cut at {length}"
            );
        }
    }

    #[test]
    fn a_flipped_bit_costs_only_its_record() {
        let records = sample(6);
        let (folder, path) = written(&records);
        let whole = fs::read(&path).expect("read");
        for position in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[position] ^= 0x10;
            fs::write(&path, &bytes).expect("written");
            let loaded = load(folder.path()).expect("loaded");
            let mut expect = records.clone();
            if position >= RECORD {
                expect.remove(position / RECORD - 1);
            }
            assert_eq!(loaded.records, expect, "flipped at {position}");
            assert!(loaded.damage.is_some(), "flipped at {position}");
        }
    }

    #[test]
    fn the_highest_number_counts_and_older_files_go() {
        let records = sample(9);
        let (folder, path) = written(&records);
        let old = fs::read(&path).expect("read");
        let loaded = load(folder.path()).expect("loaded");
        let mut journal =
            Journal::rewrite(folder.path(), &loaded, records[..2].iter().copied()).expect("rewritten");
        assert!(!path.exists());
        // A crash between the rename and the removal leaves both.
        fs::write(&path, old).expect("written");
        assert_eq!(load(folder.path()).expect("loaded").records, records[..2]);
        journal.replace(records[..3].iter().copied()).expect("replaced");
        assert_eq!(load(folder.path()).expect("loaded").records, records[..3]);
    }
}
