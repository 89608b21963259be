//! Everything the tagger knows about a document before it decides: one row per token, and the runs of capitalised
//! words that names are made of.

use super::super::lexicon::{Classes, Lexicon, phrase_start, phrase_step};
use super::super::text::Span;
use super::super::tokens::Token;
use super::candidates::{self, Segment};
use super::context::Context;
use super::forms::{self, Flags, Form};

/// What is known about a document.
#[derive(Debug)]
pub struct Sheet {
    /// One per token.
    pub forms: Vec<Form>,
    /// One per token: the name lists that it is found in.
    pub listed: Vec<Listed>,
    /// One per token: the run of capitalised words it belongs to, if any.
    pub run_of: Vec<u32>,
    /// The runs, in order.
    pub runs: Vec<Run>,
    /// What can be part of a name, in order.
    pub segments: Vec<Segment>,
    /// One per segment: the sentence it lies in.
    pub sentence_of: Vec<Sentence>,
    /// One per token: whether it touches the token before.
    pub glued: Vec<bool>,
    /// What the rest of the document says about a word.
    pub context: Context,
}

/// No run.
pub const NO_RUN: u32 = u32::MAX;

/// Capitalised words in a row, perhaps with hyphens or joined by "of": what a name often coincides with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// First token.
    pub start: u32,
    /// One past the last token.
    pub end: u32,
    /// Hash of all its folded words.
    pub hash: u64,
}

/// The sentence a segment lies in, as token indices, and how it is capitalised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentence {
    /// First token.
    pub start: u32,
    /// One past the last token.
    pub end: u32,
    /// How it is capitalised.
    pub case: CaseMode,
    /// One past the last token of a dateline ("QALAT RUD, Mar 3 —"); `start` when there is none.
    pub dateline_end: u32,
}

/// How a sentence is capitalised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseMode {
    /// As prose.
    Prose,
    /// Every Longer Word, as in Headlines.
    Title,
    /// ALL CAPITALS.
    Capitals,
}

/// The classes of the listed names that a token is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Listed {
    /// It is such a name by itself.
    pub alone: Classes,
    /// It begins a longer one.
    pub begin: Classes,
    /// It stands inside a longer one.
    pub inside: Classes,
    /// It ends a longer one.
    pub end: Classes,
}

impl Sheet {
    /// Looks at a document.
    pub fn new(lexicon: &Lexicon<'_>, text: &str, tokens: &[Token], sentences: &[Span]) -> Self {
        let forms = forms::read(text, tokens, &lexicon.words);
        let mut sheet = Self {
            listed: vec![Listed::default(); tokens.len()],
            run_of: vec![NO_RUN; tokens.len()],
            runs: Vec::with_capacity(tokens.len() / 8),
            segments: Vec::with_capacity(tokens.len() / 8),
            sentence_of: Vec::with_capacity(tokens.len() / 8),
            glued: glued(tokens),
            context: Context::default(),
            forms,
        };
        let mut start = 0;
        for span in sentences {
            let end = start + tokens[start..].partition_point(|token| token.span.start < span.end);
            sheet.read_sentence(text, tokens, start, end);
            start = end;
        }
        sheet.look_up(lexicon);
        sheet.context = Context::new(&sheet.forms, &sheet.runs, &sheet.run_of, &sheet.sentence_of);
        sheet
    }

    /// Returns whether a token stands in a dateline.
    pub fn is_in_dateline(&self, token: u32) -> bool {
        let segment = self.segments.partition_point(|segment| segment.end <= token);
        self.sentence_of
            .get(segment)
            .is_some_and(|sentence| (sentence.start..sentence.dateline_end).contains(&token))
    }

    fn read_sentence(&mut self, text: &str, tokens: &[Token], start: usize, end: usize) {
        let sentence = Sentence {
            start: start as u32,
            end: end as u32,
            case: case_mode(&self.forms[start..end]),
            dateline_end: (start + dateline_length(&self.forms[start..end], text, &tokens[start..end]))
                as u32,
        };
        candidates::find(
            &tokens[start..end],
            &self.forms[start..end],
            start,
            &mut self.segments,
        );
        let first_new = self.sentence_of.len();
        self.sentence_of.resize(self.segments.len(), sentence);
        for index in first_new..self.segments.len() {
            self.find_runs(self.segments[index]);
        }
    }

    /// Splits a segment into runs: capitalised words, joined by hyphens, "of" or a particle.
    fn find_runs(&mut self, segment: Segment) {
        let mut at = segment.start as usize;
        let end = segment.end as usize;
        while at < end {
            if !self.forms[at].flags.has(Flags::CAPITAL) {
                at += 1;
                continue;
            }
            let start = at;
            at += 1;
            while at < end && self.goes_on(at, end) {
                at += 1;
            }
            while !self.forms[at - 1].flags.has(Flags::CAPITAL) {
                at -= 1;
            }
            self.push_run(start, at);
        }
    }

    fn goes_on(&self, at: usize, end: usize) -> bool {
        let flags = self.forms[at].flags;
        let is_capital = |at: usize| at < end && self.forms[at].flags.has(Flags::CAPITAL);
        if flags.has(Flags::CAPITAL) {
            return true;
        }
        if flags.has(Flags::HYPHEN) {
            return self.glued[at] && self.glued.get(at + 1) == Some(&true) && is_capital(at + 1);
        }
        let of = flags.has(Flags::CONNECTOR) && !flags.has(Flags::MARK);
        of && self.joins(at) && (is_capital(at + 1) || is_capital(at + 2) && self.joins(at + 1))
    }

    /// "of", "for", "the" and particles join a run; "and", "in" and the like are left to the tagger.
    fn joins(&self, at: usize) -> bool {
        let form = &self.forms[at];
        form.flags.has(Flags::PARTICLE) || [words().of, words().the, words().r#for].contains(&form.lower)
    }

    fn push_run(&mut self, start: usize, end: usize) {
        let mut hash = phrase_start(self.forms[start].lower);
        for form in &self.forms[start + 1..end] {
            if !form.flags.has(Flags::HYPHEN) {
                hash = phrase_step(hash, form.lower);
            }
        }
        let run = self.runs.len() as u32;
        self.run_of[start..end].fill(run);
        self.runs.push(Run {
            start: start as u32,
            end: end as u32,
            hash,
        });
    }

    /// Looks up every name of the lists that begins at a capitalised word.
    fn look_up(&mut self, lexicon: &Lexicon<'_>) {
        let begins = Flags::CAPITAL.with(Flags::NUMBER);
        let words = self.segments.iter().flat_map(|segment| segment.range());
        for form in words.map(|at| &self.forms[at]) {
            if form.flags.has(begins) {
                lexicon.phrases.prefetch(phrase_start(form.lower));
            }
        }
        for index in 0..self.segments.len() {
            let segment = self.segments[index];
            for at in segment.range() {
                if self.forms[at].flags.has(begins) {
                    self.look_up_at(lexicon, at, segment.end as usize);
                }
            }
        }
    }

    fn look_up_at(&mut self, lexicon: &Lexicon<'_>, start: usize, end: usize) {
        let mut phrase = phrase_start(self.forms[start].lower);
        let mut at = start;
        while let Some(hit) = lexicon.phrases.get(phrase) {
            if !hit.classes.is_empty() {
                self.mark(start, at, hit.classes);
            }
            if let Some(record) = hit.record {
                lexicon.records.prefetch(record); // for the entity that this may become
            }
            at += 1;
            if at < end && self.forms[at].flags.has(Flags::HYPHEN) {
                at += 1;
            }
            if !hit.goes_on || at >= end {
                return;
            }
            phrase = phrase_step(phrase, self.forms[at].lower);
        }
    }

    fn mark(&mut self, start: usize, last: usize, classes: Classes) {
        if start == last {
            self.listed[start].alone = classes;
            return;
        }
        self.listed[start].begin = self.listed[start].begin.union(classes);
        self.listed[last].end = self.listed[last].end.union(classes);
        for listed in &mut self.listed[start + 1..last] {
            listed.inside = listed.inside.union(classes);
        }
    }
}

fn glued(tokens: &[Token]) -> Vec<bool> {
    let mut glued = vec![false; tokens.len()];
    for (index, pair) in tokens.windows(2).enumerate() {
        glued[index + 1] = pair[0].touches(pair[1]);
    }
    glued
}

/// Hashes of the words that the code asks for by name.
struct KnownWords {
    of: u64,
    the: u64,
    r#for: u64,
}

fn words() -> &'static KnownWords {
    use std::sync::LazyLock;
    static WORDS: LazyLock<KnownWords> = LazyLock::new(|| KnownWords {
        of: super::forms::word_hash("of"),
        the: super::forms::word_hash("the"),
        r#for: super::forms::word_hash("for"),
    });
    &WORDS
}

/// Headlines capitalise nearly every word but connectors; reports of old wires are all capitals.
fn case_mode(forms: &[Form]) -> CaseMode {
    let (mut all_caps, mut capital, mut lower) = (0, 0, 0);
    for form in forms {
        if form.flags.has(Flags::ALL_CAPS) {
            all_caps += 1;
        }
        if form.flags.has(Flags::CAPITAL) {
            capital += 1;
        } else if form.flags.has(Flags::LOWER) && !form.flags.has(Flags::CONNECTOR) {
            lower += 1;
        }
    }
    if all_caps >= 3 && all_caps * 10 >= (capital + lower) * 7 {
        CaseMode::Capitals
    } else if capital >= 4 && lower * 4 <= capital {
        CaseMode::Title
    } else {
        CaseMode::Prose
    }
}

/// The most tokens that a dateline has.
const LONGEST_DATELINE: usize = 14;

/// Returns how many tokens of a sentence are a dateline: capitals first, a dash or colon after it.
fn dateline_length(forms: &[Form], text: &str, tokens: &[Token]) -> usize {
    if !forms.first().is_some_and(|form| form.flags.has(Flags::ALL_CAPS)) {
        return 0;
    }
    let ends = |at: &usize| {
        let mark = tokens[*at].of(text);
        let spaced = tokens.get(at + 1).is_none_or(|next| !tokens[*at].touches(*next));
        matches!(mark, "—" | "–" | ":") || matches!(mark, "-" | "_") && spaced
    };
    (1..forms.len().min(LONGEST_DATELINE)).find(ends).unwrap_or(0)
}
