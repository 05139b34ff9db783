//! Between the contract's types and the client's.

use std::time::Duration;

use bytes::Bytes;
use runner_http::{
    Auth, Compression, Expectation, Method, Request, RequestCookie, ResponseType, StatusRange,
};

use crate::bindings::runner::http::http as wit;

/// Without jar and tags, which the client does not need to know of.
pub(super) fn request(said: wit::Request) -> Result<Request, wit::Error> {
    let Ok(method) = Method::from_bytes(said.method.as_bytes()) else {
        return Err(invalid(&format!(
            "net/http: invalid method {:?}",
            said.method
        )));
    };
    let cookies = said.cookies.into_iter().map(|cookie| RequestCookie {
        name: cookie.name,
        value: cookie.value,
        replace: cookie.replace,
    });
    let compression = said.compression.into_iter().map(|kind| match kind {
        wit::Compression::Gzip => Compression::Gzip,
        wit::Compression::Deflate => Compression::Deflate,
        wit::Compression::Zstd => Compression::Zstd,
        wit::Compression::Br => Compression::Br,
    });
    Ok(Request {
        method,
        url: said.url,
        name: said.name,
        headers: said.headers,
        body: said.body.map(Bytes::from),
        cookies: cookies.collect(),
        timeout: said.timeout.map(Duration::from_nanos),
        redirects: said.redirects,
        auth: said.auth.map(|auth| match auth {
            wit::Auth::Basic => Auth::Basic,
            wit::Auth::Digest => Auth::Digest,
            wit::Auth::Ntlm => Auth::Ntlm,
        }),
        compression: compression.collect(),
        response_type: said.response_type.map(|kind| match kind {
            wit::ResponseType::Text => ResponseType::Text,
            wit::ResponseType::Binary => ResponseType::Binary,
            wit::ResponseType::None => ResponseType::None,
        }),
        expected: expectation(said.expected),
    })
}

pub(super) fn expectation(expected: wit::Expectation) -> Expectation {
    match expected {
        wit::Expectation::Inherited => Expectation::default(),
        wit::Expectation::None => Expectation::None,
        wit::Expectation::Statuses(ranges) => {
            let range = |range: wit::StatusRange| StatusRange {
                min: range.min,
                max: range.max,
            };
            Expectation::Statuses(ranges.into_iter().map(range).collect())
        }
    }
}

pub(super) fn timings(timings: runner_http::Timings) -> wit::Timings {
    let nanos = |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    wit::Timings {
        blocked: nanos(timings.blocked),
        connecting: nanos(timings.connecting),
        tls_handshaking: nanos(timings.tls_handshaking),
        sending: nanos(timings.sending),
        waiting: nanos(timings.waiting),
        receiving: nanos(timings.receiving),
    }
}

pub(super) fn invalid(message: &str) -> wit::Error {
    wit::Error {
        kind: wit::ErrorKind::InvalidRequest,
        code: 1000,
        message: message.to_owned(),
        exchange: None,
    }
}

pub(super) fn error_kind(kind: runner_http::ErrorKind) -> wit::ErrorKind {
    use runner_http::ErrorKind;
    match kind {
        ErrorKind::InvalidRequest => wit::ErrorKind::InvalidRequest,
        ErrorKind::Timeout => wit::ErrorKind::Timeout,
        ErrorKind::Dns => wit::ErrorKind::Dns,
        ErrorKind::Blocked => wit::ErrorKind::Blocked,
        ErrorKind::Refused => wit::ErrorKind::Refused,
        ErrorKind::Reset => wit::ErrorKind::Reset,
        ErrorKind::Tls => wit::ErrorKind::Tls,
        ErrorKind::Http2 => wit::ErrorKind::Http2,
        ErrorKind::Decompression => wit::ErrorKind::Decompression,
        ErrorKind::Other => wit::ErrorKind::Other,
    }
}
