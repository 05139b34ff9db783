//! `/v1/setup`: what setup returned.

use serde::de::IgnoredAny;

/// As `GET` shows it. `data` is JSON and goes in as it is.
pub(crate) fn document(data: Option<&str>) -> String {
    let attributes = match data {
        Some(data) => format!(r#"{{"data":{data}}}"#),
        None => "{}".to_owned(),
    };
    format!(r#"{{"data":{{"type":"setupData","id":"default","attributes":{attributes}}}}}"#)
}

/// The body of a `PUT`: JSON, or nothing, which clears.
pub(crate) fn body(body: &[u8]) -> Result<Option<String>, String> {
    if body.is_empty() {
        return Ok(None);
    }
    // Reading what is ignored does not look into strings, so that comes first.
    let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| error.to_string())?;
    Ok(Some(text.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_and_without_data() {
        assert_eq!(
            document(Some(r#"{"a":1}"#)),
            r#"{"data":{"type":"setupData","id":"default","attributes":{"data":{"a":1}}}}"#
        );
        assert_eq!(
            document(None),
            r#"{"data":{"type":"setupData","id":"default","attributes":{}}}"#
        );
    }

    #[test]
    fn bodies() {
        assert_eq!(body(b"").unwrap(), None);
        assert_eq!(body(b" [1, 2]\n").unwrap().as_deref(), Some("[1, 2]"));
        for wrong in [&b"nope"[..], b"{", b"{} {}", b"\"\xff\""] {
            assert!(body(wrong).is_err(), "{}", String::from_utf8_lossy(wrong));
        }
    }
}
