//! Takes out of a page what is furniture by its markup, before the article is looked for.
//!
//! The extraction finds the right container in nearly every page; what it leaves in are captions, boxes of other
//! stories and offers inside that container. Nothing that holds a good part of the page's paragraphs is taken out,
//! whatever it is called.

use dom_query::{Document, NodeRef};

/// Pieces of class names and ids of furniture.
const NAMES: &[&str] = &[
    "about-author",
    "advert",
    "affiliate",
    "also-read",
    "author-bio",
    "author-box",
    "author__bio",
    "authorbio",
    "bottom-bar",
    "breadcrumb",
    "caption",
    "comments",
    "copyright",
    "disclaimer",
    "gallery",
    "image-credit",
    "inline-related",
    "more-on",
    "more-stories",
    "most-popular",
    "most-read",
    "most_read",
    "mostread",
    "newsletter",
    "outbrain",
    "photo-credit",
    "popular",
    "promo",
    "read-more",
    "readmore",
    "recirc",
    "recommend",
    "related",
    "share-",
    "sharedaddy",
    "sharing",
    "sign-up",
    "signup",
    "slideshow",
    "social-",
    "subscribe",
    "taboola",
    "teaser",
    "top-stories",
    "trending",
];

/// Elements that hold the whole page or article and may be called anything.
const WHOLE: &[&str] = &["html", "body", "main", "article", "head"];

/// Elements that are no text of an article.
const FURNITURE: &[&str] = &["button", "figcaption", "form", "nav", "svg"];

/// How much of a page's paragraphs furniture may hold, as one part in so many.
const SHARE: usize = 4;

/// How much text a figure may hold that is taken out: what holds more is no picture.
const FIGURE_BYTES: usize = 600;

/// Removes the furniture.
pub(super) fn prune(document: &Document) {
    let mut paragraphs = 0;
    let mut suspects: Vec<NodeRef<'_>> = Vec::new();
    for node in document.root().descendants_it().filter(NodeRef::is_element) {
        let Some(name) = node.node_name() else {
            continue;
        };
        if &*name == "p" {
            paragraphs += node.text().len();
        }
        if FURNITURE.contains(&&*name)
            || &*name == "figure"
            || (!WHOLE.contains(&&*name) && is_named_furniture(&node))
        {
            suspects.push(node);
        }
    }
    for node in suspects {
        let is_figure = node.has_name("figure");
        let length = node.text().len();
        let limit = if is_figure {
            FIGURE_BYTES
        } else {
            paragraphs / SHARE
        };
        if length <= limit {
            node.remove_from_parent();
        }
    }
}

fn is_named_furniture(node: &NodeRef<'_>) -> bool {
    let named = |name: &str| {
        let lower = name.to_ascii_lowercase();
        NAMES.iter().any(|furniture| lower.contains(furniture))
    };
    node.class().is_some_and(|class| named(&class)) || node.id_attr().is_some_and(|id| named(&id))
}
