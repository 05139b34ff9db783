//! The headers of an answer, kept as they arrived and only taken apart when somebody asks:
//! most answers are counted, not looked at.

use std::borrow::Cow;
use std::fmt::Write as _;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::h1::Hidden;

/// Headers in the order in which they came, repeated names not joined, lines that were folded
/// joined. Those that Go takes out of an answer are left out.
#[derive(Clone, Debug, Default)]
pub struct Headers(Repr);

#[derive(Clone, Debug, Default)]
enum Repr {
    #[default]
    None,
    /// A whole HTTP/1 head that has been parsed before, and what of it is not shown.
    Raw(Bytes, Hidden),
    Map(Box<HeaderMap>),
}

impl Headers {
    pub(crate) fn raw(head: Bytes, hidden: Hidden) -> Self {
        Self(Repr::Raw(head, hidden))
    }

    pub(crate) fn map(map: HeaderMap) -> Self {
        Self(Repr::Map(Box::new(map)))
    }

    /// Names in canonical form with their values. Bytes that are not UTF-8 are replaced.
    pub fn to_vec(&self) -> Vec<(String, String)> {
        let mut list = Vec::new();
        self.each(|name, value| {
            let value = String::from_utf8_lossy(value).into_owned();
            list.push((canonical_name(name).into_owned(), value));
        });
        list
    }

    /// The first value of a header; the name in any case.
    pub fn get(&self, name: &str) -> Option<String> {
        self.all(name).next()
    }

    /// The first `Location`, unless it is empty. Bytes that are not UTF-8 are percent-encoded, so
    /// that a URL of another encoding arrives where it was meant to.
    pub(crate) fn location(&self) -> Option<String> {
        let mut first = None;
        self.each(|name, value| {
            if first.is_none() && name.eq_ignore_ascii_case("location") {
                let mut text = String::with_capacity(value.len());
                for chunk in value.utf8_chunks() {
                    text.push_str(chunk.valid());
                    for byte in chunk.invalid() {
                        let _ = write!(text, "%{byte:02X}");
                    }
                }
                first = Some(text);
            }
        });
        first.filter(|location| !location.is_empty())
    }

    /// All values of a header, in order.
    pub fn all(&self, name: &str) -> std::vec::IntoIter<String> {
        let mut list = Vec::new();
        self.each(|given, value| {
            if given.eq_ignore_ascii_case(name) {
                list.push(String::from_utf8_lossy(value).into_owned());
            }
        });
        list.into_iter()
    }

    /// What the status line says: code and reason. HTTP/2 sends none, so it has the usual one.
    pub(crate) fn status_text(&self, status: u16) -> String {
        match &self.0 {
            Repr::None => String::new(),
            Repr::Raw(head, _) => {
                String::from_utf8_lossy(crate::h1::status_text(head)).into_owned()
            }
            Repr::Map(_) => format!("{status} {}", reason(status)),
        }
    }

    fn each(&self, mut visit: impl FnMut(&str, &[u8])) {
        match &self.0 {
            Repr::None => {}
            Repr::Map(map) => {
                for (name, value) in map
                    .iter()
                    .filter(|(name, _)| *name != http::header::TRAILER)
                {
                    visit(name.as_str(), value.as_bytes());
                }
            }
            Repr::Raw(head, hidden) => each_shown(head, *hidden, visit),
        }
    }
}

/// Visits the headers that Go leaves in an answer: not those that were about the connection or
/// the framing of the body, and a length only once. `Pragma: no-cache` implies the
/// `Cache-Control` that took its place.
fn each_shown(head: &[u8], hidden: Hidden, mut visit: impl FnMut(&str, &[u8])) {
    let mut length = hidden.length;
    let (mut pragma, mut no_cache, mut control) = (false, false, false);
    crate::h1::each_field(head, |name, value| {
        let hide = match name.len() {
            6 if name.eq_ignore_ascii_case("pragma") => {
                no_cache |= !pragma && value == b"no-cache";
                pragma = true;
                false
            }
            7 if name.eq_ignore_ascii_case("trailer") => hidden.trailer,
            10 if name.eq_ignore_ascii_case("connection") => hidden.connection,
            13 if name.eq_ignore_ascii_case("cache-control") => {
                control = true;
                false
            }
            14 if name.eq_ignore_ascii_case("content-length") => {
                std::mem::replace(&mut length, true)
            }
            17 => name.eq_ignore_ascii_case("transfer-encoding"),
            _ => false,
        };
        if !hide {
            visit(name, value);
        }
    });
    if no_cache && !control {
        visit("Cache-Control", b"no-cache");
    }
}

/// The reason that goes with a status by Go's table, which has some older ones.
fn reason(status: u16) -> &'static str {
    match status {
        203 => "Non-Authoritative Information",
        413 => "Request Entity Too Large",
        414 => "Request URI Too Long",
        416 => "Requested Range Not Satisfiable",
        _ => StatusCode::from_u16(status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or_default(),
    }
}

/// `x-request-id` as `X-Request-Id`. Names that are no tokens stay as they are.
pub fn canonical_name(name: &str) -> Cow<'_, str> {
    if !is_token(name) || is_canonical(name) {
        return Cow::Borrowed(name);
    }
    let mut canonical = String::with_capacity(name.len());
    let mut upper = true;
    for c in name.chars() {
        canonical.push(if upper {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        });
        upper = c == '-';
    }
    Cow::Owned(canonical)
}

fn is_canonical(name: &str) -> bool {
    let mut upper = true;
    name.bytes().all(|byte| {
        let right = if upper {
            !byte.is_ascii_lowercase()
        } else {
            !byte.is_ascii_uppercase()
        };
        upper = byte == b'-';
        right
    })
}

/// Whether it can be a header's name.
pub(crate) fn is_token(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// Whether it can be a header's value: no control characters, so that a value can never
/// start a header of its own.
pub(crate) fn is_value(value: &str) -> bool {
    value
        .bytes()
        .all(|b| (b >= 0x20 && b != 0x7f) || b == b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_canonical() {
        for (given, wanted) in [
            ("content-type", "Content-Type"),
            ("X-REQUEST-ID", "X-Request-Id"),
            ("Etag", "Etag"),
            ("a b", "a b"),
            ("--a", "--A"),
        ] {
            assert_eq!(canonical_name(given), wanted);
        }
    }

    #[test]
    fn http2_has_the_usual_reasons() {
        let headers = Headers::map(HeaderMap::new());
        assert_eq!(headers.status_text(200), "200 OK");
        assert_eq!(headers.status_text(413), "413 Request Entity Too Large");
        assert_eq!(headers.status_text(599), "599 ");
        assert_eq!(Headers::default().status_text(0), "");
    }

    #[test]
    fn values_cannot_smuggle_lines() {
        assert!(is_value("a\tb é"));
        assert!(!is_value("a\r\nb: c"));
        assert!(!is_value("a\0"));
    }
}
