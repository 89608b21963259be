//! Near-duplicates.
