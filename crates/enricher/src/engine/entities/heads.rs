//! Words that head a name and say what it names.

/// Whether a word heads the name of a news medium: "Northern Wire", "Valley Post".
pub(super) fn is_medium(word: &str) -> bool {
    is_one_of(
        word,
        &[
            "Broadcasting",
            "Bulletin",
            "Chronicle",
            "Gazette",
            "Herald",
            "Journal",
            "Mail",
            "Media",
            "News",
            "Newspaper",
            "Newswire",
            "Observer",
            "Post",
            "Press",
            "Radio",
            "Telegraph",
            "Television",
            "Times",
            "Tribune",
            "TV",
            "Wire",
        ],
    )
}

/// Whether a word heads the name of a region or a settlement: "Borno State".
pub(super) fn is_settled_place(word: &str) -> bool {
    is_one_of(
        word,
        &[
            "City",
            "County",
            "District",
            "Governorate",
            "Island",
            "Oblast",
            "Peninsula",
            "Prefecture",
            "Province",
            "Region",
            "State",
            "Territory",
            "Town",
            "Village",
        ],
    )
}

/// Whether a noun with "of" introduces the name of a place: "the garrison of Am Sirej".
pub(super) fn is_place_noun(word: &str) -> bool {
    matches!(
        word,
        "town"
            | "city"
            | "village"
            | "hamlet"
            | "suburb"
            | "port"
            | "garrison"
            | "district"
            | "province"
            | "region"
            | "county"
            | "municipality"
            | "island"
            | "oasis"
            | "capital"
            | "outskirts"
    )
}

/// Whether a word heads what a dateline says of the report itself: "Press Release", "Staff Reporter".
pub(super) fn is_credit(word: &str) -> bool {
    is_one_of(
        word,
        &[
            "Bureau",
            "Correspondent",
            "Correspondents",
            "Desk",
            "Release",
            "Report",
            "Reporter",
            "Reporters",
            "Staff",
            "Update",
            "Updated",
        ],
    )
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|one| one.eq_ignore_ascii_case(word))
}
