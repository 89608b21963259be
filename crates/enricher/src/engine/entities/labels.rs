//! The labels of the tagger: outside, and the beginning and the inside of each type of entity.

use wire::message::EntityType;

/// Number of labels.
pub const N_LABELS: usize = 13;

/// A label: 0 is outside; an odd number begins an entity, the even one after it continues it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Label(pub u8);

/// The types in order of their labels.
const TYPES: [EntityType; 6] = [
    EntityType::Person,
    EntityType::Organization,
    EntityType::Place,
    EntityType::Norp,
    EntityType::Event,
    EntityType::Misc,
];

impl Label {
    /// Part of no entity.
    pub const OUTSIDE: Self = Self(0);

    /// Returns every label, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..N_LABELS as u8).map(Self)
    }

    /// Returns the label of the first token of an entity.
    pub fn begin(kind: EntityType) -> Self {
        Self(1 + 2 * index(kind))
    }

    /// Returns the label of a later token of an entity.
    pub fn inside(kind: EntityType) -> Self {
        Self(2 + 2 * index(kind))
    }

    /// Returns the type of the entity, or `None` outside.
    pub fn kind(self) -> Option<EntityType> {
        let index = self.0.checked_sub(1)?;
        TYPES.get(index as usize / 2).copied()
    }

    /// Returns whether the label continues an entity.
    pub fn is_inside(self) -> bool {
        self.0 != 0 && self.0.is_multiple_of(2)
    }

    /// Returns whether the label may come after `previous`.
    pub fn may_follow(self, previous: Self) -> bool {
        !self.is_inside() || previous.kind() == self.kind()
    }
}

fn index(kind: EntityType) -> u8 {
    match kind {
        EntityType::Person => 0,
        EntityType::Organization => 1,
        EntityType::Place => 2,
        EntityType::Norp => 3,
        EntityType::Event => 4,
        EntityType::Misc => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_type_is_continued() {
        for kind in TYPES {
            assert_eq!(Label::begin(kind).kind(), Some(kind));
            assert_eq!(Label::inside(kind).kind(), Some(kind));
            assert!(Label::inside(kind).may_follow(Label::begin(kind)));
            assert!(Label::inside(kind).may_follow(Label::inside(kind)));
            assert!(!Label::inside(kind).may_follow(Label::OUTSIDE));
            assert!(Label::begin(kind).may_follow(Label::inside(kind)));
        }
        assert!(!Label::inside(EntityType::Place).may_follow(Label::begin(EntityType::Person)));
        assert_eq!(Label::OUTSIDE.kind(), None);
    }
}
