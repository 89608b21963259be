//! Settled cases that a model need not learn: what is never a name, and where a name begins and ends.

use super::super::lexicon::{Class, Classes};
use super::super::tokens::{Token, TokenKind};
use super::forms::Flags;
use super::heads;
use super::mentions::Mention;
use super::sheet::Sheet;
use wire::message::EntityType;

/// Takes out what our labelling guide settles as no name, and trims what it settles as outside.
pub(super) fn apply(text: &str, tokens: &[Token], sheet: &Sheet, mentions: &mut Vec<Mention>) {
    let words = Words { text, tokens, sheet };
    for mention in mentions.iter_mut() {
        words.trim(mention);
        words.drop_reference(mention);
        words.name_operation(mention);
        words.drop_designation(mention);
    }
    mentions.retain(|mention| !words.is_reference(mention) && !words.is_designation(mention));
    words.join(mentions);
    words.split_bylines(mentions);
    words.name_agencies(mentions);
    words.settle_places(mentions);
}

/// How sure the brackets of a dateline make a name.
const BRACKETED: f32 = 0.9;

#[derive(Debug, Clone, Copy)]
struct Words<'a> {
    text: &'a str,
    tokens: &'a [Token],
    sheet: &'a Sheet,
}

impl Words<'_> {
    fn at(&self, token: u32) -> &str {
        self.tokens
            .get(token as usize)
            .map_or("", |token| token.of(self.text))
    }

    fn move_to(&self, mention: &mut Mention, range: std::ops::Range<usize>) {
        *mention = Mention::new(self.tokens, range, mention.kind, mention.confidence);
    }

    /// Marks at the edges stay outside, but for those that names end with ("Yahoo!").
    fn trim(&self, mention: &mut Mention) {
        let (mut first, mut end) = (mention.first as usize, mention.end as usize);
        let is_edge = |at: usize| {
            let token = self.tokens[at];
            token.kind == TokenKind::Mark && !matches!(token.of(self.text), "!" | "+" | "*")
        };
        while first + 1 < end && is_edge(first) {
            first += 1;
        }
        while first + 1 < end && is_edge(end - 1) {
            end -= 1;
        }
        if (first, end) != (mention.first as usize, mention.end as usize) {
            self.move_to(mention, first..end);
        }
    }

    /// "Section 219 of the Immigration Act" names only the act.
    fn drop_reference(&self, mention: &mut Mention) {
        let range = mention.range();
        if range.len() < 4 || !self.begins_reference(mention) || self.at(mention.first + 2) != "of" {
            return;
        }
        let skip = if self.at(mention.first + 3) == "the" { 4 } else { 3 };
        if range.len() > skip {
            self.move_to(mention, range.start + skip..range.end);
        }
    }

    fn begins_reference(&self, mention: &Mention) -> bool {
        let number = self.tokens.get(mention.first as usize + 1);
        number.is_some_and(|token| token.kind == TokenKind::Number)
            && matches!(
                self.at(mention.first),
                "Section"
                    | "Sections"
                    | "Article"
                    | "Articles"
                    | "Chapter"
                    | "Clause"
                    | "Paragraph"
                    | "Rule"
                    | "Page"
            )
    }

    /// "Section 219", and what a date was taken for ("2025-08-13 Home").
    fn is_reference(&self, mention: &Mention) -> bool {
        let range = mention.range();
        let starts_with_number = self.tokens[range.start].kind == TokenKind::Number;
        range.len() == 2 && self.begins_reference(mention)
            || starts_with_number && range.len() > 1 && self.at(mention.first + 1) == "-"
    }

    /// Designations name a legal status, not a group.
    fn is_designation(&self, mention: &Mention) -> bool {
        matches!(
            mention.span.of(self.text),
            "Foreign Terrorist Organization"
                | "Foreign Terrorist Organisation"
                | "Specially Designated Global Terrorist"
                | "FTO"
                | "SDGT"
        )
    }

    /// "Operation Dawn Light" is an event, and its first word belongs to it.
    fn name_operation(&self, mention: &mut Mention) {
        let range = mention.range();
        if self.at(mention.first) == "Operation" && range.len() > 1 {
            mention.kind = EntityType::Event;
        } else if range.start > 0 && self.at(mention.first - 1) == "Operation" {
            mention.kind = EntityType::Event;
            self.move_to(mention, range.start - 1..range.end);
        }
    }

    /// "US FTO list": the designation goes, the country stays.
    fn drop_designation(&self, mention: &mut Mention) {
        let range = mention.range();
        let is_country = self.sheet.listed[range.start].alone.contains(Class::Country);
        if range.len() == 2 && is_country && matches!(self.at(mention.end - 1), "FTO" | "SDGT") {
            mention.kind = EntityType::Place;
            self.move_to(mention, range.start..range.start + 1);
        }
    }

    /// Joins neighbours that are one name.
    fn join(&self, mentions: &mut Vec<Mention>) {
        for mention in mentions.iter_mut() {
            if let Some((end, kind)) = self.pact(mention) {
                mention.kind = kind;
                self.move_to(mention, mention.range().start..end);
            }
        }
        mentions.dedup_by(|later, first| {
            if later.first < first.end {
                return true; // part of what was joined before
            }
            if self.is_bureau(first, later) {
                self.move_to(first, first.range().start..later.range().end);
                return true;
            }
            false
        });
    }

    /// "State Department's Bureau of Consular Affairs": a department's bureau is named with its department.
    fn is_bureau(&self, owner: &Mention, bureau: &Mention) -> bool {
        owner.kind == EntityType::Organization
            && bureau.kind == EntityType::Organization
            && owner.end + 1 == bureau.first
            && self.tokens[owner.end as usize].kind == TokenKind::Possessive
            && matches!(self.at(owner.end - 1), "Department" | "Ministry")
            && matches!(self.at(bureau.first), "Bureau" | "Office")
    }

    /// "Peru-Chile Mining Treaty": two countries and what lies between them. Returns where it ends and what it is.
    fn pact(&self, first: &Mention) -> Option<(usize, EntityType)> {
        let is_country = |at: u32| self.sheet.listed[at as usize].alone.contains(Class::Country);
        let run = self
            .sheet
            .runs
            .get(self.sheet.run_of[first.range().start] as usize)?;
        let fits = run.start == first.first
            && first.range().len() == 1
            && self.at(first.end) == "-"
            && run.end > first.end + 2
            && is_country(first.first)
            && is_country(first.end + 1);
        let kind = match self.at(run.end - 1) {
            "War" | "Conflict" | "Summit" | "Talks" | "Dialogue" => EntityType::Event,
            "Treaty" | "Agreement" | "Pact" | "Accord" | "Accords" | "Deal" | "Corridor" | "Pipeline" => {
                EntityType::Misc
            }
            _ => return None,
        };
        fits.then_some((run.end as usize, kind))
    }

    /// "QUETTA (Northern Wire) —": what stands in the brackets of a dateline is an agency, unless it is known as a place
    /// ("BIRMINGHAM (Alabama) —") or as a person; what credits nobody ("Press Release") is no name.
    fn name_agencies(&self, mentions: &mut Vec<Mention>) {
        let mut last = None;
        for sentence in &self.sheet.sentence_of {
            if last.replace(sentence.start) == Some(sentence.start) {
                continue;
            }
            let Some(name) = self.bracketed(sentence.start as usize..sentence.dateline_end as usize) else {
                continue;
            };
            let before = mentions.partition_point(|mention| mention.range().end <= name.start);
            let after = mentions.partition_point(|mention| mention.range().start < name.end);
            let last_word = self.at(name.end as u32 - 1);
            if heads::is_credit(last_word) {
                mentions.drain(before..after);
                continue;
            }
            let agency = Mention::new(self.tokens, name, EntityType::Organization, BRACKETED);
            let stays = |mention: &Mention| match mention.kind {
                EntityType::Organization => true,
                EntityType::Person => !heads::is_medium(last_word),
                EntityType::Place => heads::is_settled_place(last_word),
                EntityType::Norp | EntityType::Event | EntityType::Misc => false,
            };
            if !mentions[before..after]
                .iter()
                .any(|mention| mention.span == agency.span && stays(mention))
            {
                mentions.splice(before..after, [agency]);
            }
        }
    }

    /// Returns the capitalised words in the brackets that end a dateline.
    fn bracketed(&self, dateline: std::ops::Range<usize>) -> Option<std::ops::Range<usize>> {
        const PLACES: Classes = Classes::of(&[
            Class::Country,
            Class::Region,
            Class::District,
            Class::BigCity,
            Class::City,
        ]);
        let is = |at: usize, mark: &str| self.tokens[at].of(self.text) == mark;
        let close = dateline.clone().rev().take(2).find(|&at| is(at, ")"))?;
        let open = (dateline.start + 1..close)
            .rev()
            .take(8)
            .find(|&at| is(at, "("))?;
        let listed = &self.sheet.listed;
        let (first, last) = (open + 1, close - 1);
        let is_place = if first == last {
            listed[first].alone.intersects(PLACES)
        } else {
            listed[first].begin.intersects(PLACES) && listed[last].end.intersects(PLACES)
        };
        let is_name = first <= last
            && (first..close).all(|at| {
                self.tokens[at].kind == TokenKind::Word && self.sheet.forms[at].flags.has(Flags::CAPITAL)
            });
        (is_name && !is_place).then_some(first..close)
    }

    /// "The garrison of Am Sirej" makes a place of every "Am Sirej" of the document that seemed to be a person, unless
    /// people are called so.
    fn settle_places(&self, mentions: &mut [Mention]) {
        let mut places: Vec<u64> = mentions
            .iter()
            .filter(|mention| self.is_settlement(mention))
            .map(|mention| self.hash(mention))
            .collect();
        if places.is_empty() {
            return;
        }
        places.sort_unstable();
        for mention in mentions {
            let is_such = mention.kind == EntityType::Person
                && (self.is_settlement(mention)
                    || !self.is_called_so(mention) && places.binary_search(&self.hash(mention)).is_ok());
            if is_such {
                mention.kind = EntityType::Place;
            }
        }
    }

    /// Whether a noun for a place and "of" stand before a name: "the town of Am Sirej".
    fn is_settlement(&self, mention: &Mention) -> bool {
        matches!(mention.kind, EntityType::Person | EntityType::Place)
            && mention.first >= 2
            && self.at(mention.first - 1) == "of"
            && heads::is_place_noun(self.at(mention.first - 2))
    }

    /// Whether a word of a name is one that people have.
    fn is_called_so(&self, mention: &Mention) -> bool {
        const PEOPLE: Classes = Classes::of(&[Class::GivenName, Class::Surname]);
        mention
            .range()
            .any(|at| self.sheet.listed[at].alone.intersects(PEOPLE))
    }

    /// Hashes the folded words of a name.
    fn hash(&self, mention: &Mention) -> u64 {
        mention.range().fold(0, |hash: u64, at| {
            hash.rotate_left(7) ^ self.sheet.forms[at].lower
        })
    }

    /// "Associated Press Kabul": an agency and the place it reports from.
    fn split_bylines(&self, mentions: &mut Vec<Mention>) {
        const PLACES: Classes = Classes::of(&[Class::Country, Class::BigCity]);
        let mut places = Vec::new();
        for mention in mentions.iter_mut() {
            let range = mention.range();
            let last = range.end - 1;
            if mention.kind != EntityType::Organization || range.len() < 3 {
                continue;
            }
            let agency = self.sheet.listed[last - 1];
            if agency.end.contains(Class::Media) && self.sheet.listed[last].alone.intersects(PLACES) {
                places.push(Mention::new(
                    self.tokens,
                    last..range.end,
                    EntityType::Place,
                    mention.confidence,
                ));
                self.move_to(mention, range.start..last);
            }
        }
        if !places.is_empty() {
            mentions.extend(places);
            mentions.sort_unstable_by_key(|mention| mention.first);
        }
    }
}
