//! Pages: body, headline, date and authors.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use wire::Article;

use crate::{busy, first};

/// Measures the bodies of pages; whether none fails.
pub(crate) fn html(folder: &Path, verbose: bool) -> bool {
    let truth = json(&folder.join("ground-truth.json"));
    let (mut precision, mut recall, mut times, mut failed) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for (key, expected) in truth.as_object().into_iter().flatten() {
        let page = gunzip(&folder.join("html").join(format!("{key}.html.gz")));
        let start = busy();
        let article = first(&page);
        times.push(busy().saturating_sub(start));
        failed += usize::from(article.is_none());
        let found = article.as_ref().map(body).unwrap_or_default();
        let expected = expected["articleBody"].as_str().unwrap_or_default();
        let (tp, fp, fn_) = shingle_match(expected, found);
        precision.extend((tp + fp > 0.0).then(|| tp / (tp + fp)));
        recall.extend((tp + fn_ > 0.0).then(|| tp / (tp + fn_)));
        if verbose && tp / (tp + fp + fn_) < 0.9 {
            println!("{key} tp {tp} fp {fp} fn {fn_}\n== EXPECTED\n{expected}\n== FOUND\n{found}\n");
        }
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (precision, recall) = (mean(&precision), mean(&recall));
    let f1 = 2.0 * precision * recall / (precision + recall);
    println!(
        "pages {} failed {failed} F1 {f1:.4} precision {precision:.4} recall {recall:.4}",
        times.len()
    );
    print_times(&mut times);
    failed == 0
}

fn gunzip(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let file = std::fs::read(path).unwrap_or_default();
    let _read = flate2::read::GzDecoder::new(&file[..]).read_to_end(&mut bytes);
    bytes
}

fn json(path: &Path) -> Value {
    std::fs::read(path)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

/// The text below the headline.
fn body(article: &Article) -> &str {
    let headline = article.headline.as_deref().unwrap_or_default();
    article.text.strip_prefix(headline).unwrap_or(&article.text)
}

fn print_times(times: &mut [Duration]) {
    if times.is_empty() {
        return;
    }
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    let total = times.iter().sum::<Duration>().as_secs_f64();
    let rate = times.len() as f64 / total;
    println!(
        "CPU time p50 {:.1} ms p95 {:.1} ms max {:.1} ms, {rate:.0} pages/s on one core",
        at(50),
        at(95),
        at(100)
    );
}

/// Shares of shingles of four words that both, only the second and only the first text have.
fn shingle_match(expected: &str, found: &str) -> (f64, f64, f64) {
    let (expected, found) = (shingles(expected), shingles(found));
    let keys: BTreeSet<_> = expected.keys().chain(found.keys()).collect();
    let (mut tp, mut fp, mut fn_) = (0_usize, 0_usize, 0_usize);
    for key in keys {
        let (one, other) = (
            expected.get(key).copied().unwrap_or(0),
            found.get(key).copied().unwrap_or(0),
        );
        tp += one.min(other);
        fp += other.saturating_sub(one);
        fn_ += one.saturating_sub(other);
    }
    let sum = (tp + fp + fn_) as f64;
    (tp as f64 / sum, fp as f64 / sum, fn_ as f64 / sum)
}

fn shingles(text: &str) -> HashMap<Vec<&str>, usize> {
    let words = text
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty());
    let words: Vec<&str> = words.collect();
    let mut shingles = HashMap::new();
    for at in 0..(words.len() + 1).saturating_sub(4).max(1) {
        let shingle = words[at..words.len().min(at + 4)].to_vec();
        if !shingle.is_empty() {
            *shingles.entry(shingle).or_insert(0) += 1;
        }
    }
    shingles
}

/// How many of the pages that state a part have it right.
#[derive(Default)]
struct Tally {
    stated: usize,
    right: usize,
}

impl Tally {
    fn count(&mut self, right: bool) -> bool {
        self.stated += 1;
        self.right += usize::from(right);
        right
    }

    fn show(&self, name: &str) {
        let share = self.right as f64 / self.stated.max(1) as f64 * 100.0;
        println!("{name} {}/{} = {share:.1} %", self.right, self.stated);
    }
}

/// Measures what pages say of themselves; whether there are any.
pub(crate) fn fundus(folder: &Path, verbose: bool) -> bool {
    let (mut headline, mut date, mut authors) = (Tally::default(), Tally::default(), Tally::default());
    let mut times = Vec::new();
    for (page, expected) in fundus_pages(folder) {
        let bytes = gunzip(&page);
        let start = busy();
        let article = first(&bytes);
        times.push(busy().saturating_sub(start));
        let name = page
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let report = |part: &str, right: bool, want: &str, got: &str| {
            if verbose && !right {
                println!("{name}\t{part}\twant {want}\tgot {got}");
            }
        };
        if let Some(want) = expected["title"].as_str() {
            let got = article
                .as_ref()
                .and_then(|article| article.headline.clone())
                .unwrap_or_default();
            report(
                "headline",
                headline.count(letters(want) == letters(&got)),
                want,
                &got,
            );
        }
        if let Some(want) = expected["publishing_date"].as_str() {
            let got = article
                .as_ref()
                .and_then(|article| article.published.value.clone())
                .unwrap_or_default();
            report("date", date.count(is_same_date(want, &got)), want, &got);
        }
        let agency = article.as_ref().and_then(|article| article.agency.as_deref());
        let got: Vec<String> = article
            .as_ref()
            .map(|article| article.byline.clone())
            .unwrap_or_default();
        let named = |name: &str| got.iter().any(|got| letters(got) == letters(name));
        // The fixtures count agencies among the authors; here they have a field of their own.
        let want: Vec<&str> = expected["authors"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .filter(|name| named(name) || agency.is_none_or(|agency| letters(agency) != letters(name)))
            .collect();
        if !want.is_empty() {
            let right = want.iter().map(|name| letters(name)).collect::<HashSet<_>>()
                == got.iter().map(|name| letters(name)).collect();
            report(
                "authors",
                authors.count(right),
                &want.join(" & "),
                &got.join(" & "),
            );
        }
    }
    headline.show("headline");
    date.show("date");
    authors.show("authors");
    print_times(&mut times);
    headline.stated > 0
}

/// Pages with what is expected of them. Of an outlet with several, they and the versions go by date.
fn fundus_pages(folder: &Path) -> Vec<(PathBuf, Value)> {
    let files: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .flatten()
        .map(walkdir::DirEntry::into_path)
        .collect();
    let mut pages = Vec::new();
    for file in files
        .iter()
        .filter(|file| file.extension().is_some_and(|end| end == "json"))
    {
        let stem = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let is_page = |page: &&PathBuf| {
            let name = page.file_name().unwrap_or_default().to_string_lossy();
            page.parent() == file.parent()
                && name
                    .strip_prefix(&stem)
                    .is_some_and(|rest| rest.starts_with("_2") && rest.ends_with(".html.gz"))
        };
        let own: Vec<&PathBuf> = files.iter().filter(is_page).collect();
        let expected = json(file);
        let versions: Vec<&Value> = expected
            .as_object()
            .map(|versions| versions.values().collect())
            .unwrap_or_default();
        if own.len() == versions.len() {
            pages.extend(own.into_iter().cloned().zip(versions.into_iter().cloned()));
        }
    }
    pages
}

fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The same instant to the minute, or the same day where only that is known.
fn is_same_date(want: &str, got: &str) -> bool {
    let want = want.replacen(' ', "T", 1);
    let instant = |text: &str| {
        text.parse::<Timestamp>()
            .or_else(|_| format!("{text}Z").parse())
            .ok()
    };
    match (instant(&want), got.parse::<Timestamp>()) {
        (Some(want), Ok(got)) => {
            (want.as_second() - got.as_second()).abs() < 60
                || want.as_second() / 86_400 == got.as_second() / 86_400 && got.as_second() % 86_400 == 0
        }
        _ => got.len() >= 10 && want.starts_with(got),
    }
}
