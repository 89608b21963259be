//! Messages and records as JSON.

use serde::Serialize;
use serde::ser::Error as _;

/// Appends a value to `json`, on one line. The bytes are those that `serde_json` makes; `sonic-rs` makes them with less
/// than half of the work, as it looks for what must be escaped in many bytes at once.
///
/// # Errors
/// What the value's own `Serialize` returns; no message of this crate fails.
pub fn append_json<T: Serialize + ?Sized>(json: &mut Vec<u8>, value: &T) -> Result<(), serde_json::Error> {
    sonic_rs::to_writer(json, value).map_err(serde_json::Error::custom)
}

#[cfg(test)]
mod tests {
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
            let value = (text, controls, number, share, whole, None::<u32>);
            let mut json = b"before ".to_vec();
            append_json(&mut json, &value).expect("serialises");
            prop_assert_eq!(&json[7..], serde_json::to_vec(&value).expect("serialises"));
        }
    }
}
