//! Counts the work of the engine in its own tests, where a time would depend on the machine. Elsewhere nothing is
//! left of it.
//!
//! A step is what the innermost loops are made of: a look at a character, a piece or a group, or a hash.

#[cfg(test)]
use std::cell::Cell;

#[cfg(test)]
thread_local! {
    static STEPS: Cell<usize> = const { Cell::new(0) };
}

/// Counts some steps.
#[inline]
pub(super) fn count(steps: usize) {
    #[cfg(test)]
    STEPS.set(STEPS.get() + steps);
    #[cfg(not(test))]
    let _ = steps;
}

#[cfg(test)]
mod tests {
    use super::STEPS;
    use crate::engine::{Document, Engine};

    /// Texts that slow down careless code, as one unit to be repeated.
    const HOSTILE: [&str; 29] = [
        "1,",
        "9",
        "\"",
        "“",
        "'",
        "at least ",
        "and a half ",
        "one in ",
        "1-",
        "twenty ",
        "$",
        "said ",
        "(1 ",
        "$1 (",
        "Reed said 5 died in Kabul on Friday, ",
        "A",
        "a",
        "A ",
        "A-",
        "Khan A Khan ",
        "(ABC) ",
        "Ä\u{301}",
        "\u{202e}X ",
        "🙂",
        "'s'",
        "U.S.",
        "\n",
        "\"“”’",
        "Front of the Front of ",
    ];

    fn steps(engine: &Engine, text: &str) -> usize {
        STEPS.set(0);
        engine.analyse(&Document {
            text,
            ..Document::default()
        });
        STEPS.get()
    }

    #[test]
    fn hostile_texts_take_linear_work() {
        let engine = Engine::new();
        for unit in HOSTILE {
            // Long enough that rules reach as far as they are allowed to.
            let small = steps(&engine, &unit.repeat(5_000 / unit.len()));
            let large = steps(&engine, &unit.repeat(20_000 / unit.len()));
            // Four times the text: what grows with its square would take sixteen times the steps.
            assert!(large <= 6 * small, "{unit:?}: {small} steps, then {large}");
        }
    }
}
