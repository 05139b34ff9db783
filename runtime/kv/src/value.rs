//! Values as numbers and as JSON, where an operation has to look into them.

use std::str;

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::options::{Serialization, shown};

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

/// The number that a value is.
pub(crate) fn number(key: &str, value: &[u8]) -> Result<f64> {
    let text = str::from_utf8(value).unwrap_or_default().trim();
    // "inf" and "nan" are numbers to Rust and not to anybody who stores JSON.
    let plain = text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+');
    match text.parse::<f64>() {
        Ok(number) if plain && number.is_finite() => Ok(number),
        _ => Err(Error::new(
            ErrorKind::ValueParse,
            format!("the value of \"{}\" is not a number", shown(key)),
        )),
    }
}

/// A number as it is stored: what JavaScript would write, for whole numbers up to 2^53.
pub(crate) fn text(number: f64) -> String {
    // Rust writes -0 for minus zero, and no exponents: both are JSON.
    if number == 0.0 {
        return "0".to_owned();
    }
    format!("{number}")
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
    fn numbers_are_written_as_javascript_does() {
        assert_eq!(text(3.0), "3");
        assert_eq!(text(-0.0), "0");
        assert_eq!(text(0.1 + 0.2), "0.30000000000000004");
        assert_eq!(text(9_007_199_254_740_991.0), "9007199254740991");
        assert_eq!(number("k", b" 1.5e3 ").unwrap(), 1500.0);
        for bad in ["", "x", "nan", "inf", "1e999", "\"1\"", "{}"] {
            let error = number("k", bad.as_bytes()).unwrap_err();
            assert_eq!(error.kind, ErrorKind::ValueParse, "{bad}");
        }
    }
}
