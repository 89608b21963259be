//! Unpacks gzip, zstd, zip and tar, within limits on size, ratio, depth and count.

use std::io::{Cursor, Read};

use flate2::read::MultiGzDecoder;

use super::config::Limits;
use super::sniff::Archive;
use super::{Item, Job, Refusal, RefusalReason};

/// Unpacks an item and reads what is in it.
pub(super) fn unpack(job: &mut Job<'_>, archive: Archive, item: Item<'_>) -> Result<(), Refusal> {
    let limits = &job.config.limits;
    if item.depth >= limits.depth {
        let detail = format!("archives are nested deeper than {}", limits.depth);
        return Err(Refusal::new(RefusalReason::Bomb, detail));
    }
    match archive {
        Archive::Gzip => {
            let bytes = read_all(job, MultiGzDecoder::new(item.bytes), item.bytes.len())?;
            single(job, &bytes, item);
        }
        Archive::Zstd => {
            let decoder = zstd::stream::read::Decoder::with_buffer(item.bytes).map_err(broken)?;
            let bytes = read_all(job, decoder, item.bytes.len())?;
            single(job, &bytes, item);
        }
        Archive::Zip => return zip(job, item),
        Archive::Tar => return tar(job, item),
    }
    Ok(())
}

/// The one file of a compressed stream keeps the item's name.
fn single(job: &mut Job<'_>, bytes: &[u8], item: Item<'_>) {
    job.read(Item {
        bytes,
        name: item.name,
        depth: item.depth + 1,
    });
}

fn zip(job: &mut Job<'_>, item: Item<'_>) -> Result<(), Refusal> {
    let mut archive = ::zip::ZipArchive::new(Cursor::new(item.bytes)).map_err(broken)?;
    check_count(archive.len(), &job.config.limits)?;
    if archive
        .file_names()
        .flatten()
        .any(|name| name == "[Content_Types].xml" || name == "mimetype")
    {
        let detail = "is an office document or an e-book, not an archive of articles";
        return Err(Refusal::new(RefusalReason::Unsupported, detail));
    }
    for at in 0..archive.len() {
        let (name, bytes) = {
            let entry = match archive.by_index(at) {
                Ok(entry) if entry.is_file() => entry,
                Ok(_) => continue,
                Err(error) => {
                    job.refuse(Some(&at.to_string()), broken(error));
                    continue;
                }
            };
            let name = entry
                .name()
                .map_or_else(|_| at.to_string(), std::borrow::Cow::into_owned);
            let packed = usize::try_from(entry.compressed_size()).unwrap_or(usize::MAX);
            (name, read_all(job, entry, packed.min(item.bytes.len())))
        };
        if !entry(job, &item, &name, bytes)? {
            break;
        }
    }
    Ok(())
}

fn tar(job: &mut Job<'_>, item: Item<'_>) -> Result<(), Refusal> {
    let mut archive = ::tar::Archive::new(item.bytes);
    let entries = archive.entries().map_err(broken)?;
    for (n_entries, found) in entries.enumerate() {
        check_count(n_entries, &job.config.limits)?;
        let found = found.map_err(broken)?;
        if !found.header().entry_type().is_file() {
            continue;
        }
        let name = String::from_utf8_lossy(&found.path_bytes()).into_owned();
        let size = item.bytes.len();
        let bytes = read_all(job, found, size);
        if !entry(job, &item, &name, bytes)? {
            break;
        }
    }
    Ok(())
}

/// Reads one entry; a bomb ends the whole archive.
fn entry(
    job: &mut Job<'_>,
    item: &Item<'_>,
    name: &str,
    bytes: Result<Vec<u8>, Refusal>,
) -> Result<bool, Refusal> {
    let hidden =
        name.rsplit('/').next().is_some_and(|file| file.starts_with('.')) || name.starts_with("__MACOSX/");
    if hidden {
        return Ok(true);
    }
    let full = item
        .name
        .map_or_else(|| name.to_owned(), |outer| format!("{outer}!{name}"));
    match bytes {
        Ok(bytes) => {
            job.read(Item {
                bytes: &bytes,
                name: Some(&full),
                depth: item.depth + 1,
            });
            Ok(true)
        }
        Err(refusal) if matches!(refusal.reason, RefusalReason::Bomb | RefusalReason::TooLarge) => {
            Err(refusal)
        }
        Err(refusal) => {
            job.refuse(Some(&full), refusal);
            Ok(true)
        }
    }
}

fn check_count(n: usize, limits: &Limits) -> Result<(), Refusal> {
    if n > limits.items {
        let detail = format!("more than {} entries", limits.items);
        return Err(Refusal::new(RefusalReason::TooLarge, detail));
    }
    Ok(())
}

/// Unpacks a stream of `packed` bytes as far as the limits allow.
fn read_all(job: &mut Job<'_>, mut stream: impl Read, packed: usize) -> Result<Vec<u8>, Refusal> {
    let limits = &job.config.limits;
    let left = limits.unpacked_bytes.saturating_sub(job.unpacked);
    let by_ratio = Limits::FREE_BYTES.max((packed as u64).saturating_mul(limits.ratio));
    let most = left.min(by_ratio);
    let mut bytes = Vec::new();
    stream
        .by_ref()
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(broken)?;
    job.unpacked += bytes.len() as u64;
    if bytes.len() as u64 > most {
        let (reason, detail) = if most == by_ratio {
            (
                RefusalReason::Bomb,
                format!("unpacks to more than {} times its size", limits.ratio),
            )
        } else {
            (
                RefusalReason::TooLarge,
                format!("unpacks to more than {} bytes", limits.unpacked_bytes),
            )
        };
        return Err(Refusal::new(reason, detail));
    }
    Ok(bytes)
}

fn broken(error: impl std::fmt::Display) -> Refusal {
    Refusal::new(RefusalReason::Malformed, format!("cannot be unpacked: {error}"))
}
