//! Runs the literate cases of `tests/cases/*.md`; see the README there.

use enricher::Engine;
use enricher::engine::{Document, Entity, WatchLists};

/// One input with what must be found.
struct Case {
    line: usize,
    text: String,
    expect: Vec<String>,
}

#[test]
fn entities() {
    check(&Engine::new(), include_str!("cases/entities.md"));
}

#[test]
fn watch_lists() {
    let mut lists = WatchLists::new();
    lists
        .watch(
            "groups",
            "name\taliases\ttype\nRed Dawn Front\tRDF\torganization\nQalat Rud\t\tplace\n",
        )
        .unwrap();
    lists.deny("name\nNorthern Wire\n").unwrap();
    check(
        &Engine::new().with_lists(lists),
        include_str!("cases/watchlists.md"),
    );
}

fn check(engine: &Engine, markdown: &str) {
    let cases = cases(markdown);
    assert!(!cases.is_empty(), "a file of cases without a case");
    let mut failures = Vec::new();
    for case in cases {
        let analysis = engine.analyse(&Document {
            text: &case.text,
            ..Document::default()
        });
        let found: Vec<String> = analysis
            .entities
            .iter()
            .zip(case.expect.iter().map(Some).chain(std::iter::repeat(None)))
            .map(|(entity, expect)| describe(entity, &case.text, expect.map_or("", String::as_str)))
            .collect();
        if found != case.expect {
            failures.push(format!(
                "line {}: {}\n  expected:\n    {}\n  found:\n    {}",
                case.line,
                case.text,
                case.expect.join("\n    "),
                found.join("\n    ")
            ));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

fn cases(markdown: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut fence: Option<&str> = None;
    for (index, line) in markdown.lines().enumerate() {
        if let Some(language) = line.strip_prefix("```") {
            fence = match fence {
                None => Some(language),
                Some(_) => None,
            };
            if fence == Some("text") {
                cases.push(Case {
                    line: index + 1,
                    text: String::new(),
                    expect: Vec::new(),
                });
            }
            continue;
        }
        match (fence, cases.last_mut()) {
            (Some("text"), Some(case)) => {
                if !case.text.is_empty() {
                    case.text.push('\n');
                }
                case.text.push_str(line);
            }
            (Some("entities"), Some(case)) => case.expect.push(line.to_owned()),
            _ => {}
        }
    }
    cases
}

/// Describes an entity as the cases do, with the fields that the expectation names.
fn describe(entity: &Entity, text: &str, expect: &str) -> String {
    let mentions: Vec<&str> = entity.mentions.iter().map(|mention| mention.of(text)).collect();
    let mut line = format!("{}: {}", entity.kind.as_str(), entity.name);
    if mentions != [entity.name.as_str()] {
        line = format!("{line} = {}", mentions.join(" | "));
    }
    for field in expect.split(" · ").skip(1) {
        let name = field.split(':').next().unwrap_or("");
        let value = match name {
            "role" => entity.role.clone(),
            "subtype" => entity.subtype.map(str::to_owned),
            "country" => entity.country.clone(),
            "wikidata" => entity.ids.wikidata.clone(),
            "geonames" => entity.ids.geonames.map(|id| id.to_string()),
            "lists" => Some(entity.lists.join(",")),
            other => panic!("`{other}` is no field that a case may ask for"),
        };
        line = format!("{line} · {name}: {}", value.unwrap_or_else(|| "null".to_owned()));
    }
    line
}
