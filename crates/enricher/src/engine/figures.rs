//! Figures: every numeric claim, what it counts, its bounds and who says so.
//!
//! One pass over the [pieces](super::pieces) finds numbers; rules run only around them, in this order:
//! [amounts](amount) with their units and ranges, what is [not a figure](reject), [hedges](bound), the
//! [counted noun](subject), [what happened to it](kind).

mod amount;
mod bound;
mod change;
mod claimant;
mod compare;
mod confidence;
mod currency;
mod dollar;
mod draft;
mod kind;
mod measure;
mod names;
mod quantity;
mod range;
mod reject;
mod scope;
mod special;
mod subject;
mod table;
mod unit;

use std::ops::Range;

use self::dollar::Dollars;
use self::draft::Draft;
use self::names::Names;
use self::scope::Scope;
use self::table::Tables;
use super::Document;
use super::analysis::{DateMention, Entity, Figure, FigureKind, Quote, most};
use super::attribution::Attribution;
use super::pieces::{Class, Mark, Pieces, number};
use super::text::Span;

/// The rules that figures are found with.
#[derive(Debug, Default)]
pub struct Grammar {}

impl Grammar {
    /// Returns a grammar with the built-in lexicons.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the figures of a document, in order.
    #[expect(clippy::too_many_arguments, reason = "each is a layer that figures read")]
    pub fn find(
        &self,
        document: &Document<'_>,
        pieces: Pieces<'_>,
        sentences: &[Span],
        entities: &[Entity],
        dates: &[DateMention],
        attributions: &[Attribution],
        quotes: &[Quote],
    ) -> Vec<Figure> {
        let mut figures = Vec::new();
        let names = Names::new(entities);
        let dollars = Dollars::new(document.text, document.dateline, entities);
        let mut taken = Overlaps::new(dates);
        let mut tables = Tables::default();
        let most = most(document.text.len());
        for (index, sentence) in sentences.iter().enumerate() {
            if figures.len() > most {
                break;
            }
            let (start, end) = (pieces.at(sentence.start), pieces.at(sentence.end));
            let mut drafts = find_drafts(pieces, start, end, &mut taken, &mut tables, &names);
            if drafts.is_empty() {
                continue;
            }
            explain(pieces, &names, &mut drafts, index, start, end);
            let clauses = scope::clauses(pieces, start..end);
            let scope = Scope {
                pieces,
                clauses: &clauses,
                names: &names,
                dates,
                sentence: *sentence,
                before: index.checked_sub(1).map(|before| sentences[before]),
                dateline: dollars.dateline,
                body: dollars.body,
            };
            let numbers: Vec<Range<usize>> = drafts.iter().map(|draft| draft.first..draft.last + 1).collect();
            let first = figures.len();
            figures.extend(drafts.iter_mut().map(|draft| {
                let number = draft.first..draft.last + 1;
                let dollar = dollars.resolve(pieces, draft);
                Figure {
                    claimant: claimant::of(pieces, draft, attributions, quotes, entities),
                    place: scope.place(number.clone(), &numbers),
                    when: scope.date(number, &numbers),
                    confidence: confidence::of(pieces, draft, dollar),
                    ..finish(pieces, draft, first)
                }
            }));
        }
        figures
    }
}

/// Finds out what the numbers of a sentence mean.
fn explain(p: Pieces<'_>, names: &Names, drafts: &mut Vec<Draft>, sentence: usize, start: usize, end: usize) {
    bound::merge_limits(p, drafts);
    for draft in drafts.iter_mut() {
        draft.sentence = sentence;
        let phrase = match draft.kind {
            // "a pick or two" has read its noun already.
            None if draft.head.is_some() => continue,
            Some(kind) => quantity::subject(p, names, draft, kind, start, end),
            None => {
                subject::read(p, names, draft, end).or_else(|| quantity::of_total(p, names, draft, start))
            }
        };
        draft.set_subject(phrase);
        bound::behind_noun(p, draft);
    }
    bound::inherit_in_brackets(p, drafts);
    compare::inherit_percent(p, drafts);
    compare::inherit_over_hyphens(p, drafts);
    compare::link(p, drafts, start);
    compare::share_subject(drafts);
    kind::decide(p, names, drafts, start, end);
    compare::share_kind(drafts);
    compare::link_parts(p, drafts);
    compare::mark_denied(p, drafts, start, end);
    change::apply(p, drafts, start, end);
}

fn find_drafts(
    p: Pieces<'_>,
    start: usize,
    end: usize,
    dates: &mut Overlaps<'_>,
    tables: &mut Tables,
    names: &Names,
) -> Vec<Draft> {
    let mut drafts = Vec::new();
    let mut at = start;
    // The "second" of "90-second" is a unit, not a rank.
    let mut unit_end = start;
    while at < end {
        if !may_start(p, at) || at < unit_end && p.is(at, Class::TimeUnit) {
            at += 1;
            continue;
        }
        let Some(mut draft) = amount::read(p, at, start).filter(|draft| draft.last < end) else {
            at += 1;
            continue;
        };
        at = draft.last + 1;
        unit_end = if draft.unit.is_some() { draft.after } else { at };
        if tables.holds(p, draft.first) {
            continue;
        }
        bound::apply(p, &mut draft, start);
        let in_date = dates.overlap(p.cover(draft.first, draft.last));
        if reject::is_in_name(p, &draft, names) {
            continue;
        }
        if (in_date && draft.kind != Some(FigureKind::Duration))
            || reject::is_not_a_figure(p, &draft, start, end)
        {
            continue;
        }
        drafts.push(draft);
    }
    drafts
}

/// The test made at every piece: a number, a currency, or "a" before a magnitude.
fn may_start(p: Pieces<'_>, at: usize) -> bool {
    number::may_start(p, at)
        || p.is_any_mark(at, &[Mark::Currency, Mark::Hash])
        || p.is(at, Class::CurrencyCode)
        || currency::is_named_amount(p, at)
        || (p.is(at, Class::Article) && number::may_start(p, at + 1))
        || (p.is_word(at)
            && (p.is_mark(at + 1, Mark::Currency) || p.says_all(at, &["y", "="]) && p.str(at) == "Y"))
}

fn finish(p: Pieces<'_>, draft: &Draft, first: usize) -> Figure {
    let (value, low, high) = draft.values();
    let last = draft.subject.map_or(draft.last, |(_, last)| last.max(draft.last));
    Figure {
        span: p.cover(draft.start.min(draft.first), last),
        number: p.cover(draft.first, draft.last),
        value,
        low,
        high,
        bound: draft.final_bound(),
        kind: draft.kind.unwrap_or(FigureKind::Count),
        unit: draft.unit,
        subject: draft.subject.map(|(first, last)| p.cover(first, last)),
        change: draft.change,
        negated: draft.negated,
        claimant: None,
        place: None,
        when: None,
        sentence: draft.sentence,
        part_of: draft.part_of.map(|index| first + index),
        compared_to: draft.compared_to.map(|index| first + index),
        confidence: 0.0,
    }
}

/// Answers, for ascending spans, whether a date overlaps.
struct Overlaps<'a> {
    dates: &'a [DateMention],
    next: usize,
}

impl<'a> Overlaps<'a> {
    fn new(dates: &'a [DateMention]) -> Self {
        Self { dates, next: 0 }
    }

    fn overlap(&mut self, span: Span) -> bool {
        while self
            .dates
            .get(self.next)
            .is_some_and(|date| date.span.end <= span.start)
        {
            self.next += 1;
        }
        self.dates
            .get(self.next)
            .is_some_and(|date| date.span.overlaps(span))
    }
}
