//! The identity of an article: what its bytes hash to.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const PREFIX: &str = "b3:";
const BYTES: usize = 16;

/// The first 128 bits of the BLAKE3 hash of an article's bytes, written `b3:` and 32 lower-case hex digits.
///
/// The bytes are those of the file, or of the item where a file holds several articles. Two files with the same
/// bytes are the same article: this is what makes a renamed or re-dropped file recognisable.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId([u8; BYTES]);

impl ArticleId {
    /// Returns the id of an article with these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::from_hash(&blake3::hash(bytes))
    }

    /// Returns the id for a hash that was computed piece by piece.
    pub fn from_hash(hash: &blake3::Hash) -> Self {
        let mut id = [0; BYTES];
        id.copy_from_slice(&hash.as_bytes()[..BYTES]);
        Self(id)
    }

    /// Returns the 128 bits.
    pub fn to_bytes(self) -> [u8; BYTES] {
        self.0
    }

    /// Returns the 32 hex digits without the prefix, for file names and subjects.
    pub fn hex(&self) -> String {
        use fmt::Write;
        self.0
            .iter()
            .fold(String::with_capacity(BYTES * 2), |mut hex, byte| {
                // Writing to a String cannot fail.
                let _infallible = write!(hex, "{byte:02x}");
                hex
            })
    }
}

impl fmt::Display for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.hex())
    }
}

impl fmt::Debug for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text was not `b3:` and 32 lower-case hex digits.
#[derive(Debug, Clone, thiserror::Error)]
#[error("`{0}` is not an article id: expected `b3:` and 32 hex digits")]
pub struct ParseIdError(String);

impl FromStr for ArticleId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseIdError(text.chars().take(64).collect());
        let hex = text.strip_prefix(PREFIX).ok_or_else(error)?;
        if hex.len() != BYTES * 2
            || !hex
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        {
            return Err(error());
        }
        let mut id = [0; BYTES];
        for (byte, digits) in id.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| error())?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| error())?;
        }
        Ok(Self(id))
    }
}

impl Serialize for ArticleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ArticleId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for ArticleId {
    fn schema_name() -> Cow<'static, str> {
        "ArticleId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^b3:[0-9a-f]{32}$",
            "description": "First 128 bits of the BLAKE3 hash of the article's bytes."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn displays_and_parses_back() {
        let id = ArticleId::of(b"text");
        let shown = id.to_string();
        assert_eq!(shown.len(), 35);
        assert_eq!(shown.parse::<ArticleId>().expect("parses"), id);
    }

    #[test]
    fn refuses_what_is_not_an_id() {
        for text in [
            "",
            "b3:",
            "b3:00",
            "sha256:00112233445566778899aabbccddeeff",
            "b3:00112233445566778899AABBCCDDEEFF",
        ] {
            assert!(text.parse::<ArticleId>().is_err(), "{text}");
        }
    }
}
