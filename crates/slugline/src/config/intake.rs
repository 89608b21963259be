//! The intake's part of the configuration.

use serde_json::json;
use watcher::intake;

use crate::settings::Settings;

/// Returns how bytes become articles, or what is wrong with the settings.
pub(crate) fn intake(settings: &Settings) -> Result<intake::Config, String> {
    let intake = &settings.intake;
    let mut problems = Vec::new();
    let mut format = None;
    if !intake.format.is_empty() {
        match intake::Config::format_named(&intake.format) {
            Ok(known) => format = Some(known),
            Err(unknown) => problems.push(unknown),
        }
    }
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
    let config: intake::Config =
        serde_json::from_value(config).map_err(|error| format!("`intake`: {error}"))?;
    problems.extend(config.unknown_names());
    if problems.is_empty() {
        return Ok(config);
    }
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    Err(problems.join("\n"))
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
        for format in ["papyrus", "pdf", "json-feed"] {
            let told =
                intake(&settings(&format!("[intake]\nformat = \"{format}\"\n"))).expect_err("is unknown");
            assert!(told.contains(&format!("`intake.format` is `{format}`")), "{told}");
        }
    }

    #[test]
    fn every_unknown_name_is_told() {
        let told = intake(&settings(
            "[intake]\nformat = \"pdf\"\ndisabled_rules = [\"topics\", \"caption\", \"share_icon\"]\n",
        ))
        .expect_err("is unknown");
        assert_eq!(told.lines().count(), 2, "{told}");
        assert!(told.contains("`intake.disabled_rules` is `share_icon`"), "{told}");
        assert!(told.contains("share_icons"), "{told}");
    }
}
