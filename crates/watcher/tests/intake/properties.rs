//! What holds for any bytes and any text.

use proptest::prelude::*;
use watcher::intake::Config;

use crate::support::try_read;

/// Texts made of pieces that the readers look for.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "Dam breaks above Qalat",
        "\n",
        "\n\n",
        " ",
        "QALAT, Mar 3 (AFP) — ",
        "Also Read: ",
        "<p>",
        "</p>",
        "<a href=",
        "é",
        "“",
        "’s",
        "date 2025-01-01 ",
        "By Ann Lee",
        "12:48 PM IST",
        "Aug 13 2025",
        "{\"text\":\"",
        "\"}",
        "---\n",
        "# ",
        "icon-x ",
        "\u{a0}",
        "\u{200b}",
        "e\u{301}",
        "Reuters",
        "The dam above the town broke on Monday and the water took two bridges with it. ",
        "ß",
        "数",
        "\r\n",
        "(Edited by X)",
        " | News",
        "&amp;",
        "]]>",
        "<!--",
        "http://x",
        "1/2/2026",
        "31 February",
        "<item>",
        "<rss>",
        "Subject: x\n",
        "From: y\n",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _either = try_read(&bytes, &Config::default());
    }

    #[test]
    fn texts_are_in_normal_form(text in pieces()) {
        for article in try_read(text.as_bytes(), &Config::default()).unwrap_or_default() {
            prop_assert!(unicode_normalization::is_nfc(&article.text));
            prop_assert!(!article.text.is_empty());
            prop_assert!(!article.text.contains('\r') && !article.text.contains("  ") && !article.text.contains("\n\n\n"));
            prop_assert_eq!(article.text.trim(), article.text.as_str());
            if let Some(headline) = &article.headline {
                prop_assert!(article.text.starts_with(headline.as_str()), "{:?} {:?}", headline, article.text);
            }
        }
    }

    #[test]
    fn every_format_takes_anything(text in pieces()) {
        for name in ["text", "markdown", "html", "rss", "atom", "json_feed", "ninjs", "newsml", "nitf", "json", "jsonl", "eml", "warc"] {
            let config: Config = serde_json::from_str(&format!("{{\"format\":\"{name}\"}}")).expect("is a configuration");
            let _either = try_read(text.as_bytes(), &config);
        }
    }

    #[test]
    fn nothing_is_lost_but_what_is_recorded(lines in prop::collection::vec("[A-Z][a-z]{2,9}( [a-z]{2,9}){3,30}\\.", 1..12)) {
        let text = lines.join("\n\n");
        let article = try_read(text.as_bytes(), &Config::default()).expect("is text").remove(0);
        let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
        let removed: usize = article.removed.iter().map(|removed| letters(&removed.text)).sum();
        prop_assert_eq!(letters(&text), letters(&article.text) + removed);
    }
}
