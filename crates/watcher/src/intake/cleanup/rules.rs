//! The built-in clean-up rules, as data.
//!
//! A rule says where it looks and what a line has to be. Every rule has a case in `tests/intake/cleanup.md`, which a
//! test enforces. Phrases are compared in lower case, with straight quotes, without leading punctuation, and at word
//! ends. A line longer than a rule's `most` is body text whatever it starts with.

use super::super::config::Zone;
use super::{phrases, shapes};

/// One rule.
pub(crate) struct Rule {
    /// Its name in `removed`, in `disabled_rules` and in the documentation.
    pub(crate) name: &'static str,
    pub(crate) zone: Zone,
    pub(crate) when: When,
}

/// What a line has to be.
pub(crate) enum When {
    /// One of these and nothing else.
    Is(&'static [&'static str]),
    /// At most this long and starting with one of these.
    Starts(usize, &'static [&'static str]),
    /// At most this long, starting with one of the first and containing one of the second.
    StartsHolding(usize, &'static [&'static str], &'static [&'static str]),
    /// At most this long and containing one of these.
    Holds(usize, &'static [&'static str]),
    /// At most this long, of such traits, and what a function recognises; it gets the line and its folded form.
    Shape(usize, Traits, fn(&str, &str) -> bool),
}

/// What is told of a line at a glance, as bits; most lines lack what a shape needs.
pub(crate) type Traits = u8;
/// Nothing in particular.
pub(crate) const ANY: Traits = 0;
/// It has a digit.
pub(crate) const DIGIT: Traits = 1;
/// It does not end with a full stop.
pub(crate) const OPEN: Traits = 1 << 1;
/// It has no space.
pub(crate) const WORD: Traits = 1 << 2;
/// It has one of the words that notes have.
pub(crate) const TRIGGERED: Traits = 1 << 3;

const fn rule(name: &'static str, zone: Zone, when: When) -> Rule {
    Rule { name, zone, when }
}

use When::{Holds, Is, Shape, Starts, StartsHolding};
use Zone::{Anywhere, Edges, Head, Tail};

/// All rules, in the order in which they are tried.
pub(crate) const RULES: &[Rule] = &[
    rule("stray_tag", Anywhere, Shape(400, ANY, shapes::is_stray_tag)),
    rule("share_icons", Anywhere, Shape(160, ANY, shapes::is_share_icons)),
    rule(
        "share_icons",
        Edges,
        Starts(
            60,
            &[
                "share this",
                "share on",
                "share via",
                "share the story",
                "tweet this",
            ],
        ),
    ),
    rule(
        "share_icons",
        Edges,
        Is(&[
            "share",
            "tweet",
            "whatsapp",
            "copy link",
            "print",
            "save",
            "email",
            "facebook",
            "twitter",
            "comment",
            "listen",
        ]),
    ),
    rule("also_read", Anywhere, Starts(250, phrases::LINKS)),
    rule(
        "also_read",
        Edges,
        Starts(
            90,
            &[
                "also read",
                "read more about",
                "read more from",
                "read more stories",
            ],
        ),
    ),
    rule(
        "also_read",
        Anywhere,
        Is(&[
            "read more",
            "also read",
            "read also",
            "see more",
            "show more",
            "load more",
            "view more",
        ]),
    ),
    rule("recommended", Anywhere, Is(phrases::BOXES)),
    rule(
        "recommended",
        Edges,
        Starts(60, &["more from ", "more in ", "more on ", "top stories from"]),
    ),
    rule("list_marker", Anywhere, Shape(40, OPEN, shapes::is_list_marker)),
    rule(
        "story_break",
        Anywhere,
        Starts(
            80,
            &[
                "story continues below",
                "article continues below",
                "article continues after",
                "story continues after",
                "continue reading below",
                "advertisement - ",
                "scroll to continue",
            ],
        ),
    ),
    rule(
        "story_break",
        Anywhere,
        Is(&[
            "advertisement",
            "advertisements",
            "sponsored",
            "ad",
            "promoted",
            "story continues",
            "remove ads",
        ]),
    ),
    rule(
        "edited_by",
        Edges,
        Starts(
            300,
            &[
                "edited by",
                "editing by",
                "reporting by",
                "additional reporting by",
                "writing by",
                "compiled by",
                "copy edited by",
                "translated by",
                "with reporting by",
            ],
        ),
    ),
    rule(
        "comments",
        Edges,
        Is(&[
            "leave a comment",
            "leave a reply",
            "comments",
            "post a comment",
            "view comments",
            "show comments",
            "hide comments",
            "join the conversation",
            "add a comment",
            "no comments",
            "no comments yet",
            "comments are closed",
            "write a comment",
            "be the first to comment",
        ]),
    ),
    rule("comments", Edges, Shape(40, DIGIT, shapes::is_comment_count)),
    rule(
        "comments",
        Tail,
        Starts(
            160,
            &[
                "be the first to comment",
                "your email address will not be published",
                "required fields are marked",
                "save my name, email",
                "you must be logged in to",
            ],
        ),
    ),
    rule("breadcrumb", Head, Shape(300, OPEN, shapes::is_breadcrumb)),
    rule("timestamp", Edges, Shape(140, DIGIT, shapes::is_timestamp)),
    rule("reading_time", Edges, Shape(40, ANY, shapes::is_reading_time)),
    rule("date_line", Head, Shape(60, DIGIT | OPEN, shapes::is_date_line)),
    rule(
        "syndication_note",
        Edges,
        Holds(
            420,
            &[
                "auto-generated from a syndicated feed",
                "published from a syndicated feed",
                "generated from a syndicated feed",
                "from a syndicated feed",
                "has not been edited by",
                "may have been reworked by",
                "republished with permission",
                "republished under a creative commons",
                "published under a creative commons",
                "is auto-generated",
                "auto-published from",
                "with inputs from agencies",
                "with inputs from pti",
                "with inputs from ani",
                "with inputs from ians",
                "with agency inputs",
                "with pti inputs",
                "with additional reporting from agencies",
                "this story was produced by",
                "material from the associated press",
            ],
        ),
    ),
    rule(
        "syndication_note",
        Edges,
        Shape(420, TRIGGERED, shapes::is_origin_note),
    ),
    rule(
        "syndication_note",
        Tail,
        Starts(
            80,
            &[
                "with inputs from",
                "inputs from",
                "with input from",
                "with agencies",
            ],
        ),
    ),
    rule("image_slug", Anywhere, Shape(160, WORD, shapes::is_image_slug)),
    rule(
        "photo_credit",
        Anywhere,
        Starts(
            160,
            &[
                "photo:",
                "photos:",
                "photo by",
                "photo credit",
                "photograph:",
                "photograph by",
                "image:",
                "image credit",
                "image source",
                "image caption",
                "picture:",
                "pictures:",
                "picture credit",
                "picture by",
                "file photo",
                "file pic",
                "representational image",
                "representative image",
                "credit:",
                "video:",
                "graphic:",
                "illustration:",
                "infographic:",
                "getty images",
                "image copyright",
                "media caption",
            ],
        ),
    ),
    rule(
        "photo_credit",
        Anywhere,
        Shape(120, OPEN, shapes::is_photo_credit),
    ),
    rule("player", Anywhere, Shape(40, DIGIT | OPEN, shapes::is_player)),
    rule(
        "player",
        Anywhere,
        Starts(
            120,
            &[
                "listen to this article",
                "listen to this story",
                "listen to article",
                "your browser does not support",
                "play video",
                "watch live",
                "powered by",
                "video player",
                "loading video",
            ],
        ),
    ),
    rule("subscription", Edges, Starts(260, phrases::OFFERS)),
    rule(
        "subscription",
        Edges,
        StartsHolding(
            260,
            &["sign up for", "sign up to", "click here to"],
            phrases::OFFERED,
        ),
    ),
    rule(
        "subscription",
        Edges,
        Is(&[
            "subscribe",
            "sign up",
            "sign in",
            "log in",
            "login",
            "register",
            "menu",
            "search",
            "follow us",
            "skip to content",
            "skip to main content",
            "back to top",
            "home",
            "close",
            "share this article",
            "whatsapp channel",
            "donate",
            "contribute",
        ]),
    ),
    rule(
        "cookie_notice",
        Anywhere,
        Holds(
            420,
            &[
                "uses cookies",
                "use cookies",
                "accept all cookies",
                "accept cookies",
                "cookie policy",
                "cookie settings",
                "cookie preferences",
                "manage cookies",
                "our privacy policy",
                "terms of use and privacy",
            ],
        ),
    ),
    rule("copyright", Edges, Shape(260, ANY, shapes::is_copyright)),
    rule(
        "copyright",
        Tail,
        Holds(
            260,
            &[
                "all rights reserved",
                "may not be published, broadcast",
                "our standards: the thomson reuters trust principles",
            ],
        ),
    ),
    rule(
        "topics",
        Edges,
        Starts(
            200,
            &[
                "tags:",
                "topics:",
                "filed under",
                "keywords:",
                "tagged:",
                "related tags:",
                "categories:",
                "category:",
                "in this story:",
                "read more on:",
                "first published:",
                "tags ",
            ],
        ),
    ),
    rule("end_mark", Tail, Shape(24, ANY, shapes::is_end_mark)),
];

/// Rules that are applied by the code around [`RULES`], since they look at more than one line.
pub(crate) const STRUCTURAL: &[&str] = &[
    "scraper_prefix",
    "title_suffix",
    "repeated_headline",
    "repeated_standfirst",
    "byline",
    "agency_line",
    "caption",
];
