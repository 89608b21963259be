//! What a format reader says about an article before it is assembled.

use wire::message::{Format, Removed};

use super::dates::Moment;

/// An article as its format states it: parts that are not stated are found in the text later.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) format: Format,
    pub(crate) item: Option<String>,
    pub(crate) encoding: String,
    pub(crate) headline: Option<String>,
    /// The body, paragraphs separated by blank lines; not yet normalised.
    pub(crate) body: String,
    pub(crate) byline: Vec<String>,
    pub(crate) publisher: Option<String>,
    pub(crate) agency: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) dateline: Option<String>,
    pub(crate) published: Option<Moment>,
    pub(crate) language: Option<String>,
    pub(crate) removed: Vec<Removed>,
    pub(crate) warnings: Vec<String>,
}

impl Draft {
    /// Returns a draft that states nothing but its body.
    pub(crate) fn new(format: Format, encoding: impl Into<String>, body: String) -> Self {
        Self {
            format,
            item: None,
            encoding: encoding.into(),
            headline: None,
            body,
            byline: Vec::new(),
            publisher: None,
            agency: None,
            url: None,
            dateline: None,
            published: None,
            language: None,
            removed: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

/// Returns the trimmed text unless it is blank.
pub(crate) fn stated(text: impl AsRef<str>) -> Option<String> {
    let text = text.as_ref().trim();
    (!text.is_empty()).then(|| text.to_owned())
}
