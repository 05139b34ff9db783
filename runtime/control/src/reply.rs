//! Answers: JSON, text, and errors in JSON:API's form.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::Full;
use serde::Serialize;

use crate::live::ControlError;

/// What a handler returns.
pub(crate) type Reply = Response<Full<Bytes>>;

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
/// The version of the Prometheus text format.
const PROMETHEUS: HeaderValue =
    HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// A request that is not carried out.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    pub(crate) title: &'static str,
    pub(crate) detail: String,
}

#[derive(Serialize)]
struct Errors<'a> {
    errors: [Entry<'a>; 1],
}

#[derive(Serialize)]
struct Entry<'a> {
    status: &'a str,
    title: &'a str,
    detail: &'a str,
}

impl Refused {
    pub(crate) fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            title,
            detail: detail.into(),
        }
    }

    pub(crate) fn reply(&self) -> Reply {
        let body = Errors {
            errors: [Entry {
                status: self.status.as_str(),
                title: self.title,
                detail: &self.detail,
            }],
        };
        let mut reply = json(&body);
        *reply.status_mut() = self.status;
        reply
    }
}

impl From<ControlError> for Refused {
    /// Titles and numbers are k6's.
    fn from(error: ControlError) -> Self {
        let (status, title) = match &error {
            ControlError::Pause(_) => (StatusCode::INTERNAL_SERVER_ERROR, "Pause error"),
            ControlError::NotScalable(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, "Execution config error")
            }
            ControlError::Scale(_) => (StatusCode::BAD_REQUEST, "Config update error"),
            ControlError::Setup(_) => (StatusCode::INTERNAL_SERVER_ERROR, "Error executing setup"),
            ControlError::Teardown(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Error executing teardown",
            ),
        };
        Self::new(status, title, error.to_string())
    }
}

/// A value as JSON.
pub(crate) fn json(value: &impl Serialize) -> Reply {
    // Plain structs of strings and numbers always become JSON.
    json_text(serde_json::to_string(value).unwrap_or_default())
}

/// Text that is JSON already.
pub(crate) fn json_text(text: String) -> Reply {
    with_type(text, JSON)
}

/// Plain text.
pub(crate) fn text(text: &'static str) -> Reply {
    with_type(text, TEXT)
}

/// Prometheus metrics.
pub(crate) fn prometheus(text: String) -> Reply {
    with_type(text, PROMETHEUS)
}

/// Only a status.
pub(crate) fn empty(status: StatusCode) -> Reply {
    let mut reply = Response::new(Full::default());
    *reply.status_mut() = status;
    reply
}

fn with_type(body: impl Into<Bytes>, content_type: HeaderValue) -> Reply {
    let mut reply = Response::new(Full::new(body.into()));
    reply.headers_mut().insert(CONTENT_TYPE, content_type);
    reply
}
