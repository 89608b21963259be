//! Clock times: "16:08 UTC", "5 p.m.", "0800 GMT".

use super::phrase::{Meaning, Phrase};
use crate::engine::pieces::{Mark, Pieces};

/// Reads a clock time.
pub(super) fn read(p: Pieces<'_>, at: usize) -> Option<Phrase> {
    let text = p.str(at);
    let (hour, minute, next) = if p.is_mark(at + 1, Mark::Colon) && p.is_glued(at) && p.is_glued(at + 1) {
        let minute = p.str(at + 2);
        (text.parse().ok()?, (minute.len() == 2).then(|| minute.parse().ok()).flatten()?, at + 3)
    } else if text.len() == 4 && is_zone(p, at + 1) {
        (text.get(..2)?.parse().ok()?, text.get(2..)?.parse().ok()?, at + 1)
    } else if half(p, at + 1).is_some() && text.len() <= 2 {
        (text.parse().ok()?, 0, at + 1)
    } else {
        return None;
    };
    let afternoon = half(p, next);
    let next = next + usize::from(afternoon.is_some());
    let last = if is_zone(p, next) { next } else { next - 1 };
    let hour: i8 = match afternoon {
        Some(true) if hour < 12 => hour + 12,
        Some(false) if hour == 12 => 0,
        _ => hour,
    };
    let is_time = (0..24).contains(&hour) && (0..60).contains(&minute);
    is_time.then_some(Phrase { first: at, last, meaning: Meaning::Clock { hour, minute } })
}

/// "a.m." or "p.m."
fn half(p: Pieces<'_>, at: usize) -> Option<bool> {
    if p.says_any(at, &["pm", "p.m."]) {
        Some(true)
    } else if p.says_any(at, &["am", "a.m."]) && !p.is_capital(at) || p.str(at) == "AM" {
        Some(false)
    } else {
        None
    }
}

fn is_zone(p: Pieces<'_>, at: usize) -> bool {
    p.says_any(at, &["utc", "gmt", "est", "edt", "pst", "pdt", "cet", "ist", "bst", "hrs"]) && p.is_capital(at) || p.says(at, "hours")
}
