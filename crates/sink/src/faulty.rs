//! A disk for tests that fails on purpose and forgets what was not synced.
//!
//! What it models of a real one, and stricter where systems differ:
//!
//! - A crash keeps of the unsynced bytes of a file any pages, in any combination; missing ones read as zeros.
//! - A crash keeps of the unsynced creations, renames and removals of a directory any first few.
//! - A failed sync drops what it should have written but keeps showing it, and the next sync succeeds.
//! - Writes are cut short, and fail after part of the bytes have been written.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use fastrand::Rng;

use crate::disk::{Disk, DiskFile, Entry, Stat};

/// Small, so that the lines of a test span several.
const PAGE_BYTES: usize = 64;

/// A disk in memory. Clones are the same disk.
#[derive(Debug, Clone)]
pub(crate) struct FaultyDisk(Arc<Mutex<World>>);

#[derive(Debug)]
struct World {
    rng: Rng,
    /// One operation in so many fails; 0: none.
    one_in: usize,
    /// Bytes that can still be written; grown and shrunk by the test.
    room: usize,
    inodes: Vec<Inode>,
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    /// Changes of names since their directory was last synced.
    unsynced: Vec<Change>,
    clock: i64,
}

#[derive(Debug, Default, Clone)]
struct Inode {
    shown: Vec<u8>,
    durable: Vec<u8>,
    /// Which pages of `shown` a sync would write.
    dirty: Vec<bool>,
    size_dirty: bool,
    modified: i64,
}

#[derive(Debug, Clone)]
enum Change {
    Add(PathBuf, usize),
    Remove(PathBuf),
    Rename(PathBuf, PathBuf, usize),
}

impl FaultyDisk {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(World {
            rng: Rng::with_seed(seed),
            one_in: 0,
            room: usize::MAX,
            inodes: Vec::new(),
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            unsynced: Vec::new(),
            clock: 1_700_000_000_000_000_000,
        })))
    }

    /// Lets one operation in `one_in` fail from now on; 0: none.
    pub(crate) fn fail_one_in(&self, one_in: usize) {
        self.world().one_in = one_in;
    }

    /// Leaves room for so many bytes from now on.
    pub(crate) fn set_room(&self, room: usize) {
        self.world().room = room;
    }

    /// Cuts the power: what was not synced may be lost, each page and each name by chance.
    pub(crate) fn cut_power(&self) {
        let world = &mut *self.world();
        let kept = world.rng.usize(..=world.unsynced.len());
        for change in std::mem::take(&mut world.unsynced).into_iter().take(kept) {
            change.apply(&mut world.durable_names);
        }
        world.names = world.durable_names.clone();
        for inode in &mut world.inodes {
            inode.cut_power(&mut world.rng);
        }
    }

    /// Changes a file behind the sink's back. Durable at once.
    pub(crate) fn tamper(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let world = &mut *self.world();
        let inode = &mut world.inodes[world.names[path]];
        change(&mut inode.shown);
        inode.durable = inode.shown.clone();
        inode.dirty = vec![false; inode.shown.len().div_ceil(PAGE_BYTES)];
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0
            .lock()
            .expect("no test thread panics while it holds the disk")
    }

    fn open(&self, path: &Path, appends: bool) -> io::Result<Box<dyn DiskFile>> {
        let mut world = self.world();
        world.may_fail()?;
        let inode = world.inode(path)?;
        Ok(Box::new(FaultyFile {
            disk: self.clone(),
            inode,
            appends,
        }))
    }
}

impl World {
    fn may_fail(&mut self) -> io::Result<()> {
        if self.one_in > 0 && self.rng.usize(..self.one_in) == 0 {
            return Err(rustix::io::Errno::IO.into());
        }
        Ok(())
    }

    fn inode(&self, path: &Path) -> io::Result<usize> {
        self.names
            .get(path)
            .copied()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn stat(&self, inode: usize) -> Stat {
        Stat {
            identity: (1, inode as u64),
            size: self.inodes[inode].shown.len() as u64,
            links: self.names.values().filter(|named| **named == inode).count() as u64,
            modified: self.inodes[inode].modified,
        }
    }

    fn change(&mut self, change: Change) {
        change.clone().apply(&mut self.names);
        self.unsynced.push(change);
    }

    fn write(&mut self, inode: usize, offset: usize, bytes: &[u8]) {
        self.clock += 1;
        let inode = &mut self.inodes[inode];
        let end = offset + bytes.len();
        if end > inode.shown.len() {
            inode.shown.resize(end, 0);
            inode.size_dirty = true;
        }
        inode.dirty.resize(inode.shown.len().div_ceil(PAGE_BYTES), false);
        inode.shown[offset..end].copy_from_slice(bytes);
        for page in offset / PAGE_BYTES..end.div_ceil(PAGE_BYTES) {
            inode.dirty[page] = true;
        }
        inode.modified = self.clock;
    }
}

impl Change {
    fn directory(&self) -> Option<&Path> {
        match self {
            Self::Add(path, _) | Self::Remove(path) | Self::Rename(_, path, _) => path.parent(),
        }
    }

    fn apply(self, names: &mut BTreeMap<PathBuf, usize>) {
        match self {
            Self::Add(path, inode) => {
                names.insert(path, inode);
            }
            Self::Remove(path) => {
                names.remove(&path);
            }
            Self::Rename(from, to, inode) => {
                names.remove(&from);
                names.insert(to, inode);
            }
        }
    }
}

impl Inode {
    fn write_back(&mut self, page: usize) {
        let start = page * PAGE_BYTES;
        let end = (start + PAGE_BYTES).min(self.shown.len()).min(self.durable.len());
        if start < end {
            self.durable[start..end].copy_from_slice(&self.shown[start..end]);
        }
    }

    fn sync(&mut self) {
        if self.size_dirty {
            self.durable.resize(self.shown.len(), 0);
        }
        for page in 0..self.dirty.len() {
            if self.dirty[page] {
                self.write_back(page);
            }
        }
        self.clean();
    }

    fn clean(&mut self) {
        self.dirty = vec![false; self.shown.len().div_ceil(PAGE_BYTES)];
        self.size_dirty = false;
    }

    fn cut_power(&mut self, rng: &mut Rng) {
        if self.size_dirty && rng.bool() {
            let (low, high) = (self.durable.len(), self.shown.len());
            let size = if low <= high { rng.usize(low..=high) } else { high };
            self.durable.resize(size, 0);
        }
        for page in 0..self.dirty.len() {
            if self.dirty[page] && rng.bool() {
                self.write_back(page);
            }
        }
        self.shown = self.durable.clone();
        self.clean();
    }
}

impl Disk for FaultyDisk {
    fn list(&self, dir: &Path) -> io::Result<Vec<Entry>> {
        let mut world = self.world();
        world.may_fail()?;
        let in_dir = world.names.iter().filter(|(path, _)| path.parent() == Some(dir));
        let entries = in_dir.map(|(path, inode)| Entry {
            name: path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            stat: world.stat(*inode),
        });
        Ok(entries.collect())
    }

    fn stat(&self, path: &Path) -> io::Result<Stat> {
        let mut world = self.world();
        world.may_fail()?;
        Ok(world.stat(world.inode(path)?))
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        {
            let mut world = self.world();
            world.may_fail()?;
            if world.names.contains_key(path) {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            let inode = world.inodes.len();
            world.inodes.push(Inode::default());
            world.change(Change::Add(path.to_owned(), inode));
        }
        // As on a real disk, the file may be there although the caller is told that it failed.
        self.open(path, true)
    }

    fn append(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.open(path, true)
    }

    fn edit(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.open(path, false)
    }

    fn read(&self, path: &Path, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let mut world = self.world();
        world.may_fail()?;
        let inode = world.inode(path)?;
        let from = world.inodes[inode]
            .shown
            .get(offset as usize..)
            .unwrap_or_default();
        Ok(Box::new(Cursor::new(from.to_vec())))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        if self.world().names.contains_key(to) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.replace(from, to)
    }

    fn replace(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut world = self.world();
        world.may_fail()?;
        let inode = world.inode(from)?;
        world.change(Change::Rename(from.to_owned(), to.to_owned(), inode));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut world = self.world();
        world.may_fail()?;
        world.inode(path)?;
        world.change(Change::Remove(path.to_owned()));
        Ok(())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let world = &mut *self.world();
        world.may_fail()?;
        let (synced, left) = std::mem::take(&mut world.unsynced)
            .into_iter()
            .partition::<Vec<_>, _>(|change| change.directory() == Some(dir));
        world.unsynced = left;
        for change in synced {
            change.apply(&mut world.durable_names);
        }
        Ok(())
    }
}

#[derive(Debug)]
struct FaultyFile {
    disk: FaultyDisk,
    inode: usize,
    appends: bool,
}

impl DiskFile for FaultyFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        assert!(self.appends, "opened to edit");
        let world = &mut *self.disk.world();
        let size = world.inodes[self.inode].shown.len();
        let cut = world.rng.usize(..=bytes.len());
        if let Err(error) = world.may_fail() {
            world.write(self.inode, size, &bytes[..cut]);
            return Err(error);
        }
        let short = world.one_in > 0 && world.rng.bool() && cut > 0;
        let length = if short { cut } else { bytes.len() }.min(world.room);
        if length == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        world.room -= length;
        world.write(self.inode, size, &bytes[..length]);
        Ok(length)
    }

    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        assert!(!self.appends, "opened to append");
        let world = &mut *self.disk.world();
        world.may_fail()?;
        world.write(self.inode, offset as usize, bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let world = &mut *self.disk.world();
        if let Err(error) = world.may_fail() {
            // Some pages made it, the others never will: they are clean now.
            let inode = &mut world.inodes[self.inode];
            if inode.size_dirty && world.rng.bool() {
                inode.durable.resize(inode.shown.len(), 0);
            }
            for page in 0..inode.dirty.len() {
                if inode.dirty[page] && world.rng.bool() {
                    inode.write_back(page);
                }
            }
            // The size is kept in memory and written by a later sync, as file systems do.
            let size_dirty = inode.durable.len() != inode.shown.len();
            inode.clean();
            inode.size_dirty = size_dirty;
            return Err(error);
        }
        world.inodes[self.inode].sync();
        Ok(())
    }

    fn truncate(&mut self, size: u64) -> io::Result<()> {
        let world = &mut *self.disk.world();
        world.may_fail()?;
        world.clock += 1;
        let clock = world.clock;
        let inode = &mut world.inodes[self.inode];
        let size = size as usize;
        if inode.shown.len() != size {
            inode.shown.resize(size, 0);
            inode.dirty.resize(size.div_ceil(PAGE_BYTES), false);
            inode.size_dirty = true;
            inode.modified = clock;
        }
        Ok(())
    }

    fn stat(&self) -> io::Result<Stat> {
        let mut world = self.disk.world();
        world.may_fail()?;
        Ok(world.stat(self.inode))
    }
}
