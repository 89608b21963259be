//! Takes page furniture out of text that was scraped before it got here.
//!
//! Works on whole lines, and only on lines that a named rule describes; what goes is recorded. The rules are data
//! in [`rules`]; this module applies them, and the few that look at more than one line: the headline with its
//! suffix, repeated standfirsts, credits and captions.

mod headline;
mod index;
mod phrases;
mod rules;
mod shapes;

use wire::message::Removed;

use super::config::{Config, Zone};
use super::credits;
use super::dateline;
use super::dates::{self, PartialDate};
use super::lines::{self, Line};
pub(crate) use headline::split_suffix;
use headline::{is_headline, n_words};
use index::Triggers;
use rules::RULES;

/// A text without its furniture, and what the furniture said.
#[derive(Debug, Default)]
pub(crate) struct Cleaned<'t> {
    /// The lines of the body.
    pub(crate) lines: Vec<Line<'t>>,
    /// The headline, if the text opens with one.
    pub(crate) headline: Option<&'t str>,
    /// What went, in order of appearance.
    pub(crate) removed: Vec<Removed>,
    /// Dates printed around the text, the first is the one to believe.
    pub(crate) dates: Vec<PartialDate>,
    /// Authors credited around the text.
    pub(crate) byline: Vec<String>,
    /// The agency credited around the text.
    pub(crate) agency: Option<String>,
    /// The place of an agency's credit line.
    pub(crate) place: Option<String>,
}

/// How many lines the head may have.
const HEAD_LINES: usize = 15;
/// How many lines at the end are the tail.
const TAIL_LINES: usize = 14;
/// How many of the removed pieces are kept in the record; hostile input could have a million.
const MOST_REMOVED: usize = 1000;

/// Returns the names of all built-in rules.
pub fn rule_names() -> impl Iterator<Item = &'static str> {
    let mut names: Vec<_> = RULES
        .iter()
        .map(|rule| rule.name)
        .chain(rules::STRUCTURAL.iter().copied())
        .collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter()
}

/// Cleans a text. `stated` is the headline that the format states, which a text may repeat.
pub(crate) fn clean<'t>(text: &'t str, stated: Option<&str>, config: &Config) -> Cleaned<'t> {
    let mut work = Work {
        config,
        out: Cleaned::default(),
        removed: Vec::new(),
        folded: String::with_capacity(256),
        lines: lines::split(text),
    };
    work.scraper_prefix();
    let body = body_start(&work.lines);
    let n_lines = work.lines.len();
    let triggers = work.triggers(text, body);
    let mut keep = vec![true; n_lines];
    let mut first = true;
    #[expect(
        clippy::needless_range_loop,
        reason = "the line, its neighbours and `keep` are indexed alike"
    )]
    for at in 0..n_lines {
        let zone = Position {
            head: at < body,
            tail: at + TAIL_LINES >= n_lines && at >= body.min(2),
            first,
        };
        keep[at] = !work.apply_rules(at, zone, &triggers);
        first &= !keep[at];
    }
    work.credits(&mut keep, body);
    work.captions(&mut keep, body);
    if stated.is_none() {
        work.headline(&mut keep, body);
    }
    let headline = work.out.headline;
    work.repeats(&mut keep, body, stated.or(headline));
    work.finish(&keep)
}

/// Where a line stands.
#[derive(Debug, Clone, Copy)]
struct Position {
    head: bool,
    tail: bool,
    /// Whether nothing that stays is above it: it may be the headline, which phrases do not take away.
    first: bool,
}

struct Work<'c, 't> {
    config: &'c Config,
    lines: Vec<Line<'t>>,
    out: Cleaned<'t>,
    removed: Vec<(usize, Removed)>,
    /// Where lines are folded, to allocate once.
    folded: String,
}

impl<'t> Work<'_, 't> {
    fn is_enabled(&self, rule: &str) -> bool {
        !self.config.disabled_rules.iter().any(|disabled| disabled == rule)
    }

    fn remove(&mut self, at: usize, rule: &str, text: &str) {
        if self.removed.len() < MOST_REMOVED {
            self.removed.push((
                at,
                Removed {
                    rule: rule.to_owned(),
                    text: text.to_owned(),
                },
            ));
        }
    }

    /// Looks for the words that notes have, in the lines where notes are.
    fn triggers(&self, text: &str, body: usize) -> Triggers {
        let mut triggers = Triggers::default();
        let n_lines = self.lines.len();
        let tail = n_lines.saturating_sub(TAIL_LINES).max(body.min(2));
        if tail <= body {
            triggers.look(text, &self.lines);
        } else {
            triggers.look(text, &self.lines[..body]);
            triggers.look_for_cookies(&self.lines[body..tail]);
            triggers.look(text, &self.lines[tail..]);
        }
        triggers
    }

    /// Cuts ` date 2025-09-19 ` off the start: a scraper's own stamp.
    fn scraper_prefix(&mut self) {
        let Some(line) = self.lines.first().copied() else {
            return;
        };
        let Some(rest) = line
            .text
            .strip_prefix("date ")
            .filter(|_| self.is_enabled("scraper_prefix"))
        else {
            return;
        };
        let iso = rest
            .get(..10)
            .filter(|iso| iso.as_bytes()[4] == b'-' && iso.as_bytes()[7] == b'-');
        let Some(date) = iso.and_then(dates::only) else {
            return;
        };
        self.out.dates.push(date);
        self.remove(0, "scraper_prefix", &line.text[..15]);
        let rest = line.text[15..].trim_start();
        if rest.is_empty() {
            self.lines.remove(0);
            if let Some(line) = self.lines.first_mut() {
                line.gap = true;
            }
        } else {
            self.lines[0].start += line.text.len() - rest.len();
            self.lines[0].text = rest;
        }
    }

    /// Whether a line is part of a hard-wrapped paragraph, or goes on with a sentence.
    fn is_prose(&self, at: usize) -> bool {
        let line = &self.lines[at];
        let wrapped = || line.joins || self.lines.get(at + 1).is_some_and(|next| next.joins);
        let goes_on = || {
            at > 0
                && !line.gap
                && line.text.starts_with(|c: char| c.is_lowercase())
                && self.lines[at - 1]
                    .text
                    .ends_with(|c: char| c.is_alphanumeric() || c == ',')
                && !line.text.contains(['-', '_'])
        };
        wrapped() || goes_on()
    }

    /// Whether the sentence of a line goes on in the line below.
    fn goes_on_below(&self, at: usize) -> bool {
        self.lines[at]
            .text
            .ends_with(|c: char| c.is_alphanumeric() || c == ',')
            && self
                .lines
                .get(at + 1)
                .is_some_and(|next| !next.gap && next.text.starts_with(char::is_lowercase))
    }

    /// Whether a line is the end of the sentence above it.
    fn closes_sentence(&self, at: usize) -> bool {
        at > 0 && lines::closes_sentence(&self.lines[at - 1], &self.lines[at])
    }

    /// Removes the line if a rule says so.
    fn apply_rules(&mut self, at: usize, position: Position, triggers: &Triggers) -> bool {
        if self.is_prose(at) {
            return false;
        }
        let line = self.lines[at].text;
        let disabled = &self.config.disabled_rules;
        let triggered = triggers.are_in(&self.lines[at]);
        let name = index::find(line, position, triggered, disabled, &mut self.folded);
        let user = || {
            let mut rules = self
                .config
                .rules
                .0
                .iter()
                .filter(|rule| in_zone(rule.zone, position));
            rules
                .find(|rule| rule.line.is_match(line))
                .map(|rule| rule.name.as_str())
        };
        let Some(name) = name.or_else(user) else {
            return false;
        };
        if name == "end_mark" && self.closes_sentence(at) {
            return false;
        }
        let name = name.to_owned();
        self.learn(&name, line);
        self.remove(at, &name, line);
        true
    }

    /// Keeps what a removed line says about the article.
    fn learn(&mut self, rule: &str, line: &str) {
        match rule {
            "timestamp" | "date_line" => {
                if let Some(found) = dates::find(line) {
                    self.learn_date(found.date, line);
                }
            }
            "edited_by" if self.out.byline.is_empty() => self.out.byline = credits::reporting(line),
            "end_mark" if self.out.agency.is_none() => {
                self.out.agency = credits::agency_line(line).map(|(name, _)| name.to_owned());
            }
            _ => {}
        }
    }

    /// "First published" comes before "Last updated", and a time before a mere date.
    fn learn_date(&mut self, date: PartialDate, line: &str) {
        let lower = line.to_ascii_lowercase();
        let updated = lower.contains("updated") || lower.contains("modified");
        let finer = self.out.dates.iter().all(|known| known.time.is_none()) && date.time.is_some();
        if self.out.dates.is_empty() || finer || (lower.contains("first") && !updated) {
            self.out.dates.insert(0, date);
        } else {
            self.out.dates.push(date);
        }
    }

    /// Bylines and agency credits above the body.
    #[expect(
        clippy::needless_range_loop,
        reason = "the line, its neighbours and `keep` are indexed alike"
    )]
    fn credits(&mut self, keep: &mut [bool], body: usize) {
        for at in 0..body {
            let line = self.lines[at].text;
            if !keep[at] || line.len() > 130 || self.is_prose(at) || self.closes_sentence(at) {
                continue;
            }
            if let Some((agency, place)) =
                credits::agency_line(line).filter(|_| self.is_enabled("agency_line"))
            {
                self.out.agency = Some(agency.to_owned());
                self.out.place = place.map(str::to_owned);
                keep[at] = false;
                self.remove(at, "agency_line", line);
            } else if let Some(credit) = credits::byline(line).filter(|_| self.is_enabled("byline")) {
                self.out.byline = credit.authors;
                self.out.agency = credit.agency.or(self.out.agency.take());
                keep[at] = false;
                self.remove(at, "byline", line);
            }
        }
    }

    /// A word or three right above a credit or below an image's name is a caption.
    fn captions(&mut self, keep: &mut [bool], body: usize) {
        if !self.is_enabled("caption") {
            return;
        }
        for at in 1..self.lines.len() {
            let line = self.lines[at];
            let short = line.text.len() <= 40 && n_words(line.text) <= 3;
            if !keep[at] || !short || self.is_prose(at) || line.text.ends_with(['.', '!', '?', ':', '”', '"'])
            {
                continue;
            }
            let above_credit = at + 1 < body && !keep[at + 1] && !self.lines[at + 1].gap && at < body;
            let bracketed = line.text.starts_with('(') && line.text.ends_with(')');
            let slug_above = || {
                self.removed
                    .iter()
                    .any(|(index, removed)| *index + 1 == at && removed.rule == "image_slug")
            };
            let alone = || !keep[at + 1..].contains(&true);
            if (above_credit && !alone()) || (bracketed && !line.gap && slug_above()) {
                keep[at] = false;
                let rule = if above_credit { "caption" } else { "photo_credit" };
                self.remove(at, rule, line.text);
            }
        }
    }

    /// Takes the first line that is left above the body as the headline.
    fn headline(&mut self, keep: &mut [bool], body: usize) {
        let Some(at) = (0..body).find(|at| keep[*at]) else {
            return;
        };
        let line = self.lines[at].text;
        let next = (at + 1..self.lines.len())
            .find(|at| keep[*at])
            .map(|at| self.lines[at]);
        let set_off = next.is_some_and(|next| next.gap || next.text.len() > line.len() || at + 1 < body);
        if !set_off || !is_headline(line) || self.is_prose(at) {
            return;
        }
        let (headline, suffix) = split_suffix(line, None);
        if let Some(suffix) = suffix.filter(|_| self.is_enabled("title_suffix")) {
            self.remove(at, "title_suffix", suffix);
            self.out.headline = Some(headline);
        } else {
            self.out.headline = Some(line);
        }
        keep[at] = false;
    }

    /// Lines above the body that say again what the headline or a paragraph says.
    fn repeats(&mut self, keep: &mut [bool], body: usize, headline: Option<&str>) {
        for at in 0..self.lines.len().min(body + 1) {
            let line = self.lines[at].text;
            if !keep[at] || line.len() > 500 || self.is_prose(at) {
                continue;
            }
            // A line twice as long says more than the headline, whatever its punctuation.
            let is_headline = |headline: &str| {
                line.len() <= headline.len() * 2 + 8
                    && may_start_alike(headline, line)
                    && letters(headline).eq(letters(line))
            };
            if headline.is_some_and(is_headline)
                && !self.goes_on_below(at)
                && self.is_enabled("repeated_headline")
            {
                keep[at] = false;
                self.remove(at, "repeated_headline", line);
                continue;
            }
            // The head of a table may stand above each of its parts.
            if at >= body || line.len() < 40 || line.contains("   ") {
                continue;
            }
            let below = self.lines.iter().zip(&*keep).skip(at + 1).take(12);
            let repeated = below
                .filter(|(_, keep)| **keep)
                .any(|(below, _)| below.text.len() >= line.len() && starts_with_letters(below.text, line));
            if repeated && self.is_enabled("repeated_standfirst") {
                keep[at] = false;
                self.remove(at, "repeated_standfirst", line);
            }
        }
    }

    fn finish(mut self, keep: &[bool]) -> Cleaned<'t> {
        self.out.lines.reserve_exact(self.lines.len());
        let mut gap = false;
        for (line, keep) in self.lines.iter().zip(keep) {
            gap |= line.gap;
            if *keep {
                self.out.lines.push(Line { gap, ..*line });
                gap = false;
            } else {
                // What stood on both sides of a removed line belongs to different paragraphs.
                gap = true;
            }
        }
        self.removed.sort_by_key(|(at, _)| *at);
        self.out.removed = self.removed.into_iter().map(|(_, removed)| removed).collect();
        self.out
    }
}

/// Returns the index of the first line of the body: a paragraph, a dateline or hard-wrapped prose.
fn body_start(lines: &[Line<'_>]) -> usize {
    let starts = |at: usize| {
        let line = lines[at].text;
        let sentence = line
            .trim_end_matches(['"', '”', '’', '\'', ')', ']'])
            .ends_with(['.', '!', '?', '…', ':', '।', '。']);
        if line.len() >= 100 && sentence {
            return true;
        }
        let wrapped = lines.get(at + 1).is_some_and(|next| {
            !next.gap
                && next.text.starts_with(|c: char| c.is_lowercase())
                && (45..=110).contains(&line.len())
                && !sentence
        });
        wrapped || (line.len() >= 60 && dateline::read(line).is_some())
    };
    let limit = lines.len().min(HEAD_LINES);
    (0..limit).find(|at| starts(*at)).unwrap_or(limit.min(4))
}

fn in_zone(zone: Zone, position: Position) -> bool {
    match zone {
        Zone::Anywhere => true,
        Zone::Head => position.head,
        Zone::Tail => position.tail,
        Zone::Edges => position.head || position.tail,
    }
}

/// The letters and digits of a text, for comparing.
fn letters(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
}

/// Whether two texts may begin with the same letter, as far as one look at ASCII tells.
fn may_start_alike(one: &str, other: &str) -> bool {
    let (Some(one), Some(other)) = (one.bytes().next(), other.bytes().next()) else {
        return true;
    };
    one.eq_ignore_ascii_case(&other) || !(one.is_ascii_alphanumeric() && other.is_ascii_alphanumeric())
}

fn starts_with_letters(text: &str, start: &str) -> bool {
    if !may_start_alike(text, start) {
        return false;
    }
    let mut own = letters(text);
    letters(start).all(|c| own.next() == Some(c))
}
