//! Phrases of other people's number recognisers, with what they expect of them.
//!
//! A case passes when every expected quantity is among the figures, with its unit, or is the sum of figures that stand
//! side by side ("5 feet 2 inches" is two figures here, as the labelling guide wants); a case that expects none passes
//! when none of its kind is found. Cases that are not asked of a tagger of news are listed in
//! `conformance/out_of_scope.tsv`, each with its reason, and are counted apart. See `conformance/NOTICE.md`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test")]

use std::collections::{BTreeMap, HashMap};

use enricher::Engine;
use enricher::engine::Document;
use enricher::engine::analysis::{Figure, FigureKind};
use serde_json::Value;

/// The share of the cases in scope that must pass.
const MUST: f64 = 0.95;

const SUITES: [&str; 2] = [
    include_str!("conformance/recognizers.jsonl"),
    include_str!("conformance/duckling.jsonl"),
];
const OUT_OF_SCOPE: &str = include_str!("conformance/out_of_scope.tsv");

/// A quantity that a case expects: bounds, and the unit where it has one that we have too.
struct Expected {
    low: Option<f64>,
    high: Option<f64>,
    unit: Option<String>,
}

#[test]
fn phrases_of_other_recognisers_are_understood() {
    let engine = Engine::new();
    let skipped: HashMap<&str, &str> = OUT_OF_SCOPE
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .collect();
    let mut tally: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut out_of_scope = 0;
    for line in SUITES.iter().flat_map(|suite| suite.lines()) {
        let case: Value = serde_json::from_str(line).unwrap();
        let id = case["id"].as_str().unwrap();
        if skipped.contains_key(id) {
            out_of_scope += 1;
            if std::env::var_os("SHOW_OUT_OF_SCOPE").is_some() && passes(&engine, &case) {
                println!("passes out of scope: {id}");
            }
            continue;
        }
        let passed = passes(&engine, &case);
        if !passed && std::env::var_os("SHOW_FAILURES").is_some() {
            println!("{line}");
        }
        let (pass, total) = tally.entry(id.split(':').next().unwrap().to_owned()).or_default();
        *pass += usize::from(passed);
        *total += 1;
    }
    let passed: usize = tally.values().map(|(passed, _)| passed).sum();
    let total: usize = tally.values().map(|(_, total)| total).sum();
    for (suite, (passed, total)) in &tally {
        println!("{suite:20} {passed:4} / {total}");
    }
    println!("{:20} {passed:4} / {total}, {out_of_scope} out of scope", "all");
    let share = passed as f64 / total as f64;
    assert!(share >= MUST, "{:.1} % of the cases in scope pass", 100.0 * share);
}

fn passes(engine: &Engine, case: &Value) -> bool {
    let document = Document {
        text: case["text"].as_str().unwrap(),
        ..Document::default()
    };
    let figures = engine.analyse(&document).figures;
    let expected: Vec<Expected> = case["expect"].as_array().unwrap().iter().map(expected).collect();
    let kind = case["kind"].as_str().unwrap();
    if expected.is_empty() {
        return !figures
            .iter()
            .any(|figure| matches!(kind, "number" | "range") || figure.kind.as_str() == kind);
    }
    expected
        .iter()
        .all(|expected| figures.iter().any(|figure| is_match(expected, figure)) || is_sum(expected, &figures))
}

/// Whether neighbours add up to what is expected: "2 yards", "7 feet" to 13 feet.
fn is_sum(expected: &Expected, figures: &[Figure]) -> bool {
    (2..=4).any(|parts| {
        figures.windows(parts).any(|parts| {
            let converted = parts.iter().map(|figure| {
                let factor = conversion(figure.unit, expected.unit.as_deref())?;
                figure.value.map(|value| value * factor)
            });
            let sum: Option<f64> = converted.sum();
            expected.unit.is_some() && sum.is_some() && is_near(sum, expected.low)
        })
    })
}

fn expected(value: &Value) -> Expected {
    Expected {
        low: value[0].as_f64(),
        high: value[1].as_f64(),
        unit: value[2].as_str().map(str::to_owned),
    }
}

fn is_match(expected: &Expected, figure: &Figure) -> bool {
    let Some(factor) = conversion(figure.unit, expected.unit.as_deref()) else {
        return false;
    };
    let scaled = |value: Option<f64>| value.map(|value| value * factor);
    if expected.low.is_some() && is_near(expected.low, expected.high) {
        // A fraction is a percentage here, to the hundredth, and a part of one there.
        let share = figure
            .value
            .map(|value| value / 100.0)
            .filter(|_| figure.kind == FigureKind::Percent);
        let is_share = |share: f64| expected.low.is_some_and(|low| (share - low).abs() <= 5e-5);
        return is_near(scaled(figure.value), expected.low) || share.is_some_and(is_share);
    }
    let share = if figure.kind == FigureKind::Percent {
        0.01
    } else {
        1.0
    };
    [1.0, share].into_iter().any(|part| {
        let scaled = |value: Option<f64>| scaled(value).map(|value| value * part);
        is_near(scaled(figure.low), expected.low) && is_near(scaled(figure.high), expected.high)
    })
}

/// Returns what a value in our unit is multiplied with to be in theirs.
fn conversion(ours: Option<&str>, theirs: Option<&str>) -> Option<f64> {
    const SIZES: [(&str, &str, f64); 19] = [
        ("time", "second", 1.0),
        ("time", "minute", 60.0),
        ("time", "hour", 3600.0),
        ("time", "day", 86_400.0),
        ("time", "week", 604_800.0),
        ("time", "month", 2_628_000.0),
        ("time", "year", 31_536_000.0),
        ("mass", "mg", 0.001),
        ("mass", "g", 1.0),
        ("mass", "kg", 1000.0),
        ("length", "mm", 0.001),
        ("length", "cm", 0.01),
        ("length", "m", 1.0),
        ("length", "km", 1000.0),
        ("length", "in", 0.0254),
        ("length", "ft", 0.3048),
        ("length", "yd", 0.9144),
        ("length", "mi", 1609.344),
        ("length", "dm", 0.1),
    ];
    let (ours, theirs) = match (ours, theirs) {
        (_, None) => return Some(1.0),
        (None, Some(_)) => return None,
        (Some(ours), Some(theirs)) if ours == theirs => return Some(1.0),
        (Some(ours), Some(theirs)) => (ours, theirs),
    };
    let size = |unit: &str| SIZES.iter().find(|(_, name, _)| *name == unit);
    let (ours, theirs) = (size(ours)?, size(theirs)?);
    (ours.0 == theirs.0).then_some(ours.2 / theirs.2)
}

fn is_near(left: Option<f64>, right: Option<f64>) -> bool {
    match (left, right) {
        (None, None) => true,
        (Some(left), Some(right)) => (left - right).abs() <= 1e-6 + 1e-4 * right.abs(),
        _ => false,
    }
}
