//! The second look: what the first pass decided for the other mentions of the same words.

use super::super::hash::mix;
use super::forms::Flags;
use super::labels::Label;
use super::sheet::{NO_RUN, Sheet};

/// Outside and the six types.
const N_KINDS: usize = 7;

type Tally = [u8; N_KINDS];

/// The labels of a first pass, counted by word and by run.
#[derive(Debug)]
pub struct Votes<'s> {
    sheet: &'s Sheet,
    labels: &'s [Label],
    /// One per word that the context knows.
    words: Vec<Tally>,
    /// One per run text, sorted by its hash.
    runs: Vec<(u64, Tally)>,
}

impl<'s> Votes<'s> {
    /// Counts the labels of a first pass, one per token.
    pub fn new(sheet: &'s Sheet, labels: &'s [Label]) -> Self {
        let mut votes = Self {
            sheet,
            labels,
            words: vec![[0; N_KINDS]; sheet.context.len()],
            runs: Vec::with_capacity(sheet.runs.len()),
        };
        for run in &sheet.runs {
            for at in run.start as usize..run.end as usize {
                let form = &sheet.forms[at];
                if let Some(index) = sheet
                    .context
                    .index(form.lower)
                    .filter(|_| form.flags.has(Flags::CAPITAL))
                {
                    let count = &mut votes.words[index][kind(labels[at])];
                    *count = count.saturating_add(1);
                }
            }
            let mut tally = [0; N_KINDS];
            tally[kind(labels[run.end as usize - 1])] = 1;
            votes.runs.push((run.hash, tally));
        }
        votes.runs.sort_unstable();
        votes.runs.dedup_by(|later, first| {
            let same = later.0 == first.0;
            if same {
                first
                    .1
                    .iter_mut()
                    .zip(later.1)
                    .for_each(|(sum, count)| *sum = sum.saturating_add(count));
            }
            same
        });
        votes
    }

    /// Appends the features of a token.
    pub fn extract(&self, at: usize, out: &mut Vec<u64>) {
        let mut add =
            |template: u64, value: u64| out.push(mix(template.wrapping_mul(0x9e37_79b9_7f4a_7c15), value));
        let own = u64::from(self.labels[at].0);
        let form = &self.sheet.forms[at];
        let run = self.sheet.run_of[at];
        if run == NO_RUN || !form.flags.has(Flags::CAPITAL) {
            return;
        }
        let run = self.sheet.runs[run as usize];
        let is_last = u64::from(run.end as usize == at + 1);
        if let Some(mut tally) = self
            .sheet
            .context
            .index(form.lower)
            .map(|index| self.words[index])
        {
            let own_kind = kind(self.labels[at]);
            tally[own_kind] = tally[own_kind].saturating_sub(1);
            let summary = summary(&tally);
            add(143, summary);
            add(144, summary << 4 | own);
            add(145, (summary << 4 | own) << 1 | is_last);
            for (kind, count) in tally.iter().enumerate().filter(|(_, count)| **count > 0) {
                add(146, (kind as u64) << 2 | u64::from((*count).min(3)));
            }
        }
        let mut tally = self.run(run.hash);
        let head = kind(self.labels[run.end as usize - 1]);
        tally[head] = tally[head].saturating_sub(1);
        let summary = summary(&tally);
        add(147, summary);
        add(148, summary << 4 | own);
        self.expansion(at, own, &mut add);
    }

    /// What an acronym stands for, and what the longest name with the same word is.
    fn expansion(&self, at: usize, own: u64, add: &mut impl FnMut(u64, u64)) {
        let form = &self.sheet.forms[at];
        if let Some(run) = self
            .sheet
            .context
            .expansion(form.lower)
            .filter(|_| form.flags.has(Flags::ACRONYM))
        {
            let run = self.sheet.runs[run as usize];
            let kind = kind(self.labels[run.end as usize - 1]) as u64;
            add(149, kind << 4 | own);
        }
        let Some(entry) = self.sheet.context.get(form.lower) else {
            return;
        };
        if entry.longest != self.sheet.run_of[at] {
            let run = self.sheet.runs[entry.longest as usize];
            let head = kind(self.labels[run.end as usize - 1]) as u64;
            let is_last = self.sheet.forms[run.end as usize - 1].lower == form.lower;
            add(150, (head << 4 | own) << 1 | u64::from(is_last));
        }
    }

    fn run(&self, hash: u64) -> Tally {
        let found = self.runs.binary_search_by_key(&hash, |(hash, _)| *hash);
        found.map_or([0; N_KINDS], |index| self.runs[index].1)
    }
}

fn kind(label: Label) -> usize {
    (label.0 as usize).div_ceil(2)
}

/// Returns the two most frequent kinds and how clear the first one is.
fn summary(tally: &Tally) -> u64 {
    let mut best = (0, 0);
    let mut second = (0, 0);
    for (kind, &count) in tally.iter().enumerate() {
        if count > best.1 {
            second = best;
            best = (kind + 1, count);
        } else if count > second.1 {
            second = (kind + 1, count);
        }
    }
    let cut = |count: u8| u64::from(count.min(3));
    best.0 as u64 | (second.0 as u64) << 3 | cut(best.1) << 6 | cut(second.1) << 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_names_the_two_most_frequent_kinds() {
        assert_eq!(summary(&[0; N_KINDS]), 0);
        let summary = summary(&[1, 0, 5, 0, 0, 0, 0]);
        assert_eq!(summary & 7, 3);
        assert_eq!(summary >> 3 & 7, 1);
    }
}
