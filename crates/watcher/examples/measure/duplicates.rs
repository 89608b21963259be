//! Near-duplicates: marks on copies that are made here.

use watcher::duplicates::{Config, Index};
use wire::ArticleId;

use crate::{busy, corpus, first};

/// A small generator, so that every run makes the same copies.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }
}

/// Makes a copy as another outlet would print it.
fn perturb(text: &str, random: &mut Random) -> String {
    let mut lines: Vec<String> = text.split("\n\n").map(str::to_owned).collect();
    match random.below(3) {
        0 => lines[0] = format!("Report: {}", lines[0].to_uppercase()),
        1 => "What we know so far about the story of the day".clone_into(&mut lines[0]),
        _ => {}
    }
    if lines.len() > 1 && random.below(2) == 0 {
        lines[1] = format!("LONDON (AFP) - {}", lines[1]);
    }
    if lines.len() > 4 && random.below(2) == 0 {
        let cut = lines.len() - 1 - random.below(lines.len() / 4);
        lines.truncate(cut);
    }
    if random.below(2) == 0 {
        lines.push(
            "Stay with us for more on this story, and write to our editors if you have seen it happen."
                .to_owned(),
        );
    }
    if random.below(3) == 0 {
        let at = random.below(lines.len());
        lines[at] = lines[at]
            .replace(" said ", " told reporters ")
            .replace(" per cent", "%");
    }
    lines.join("\n\n")
}

/// Measures the marks; whether there is anything to mark.
pub(crate) fn measure(paths: &[&str]) -> bool {
    let texts: Vec<String> = corpus::articles(paths)
        .filter_map(|(_, bytes)| first(&bytes))
        .map(|article| article.text)
        .collect();
    let mut index = Index::new(Config::default());
    let mut random = Random(7);
    // What the corpus itself repeats is found first, so that only the copies made here are judged.
    let start = busy();
    let mut originals = Vec::new();
    let mut own = 0;
    for text in &texts {
        let id = ArticleId::of(text.as_bytes());
        match index.check(id, text).of {
            None => originals.push((id, text)),
            Some(_) => own += 1,
        }
    }
    let rate = texts.len() as f64 / busy().saturating_sub(start).as_secs_f64();
    let (mut marked, mut right, mut copies) = (0_usize, 0_usize, 0_usize);
    for (id, text) in originals.iter().filter(|(_, text)| text.len() > 400) {
        let copy = perturb(text, &mut random);
        copies += 1;
        let duplicate = index.check(ArticleId::of(copy.as_bytes()), &copy);
        marked += usize::from(duplicate.of.is_some());
        right += usize::from(duplicate.of == Some(*id));
    }
    println!(
        "{} texts, {own} marked as copies within the corpus, {rate:.0} texts/s",
        texts.len()
    );
    println!(
        "copies {copies} marked {marked} right {right}: precision {:.4} recall {:.4}",
        right as f64 / marked.max(1) as f64,
        right as f64 / copies.max(1) as f64
    );
    println!(
        "index of {} articles: {} bytes",
        index.len(),
        index.to_bytes().len()
    );
    copies > 0
}
