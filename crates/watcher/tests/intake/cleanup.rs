//! Runs the cases of `cleanup.md`: every built-in rule has one.

use std::collections::BTreeSet;
use std::fmt::Write;

use watcher::intake::{Config, UserRule, UserRules, Zone, rule_names};

use crate::support::{article, try_read};

struct Case {
    name: String,
    input: String,
    text: String,
    removed: String,
}

/// Reads the cases: a heading, then fenced blocks `input`, `text` and `removed`.
fn cases() -> Vec<Case> {
    let file = include_str!("cleanup.md");
    file.split("\n## ").skip(1).map(case).collect()
}

fn case(section: &str) -> Case {
    let block = |kind: &str| {
        let start = section
            .find(&format!("```{kind}\n"))
            .unwrap_or_else(|| panic!("no {kind} in {section}"))
            + kind.len()
            + 4;
        let end = start + section[start..].find("```").expect("the block is closed");
        section[start..end].trim_end().to_owned()
    };
    let name = section.lines().next().unwrap_or_default().to_owned();
    Case {
        name,
        input: block("input"),
        text: block("text"),
        removed: block("removed"),
    }
}

#[test]
fn cases_hold() {
    for case in cases() {
        let article = article(case.input.as_bytes());
        assert_eq!(article.text, case.text, "text of `{}`", case.name);
        let mut removed = String::new();
        for piece in &article.removed {
            let _infallible = writeln!(removed, "{}: {}", piece.rule, piece.text);
        }
        assert_eq!(removed.trim_end(), case.removed, "removed of `{}`", case.name);
    }
}

#[test]
fn every_rule_has_a_case() {
    let tested: BTreeSet<String> = cases()
        .iter()
        .flat_map(|case| {
            case.removed
                .lines()
                .filter_map(|line| line.split_once(':'))
                .map(|(rule, _)| rule.to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    for rule in rule_names() {
        assert!(tested.contains(rule), "rule `{rule}` has no case in cleanup.md");
    }
}

const STORY: &str = "Dam breaks above Qalat\n\nSolve our new puzzle today\n\nThe dam above the town of Qalat broke on Monday \
    and the water took two bridges with it, the mayor of the town said in the evening.";

#[test]
fn rules_of_the_user_are_applied() {
    let rule = UserRule::new("puzzle", Zone::Anywhere, "Solve our new .*").expect("is a rule");
    let config = Config {
        rules: UserRules::new(vec![rule]),
        ..Config::default()
    };
    let articles = try_read(STORY.as_bytes(), &config).expect("is read");
    assert!(!articles[0].text.contains("puzzle"));
    assert_eq!(articles[0].removed[0].rule, "puzzle");
}

#[test]
fn rules_can_be_disabled() {
    let input =
        "Dam breaks above Qalat\n\nicon-facebook icon-twitter\n\nThe dam above the town broke on Monday.";
    let config = Config {
        disabled_rules: vec!["share_icons".to_owned()],
        ..Config::default()
    };
    let articles = try_read(input.as_bytes(), &config).expect("is read");
    assert!(articles[0].text.contains("icon-facebook"));
}

#[test]
fn raw_takes_the_text_as_it_is() {
    let input = "date 2025-01-01  Text\r\nwith\u{a0}spaces\n\nAlso Read: this";
    let config = Config {
        raw: true,
        ..Config::default()
    };
    let articles = try_read(input.as_bytes(), &config).expect("is read");
    assert_eq!(articles[0].text, input);
    assert!(articles[0].removed.is_empty());
}

/// Sentences that begin or end like residue and are body text.
#[test]
fn body_text_stays() {
    let lead = "The dam above the town of Qalat broke on Monday and the water took two bridges with it, the mayor said.";
    for sentence in [
        "Share prices fell by four per cent after the news.",
        "Comments by the minister were met with anger.",
        "Comments (14) were read out in court.",
        "Comments 14",
        "Sign up for the account with the bank before June, which costs $11 a month",
        "Click here to get more information or download this game.",
        "Related charges were dropped in March, the court said.",
        "Recommended doses were not given to 14 of the children.",
        "Print runs of the two papers have halved since 2010.",
        "Read out in court, the letter named eleven officers.",
        "Watch towers along the river were abandoned in May.",
        "Photo evidence presented to the court showed 30 graves.",
        "Follow-up visits were paid to 300 families.",
        "Advertisement spending rose 12 percent to $4bn.",
        "Published last week, the report counts 212 dead.",
        "More than 40 people were hurt, the police said.",
        "Home sales rose / fell by turns in the last three quarters, the bureau said.",
        "The cookie maker said that it would close two plants.",
        "“I was at home”, she said.",
        "(The figure includes 12 who died in hospital.)",
        "Ends",
    ] {
        let input =
            format!("Dam breaks above Qalat\n\n{lead}\n\n{sentence}\n\n{lead} Again.\n\n{lead} And again.");
        let article = article(input.as_bytes());
        if sentence != "Ends" {
            assert!(
                article.text.contains(sentence),
                "lost `{sentence}`: {:?}",
                article.removed
            );
        }
    }
}

/// The agency that closes a sentence of a wire story is no end mark.
#[test]
fn the_last_word_of_a_sentence_stays() {
    let lead = "The dam above the town of Qalat broke on Monday and the water took\ntwo bridges with it, the chief of the \
                company that runs the dam told\n";
    for (last, text_ends, n_removed) in [
        ("Reuters.", "that runs the dam told Reuters.", 0),
        ("Reuters.\n REUTER", "that runs the dam told Reuters.", 1),
        ("reporters.\n Reuter", "that runs the dam told reporters.", 1),
    ] {
        let article = article(format!("DAM BREAKS ABOVE QALAT\n\n{lead}{last}\n").as_bytes());
        assert!(article.text.ends_with(text_ends), "{:?}", article.text);
        assert_eq!(article.removed.len(), n_removed, "{:?}", article.removed);
    }
}
