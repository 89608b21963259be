//! The entity mentions of a document in order, for the questions that figures ask about them.

use crate::engine::analysis::{Entity, EntityType};
use crate::engine::text::Span;

/// A mention and whose it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name {
    /// Where it stands.
    pub span: Span,
    /// What it names.
    pub kind: EntityType,
    /// Index of its entity.
    pub entity: usize,
}

/// All mentions, in order of the text.
#[derive(Debug)]
pub(super) struct Names {
    all: Vec<Name>,
}

impl Names {
    /// Collects the mentions of a document.
    pub(super) fn new(entities: &[Entity]) -> Self {
        let mut all: Vec<Name> = Vec::with_capacity(entities.len() * 2);
        for (entity, found) in entities.iter().enumerate() {
            all.extend(found.mentions.iter().map(|&span| Name {
                span,
                kind: found.kind,
                entity,
            }));
        }
        all.sort_unstable_by_key(|name| name.span);
        Self { all }
    }

    /// Returns the mention that holds all of a span.
    pub(super) fn containing(&self, span: Span) -> Option<Name> {
        let first = self.all.partition_point(|name| name.span.end <= span.start);
        self.all
            .get(first)
            .copied()
            .filter(|name| name.span.contains(span))
    }

    /// Returns the mentions that start inside a span.
    pub(super) fn inside(&self, span: Span) -> &[Name] {
        let first = self.all.partition_point(|name| name.span.start < span.start);
        let last = self.all.partition_point(|name| name.span.start < span.end);
        &self.all[first..last.max(first)]
    }
}
