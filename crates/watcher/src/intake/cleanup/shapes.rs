//! What residue looks like where a list of phrases cannot say it. Each function gets a line, no longer than its rule
//! allows, and its folded form.

use super::super::dates;

const TAGS: &[&str] = &[
    "a",
    "abbr",
    "article",
    "aside",
    "audio",
    "b",
    "blockquote",
    "body",
    "br",
    "button",
    "center",
    "cite",
    "code",
    "div",
    "em",
    "embed",
    "figcaption",
    "figure",
    "font",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "input",
    "label",
    "li",
    "link",
    "main",
    "meta",
    "nav",
    "object",
    "ol",
    "option",
    "p",
    "picture",
    "pre",
    "q",
    "script",
    "section",
    "small",
    "source",
    "span",
    "strong",
    "style",
    "sub",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "th",
    "time",
    "tr",
    "u",
    "ul",
    "video",
];

/// `<a href=`, `</p>`, `<br/>`: one tag or a fragment of one.
pub(crate) fn is_stray_tag(line: &str, _: &str) -> bool {
    let Some(rest) = line.strip_prefix('<') else {
        return false;
    };
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    let name = rest
        .find(|c: char| !c.is_ascii_alphanumeric())
        .map_or(rest, |end| &rest[..end]);
    let after = &rest[name.len()..];
    let known = TAGS.contains(&name.to_ascii_lowercase().as_str());
    let closes = after.find('>').is_none_or(|at| at + 1 == after.len());
    let bare = matches!(after, "" | ">" | "/>" | " />");
    known && closes && (bare || (after.starts_with(' ') && after.contains('=')))
}

/// Whether a word names a network, or a way to share.
fn is_network(word: &str) -> bool {
    matches!(
        word,
        "facebook"
            | "twitter"
            | "x"
            | "whatsapp"
            | "linkedin"
            | "telegram"
            | "reddit"
            | "pinterest"
            | "email"
            | "e-mail"
            | "mail"
            | "print"
            | "copy"
            | "link"
            | "copylink"
            | "share"
            | "tweet"
            | "pin"
            | "messenger"
            | "instagram"
            | "youtube"
            | "tumblr"
            | "flipboard"
            | "viber"
            | "line"
            | "threads"
            | "bluesky"
            | "mastodon"
            | "sms"
            | "save"
            | "bookmark"
            | "comment"
            | "comments"
            | "gift"
            | "google"
            | "wechat"
            | "vk"
            | "koo"
            | "pocket"
            | "snapchat"
            | "tiktok"
            | "rss"
    )
}

/// Whether a word may stand between names of networks.
fn is_between(word: &str) -> bool {
    matches!(
        word,
        "via" | "on" | "this" | "article" | "and" | "or" | "by" | "post" | "story" | "fa" | "fab"
    )
}

/// Whether a word is the class of an icon.
fn has_icon(word: &str) -> bool {
    let mut prefixes = ["icon-", "fa-", "social-", "share-"].iter();
    prefixes.any(|prefix| word.starts_with(prefix))
}

/// `icon-facebook icon-twitter`, `Facebook Twitter WhatsApp`, `Share on Facebook`.
pub(crate) fn is_share_icons(_: &str, folded: &str) -> bool {
    let is_joint = |byte: &u8| !(byte.is_ascii_alphanumeric() || *byte == b'-');
    let end = folded
        .bytes()
        .position(|byte| is_joint(&byte))
        .unwrap_or(folded.len());
    let first = folded[..end].trim_end_matches('-');
    if !(is_between(first) || is_network(first) || has_icon(first)) {
        return false;
    }
    let (mut icons, mut networks, mut others) = (0, 0, 0);
    for token in folded
        .split([' ', '|', '/', ',', '·', '•'])
        .filter(|token| !token.is_empty())
    {
        let token = token.trim_matches(|c: char| !c.is_alphanumeric());
        match token {
            "" => {}
            _ if is_between(token) => others += 1,
            _ if is_network(token) => networks += 1,
            _ if has_icon(token) => icons += 1,
            _ => return false,
        }
    }
    icons > 0
        || networks >= 3
        || (networks == 2 && others == 0)
        || (networks >= 1 && folded.starts_with("share "))
}

/// `list 1 of 4`, `list of 3 items`, `end of list`, and what is left of them: `4 item listend of list`.
pub(crate) fn is_list_marker(_: &str, folded: &str) -> bool {
    let words = ["list", "of", "item", "items", "end", "listend"];
    if !folded.starts_with(|c: char| c.is_ascii_digit() || "loie".contains(c)) {
        return false;
    }
    let mut seen_list = false;
    for word in folded.split([' ', ',']).filter(|word| !word.is_empty()) {
        if !words.contains(&word) && !word.bytes().all(|byte| byte.is_ascii_digit()) {
            return false;
        }
        seen_list |= word.contains("list");
    }
    seen_list && (folded.contains("of") || folded.contains("item"))
}

/// `12 Comments`, `Comments (14)`, `Comments: 3`.
pub(crate) fn is_comment_count(_: &str, folded: &str) -> bool {
    let is_count =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b',');
    let is_label = |word: &str| {
        matches!(
            word,
            "comment" | "comments" | "shares" | "views" | "likes" | "replies"
        )
    };
    let mut words = folded.split(' ');
    let (Some(first), Some(second), None) = (words.next(), words.next(), words.next()) else {
        return false;
    };
    let bracketed = second.strip_prefix('(').and_then(|count| count.strip_suffix(')'));
    // "Comments 14" could be a heading of the body.
    match (bracketed, first.strip_suffix(':')) {
        (Some(count), _) => is_label(first) && is_count(count),
        (None, Some(label)) => is_label(label) && is_count(second),
        (None, None) => is_count(first) && is_label(second),
    }
}

/// `Home / World News / …`, `News > Asia > Pakistan`, `You are here: …`.
#[expect(
    clippy::needless_bitwise_bool,
    reason = "lazy operators are branches, which keep the loop scalar"
)]
pub(crate) fn is_breadcrumb(line: &str, folded: &str) -> bool {
    if folded.starts_with("you are here") {
        return true;
    }
    let is_mark = |byte: u8| (byte == b'/') | (byte == b'>') | (byte == b':') | (byte >= 0x80);
    if !line.bytes().fold(false, |any, byte| any | is_mark(byte)) {
        return false;
    }
    let separates = |(one, other): (&u8, &u8)| (*one == b' ') & is_mark(*other);
    let pairs = line.as_bytes().iter().zip(line.as_bytes().iter().skip(1));
    // "Home/World/Asia", and not "HOME SAVINGS/ROCKIES <HROK.O>".
    let first = folded.split(['/', '>', '»', '›']).next().unwrap_or_default();
    let starts_at_home = first.trim() == "home";
    if !starts_at_home && !pairs.fold(false, |any, pair| any | separates(pair)) {
        return false;
    }
    [" / ", " > ", " » ", " › ", " → ", " :: ", " >> "]
        .iter()
        .any(|separator| {
            let n_parts = line.split(separator).count();
            let short = line
                .split(separator)
                .take(n_parts - 1)
                .all(|part| part.split(' ').count() <= 4);
            n_parts >= 2 && short && (n_parts >= 3 || folded.starts_with("home"))
        })
        || (starts_at_home && line.split(['/', '>', '»', '›']).count() >= 3)
}

/// `Published: Aug 13, 2025`, `2 min read Last Updated : Aug 13 2025 | 12:48 PM IST`: labels and a date.
pub(crate) fn is_timestamp(line: &str, folded: &str) -> bool {
    const LABELS: &[&str] = &[
        "published",
        "updated",
        "last",
        "first",
        "posted",
        "on",
        "at",
        "min",
        "mins",
        "minute",
        "minutes",
        "read",
        "modified",
        "date",
        "uploaded",
        "created",
        "time",
        "reading",
        "edited",
        "issued",
        "dated",
        "am",
        "pm",
        "a",
        "m",
        "p",
        "ist",
        "the",
        "of",
        "to",
        "local",
        "filed",
        "original",
        "originally",
    ];
    let first = folded.split([' ', ':']).next().unwrap_or_default();
    let labelled = matches!(
        first,
        "published" | "updated" | "last" | "first" | "posted" | "modified" | "date" | "uploaded" | "filed"
    ) || folded.contains(" read");
    let Some(found) = labelled.then(|| dates::find(line)).flatten() else {
        return false;
    };
    let mut rest = format!("{} {}", &line[..found.start], &line[found.end..]);
    while let Some(more) = dates::find(&rest) {
        rest.replace_range(more.start..more.end, " ");
    }
    rest.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .all(|word| {
            word.bytes().all(|byte| byte.is_ascii_digit()) || LABELS.contains(&word.to_lowercase().as_str())
        })
}

/// `This article was originally published on …`, `The views expressed are the author's own …`.
pub(crate) fn is_origin_note(_: &str, folded: &str) -> bool {
    let holds = |any: &[&str]| any.iter().any(|phrase| folded.contains(phrase));
    let origin = holds(&[
        "originally published",
        "originally appeared",
        "first appeared",
        "first published",
    ]);
    let opinion = holds(&[
        "not necessarily reflect",
        "not necessarily represent",
        "the author's own",
        "the writer's own",
    ]);
    (origin
        && holds(&[
            "this article",
            "this story",
            "this report",
            "this piece",
            "this post",
            "this interview",
            "the post ",
        ]))
        || (opinion && holds(&["views", "opinions"]))
}

/// `2 min read`, `Reading time: 4 minutes`.
pub(crate) fn is_reading_time(_: &str, folded: &str) -> bool {
    let words = [
        "min",
        "mins",
        "minute",
        "minutes",
        "read",
        "reading",
        "time",
        "estimated",
        "less",
        "than",
        "a",
    ];
    folded.contains("read")
        && folded.contains("min")
        && folded
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .all(|word| words.contains(&word) || word.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A line that is a date with its year and nothing else: without the year it may be a heading of the body.
pub(crate) fn is_date_line(line: &str, _: &str) -> bool {
    dates::only(line).is_some_and(|date| date.year.is_some())
}

/// The name of an image file, or what a chart's alt text is left as.
pub(crate) fn is_image_slug(line: &str, folded: &str) -> bool {
    if line.len() < 8 {
        return false;
    }
    let image = [".jpg", ".jpeg", ".png", ".webp", ".gif", ".svg", ".avif"]
        .iter()
        .any(|end| folded.ends_with(end));
    let plain = line
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
    let joined = line.bytes().filter(|byte| *byte == b'_').count();
    image || (plain && joined >= 2)
}

/// `(Photo by …)`, `[File: Ann Lee/AFP]`, `Ann Lee/Getty Images`, `REUTERS/Ann Lee`.
pub(crate) fn is_photo_credit(line: &str, folded: &str) -> bool {
    const ENDS: &[&str] = &[
        "/getty images",
        "/afp",
        "/reuters",
        "/ap photo",
        "/ap",
        "/epa",
        "via getty images",
        "via reuters",
        "via ap",
    ];
    let bracketed = line.starts_with(['(', '[']) && line.ends_with([')', ']']);
    let starts = [
        "photo",
        "file photo",
        "file:",
        "image",
        "picture",
        "photograph",
        "courtesy",
        "screengrab",
        "screenshot",
    ];
    if bracketed && starts.iter().any(|start| folded.starts_with(start)) {
        return true;
    }
    let bare = folded.trim_end_matches([')', ']']);
    (folded.starts_with("reuters/") || ENDS.iter().any(|end| bare.ends_with(end)))
        && folded.split(' ').count() <= 7
}

/// `0:00 / 3:45`, `Listen 4 min`: what audio and video players leave.
pub(crate) fn is_player(_: &str, folded: &str) -> bool {
    let clock =
        |word: &str| word.contains(':') && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    let words = folded
        .split([' ', '/', '(', ')', '-'])
        .filter(|word| !word.is_empty());
    let known = |word: &str| {
        [
            "listen", "play", "duration", "min", "mins", "video", "audio", "watch", "now", "playing", "1x",
            "1.0x",
        ]
        .contains(&word)
    };
    let all = words
        .clone()
        .all(|word| clock(word) || known(word) || word.bytes().all(|byte| byte.is_ascii_digit()));
    let n_clocks = || words.clone().filter(|word| clock(word)).count();
    all && (n_clocks() >= 2 || folded.starts_with("listen") || folded.starts_with("duration"))
}

/// `© 2025 The Daily`, `Copyright 2025 …`.
pub(crate) fn is_copyright(line: &str, folded: &str) -> bool {
    let has_year = || {
        let mut fours = line.as_bytes().windows(4);
        fours.any(|four| four.iter().all(u8::is_ascii_digit))
    };
    (line.starts_with('©') || line.starts_with("(c) ") || folded.starts_with("copyright"))
        && (line.len() <= 90 || has_year())
}

/// `-30-`, `ENDS`, `###`, and the agency's name that closes a wire story.
pub(crate) fn is_end_mark(line: &str, folded: &str) -> bool {
    let bare = folded.trim_end_matches(|c: char| !c.is_alphanumeric());
    matches!(bare, "30" if line.starts_with('-'))
        || matches!(
            bare,
            "ends" | "reuter" | "reuters" | "afp" | "pti" | "ani" | "ians" | "xinhua" | "end"
        )
        || (line.len() >= 3
            && line
                .bytes()
                .all(|byte| matches!(byte, b'#' | b'*' | b' ' | b'-' | b'_' | b'=')))
}
