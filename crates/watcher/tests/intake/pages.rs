//! What pages say about their articles: one case for each way of saying it.

use crate::support::article;

const STORY: &str = "<p>The dam above the town of Qalat broke on Monday and the water took two bridges with it, the \
    mayor said.</p><p>Divers searched the lake until the evening, and the army sent two helicopters from its base \
    in the valley.</p>";

#[track_caller]
fn check(head: &str, body: &str, headline: &str, byline: &[&str]) {
    let page = format!(
        "<!DOCTYPE html><html><head>{head}</head><body><article>{body}{STORY}</article></body></html>"
    );
    let article = article(page.as_bytes());
    assert_eq!(article.headline.as_deref(), Some(headline), "{head}{body}");
    assert_eq!(article.byline, byline, "{head}{body}");
}

#[test]
fn a_kicker_on_a_line_of_its_own_is_no_part_of_the_headline() {
    check(
        "<meta property=og:title content='Floods in the north: «The dam was never inspected at all»'>",
        "<h1>\n  <span>Disaster in Qalat</span>\n  <span>: </span>\n  <span>«The dam was never\n  inspected at all»</span></h1>",
        "«The dam was never inspected at all»",
        &[],
    );
}

#[test]
fn where_no_heading_prints_it_the_bare_headline_is_taken() {
    check(
        "<meta property=og:title content='Dam breaks above Qalat-NationㅣAmel Post'>\
         <meta name=headline content='Dam breaks above Qalat'>",
        "",
        "Dam breaks above Qalat",
        &[],
    );
}

#[test]
fn authors_are_found_by_the_class_of_their_element() {
    let head = "<meta property=og:site_name content='Amel Post'><meta name=author content='Amel Post'>";
    let title = "<h1>Dam breaks above Qalat</h1>";
    for element in [
        "<p class=author>von Ann Lee</p>",
        "<ul><li class='authors__list-item'><span>von</span> <span>Ann Lee</span></li></ul>",
        "<span class='meta author'>By Ann Lee</span>",
    ] {
        check(
            head,
            &format!("{title}{element}"),
            "Dam breaks above Qalat",
            &["Ann Lee"],
        );
    }
    // No author, whatever the class begins with.
    check(
        head,
        &format!("{title}<p class=authorities>Ann Lee</p>"),
        "Dam breaks above Qalat",
        &["Amel Post"],
    );
}

#[test]
fn names_beside_the_article_are_not_its_authors() {
    const OTHERS: &str = "<div class=more><a href=/x><h3>Ferry sinks</h3></a><span class=author>Bob Ray</span></div>\
        <div id=comments><div><span class=author>Troll King</span><p>Well, well.</p></div>\
        <div><b class='comment author'>Jane Doe</b><p>So it was.</p></div></div>";
    const ASIDE: &str = "<aside><span class=author>Bob Ray</span></aside>\
        <div class='teaser small'><span class=author>Jane Doe</span></div>";
    let byline = "<p>By <span class=author>Ann Lee</span></p>";
    for body in [
        format!("<article>{byline}{STORY}</article>{OTHERS}"),
        format!("<article>{STORY}{byline}</article>{OTHERS}"),
        format!("<div>{byline}{STORY}</div>{OTHERS}"),
        format!("<article>{byline}{ASIDE}{STORY}{ASIDE}</article>"),
        format!(
            "<article>{ASIDE}{byline}{STORY}</article><article>{STORY}<i class=author>Bob Ray</i></article>"
        ),
    ] {
        let page =
            format!("<!DOCTYPE html><html><body class=has-comments><h1>Dam breaks</h1>{body}</body></html>");
        assert_eq!(article(page.as_bytes()).byline, ["Ann Lee"], "{body}");
    }
}
