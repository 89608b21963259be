//! The fixtures of agencies and of IPTC: each yields headline and body, or a refusal that says why.
//!
//! They are not part of the repository, since some are under the AGPL; formats of our own writing are in `formats.rs`.

use std::collections::BTreeMap;
use std::path::Path;

use watcher::intake::Config;

use crate::support::{shared, try_read};

/// Fixtures without a headline of their own: text of wire services that mark none, and one with an abstract only.
fn may_lack_headline(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|end| end == "tst") || name == "stt_newsml_abstract_test.xml"
}

#[test]
fn every_wire_fixture_is_read_or_refused_with_a_reason() {
    let Some(folder) = shared("data/articles/newsml-nitf-ninjs") else {
        return;
    };
    let (mut n_read, mut refused) = (0, BTreeMap::new());
    for entry in walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_fixture = ["xml", "json", "txt", "tst"]
            .iter()
            .any(|end| name.ends_with(&format!(".{end}")));
        if !is_fixture
            || entry
                .path()
                .components()
                .any(|part| part.as_os_str() == "specification")
        {
            continue;
        }
        let bytes = std::fs::read(entry.path()).expect("is readable");
        match try_read(&bytes, &Config::default()) {
            Ok(articles) => {
                n_read += 1;
                for article in articles {
                    assert!(!article.text.trim().is_empty(), "{name}: no text");
                    let has_headline = article.headline.is_some() || may_lack_headline(&name);
                    assert!(has_headline, "{name}: no headline in {:?}", article.text);
                }
            }
            Err(refusal) => {
                assert!(!refusal.detail.is_empty(), "{name}: refused without a reason");
                refused.insert(name, refusal.to_string());
            }
        }
    }
    println!("{n_read} read, {} refused: {refused:#?}", refused.len());
    assert!(n_read > refused.len() * 5, "most fixtures are read: {refused:#?}");
}
