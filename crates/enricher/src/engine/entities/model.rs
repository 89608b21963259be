//! The model: one table of packed weights, looked up by feature hash, and the weights of label transitions.

use prefetch_index::prefetch_index;

use super::super::hash::slot;
use super::forms::{Flags, Form};
use super::labels::{Label, N_LABELS};

/// First bytes of a model file.
pub const MAGIC: &[u8; 8] = b"SLUGNER2";

/// Kinds of tokens that transitions are told apart by.
pub const N_KINDS: usize = 8;

/// Weights of the transitions to a label from each label, by kind of token.
pub type Transitions = [[[i16; N_LABELS]; N_LABELS]; N_KINDS];

/// Sums of the weights of a token's features, one per label.
pub type Scores = [i32; N_LABELS];

/// Bytes of a cache line, which holds four rows: looking up a feature touches one line.
const LINE: usize = 64;
const ROW: usize = 16;

/// Rows of a line.
const ROWS: usize = LINE / ROW;

/// Bytes of the weights of a row in memory.
const WEIGHTS: usize = ROW - size_of::<u16>();

/// A trained model.
///
/// A row is a 16-bit check and 13 weights of one byte; a feature that is not in the table weighs nothing.
#[derive(Debug)]
pub struct Model {
    lines: Vec<Line>,
    /// Weights of the transitions.
    pub transitions: Box<Transitions>,
    /// What a score must be divided by to be a log-odds.
    pub scale: f32,
}

/// More features than nearly every token has, and few enough that their places are a small allocation.
const MOST_FEATURES: usize = 128;

/// The rows of a token's features.
///
/// Five of six features are in the table, each in a line of its own that is seldom in the cache. So a line is asked for
/// as soon as its feature is known, and read when all are.
#[derive(Debug)]
pub struct Rows<'m> {
    lines: &'m [Line],
    /// Numbers of the lines, and the checks of the rows in them.
    asked: Vec<(u32, u16)>,
}

impl Extend<u64> for Rows<'_> {
    #[inline]
    fn extend<I: IntoIterator<Item = u64>>(&mut self, features: I) {
        let lines = self.lines;
        self.asked.extend(features.into_iter().map(|feature| {
            let place = slot(feature, lines.len());
            prefetch_index(lines, place);
            (place as u32, check(feature))
        }));
    }
}

impl Rows<'_> {
    /// Forgets the features, for those of the next token.
    pub fn clear(&mut self) {
        self.asked.clear();
    }

    /// Returns the sums of the weights.
    pub fn scores(&self) -> Scores {
        let sums = self.sums();
        std::array::from_fn(|label| i32::from(sums[label]))
    }

    /// Returns the sums of the rows, byte by byte. Not inlined, so that whole rows are added: who sees that two of the
    /// sums are not asked for adds the others in pieces.
    #[inline(never)]
    fn sums(&self) -> [i16; ROW] {
        let mut sums = [0_i16; ROW];
        for &(line, check) in &self.asked {
            for (sum, &weight) in sums.iter_mut().zip(self.lines[line as usize].row(check)) {
                *sum = sum.wrapping_add(i16::from(weight.cast_signed()));
            }
        }
        sums
    }
}

/// A line in memory: the weights of its rows, then their checks side by side, to be compared all at once.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Line([u8; LINE]);

impl Line {
    /// Reads a line of the file, where each row begins with its check.
    fn new(file: &[u8; LINE]) -> Self {
        let mut line = [0; LINE];
        for (row, bytes) in file.as_chunks::<ROW>().0.iter().enumerate() {
            let (check, weights) = bytes.split_at(ROW - WEIGHTS);
            line[row * WEIGHTS..][..WEIGHTS].copy_from_slice(weights);
            line[ROWS * WEIGHTS + row * check.len()..][..check.len()].copy_from_slice(check);
        }
        Self(line)
    }

    /// Returns the weights of the row with this check, and some bytes behind them.
    #[inline]
    fn row(&self, check: u16) -> &[u8; ROW] {
        const EACH: u64 = 0x0001_0001_0001_0001;
        const NONE: &[u8; ROW] = &[0; ROW];
        let checks = self
            .0
            .last_chunk()
            .map_or(0, |checks| u64::from_le_bytes(*checks));
        // A lane of zeros is a hit; its highest bit is the lowest that is set then.
        let lanes = checks ^ (u64::from(check) * EACH);
        let hits = lanes.wrapping_sub(EACH) & !lanes & (EACH << 15);
        let row = hits.trailing_zeros() as usize / 16;
        // Without a hit the row would begin among the checks, which are too few for one.
        let found = self.0.get(row * WEIGHTS..).and_then(|rest| rest.first_chunk());
        found.unwrap_or(NONE)
    }
}

impl Model {
    /// Reads a model file; `None` when it is not one of this version.
    pub fn parse(file: &[u8]) -> Option<Self> {
        let body = file.strip_prefix(MAGIC)?;
        let (scale, body) = body.split_at_checked(4)?;
        let (transitions, lines) = body.split_at_checked(N_KINDS * N_LABELS * N_LABELS * 2)?;
        let mut numbers = transitions
            .chunks_exact(2)
            .map(|bytes| i16::from_le_bytes([bytes[0], bytes[1]]));
        let mut table = Box::new([[[0; N_LABELS]; N_LABELS]; N_KINDS]);
        for weight in table.iter_mut().flatten().flatten() {
            *weight = numbers.next()?;
        }
        let lines: Vec<Line> = lines.as_chunks().0.iter().map(Line::new).collect();
        (!lines.is_empty()).then_some(Self {
            lines,
            transitions: table,
            scale: f32::from_le_bytes(scale.try_into().ok()?),
        })
    }

    /// Returns the built-in model.
    ///
    /// # Panics
    /// If the file beside the sources is not of this version; a test loads it.
    pub fn built_in() -> Self {
        static FILE: &[u8] = include_bytes!("../../../data/model.bin");
        Self::parse(FILE).expect("the embedded model was written by `trainer train` and is tested")
    }

    /// Returns the rows of no features.
    pub fn rows(&self) -> Rows<'_> {
        Rows {
            lines: &self.lines,
            asked: Vec::with_capacity(MOST_FEATURES),
        }
    }

    /// Returns how probable the type of some labels is for the least certain token, from the token's scores alone.
    pub fn confidence(&self, scores: &[Scores], labels: &[Label]) -> f32 {
        let one = |(scores, label): (&Scores, &Label)| {
            let top = scores.iter().copied().max().unwrap_or(0);
            let odds = scores.map(|score| ((score - top) as f32 / self.scale).exp());
            let own = label.0 as usize;
            let twin = if label.is_inside() { own - 1 } else { own + 1 };
            (odds[own] + odds[twin]) / odds.iter().sum::<f32>()
        };
        scores.iter().zip(labels).map(one).fold(1.0, f32::min)
    }

    /// Packs a model. Rows come with their feature; where a line is full, the first rows given win.
    pub fn pack(
        rows: &[(u64, [i8; N_LABELS])],
        n_lines: usize,
        transitions: &Transitions,
        scale: f32,
    ) -> Vec<u8> {
        let mut lines = vec![[0_u8; LINE]; n_lines];
        let mut lost = 0;
        for (feature, weights) in rows {
            let line = &mut lines[slot(*feature, n_lines)];
            let Some(row) = line.chunks_exact_mut(ROW).find(|row| row[..2] == [0, 0]) else {
                lost += 1;
                continue;
            };
            row[..2].copy_from_slice(&check(*feature).to_le_bytes());
            for (byte, weight) in row[2..].iter_mut().zip(weights) {
                *byte = weight.cast_unsigned();
            }
        }
        debug_assert!(lost < rows.len());
        let mut file = MAGIC.to_vec();
        file.extend(scale.to_le_bytes());
        file.extend(
            transitions
                .iter()
                .flatten()
                .flatten()
                .flat_map(|weight| weight.to_le_bytes()),
        );
        file.extend(lines.concat());
        file
    }
}

fn check(feature: u64) -> u16 {
    (feature as u16).max(1)
}

/// Returns the kind of a token, for transitions.
pub fn kind(form: &Form) -> usize {
    let flags = form.flags;
    if flags.has(Flags::CAPITAL) {
        usize::from(flags.has(Flags::ALL_CAPS))
    } else if flags.has(Flags::NUMBER) {
        2
    } else if flags.has(Flags::HYPHEN) {
        3
    } else if flags.has(Flags::MARK) {
        4
    } else if flags.has(Flags::CONNECTOR) {
        5
    } else if flags.has(Flags::POSSESSIVE) {
        6
    } else {
        7
    }
}

/// Finds the best labels of segments; keeps its memory between them.
#[derive(Debug, Default)]
pub struct Decoder {
    back: Vec<[u8; N_LABELS]>,
}

impl Decoder {
    /// Writes the best labels of a segment, given the scores of its tokens.
    ///
    /// Before and after a segment stands nothing but outside, so every segment is decided by itself.
    pub fn decode(
        &mut self,
        scores: &[Scores],
        forms: &[Form],
        transitions: &Transitions,
        path: &mut [Label],
    ) {
        let mut tokens = scores.iter().zip(forms);
        let Some((scores, form)) = tokens.next() else {
            return;
        };
        let mut best = first_step(scores, &transitions[kind(form)]);
        self.back.clear();
        self.back.reserve(path.len());
        self.back.push([0; N_LABELS]);
        for (scores, form) in tokens {
            let (next, from) = step(&best, scores, &transitions[kind(form)]);
            best = next;
            self.back.push(from);
        }
        let last = (0..N_LABELS).max_by_key(|&label| (best[label], N_LABELS - label));
        let mut label = last.unwrap_or(0) as u8;
        for (slot, from) in path.iter_mut().zip(&self.back).rev() {
            *slot = Label(label);
            label = from[label as usize];
        }
    }
}

/// Begins the paths: outside and beginnings follow what is outside, insides follow nothing.
fn first_step(scores: &Scores, transitions: &[[i16; N_LABELS]; N_LABELS]) -> Scores {
    std::array::from_fn(|label| {
        if Label(label as u8).is_inside() {
            i32::MIN / 2
        } else {
            scores[label] + i32::from(transitions[0][label])
        }
    })
}

/// Extends the best paths by one token: outside and beginnings may follow anything, insides only their own type.
fn step(
    best: &Scores,
    scores: &Scores,
    transitions: &[[i16; N_LABELS]; N_LABELS],
) -> (Scores, [u8; N_LABELS]) {
    let mut next = [i32::MIN / 2; N_LABELS];
    let mut from = [0; N_LABELS];
    for (previous, (&score, weights)) in best.iter().zip(transitions).enumerate() {
        let mut offer = |label: usize| {
            let score = score + i32::from(weights[label]);
            if score > next[label] {
                next[label] = score;
                from[label] = previous as u8;
            }
        };
        offer(0);
        (1..N_LABELS).step_by(2).for_each(&mut offer);
        if previous > 0 {
            offer(previous + previous % 2);
        }
    }
    next.iter_mut()
        .zip(scores)
        .for_each(|(best, score)| *best += score);
    (next, from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_rows_are_found_again() {
        let mut weights = [0; N_LABELS];
        weights[3] = -7;
        let rows = [(0x1234_5678_9abc_def0, weights), (42, [1; N_LABELS])];
        let transitions = [[[5; N_LABELS]; N_LABELS]; N_KINDS];
        let model = Model::parse(&Model::pack(&rows, 8, &transitions, 16.0)).unwrap();
        let mut rows = model.rows();
        rows.extend([42, 0x1234_5678_9abc_def0, 99]);
        let scores = rows.scores();
        assert_eq!(scores[3], -6);
        assert_eq!(scores[0], 1);
        assert_eq!(model.transitions[7][12][12], 5);
        assert!(Model::parse(b"something else").is_none());
    }

    #[test]
    fn the_best_path_never_continues_what_did_not_begin() {
        let mut scores = vec![[0; N_LABELS]; 3];
        let forms = [Form::default(); 3];
        scores[0][2] = 100;
        scores[1][2] = 100;
        scores[2][4] = 100;
        let transitions = [[[0; N_LABELS]; N_LABELS]; N_KINDS];
        let mut path = [Label::OUTSIDE; 3];
        Decoder::default().decode(&scores, &forms, &transitions, &mut path);
        assert!(!path[0].is_inside());
        assert!(path.windows(2).all(|pair| pair[1].may_follow(pair[0])));
    }
}
