//! Classes of names. They are evidence for the tagger, never decisions.

/// A class that a name can belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Class {
    /// A sovereign state or dependent territory.
    Country,
    /// A first-level division: province, state, oblast.
    Region,
    /// A second-level division: district, county.
    District,
    /// A capital or a city of half a million.
    BigCity,
    /// A city of fifty thousand.
    City,
    /// A smaller town.
    Town,
    /// A sea, river, mountain, landmark or region without borders.
    Landmark,
    /// Demonyms: "Pakistani", "Scots".
    Nationality,
    /// Religious, ethnic and political groups.
    Group,
    /// Given names.
    GivenName,
    /// Common surnames.
    Surname,
    /// Rarer surnames.
    RareSurname,
    /// Full names of office holders.
    Leader,
    /// International and non-governmental organisations.
    Organization,
    /// Governments, ministries, militaries, agencies.
    Government,
    /// Armed groups.
    ArmedGroup,
    /// Political parties.
    Party,
    /// Companies.
    Company,
    /// Newspapers, agencies, channels, platforms.
    Media,
    /// Teams, leagues, governing bodies.
    Sport,
    /// Named events.
    Event,
    /// Languages, laws, products, prizes, works.
    Misc,
    /// Words that head the name of an organisation: "Ministry", "University".
    OrganizationHead,
    /// Words that head the name of a place: "River", "Airport".
    PlaceHead,
    /// Words that head the name of an event: "Cup", "Summit".
    EventHead,
    /// Titles, ranks and offices.
    Title,
    /// Months and weekdays.
    Calendar,
    /// Company endings: "Inc.", "Ltd".
    CompanyEnding,
    /// Military organisations with a proper name.
    Military,
}

impl Class {
    /// Every class, in order.
    pub const ALL: [Self; 29] = [
        Self::Country,
        Self::Region,
        Self::District,
        Self::BigCity,
        Self::City,
        Self::Town,
        Self::Landmark,
        Self::Nationality,
        Self::Group,
        Self::GivenName,
        Self::Surname,
        Self::RareSurname,
        Self::Leader,
        Self::Organization,
        Self::Government,
        Self::ArmedGroup,
        Self::Party,
        Self::Company,
        Self::Media,
        Self::Sport,
        Self::Event,
        Self::Misc,
        Self::OrganizationHead,
        Self::PlaceHead,
        Self::EventHead,
        Self::Title,
        Self::Calendar,
        Self::CompanyEnding,
        Self::Military,
    ];

    /// Returns the class with this name in a hand-made list ("armed_group").
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }

    /// Returns the name used in hand-made lists.
    pub fn name(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Region => "region",
            Self::District => "district",
            Self::BigCity => "big_city",
            Self::City => "city",
            Self::Town => "town",
            Self::Landmark => "landmark",
            Self::Nationality => "nationality",
            Self::Group => "group",
            Self::GivenName => "given_name",
            Self::Surname => "surname",
            Self::RareSurname => "rare_surname",
            Self::Leader => "leader",
            Self::Organization => "organization",
            Self::Government => "government",
            Self::ArmedGroup => "armed_group",
            Self::Party => "party",
            Self::Company => "company",
            Self::Media => "media",
            Self::Sport => "sport",
            Self::Event => "event",
            Self::Misc => "misc",
            Self::OrganizationHead => "organization_head",
            Self::PlaceHead => "place_head",
            Self::EventHead => "event_head",
            Self::Title => "title",
            Self::Calendar => "calendar",
            Self::CompanyEnding => "company_ending",
            Self::Military => "military",
        }
    }
}

/// A set of classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Classes(pub u32);

impl Classes {
    /// Returns the set of these classes.
    pub const fn of(classes: &[Class]) -> Self {
        let mut bits = 0;
        let mut index = 0;
        while index < classes.len() {
            bits |= 1 << classes[index] as u8;
            index += 1;
        }
        Self(bits)
    }

    /// Adds a class.
    pub fn insert(&mut self, class: Class) {
        self.0 |= 1 << class as u8;
    }

    /// Returns both sets together.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns whether a class is in the set.
    pub fn contains(self, class: Class) -> bool {
        self.0 >> class as u8 & 1 == 1
    }

    /// Returns whether the sets share a class.
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns whether the set is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the numbers of the classes, ascending.
    pub fn bits(self) -> impl Iterator<Item = u32> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            (rest != 0).then(|| {
                let bit = rest.trailing_zeros();
                rest &= rest - 1;
                bit
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_class() {
        for (index, class) in Class::ALL.into_iter().enumerate() {
            assert_eq!(Class::from_name(class.name()), Some(class));
            assert_eq!(class as usize, index);
        }
    }

    #[test]
    fn sets_list_their_bits() {
        let mut classes = Classes::of(&[Class::Country]);
        classes.insert(Class::District);
        assert_eq!(classes.bits().collect::<Vec<_>>(), [0, 2]);
    }
}
