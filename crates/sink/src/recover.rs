//! Brings a folder back into order after whatever ended the last run, and learns which lines it holds.
//!
//! Rules:
//!
//! - No whole record is ever dropped, even if nobody knows whether it was settled.
//! - What is no record at the end of an open part is moved to `quarantine/`; in the middle of one the part is
//!   written anew without it, and it goes there as well. Finished parts are read and never changed.
//! - A line counts as known only once it is certainly durable: the lines behind the checkpoint of an open part are
//!   written once more in place before they are synced, because after a failed sync the system may show bytes that
//!   are not on the disk and call them clean.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::checkpoint::{self, Checkpoint, tail_digest};
use crate::compress::{self, TEMPORARY};
use crate::disk::{Disk, Stat, write_all};
use crate::error::{Doing, Failure};
use crate::jsonl::{Piece, scan};
use crate::part::{Name, OpenPart, PREFIX, State, open_lines};
use crate::seen::Key;
use crate::writer::Writer;

const BUFFER_BYTES: usize = 1 << 20;

/// The states of each part found, in order of the parts.
type Parts = BTreeMap<Name, BTreeMap<State, Stat>>;

/// Puts the folder of a new writer in order and fills in what the writer has to know.
///
/// `remember` is how long the lines of parts that are gone stay known.
pub(crate) fn recover(writer: &mut Writer, remember: Duration) -> Result<(), Failure> {
    remove_temporaries(writer)?;
    let mut parts = list_parts(writer)?;
    resolve_twins(writer, &mut parts)?;
    let gone = load_gone(writer, &parts, remember)?;
    let last = parts.keys().chain(&gone).map(|name| name.number).max();
    writer.next_number = last.unwrap_or(0) + 1;
    for (name, states) in &parts {
        for (state, stat) in states {
            match state {
                State::Open => recover_open(writer, name, *stat)?,
                State::Rolled | State::Compressed => learn_finished(writer, name, *state, *stat)?,
            }
            if *state == State::Rolled {
                writer.finished.push_back(name.clone());
            }
        }
    }
    let known = writer.seen.len() as u64;
    writer.progress.set_known(known);
    if !parts.is_empty() {
        tracing::info!(
            parts = parts.len(),
            lines = known,
            "found the output of an earlier run"
        );
    }
    Ok(())
}

fn remove_temporaries(writer: &Writer) -> Result<(), Failure> {
    let state = &writer.folder.state;
    for entry in writer.disk.list(state).doing("list", state)? {
        // The watcher of the same process may keep its state here, with temporary files of its own.
        if entry.name.starts_with(PREFIX) && entry.name.ends_with(TEMPORARY) {
            let path = state.join(&entry.name);
            writer.disk.remove(&path).doing("remove", &path)?;
        }
    }
    Ok(())
}

fn list_parts(writer: &Writer) -> Result<Parts, Failure> {
    let out = &writer.folder.out;
    let mut parts = Parts::new();
    for entry in writer.disk.list(out).doing("list", out)? {
        if let Some((name, state)) = Name::parse_file(&entry.name) {
            parts.entry(name).or_default().insert(state, entry.stat);
        }
    }
    Ok(parts)
}

/// Finishes what a crash in the middle of a compression left: a part under two names.
fn resolve_twins(writer: &Writer, parts: &mut Parts) -> Result<(), Failure> {
    let (disk, folder) = (writer.disk.as_ref(), &writer.folder);
    for (name, states) in parts {
        if !(states.contains_key(&State::Rolled) && states.contains_key(&State::Compressed)) {
            continue;
        }
        let original = name.path(&folder.out, State::Rolled);
        let copy = name.path(&folder.out, State::Compressed);
        if compress::is_copy(disk, &original, &copy).doing("compare", &copy)? {
            compress::finish(disk, folder, name)?;
            states.remove(&State::Rolled);
        } else {
            tracing::error!(path = %copy.display(), "a compressed part differs from its original; set aside");
            let aside = folder
                .quarantine
                .join(format!("{}{}", name.stem(), State::Compressed.suffix()));
            disk.replace(&copy, &aside).doing("move", &copy)?;
            states.remove(&State::Compressed);
        }
    }
    Ok(())
}

/// Learns the lines of parts that are gone from the folder, while they are to be remembered. Returns their names.
fn load_gone(writer: &mut Writer, parts: &Parts, remember: Duration) -> Result<BTreeSet<Name>, Failure> {
    let index = writer.folder.index.clone();
    let mut gone = BTreeMap::new();
    for entry in writer.disk.list(&index).doing("list", &index)? {
        if let Some(name) = checkpoint::stem_of(&entry.name).and_then(Name::parse)
            && !parts.contains_key(&name)
        {
            gone.insert(name, entry.stat);
        }
    }
    let newest = gone.keys().next_back().cloned();
    for (name, stat) in &gone {
        if age(stat) < remember {
            let noted = load_checkpoint(writer, name);
            noted.keys.iter().for_each(|key| {
                writer.seen.insert(*key);
            });
        } else if Some(name) != newest.as_ref() {
            // The newest stays so that numbers go on where they were.
            checkpoint::remove(writer.disk.as_ref(), &index, name.stem());
        }
    }
    Ok(gone.into_keys().collect())
}

fn age(stat: &Stat) -> Duration {
    let modified = Duration::from_nanos(u64::try_from(stat.modified).unwrap_or(0));
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH + modified)
        .unwrap_or_default()
}

fn load_checkpoint(writer: &Writer, name: &Name) -> checkpoint::Noted {
    checkpoint::load(writer.disk.as_ref(), &writer.folder.index, name.stem()).unwrap_or_else(|error| {
        tracing::warn!(%error, part = name.stem(), "failed to read a checkpoint; reading the part");
        checkpoint::Noted::default()
    })
}

/// Learns the lines of a finished part: from its checkpoint, or from the part where that does not match.
fn learn_finished(writer: &mut Writer, name: &Name, state: State, stat: Stat) -> Result<(), Failure> {
    let noted = load_checkpoint(writer, name);
    if noted.seals(state, stat) {
        for key in noted.keys {
            writer.seen.insert(key);
        }
        return Ok(());
    }
    let path = name.path(&writer.folder.out, state);
    let mut found = Found::default();
    let input = open_lines(writer.disk.as_ref(), &path, state, 0).doing("open", &path)?;
    let read = scan(BufReader::with_capacity(BUFFER_BYTES, input), |piece, length| {
        found.take(&piece, length);
        Ok(())
    });
    if let Err(error) = read {
        // A damaged compressed file: what could be read is known, the rest cannot be helped from here.
        tracing::error!(%error, path = %path.display(), "failed to read a finished part to its end");
    } else {
        let (disk, index) = (writer.disk.as_ref(), &writer.folder.index);
        checkpoint::rewrite(disk, index, name.stem(), &found.keys, state, stat);
    }
    if found.foreign + found.torn > 0 {
        tracing::warn!(
            path = %path.display(), bytes = found.foreign + found.torn,
            "a finished part has lines that are no records; left as they are"
        );
    }
    for key in found.keys {
        writer.seen.insert(key);
    }
    Ok(())
}

/// What a scan found, from the byte it began at.
#[derive(Debug, Default)]
struct Found {
    keys: Vec<Key>,
    /// Bytes up to the end of the last record.
    records_end: u64,
    /// Bytes in lines that are no records, before the last record.
    foreign: u64,
    /// Bytes behind the last record.
    torn: u64,
}

impl Found {
    fn take(&mut self, piece: &Piece<'_>, length: u64) {
        match piece {
            Piece::Line(key) => {
                self.keys.push(*key);
                self.foreign += self.torn;
                self.records_end += self.torn + length;
                self.torn = 0;
            }
            Piece::Foreign(_) | Piece::Torn(_) => self.torn += length,
        }
    }
}

/// Repairs a part that was open and learns its lines; goes on with it if it is the newest, else finishes it.
fn recover_open(writer: &mut Writer, name: &Name, stat: Stat) -> Result<(), Failure> {
    // One that was open before this one is finished: only one can be gone on with.
    writer.roll()?;
    let path = name.path(&writer.folder.out, State::Open);
    let disk = writer.disk.clone();
    let noted = load_checkpoint(writer, name);
    warn_if_short(&noted, &path, stat.size);
    let mark = noted
        .last_borne_out(disk.as_ref(), &path, stat.size)
        .doing("read", &path)?;
    let base = mark.map_or(0, |mark| mark.length);
    let mut found = Found::default();
    let input = disk.read(&path, base).doing("open", &path)?;
    scan(BufReader::with_capacity(BUFFER_BYTES, input), |piece, length| {
        found.take(&piece, length);
        Ok(())
    })
    .doing("read", &path)?;
    let mut end = base + found.records_end;
    if found.torn > 0 {
        set_tail_aside(writer, name, &path, end)?;
    }
    if found.foreign > 0 {
        end = write_without_foreign(writer, name, &path, base, end)?;
    }
    write_again(disk.as_ref(), &path, base, end).doing("sync", &path)?;
    // The name of the part may be as young as its lines.
    disk.sync_dir(&writer.folder.out)
        .doing("sync", &writer.folder.out)?;

    let index = &writer.folder.index;
    let mut checkpoint = match mark {
        Some(mark) => Checkpoint::resume(disk.as_ref(), index, name.stem(), mark.bytes),
        None => Checkpoint::create(disk.as_ref(), index, name.stem()),
    };
    if !found.keys.is_empty() {
        let start = base.max(end.saturating_sub(checkpoint::TAIL_BYTES));
        let tail = read_range(disk.as_ref(), &path, start, end).doing("read", &path)?;
        checkpoint.note(&found.keys, end, tail_digest(&tail));
    }
    let n_noted = mark.map_or(0, |mark| mark.keys);
    for key in noted.keys[..n_noted].iter().chain(&found.keys) {
        writer.seen.insert(*key);
    }
    let file = disk.append(&path).doing("open", &path)?;
    writer.open = Some(OpenPart::new(name.clone(), path, file, end, checkpoint)?);
    Ok(())
}

fn warn_if_short(noted: &checkpoint::Noted, path: &Path, size: u64) {
    if let Some(last) = noted.marks.last()
        && last.length > size
    {
        tracing::error!(
            path = %path.display(), bytes = last.length - size,
            "lines that were synced are gone from a part: another program cut it short, or the disk lost them"
        );
    }
}

/// Moves what lies behind the last record to the quarantine.
fn set_tail_aside(writer: &Writer, name: &Name, path: &Path, end: u64) -> Result<(), Failure> {
    let disk = writer.disk.as_ref();
    let mut tail = Vec::new();
    disk.read(path, end)
        .and_then(|mut file| file.read_to_end(&mut tail))
        .doing("read", path)?;
    set_aside(writer, name, end, &tail)?;
    tracing::warn!(path = %path.display(), offset = end, bytes = tail.len(), "cut off a torn line; kept in quarantine");
    let mut file = disk.edit(path).doing("open", path)?;
    file.truncate(end).doing("truncate", path)?;
    file.sync().doing("sync", path)
}

/// Keeps bytes that are no records in the quarantine, under the name of the part and their offset in it.
fn set_aside(writer: &Writer, name: &Name, offset: u64, bytes: &[u8]) -> Result<(), Failure> {
    let (disk, quarantine) = (writer.disk.as_ref(), &writer.folder.quarantine);
    for copy in 0_u32.. {
        let number = if copy == 0 {
            String::new()
        } else {
            format!(".{copy}")
        };
        let path = quarantine.join(format!("{}@{offset}{number}.torn", name.stem()));
        match disk.create(&path) {
            // Another crash, at the same byte or between this and the cut.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let mut kept = Vec::new();
                disk.read(&path, 0)
                    .and_then(|mut file| file.read_to_end(&mut kept))
                    .doing("read", &path)?;
                if kept == bytes {
                    break;
                }
            }
            created => {
                let mut file = created.doing("create", &path)?;
                write_all(file.as_mut(), bytes).doing("write", &path)?;
                file.sync().doing("sync", &path)?;
                disk.sync_dir(quarantine).doing("sync", quarantine)?;
                break;
            }
        }
    }
    writer.progress.count_quarantined(bytes.len() as u64);
    Ok(())
}

/// Replaces a part by a copy without the foreign lines between `base` and `end`; returns the copy's length.
fn write_without_foreign(
    writer: &Writer,
    name: &Name,
    path: &Path,
    base: u64,
    end: u64,
) -> Result<u64, Failure> {
    let disk = writer.disk.as_ref();
    let mut foreign = Vec::new();
    let mut lines = read_range(disk, path, 0, base).doing("read", path)?;
    let tail = read_range(disk, path, base, end).doing("read", path)?;
    let mut at = 0;
    scan(tail.as_slice(), |piece, length| {
        let bytes = &tail[at..at + length as usize];
        at += length as usize;
        match piece {
            Piece::Line(_) => lines.extend_from_slice(bytes),
            Piece::Foreign(_) | Piece::Torn(_) => foreign.extend_from_slice(bytes),
        }
        Ok(())
    })
    .doing("read", path)?;
    set_aside(writer, name, base, &foreign)?;
    tracing::warn!(path = %path.display(), bytes = foreign.len(), "took foreign lines out of a part; kept in quarantine");
    let temporary = writer
        .folder
        .state
        .join(format!("{}.jsonl{TEMPORARY}", name.stem()));
    let mut file = disk.create(&temporary).doing("create", &temporary)?;
    write_all(file.as_mut(), &lines).doing("write", &temporary)?;
    file.sync().doing("sync", &temporary)?;
    disk.replace(&temporary, path).doing("rename", &temporary)?;
    Ok(lines.len() as u64)
}

/// Writes the bytes from `start` to `end` once more where they are, and syncs them: now they are on the disk.
fn write_again(disk: &dyn Disk, path: &Path, start: u64, end: u64) -> io::Result<()> {
    let mut file = disk.edit(path)?;
    let mut input = disk.read(path, start)?.take(end - start);
    let mut buffer = vec![0; BUFFER_BYTES.min((end - start) as usize)];
    let mut at = start;
    while at < end {
        let read = input.read(&mut buffer)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        file.write_at(&buffer[..read], at)?;
        at += read as u64;
    }
    file.sync()
}

fn read_range(disk: &dyn Disk, path: &Path, start: u64, end: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    disk.read(path, start)?
        .take(end - start)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}
