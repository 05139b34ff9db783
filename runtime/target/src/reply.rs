//! Building answers: the handful of shapes that the endpoints share.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use http::{Response, StatusCode};
use serde_json::Value;

use crate::body::Body;

/// An answer.
pub(crate) type Reply = Response<Body>;

/// The usual media types.
pub(crate) const JSON: &str = "application/json";
pub(crate) const HTML: &str = "text/html; charset=utf-8";
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";
pub(crate) const BYTES: &str = "application/octet-stream";

/// No body and no content type.
pub(crate) fn empty(status: StatusCode) -> Reply {
    let mut reply = Response::new(Body::from(Bytes::new()));
    *reply.status_mut() = status;
    reply
}

/// A whole body of media type `media`.
pub(crate) fn whole(status: StatusCode, media: &'static str, body: impl Into<Bytes>) -> Reply {
    typed(status, media, Body::from(body.into()))
}

/// Any body of media type `media`.
pub(crate) fn typed(status: StatusCode, media: &'static str, body: Body) -> Reply {
    let mut reply = Response::new(body);
    *reply.status_mut() = status;
    reply
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(media));
    reply
}

/// JSON with sorted keys, two spaces and a last newline, as httpbin writes it.
pub(crate) fn json(status: StatusCode, mut value: Value) -> Reply {
    value.sort_all_objects();
    whole(status, JSON, pretty(&value))
}

/// The text of [`json`].
pub(crate) fn pretty(value: &Value) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).unwrap_or_default();
    text.push(b'\n');
    text
}

/// A redirect to `location`; a location that cannot be a header is the caller's mistake.
pub(crate) fn redirect(status: StatusCode, location: &str) -> Reply {
    match HeaderValue::from_bytes(location.as_bytes()) {
        Ok(value) => {
            let mut reply = empty(status);
            reply.headers_mut().insert(LOCATION, value);
            reply
        }
        Err(_) => bad_request("the location is not a valid header value"),
    }
}

/// 400 with a sentence.
pub(crate) fn bad_request(message: impl Into<String>) -> Reply {
    problem(StatusCode::BAD_REQUEST, message)
}

/// 404 with a sentence.
pub(crate) fn not_found() -> Reply {
    problem(StatusCode::NOT_FOUND, "no such endpoint; GET / lists them")
}

/// A status with a sentence of plain text.
pub(crate) fn problem(status: StatusCode, message: impl Into<String>) -> Reply {
    let mut text = message.into();
    text.push('\n');
    whole(status, TEXT, text)
}

/// Adds a header; a value that cannot be one is left out.
pub(crate) fn header(reply: &mut Reply, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
        reply.headers_mut().append(name, value);
    }
}
