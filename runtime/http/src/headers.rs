//! The headers of an answer, kept as they arrived and only taken apart when somebody asks:
//! most answers are counted, not looked at.

use std::borrow::Cow;

use bytes::Bytes;
use http::HeaderMap;

/// Headers in the order in which they came, repeated names not joined.
#[derive(Clone, Debug, Default)]
pub struct Headers(Repr);

#[derive(Clone, Debug, Default)]
enum Repr {
    #[default]
    None,
    /// A whole HTTP/1 head that has been parsed before.
    Raw(Bytes),
    Map(Box<HeaderMap>),
}

impl Headers {
    pub(crate) fn raw(head: Bytes) -> Self {
        Self(Repr::Raw(head))
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

    fn each(&self, mut visit: impl FnMut(&str, &[u8])) {
        match &self.0 {
            Repr::None => {}
            Repr::Map(map) => {
                for (name, value) in map.iter() {
                    visit(name.as_str(), value.as_bytes());
                }
            }
            // The head was accepted once, so what does not parse here cannot exist.
            Repr::Raw(head) => {
                let _ = crate::h1::with_headers(head, |headers| {
                    for header in headers {
                        visit(header.name, header.value);
                    }
                });
            }
        }
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
    fn values_cannot_smuggle_lines() {
        assert!(is_value("a\tb é"));
        assert!(!is_value("a\r\nb: c"));
        assert!(!is_value("a\0"));
    }
}
