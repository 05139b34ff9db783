//! A measuring HTTP client: HTTP/1.1 and HTTP/2, one connection pool and one cookie jar per VU.
//! Each request is recorded in the `http_req*` metrics.
//!
//! A request that gets no answer gives a [`Response`] too, with status 0 and an
//! [`error`](Response::error), so that checks count it. [`Response::ok`] turns it into a
//! `Result` where the iteration should end there.

mod body;
mod cookies;
mod request;
mod response;

pub use crate::bindings::runner::http::http::{
    Auth, Compression, Cookie, ErrorKind, ResponseType, StatusRange, TlsInfo,
};
pub use body::{Body, form};
pub use cookies::CookieJar;
pub use request::{Pending, Request};
pub use response::{HttpError, Response, Timings};

use crate::bindings::runner::http::http as raw;

/// Sends a GET request.
pub fn get(url: &str) -> Response {
    Request::get(url).send()
}

/// Sends a HEAD request.
pub fn head(url: &str) -> Response {
    Request::new("HEAD", url).send()
}

/// Sends a POST request. Strings and bytes are sent as they are; see [`Body`] for forms and
/// JSON.
pub fn post<'a>(url: &'a str, body: impl Into<Body<'a>>) -> Response {
    Request::post(url).body(body).send()
}

/// Sends a PUT request.
pub fn put<'a>(url: &'a str, body: impl Into<Body<'a>>) -> Response {
    Request::new("PUT", url).body(body).send()
}

/// Sends a PATCH request.
pub fn patch<'a>(url: &'a str, body: impl Into<Body<'a>>) -> Response {
    Request::new("PATCH", url).body(body).send()
}

/// Sends a DELETE request.
pub fn delete(url: &str) -> Response {
    Request::new("DELETE", url).send()
}

/// Sends requests in parallel, within the run's `batch` and `batchPerHost`; answers in order.
///
/// ```no_run
/// use runner_sdk::prelude::*;
///
/// let answers = http::batch(&[
///     Request::get("http://127.0.0.1:8080/get"),
///     Request::post("http://127.0.0.1:8080/post").body("hello"),
/// ]);
/// check! { "all answered" => answers.iter().all(|res| res.status() == 200) };
/// ```
pub fn batch(requests: &[Request<'_>]) -> Vec<Response> {
    let requests: Vec<raw::Request<'_>> = requests.iter().map(Request::raw).collect();
    raw::batch(&requests)
        .into_iter()
        .map(Response::new)
        .collect()
}

/// The cookie jar of this VU, emptied before each iteration unless `noCookiesReset`.
pub fn cookie_jar() -> CookieJar {
    CookieJar::of_vu()
}

/// Which statuses count as a success from now on in this VU, in `http_req_failed` and the
/// `expected_response` tag. Before, 200 to 399 do.
pub fn set_expected_statuses(ranges: &[std::ops::RangeInclusive<u16>]) {
    let ranges: Vec<StatusRange> = request::ranges(ranges);
    raw::set_expectation(raw::Expectation::Statuses(&ranges));
}
