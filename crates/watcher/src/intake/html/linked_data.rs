//! What a page's JSON-LD says about the article.

use serde_json::Value;

use super::super::bounds;
use super::super::config::Limits;
use super::super::draft::stated;

/// The parts of a schema.org `NewsArticle` that are used.
#[derive(Debug, Clone, Default)]
pub(super) struct LinkedArticle {
    pub(super) headline: Option<String>,
    pub(super) published: Option<String>,
    pub(super) authors: Vec<String>,
    /// Authors that are no persons: the outlet signs for itself.
    pub(super) organisations: Vec<String>,
    pub(super) publisher: Option<String>,
    pub(super) url: Option<String>,
    pub(super) language: Option<String>,
    pub(super) body: Option<String>,
}

/// How many values of a page's JSON-LD are looked at.
const MOST_VALUES: usize = 20_000;

/// Reads the JSON-LD blocks of a page; the best article among them, if there is one.
pub(super) fn article<'s>(scripts: impl Iterator<Item = &'s str>) -> Option<LinkedArticle> {
    let documents: Vec<Value> = scripts.filter_map(parse).collect();
    let mut left = MOST_VALUES;
    let mut articles = Vec::new();
    for document in &documents {
        collect(document, &mut articles, &mut left);
    }
    let best = articles
        .into_iter()
        .min_by_key(|(rank, article)| (*rank, article.get("headline").is_none()))?
        .1;
    let mut nodes = Vec::new();
    let mut left = MOST_VALUES;
    for document in &documents {
        identified(document, &mut nodes, &mut left);
    }
    Some(read(best, &nodes))
}

/// Parses JSON that may hold raw line breaks and comments around it, as pages do.
fn parse(script: &str) -> Option<Value> {
    let trimmed = script.trim().trim_start_matches("<!--").trim_end_matches("-->");
    let trimmed = trimmed
        .trim()
        .trim_start_matches("//<![CDATA[")
        .trim_end_matches("//]]>")
        .trim()
        .trim_end_matches(';');
    bounds::json(trimmed, &Limits::default()).ok()?;
    serde_json::from_str(trimmed).ok().or_else(|| {
        let plain: String = trimmed
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        serde_json::from_str(&plain).ok()
    })
}

/// Collects the articles of a document with a rank, lower is better.
fn collect<'v>(value: &'v Value, articles: &mut Vec<(u8, &'v Value)>, left: &mut usize) {
    *left = left.saturating_sub(1);
    if *left == 0 {
        return;
    }
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, articles, left)),
        Value::Object(object) => {
            if let Some(rank) = object.get("@type").and_then(rank) {
                articles.push((rank, value));
            }
            for key in [
                "@graph",
                "mainEntity",
                "mainEntityOfPage",
                "itemListElement",
                "item",
            ] {
                if let Some(inner) = object.get(key) {
                    collect(inner, articles, left);
                }
            }
        }
        _ => {}
    }
}

/// Collects the objects that have an `@id`, which others refer to.
fn identified<'v>(value: &'v Value, nodes: &mut Vec<&'v Value>, left: &mut usize) {
    *left = left.saturating_sub(1);
    if *left == 0 {
        return;
    }
    match value {
        Value::Array(values) => values.iter().for_each(|value| identified(value, nodes, left)),
        Value::Object(object) => {
            if object.contains_key("@id") && object.contains_key("name") {
                nodes.push(value);
            }
            object
                .values()
                .filter(|value| value.is_object() || value.is_array())
                .for_each(|value| identified(value, nodes, left));
        }
        _ => {}
    }
}

fn rank(kind: &Value) -> Option<u8> {
    let rank = |name: &str| {
        let name = name.rsplit('/').next().unwrap_or(name);
        match name {
            "NewsArticle"
            | "ReportageNewsArticle"
            | "AnalysisNewsArticle"
            | "OpinionNewsArticle"
            | "LiveBlogPosting"
            | "BackgroundNewsArticle"
            | "ReviewNewsArticle"
            | "AskPublicNewsArticle" => Some(0),
            "Article" | "BlogPosting" | "Report" | "ScholarlyArticle" | "TechArticle" | "Review" => Some(1),
            "WebPage" | "ItemPage" | "VideoObject" => Some(3),
            _ => None,
        }
    };
    match kind {
        Value::String(name) => rank(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).filter_map(rank).min(),
        _ => None,
    }
}

fn read(value: &Value, nodes: &[&Value]) -> LinkedArticle {
    let text = |key: &str| value.get(key).and_then(first_text);
    let mut authors = Named::default();
    for key in ["author", "creator"] {
        if let Some(value) = value.get(key).filter(|_| authors.is_empty()) {
            names(value, nodes, &mut authors, MOST_NESTED);
        }
    }
    let mut publishers = Named::default();
    if let Some(value) = value.get("publisher") {
        names(value, nodes, &mut publishers, MOST_NESTED);
    }
    LinkedArticle {
        headline: text("headline").or_else(|| text("name")),
        published: text("datePublished").or_else(|| text("dateCreated")),
        authors: authors.persons,
        organisations: authors.organisations,
        publisher: publishers
            .organisations
            .into_iter()
            .chain(publishers.persons)
            .next(),
        url: text("url")
            .or_else(|| text("mainEntityOfPage"))
            .filter(|url| url.starts_with("http")),
        language: text("inLanguage"),
        body: text("articleBody"),
    }
}

fn first_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => stated(super::strip::text_of(text)),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) => values.iter().find_map(first_text),
        Value::Object(object) => ["@value", "@id", "name"]
            .iter()
            .find_map(|key| object.get(*key))
            .and_then(Value::as_str)
            .and_then(stated),
        _ => None,
    }
}

/// Names of authors or publishers.
#[derive(Debug, Default)]
struct Named {
    /// Of persons, and of what does not say what it is.
    persons: Vec<String>,
    organisations: Vec<String>,
}

impl Named {
    fn is_empty(&self) -> bool {
        self.persons.is_empty() && self.organisations.is_empty()
    }
}

/// How deep lists of authors are nested at most.
const MOST_NESTED: usize = 4;

/// Appends names: strings, objects with `name` or its parts, lists, references by `@id`.
fn names(value: &Value, nodes: &[&Value], out: &mut Named, depth: usize) {
    match value {
        Value::String(name) => out.persons.extend(stated(super::strip::text_of(name))),
        Value::Array(values) if depth > 0 => values
            .iter()
            .for_each(|value| names(value, nodes, out, depth - 1)),
        Value::Object(object) => {
            let by_id = |id| nodes.iter().find(|node| node.get("@id") == Some(id)).copied();
            let node = match object.get("@id") {
                Some(id) if !object.contains_key("name") => by_id(id).unwrap_or(value),
                _ => value,
            };
            let part = |key: &str| node.get(key).and_then(first_text);
            let name =
                part("name").or_else(|| Some(format!("{} {}", part("givenName")?, part("familyName")?)));
            let kind = node.get("@type").and_then(first_text).unwrap_or_default();
            if kind.ends_with("Organization") {
                out.organisations.extend(name);
            } else if let Some(Value::Array(several)) = node.get("name") {
                out.persons.extend(several.iter().filter_map(first_text));
            } else {
                out.persons.extend(name);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_article_in_a_graph() {
        let script = r##"{"@graph":[{"@type":"WebPage","name":"Page"},
            {"@type":["NewsArticle"],"headline":"Dam &amp; bridge","datePublished":"2026-03-03T06:00:00Z",
             "author":[{"@id":"#ann"},{"name":"Tom Ray"}],"publisher":{"name":"The Amel Post"}},
            {"@type":"Person","@id":"#ann","name":"Ann Lee"}]}"##;
        let article = article([script].into_iter()).expect("has an article");
        assert_eq!(article.headline.as_deref(), Some("Dam & bridge"));
        assert_eq!(article.authors, ["Ann Lee", "Tom Ray"]);
        assert_eq!(article.publisher.as_deref(), Some("The Amel Post"));
    }

    #[test]
    fn tells_persons_from_organisations() {
        let script = r#"{"@type":"NewsArticle","author":[[{"@type":"Person","givenName":"Ann","familyName":"Lee"}],
            {"@type":"NewsMediaOrganization","name":"The Amel Post"},{"name":["Tom Ray","Pat Poe"]}]}"#;
        let article = article([script].into_iter()).expect("has an article");
        assert_eq!(article.authors, ["Ann Lee", "Tom Ray", "Pat Poe"]);
        assert_eq!(article.organisations, ["The Amel Post"]);
    }

    #[test]
    fn survives_raw_line_breaks_and_nonsense() {
        let broken = "{\"@type\":\"Article\",\"headline\":\"Two\nlines\"}";
        assert_eq!(
            article([broken].into_iter()).and_then(|a| a.headline).as_deref(),
            Some("Two lines")
        );
        assert!(article(["{", "[]", "null", "{\"@type\":7}"].into_iter()).is_none());
    }
}
