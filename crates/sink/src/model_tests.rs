//! Random histories on a disk that fails, against the promise: whatever happens, in the end every settled record
//! has its line, no record has two, and every line is a record.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;
use wire::message::{Article, Format, Revision, Source};
use wire::{ArticleId, EnrichedArticle, Line};

use crate::compress::compress;
use crate::disk::Disk;
use crate::error::Failure;
use crate::faulty::FaultyDisk;
use crate::jsonl::{Piece, scan};
use crate::part::{Name, State, open_lines};
use crate::progress::Progress;
use crate::recover::recover;
use crate::seen::Key;
use crate::writer::{Folder, Writer};

const OUT: &str = "/out";

fn record(n: usize) -> Arc<Line> {
    let source = Source {
        name: "inbox".to_owned(),
        path: String::new(),
        item: None,
        format: Format::Text,
        bytes: 0,
        encoding: "utf-8".to_owned(),
        received: Some(Timestamp::UNIX_EPOCH),
    };
    let text = "x".repeat(n % 50);
    let revision = Revision {
        pipeline: "0".to_owned(),
        model: "m".to_owned(),
    };
    let article = Article::new(ArticleId::of(&n.to_le_bytes()), source, text);
    Arc::new(Line::of(&EnrichedArticle::from_article(article, revision)).expect("serialises"))
}

/// A sink without its async shell, on a faulty disk, and what it has promised so far.
struct Run {
    disk: FaultyDisk,
    rng: Rng,
    /// `None` after a crash, until recovery has succeeded.
    writer: Option<Writer>,
    /// Every record ever handed in, and whether it was settled.
    records: BTreeMap<usize, bool>,
    roll_bytes: u64,
}

impl Run {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let roll_bytes = if rng.bool() { 0 } else { rng.u64(1_000..20_000) };
        Self {
            disk: FaultyDisk::new(rng.u64(..)),
            rng,
            writer: None,
            records: BTreeMap::new(),
            roll_bytes,
        }
    }

    fn recover(&mut self) -> Result<(), Failure> {
        let disk = Arc::new(self.disk.clone());
        let folder = Folder::new(OUT.into());
        let mut writer = Writer::new(disk, folder, self.roll_bytes, Arc::new(Progress::default()));
        recover(&mut writer, Duration::ZERO)?;
        self.writer = Some(writer);
        Ok(())
    }

    fn step(&mut self) {
        match self.rng.u32(..100) {
            0..8 => {
                self.writer = None;
                self.disk.cut_power();
            }
            8..11 => self.writer = None,
            11..16 => self.disk.fail_one_in([0, 0, 20, 8, 3][self.rng.usize(..5)]),
            16 => self.disk.set_room(self.rng.usize(..3_000)),
            17 => self.disk.set_room(usize::MAX),
            18 => self.spoil_a_checkpoint(),
            19 => self.scribble(),
            20..24 => self.roll(),
            24..30 => self.compress(),
            _ => self.commit(),
        }
    }

    fn commit(&mut self) {
        if self.writer.is_none() && self.recover().is_err() {
            return;
        }
        let newest = self.records.len();
        let numbers: Vec<usize> = (0..self.rng.usize(1..6))
            .map(|_| self.rng.usize(newest.saturating_sub(10)..newest + 3))
            .collect();
        let batch: Vec<_> = numbers.iter().map(|n| record(*n)).collect();
        for n in &numbers {
            self.records.entry(*n).or_default();
        }
        let Some(writer) = &mut self.writer else { return };
        for _ in 0..self.rng.usize(1..4) {
            if writer.commit(&batch).is_ok() {
                for n in numbers {
                    self.records.insert(n, true);
                }
                return;
            }
        }
        // Killed with whole lines in the file that no sync has vouched for.
        if self.rng.bool() {
            self.writer = None;
            self.disk.fail_one_in(0);
        }
    }

    fn roll(&mut self) {
        if let Some(writer) = &mut self.writer {
            // A failure changes nothing that matters.
            drop(writer.roll());
        }
    }

    fn compress(&mut self) {
        if let Some(writer) = &mut self.writer
            && let Some(name) = writer.finished.pop_front()
        {
            drop(compress(&self.disk, &writer.folder, &name));
        }
    }

    /// Damages, cuts short, or removes some checkpoint.
    fn spoil_a_checkpoint(&mut self) {
        self.disk.fail_one_in(0);
        let index = Folder::new(OUT.into()).index;
        let entries = self.disk.list(&index).expect("healthy");
        let Some(entry) = self.rng.choice(entries) else {
            return;
        };
        let (path, at) = (
            index.join(entry.name),
            self.rng.usize(..=entry.stat.size as usize),
        );
        match self.rng.u32(..3) {
            0 => self.disk.remove(&path).expect("healthy"),
            1 => self.disk.tamper(&path, |bytes| bytes.truncate(at)),
            _ => self.disk.tamper(&path, |bytes| {
                bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1);
            }),
        }
    }

    /// Another program writes to an open part.
    fn scribble(&mut self) {
        self.disk.fail_one_in(0);
        let entries = self.disk.list(Path::new(OUT)).expect("healthy");
        let mut open = entries
            .iter()
            .filter(|entry| entry.name.ends_with(State::Open.suffix()));
        let garbage: &[u8] = [&b"scribble\n"[..], b"{}", b"\n", b"\0\0\0"][self.rng.usize(..4)];
        if let Some(entry) = open.next() {
            self.disk
                .tamper(&Path::new(OUT).join(&entry.name), |bytes| bytes.extend(garbage));
        }
    }

    /// Heals the disk, restarts, and checks the promise.
    fn check(&mut self, seed: u64) {
        self.disk.fail_one_in(0);
        self.disk.set_room(usize::MAX);
        self.writer = None;
        self.recover().expect("a healthy disk can be recovered");
        let mut found = lines(&self.disk);
        for (n, settled) in &self.records {
            let count = found.remove(&key(*n)).unwrap_or(0);
            assert!(count <= 1, "seed {seed}: record {n} has {count} lines");
            assert!(
                count == 1 || !settled,
                "seed {seed}: record {n} was settled and has no line"
            );
        }
        assert!(found.is_empty(), "seed {seed}: unknown lines");
        let lines = lines(&self.disk);
        let seen = &self.writer.as_ref().expect("recovered").seen;
        assert_eq!(seen.len(), lines.len(), "seed {seed}: known lines");
    }
}

fn key(n: usize) -> u128 {
    u128::from_le_bytes(Key::of(&record(n)).to_bytes())
}

/// Counts the lines of each key in all parts; fails on anything that is no record.
fn lines(disk: &FaultyDisk) -> BTreeMap<u128, usize> {
    let mut lines = BTreeMap::new();
    for entry in disk.list(Path::new(OUT)).expect("healthy") {
        let Some((name, state)) = Name::parse_file(&entry.name) else {
            continue;
        };
        let path = name.path(Path::new(OUT), state);
        let mut bytes = Vec::new();
        open_lines(disk, &path, state, 0)
            .and_then(|mut input| input.read_to_end(&mut bytes))
            .expect("healthy");
        scan(bytes.as_slice(), |piece, _| {
            let Piece::Line(key) = piece else {
                panic!("{} holds {piece:?}", entry.name)
            };
            *lines.entry(u128::from_le_bytes(key.to_bytes())).or_default() += 1;
            Ok(())
        })
        .expect("from memory");
    }
    lines
}

/// Returns how many histories to try: more by `SLUGLINE_HISTORIES`.
fn histories() -> u64 {
    std::env::var("SLUGLINE_HISTORIES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(25)
}

#[test]
fn random_histories_keep_the_promise() {
    for seed in 0..histories() {
        let mut run = Run::new(seed);
        for round in 0..8 {
            for _ in 0..40 {
                run.step();
            }
            run.check(seed * 100 + round);
        }
    }
}

#[test]
fn a_part_cut_at_any_byte_loses_nothing_settled() {
    let (settled, torn) = (3, 5);
    let mut sizes = Vec::new();
    let prepare = |sizes: &mut Vec<usize>| {
        let mut run = Run::new(1);
        run.roll_bytes = 0;
        run.recover().expect("empty");
        for batch in [0..settled, settled..torn] {
            let records: Vec<_> = batch.map(record).collect();
            run.writer
                .as_mut()
                .expect("recovered")
                .commit(&records)
                .expect("healthy");
            sizes.push(open_size(&run.disk));
        }
        run.records.extend((0..torn).map(|n| (n, n < settled)));
        run
    };
    drop(prepare(&mut sizes));
    let (low, high) = (sizes[0], sizes[1]);
    for cut in low..=high {
        for keep_checkpoint in [true, false] {
            let mut run = prepare(&mut sizes);
            let (open, index) = open_paths(&run.disk);
            run.disk.tamper(&open, |bytes| bytes.truncate(cut));
            if !keep_checkpoint {
                run.disk.remove(&index).expect("healthy");
            }
            run.check(cut as u64);
            let again: Vec<_> = (0..torn).map(record).collect();
            run.writer
                .as_mut()
                .expect("recovered")
                .commit(&again)
                .expect("healthy");
            run.records.extend((0..torn).map(|n| (n, true)));
            run.check(cut as u64);
        }
    }
}

fn open_paths(disk: &FaultyDisk) -> (std::path::PathBuf, std::path::PathBuf) {
    let entries = disk.list(Path::new(OUT)).expect("healthy");
    let (name, _) = entries
        .iter()
        .find_map(|entry| Name::parse_file(&entry.name))
        .expect("one part");
    let index = Folder::new(OUT.into())
        .index
        .join(format!("{}.keys", name.stem()));
    (name.path(Path::new(OUT), State::Open), index)
}

fn open_size(disk: &FaultyDisk) -> usize {
    disk.stat(&open_paths(disk).0).expect("healthy").size as usize
}
