//! The compiled lexicon: word clusters, names of places, people and groups, and what is known about them.
//!
//! One read-only file, built by `trainer gazetteer` and embedded in the program. Lookups hash the folded words of
//! a phrase; a fingerprint in the slot keeps false hits below one in ten thousand.

mod classes;
mod phrases;
mod records;
mod words;

use super::hash;

pub use classes::{Class, Classes};
pub use phrases::{PhraseEntry, PhraseHit, Phrases, phrase_start, phrase_step};
pub use records::{Record, RecordId, Records};
pub use words::{Clusters, Words};

/// First bytes of a compiled lexicon.
pub const MAGIC: &[u8; 8] = b"SLUGLEX1";

/// The sections of the file, in order.
pub const SECTIONS: usize = 6;

/// A compiled lexicon, borrowed from the bytes it was read from.
#[derive(Debug, Clone, Copy)]
pub struct Lexicon<'a> {
    /// Word clusters.
    pub words: Words<'a>,
    /// Names of one or more words, with their classes.
    pub phrases: Phrases<'a>,
    /// What is known about the named things.
    pub records: Records<'a>,
}

impl<'a> Lexicon<'a> {
    /// Reads a compiled lexicon; `None` when it is not one of this version.
    pub fn parse(file: &'a [u8]) -> Option<Self> {
        let body = file.strip_prefix(MAGIC)?;
        let (lengths, mut rest) = body.split_at_checked(SECTIONS * 4)?;
        let mut sections = [&[][..]; SECTIONS];
        for (section, length) in sections.iter_mut().zip(lengths.chunks_exact(4)) {
            let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
            (*section, rest) = rest.split_at_checked(length)?;
        }
        let [slots, rows, phrases, masks, records, names] = sections;
        Some(Self {
            words: Words::new(slots, rows),
            phrases: Phrases::new(phrases, masks),
            records: Records::new(records, names),
        })
    }
}

/// Writes the sections of a lexicon as one file.
pub fn assemble(sections: [&[u8]; SECTIONS]) -> Vec<u8> {
    let mut file = MAGIC.to_vec();
    for section in sections {
        file.extend((section.len() as u32).to_le_bytes());
    }
    file.extend(sections.concat());
    file
}

/// Returns the built-in lexicon.
///
/// # Panics
/// If the file beside the sources is not of this version; a test loads it.
pub fn built_in() -> Lexicon<'static> {
    static FILE: &[u8] = include_bytes!("../../data/lexicon.bin");
    Lexicon::parse(FILE).expect("the embedded lexicon was written by `trainer gazetteer` and is tested")
}
