//! What holds of figures, dates and quotes for any text at all.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::sync::LazyLock;

use enricher::Engine;
use enricher::engine::Document;
use enricher::engine::analysis::{self, Analysis, FigureKind, LeftOut};
use proptest::prelude::*;

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

fn analyse(text: &str) -> Analysis {
    ENGINE.analyse(&Document {
        text,
        ..Document::default()
    })
}

/// Panics unless every span slices the text, figures are in order and apart, and bounds enclose the value.
fn check(text: &str) {
    let analysis = analyse(text);
    let most = analysis::most(text.len());
    assert!(
        analysis.figures.len() <= most && analysis.entities.len() <= most && analysis.dates.len() <= most
    );
    let mentions: usize = analysis.entities.iter().map(|entity| entity.mentions.len()).sum();
    assert!(mentions <= most && analysis.quotes.len() <= most);
    assert!(analysis.entities.iter().all(|entity| !entity.mentions.is_empty()));
    let mut end = 0;
    for figure in &analysis.figures {
        assert!(!figure.number.of(text).is_empty());
        assert!(
            figure.number.start >= end,
            "numbers overlap or are out of order in {text:?}"
        );
        end = figure.number.end;
        for span in [
            Some(figure.span),
            figure.subject,
            figure.claimant.as_ref().map(|claimant| claimant.span),
        ]
        .into_iter()
        .flatten()
        {
            assert!(!span.of(text).is_empty());
        }
        if !matches!(figure.kind, FigureKind::Score | FigureKind::Votes)
            && let (Some(low), Some(high)) = (figure.low, figure.high)
        {
            assert!(low <= high, "{low} > {high} in {text:?}");
            assert!(figure.value.is_none_or(|value| (low..=high).contains(&value)));
        }
        assert!(figure.part_of.is_none_or(|whole| whole < analysis.figures.len()));
        assert!(
            figure
                .compared_to
                .is_none_or(|other| other < analysis.figures.len())
        );
        assert!(figure.place.is_none_or(|place| place < analysis.entities.len()));
        assert!(figure.when.is_none_or(|date| date < analysis.dates.len()));
        assert!((0.0..=1.0).contains(&figure.confidence));
    }
    for span in analysis
        .dates
        .iter()
        .map(|date| date.span)
        .chain(analysis.quotes.iter().map(|quote| quote.span))
    {
        assert!(!span.of(text).is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_is_taken(text in "\\PC{0,200}") {
        check(&text);
    }

    #[test]
    fn any_mix_of_number_words_is_taken(words in prop::collection::vec(prop::sample::select(vec![
        "a", "at least", "between", "and", "to", "–", "-", "3", "1,234", "2.5", "million", "hundred", "dozens", "of", "half",
        "third", "two", "twenty", "$", "€", "percent", "%", "km", "people", "were", "killed", "said", "police", ",", ".", "(", ")",
        "“", "”", "'s", "years", "old", "May", "2024", "from", "one", "in", "point", "Rs", "US$", ":", "\n", "including", "or more",
    ]), 0..40)) {
        check(&words.join(" "));
        check(&words.concat());
    }
}

/// The record of a text made of numbers or names alone stays in proportion to it, and says what it lacks.
#[test]
fn a_record_stays_in_proportion_to_its_text() {
    let leaves_out = |unit: &str, expect: &[fn(usize) -> LeftOut]| {
        let text = unit.repeat(40_000 / unit.len());
        check(&text);
        let most = analysis::most(text.len());
        let expect: Vec<LeftOut> = expect.iter().map(|left_out| left_out(most)).collect();
        assert_eq!(analyse(&text).left_out, expect, "of {unit:?}");
    };
    leaves_out("1 a ", &[LeftOut::Figures]);
    leaves_out("1 a. ", &[LeftOut::Figures]);
    leaves_out("May 5. ", &[LeftOut::Dates]);
    leaves_out("Chad. ", &[LeftOut::Mentions]);
    leaves_out("\"a b c\" ", &[LeftOut::Quotes]);
    leaves_out("1,", &[]);
    leaves_out("Twelve people were killed on Monday. ", &[]);
}

/// So does the record of a list of more names than any article has.
#[test]
fn a_list_of_names_stays_in_proportion_to_its_text() {
    let mut text = String::new();
    for first in "BCDFGHJKLMNPRSTVWZ".chars() {
        for second in "aeiou".chars() {
            for last in "bdfgklmnprstvz".chars() {
                text.extend(['M', 'r', ' ', first, second, last, '.', ' ']);
            }
        }
    }
    check(&text);
    let most = analysis::most(text.len());
    assert!(analyse(&text).left_out.contains(&LeftOut::Entities(most)));
}

/// Every figure of an article is kept up to the bound, and none points at one that is not.
#[test]
fn what_is_kept_does_not_point_at_what_is_not() {
    let text = "12 dead, including 3 x. ".repeat(2_000);
    let analysis = analyse(&text);
    assert_eq!(analysis.figures.len(), analysis::most(text.len()));
    check(&text);
}
