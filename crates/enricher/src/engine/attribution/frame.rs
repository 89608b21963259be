//! The frames around a cue word.

use super::act;
use super::document::{document_before, in_poll};
use super::lines::{announced, credit_line, signed, speaker_line};
use super::noun::{is_noun, names_speech, nominal, nominal_by, owns};
use super::phrase::{begins_phrase, feels, resolves};
use super::scope::{
    CIRCUMSTANCE, clause_end, closes, content_behind, goes_on_elsewhere, has_listener, hedges, is_content,
    opens_aside, opens_participle, speech_begins,
};
use super::{Attribution, CUES, is_be, source, status};
use crate::engine::analysis::ClaimStatus;
use crate::engine::pieces::{Class, Classes, Mark, Pieces, Shape};

/// How far a frame looks, in pieces: a sentence may be a megabyte long.
pub(super) const REACH: usize = 400;

/// Reads the frame whose cue stands at a piece, if one does.
pub(super) fn read(p: Pieces<'_>, at: usize, start: usize, end: usize) -> Option<Attribution> {
    if p.says(at, "according") && p.says(at + 1, "to") {
        return according_to(p, at, at + 1, start, end);
    }
    if p.says_all(at, &["as", "reported", "by"]) {
        return according_to(p, at, at + 2, start, end);
    }
    if p.is_mark(at, Mark::Colon) {
        return speaker_line(p, at, start, end)
            .or_else(|| credit_line(p, at, start, end))
            .or_else(|| announced(p, at, start, end));
    }
    if p.is_dash(at) {
        return signed(p, at, end);
    }
    if p.says_any(at, &["in", "by", "per"]) {
        return in_poll(p, at, start, end);
    }
    if at > start && owns(p, at - 1) {
        return nominal(p, at, start, end);
    }
    if names_speech(p, at)
        && let Some(found) = nominal(p, at, start, end).or_else(|| nominal_by(p, at, start, end))
    {
        return Some(found);
    }
    if let Some(found) = quoted_as(p, at, start, end) {
        return Some(found);
    }
    if !is_cue(p, at) {
        return act::read(p, at, start, end);
    }
    if is_noun(p, at, start) {
        return None;
    }
    inverted(p, at, start, end)
        .or_else(|| trailing(p, at, start, end))
        .or_else(|| subject_first(p, at, start, end))
}

/// Cue words, and the verbs that are cues only with the words behind them.
pub(super) fn is_cue(p: Pieces<'_>, at: usize) -> bool {
    p.is(at, CUES) || p.is(at, Class::PhraseVerb) && begins_phrase(p, at)
}

/// Returns an attribution if anything is said.
pub(super) fn attribution(
    p: Pieces<'_>,
    source: (usize, usize),
    cue: (usize, usize),
    mut scope: (usize, usize),
) -> Option<Attribution> {
    // "I think so," said Ann Lee, 34: what is said in a quote ends with it.
    let mark = (cue.1 + 1..scope.1).take(REACH).find(|&at| p.is_quote(at));
    if let Some(mark) = mark.filter(|&mark| closes(p, mark)) {
        scope.1 = mark;
    }
    let status = if p.says_any(cue.0, &["according", "as"]) {
        ClaimStatus::Reported
    } else {
        status(p, cue.1)
    };
    let is_intent = is_intent(p, cue.1);
    if is_intent && scope.0 <= cue.1 {
        scope.0 = cue.1 + 1;
    }
    if is_intent {
        scope.1 = clause_end(p, scope.0, scope.1);
    }
    (scope.0 < scope.1).then_some(Attribution {
        source,
        referent: source,
        cue,
        status,
        scope,
        is_intent,
        is_act: false,
        sentence: 0,
    })
}

/// "according to SOURCE", "…, according to SOURCE, …".
fn according_to(p: Pieces<'_>, first: usize, last: usize, start: usize, end: usize) -> Option<Attribution> {
    let source = source::right_of(p, last + 1, end)?;
    let semicolon = |at: &usize| p.is_mark(*at, Mark::Semicolon);
    let from = (start..first).rev().take(REACH).find(semicolon).unwrap_or(start);
    let to = (source.1..end).take(REACH).find(semicolon).unwrap_or(end);
    // A list closed by the credit is credited as a whole.
    let from = if to == end { start } else { from };
    attribution(p, source, (first, last), (from, to))
}

/// Whether a cue names what is wanted rather than what is: "plans", "called for", "agreed to", "are eager to".
fn is_intent(p: Pieces<'_>, at: usize) -> bool {
    p.is(at, Class::IntentVerb)
        || p.says(at + 1, "for")
        || resolves(p, at)
        || p.says(at + 1, "to") && feels(p, at)
}

/// "quotes the minister as saying", "was quoted as saying".
fn quoted_as(p: Pieces<'_>, at: usize, start: usize, end: usize) -> Option<Attribution> {
    if !p.says(at, "saying") || !p.says(at.wrapping_sub(1), "as") {
        return None;
    }
    let from = at.saturating_sub(16).max(start);
    let quote = (from..at - 1).rev().find(|&index| {
        p.says_any(
            index,
            &["quoted", "quotes", "quote", "quoting", "cited", "citing"],
        )
    })?;
    let source = if quote + 1 == at - 1 {
        source::left_of(p, quote, start)?
    } else {
        source::right_of(p, quote + 1, at - 1)?
    };
    // "Five died, officials were quoted as saying by the agency."
    let is_behind = content_behind(p, at, end) && !p.says(at + 1, "by");
    let scope = if is_behind {
        (at + 1, end)
    } else {
        (start, source.0)
    };
    attribution(p, source, (at, at), scope)
}

/// "CONTENT, said SOURCE": the verb stands behind a comma or a closing quotation mark, and a name behind the verb.
fn inverted(p: Pieces<'_>, at: usize, start: usize, end: usize) -> Option<Attribution> {
    let before = at.checked_sub(1).filter(|&before| before >= start)?;
    let separated = p.is_mark(before, Mark::Comma) || p.is_quote(before) || p.is_mark(before, Mark::EmDash);
    if !separated
        || !p.says_any(
            at,
            &[
                "said",
                "says",
                "say",
                "added",
                "adds",
                "warned",
                "reported",
                "announced",
                "stated",
                "noted",
                "explained",
                "claimed",
                "wrote",
            ],
        )
    {
        return None;
    }
    // "Reed, at a briefing, said that fact …" has its subject before it.
    let refers = p.says_any(
        at + 1,
        &[
            "that", "this", "these", "those", "his", "her", "its", "their", "it", "there",
        ],
    );
    let source = source::right_of(p, at + 1, end).filter(|_| !refers)?;
    let next = source.1 + 1;
    let ends = next >= end
        || !p.is_word(next) && p.shape(next) != Some(Shape::Possessive)
        || p.says_any(at + 1, &["one", "a", "an", "another", "several"])
            && p.shape(next) == Some(Shape::Lower)
            && (p.str(next).ends_with("ed") || p.str(next).ends_with("ing"))
        || p.is(
            next,
            Classes::of(&[
                Class::Preposition,
                Class::Conjunction,
                Class::Relative,
                Class::Weekday,
            ]),
        );
    if !ends || p.is(source.0, Class::Weekday) {
        return None;
    }
    if !p.is_capital(source.0)
        && !p.is(
            at + 1,
            Classes::of(&[
                Class::Article,
                Class::Determiner,
                Class::Title,
                Class::Person,
                Class::Pronoun,
                Class::Cardinal,
            ]),
        )
        && !p.says_any(at + 1, &["several", "many", "former", "senior"])
    {
        return None;
    }
    // What follows the name, as in ", 34, who lost two brothers", is about the speaker.
    attribution(p, source, (at, at), (start, at))
}

/// "…, saying CONTENT", "by arguing that CONTENT", "plans to say": the subject of the sentence says it.
fn trailing(p: Pieces<'_>, at: usize, start: usize, end: usize) -> Option<Attribution> {
    let before = at.checked_sub(1).filter(|&before| before > start)?;
    let follows = p.is_mark(before, Mark::Comma)
        || p.says_any(
            before,
            &["by", "and", "of", "for", "from", "after", "before", "while", "in"],
        );
    let participle = p.str(at).ends_with("ing") && follows;
    let infinitive = p.says(before, "to") && p.is(at, Class::SayVerb);
    if !participle && !infinitive {
        return None;
    }
    let source = source::subject_of(p, start, before)?;
    may_say(p, at, source)
        .then(|| attribution(p, source, (at, at), (at + 1, end)))
        .flatten()
}

/// "SOURCE said (that) CONTENT", "CONTENT, SOURCE said".
fn subject_first(p: Pieces<'_>, at: usize, start: usize, end: usize) -> Option<Attribution> {
    let source = document_before(p, at, start)
        .or_else(|| source::left_of(p, at, start))
        .filter(|&source| may_say(p, at, source))?;
    let cue = (at, at);
    // "One of the men served for 13 months and said that": what he did is not what he said.
    let is_second = (at.saturating_sub(2)..at).any(|index| p.says(index, "and") && index > source.1);
    let before = !is_second && source.0 > start && is_content(p, start, source.0, at);
    let behind = content_behind(p, at, end) && !(before && goes_on_elsewhere(p, at));
    if before && behind {
        // "Five died, Reed said at a briefing, two hours later" goes on about the briefing.
        let is_setting =
            p.is(at, CUES) && p.is(at + 1, CIRCUMSTANCE) && !hedges(p, at + 1) && !is_intent(p, at);
        let circumstance = is_setting || has_listener(p, at);
        let quoted = (start..source.0).rev().take(REACH).any(|index| p.is_quote(index));
        let speaks_on = (at + 1..end).take(REACH).any(|index| {
            p.says(index, "that")
                || p.is_quote(index)
                || p.is_mark(index, Mark::Comma) && p.says(index + 1, "and")
        });
        if circumstance && !speaks_on && (quoted || !opens_aside(p, start)) {
            return attribution(p, source, cue, (start, source.0));
        }
        // "After two hours, Reed said that": when it was said, not what.
        let that = p.says(at + 1, "that") || p.is_mark(at + 1, Mark::Colon);
        let is_aside = that && opens_aside(p, start) || opens_participle(p, start, source.0);
        let scope = if is_aside && !quoted {
            (at + 1, end)
        } else {
            (start, end)
        };
        return attribution(p, source, cue, scope);
    }
    // "At one point, Reed said, two trees fell": both halves are said.
    let is_inserted = p.is_mark(at + 1, Mark::Comma) && behind && follows_comma(p, source.0, start);
    let scope = match (before || is_inserted, behind) {
        (true, true) => (start, end),
        (true, _) => (start, source.0),
        (false, _) => (speech_begins(p, at, end), end),
    };
    attribution(p, source, cue, scope)
}

/// Whether a comma stands before a source and its article.
fn follows_comma(p: Pieces<'_>, source: usize, start: usize) -> bool {
    let articles = Classes::of(&[Class::Determiner, Class::Article]);
    (start..source)
        .rev()
        .find(|&at| !p.is(at, articles))
        .is_some_and(|at| p.is_mark(at, Mark::Comma))
}

/// Whether this subject can be the source of this verb: documents show, everybody says.
fn may_say(p: Pieces<'_>, at: usize, (first, last): (usize, usize)) -> bool {
    let is_document = (first..=last).any(|index| p.is(index, Class::Document));
    let is_saying = p.is(
        at,
        Classes::of(&[
            Class::SayVerb,
            Class::ClaimVerb,
            Class::DenyVerb,
            Class::IntentVerb,
        ]),
    );
    let is_estimate = p.is(at, Class::EstimateVerb);
    let passive =
        at > 0 && is_be(p, at - 1) && (p.str(at).ends_with("ed") && !feels(p, at) || p.says(at, "said"));
    let is_belief = is_estimate && p.says(at + 1, "to") && p.str(at).ends_with('d');
    let finds_that = p.is(at, Class::ShowVerb) && p.says(at + 1, "that")
        || p.says_any(at, &["found", "finds", "lists", "listed", "ranks", "ranked"])
            && p.is_capital(first)
            && p.is_capital(at + 1);
    let is_phrase = !p.is(at, CUES);
    let is_share = is_share(p, (first, last));
    // What a poll asks is not what it finds.
    let asks = is_document && p.says_any(at, &["ask", "asks", "asked"]);
    !is_share
        && !asks
        && (is_document || is_saying || is_estimate || finds_that || is_phrase)
        && !passive
        && !is_belief
        && !p.says_any(first, &["which", "there", "what"])
}

/// Whether a subject is a share of those asked: "26 percent", "half of the voters".
pub(super) fn is_share(p: Pieces<'_>, (first, last): (usize, usize)) -> bool {
    (first..=last).any(|index| p.is(index, Class::Percent) || p.is_mark(index, Mark::Percent))
        || p.says_any(first, &["half", "percent"])
}
