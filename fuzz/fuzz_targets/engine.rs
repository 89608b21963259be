//! The whole engine on arbitrary text: it never panics, and its spans slice the text.
#![no_main]

use std::sync::LazyLock;

use enricher::Engine;
use enricher::engine::Document;
use libfuzzer_sys::fuzz_target;

static ENGINE: LazyLock<Engine> = LazyLock::new(Engine::new);

fuzz_target!(|text: &str| {
    let analysis = ENGINE.analyse(&Document {
        text,
        ..Document::default()
    });
    for mention in analysis.entities.iter().flat_map(|entity| &entity.mentions) {
        assert!(text.get(mention.range()).is_some_and(|mention| !mention.is_empty()));
    }
});
