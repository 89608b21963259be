//! The index as bytes: a mark, the number of articles, the articles, and a checksum over all of it.

use std::collections::VecDeque;
use std::io::{self, Write};

use wire::ArticleId;

use super::Seen;
use super::sketch::{SIZE, Sketch};

const MARK: &[u8; 8] = b"SLDUP\x00\x00\x02";
const CHECKSUM: usize = 32;
const ID: usize = 16;
const RECORD: usize = 2 * ID + SIZE;

/// The bytes are not what [`super::Index::to_bytes`] wrote, or are damaged. The index can be started anew: what was
/// seen before is then not marked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the index of duplicates is damaged: {0}")]
pub struct CorruptIndex(&'static str);

/// Writes the articles, piece by piece: together they would take as much memory again.
pub(super) fn write(seen: &VecDeque<Seen>, out: &mut impl Write) -> io::Result<()> {
    let mut checksum = blake3::Hasher::new();
    let mut put = |bytes: &[u8]| {
        checksum.update(bytes);
        out.write_all(bytes)
    };
    put(MARK)?;
    put(&(seen.len() as u64).to_le_bytes())?;
    for seen in seen {
        let mut record = [0; RECORD];
        let (ids, sketch) = record.split_at_mut(2 * ID);
        ids[..ID].copy_from_slice(&seen.id.to_bytes());
        ids[ID..].copy_from_slice(&seen.original.to_bytes());
        sketch.copy_from_slice(&seen.sketch.0);
        put(&record)?;
    }
    out.write_all(checksum.finalize().as_bytes())
}

/// Returns the articles that bytes hold.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Seen>, CorruptIndex> {
    let (content, checksum) = bytes
        .split_last_chunk::<CHECKSUM>()
        .ok_or(CorruptIndex("it is cut off"))?;
    let records = content
        .strip_prefix(MARK)
        .ok_or(CorruptIndex("it has no mark of this version"))?;
    if blake3::hash(content).as_bytes() != checksum {
        return Err(CorruptIndex("its checksum is wrong"));
    }
    let (n_records, records) = records
        .split_first_chunk::<8>()
        .ok_or(CorruptIndex("it is cut off"))?;
    if u64::from_le_bytes(*n_records) != (records.len() / RECORD) as u64 || records.len() % RECORD != 0 {
        return Err(CorruptIndex("its length is wrong"));
    }
    records.chunks_exact(RECORD).map(record).collect()
}

fn record(bytes: &[u8]) -> Result<Seen, CorruptIndex> {
    let cut = || CorruptIndex("it is cut off");
    let (id, rest) = bytes.split_first_chunk::<ID>().ok_or_else(cut)?;
    let (original, rest) = rest.split_first_chunk::<ID>().ok_or_else(cut)?;
    let minima = rest.first_chunk::<SIZE>().ok_or_else(cut)?;
    Ok(Seen {
        id: ArticleId::from_bytes(*id),
        original: ArticleId::from_bytes(*original),
        sketch: Sketch(*minima),
    })
}
