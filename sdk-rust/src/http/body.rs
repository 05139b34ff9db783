//! What a request carries.

use std::borrow::Cow;

use serde::Serialize;

/// The body of a request, with the content type that belongs to it.
///
/// ```no_run
/// use runner_sdk::prelude::*;
///
/// http::post("http://127.0.0.1:8080/post", "plain text");
/// http::post("http://127.0.0.1:8080/post", Body::form(&[("username", "ann")]));
/// http::post("http://127.0.0.1:8080/post", Body::json(&json!({ "name": "Ann" })));
/// ```
#[derive(Debug, Clone)]
pub struct Body<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    pub(super) content_type: Option<&'static str>,
}

impl<'a> Body<'a> {
    /// Fields of a form, percent-encoded.
    pub fn form(fields: &[(&str, &str)]) -> Self {
        Self {
            bytes: Cow::Owned(form(fields).into_bytes()),
            content_type: Some("application/x-www-form-urlencoded"),
        }
    }

    /// A value as JSON. A value that cannot be written as JSON (a map with keys that are not
    /// strings) gives an empty body.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Self {
        Self {
            bytes: Cow::Owned(serde_json::to_vec(value).unwrap_or_default()),
            content_type: Some("application/json"),
        }
    }
}

impl<'a> From<&'a str> for Body<'a> {
    fn from(text: &'a str) -> Self {
        Self {
            bytes: Cow::Borrowed(text.as_bytes()),
            content_type: None,
        }
    }
}

impl From<String> for Body<'_> {
    fn from(text: String) -> Self {
        Self {
            bytes: Cow::Owned(text.into_bytes()),
            content_type: None,
        }
    }
}

impl<'a> From<&'a [u8]> for Body<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self {
            bytes: Cow::Borrowed(bytes),
            content_type: None,
        }
    }
}

impl From<Vec<u8>> for Body<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Self {
            bytes: Cow::Owned(bytes),
            content_type: None,
        }
    }
}

/// Encodes fields as `application/x-www-form-urlencoded`, for bodies and queries.
pub fn form(fields: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (name, value) in fields {
        if !out.is_empty() {
            out.push('&');
        }
        encode(name, &mut out);
        out.push('=');
        encode(value, &mut out);
    }
    out
}

fn encode(text: &str, out: &mut String) {
    let hex = |nibble: u8| {
        char::from_digit(u32::from(nibble), 16)
            .unwrap_or('0')
            .to_ascii_uppercase()
    };
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => out.extend(['%', hex(byte >> 4), hex(byte & 15)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_encoded() {
        assert_eq!(
            form(&[("a b", "c&d=é"), ("e", "*-._~")]),
            "a+b=c%26d%3D%C3%A9&e=*-._%7E"
        );
        assert_eq!(form(&[]), "");
    }

    #[test]
    fn bodies_know_their_type() {
        let body = Body::json(&serde_json::json!({ "a": [1] }));
        assert_eq!(
            (&*body.bytes, body.content_type),
            (&b"{\"a\":[1]}"[..], Some("application/json"))
        );
        assert_eq!(Body::from("x").content_type, None);
    }
}
