//! Elements that print who wrote the article, and not who wrote a comment on it or the story of a teaser.

use dom_query::{NodeId, NodeRef};

/// How many bytes the first paragraph of the body has at least: cards and banners have shorter ones.
const LEAST_BODY: usize = 80;

/// How many elements of such classes are looked at: pages of comments have thousands.
const MOST_LOOKED_AT: usize = 200;

/// Words in the class or id of what holds other people's names.
const OTHERS: &[&str] = &[
    "card",
    "cards",
    "comment",
    "comments",
    "discussion",
    "disqus",
    "promo",
    "recommendation",
    "recommendations",
    "recommended",
    "related",
    "replies",
    "reply",
    "teaser",
    "teasers",
    "trending",
];

/// Where in the page the walk over it is.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// Whether a paragraph of a body came by.
    in_body: bool,
    container: Container,
    n_looked_at: usize,
}

/// What holds the article: told by the first byline or long paragraph.
#[derive(Debug, Default)]
enum Container {
    #[default]
    Unknown,
    /// This `article` element.
    Element(NodeId),
    /// A byline above the body stood in none.
    Page,
}

impl Place {
    /// Takes note of a paragraph: the first long one begins the body.
    pub(super) fn paragraph(&mut self, node: &NodeRef<'_>) {
        if self.in_body || node.text().trim().len() < LEAST_BODY || is_of_others(node) {
            return;
        }
        self.in_body = true;
        if let (Container::Unknown, Some(article)) = (&self.container, article_around(node)) {
            self.container = Container::Element(article);
        }
    }

    /// Whether a byline at this node is the article's: above the body or in the `article` element, and in nothing
    /// that holds comments or other stories.
    pub(super) fn is_of_article(&mut self, node: &NodeRef<'_>) -> bool {
        self.n_looked_at += 1;
        if self.n_looked_at > MOST_LOOKED_AT || is_of_others(node) {
            return false;
        }
        match (&self.container, article_around(node)) {
            (Container::Unknown, Some(article)) => {
                self.container = Container::Element(article);
                true
            }
            (Container::Unknown, None) if !self.in_body => {
                self.container = Container::Page;
                true
            }
            (Container::Element(article), _) if node.ancestors_it(None).any(|node| node.id == *article) => {
                true
            }
            _ => !self.in_body,
        }
    }
}

/// Whether a class says that an element holds the name of an author.
pub(super) fn is_byline(class: &str) -> bool {
    const PIECES: &[&str] = &[
        "byline",
        "author-name",
        "authorname",
        "article__author",
        "article-author",
    ];
    let is_author = |name: &str| {
        matches!(name, "author" | "authors") || name.starts_with("author__") || name.starts_with("authors__")
    };
    PIECES.iter().any(|piece| class.contains(piece)) || class.split_ascii_whitespace().any(is_author)
}

fn article_around(node: &NodeRef<'_>) -> Option<NodeId> {
    let mut around = node.ancestors_it(None);
    around.find(|node| node.has_name("article")).map(|node| node.id)
}

/// Whether a node or what it is in belongs to a comment, to another story or to the margin.
fn is_of_others(node: &NodeRef<'_>) -> bool {
    is_others(node) || node.ancestors_it(None).any(|node| is_others(&node))
}

fn is_others(node: &NodeRef<'_>) -> bool {
    let Some(name) = node.node_name() else {
        return false;
    };
    match &*name {
        "aside" => true,
        // The whole page may be called anything, such as `has-comments`.
        "html" | "body" | "main" => false,
        _ => {
            node.class().is_some_and(|class| names_others(&class))
                || node.id_attr().is_some_and(|id| names_others(&id))
        }
    }
}

fn names_others(name: &str) -> bool {
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| OTHERS.iter().any(|other| word.eq_ignore_ascii_case(other)))
}
