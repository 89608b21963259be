//! What holds for every text: spans are sound, the same text gives the same output, and no text takes long.

use std::sync::LazyLock;

use enricher::Engine;
use enricher::engine::{Analysis, Document, sentences, tokens};
use proptest::prelude::*;

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

fn analyse(text: &str) -> Analysis {
    ENGINE.analyse(&Document {
        text,
        ..Document::default()
    })
}

/// Checks what must hold for the mentions of a text.
fn check_spans(text: &str) {
    let analysis = analyse(text);
    let mut spans = Vec::new();
    for entity in &analysis.entities {
        assert!(!entity.mentions.is_empty() && !entity.name.is_empty());
        assert!(entity.mentions.is_sorted(), "mentions in order");
        assert!((0.0..=1.0).contains(&entity.confidence) && (0.0..=1.0).contains(&entity.salience));
        spans.extend(entity.mentions.iter().copied());
    }
    for span in &spans {
        assert!(
            text.get(span.range())
                .is_some_and(|mention| !mention.trim().is_empty()),
            "{span:?} of {text:?}"
        );
    }
    spans.sort_unstable();
    assert!(
        spans.windows(2).all(|pair| !pair[0].overlaps(pair[1])),
        "no overlap in {text:?}"
    );
    let first: Vec<_> = analysis
        .entities
        .iter()
        .map(|entity| entity.mentions[0])
        .collect();
    assert!(first.is_sorted(), "entities in order of first mention");
}

/// Words that news is made of, with everything that makes it difficult.
fn news() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[A-Z][a-z]{1,9}",
        "[A-Z]{2,6}",
        "[a-z]{1,9}",
        "[0-9]{1,4}",
        Just("U.S.".to_owned()),
        Just("President".to_owned()),
        Just("al-Assad".to_owned()),
        Just("Pakistan’s".to_owned()),
        Just("Ministry of".to_owned()),
        Just("(".to_owned()),
        Just(")".to_owned()),
        Just("“".to_owned()),
        Just("—".to_owned()),
        Just(".\n".to_owned()),
        Just("Ç\u{327}é\u{301}".to_owned()),
        Just("\u{200f}\u{202e}".to_owned()),
        Just("🙂".to_owned()),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_text_gives_sound_spans(text in "\\PC{0,200}") {
        check_spans(&text);
    }

    #[test]
    fn news_gives_sound_spans(text in news()) {
        check_spans(&text);
        check_spans(&text.to_uppercase());
        check_spans(&text.to_lowercase());
    }

    #[test]
    fn tokens_and_sentences_cover_the_text(text in "\\PC{0,200}") {
        let tokens = tokens::tokenize(&text);
        prop_assert!(tokens.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
        prop_assert!(tokens.iter().all(|token| text.get(token.span.range()).is_some() && !token.span.is_empty()));
        let sentences = sentences::split(&text, &tokens);
        let inside = |token: &tokens::Token| sentences.iter().filter(|sentence| sentence.contains(token.span)).count();
        prop_assert!(tokens.iter().all(|token| inside(token) == 1));
    }
}

#[test]
fn every_thread_gives_the_same_output() {
    let text = "Gen. Asim Malik of the Red Dawn Front (RDF) met UN officials in Kabul. Malik left for the U.S. later.";
    let expect = analyse(text);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(analyse(text), expect));
        }
    });
}

/// Texts that break careless code, as one unit to be repeated; that they take linear work is tested in `steps.rs`.
const HOSTILE: [&str; 14] = [
    "A",
    "a",
    "A ",
    "A-",
    "Khan A Khan ",
    "(ABC) ",
    "Ä\u{301}",
    "\u{202e}X ",
    "🙂",
    "'s'",
    "U.S.",
    "\n",
    "\"“”’",
    "Front of the Front of ",
];

#[test]
fn hostile_texts_are_taken() {
    for unit in HOSTILE {
        check_spans(&unit.repeat(16_000 / unit.len()));
    }
}

#[test]
fn a_megabyte_on_one_line_is_analysed() {
    let unit =
        "The Red Dawn Front said on Monday that General Asim Malik of Pakistan left Kabul for New York. ";
    let text = unit.repeat(1_000_000 / unit.len());
    assert!(!analyse(&text).entities.is_empty());
}

#[test]
fn model_and_lexicon_stay_below_twenty_megabytes() {
    let files = [
        &include_bytes!("../data/model.bin")[..],
        include_bytes!("../data/lexicon.bin"),
    ];
    assert!(files.iter().map(|file| file.len()).sum::<usize>() < 20_000_000);
}
