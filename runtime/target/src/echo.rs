//! The endpoints that say what they were sent: `/get`, `/post` and its kin, `/anything`,
//! `/headers`, `/ip`, `/user-agent`. Their members are httpbin's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::USER_AGENT;
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};

use crate::multipart;
use crate::reply::{self, BYTES, Reply};
use crate::request::{Call, multi, pairs};

/// `GET /get`.
pub(crate) fn get(call: &Call) -> Reply {
    reply::json(StatusCode::OK, plain(call))
}

/// `POST /post`, `PUT /put`, `PATCH /patch`, `DELETE /delete`.
pub(crate) fn body(call: &Call) -> Reply {
    reply::json(StatusCode::OK, whole(call))
}

/// Any method on `/anything` and below it.
pub(crate) fn anything(call: &Call) -> Reply {
    reply::json(StatusCode::OK, described(call))
}

/// Everything about a request, its method included.
pub(crate) fn described(call: &Call) -> Value {
    let mut value = whole(call);
    if let Some(object) = value.as_object_mut() {
        object.insert("method".into(), call.method.as_str().into());
    }
    value
}

/// `GET /headers`.
pub(crate) fn headers(call: &Call) -> Reply {
    reply::json(
        StatusCode::OK,
        json!({ "headers": header_map(&call.headers) }),
    )
}

/// `GET /ip`.
pub(crate) fn ip(call: &Call) -> Reply {
    reply::json(StatusCode::OK, json!({ "origin": origin(call) }))
}

/// `GET /user-agent`.
pub(crate) fn user_agent(call: &Call) -> Reply {
    reply::json(
        StatusCode::OK,
        json!({ "user-agent": call.header(USER_AGENT) }),
    )
}

/// The client's address, or what a proxy said about it.
pub(crate) fn origin(call: &Call) -> String {
    match call
        .headers
        .get("x-forwarded-for")
        .and_then(|value| value.to_str().ok())
    {
        Some(forwarded) => forwarded.to_owned(),
        None => call.peer.to_string(),
    }
}

/// Members of `/get`.
pub(crate) fn plain(call: &Call) -> Value {
    json!({
        "args": multi(call.query()),
        "headers": header_map(&call.headers),
        "origin": origin(call),
        "url": call.url(),
    })
}

fn whole(call: &Call) -> Value {
    let mut value = plain(call);
    let (mut data, mut form, mut files, mut parsed) =
        (Value::from(""), json!({}), json!({}), Value::Null);
    match call.media().as_str() {
        "application/x-www-form-urlencoded" => form = multi(pairs(&call.body)),
        "multipart/form-data" => {
            let parts = multipart::parse(call.header(http::header::CONTENT_TYPE), &call.body);
            form = multi(parts.fields);
            let named = parts.files.into_iter().map(|file| {
                let content = text_or_data_url(&file.content, &file.content_type);
                (file.name, content.into())
            });
            files = Value::Object(named.collect());
        }
        _ => {
            data = text_or_data_url(&call.body, BYTES).into();
            parsed = serde_json::from_slice(&call.body).unwrap_or_default();
        }
    }
    if let Some(object) = value.as_object_mut() {
        object.insert("data".into(), data);
        object.insert("form".into(), form);
        object.insert("files".into(), files);
        object.insert("json".into(), parsed);
    }
    value
}

/// Text as it is; anything else as a `data:` URL.
fn text_or_data_url(content: &[u8], media: &str) -> String {
    match std::str::from_utf8(content) {
        Ok(text) => text.to_owned(),
        Err(_) => format!("data:{media};base64,{}", STANDARD.encode(content)),
    }
}

/// Headers under their canonical names (`User-Agent`), repeated ones joined with a comma.
pub(crate) fn header_map(headers: &HeaderMap) -> Value {
    let mut object = Map::new();
    for name in headers.keys() {
        let mut joined = String::new();
        for value in headers.get_all(name) {
            if !joined.is_empty() {
                joined.push(',');
            }
            joined.push_str(&String::from_utf8_lossy(value.as_bytes()));
        }
        object.insert(canonical(name.as_str()), Value::String(joined));
    }
    Value::Object(object)
}

fn canonical(name: &str) -> String {
    let mut canonical = String::with_capacity(name.len());
    let mut upper = true;
    for letter in name.chars() {
        canonical.push(if upper {
            letter.to_ascii_uppercase()
        } else {
            letter
        });
        upper = letter == '-';
    }
    canonical
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_canonical() {
        assert_eq!(canonical("x-b3-trace"), "X-B3-Trace");
        assert_eq!(canonical("host"), "Host");
    }

    #[test]
    fn binary_becomes_a_data_url() {
        assert_eq!(text_or_data_url(b"plain", BYTES), "plain");
        let url = text_or_data_url(&[0xff, 0xfe], BYTES);
        assert_eq!(url, "data:application/octet-stream;base64,//4=");
    }
}
