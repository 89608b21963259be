//! Analysis → record: byte spans become code points, indices become ids. The engine never serialises.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use wire::message::{
    Article, Claimant, DateMention, EnrichedArticle, Entity, EntityType, Figure, Quote, Revision, Speaker,
    TextSpan, When,
};
use wire::transport::subject_token;

use crate::engine::analysis::LeftOut;
use crate::engine::text::{CodePoints, numbered};
use crate::engine::{self, Analysis, Document, Engine, Span};

/// Name of the built-in model and lexicons, part of every record's revision.
pub fn model_name() -> &'static str {
    "en-2026.11"
}

/// A record, and the sentences that its figures count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Enriched {
    /// The record.
    pub record: EnrichedArticle,
    /// The sentences of its text, in order.
    pub sentences: Vec<Sentence>,
}

/// One sentence of a record's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// First code point.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
    /// First byte.
    pub first_byte: usize,
    /// One past the last byte.
    pub end_byte: usize,
}

/// Returns the record of an article: the article itself and everything the engine finds in it.
pub fn enrich(engine: &Engine, article: Article) -> EnrichedArticle {
    enrich_with_sentences(engine, article).record
}

/// Returns the record of an article, and its sentences.
pub fn enrich_with_sentences(engine: &Engine, article: Article) -> Enriched {
    #[cfg(debug_assertions)]
    crate::poison::swallow(&article.text);
    let document = Document {
        text: &article.text,
        published: published_day(&article),
        headline: article.headline.as_deref(),
        dateline: article.dateline.text.as_deref(),
    };
    let analysis = engine.analyse(&document);
    let revision = Revision {
        pipeline: env!("CARGO_PKG_VERSION").to_owned(),
        model: model_name().to_owned(),
    };
    let mut record = EnrichedArticle::from_article(article, revision);
    let converter = Converter::new(&record.text);
    let sentences = analysis.sentences.iter().map(|&span| converter.sentence(span));
    let sentences = sentences.collect();
    let converted = converter.fill(analysis, record.dateline.text.as_deref());
    converted.write_into(&mut record);
    Enriched { record, sentences }
}

/// Returns the day of publication where it is known to the day.
fn published_day(article: &Article) -> Option<Date> {
    article.published.value.as_deref()?.get(..10)?.parse().ok()
}

/// The converted layers, ready to be moved into a record whose text they were made from.
struct Converted {
    warnings: Vec<String>,
    entities: Vec<Entity>,
    figures: Vec<Figure>,
    dates: Vec<DateMention>,
    quotes: Vec<Quote>,
    dateline_place: Option<String>,
}

impl Converted {
    fn write_into(self, record: &mut EnrichedArticle) {
        record.entities = self.entities;
        record.figures = self.figures;
        record.dates = self.dates;
        record.quotes = self.quotes;
        record.dateline.place = self.dateline_place;
        record.warnings.extend(self.warnings);
    }
}

struct Converter<'a> {
    text: &'a str,
    code_points: CodePoints<'a>,
}

impl<'a> Converter<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            code_points: CodePoints::new(text),
        }
    }

    fn fill(&self, analysis: Analysis, dateline: Option<&str>) -> Converted {
        let figures = analysis.figures.iter().enumerate();
        Converted {
            warnings: analysis.left_out.iter().map(warning).collect(),
            figures: figures
                .map(|(index, figure)| self.figure(index, figure, &analysis))
                .collect(),
            dates: analysis.dates.iter().map(|date| self.date(date)).collect(),
            quotes: analysis.quotes.iter().map(|quote| self.quote(quote)).collect(),
            dateline_place: dateline.and_then(|dateline| self.dateline_place(dateline, &analysis)),
            entities: analysis
                .entities
                .into_iter()
                .enumerate()
                .map(|(i, entity)| self.entity(i, entity))
                .collect(),
        }
    }

    fn start_end(&self, span: Span) -> (u32, u32) {
        (self.code_points.at(span.start), self.code_points.at(span.end))
    }

    fn string(&self, span: Span) -> String {
        span.of(self.text).to_owned()
    }

    fn span(&self, span: Span) -> TextSpan {
        let (start, end) = self.start_end(span);
        TextSpan {
            start,
            end,
            text: self.string(span),
        }
    }

    fn sentence(&self, span: Span) -> Sentence {
        let (start, end) = self.start_end(span);
        Sentence {
            start,
            end,
            first_byte: span.start as usize,
            end_byte: span.end as usize,
        }
    }

    fn entity(&self, index: usize, entity: engine::Entity) -> Entity {
        Entity {
            id: entity_id(index),
            kind: entity.kind,
            subtype: entity.subtype.map(str::to_owned),
            key: subject_token(&entity.name),
            name: entity.name,
            role: entity.role,
            ids: entity.ids,
            country: entity.country,
            lists: entity.lists,
            salience: entity.salience,
            confidence: entity.confidence,
            mentions: entity
                .mentions
                .iter()
                .map(|&mention| self.span(mention))
                .collect(),
        }
    }

    fn figure(&self, index: usize, figure: &engine::Figure, analysis: &Analysis) -> Figure {
        let (start, end) = self.start_end(figure.span);
        Figure {
            id: figure_id(index),
            start,
            end,
            text: self.string(figure.span),
            number: self.span(figure.number),
            value: figure.value,
            low: figure.low,
            high: figure.high,
            bound: figure.bound,
            kind: figure.kind,
            unit: figure.unit.map(str::to_owned),
            subject: figure.subject.map(|subject| self.span(subject)),
            change: figure.change,
            negated: figure.negated,
            claimant: figure.claimant.as_ref().map(|claimant| self.claimant(claimant)),
            place: figure.place.map(entity_id),
            when: figure
                .when
                .and_then(|when| analysis.dates.get(when))
                .map(|date| self.date(date)),
            sentence: figure.sentence as u32,
            part_of: figure.part_of.map(figure_id),
            compared_to: figure.compared_to.map(figure_id),
            confidence: figure.confidence,
        }
    }

    fn claimant(&self, claimant: &engine::Claimant) -> Claimant {
        let (start, end) = self.start_end(claimant.span);
        Claimant {
            text: self.string(claimant.span),
            start,
            end,
            entity: claimant.entity.map(entity_id),
            cue: self.string(claimant.cue),
            status: claimant.status,
        }
    }

    fn date(&self, date: &engine::DateMention) -> When {
        let (start, end) = self.start_end(date.span);
        When {
            text: self.string(date.span),
            start,
            end,
            value: date.value.clone(),
            precision: date.precision,
        }
    }

    fn quote(&self, quote: &engine::Quote) -> Quote {
        let (start, end) = self.start_end(quote.span);
        Quote {
            start,
            end,
            text: self.string(quote.span),
            speaker: quote.speaker.as_ref().map(|speaker| Speaker {
                text: self.string(speaker.span),
                entity: speaker.entity.map(entity_id),
            }),
            verb: quote.verb.map(|verb| self.string(verb)),
        }
    }

    /// Returns the place that a dateline names: the first one mentioned inside it where it stands in the text,
    /// otherwise the first one whose name it begins with.
    fn dateline_place(&self, dateline: &str, analysis: &Analysis) -> Option<String> {
        let places = || {
            let entities = analysis.entities.iter().enumerate();
            entities.filter(|(_, entity)| entity.kind == EntityType::Place)
        };
        let printed = self
            .text
            .find(dateline)
            .map(|start| Span::new(start, start + dateline.len()));
        let inside = printed.and_then(|dateline| {
            let first = |entity: &engine::Entity| {
                entity
                    .mentions
                    .iter()
                    .copied()
                    .find(|span| dateline.contains(*span))
            };
            let named = places().filter_map(|(index, entity)| Some((first(entity)?, index)));
            named.min().map(|(_, index)| index)
        });
        let dateline = dateline.to_lowercase();
        let named = || places().find(|(_, entity)| dateline.starts_with(&entity.name.to_lowercase()));
        inside.or_else(|| named().map(|(index, _)| index)).map(entity_id)
    }
}

/// Says what the record lacks.
fn warning(left_out: &LeftOut) -> String {
    match left_out {
        LeftOut::Entities(most) => format!("only the first {most} entities are listed"),
        LeftOut::Figures(most) => format!("only the first {most} figures are listed"),
        LeftOut::Dates(most) => format!("only the first {most} dates are listed"),
        LeftOut::Mentions(most) => format!("only the first {most} mentions of entities are listed"),
        LeftOut::Quotes(most) => format!("only the first {most} quotes are listed"),
    }
}

fn entity_id(index: usize) -> String {
    numbered('e', index + 1)
}

fn figure_id(index: usize) -> String {
    numbered('f', index + 1)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use wire::message::{ArticleId, Format, Source};

    use super::*;

    #[test]
    fn the_place_of_a_dateline_is_the_one_it_names() {
        let text =
            "Pakistan mourns\n\nKABUL, March 3 (Reuters) — Officials from Pakistan met in Kabul on Tuesday.";
        let source = Source {
            name: "test".to_owned(),
            path: "test.txt".to_owned(),
            item: None,
            format: Format::Text,
            bytes: text.len() as u64,
            encoding: "utf-8".to_owned(),
            received: Some(Timestamp::UNIX_EPOCH),
        };
        let mut article = Article::new(ArticleId::of(text.as_bytes()), source, text.to_owned());
        article.dateline.text = Some("KABUL, March 3".to_owned());
        let record = enrich(&Engine::new(), article);
        let place = record
            .entities
            .iter()
            .find(|entity| Some(&entity.id) == record.dateline.place.as_ref());
        assert_eq!(place.map(|place| place.name.as_str()), Some("Kabul"));
    }
}
