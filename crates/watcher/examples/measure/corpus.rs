//! The articles of files and folders.

use std::path::Path;

use serde_json::Value;

/// Returns the articles of files, folders with all they hold, and `articles.jsonl`, each with a name.
pub(crate) fn articles(paths: &[&str]) -> impl Iterator<Item = (String, Vec<u8>)> {
    let walk = |path: &&str| {
        walkdir::WalkDir::new(path)
            .sort_by_file_name()
            .into_iter()
            .flatten()
    };
    let is_article = |path: &Path| !path.ends_with("README.TXT") && !path.ends_with("LICENSE-NOTE.md");
    paths
        .iter()
        .flat_map(walk)
        .filter(move |entry| entry.file_type().is_file() && is_article(entry.path()))
        .flat_map(|entry| {
            let name = entry.path().to_string_lossy().into_owned();
            let bytes = std::fs::read(entry.path()).unwrap_or_default();
            if name.ends_with("articles.jsonl") {
                lines(&bytes)
            } else {
                vec![(name, bytes)]
            }
        })
}

/// Returns each line as a plain text with the title on top.
fn lines(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    let texts = lines.filter_map(|(number, line)| {
        let value: Value = serde_json::from_slice(line).ok()?;
        let title = value["title"].as_str().unwrap_or_default();
        let text = format!("{title}\n\n{}", value["text"].as_str()?);
        Some((format!("line-{}.txt", number + 1), text.into_bytes()))
    });
    texts.collect()
}
