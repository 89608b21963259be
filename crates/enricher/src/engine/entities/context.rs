//! What the rest of the document says about a word: how often it stands in lower case, in which longer name it
//! returns, and what an acronym stands for.

use super::super::hash;
use super::forms::{Flags, Form};
use super::sheet::{CaseMode, NO_RUN, Run, Sentence};

/// The words of a document that begin with a capital somewhere, by their folded hash.
#[derive(Debug, Default)]
pub struct Context {
    /// Open addressing; `u32::MAX` is free.
    slots: Vec<u32>,
    entries: Vec<Entry>,
    /// Initials of the runs of three or more words, sorted.
    initials: Vec<(u64, u32)>,
}

/// What the document says about a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    key: u64,
    /// How often it stands in lower case.
    pub lower: u16,
    /// How often it stands with a capital inside a sentence of prose.
    pub inside: u16,
    /// How often it stands with a capital at all.
    pub capital: u16,
    /// The longest run it is part of.
    pub longest: u32,
    length: u16,
    /// The run of its first mention.
    pub first: u32,
    /// The run of its last mention.
    pub last: u32,
}

const FREE: u32 = u32::MAX;

impl Context {
    /// Reads a document.
    pub fn new(forms: &[Form], runs: &[Run], run_of: &[u32], sentences: &[Sentence]) -> Self {
        let capitals = forms.iter().filter(|form| form.flags.has(Flags::CAPITAL)).count();
        let mut context = Self {
            slots: vec![FREE; (capitals * 2).next_power_of_two().max(8)],
            entries: Vec::with_capacity(capitals),
            initials: Vec::new(),
        };
        for (index, run) in runs.iter().enumerate() {
            let length = (run.end - run.start) as u16;
            for form in &forms[run.start as usize..run.end as usize] {
                if form.flags.has(Flags::CAPITAL) {
                    context.add(form.lower, index as u32, length);
                }
            }
            context.add_initials(forms, *run, index as u32);
        }
        context.initials.sort_unstable();
        context.count_lower(forms);
        context.count_inside(forms, run_of, sentences);
        context
    }

    /// Returns what the document says about a word, by its folded hash.
    pub fn get(&self, key: u64) -> Option<&Entry> {
        let index = self.slots.get(self.slot(key)?)?;
        self.entries.get(*index as usize)
    }

    /// Returns the first run whose initials make up an acronym, given by its folded hash.
    pub fn expansion(&self, acronym: u64) -> Option<u32> {
        let at = self.initials.partition_point(|(initials, _)| *initials < acronym);
        let (initials, run) = self.initials.get(at)?;
        (*initials == acronym).then_some(*run)
    }

    fn slot(&self, key: u64) -> Option<usize> {
        if self.slots.is_empty() {
            return None;
        }
        let mask = self.slots.len() - 1;
        let mut at = key as usize & mask;
        loop {
            let index = self.slots[at];
            if index == FREE || self.entries[index as usize].key == key {
                return Some(at);
            }
            at = (at + 1) & mask;
        }
    }

    fn add(&mut self, key: u64, run: u32, length: u16) {
        let Some(slot) = self.slot(key) else { return };
        if self.slots[slot] == FREE {
            self.slots[slot] = self.entries.len() as u32;
            self.entries.push(Entry {
                key,
                lower: 0,
                inside: 0,
                capital: 0,
                longest: run,
                length,
                first: run,
                last: run,
            });
        }
        let entry = &mut self.entries[self.slots[slot] as usize];
        entry.capital = entry.capital.saturating_add(1);
        entry.last = run;
        if length > entry.length {
            entry.length = length;
            entry.longest = run;
        }
    }

    fn entry_mut(&mut self, key: u64) -> Option<&mut Entry> {
        let slot = self.slot(key)?;
        self.entries.get_mut(self.slots[slot] as usize)
    }

    fn count_lower(&mut self, forms: &[Form]) {
        for form in forms.iter().filter(|form| form.flags.has(Flags::LOWER)) {
            if let Some(entry) = self.entry_mut(form.lower) {
                entry.lower = entry.lower.saturating_add(1);
            }
        }
    }

    fn count_inside(&mut self, forms: &[Form], run_of: &[u32], sentences: &[Sentence]) {
        let mut last = None;
        for sentence in sentences {
            if last == Some(sentence.start) || sentence.case != CaseMode::Prose {
                continue;
            }
            last = Some(sentence.start);
            for at in sentence.start as usize + 1..sentence.end as usize {
                let counts = run_of[at] != NO_RUN && forms[at].flags.has(Flags::CAPITAL);
                if counts && let Some(entry) = self.entry_mut(forms[at].lower) {
                    entry.inside = entry.inside.saturating_add(1);
                }
            }
        }
    }

    /// Notes the initials of a run with and without its small words ("OPCW", "DoD").
    fn add_initials(&mut self, forms: &[Form], run: Run, index: u32) {
        let forms = &forms[run.start as usize..run.end as usize];
        if forms.len() < 2 || forms.len() > 12 {
            return;
        }
        for small_too in [false, true] {
            let mut letters = [0; 12];
            let mut n = 0;
            for form in forms {
                if form.flags.has(Flags::CAPITAL) || small_too && form.flags.has(Flags::LOWER) {
                    letters[n] = form.prefix as u8;
                    n += 1;
                }
            }
            if n >= 2 {
                self.initials.push((hash::bytes(&letters[..n]), index));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::lexicon::{Lexicon, SECTIONS, assemble};
    use super::super::super::{sentences, tokens};
    use super::super::forms::word_hash;
    use super::super::sheet::Sheet;

    #[test]
    fn a_word_is_known_by_its_other_mentions() {
        let text = "Front fighters of the Red Dawn Front fled. The front held, the RDF said.";
        let empty = assemble([&[]; SECTIONS]);
        let lexicon = Lexicon::parse(&empty).unwrap();
        let tokens = tokens::tokenize(text);
        let sheet = Sheet::new(&lexicon, text, &tokens, &sentences::split(text, &tokens));
        let front = sheet.context.get(word_hash("front")).unwrap();
        assert_eq!((front.lower, front.inside, front.capital), (1, 1, 2));
        let run = sheet.runs[front.longest as usize];
        assert_eq!(run.end - run.start, 3);
        assert_eq!(sheet.context.expansion(word_hash("RDF")), Some(front.longest));
        assert_eq!(sheet.context.expansion(word_hash("XYZ")), None);
    }
}
