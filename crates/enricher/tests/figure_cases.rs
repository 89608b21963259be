//! Literate cases: prose about a rule, a text, and what must be found in it.
//!
//! A line that begins with `> ` is the text of a case; the lines that begin with `- ` behind it are all that must be
//! found. The day of publication is 2026-03-03, a Tuesday. Run with `UPDATE_CASES=1` to write what is found now, then
//! read the difference.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use enricher::Engine;
use enricher::engine::analysis::{Analysis, DateMention, Figure, Quote};
use enricher::engine::{Document, Span};
use jiff::civil::date;

fn check(file: &str, render: fn(&str, &Analysis) -> Vec<String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases")
        .join(file);
    let written = fs::read_to_string(&path).unwrap();
    let engine = Engine::new();
    let mut found = String::new();
    for line in written.lines().filter(|line| !line.starts_with("- ")) {
        writeln!(found, "{line}").unwrap();
        let Some(text) = line.strip_prefix("> ") else {
            continue;
        };
        let text = text.replace("\\n", "\n");
        let document = Document {
            text: &text,
            published: Some(date(2026, 3, 3)),
            ..Document::default()
        };
        let rendered = render(&text, &engine.analyse(&document));
        let none = rendered.is_empty().then(|| "nothing".to_owned());
        for item in rendered.into_iter().chain(none) {
            writeln!(found, "- {item}").unwrap();
        }
    }
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(&path, &found).unwrap();
    }
    let differences: Vec<String> = written
        .lines()
        .zip(found.lines())
        .filter(|(expect, found)| expect != found)
        .map(|(expect, found)| format!("expected {expect}\n   found {found}"))
        .collect();
    assert!(
        differences.is_empty() && written == found,
        "{file}:\n{}",
        differences.join("\n")
    );
}

fn figures(text: &str, analysis: &Analysis) -> Vec<String> {
    analysis
        .figures
        .iter()
        .map(|figure| describe(text, figure, analysis))
        .collect()
}

fn describe(text: &str, figure: &Figure, analysis: &Analysis) -> String {
    let name = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let number = |value: Option<f64>| value.map_or("?".to_owned(), |value| value.to_string());
    let mut line = format!("{}: ", figure.number.of(text));
    if figure.low == figure.high && figure.low.is_some() {
        line += &number(figure.low);
    } else {
        write!(line, "{}..{}", number(figure.low), number(figure.high)).unwrap();
    }
    write!(
        line,
        " {} {}",
        name(serde_json::to_value(figure.bound).unwrap()),
        figure.kind.as_str()
    )
    .unwrap();
    let mut part = |label: &str, value: Option<&str>| {
        if let Some(value) = value {
            write!(line, ", {label} {value}").unwrap();
        }
    };
    let change = figure
        .change
        .map(|change| name(serde_json::to_value(change).unwrap()));
    part("in", figure.unit);
    part("going", change.as_deref());
    part("of", figure.subject.map(|subject| subject.of(text)));
    part(
        "by",
        figure.claimant.as_ref().map(|claimant| claimant.span.of(text)),
    );
    part(
        "among",
        figure
            .part_of
            .map(|index| analysis.figures[index].number.of(text)),
    );
    line
}

/// What a figure belongs to: its place and date, what it is compared with, and whether it is denied or doubtful.
fn context(text: &str, analysis: &Analysis) -> Vec<String> {
    let render = |figure: &Figure| {
        let mut line = format!("{}: {}", figure.number.of(text), figure.kind.as_str());
        if figure.negated {
            line += ", denied";
        }
        let place = figure.place.map(|index| analysis.entities[index].name.as_str());
        let date = figure.when.map(|index| analysis.dates[index].span.of(text));
        let number = |index: usize| analysis.figures[index].number.of(text);
        for (label, value) in [
            ("in", figure.unit),
            ("at", place),
            ("on", date),
            ("against", figure.compared_to.map(number)),
            ("among", figure.part_of.map(number)),
        ] {
            if let Some(value) = value {
                write!(line, ", {label} {value}").unwrap();
            }
        }
        write!(line, ", {:.0} %", 100.0 * figure.confidence).unwrap();
        line
    };
    analysis.figures.iter().map(render).collect()
}

/// Who claims a figure, and the entity that it is.
fn claimants(text: &str, analysis: &Analysis) -> Vec<String> {
    let render = |figure: &Figure| {
        let number = figure.number.of(text);
        figure.claimant.as_ref().map_or_else(
            || format!("{number}: nobody"),
            |claimant| {
                let entity = claimant
                    .entity
                    .map(|index| analysis.entities[index].name.as_str());
                format!("{number}: {} = {}", claimant.span.of(text), entity.unwrap_or("?"))
            },
        )
    };
    analysis.figures.iter().map(render).collect()
}

fn dates(text: &str, analysis: &Analysis) -> Vec<String> {
    let describe =
        |date: &DateMention| format!("{}: {}", date.span.of(text), date.value.as_deref().unwrap_or("?"));
    analysis.dates.iter().map(describe).collect()
}

fn quotes(text: &str, analysis: &Analysis) -> Vec<String> {
    let words = |span: Option<Span>| span.map_or("?", |span| span.of(text));
    let describe = |quote: &Quote| {
        let speaker = words(quote.speaker.as_ref().map(|speaker| speaker.span));
        format!(
            "{} {}: {}",
            speaker,
            words(quote.verb),
            quote.span.of(text).replace('\n', "\\n")
        )
    };
    analysis.quotes.iter().map(describe).collect()
}

#[test]
fn figures_are_read_as_the_cases_say() {
    check("figures.md", figures);
}

#[test]
fn figures_have_their_place_date_and_comparison() {
    check("figures-context.md", context);
}

#[test]
fn what_is_no_figure_is_left_alone() {
    check("figures-none.md", figures);
}

#[test]
fn claimants_are_found_as_the_cases_say() {
    check("claimants.md", figures);
}

#[test]
fn pronouns_stand_for_what_agrees_with_them() {
    check("pronouns.md", claimants);
}

#[test]
fn dates_are_resolved_as_the_cases_say() {
    check("dates.md", dates);
}

#[test]
fn quotes_have_their_speakers() {
    check("quotes.md", quotes);
}
