//! Messages and records as JSON.

use std::io;

use serde::Serialize;
use serde::ser::Error as _;
use sonic_rs::Serializer;
use sonic_rs::format::{CompactFormatter, Formatter};
use sonic_rs::writer::WriteExt;

/// Appends a value to `json`, on one line. The bytes are those that `serde_json` makes; `sonic-rs` makes them with less
/// than half of the work, as it looks for what must be escaped in many bytes at once.
///
/// # Errors
/// What the value's own `Serialize` returns; no message of this crate fails.
pub fn append_json<T: Serialize + ?Sized>(json: &mut Vec<u8>, value: &T) -> Result<(), serde_json::Error> {
    let mut serializer = Serializer::with_formatter(json, FieldNames::default());
    value
        .serialize(&mut serializer)
        .map_err(serde_json::Error::custom)
}

/// Writes names of fields as they are, which is cheaper than to look for what must be escaped in a short text: three of
/// four strings of a record are such keys.
#[derive(Debug, Clone, Default)]
struct FieldNames {
    is_key: bool,
}

impl Formatter for FieldNames {
    #[inline]
    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.is_key = true;
        writer.write_all(if first { b"\"" } else { b",\"" })
    }

    #[inline]
    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.is_key = false;
        writer.write_all(b"\":")
    }

    #[inline]
    fn write_string_fast<W: ?Sized + WriteExt>(
        &mut self,
        writer: &mut W,
        value: &str,
        need_quote: bool,
    ) -> io::Result<()> {
        if !self.is_key {
            return CompactFormatter.write_string_fast(writer, value, need_quote);
        }
        // The quotes come with what stands around a key.
        if value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            writer.write_all(value.as_bytes())
        } else {
            CompactFormatter.write_string_fast(writer, value, false)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_bytes_are_those_of_serde_json(
            text in any::<String>(),
            controls in "[\u{0}-\u{20}\"\\\\\u{7f}-\u{a0}\u{2028}é😀]{0,80}",
            number in any::<f64>(),
            share in 0.0..1.0_f64,
            whole in any::<i64>(),
        ) {
            #[derive(Serialize)]
            struct Fields {
                first: (String, String),
                r#type: Option<Vec<f64>>,
                the_last: i64,
            }

            let fields = Fields {
                first: (text.clone(), controls.clone()),
                r#type: Some(vec![number, share]),
                the_last: whole,
            };
            let map = BTreeMap::from([(controls.clone(), 1), (text.clone(), 2)]);
            let value = (text, controls, number, share, whole, None::<u32>, fields, map);
            let mut json = b"before ".to_vec();
            append_json(&mut json, &value).expect("serialises");
            prop_assert_eq!(&json[7..], serde_json::to_vec(&value).expect("serialises"));
        }
    }
}
