//! How the numbers of a record are written: 14 rather than 14.0.

use serde::Serializer;

/// From here on not every whole number is a double.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Writes a number without a fraction as an integer, as it was printed in the text.
#[expect(clippy::ref_option, reason = "serde hands on a reference to the field")]
pub(super) fn serialize<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match *value {
        #[expect(clippy::cast_possible_truncation, reason = "whole and small enough")]
        Some(number) if number.fract() == 0.0 && number.abs() < EXACT => {
            serializer.serialize_some(&(number as i64))
        }
        Some(number) => serializer.serialize_some(&number),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Row {
        #[serde(serialize_with = "super::serialize")]
        value: Option<f64>,
    }

    fn check(value: Option<f64>, expect: &str) {
        let json = serde_json::to_string(&Row { value }).expect("serialises");
        assert_eq!(json, format!("{{\"value\":{expect}}}"));
        let read: Row = serde_json::from_str(&json).expect("reads its own output");
        assert_eq!(read, Row { value }, "the way back from {json}");
    }

    #[test]
    fn whole_numbers_are_written_as_integers() {
        check(Some(14.0), "14");
        check(Some(-3.0), "-3");
        check(Some(0.0), "0");
        check(Some(1.5e12), "1500000000000");
    }

    #[test]
    fn all_others_are_written_as_they_are() {
        check(Some(2.5), "2.5");
        check(Some(0.1), "0.1");
        check(None, "null");
    }
}
