//! One call as a script asks for it. A plain GET owns its URL and nothing else: all lists
//! are empty and allocate nothing.

use std::time::Duration;

use bytes::Bytes;
use http::Method;
use smallvec::SmallVec;

/// One call, with all the redirects that it may lead to.
#[derive(Clone, Debug)]
pub struct Request {
    /// Sent as it is.
    pub method: Method,
    /// As the script gave it; credentials in it are sent as basic or digest auth.
    pub url: String,
    /// Value of the `name` and `url` tags; the client only carries it.
    pub name: Option<String>,
    /// Names are sent in canonical form; `Host` replaces the URL's, `Content-Length` and
    /// `Transfer-Encoding` are ignored.
    pub headers: Vec<(String, String)>,
    /// `Some` and empty is a body of no bytes, which has a `Content-Length: 0`.
    pub body: Option<Bytes>,
    /// Sent besides the jar's, on every hop, never stored.
    pub cookies: Vec<RequestCookie>,
    /// For the whole call with its redirects and body; 60 s where none.
    pub timeout: Option<Duration>,
    /// How many redirects to follow; the run's `maxRedirects` where none.
    pub redirects: Option<u32>,
    /// How the credentials of the URL are used; basic where none.
    pub auth: Option<Auth>,
    /// Applied to the body in order.
    pub compression: SmallVec<[Compression; 2]>,
    /// Whether the body is kept; the run's `discardResponseBodies` decides where none.
    pub response_type: Option<ResponseType>,
    /// Which answers count as a success; the client only carries it.
    pub expected: Expectation,
}

impl Request {
    /// A request with nothing but a method and an address.
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            name: None,
            headers: Vec::new(),
            body: None,
            cookies: Vec::new(),
            timeout: None,
            redirects: None,
            auth: None,
            compression: SmallVec::new(),
            response_type: None,
            expected: Expectation::Inherited,
        }
    }

    /// A GET.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new(Method::GET, url)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// A cookie of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestCookie {
    /// Its name.
    pub name: String,
    /// Its value; what a cookie cannot hold is left out.
    pub value: String,
    /// Instead of the jar's cookie of that name; otherwise both are sent.
    pub replace: bool,
}

/// How the credentials of a URL are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// In the first request.
    Basic,
    /// After a first request without them.
    Digest,
    /// Not implemented: answered by an error that says so.
    Ntlm,
}

/// A content coding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// RFC 1952
    Gzip,
    /// The zlib format, RFC 1950
    Deflate,
    /// RFC 8878
    Zstd,
    /// RFC 7932
    Br,
}

impl Compression {
    /// As in `Content-Encoding`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Zstd => "zstd",
            Self::Br => "br",
        }
    }

    /// The inverse of [`Compression::as_str`], blind to case and surrounding space.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        [Self::Gzip, Self::Deflate, Self::Zstd, Self::Br]
            .into_iter()
            .find(|coding| coding.as_str().eq_ignore_ascii_case(text))
    }
}

/// What becomes of a body. The client treats text and binary alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseType {
    /// Kept.
    Text,
    /// Kept.
    Binary,
    /// Read and forgotten.
    None,
}

/// Which answers count as a success in `http_req_failed` and `expected_response`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Expectation {
    /// What the VU said last; 200 to 399 before.
    #[default]
    Inherited,
    /// No judgement at all.
    None,
    /// These.
    Statuses(SmallVec<[StatusRange; 2]>),
}

/// Statuses from `min` to `max`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusRange {
    /// The lowest.
    pub min: u16,
    /// The highest.
    pub max: u16,
}

impl Expectation {
    /// Whether an answer was expected; none where nobody judges. `inherited` is the VU's.
    pub fn judge(&self, inherited: &Self, status: u16) -> Option<bool> {
        match (self, inherited) {
            (Self::None, _) | (Self::Inherited, Self::None) => None,
            (Self::Inherited, Self::Inherited) => Some((200..400).contains(&status)),
            (Self::Statuses(ranges), _) | (Self::Inherited, Self::Statuses(ranges)) => Some(
                ranges
                    .iter()
                    .any(|range| (range.min..=range.max).contains(&status)),
            ),
        }
    }
}
