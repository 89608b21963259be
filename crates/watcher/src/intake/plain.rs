//! Plain text.

use wire::message::Format;

use super::config::Config;
use super::draft::Draft;
use super::{Refusal, decode};

/// Reads a plain text.
pub(crate) fn read(bytes: &[u8], _config: &Config) -> Result<Draft, Refusal> {
    let decoded = decode::decode(bytes, None);
    let mut draft = Draft::new(Format::Text, decoded.encoding, decoded.text.into_owned());
    draft.warnings = decoded.warnings;
    Ok(draft)
}
