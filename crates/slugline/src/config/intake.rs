//! The intake's part of the configuration.

use serde_json::json;
use watcher::intake;

use crate::settings::Settings;

/// Returns how bytes become articles, or what is wrong with the settings.
pub(crate) fn intake(settings: &Settings) -> Result<intake::Config, String> {
    let intake = &settings.intake;
    let format = (!intake.format.is_empty()).then_some(&intake.format);
    let mut fields = json!({});
    for (name, tried) in &intake.fields {
        fields[name] = json!(tried);
    }
    // The intake reads its own configuration, so that its errors are its own as well.
    let config = json!({
        "format": format,
        "repair_mojibake": intake.repair_mojibake,
        "disabled_rules": intake.disabled_rules,
        "rules": intake.rules,
        "fields": fields,
        "limits": { "document_bytes": settings.watcher.max_article.0 },
    });
    serde_json::from_value(config).map_err(|error| format!("`intake`: {error}"))
}

/// Returns how near-duplicates are recognised.
pub(crate) fn duplicates(settings: &Settings) -> watcher::duplicates::Config {
    watcher::duplicates::Config {
        capacity: settings.intake.remember_articles,
        threshold: settings.intake.duplicate_percent as f64 / 100.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(toml: &str) -> Settings {
        toml::from_str(toml).expect("are settings")
    }

    #[test]
    fn user_rules_and_fields_reach_the_intake() {
        let settings = settings(
            "[intake]\nformat = \"json\"\n[intake.rules.shop]\nline = \"Buy the .*\"\nzone = \"tail\"\n\
             [intake.fields]\nheadline = [\"kicker\"]\n",
        );
        let config = intake(&settings).expect("is valid");
        assert_eq!(config.format, Some(wire::message::Format::Json));
        assert_eq!(config.fields.headline, ["kicker"]);
    }

    #[test]
    fn broken_rules_and_formats_are_named() {
        let broken = intake(&settings("[intake.rules.shop]\nline = \"Buy (the\"\n")).expect_err("is broken");
        assert!(broken.contains("shop"), "{broken}");
        assert!(
            intake(&settings("[intake]\nformat = \"papyrus\"\n"))
                .expect_err("is unknown")
                .contains("papyrus")
        );
    }
}
