//! What a page says about its article, each part from the best source that has it.

use dom_query::{Document, NodeId, NodeRef};

use super::super::dates::{self, Moment};
use super::super::draft::{Draft, stated};
use super::super::{cleanup, language};
use super::authors::{self, Authors, Sources};
use super::bylines::{self, Place};
use super::linked_data::{self, LinkedArticle};

/// What the page states.
#[derive(Debug, Clone, Default)]
pub(super) struct Metadata {
    pub(super) headline: Option<String>,
    pub(super) body: Option<String>,
    published: Option<Moment>,
    authors: Authors,
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
    h2: Vec<String>,
    title: Option<String>,
    canonical: Option<String>,
    language: Option<String>,
    /// Texts of elements that are marked as the author's name.
    bylines: Vec<String>,
    place: Place,
    /// Texts of the first link to an author's page, and of those beside it.
    author_links: Vec<String>,
    /// What holds the first of these links.
    author_list: Option<NodeId>,
    /// Texts of elements whose class says date.
    printed_dates: Vec<String>,
}

/// How many `h2` elements are looked at for the headline.
const MOST_H2: usize = 6;

/// How many characters a headline in an `h2` has at least.
const LEAST_IN_H2: usize = 20;

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
        draft.byline = self.authors.names;
        draft.agency = self.authors.agency;
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
            "h1" => self.h1.extend(heading(node)),
            "h2" if self.h2.len() < MOST_H2 => self.h2.extend(heading(node)),
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
            "a" => {
                self.author_link(node);
                self.marked(node);
            }
            "p" => {
                self.marked(node);
                self.place.paragraph(node);
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

    /// Links to `/author/ann-lee`; the first, and those in the same list.
    fn author_link(&mut self, node: &NodeRef<'_>) {
        const FOLDERS: &[&str] = &[
            "author", "authors", "autor", "autoren", "auteur", "auteurs", "autores",
        ];
        let is_author = |href: &str| {
            href.split('/')
                .rev()
                .skip(1)
                .any(|folder| FOLDERS.contains(&folder))
        };
        if self.author_links.len() >= 20 || !node.attr("href").is_some_and(|href| is_author(&href)) {
            return;
        }
        let list = node.parent().and_then(|item| item.parent()).map(|list| list.id);
        if (self.author_links.is_empty() || self.author_list == list)
            && let Some(name) = short_text(node)
        {
            self.author_list = list;
            self.author_links.push(name);
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
            if is_author && self.bylines.len() < 20 && self.place.is_of_article(node) {
                self.bylines.extend(short_text(node));
            }
            return;
        };
        let class = class.to_ascii_lowercase();
        if self.bylines.len() < 20 && bylines::is_byline(&class) && self.place.is_of_article(node) {
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
    ///
    /// Some pages print the headline in an `h2`, below an `h1` that is for search engines.
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
        let stated = || social.iter().chain(&linked);
        let is_in = |headings: &[String], headline: &str| {
            let own = letters(headline);
            headings.iter().any(|heading| letters(heading).ends_with(&own))
        };
        let below = stated()
            .filter(|headline| headline.chars().count() >= LEAST_IN_H2)
            .find(|headline| is_in(&self.h2, headline) && !is_in(&self.h1, headline));
        if let Some(headline) = below.or_else(|| stated().find(|headline| is_in(&self.h1, headline))) {
            return Some(headline.clone());
        }
        let only_h1 = (self.h1.len() == 1).then(|| self.h1[0].as_str());
        if let (Some(h1), Some(social)) = (only_h1, &social)
            && let Some(headline) = shared(h1, social)
        {
            return Some(headline.to_owned());
        }
        // Where no heading prints it, the one that is nothing but the headline.
        linked
            .or_else(|| self.first(&["headline"]))
            .or(social)
            .or(only_h1.map(str::to_owned))
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

    fn authors(&self, linked: &LinkedArticle, publisher: Option<&str>) -> Authors {
        authors::find(&Sources {
            linked: &linked.authors,
            meta: &self.author_metas(is_author_meta),
            other_meta: &self.other_author_metas(),
            printed: &self.bylines,
            links: &self.author_links,
            organisations: &linked.organisations,
            publisher,
        })
    }

    /// Contents of the `meta` elements with such names.
    fn author_metas(&self, is_named: fn(&str) -> bool) -> Vec<String> {
        let is_name = |content: &str| !content.starts_with("http") && !content.contains('@');
        let metas = self
            .meta
            .iter()
            .filter(|(name, content)| is_named(name) && is_name(content));
        metas.map(|(_, content)| content.clone()).collect()
    }

    /// Those that only some outlets have, and what is labelled "Written by".
    fn other_author_metas(&self) -> Vec<String> {
        let ends = |name: &str| {
            ["author", "authors", "written by"]
                .iter()
                .any(|end| name.ends_with(end))
        };
        let labels = ["written by", "verfasst von", "écrit par", "escrito por"];
        let label = self.first(&["twitter:label1"]).unwrap_or_default().to_lowercase();
        let mut names = self.author_metas(ends);
        names.extend(
            self.first(&["twitter:data1"])
                .filter(|_| labels.contains(&label.as_str())),
        );
        names
    }
}

/// Whether a `meta` element of this name holds an author.
fn is_author_meta(name: &str) -> bool {
    matches!(
        name,
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
    )
}

/// The letters and digits of a text in lower case, for comparing.
pub(super) fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// What a heading and a stated headline share, where one has the outlet behind it or both have a kicker of their own.
fn shared<'h>(heading: &'h str, headline: &str) -> Option<&'h str> {
    const SEPARATORS: &[&str] = &[" - ", " – ", " — ", " | ", ": "];
    let outlet = headline.strip_prefix(heading);
    if outlet.is_some_and(|rest| SEPARATORS.iter().any(|separator| rest.starts_with(separator))) {
        return Some(heading);
    }
    let parts = SEPARATORS
        .iter()
        .filter_map(|separator| heading.split_once(separator));
    let mut behind_kicker = parts
        .map(|(_, rest)| rest)
        .filter(|rest| rest.chars().count() >= LEAST_IN_H2);
    behind_kicker.find(|rest| {
        let own = heading.strip_suffix(rest).unwrap_or_default();
        let other = headline.strip_suffix(rest).unwrap_or_default();
        let words = |kicker: &str| -> Vec<String> {
            let long = kicker.split(' ').map(letters).filter(|word| word.len() >= 4);
            long.collect()
        };
        // What two kickers share belongs to the headline.
        let own = words(own);
        SEPARATORS.iter().any(|separator| other.ends_with(separator))
            && words(other).iter().all(|word| !own.contains(word))
    })
}

fn heading(node: &NodeRef<'_>) -> Option<String> {
    stated(node.text().split_whitespace().collect::<Vec<_>>().join(" "))
}

fn short_text(node: &NodeRef<'_>) -> Option<String> {
    // Long texts are whole sections whose class happens to say "date".
    let text = node.text();
    if text.len() > 400 {
        return None;
    }
    stated(text.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|text| text.len() <= 120)
}
