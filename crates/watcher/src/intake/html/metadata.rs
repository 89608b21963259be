//! What a page says about its article, each part from the best source that has it.

use dom_query::{Document, NodeRef};

use super::super::dates::{self, Moment};
use super::super::draft::{Draft, stated};
use super::super::{cleanup, credits, language};
use super::linked_data::{self, LinkedArticle};

/// What the page states.
#[derive(Debug, Clone, Default)]
pub(super) struct Metadata {
    pub(super) headline: Option<String>,
    pub(super) body: Option<String>,
    published: Option<Moment>,
    authors: Vec<String>,
    publisher: Option<String>,
    url: Option<String>,
    language: Option<String>,
}

/// What one walk over the page collects.
#[derive(Debug, Default)]
struct Found {
    /// `meta` elements: name or property, and content.
    meta: Vec<(String, String)>,
    scripts: Vec<String>,
    times: Vec<String>,
    h1: Vec<String>,
    title: Option<String>,
    canonical: Option<String>,
    language: Option<String>,
    /// Texts of elements that are marked as the author's name.
    bylines: Vec<String>,
    /// Texts of elements whose class says date.
    printed_dates: Vec<String>,
}

impl Metadata {
    /// Reads a page. Has to come before the extraction, which takes the page apart.
    pub(super) fn of(document: &Document) -> Self {
        let found = Found::walk(document);
        let linked = linked_data::article(found.scripts.iter().map(String::as_str)).unwrap_or_default();
        let publisher = found
            .first(&["og:site_name", "application-name"])
            .or_else(|| linked.publisher.clone());
        Self {
            headline: found.headline(&linked, publisher.as_deref()),
            published: found.published(&linked),
            authors: found.authors(&linked, publisher.as_deref()),
            url: found
                .canonical
                .clone()
                .filter(|url| url.starts_with("http"))
                .or_else(|| found.first(&["og:url"]))
                .or(linked.url),
            language: found
                .language
                .as_deref()
                .and_then(language::stated)
                .or_else(|| linked.language.as_deref().and_then(language::stated))
                .or_else(|| {
                    found
                        .first(&["og:locale", "content-language", "language"])
                        .as_deref()
                        .and_then(language::stated)
                }),
            body: linked.body,
            publisher,
        }
    }

    /// Moves everything into a draft.
    pub(super) fn describe(self, draft: &mut Draft) {
        draft.headline = self.headline;
        draft.published = self.published;
        draft.byline = self.authors;
        draft.publisher = self.publisher;
        draft.url = self.url;
        draft.language = self.language;
    }
}

impl Found {
    fn walk(document: &Document) -> Self {
        let mut found = Self::default();
        for node in document.root().descendants_it() {
            if node.is_element() {
                found.element(&node);
            }
        }
        found
    }

    fn element(&mut self, node: &NodeRef<'_>) {
        let Some(name) = node.node_name() else {
            return;
        };
        match &*name {
            "meta" => self.meta(node),
            "script" => {
                if node
                    .attr("type")
                    .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/ld+json"))
                {
                    self.scripts.push(node.text().to_string());
                }
            }
            "html" => self.language = node.attr("lang").map(|lang| lang.to_string()),
            "title" if self.title.is_none() => self.title = stated(&*node.text()),
            "h1" => self.h1.extend(stated(&*node.text())),
            "link"
                if node
                    .attr("rel")
                    .is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")) =>
            {
                self.canonical = node.attr("href").and_then(|href| stated(&*href));
            }
            "time" => {
                let time = node
                    .attr("datetime")
                    .map_or_else(|| node.text().to_string(), |time| time.to_string());
                self.times.push(time);
            }
            _ => self.marked(node),
        }
    }

    fn meta(&mut self, node: &NodeRef<'_>) {
        let name = node
            .attr("property")
            .or_else(|| node.attr("name"))
            .or_else(|| node.attr("itemprop"));
        if let (Some(name), Some(content)) = (name, node.attr("content"))
            && let Some(content) = stated(&*content)
        {
            self.meta.push((name.trim().to_ascii_lowercase(), content));
        }
    }

    /// Elements that say by attribute or class what they hold.
    fn marked(&mut self, node: &NodeRef<'_>) {
        let is_author = node.attr("rel").is_some_and(|rel| &*rel == "author")
            || node.attr("itemprop").is_some_and(|prop| &*prop == "author");
        if node
            .attr("itemprop")
            .is_some_and(|prop| &*prop == "datePublished")
        {
            let date = node
                .attr("content")
                .or_else(|| node.attr("datetime"))
                .map_or_else(|| node.text().to_string(), |d| d.to_string());
            self.times.insert(0, date);
        }
        let Some(class) = node.class().filter(|_| !is_author) else {
            if is_author && self.bylines.len() < 20 {
                self.bylines.extend(short_text(node));
            }
            return;
        };
        let class = class.to_ascii_lowercase();
        if self.bylines.len() < 20
            && [
                "byline",
                "author-name",
                "authorname",
                "article__author",
                "article-author",
            ]
            .iter()
            .any(|name| class.contains(name))
        {
            self.bylines.extend(short_text(node));
        }
        if self.printed_dates.len() < 20
            && ["publish", "pubdate", "pub-date", "date", "timestamp"]
                .iter()
                .any(|name| class.contains(name))
        {
            self.printed_dates.extend(short_text(node));
        }
    }

    /// Returns the first of these `meta` elements that there is.
    fn first(&self, names: &[&str]) -> Option<String> {
        names
            .iter()
            .find_map(|name| self.meta.iter().find(|(found, _)| found == name))
            .map(|(_, content)| content.clone())
    }

    /// The one of the stated headlines that the page prints, maybe behind a kicker; otherwise the one of the JSON-LD.
    fn headline(&self, linked: &LinkedArticle, publisher: Option<&str>) -> Option<String> {
        let bare = |headline: String| cleanup::split_suffix(&headline, publisher).0.to_owned();
        let social = self
            .first(&[
                "og:title",
                "twitter:title",
                "dc.title",
                "parsely-title",
                "sailthru.title",
            ])
            .map(bare);
        let linked = linked.headline.clone().map(bare);
        let printed = |headline: &Option<String>| {
            headline
                .as_deref()
                .is_some_and(|headline| self.h1.iter().any(|h1| letters(h1).ends_with(&letters(headline))))
        };
        if printed(&social) {
            return social;
        }
        if printed(&linked) {
            return linked;
        }
        let only_h1 = (self.h1.len() == 1).then(|| self.h1[0].clone());
        linked
            .or(social)
            .or(only_h1)
            .or_else(|| self.h1.first().cloned())
            .or_else(|| self.title.clone().map(bare))
    }

    fn published(&self, linked: &LinkedArticle) -> Option<Moment> {
        const NAMES: &[&str] = &[
            "article:published_time",
            "article:published",
            "og:published_time",
            "og:article:published_time",
            "datepublished",
            "parsely-pub-date",
            "sailthru.date",
            "pubdate",
            "publishdate",
            "publish-date",
            "publish_date",
            "publication_date",
            "date",
            "dc.date",
            "dc.date.issued",
            "dcterms.date",
            "dcterms.created",
            "dcterms.issued",
            "cxenseparse:recs:publishtime",
            "cxenseparse:publishtime",
            "article.published",
            "last-modified",
            "iso-8601-publish-date",
            "article_date_original",
            "citation_publication_date",
            "created",
        ];
        let moment = |text: &str| dates::metadata(text);
        let meta = || {
            NAMES
                .iter()
                .filter_map(|name| self.first(&[name]))
                .find_map(|date| moment(&date))
        };
        let found = linked.published.as_deref().and_then(moment).or_else(meta);
        found
            .or_else(|| self.times.iter().find_map(|time| moment(time)))
            .or_else(|| {
                self.printed_dates
                    .iter()
                    .filter_map(|text| dates::find(text))
                    .find_map(|found| found.date.moment())
            })
    }

    fn authors(&self, linked: &LinkedArticle, publisher: Option<&str>) -> Vec<String> {
        let meta = self.meta.iter().filter(|(name, content)| {
            matches!(
                name.as_str(),
                "author"
                    | "article:author"
                    | "parsely-author"
                    | "dc.creator"
                    | "sailthru.author"
                    | "dcterms.creator"
                    | "byl"
                    | "cxenseparse:author"
                    | "citation_author"
                    | "article:author_name"
            ) && !content.starts_with("http")
        });
        let meta: Vec<String> = meta.map(|(_, content)| content.clone()).collect();
        let candidates: [&[String]; 3] = [&linked.authors, &meta, &self.bylines];
        let mut outlet = None;
        for candidate in candidates {
            let mut authors: Vec<String> = Vec::new();
            for name in candidate
                .iter()
                .flat_map(|text| people(text))
                .filter(|name| may_be_name(name))
            {
                if publisher.is_some_and(|publisher| letters(publisher) == letters(&name)) {
                    outlet.get_or_insert(name);
                } else if !authors.iter().any(|known| letters(known) == letters(&name)) {
                    authors.push(name);
                }
            }
            if !authors.is_empty() {
                return authors;
            }
        }
        // Where nobody else is named, the outlet signs for itself.
        outlet.into_iter().collect()
    }
}

/// Splits a stated author into names.
fn people(text: &str) -> Vec<String> {
    let text = text.trim();
    let bare = ["By ", "by ", "BY ", "Von ", "von ", "Par ", "Por ", "Di "]
        .iter()
        .find_map(|label| text.strip_prefix(label))
        .unwrap_or(text);
    let credit = credits::names(bare);
    if !credit.authors.is_empty() {
        return credit.authors;
    }
    stated(bare)
        .filter(|name| name.len() <= 80 && !name.contains("://"))
        .into_iter()
        .collect()
}

/// Whether a stated author can be one: no number, address or half sentence.
fn may_be_name(name: &str) -> bool {
    let n_digits = name.bytes().filter(u8::is_ascii_digit).count();
    n_digits <= 2
        && !name.contains(['@', ':', '(', '•', '|'])
        && name.chars().count() >= 2
        && name.len() <= 80
}

/// The letters and digits of a text in lower case, for comparing.
fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn short_text(node: &NodeRef<'_>) -> Option<String> {
    // Long texts are whole sections whose class happens to say "date".
    let text = node.text();
    if text.len() > 400 {
        return None;
    }
    stated(text.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|text| text.len() <= 120)
}
