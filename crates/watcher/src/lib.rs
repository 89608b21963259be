//! Turns files in a folder into articles.

pub mod intake;
