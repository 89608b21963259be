//! Values with a unit: `"30s"`, `"8 MiB"`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_with::{DeserializeFromStr, SerializeDisplay};

/// A length of time, written with its unit: `20ms`, `30s`, `1h 30m`, `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, SerializeDisplay, DeserializeFromStr)]
pub(crate) struct Span(pub(crate) Duration);

impl Span {
    pub(crate) const fn millis(millis: u64) -> Self {
        Self(Duration::from_millis(millis))
    }

    pub(crate) const fn secs(secs: u64) -> Self {
        Self(Duration::from_secs(secs))
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        humantime::parse_duration(text)
            .map(Self)
            .map_err(|error| format!("`{text}` is not a length of time such as `30s` or `20ms`: {error}"))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&humantime::format_duration(self.0), f)
    }
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

/// A number of bytes, written with its unit: `512 KiB`, `16 MiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, SerializeDisplay, DeserializeFromStr)]
pub(crate) struct Bytes(pub(crate) u64);

impl Bytes {
    pub(crate) const fn mib(mib: u64) -> Self {
        Self(mib << 20)
    }
}

impl FromStr for Bytes {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<bytesize::ByteSize>()
            .map(|size| Self(size.as_u64()))
            .map_err(|error| format!("`{text}` is not a size such as `16 MiB`: {error}"))
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whole units only, so that what is shown parses back to the same number.
        let (size, unit) = match self.0 {
            size if size > 0 && size.is_multiple_of(1 << 30) => (size >> 30, "GiB"),
            size if size > 0 && size.is_multiple_of(1 << 20) => (size >> 20, "MiB"),
            size if size > 0 && size.is_multiple_of(1 << 10) => (size >> 10, "KiB"),
            size => (size, "B"),
        };
        write!(f, "{size} {unit}")
    }
}

impl JsonSchema for Bytes {
    fn schema_name() -> Cow<'static, str> {
        "Bytes".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_parse_back_to_what_they_show() {
        for text in ["20ms", "30s", "1h 30m", "7days"] {
            let span: Span = text.parse().expect(text);
            assert_eq!(span.to_string().parse::<Span>(), Ok(span));
        }
        for (text, bytes) in [
            ("16 MiB", 16 << 20),
            ("512KiB", 512 << 10),
            ("1000", 1000),
            ("1 MB", 1_000_000),
        ] {
            let size: Bytes = text.parse().expect(text);
            assert_eq!(size, Bytes(bytes));
            assert_eq!(size.to_string().parse::<Bytes>(), Ok(size));
        }
    }

    #[test]
    fn a_number_without_unit_is_not_a_length_of_time() {
        assert!("30".parse::<Span>().is_err());
        assert!("fast".parse::<Span>().is_err());
        assert!("big".parse::<Bytes>().is_err());
    }
}
