//! Word clusters (`word`, then its cluster among 128, 512 and 2048), without the words the engine never asks for.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;
use enricher::engine::hash::{self, Folded};
use enricher::engine::lexicon::Clusters;
use enricher::engine::tokens::tokenize;

/// Reads the clusters. A word is left out when its lower-case form has the same ones.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<(u64, Clusters)>> {
    let mut unpack = Command::new("xz")
        .arg("-dc")
        .arg(path)
        .stdout(Stdio::piped())
        .spawn()
        .context("failed to run xz")?;
    let output = unpack.stdout.take().context("xz has no output")?;
    let mut words = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line?;
        let mut fields = line.split('\t');
        let Some(word) = fields.next() else { continue };
        let mut number = || {
            fields
                .next()
                .and_then(|field| field.parse::<u16>().ok())
                .map(|number| number + 1)
        };
        let (Some(coarse), Some(middle), Some(fine)) = (number(), number(), number()) else {
            continue;
        };
        if tokenize(word).len() == 1 && word.len() <= 24 && !word.contains('_') {
            words.push((word.to_owned(), Clusters { coarse, middle, fine }));
        }
    }
    unpack.wait()?;
    Ok(without_redundant(&words))
}

fn without_redundant(words: &[(String, Clusters)]) -> Vec<(u64, Clusters)> {
    let lower: HashMap<&str, Clusters> = words
        .iter()
        .filter(|(word, _)| !word.contains(char::is_uppercase))
        .map(|(word, clusters)| (word.as_str(), *clusters))
        .collect();
    let mut kept: HashMap<u64, Clusters> = HashMap::new();
    for (word, clusters) in words {
        let is_redundant =
            word.contains(char::is_uppercase) && lower.get(word.to_lowercase().as_str()) == Some(clusters);
        if !is_redundant {
            kept.insert(hash::bytes(word.as_bytes()), *clusters);
        }
        kept.entry(hash::bytes(Folded::new(word).as_bytes()))
            .or_insert(*clusters);
    }
    let mut kept: Vec<_> = kept.into_iter().collect();
    kept.sort_unstable_by_key(|(hash, _)| *hash);
    kept
}
