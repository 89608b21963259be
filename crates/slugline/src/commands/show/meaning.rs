//! What a figure says, in a few words.

use wire::message::{Bound, ClaimantTag, Figure};

/// Returns who says a figure: by name where the words, such as "she", do not hold it.
fn said_by<'a>(figure: &'a Figure, claimant: Option<&'a ClaimantTag<'_>>) -> Option<&'a str> {
    let words = figure.claimant.as_ref()?.text.as_str();
    Some(match claimant {
        Some(claimant) if !words.contains(&*claimant.name) => &claimant.name,
        _ => words,
    })
}

/// Returns what a figure says, in a few words: `killed ≥ 14 · says the police`. `claimant` is the entity that claims it,
/// where it is one.
pub(crate) fn meaning(figure: &Figure, claimant: Option<&ClaimantTag<'_>>) -> String {
    let number = |value: Option<f64>| value.map(|value| format!("{value}")).unwrap_or_default();
    let amount = match figure.bound {
        Bound::Vague => "some".to_owned(),
        Bound::Range => format!("{}–{}", number(figure.low), number(figure.high)),
        Bound::AtLeast => format!("≥ {}", number(figure.low)),
        Bound::MoreThan => format!("> {}", number(figure.low)),
        Bound::AtMost => format!("≤ {}", number(figure.high)),
        Bound::LessThan => format!("< {}", number(figure.high)),
        Bound::Nearly => format!("just under {}", number(figure.high)),
        Bound::About => format!("≈ {}", number(figure.value)),
        Bound::Exact => number(figure.value),
    };
    let mut meaning = format!(
        "{}{} {amount}",
        if figure.negated { "not " } else { "" },
        figure.kind.as_str()
    );
    for part in [
        figure.unit.as_deref(),
        figure.subject.as_ref().map(|subject| subject.text.as_str()),
    ]
    .into_iter()
    .flatten()
    {
        meaning.push(' ');
        meaning.push_str(part);
    }
    if let Some(claimant) = said_by(figure, claimant) {
        meaning.push_str(" · says ");
        meaning.push_str(claimant);
    }
    if let Some(day) = figure.when.as_ref().and_then(|when| when.value.as_deref()) {
        meaning.push_str(" · ");
        meaning.push_str(day);
    }
    meaning
}
