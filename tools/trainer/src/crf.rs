//! A linear-chain conditional random field, trained by AdaGrad on token sets: where a token may have several
//! labels, their probability is summed.

use enricher::engine::entities::labels::{Label, N_LABELS};
use enricher::engine::entities::model::N_KINDS;

use crate::corpus::LabelSet;
use crate::examples::{Examples, Segment};

pub(crate) type Row = [f32; N_LABELS];

/// The weights, and how much each row has moved.
#[derive(Debug, Clone)]
pub(crate) struct Crf {
    pub(crate) rows: Vec<Row>,
    pub(crate) transitions: Vec<[Row; N_LABELS]>,
    row_energy: Vec<f32>,
    transition_energy: Vec<[Row; N_LABELS]>,
}

/// How to learn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    pub(crate) step: f32,
    /// Share of a token's features that are left out, at random.
    pub(crate) dropout: f32,
    pub(crate) epochs: u32,
    /// Factor by which all weights shrink after an epoch.
    pub(crate) decay: f32,
}

/// Probabilities of one segment.
#[derive(Debug, Default)]
struct Lattice {
    potentials: Vec<Row>,
    forward: Vec<Row>,
    backward: Vec<Row>,
    free: Vec<Row>,
    bound: Vec<Row>,
}

impl Crf {
    pub(crate) fn new(n_features: usize) -> Self {
        Self {
            rows: vec![[0.0; N_LABELS]; n_features],
            transitions: vec![[[0.0; N_LABELS]; N_LABELS]; N_KINDS],
            row_energy: vec![1e-3; n_features],
            transition_energy: vec![[[1e-1; N_LABELS]; N_LABELS]; N_KINDS],
        }
    }

    /// Trains on every segment, `epochs` times in random order, and returns the mean of the last weights.
    pub(crate) fn train(examples: &Examples, n_features: usize, rate: Rate, seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut crf = Self::new(n_features);
        let mut mean: Option<(Self, u32)> = None;
        let mut order: Vec<Segment> = examples.segments.clone();
        for epoch in 0..rate.epochs {
            random.shuffle(&mut order);
            let mut lattice = Lattice::default();
            let mut kept = Vec::new();
            let mut loss = 0.0;
            let mut step = rate;
            step.step = rate.step * (1.0 - 0.8 * epoch as f32 / rate.epochs as f32);
            for segment in &order {
                loss += crf.learn(examples, segment, step, &mut random, &mut lattice, &mut kept);
            }
            crf.rows
                .iter_mut()
                .flatten()
                .for_each(|weight| *weight *= rate.decay);
            eprintln!("epoch {}: loss {loss:.0}", epoch + 1);
            if (epoch + 1) * 2 > rate.epochs {
                mean = Some(match mean {
                    None => (crf.clone(), 1),
                    Some((mut sum, n)) => {
                        sum.add(&crf);
                        (sum, n + 1)
                    }
                });
            }
        }
        let (mut sum, n) = mean.unwrap_or((crf, 1));
        sum.scale(1.0 / n as f32);
        sum
    }

    /// Adds the weights of another model.
    pub(crate) fn add(&mut self, other: &Self) {
        let all = self.rows.iter_mut().flatten().zip(other.rows.iter().flatten());
        all.for_each(|(weight, other)| *weight += other);
        let all = self.transitions.iter_mut().flatten().flatten();
        all.zip(other.transitions.iter().flatten().flatten())
            .for_each(|(weight, other)| *weight += other);
    }

    /// Multiplies every weight.
    pub(crate) fn scale(&mut self, factor: f32) {
        self.rows
            .iter_mut()
            .flatten()
            .for_each(|weight| *weight *= factor);
        let transitions = self.transitions.iter_mut().flatten().flatten();
        transitions.for_each(|weight| *weight *= factor);
    }

    fn learn(
        &mut self,
        examples: &Examples,
        segment: &Segment,
        rate: Rate,
        random: &mut fastrand::Rng,
        lattice: &mut Lattice,
        kept: &mut Vec<Vec<u32>>,
    ) -> f32 {
        let tokens = segment.start as usize..segment.end as usize;
        if tokens
            .clone()
            .all(|token| examples.allowed[token] == LabelSet::ANY)
        {
            return 0.0;
        }
        kept.resize_with(tokens.len().max(kept.len()), Vec::new);
        let boost = 1.0 / (1.0 - rate.dropout);
        lattice.potentials.clear();
        for (token, kept) in tokens.clone().zip(kept.iter_mut()) {
            kept.clear();
            let mut scores = [0.0_f32; N_LABELS];
            for &feature in examples.features(token) {
                if random.f32() >= rate.dropout {
                    kept.push(feature);
                    let row = &self.rows[feature as usize];
                    scores
                        .iter_mut()
                        .zip(row)
                        .for_each(|(score, weight)| *score += weight);
                }
            }
            for score in &mut scores {
                *score *= boost;
            }
            lattice.potentials.push(scores);
        }
        let kinds = &examples.kinds[tokens.clone()];
        let likelihood = self.expect(kinds, &examples.allowed[tokens.clone()], lattice);
        for (index, kept) in kept.iter().enumerate().take(tokens.len()) {
            self.update(index, kept, segment.weight, rate.step, lattice);
        }
        self.update_transitions(kinds, segment.weight, rate.step, lattice);
        -likelihood * segment.weight
    }

    fn update(&mut self, index: usize, kept: &[u32], weight: f32, step: f32, lattice: &Lattice) {
        let mut gradient = lattice.bound[index];
        gradient
            .iter_mut()
            .zip(&lattice.free[index])
            .for_each(|(bound, free)| *bound = (*bound - free) * weight);
        let energy: f32 = gradient.iter().map(|part| part * part).sum();
        if energy < 1e-5 {
            return;
        }
        for &feature in kept {
            let sum = &mut self.row_energy[feature as usize];
            *sum += energy;
            let step = step / sum.sqrt();
            let row = &mut self.rows[feature as usize];
            row.iter_mut()
                .zip(&gradient)
                .for_each(|(weight, part)| *weight += step * part);
        }
    }

    /// Moves the transitions towards the expected pairs, approximated by the product of the marginals' difference.
    fn update_transitions(&mut self, kinds: &[u8], weight: f32, step: f32, lattice: &Lattice) {
        let outside = {
            let mut row = [0.0; N_LABELS];
            row[0] = 1.0;
            row
        };
        for (index, &kind) in kinds.iter().enumerate() {
            let (bound_before, free_before) = match index.checked_sub(1) {
                None => (&outside, &outside),
                Some(before) => (&lattice.bound[before], &lattice.free[before]),
            };
            let (bound, free) = (&lattice.bound[index], &lattice.free[index]);
            for previous in 0..N_LABELS {
                if bound_before[previous] + free_before[previous] < 1e-3 {
                    continue;
                }
                for label in 0..N_LABELS {
                    if !allowed(previous, label) {
                        continue;
                    }
                    let pair = bound_before[previous] * bound[label] - free_before[previous] * free[label];
                    let part = pair * weight;
                    let energy = &mut self.transition_energy[kind as usize][previous][label];
                    *energy += part * part;
                    self.transitions[kind as usize][previous][label] += 0.5 * step * part / energy.sqrt();
                }
            }
        }
    }

    /// Fills the marginals, free and bound to the allowed labels; returns the log-likelihood.
    fn expect(&self, kinds: &[u8], sets: &[LabelSet], lattice: &mut Lattice) -> f32 {
        let free = self.marginals(kinds, None, lattice);
        std::mem::swap(&mut lattice.free, &mut lattice.bound);
        let bound = self.marginals(kinds, Some(sets), lattice);
        std::mem::swap(&mut lattice.free, &mut lattice.bound);
        bound - free
    }

    /// Writes marginals into `lattice.free` and returns the log of the summed weight of all paths.
    fn marginals(&self, kinds: &[u8], sets: Option<&[LabelSet]>, lattice: &mut Lattice) -> f32 {
        let n = kinds.len();
        let Lattice {
            potentials,
            forward,
            backward,
            free,
            ..
        } = lattice;
        forward.resize(n, [0.0; N_LABELS]);
        backward.resize(n, [0.0; N_LABELS]);
        free.resize(n, [0.0; N_LABELS]);
        let mut log = 0.0;
        let mut emission = vec![[0.0_f32; N_LABELS]; n];
        for index in 0..n {
            let top = potentials[index].iter().copied().fold(f32::MIN, f32::max);
            log += top;
            for label in 0..N_LABELS {
                let fits = sets.is_none_or(|sets| sets[index].has(label));
                emission[index][label] = if fits {
                    (potentials[index][label] - top).exp()
                } else {
                    0.0
                };
            }
        }
        let mut edges = vec![[[0.0_f32; N_LABELS]; N_LABELS]; n];
        for index in 0..n {
            let weights = &self.transitions[kinds[index] as usize];
            for previous in 0..N_LABELS {
                if index == 0 && previous != 0 {
                    continue;
                }
                for label in 0..N_LABELS {
                    if allowed(previous, label) && emission[index][label] > 0.0 {
                        edges[index][previous][label] = weights[previous][label].exp();
                    }
                }
            }
        }
        let mut before = [0.0; N_LABELS];
        before[0] = 1.0;
        for index in 0..n {
            let mut row = [0.0; N_LABELS];
            for previous in 0..N_LABELS {
                for label in 0..N_LABELS {
                    row[label] += before[previous] * edges[index][previous][label];
                }
            }
            let mut sum = 0.0;
            for label in 0..N_LABELS {
                row[label] *= emission[index][label];
                sum += row[label];
            }
            let sum = sum.max(1e-30);
            for part in &mut row {
                *part /= sum;
            }
            log += sum.ln();
            forward[index] = row;
            before = row;
        }
        backward[n - 1] = [1.0; N_LABELS];
        for index in (0..n - 1).rev() {
            let mut row = [0.0; N_LABELS];
            let mut sum = 0.0;
            for previous in 0..N_LABELS {
                for label in 0..N_LABELS {
                    row[previous] += edges[index + 1][previous][label]
                        * emission[index + 1][label]
                        * backward[index + 1][label];
                }
                sum += row[previous];
            }
            let sum = sum.max(1e-30);
            for part in &mut row {
                *part /= sum;
            }
            backward[index] = row;
        }
        for index in 0..n {
            let mut sum = 0.0;
            for label in 0..N_LABELS {
                free[index][label] = forward[index][label] * backward[index][label];
                sum += free[index][label];
            }
            let sum = sum.max(1e-30);
            free[index].iter_mut().for_each(|part| *part /= sum);
        }
        log
    }

    /// Returns the summed weights of a token.
    pub(crate) fn score(&self, examples: &Examples, token: usize) -> Row {
        let mut scores = [0.0; N_LABELS];
        for &feature in examples.features(token) {
            let row = &self.rows[feature as usize];
            scores
                .iter_mut()
                .zip(row)
                .for_each(|(score, weight)| *score += weight);
        }
        scores
    }

    /// Returns the best labels of a segment.
    pub(crate) fn decode(&self, examples: &Examples, segment: &Segment) -> Vec<Label> {
        let scores: Vec<Row> = (segment.start as usize..segment.end as usize)
            .map(|token| self.score(examples, token))
            .collect();
        let kinds = &examples.kinds[segment.start as usize..segment.end as usize];
        self.best_path(&scores, kinds)
    }

    fn best_path(&self, scores: &[Row], kinds: &[u8]) -> Vec<Label> {
        let mut best = [f32::MIN / 4.0; N_LABELS];
        best[0] = 0.0;
        let mut back = Vec::new();
        for (scores, &kind) in scores.iter().zip(kinds) {
            let mut next = [f32::MIN / 4.0; N_LABELS];
            let mut from = [0_u8; N_LABELS];
            for label in 0..N_LABELS {
                for previous in (0..N_LABELS).filter(|previous| allowed(*previous, label)) {
                    let score = best[previous] + self.transitions[kind as usize][previous][label];
                    if score > next[label] {
                        next[label] = score;
                        from[label] = previous as u8;
                    }
                }
                next[label] += scores[label];
            }
            best = next;
            back.push(from);
        }
        let mut label = (0..N_LABELS)
            .max_by(|a, b| best[*a].total_cmp(&best[*b]))
            .unwrap_or(0) as u8;
        let mut path = vec![Label::OUTSIDE; scores.len()];
        for (slot, from) in path.iter_mut().zip(&back).rev() {
            *slot = Label(label);
            label = from[label as usize];
        }
        path
    }
}

fn allowed(previous: usize, label: usize) -> bool {
    Label(label as u8).may_follow(Label(previous as u8))
}
