//! Documents as numbers: the features of every token that can be part of a name.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use enricher::engine::entities::features;
use enricher::engine::entities::model::kind;
use enricher::engine::entities::sheet::Sheet;
use enricher::engine::hash::mix;
use enricher::engine::lexicon::Lexicon;

use crate::corpus::{self, Document, LabelSet};

/// Feature hashes are good hashes already.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Identity(u64);

impl Hasher for Identity {
    fn write(&mut self, _bytes: &[u8]) {
        unreachable!("only numbers are hashed");
    }
    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

pub(crate) type FeatureMap<V> = HashMap<u64, V, BuildHasherDefault<Identity>>;

/// The features that are worth a weight, numbered.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    pub(crate) numbers: FeatureMap<u32>,
}

/// One run of tokens that is decided together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Segment {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) weight: f32,
    /// The document and its first token there.
    pub(crate) document: u32,
    pub(crate) token: u32,
}

/// The tokens of many documents.
#[derive(Debug, Default)]
pub(crate) struct Examples {
    features: Vec<u32>,
    offsets: Vec<usize>,
    pub(crate) kinds: Vec<u8>,
    pub(crate) allowed: Vec<LabelSet>,
    pub(crate) segments: Vec<Segment>,
}

impl Examples {
    pub(crate) fn features(&self, token: usize) -> &[u32] {
        &self.features[self.offsets[token]..self.offsets[token + 1]]
    }

    pub(crate) fn tokens(&self) -> usize {
        self.kinds.len()
    }
}

/// Calls `visit` with the segment number, the token and its features, for every candidate of a document.
fn visit(lexicon: &Lexicon<'_>, document: &Document, mut visit: impl FnMut(&Sheet, usize, usize, &[u64])) {
    let sheet = Sheet::new(lexicon, &document.text, &document.tokens, &document.sentences);
    let mut buffer = Vec::new();
    for (number, segment) in sheet.segments.iter().enumerate() {
        for at in segment.range() {
            buffer.clear();
            features::extract(&sheet, sheet.sentence_of[number], at, &mut buffer);
            if !matches!(document.scheme, corpus::OURS | corpus::SILVER) {
                add_scheme(&sheet, document.scheme, at, &mut buffer);
            }
            visit(&sheet, number, at, &buffer);
        }
    }
}

/// What other annotators do differently is learnt in features of their own, which the engine never asks for.
fn add_scheme(sheet: &Sheet, scheme: u8, at: usize, buffer: &mut Vec<u64>) {
    let form = &sheet.forms[at];
    let listed = sheet.listed[at];
    let values = [
        0,
        form.lower,
        u64::from(form.clusters.middle),
        u64::from(form.clusters.coarse),
        u64::from(form.shape),
        u64::from(listed.alone.0),
        u64::from(listed.begin.0 | listed.inside.0 | listed.end.0),
    ];
    for (index, value) in values.into_iter().enumerate() {
        buffer.push(mix(0xd0_0d00 + u64::from(scheme) * 16 + index as u64, value));
    }
}

/// Numbers the features that occur at least `at_least` times.
pub(crate) fn count(lexicon: &Lexicon<'_>, documents: &[Document], at_least: u32) -> Dictionary {
    let mut counts = FeatureMap::<u32>::default();
    for document in documents {
        visit(lexicon, document, |_, _, _, features| {
            for feature in features {
                *counts.entry(*feature).or_default() += 1;
            }
        });
    }
    let mut kept: Vec<u64> = counts
        .into_iter()
        .filter(|(_, count)| *count >= at_least)
        .map(|(feature, _)| feature)
        .collect();
    kept.sort_unstable();
    let numbers = kept
        .into_iter()
        .enumerate()
        .map(|(number, feature)| (feature, number as u32));
    Dictionary {
        numbers: numbers.collect(),
    }
}

/// Reads documents as examples; features without a number are left out.
pub(crate) fn read(lexicon: &Lexicon<'_>, documents: &[Document], dictionary: &Dictionary) -> Examples {
    let mut examples = Examples::default();
    examples.offsets.push(0);
    for (index, document) in documents.iter().enumerate() {
        let mut last = usize::MAX;
        visit(lexicon, document, |sheet, segment, at, features| {
            if segment != last {
                last = segment;
                let start = examples.kinds.len() as u32;
                examples.segments.push(Segment {
                    start,
                    end: start,
                    weight: document.weight,
                    document: index as u32,
                    token: at as u32,
                });
            }
            let numbers = features
                .iter()
                .filter_map(|feature| dictionary.numbers.get(feature));
            examples.features.extend(numbers);
            examples.offsets.push(examples.features.len());
            examples.kinds.push(kind(&sheet.forms[at]) as u8);
            examples.allowed.push(consistent(&examples, document, at));
            if let Some(segment) = examples.segments.last_mut() {
                segment.end += 1;
            }
        });
    }
    examples
}

/// An entity that began outside of the segment cannot be continued in it: its tokens may be anything.
fn consistent(examples: &Examples, document: &Document, at: usize) -> LabelSet {
    const BEGIN_OR_OUTSIDE: u16 = 0b0_1010_1010_1011;
    let allowed = document.allowed[at];
    let segment = examples.segments.last();
    let is_first = segment.is_some_and(|segment| segment.start == segment.end);
    let can_begin = allowed.0 & BEGIN_OR_OUTSIDE != 0;
    if can_begin
        || !is_first
            && examples
                .allowed
                .last()
                .is_some_and(|last| *last != LabelSet::ANY || can_begin)
    {
        allowed
    } else {
        LabelSet::ANY
    }
}
