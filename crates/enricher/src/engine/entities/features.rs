//! Features: what the model weighs for a token, as hashes. The numbers of the templates are part of the model's
//! format: a changed template needs a new model.

use super::super::hash::mix;
use super::super::lexicon::{Class, Classes};
use super::forms::{Flags, Form};
use super::sheet::{CaseMode, Listed, NO_RUN, Run, Sentence, Sheet};

/// The token before the first and after the last of a sentence.
const OUTSIDE: Form = Form {
    exact: 1,
    lower: 1,
    prefix: 0,
    suffix: 0,
    shape: 2,
    flags: Flags::MARK,
    clusters: super::super::lexicon::Clusters {
        coarse: 0,
        middle: 0,
        fine: 0,
    },
};

/// Returns a feature of a template.
#[inline]
fn one(template: u64, value: u64) -> u64 {
    mix(template.wrapping_mul(0x9e37_79b9_7f4a_7c15), value)
}

/// Returns a feature of a template of two values.
#[inline]
fn pair(template: u64, first: u64, second: u64) -> u64 {
    one(template, mix(first, second))
}

/// Returns a feature for each class.
fn each(template: u64, classes: Classes) -> impl Iterator<Item = u64> {
    classes.bits().map(move |bit| one(template, u64::from(bit)))
}

/// A token with its neighbours.
struct Window<'s> {
    sheet: &'s Sheet,
    sentence: Sentence,
    at: usize,
    /// The forms of two tokens before, the token, and two after it.
    forms: [&'s Form; 5],
    /// What the lists say about the token before, the token and the one after it.
    listed: [Listed; 3],
}

impl<'s> Window<'s> {
    fn new(sheet: &'s Sheet, sentence: Sentence, at: usize) -> Self {
        let range = sentence.start as usize..sentence.end as usize;
        let inside = |index: usize| range.contains(&index).then_some(index);
        let form = |index| inside(index).map_or(&OUTSIDE, |index| &sheet.forms[index]);
        let listed = |index| inside(index).map_or(Listed::default(), |index| sheet.listed[index]);
        let (before2, before) = (at.wrapping_sub(2), at.wrapping_sub(1));
        Self {
            sheet,
            sentence,
            at,
            forms: [before2, before, at, at + 1, at + 2].map(form),
            listed: [before, at, at + 1].map(listed),
        }
    }

    /// Returns the form of a token of the sentence, by its index.
    fn at(&self, index: usize) -> &'s Form {
        let range = self.sentence.start as usize..self.sentence.end as usize;
        if range.contains(&index) {
            &self.sheet.forms[index]
        } else {
            &OUTSIDE
        }
    }

    /// Returns whether the token at an index of the sentence touches the one before it.
    fn is_glued(&self, index: usize) -> bool {
        let range = self.sentence.start as usize..self.sentence.end as usize;
        range.contains(&index) && self.sheet.glued[index]
    }
}

/// Appends the features of the token at `at`, which lies in `sentence`.
pub fn extract(sheet: &Sheet, sentence: Sentence, at: usize, out: &mut impl Extend<u64>) {
    let window = Window::new(sheet, sentence, at);
    let mode = mode(&window);
    words(&window, mode, out);
    affixes(&window, mode, out);
    clusters(&window, out);
    lists(&window, mode, out);
    run(&window, mode, out);
    document(&window, mode, out);
}

/// Returns how the surroundings are capitalised.
fn mode(window: &Window<'_>) -> u64 {
    if window.at < window.sentence.dateline_end as usize {
        return 3;
    }
    match window.sentence.case {
        CaseMode::Prose => 0,
        CaseMode::Title => 1,
        CaseMode::Capitals => 2,
    }
}

fn words(window: &Window<'_>, mode: u64, out: &mut impl Extend<u64>) {
    let [before2, before, this, after, after2] = window.forms;
    out.extend([
        one(1, this.exact),
        one(2, this.lower),
        one(3, before.lower),
        one(4, after.lower),
        one(5, before2.lower),
        one(6, after2.lower),
        pair(7, before.lower, this.lower),
        pair(8, this.lower, after.lower),
        pair(9, before2.lower, before.lower),
        pair(10, after.lower, after2.lower),
        pair(11, before.lower, after.lower),
        pair(12, this.lower, mode),
    ]);
    let first = u64::from(window.at == window.sentence.start as usize);
    out.extend([pair(13, this.lower, first), pair(14, first, mode)]);
    let glue = glue(window);
    out.extend([one(15, glue), pair(16, glue, this.lower)]);
    if glue & 1 == 1 {
        out.extend([pair(17, before2.lower, before2.flags.bits())]);
    }
    if glue & 2 == 2 {
        out.extend([pair(18, after2.lower, after2.flags.bits())]);
    }
}

/// Returns whether a hyphen joins the token to the one before (1) and to the one after (2).
fn glue(window: &Window<'_>) -> u64 {
    let [_, before, _, after, _] = window.forms;
    let glued = |first, second| window.is_glued(first) && window.is_glued(second);
    let before = before.flags.has(Flags::HYPHEN) && glued(window.at - 1, window.at);
    let after = after.flags.has(Flags::HYPHEN) && glued(window.at + 1, window.at + 2);
    u64::from(before) | u64::from(after) << 1
}

fn affixes(window: &Window<'_>, mode: u64, out: &mut impl Extend<u64>) {
    let [_, before, this, after, _] = window.forms;
    out.extend([
        one(20, u64::from(this.suffix & 0xff_ffff)),
        one(21, u64::from(this.suffix)),
        one(22, u64::from(this.suffix & 0xffff)),
        one(23, u64::from(this.prefix & 0xff_ffff)),
        one(24, u64::from(this.prefix)),
    ]);
    let shape = u64::from(this.shape) << 16 | this.flags.bits();
    let shape_of = |form: &Form| u64::from(form.shape) << 16 | form.flags.bits();
    out.extend([
        one(25, shape),
        pair(26, shape_of(before), shape),
        pair(27, shape, shape_of(after)),
        pair(28, mix(shape_of(before), shape), shape_of(after)),
        pair(29, shape, mode),
        pair(30, u64::from(this.suffix & 0xff_ffff), shape_of(after)),
    ]);
}

fn clusters(window: &Window<'_>, out: &mut impl Extend<u64>) {
    let shape = window.forms[2].shape;
    let [before2, before, this, after, after2] = window.forms.map(|form| form.clusters);
    let number = |cluster: u16| u64::from(cluster);
    out.extend([
        one(40, number(this.coarse)),
        one(41, number(this.middle)),
        one(42, number(this.fine)),
        one(43, number(before.coarse)),
        one(44, number(before.middle)),
        one(45, number(before.fine)),
        one(46, number(after.coarse)),
        one(47, number(after.middle)),
        one(48, number(after.fine)),
        one(49, number(before2.middle)),
        one(50, number(after2.middle)),
        pair(51, number(before.middle), number(this.middle)),
        pair(52, number(this.middle), number(after.middle)),
        pair(
            53,
            mix(number(before.coarse), number(this.coarse)),
            number(after.coarse),
        ),
        pair(54, number(before.fine), number(this.coarse)),
        pair(55, number(this.coarse), number(after.fine)),
        pair(56, number(this.fine), u64::from(shape)),
        pair(57, number(before.middle), number(after.middle)),
        pair(58, number(after.middle), number(after2.middle)),
        pair(59, number(before2.middle), number(before.middle)),
    ]);
}

fn lists(window: &Window<'_>, mode: u64, out: &mut impl Extend<u64>) {
    let [before, this, after] = window.listed;
    let all = whole(this);
    out.extend(each(60, this.alone));
    out.extend(each(61, this.begin));
    out.extend(each(62, this.inside));
    out.extend(each(63, this.end));
    out.extend([one(64, all)]);
    let (whole_before, whole_after) = (whole(before), whole(after));
    let [_, before, this, after, _] = window.forms;
    out.extend([
        one(65, whole_before),
        one(66, whole_after),
        pair(67, whole_before, all),
        pair(68, all, whole_after),
        pair(69, all, mode),
        pair(70, all, before.lower),
        pair(71, all, after.lower),
        pair(72, all, u64::from(after.clusters.middle)),
        pair(73, all, u64::from(before.clusters.middle)),
        pair(74, all, u64::from(this.clusters.middle)),
    ]);
}

/// Returns the strongest thing the lists say about a token, as one number: a longer name outweighs a single word.
fn whole(listed: Listed) -> u64 {
    let longer = listed.begin.union(listed.inside).union(listed.end);
    if longer.is_empty() {
        return u64::from(listed.alone.0);
    }
    let place = if listed.begin.is_empty() { 2 } else { 1 } | if listed.end.is_empty() { 0 } else { 4 };
    u64::from(longer.0) | place << 32
}

fn run(window: &Window<'_>, mode: u64, out: &mut impl Extend<u64>) {
    let sheet = window.sheet;
    let number = sheet.run_of[window.at];
    if number == NO_RUN {
        out.extend([one(80, 0)]);
        return;
    }
    let run = sheet.runs[number as usize];
    let (start, end) = (run.start as usize, run.end as usize);
    let (first, last) = (&sheet.forms[start], &sheet.forms[end - 1]);
    let position = ((window.at - start).min(4) | (end - 1 - window.at).min(4) << 3) as u64;
    let before = start.checked_sub(1).map_or(&OUTSIDE, |index| window.at(index));
    let after = window.at(end);
    out.extend([
        one(80, position | 1 << 8),
        pair(81, position, mode),
        pair(82, last.lower, (window.at == end - 1).into()),
        pair(83, first.lower, (window.at == start).into()),
        pair(84, u64::from(last.clusters.middle), position),
        pair(85, u64::from(first.clusters.middle), position),
        pair(86, before.lower, position.min(511)),
        pair(87, after.lower, position.min(511)),
        one(88, before.lower),
        one(89, after.lower),
        one(90, u64::from(before.clusters.middle)),
        one(91, u64::from(after.clusters.middle)),
        pair(92, before.lower, after.lower),
        one(93, run.hash),
    ]);
    let listed = |index: usize| whole(sheet.listed[index]);
    out.extend([
        pair(94, listed(end - 1), position),
        pair(95, listed(start), position),
        pair(96, u64::from(before.clusters.fine), listed(window.at)),
        pair(97, u64::from(after.clusters.fine), listed(window.at)),
    ]);
    heads(sheet, run, window.at, out);
    let edge = after.clusters.middle;
    out.extend([
        pair(98, u64::from(last.clusters.middle), u64::from(edge)),
        pair(
            99,
            u64::from(before.clusters.middle),
            u64::from(first.clusters.middle),
        ),
    ]);
}

/// The words that say what a name names, wherever they stand in it ("Ministry of …", "… Airport").
fn heads(sheet: &Sheet, run: Run, at: usize, out: &mut impl Extend<u64>) {
    const HEADS: Classes = Classes::of(&[
        Class::OrganizationHead,
        Class::PlaceHead,
        Class::EventHead,
        Class::CompanyEnding,
        Class::Title,
    ]);
    let longest = (run.end as usize).min(run.start as usize + 12);
    for index in run.start as usize..longest {
        let classes = sheet.listed[index].alone;
        if index != at && classes.intersects(HEADS) {
            let side = u64::from(index > at) | u64::from(index + 1 == run.end as usize) << 1;
            out.extend([
                pair(100, u64::from(classes.0 & HEADS.0), side),
                pair(101, sheet.forms[index].lower, side),
            ]);
        }
    }
}

fn document(window: &Window<'_>, mode: u64, out: &mut impl Extend<u64>) {
    let sheet = window.sheet;
    let this = window.forms[2];
    let expansion = sheet.context.expansion(this.lower);
    if let Some(expansion) = expansion.filter(|_| this.flags.has(Flags::ACRONYM)) {
        let run = sheet.runs[expansion as usize];
        let last = &sheet.forms[run.end as usize - 1];
        out.extend([
            one(110, u64::from(last.clusters.middle)),
            one(111, last.lower),
            one(112, whole(sheet.listed[run.start as usize])),
            one(113, 0),
        ]);
    }
    let Some(entry) = sheet
        .context
        .get(this.lower)
        .filter(|_| this.flags.has(Flags::CAPITAL))
    else {
        return;
    };
    let cut = |count: u16| u64::from(count.min(3));
    let counts = cut(entry.lower) | cut(entry.inside) << 2;
    let first = u64::from(window.at == window.sentence.start as usize);
    out.extend([
        one(114, counts),
        pair(115, counts, mode << 1 | first),
        pair(116, counts, u64::from(this.clusters.coarse)),
        one(117, cut(entry.capital)),
    ]);
    let own = sheet.run_of[window.at];
    if entry.longest != own {
        other_run(sheet, window, entry.longest, 120, out);
    }
    let other = if entry.first == own {
        entry.last
    } else {
        entry.first
    };
    if other != own && other != entry.longest {
        other_run(sheet, window, other, 130, out);
    }
}

/// What another mention of the same word looks like, and what stands around it.
fn other_run(sheet: &Sheet, window: &Window<'_>, other: u32, template: u64, out: &mut impl Extend<u64>) {
    let run = sheet.runs[other as usize];
    let (start, end) = (run.start as usize, run.end as usize);
    let word = window.forms[2].lower;
    let place = if sheet.forms[end - 1].lower == word {
        0
    } else if sheet.forms[start].lower == word {
        1
    } else {
        2
    };
    let long = u64::from(end - start > 1);
    let key = place | long << 2;
    let around = |index: usize| {
        sheet
            .forms
            .get(index)
            .map_or(0, |form| u64::from(form.clusters.middle))
    };
    out.extend([
        one(template, key),
        pair(template + 1, key, whole(sheet.listed[start])),
        pair(template + 2, key, u64::from(sheet.forms[start].clusters.middle)),
        pair(template + 3, key, sheet.forms[end - 1].lower),
        pair(template + 4, key, around(start.wrapping_sub(1))),
        pair(template + 5, key, around(end)),
        pair(template + 6, key, whole(sheet.listed[end - 1])),
    ]);
}
