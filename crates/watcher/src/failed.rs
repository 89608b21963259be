//! Where refused files go: `failed/`, each with a `<name>.error.json` beside it that says why.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use wire::{Article, ArticleId};

use crate::durable::{copy_whole, move_without_replacing, numbered, write_whole};
use crate::identity::{FileState, Stamp};
use crate::intake::{Refusal, RefusedItem};

/// The reason of files and folders that may not be read.
pub(crate) const UNREADABLE: &str = "unreadable";

/// How many refused items, and how many rejected articles, an error file names; the file itself, which lies beside
/// it, has them all.
const MOST_ITEMS: usize = 1000;

/// Why a file, or a part of it, was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// A token for metrics and scripts, such as `empty`.
    pub(crate) reason: &'static str,
    /// What was found, for people.
    pub(crate) detail: String,
    /// The articles rejected downstream; empty if the whole file was refused.
    pub(crate) articles: Vec<ArticleId>,
    /// The parts that could not be read or were rejected downstream; empty if the file is a single article or was
    /// refused as a whole.
    pub(crate) items: Vec<FailedItem>,
}

/// A part of a file that could not be read, or that was rejected downstream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FailedItem {
    /// Which one: `line 3`; of a rejected article, its `source.item`.
    pub(crate) item: String,
    /// The id of the article, if it became one and was rejected downstream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) article: Option<String>,
    /// A token, such as `malformed`.
    pub(crate) reason: String,
    /// What was found, for people.
    detail: String,
}

impl Failure {
    pub(crate) fn new(reason: &'static str, detail: impl Into<String>) -> Self {
        Self {
            reason,
            detail: detail.into(),
            articles: Vec::new(),
            items: Vec::new(),
        }
    }

    /// Returns the failure of what could not be read of a file, if anything.
    pub(crate) fn of_items(refused: Vec<RefusedItem>) -> Option<Self> {
        let n_refused = refused.len();
        let first = refused.first()?;
        let detail = match (&first.item, n_refused) {
            (None, _) => first.refusal.detail.clone(),
            (Some(item), 1) => format!("{item}: {}", first.refusal.detail),
            (Some(item), _) => format!(
                "{n_refused} items were refused, the first: {item}: {}",
                first.refusal.detail
            ),
        };
        let mut failure = Self::new(first.refusal.reason.as_str(), detail);
        let named = refused.into_iter().take(MOST_ITEMS);
        failure.items = named
            .filter_map(|RefusedItem { item, refusal }| {
                let Refusal { reason, detail } = refusal;
                let reason = reason.as_str().to_owned();
                item.map(|item| FailedItem {
                    item,
                    article: None,
                    reason,
                    detail,
                })
            })
            .collect();
        Some(failure)
    }

    /// Adds an article that was rejected downstream. The first of them gives the reason, whatever else could not be
    /// read of the file.
    pub(crate) fn reject(earlier: Option<Self>, article: &Article, rejection: Self) -> Self {
        let Self { reason, detail, .. } = rejection;
        let item = article.source.item.clone().map(|item| FailedItem {
            item,
            article: Some(article.id.to_string()),
            reason: reason.to_owned(),
            detail: detail.clone(),
        });
        let mut failure = match earlier {
            Some(earlier) if !earlier.articles.is_empty() => earlier,
            earlier => Self {
                items: earlier.map(|earlier| earlier.items).unwrap_or_default(),
                ..Self::new(reason, detail)
            },
        };
        // As many again as could not be read: neither kind hides the other.
        if failure.articles.len() < MOST_ITEMS {
            failure.items.extend(item);
        }
        failure.articles.push(article.id);
        failure
    }
}

/// How the refused file is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeping {
    /// Moved into `failed/`.
    Move,
    /// Left in place; a hard link (or a copy of at most so many bytes) goes into `failed/`.
    Link {
        /// Largest copy, in bytes.
        max_copy: u64,
    },
    /// Left in place; only the error file is written: it is no regular file.
    Describe,
}

/// A refused file.
#[derive(Debug)]
pub(crate) struct Refused<'a> {
    pub(crate) path: &'a Path,
    pub(crate) relative: &'a Path,
    pub(crate) state: &'a FileState,
    pub(crate) stamp: Stamp,
    pub(crate) failure: &'a Failure,
}

/// The error file.
#[derive(Debug, Serialize, Deserialize)]
struct ErrorFile {
    schema: String,
    reason: String,
    detail: String,
    /// Ids of the articles rejected downstream; empty if the whole file was refused.
    articles: Vec<String>,
    /// The parts that could not be read and the articles rejected downstream, a thousand of each at most; empty if
    /// the file is a single article or was refused as a whole.
    #[serde(default)]
    items: Vec<FailedItem>,
    /// Where the file was.
    path: String,
    bytes: u64,
    time: Timestamp,
    /// What lies beside this error file: `moved`, `linked`, `copied` or `nothing`.
    kept: String,
    /// The state of the file that was refused, so that a repetition after a crash is recognised.
    stamp: String,
    /// Device and inode of the file, so that one that stays in place and changes has one error file.
    #[serde(default)]
    file: [u64; 2],
}

impl ErrorFile {
    /// Whether this tells of the same file: in the same state, or left in place and changed since.
    fn is_of(&self, refused: &Refused<'_>) -> bool {
        let stays = self.kept != MOVED && self.file == [refused.state.device, refused.state.inode];
        self.stamp == stamp_text(refused.stamp) || (stays && self.path == refused.path.to_string_lossy())
    }
}

/// Stands in an error file for a refused file that left its place.
const MOVED: &str = "moved";

/// Puts a refused file aside with an error file beside it, and returns whether the file left its place. Repeating
/// it changes nothing, and of a file that stays in place and grows there is one entry, the newest. The folders that must
/// be synced for it to last are added to `folders`.
pub(crate) fn set_aside(
    refused: &Refused<'_>,
    failed_dir: &Path,
    keeping: Keeping,
    folders: &mut BTreeSet<PathBuf>,
) -> io::Result<bool> {
    let target = failed_dir.join(refused.relative);
    let folder = target.parent().unwrap_or(failed_dir);
    fs::create_dir_all(folder)?;
    folders.insert(folder.to_owned());
    let (target, error_path) = place_of(refused, &target)?;
    match keeping {
        Keeping::Move => {
            write_error_file(&error_path, refused, MOVED)?;
            match move_unchanged(refused, &target) {
                Ok(()) => {
                    folders.extend(refused.path.parent().map(Path::to_owned));
                    return Ok(true);
                }
                Err(error) => {
                    tracing::warn!(%error, path = %refused.path.display(), "failed to move a refused file; it stays in place");
                    write_error_file(&error_path, refused, "nothing")?;
                }
            }
        }
        Keeping::Link { max_copy } => {
            let kept = link_or_copy(refused, &target, max_copy);
            write_error_file(&error_path, refused, kept)?;
        }
        Keeping::Describe => write_error_file(&error_path, refused, "nothing")?,
    }
    Ok(false)
}

fn move_unchanged(refused: &Refused<'_>, target: &Path) -> io::Result<()> {
    if FileState::of(&fs::symlink_metadata(refused.path)?) != *refused.state {
        return Err(io::Error::other("it has changed since it was read"));
    }
    move_without_replacing(refused.path, target)
}

fn link_or_copy(refused: &Refused<'_>, target: &Path, max_copy: u64) -> &'static str {
    if let Ok(there) = fs::symlink_metadata(target)
        && (there.dev(), there.ino()) == (refused.state.device, refused.state.inode)
    {
        return "linked";
    }
    if fs::hard_link(refused.path, target).is_ok() {
        return "linked";
    }
    // A copy that lies there already is an older one of the same file.
    if refused.state.size <= max_copy && copy_whole(refused.path, target).is_ok() {
        return "copied";
    }
    "nothing"
}

/// Returns names for the file and its error file that are free, or that hold a refusal of the same file already.
fn place_of(refused: &Refused<'_>, target: &Path) -> io::Result<(PathBuf, PathBuf)> {
    let name = target.file_name().unwrap_or(OsStr::new("unnamed"));
    for n in 0.. {
        let file = target.with_file_name(numbered(name, n, OsStr::new("")));
        let error_file = target.with_file_name(numbered(name, n, OsStr::new(".error.json")));
        match fs::read(&error_file) {
            Ok(bytes) => {
                let earlier = serde_json::from_slice::<ErrorFile>(&bytes);
                if earlier.is_ok_and(|earlier| earlier.is_of(refused)) {
                    return Ok((file, error_file));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if fs::symlink_metadata(&file).is_err() {
                    return Ok((file, error_file));
                }
            }
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn write_error_file(path: &Path, refused: &Refused<'_>, kept: &str) -> io::Result<()> {
    let error_file = ErrorFile {
        schema: "slugline-failed/1".to_owned(),
        reason: refused.failure.reason.to_owned(),
        detail: refused.failure.detail.clone(),
        articles: refused.failure.articles.iter().map(ToString::to_string).collect(),
        items: refused.failure.items.clone(),
        path: refused.path.to_string_lossy().into_owned(),
        bytes: refused.state.size,
        time: Timestamp::now(),
        kept: kept.to_owned(),
        stamp: stamp_text(refused.stamp),
        file: [refused.state.device, refused.state.inode],
    };
    let mut bytes = serde_json::to_vec_pretty(&error_file)?;
    bytes.push(b'\n');
    write_whole(path, &bytes)
}

fn stamp_text(stamp: Stamp) -> String {
    format!("{:032x}", u128::from_be_bytes(stamp.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Refuses `path` as it is now and returns what its newest error file says of it.
    fn refuse(path: &Path, failed_dir: &Path) -> ErrorFile {
        let state = FileState::of(&fs::metadata(path).expect("there"));
        let refused = Refused {
            path,
            relative: Path::new("day.jsonl"),
            state: &state,
            stamp: state.stamp(),
            failure: &Failure::new("malformed", "line 1: is no JSON"),
        };
        let keeping = Keeping::Link { max_copy: 1 << 20 };
        let left = set_aside(&refused, failed_dir, keeping, &mut BTreeSet::new()).expect("put aside");
        assert!(!left, "it stays in place");
        let (_, error_file) = place_of(&refused, &failed_dir.join("day.jsonl")).expect("a place");
        serde_json::from_slice(&fs::read(error_file).expect("told")).expect("JSON")
    }

    #[test]
    fn a_copy_of_a_file_that_has_grown_is_renewed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, failed_dir) = (folder.path().join("day.jsonl"), folder.path().join("failed"));
        let copy = failed_dir.join("day.jsonl");
        fs::write(&path, "bad\n").expect("written");
        assert_eq!(refuse(&path, &failed_dir).kept, "linked");
        // As on another file system, where there are no links.
        fs::remove_file(&copy).expect("removed");
        fs::write(&copy, "bad\n").expect("written");
        fs::write(&path, "bad\nand more\n").expect("written");
        let told = refuse(&path, &failed_dir);
        assert_eq!((told.kept.as_str(), told.bytes), ("copied", 13));
        assert_eq!(fs::read_to_string(&copy).expect("there"), "bad\nand more\n");
        assert_eq!(fs::read_dir(&failed_dir).expect("listed").count(), 2);
    }
}
