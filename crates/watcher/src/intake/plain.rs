//! Plain text.

use wire::message::Format;

use super::decode;
use super::draft::Draft;

/// Reads a plain text.
pub(crate) fn read(bytes: &[u8]) -> Draft {
    let decoded = decode::decode(bytes, None);
    let mut draft = Draft::new(Format::Text, decoded.encoding, decoded.text.into_owned());
    draft.warnings = decoded.warnings;
    draft
}
