//! What is wrong with the settings.

use std::fmt;

/// Everything that is wrong with the settings, one line each.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<String>);

impl Problems {
    /// Notes a problem.
    pub(super) fn note(&mut self, problem: String) {
        self.0.push(problem);
    }

    /// Notes a problem unless `holds`.
    pub(super) fn require(&mut self, holds: bool, problem: impl FnOnce() -> String) {
        if !holds {
            self.note(problem());
        }
    }

    /// Notes a value outside its limits.
    pub(super) fn limit<T: Copy + PartialOrd + fmt::Display>(
        &mut self,
        key: &str,
        value: T,
        low: T,
        high: T,
    ) {
        self.require(value >= low && value <= high, || {
            format!("`{key}` is {value}: must be {low} to {high}")
        });
    }

    /// Returns whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Problems {}
