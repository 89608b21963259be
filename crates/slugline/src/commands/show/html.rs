//! The article as a web page that needs nothing else.

use std::fmt::Write;

use wire::EnrichedArticle;
use wire::message::ClaimantTag;

use super::meaning::meaning;
use super::segments::segments;

const HEAD: &str =
    "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Slugline</title>\n<style>
body{max-width:46em;margin:2em auto;padding:0 1em;font:17px/1.6 Georgia,serif;color:#222;background:#fdfdfb}
article{white-space:pre-wrap;margin-bottom:3em}
.person{background:#ffe9b8}.organization{background:#cdeef2}.place{background:#d8f0cf}
.norp{background:#f3d9f0}.event{background:#d9e2fb}.misc{background:#e8e8e8}
.figure{border-bottom:2px solid #c33}
small{color:#c33;font:12px/1 sans-serif;vertical-align:super}
</style>\n";

/// Returns one page with all articles: entities shaded by type, figures underlined and explained.
pub(super) fn page(records: &[EnrichedArticle]) -> String {
    let mut page = HEAD.to_owned();
    for record in records {
        page.push_str("<article>");
        for segment in segments(record) {
            let entity = segment.entity.map(|entity| entity.kind.as_str());
            let classes: Vec<&str> = entity
                .into_iter()
                .chain(segment.figure.map(|_| "figure"))
                .collect();
            let text = escape(segment.text);
            if classes.is_empty() {
                page.push_str(&text);
            } else {
                let title = segment
                    .entity
                    .map(|entity| escape(&entity.name))
                    .unwrap_or_default();
                let _infallible = write!(
                    page,
                    "<span class=\"{}\" title=\"{title}\">{text}</span>",
                    classes.join(" ")
                );
            }
            if let Some(figure) = segment.figure_ends {
                let _infallible = write!(
                    page,
                    "<small>{}</small>",
                    escape(&meaning(figure, ClaimantTag::of(record, figure).as_ref()))
                );
            }
        }
        page.push_str("</article>\n");
    }
    page.push_str("</html>\n");
    page
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
