//! What an amount with a unit is an amount of: "fines of $3 million", "profit fell 10%", "5 tons of rice".
//!
//! A counted noun follows its number; what is measured stands behind it, behind a preposition, or in front of the
//! verb, so each kind has its own short list of places to look.

mod in_front;

use self::in_front::{ending_at, in_front};
use super::draft::{Draft, Shape};
use super::names::{Name, Names};
use super::subject::{self, Phrase};
use crate::engine::analysis::{EntityType, FigureKind};
use crate::engine::pieces::{Class, Classes, Mark, Pieces, number};
use crate::engine::text::Span;

/// How far in front of a number its noun is looked for, in pieces.
const REACH: usize = 14;

/// Returns the subject of an amount whose unit has decided its kind.
pub(super) fn subject(
    p: Pieces<'_>,
    names: &Names,
    draft: &Draft,
    kind: FigureKind,
    start: usize,
    end: usize,
) -> Option<Phrase> {
    match kind {
        FigureKind::Money => of_money(p, names, draft, start, end),
        FigureKind::Percent => of_percent(p, names, draft, start, end),
        FigureKind::Measure => of_measure(p, names, draft, start, end),
        FigureKind::Age => of_age(p, names, draft, start, end),
        FigureKind::Duration => of_duration(p, names, draft, end),
        _ => None,
    }
}

fn of_money(p: Pieces<'_>, names: &Names, draft: &Draft, start: usize, end: usize) -> Option<Phrase> {
    let after = over_conversion(p, over_rate(p, draft.after), end);
    if p.says_all(after, &["worth", "of"]) {
        return behind(p, names, after + 1, end, &["of"]);
    }
    let floor = draft.start.saturating_sub(REACH).max(start);
    let is_fine = (floor..draft.start).any(|at| p.says_any(at, &["fine", "fines", "fined", "penalty"]));
    following(p, names, after, end)
        .or_else(|| behind(p, names, after, end, &["of", "in"]))
        .or_else(|| in_front(p, draft, start))
        .or_else(|| traded(p, draft, start))
        .or_else(|| {
            // What a fine is for is its reason.
            (!is_fine)
                .then(|| behind(p, names, after, end, &["for"]))
                .flatten()
        })
}

/// "acquired \[the brewery\] for $3 billion": the object of a trade.
fn traded(p: Pieces<'_>, draft: &Draft, start: usize) -> Option<Phrase> {
    let last = draft
        .start
        .checked_sub(2)
        .filter(|&last| last > start && p.says(last + 1, "for"))?;
    let phrase = ending_at(p, last, start)?;
    let mut verb = phrase.first.checked_sub(1)?;
    while verb > start && p.is(verb, Classes::of(&[Class::Determiner, Class::Article])) {
        verb -= 1;
    }
    p.says_any(
        verb,
        &[
            "buy",
            "buys",
            "bought",
            "buying",
            "acquire",
            "acquires",
            "acquired",
            "acquiring",
            "sell",
            "sells",
            "sold",
            "selling",
            "purchase",
            "purchased",
        ],
    )
    .then_some(phrase)
}

/// "a two-day \[visit\]", "six months of \[talks\]": what lasts that long.
fn of_duration(p: Pieces<'_>, names: &Names, draft: &Draft, end: usize) -> Option<Phrase> {
    let hyphen = (draft.last + 1..draft.after).any(|at| p.is_dash(at));
    let is_ago = p.says_any(
        draft.after,
        &["ago", "before", "after", "later", "earlier", "old", "long"],
    );
    if !hyphen || is_ago || p.is_dash(draft.after) {
        return None;
    }
    following(p, names, draft.after, end)
}

fn of_percent(p: Pieces<'_>, names: &Names, draft: &Draft, start: usize, end: usize) -> Option<Phrase> {
    // "a 1-in-40 (2.5%) risk"
    let in_brackets = p.is_mark(draft.after, Mark::Close)
        && p.says_any(draft.after + 1, &["chance", "probability", "risk", "stake"]);
    let after = draft.after + usize::from(in_brackets);
    behind(p, names, draft.after, end, &["of"])
        .or_else(|| {
            let share = draft.shape == Shape::Fraction
                && p.is(draft.after, Classes::of(&[Class::Determiner, Class::Article]));
            share
                .then(|| subject::noun_phrase(p, names, draft.after + 1, end))
                .flatten()
        })
        .or_else(|| following(p, names, after, end))
        .or_else(|| in_front(p, draft, start))
}

fn of_measure(p: Pieces<'_>, names: &Names, draft: &Draft, start: usize, end: usize) -> Option<Phrase> {
    let after = over_rate(p, over_conversion(p, draft.after, end));
    let unit = draft.unit.unwrap_or_default();
    if matches!(unit, "magnitude") {
        return None;
    }
    // "at a planned depth of 90 metres"
    if p.says(draft.start.wrapping_sub(1), "of")
        && draft.start >= start + 2
        && p.says_any(draft.start - 2, DIMENSIONS)
    {
        return ending_at(p, draft.start - 2, start);
    }
    if let Some(found) = behind(p, names, after, end, &["of"]) {
        return Some(found);
    }
    // "a 10-mile zone", "a 10 mile zone"
    let unit_word = p.str(draft.after - 1);
    let is_singular = unit_word.len() > 2 && !unit_word.ends_with('s') && !p.says(draft.after - 1, "feet");
    let is_compound = (draft.last..draft.after).any(|at| p.is_mark(at, Mark::Hyphen))
        || is_singular && draft.low > 1.0 && p.is_word(draft.after);
    let is_distance = matches!(unit, "km" | "mi" | "m" | "ft" | "nmi" | "yd");
    if is_compound || !is_distance {
        return following(p, names, after, end).or_else(|| in_front(p, draft, start));
    }
    None
}

/// Nouns that a length is the length of.
#[rustfmt::skip]
const DIMENSIONS: &[&str] = &[
    "range", "height", "length", "width", "depth", "radius", "diameter", "distance", "altitude", "elevation", "speed",
    "speeds",
];

/// "40-year-old \[baker\]", "\[pupils\] below the age of 9", "\[Ada Blume\], 51,".
fn of_age(p: Pieces<'_>, names: &Names, draft: &Draft, start: usize, end: usize) -> Option<Phrase> {
    // "a debut at age 60 looks odd": no noun follows a bare number.
    let has_unit = draft.after > draft.last + 1;
    if let Some(found) = has_unit.then(|| following(p, names, draft.after, end)).flatten() {
        return Some(found);
    }
    if p.says(draft.start.wrapping_sub(1), "of") && draft.start >= start + 4 && p.says(draft.start - 2, "age")
    {
        let before = Span::new(p.span(start).start as usize, p.span(draft.start).start as usize);
        let person = |name: &&Name| name.kind == EntityType::Person;
        if let Some(name) = names.inside(before).iter().rev().find(person) {
            let last = p.at(name.span.end).checked_sub(1)?;
            return Some(Phrase {
                first: p.at(name.span.start),
                last,
                head: last,
            });
        }
    }
    let mut last = draft.start.checked_sub(1)?;
    let floor = draft.start.saturating_sub(8).max(start);
    while last > floor
        && (p.is_any_mark(last, &[Mark::Comma, Mark::Open])
            || p.says_any(
                last,
                &[
                    "aged", "age", "ages", "of", "at", "the", "and", "under", "over", "between", "is", "was",
                    "who", "has", "died", "below", "above", "a", "an", "in", "his", "her", "their", "early",
                    "mid", "late",
                ],
            )
            || p.is(last, Class::Auxiliary)
            || p.str(last).ends_with("ed") && p.is(last - 1, Class::Auxiliary)
            || p.is_digits(last))
    {
        last -= 1;
    }
    ending_at(p, last, start)
}

// ---------------------------------------------------------------- behind the number

/// "$400,000 \[fine\]", "50% \[tariff\]".
fn following(p: Pieces<'_>, names: &Names, after: usize, end: usize) -> Option<Phrase> {
    let first = after + usize::from(p.is_mark(after, Mark::Hyphen) && p.is_glued(after));
    let first = (first..end).find(|&at| !p.says_any(at, &["more", "worth"]))?;
    // "9 ppb exceeding the limit", but "a 200-square-metre hall with"
    let is_participle = p.is(first, Class::Verb)
        && p.str(first).ends_with("ing")
        && p.is_word(first + 1)
        && !p.is(first + 1, subject::ENDS);
    let opens = p.is_word(first)
        && !p.is(first, Classes::of(&[Class::Up, Class::Down]))
        && !is_participle
        && !p.says_any(
            first,
            &[
                "higher",
                "lower",
                "less",
                "today",
                "annually",
                "north",
                "south",
                "east",
                "west",
                "northeast",
                "northwest",
                "southeast",
                "southwest",
                "away",
                "deep",
                "long",
                "wide",
                "tall",
                "high",
                "interest",
                "more",
                "faster",
                "respectively",
                "each",
                "apiece",
                "earlier",
                "later",
                "total",
                "per",
                "a",
                "marginally",
                "downward",
                "upward",
            ],
        );
    let is_change = p.says_any(
        first,
        &[
            "increase",
            "rise",
            "drop",
            "cut",
            "decrease",
            "hike",
            "fall",
            "decline",
            "growth",
            "gain",
            "loss",
            "reduction",
        ],
    );
    if is_change && p.says_any(first + 1, &["in", "of"]) {
        return subject::noun_phrase(p, names, skip_determiners(p, first + 2, end), end);
    }
    (opens || is_change)
        .then(|| subject::noun_phrase(p, names, first, end))
        .flatten()
}

/// "26 percent *of* the vote", "$3.8 billion *in* military funding", "$9 million *for* its upkeep".
fn behind(p: Pieces<'_>, names: &Names, after: usize, end: usize, prepositions: &[&str]) -> Option<Phrase> {
    if !p.says_any(after, prepositions) {
        return None;
    }
    let first = skip_determiners(p, after + 1, end);
    if p.says_any(after + 1, &["those", "what"]) {
        return subject::those(p, after + 1);
    }
    let first = subject::over_measure(p, first);
    // "for 44 tanks"
    let number = (p.says(after, "for") && number::may_start(p, first)).then(|| number::read(p, first));
    let first = match number.flatten() {
        Some(number) if !p.is(number.next, Classes::of(&[Class::TimeUnit, Class::Measure])) => {
            let is_percent = p.is(number.next, Class::Percent) || p.is_mark(number.next, Mark::Percent);
            number.next + usize::from(is_percent)
        }
        _ => first,
    };
    let is_time = p.is(
        first,
        Classes::of(&[Class::Month, Class::TimeUnit, Class::Pronoun]),
    ) || p.is(first, Class::Season)
        && (!p.is_word(first + 1) || p.is(first + 1, subject::ENDS))
        || p.is_digits(first)
        || p.says_any(
            first,
            &["last", "past", "next", "recent", "early", "late", "fiscal"],
        )
        || p.is(first, Class::Ordinal);
    let is_place = p.says(after, "in") && (p.is_capital(first) && names.containing(p.span(first)).is_some());
    let those = p.says_any(after + 1, &["them", "which", "whom"]);
    if is_time || is_place || those && !p.is_word(after + 2) {
        return None;
    }
    let phrase = subject::noun_phrase(p, names, first, end)?;
    Some(subject::over_owner(p, names, phrase, end))
}

fn skip_determiners(p: Pieces<'_>, mut at: usize, end: usize) -> usize {
    while at < end && p.is(at, Classes::of(&[Class::Determiner, Class::Article])) {
        at += 1;
    }
    at
}

/// "€20 million [(US$23 million)] loan".
fn over_conversion(p: Pieces<'_>, after: usize, end: usize) -> usize {
    if p.is_mark(after, Mark::Close) {
        return after + 1;
    }
    if !p.is_mark(after, Mark::Open) {
        return after;
    }
    let limit = (after + 8).min(end);
    (after..limit)
        .find(|&at| p.is_mark(at, Mark::Close))
        .map_or(after, |close| close + 1)
}

/// "$60 [a barrel]", "$4 [per square foot]", "a $70[-a-share] price", "3 million barrels [per day]".
pub(super) fn over_rate(p: Pieces<'_>, after: usize) -> usize {
    let dash = usize::from(p.is_mark(after, Mark::Hyphen));
    let per = after + dash;
    if !p.says_any(per, &["a", "an", "per", "each"]) {
        return after;
    }
    let base = per + 1 + usize::from(dash == 1 && p.is_mark(per + 1, Mark::Hyphen));
    let is_power = p.says_any(base, &["square", "cubic", "sq", "cu", "metric", "troy"]);
    let base = base + usize::from(is_power && p.is(base + 1, Class::Measure));
    let is_base = p.is(base, Classes::of(&[Class::Measure, Class::TimeUnit]))
        || p.says(per, "per") && p.is_word(base)
        || p.says_any(
            base,
            &[
                "share", "person", "unit", "head", "dozen", "seat", "vote", "piece",
            ],
        );
    if is_base { base + 1 } else { after }
}

/// "the number of \[miners\] killed … is 12": what a bare figure of a total counts.
pub(super) fn of_total(p: Pieces<'_>, names: &Names, draft: &Draft, start: usize) -> Option<Phrase> {
    let floor = draft.start.saturating_sub(24).max(start);
    let total = (floor..draft.start).rev().find(|&at| p.is(at, Class::Total))?;
    if !p.says(total + 1, "of") {
        return None;
    }
    subject::noun_phrase(p, names, skip_determiners(p, total + 2, draft.start), draft.start)
}
