//! What every target asks of the intake.

use watcher::intake::{Config, Origin, read};

/// Reads bytes, as a format or as what they look like; what comes out has to be in normal form.
pub(crate) fn check(bytes: &[u8], format: Option<&str>) {
    let settings = format.map_or_else(|| "{}".to_owned(), |format| format!("{{\"format\":\"{format}\"}}"));
    let config: Config = serde_json::from_str(&settings).expect("the settings are valid");
    let origin =
        Origin { source_name: "fuzz", path: "input", modified: None, received: None };
    let Ok(articles) = read(bytes, &origin, &config) else {
        return;
    };
    assert!(!articles.is_empty(), "no articles are a refusal");
    for article in articles {
        assert!(!article.text.is_empty(), "a text is never empty");
        assert!(!article.text.contains(['\r', '\u{0}']), "the text is in normal form");
        if let Some(headline) = &article.headline {
            assert!(article.text.starts_with(headline.as_str()), "the text begins with the headline");
        }
    }
}
