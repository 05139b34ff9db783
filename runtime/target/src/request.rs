//! A request as the endpoints see it: read whole, with its query, form and JSON at hand.
//!
//! Bodies are read into memory before an endpoint runs, at most [`BODY_LIMIT`] bytes.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{COOKIE, HOST, HeaderName};
use http::{HeaderMap, Method, Uri};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::demo::Accounts;
use crate::wire::Wire;

/// Largest request body, in bytes.
pub(crate) const BODY_LIMIT: usize = 64 << 20;

/// One request, its connection and the server's state.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) peer: IpAddr,
    pub(crate) scheme: &'static str,
    pub(crate) wire: Arc<Wire>,
    pub(crate) accounts: Arc<Accounts>,
}

impl Call {
    /// Path segments, percent-decoded; none for `/`.
    pub(crate) fn segments(&self) -> Vec<String> {
        self.uri
            .path()
            .trim_matches('/')
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect()
    }

    /// A header as text, if it is there and is text.
    pub(crate) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// `host:port` as the client wrote it.
    pub(crate) fn host(&self) -> &str {
        self.header(HOST)
            .or_else(|| self.uri.authority().map(|authority| authority.as_str()))
            .unwrap_or("localhost")
    }

    /// The whole URL as the client wrote it.
    pub(crate) fn url(&self) -> String {
        let path = self.uri.path_and_query().map_or("/", |path| path.as_str());
        format!("{}://{}{path}", self.scheme, self.host())
    }

    /// Query parameters in order.
    pub(crate) fn query(&self) -> Vec<(String, String)> {
        pairs(self.uri.query().unwrap_or_default().as_bytes())
    }

    /// The first query parameter of that name.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let query = self.uri.query()?.as_bytes();
        form_urlencoded::parse(query)
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into())
    }

    /// A query parameter as a number, or `default` where it is missing or is no number.
    pub(crate) fn number(&self, name: &str, default: u64) -> u64 {
        self.parameter(name)
            .and_then(|value| value.parse().ok())
            .unwrap_or(default)
    }

    /// Media type of the body, without parameters and in lower case.
    pub(crate) fn media(&self) -> String {
        self.header(http::header::CONTENT_TYPE)
            .and_then(|value| value.split(';').next())
            .map(|media| media.trim().to_ascii_lowercase())
            .unwrap_or_default()
    }

    /// Cookies in the order in which they were sent; the first of a name counts.
    pub(crate) fn cookies(&self) -> Map<String, Value> {
        let mut cookies = Map::new();
        for header in self.headers.get_all(COOKIE) {
            let text = String::from_utf8_lossy(header.as_bytes());
            for pair in text.split(';') {
                if let Some((name, value)) = pair.trim().split_once('=') {
                    cookies
                        .entry(name)
                        .or_insert_with(|| value.trim_matches('"').into());
                }
            }
        }
        cookies
    }
}

/// Decodes `a=1&b=2`.
pub(crate) fn pairs(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text)
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect()
}

/// An object in which a name that came once has a string, and one that came often a list.
pub(crate) fn multi(pairs: Vec<(String, String)>) -> Value {
    let mut grouped: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (key, value) in pairs {
        grouped.entry(key).or_default().push(Value::String(value));
    }
    let object = grouped.into_iter().map(|(key, mut values)| {
        let value = match values.len() {
            1 => values.pop().unwrap_or_default(),
            _ => Value::Array(values),
        };
        (key, value)
    });
    Value::Object(object.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn repeated_names_become_lists() {
        let value = multi(pairs(b"b=2&a=1&b=%33+x"));
        assert_eq!(value, json!({"a": "1", "b": ["2", "3 x"]}));
    }
}
