//! Articles to measure with: sentences of the sample articles, shuffled, so that no two are alike.

use std::fs;
use std::path::{Path, PathBuf};

use fastrand::Rng;

/// Sentences per article: some 2.5 kB, a wire report of medium length.
const SENTENCES: usize = 16;

/// A folder of articles.
pub(crate) struct Corpus {
    pub(crate) folder: PathBuf,
    pub(crate) files: Vec<PathBuf>,
    pub(crate) bytes: u64,
}

impl Corpus {
    /// Makes articles of medium length; the same ones every time.
    pub(crate) fn make(folder: &Path, count: usize) -> Self {
        Self::with_sentences(folder, count, SENTENCES)
    }

    /// Makes articles of one or two sentences.
    pub(crate) fn make_short(folder: &Path, count: usize) -> Self {
        Self::with_sentences(folder, count, 1)
    }

    fn with_sentences(folder: &Path, count: usize, sentences: usize) -> Self {
        let pool = sample_sentences();
        let mut rng = Rng::with_seed(1);
        let mut corpus = Self {
            folder: folder.to_owned(),
            files: Vec::with_capacity(count),
            bytes: 0,
        };
        for number in 0..count {
            let text = article(number, &pool, sentences, &mut rng);
            let subfolder = folder.join(format!("{:03}", number / 1000));
            if number % 1000 == 0 {
                fs::create_dir_all(&subfolder).expect("a folder");
            }
            let file = subfolder.join(format!("{number:06}.txt"));
            fs::write(&file, &text).expect("writes");
            corpus.bytes += text.len() as u64;
            corpus.files.push(file);
        }
        corpus
    }
}

/// Returns an article that is unlike any other.
pub(crate) fn article(number: usize, pool: &[String], sentences: usize, rng: &mut Rng) -> String {
    let mut text =
        format!("The provincial office said in bulletin number {number} that it had begun to count.");
    for n in 0..sentences {
        text.push_str(if n % 3 == 2 { "\n\n" } else { " " });
        text.push_str(&pool[rng.usize(..pool.len())]);
    }
    text
}

/// Returns the long sentences of the plain sample articles.
pub(crate) fn sample_sentences() -> Vec<String> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../seeds/articles");
    let mut files: Vec<PathBuf> = fs::read_dir(samples)
        .expect("sample articles")
        .map(|entry| entry.expect("is readable").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    let mut sentences = Vec::new();
    for file in files {
        // One sample is in a legacy encoding, on purpose.
        let Ok(text) = String::from_utf8(fs::read(file).expect("is readable")) else {
            continue;
        };
        let long = text
            .lines()
            .filter(|line| line.len() > 120)
            .flat_map(|line| line.split_inclusive(". "));
        sentences.extend(
            long.map(|sentence| sentence.trim().to_owned())
                .filter(|sentence| sentence.len() > 40),
        );
    }
    sentences
}
