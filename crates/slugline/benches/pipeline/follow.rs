//! Reading the lines of an output folder as they come.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Reads the first open part of a folder; the runs here write less than one part.
pub(crate) struct Follower {
    out: PathBuf,
    part: Option<File>,
    pending: Vec<u8>,
}

impl Follower {
    /// Returns the follower of a folder, which need not be there yet.
    pub(crate) fn new(out: &Path) -> Self {
        Self {
            out: out.to_owned(),
            part: None,
            pending: Vec::new(),
        }
    }

    /// Hands on every whole line that has come since the last call, without its end.
    pub(crate) fn take(&mut self, mut found: impl FnMut(&[u8])) {
        if self.part.is_none() {
            self.part = open_part(&self.out).and_then(|path| File::open(path).ok());
        }
        let Some(file) = &mut self.part else { return };
        file.read_to_end(&mut self.pending).expect("is readable");
        let mut start = 0;
        while let Some(length) = self.pending[start..].iter().position(|byte| *byte == b'\n') {
            found(&self.pending[start..start + length]);
            start += length + 1;
        }
        self.pending.drain(..start);
    }
}

fn open_part(out: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(out).ok()?;
    let mut paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    paths.find(|path| path.extension().is_some_and(|extension| extension == "open"))
}
