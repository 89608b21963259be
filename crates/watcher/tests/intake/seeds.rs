//! The founding articles: every residue goes and is recorded, and not one sentence of the body with it.

use wire::Article;

use crate::support::{article, shared};

struct Expected {
    file: &'static str,
    headline: Option<&'static str>,
    dateline: Option<&'static str>,
    agency: Option<&'static str>,
    published: Option<&'static str>,
    /// Pieces that have to be in `removed` and not in `text`.
    residue: &'static [&'static str],
    /// Lines of the file that are no body: everything else has to be in `text` word by word.
    furniture: &'static [&'static str],
}

const EXPECTED: &[Expected] = &[
    Expected {
        file: "000_79d663c3387ca236.txt",
        headline: None,
        dateline: Some("New Delhi"),
        agency: None,
        published: None,
        residue: &["(Edited by", "Also Read:"],
        furniture: &["(Edited by", "Also Read:"],
    },
    Expected {
        file: "001_6dbb797f180c1ec3.txt",
        headline: Some("US Reaffirms Steadfast Support for Pakistan after Balochistan Attacks"),
        dateline: Some("ISLAMABAD"),
        agency: None,
        published: Some("2026-02-06"),
        residue: &["icon-facebook icon-twitter icon-whatsapp", "Fri Feb 06 2026"],
        furniture: &["icon-facebook", "Fri Feb"],
    },
    Expected {
        file: "002_610f5b887f391e2a.txt",
        headline: Some("How Balochistan attacks threaten Pakistan’s promises to China, Trump"),
        dateline: Some("Islamabad, Pakistan"),
        agency: None,
        published: None,
        residue: &[
            "| Conflict News",
            "Recommended Stories",
            "4 item listend of list",
            "interactive_pakistan_minerals_February2_2026",
            "(al Jazeera)",
            "<a href=",
            "Leave a Comment",
        ],
        furniture: &[
            "How Balochistan",
            "Recommended",
            "4 item",
            "interactive_",
            "(al Jazeera)",
            "<a href",
            "Leave a",
        ],
    },
    Expected {
        file: "003_f5862598110e3657.txt",
        headline: Some("US, Pak to deepen bilateral cooperation to tackle leading militant groups"),
        dateline: Some("Islamabad"),
        agency: Some("Press Trust of India"),
        published: Some("2025-08-13T07:18:00Z"),
        residue: &[
            "date 2025-08-13",
            "Home / World News /",
            "2 min read Last Updated",
            "Press Trust of India Islamabad",
            "Taliban",
            "(Only the headline and picture",
            "First Published:",
        ],
        furniture: &[
            " date",
            "It transpired",
            "Taliban",
            "Press Trust",
            "2 min",
            "(Only the",
            "First Pub",
        ],
    },
    Expected {
        file: "004_003e633406c58666.txt",
        headline: None,
        dateline: Some("New Delhi, Sep 19"),
        agency: None,
        published: Some("2025-09-19"),
        residue: &["date 2025-09-19"],
        furniture: &[],
    },
];

#[test]
fn founding_articles_come_out_clean() {
    let Some(folder) = shared("seeds") else {
        return;
    };
    for expected in EXPECTED {
        let bytes = std::fs::read(folder.join(expected.file)).expect("the seed is readable");
        let article = article(&bytes);
        check_metadata(&article, expected);
        check_residue(&article, expected);
        check_body(&article, expected, &String::from_utf8_lossy(&bytes));
    }
}

#[track_caller]
fn check_metadata(article: &Article, expected: &Expected) {
    assert_eq!(
        article.headline.as_deref(),
        expected.headline,
        "{}",
        expected.file
    );
    assert_eq!(
        article.dateline.text.as_deref(),
        expected.dateline,
        "{}",
        expected.file
    );
    assert_eq!(article.agency.as_deref(), expected.agency, "{}", expected.file);
    assert_eq!(
        article.published.value.as_deref(),
        expected.published,
        "{}",
        expected.file
    );
    assert_eq!(article.language, "en", "{}", expected.file);
}

#[track_caller]
fn check_residue(article: &Article, expected: &Expected) {
    for residue in expected.residue {
        let recorded = article
            .removed
            .iter()
            .any(|removed| removed.text.contains(residue));
        assert!(
            recorded,
            "{}: `{residue}` is not recorded: {:#?}",
            expected.file, article.removed
        );
        // "Taliban" is also a word of the body: only the line has to go.
        let lines = article.text.lines().any(|line| line.starts_with(residue));
        assert!(!lines, "{}: `{residue}` is still there", expected.file);
    }
}

#[track_caller]
fn check_body(article: &Article, expected: &Expected, file: &str) {
    for line in file.lines().filter(|line| !line.trim().is_empty()) {
        if expected
            .furniture
            .iter()
            .any(|furniture| line.starts_with(furniture))
        {
            continue;
        }
        let line = line.trim().trim_start_matches("date 2025-09-19 ");
        assert!(article.text.contains(line), "{}: lost `{line}`", expected.file);
    }
}

#[test]
fn the_date_of_a_sample_article_is_the_one_in_its_dateline() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../seeds/articles/ferry-1-first-reports.txt"
    );
    let article = article(&std::fs::read(path).expect("is in the repository"));
    assert_eq!(article.published.value.as_deref(), Some("2026-02-06"));
    assert_eq!(article.agency.as_deref(), Some("Pacific Press Service"));
}
