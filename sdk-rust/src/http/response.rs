//! An answer. Its numbers are here; all else stays with the host until it is asked for.

use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::{Cookie, ErrorKind, TlsInfo};
use crate::bindings::runner::http::http as raw;
use crate::{Error, Result};

/// The answer to a request, or why there is none.
///
/// ```no_run
/// use runner_sdk::prelude::*;
///
/// # fn f() -> Result {
/// let res = http::get("http://127.0.0.1:8080/json").ok()?;
/// let value: Value = res.json()?;
/// let server = res.header("Server");
/// let waited = res.timings().waiting();
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Response {
    status: u16,
    timings: Timings,
    /// None only where nothing was sent.
    exchange: Option<raw::Exchange>,
    /// Boxed: most answers have none, and answers should be small to move.
    error: Option<Box<HttpError>>,
}

/// Why a request got no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpError {
    /// What failed.
    pub kind: ErrorKind,
    /// The `error_code` of k6: 1000 to 1799.
    pub code: u16,
    /// In words.
    pub message: String,
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (error code {})", self.message, self.code)
    }
}

impl std::error::Error for HttpError {}

/// How long the phases of a request took; zero where one did not happen.
#[derive(Clone, Copy)]
pub struct Timings(raw::Timings);

impl Response {
    pub(super) fn new(result: std::result::Result<raw::Response, raw::Error>) -> Self {
        match result {
            Ok(response) => Self {
                status: response.status,
                timings: Timings(response.timings),
                exchange: Some(response.exchange),
                error: None,
            },
            Err(error) => Self::failed(error),
        }
    }

    #[cold]
    fn failed(error: raw::Error) -> Self {
        let zero = raw::Timings {
            blocked: 0,
            connecting: 0,
            tls_handshaking: 0,
            sending: 0,
            waiting: 0,
            receiving: 0,
        };
        Self {
            status: 0,
            timings: Timings(error.exchange.as_ref().map_or(zero, raw::Exchange::timings)),
            exchange: error.exchange,
            error: Some(Box::new(HttpError {
                kind: error.kind,
                code: error.code,
                message: error.message,
            })),
        }
    }

    /// The status code; 0 where there is no answer.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Why there is no answer.
    pub fn error(&self) -> Option<&HttpError> {
        self.error.as_deref()
    }

    /// The answer itself, or the error, for `?`. A status such as 404 is an answer.
    ///
    /// # Errors
    /// There is no answer.
    pub fn ok(self) -> std::result::Result<Self, HttpError> {
        match self.error {
            None => Ok(self),
            Some(error) => Err(*error),
        }
    }

    /// How long its phases took.
    pub fn timings(&self) -> Timings {
        self.timings
    }

    /// The body as it came, decompressed; empty where there is none or it was not kept.
    /// Fetched from the host each time.
    pub fn body(&self) -> Vec<u8> {
        self.exchange
            .as_ref()
            .and_then(raw::Exchange::body)
            .unwrap_or_default()
    }

    /// The body as text; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        match String::from_utf8(self.body()) {
            Ok(text) => text,
            Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        }
    }

    /// The body as JSON, as a type of yours or a [`serde_json::Value`].
    ///
    /// # Errors
    /// The body is not JSON, or `T` does not fit.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body()).map_err(|e| {
            Error::new(format!(
                "the body of {} is not usable JSON: {e}",
                self.url()
            ))
        })
    }

    /// All headers, in the order in which they came, names in canonical form (`Content-Type`).
    pub fn headers(&self) -> Vec<(String, String)> {
        self.exchange
            .as_ref()
            .map(raw::Exchange::headers)
            .unwrap_or_default()
    }

    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<String> {
        let all = self.headers();
        all.into_iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The cookies that it set.
    pub fn cookies(&self) -> Vec<Cookie> {
        self.exchange
            .as_ref()
            .map(raw::Exchange::cookies)
            .unwrap_or_default()
    }

    /// The URL of the last request, after redirects.
    pub fn url(&self) -> String {
        self.exchange
            .as_ref()
            .map(raw::Exchange::url)
            .unwrap_or_default()
    }

    /// Such as `200 OK`.
    pub fn status_text(&self) -> String {
        self.exchange
            .as_ref()
            .map(raw::Exchange::status_text)
            .unwrap_or_default()
    }

    /// Such as `HTTP/1.1`; empty where there is no answer.
    pub fn protocol(&self) -> String {
        self.exchange
            .as_ref()
            .map(raw::Exchange::protocol)
            .unwrap_or_default()
    }

    /// Address and port of the peer.
    pub fn remote(&self) -> Option<(String, u16)> {
        self.exchange.as_ref()?.remote()
    }

    /// Version and cipher suite, where TLS was used.
    pub fn tls(&self) -> Option<TlsInfo> {
        self.exchange.as_ref()?.tls()
    }
}

macro_rules! phases {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        impl Timings {
            $( $(#[$doc])* pub fn $name(&self) -> Duration {
                Duration::from_nanos(self.0.$name)
            } )+

            /// Sending, waiting and receiving: what `http_req_duration` has.
            pub fn duration(&self) -> Duration {
                Duration::from_nanos(self.0.sending + self.0.waiting + self.0.receiving)
            }
        }

        impl fmt::Debug for Timings {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct("Timings")
                    $( .field(stringify!($name), &self.$name()) )+
                    .finish()
            }
        }
    };
}

phases! {
    /// Waiting for a free connection.
    blocked,
    /// Connecting.
    connecting,
    /// The TLS handshake.
    tls_handshaking,
    /// Writing the request.
    sending,
    /// From then to the first byte of the answer.
    waiting,
    /// Reading the answer.
    receiving,
}
