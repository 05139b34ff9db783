//! Values as numbers and as JSON, where an operation has to look into them.

use std::str;

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::options::{Serialization, shown};

/// Up to here a float is one whole number and no other.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// One more than the largest number of 64 bits with a sign.
const LIMIT: f64 = 9_223_372_036_854_775_808.0;

/// The same value: the same bytes, or JSON texts that differ only in spaces and in the order of
/// members.
pub(crate) fn same(serialization: Serialization, one: &[u8], other: &[u8]) -> bool {
    if one == other {
        return true;
    }
    let structured = |text: &[u8]| matches!(text.first(), Some(b'{' | b'[' | b' ' | b'\n'));
    if serialization == Serialization::String || !structured(one) && !structured(other) {
        return false;
    }
    match (
        serde_json::from_slice::<Value>(one),
        serde_json::from_slice::<Value>(other),
    ) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// The whole number that a value is: a number, or a text of one. Those beyond 2^53 keep every
/// digit.
pub(crate) fn whole(key: &str, value: &[u8]) -> Result<i64> {
    let text = str::from_utf8(value).unwrap_or_default().trim();
    let unquoted = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    let text = unquoted.unwrap_or(text);
    let number = text.parse().ok().or_else(|| exact(text.parse().ok()?));
    number.ok_or_else(|| {
        Error::new(
            ErrorKind::ValueParse,
            format!(
                "the value of \"{}\" is not a whole number of 64 bits",
                shown(key)
            ),
        )
    })
}

/// A float as the whole number that it stands for, where it stands for one only.
fn exact(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

/// What is added to a counter: a whole number of 64 bits.
pub(crate) fn delta(number: f64) -> Result<i64> {
    // The limits are powers of two, which floats hold exactly; NaN is within none.
    if number.fract() == 0.0 && (-LIMIT..LIMIT).contains(&number) {
        return Ok(number as i64);
    }
    Err(Error::options(format!(
        "a counter can be changed by whole numbers of 64 bits only, not by {number}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_compared_by_meaning() {
        let json = |a: &str, b: &str| same(Serialization::Json, a.as_bytes(), b.as_bytes());
        assert!(json(r#"{"a":1,"b":[2]}"#, r#"{ "b":[2], "a":1}"#));
        assert!(!json(r#"{"a":1}"#, r#"{"a":2}"#));
        assert!(!json("1", "\"1\""));
        let text = |a: &str, b: &str| same(Serialization::String, a.as_bytes(), b.as_bytes());
        assert!(!text("{ }", "{}"));
    }

    #[test]
    fn counters_are_whole_numbers_of_64_bits() {
        for (text, number) in [
            ("41", 41),
            ("\"41\"", 41),
            (" -0 ", 0),
            ("+7", 7),
            ("1.5e3", 1500),
            ("2.0", 2),
            ("9223372036854775807", i64::MAX),
            ("\"-9223372036854775808\"", i64::MIN),
        ] {
            assert_eq!(whole("k", text.as_bytes()).unwrap(), number, "{text}");
        }
        for bad in [
            "", "x", "nan", "inf", "1e999", "1.5", "\"1.5\"", "1e20", "{}", "\"", "\"\"", "null",
        ] {
            let error = whole("k", bad.as_bytes()).unwrap_err();
            assert_eq!(error.kind, ErrorKind::ValueParse, "{bad}");
        }
    }

    #[test]
    fn counters_change_by_whole_numbers_of_64_bits() {
        assert_eq!(delta(-0.0).unwrap(), 0);
        assert_eq!(delta(9_007_199_254_740_991.0).unwrap(), (1 << 53) - 1);
        assert_eq!(delta(-LIMIT).unwrap(), i64::MIN);
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.5, LIMIT, 1e20] {
            assert_eq!(delta(bad).unwrap_err().kind, ErrorKind::InvalidOptions);
        }
    }
}
