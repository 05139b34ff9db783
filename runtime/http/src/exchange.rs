//! The outcome of one call: its hops with their figures, and the last answer.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Method;
use runner_net::TlsInfo;
use smallvec::SmallVec;

use crate::cookies::{self, Cookie};
use crate::headers::{Headers, canonical_name};
use crate::request::{Auth, Request, RequestCookie};
use crate::target::TargetRef;

/// One finished call, successful or not.
#[derive(Debug)]
pub struct Exchange {
    /// Every request made, in order; never empty. The last one's answer is below.
    pub hops: SmallVec<[Hop; 1]>,
    /// 0 where there was no answer.
    pub status: u16,
    /// As received.
    pub headers: Headers,
    /// Decoded. None where the answer cannot have one, or it was not kept. After a failure
    /// in mid-body, what had come till then.
    pub body: Option<Bytes>,
    /// The call as it was asked for.
    pub request: Request,
    /// Value of the `Cookie` header of the first hop.
    pub(crate) sent_cookies: Option<String>,
    pub(crate) user_agent: Option<Arc<str>>,
}

impl Exchange {
    fn last(&self) -> Option<&Hop> {
        self.hops.last()
    }

    /// Of the last hop, with credentials; without them where they were used for digest auth, as
    /// k6 takes them out of the URL for that.
    pub fn url(&self) -> &str {
        let Some(hop) = self.last() else {
            return "";
        };
        if self.request.auth == Some(Auth::Digest) {
            hop.target.without_credentials()
        } else {
            hop.target.full()
        }
    }

    /// Such as `200 OK`, in the server's own words; empty where there was no answer.
    pub fn status_text(&self) -> String {
        self.headers.status_text(self.status)
    }

    /// Of the last hop; none where there was no answer.
    pub fn protocol(&self) -> Option<Protocol> {
        self.last().and_then(|hop| hop.protocol)
    }

    /// Of the last hop.
    pub fn remote(&self) -> Option<SocketAddr> {
        self.last().and_then(|hop| hop.remote)
    }

    /// Of the last hop.
    pub fn tls(&self) -> Option<TlsInfo> {
        self.last().and_then(|hop| hop.tls)
    }

    /// Of the last hop.
    pub fn timings(&self) -> Timings {
        self.last().map(|hop| hop.timings).unwrap_or_default()
    }

    /// What the last answer set, expired or not.
    pub fn cookies(&self) -> Vec<Cookie> {
        self.headers
            .all("set-cookie")
            .filter_map(|value| cookies::parse(&value))
            .collect()
    }

    /// What was sent on the first hop, put together on demand.
    pub fn sent(&self) -> Sent {
        let mut headers = Vec::with_capacity(self.request.headers.len() + 2);
        for (name, value) in &self.request.headers {
            let name = canonical_name(name);
            if !matches!(&*name, "Content-Length" | "Transfer-Encoding" | "Cookie") {
                headers.push((name.into_owned(), value.clone()));
            }
        }
        if let Some(agent) = &self.user_agent
            && self.request.header("user-agent").is_none()
        {
            headers.push(("User-Agent".to_owned(), agent.as_ref().to_owned()));
        }
        let mut sent_cookies = Vec::new();
        if let Some(value) = &self.sent_cookies {
            headers.push(("Cookie".to_owned(), value.clone()));
            sent_cookies = cookies::sent(value)
                .map(|(name, value)| RequestCookie {
                    name: name.to_owned(),
                    value: value.to_owned(),
                    replace: false,
                })
                .collect();
        }
        let first = self.hops.first();
        Sent {
            method: self.request.method.clone(),
            url: first.map_or("", |hop| hop.target.full()).to_owned(),
            headers,
            body: self.request.body.clone(),
            cookies: sent_cookies,
        }
    }
}

/// A request as it was sent. The body is the one before compression.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Its method.
    pub method: Method,
    /// With credentials.
    pub url: String,
    /// In canonical form, without those that are about the connection.
    pub headers: Vec<(String, String)>,
    /// None where there was none.
    pub body: Option<Bytes>,
    /// Those of the request and those of the jar that a server would take in. `replace` has had its
    /// effect and says nothing here.
    pub cookies: Vec<RequestCookie>,
}

/// One request on the wire: the call itself, a redirect, or a round of authentication.
#[derive(Clone, Debug)]
pub struct Hop {
    /// Its method.
    pub method: Method,
    /// Where it went.
    pub target: TargetRef,
    /// 0 where there was no answer.
    pub status: u16,
    /// None where there was no answer.
    pub protocol: Option<Protocol>,
    /// None without TLS.
    pub tls: Option<TlsInfo>,
    /// None where no connection was made.
    pub remote: Option<SocketAddr>,
    /// k6's `error_code`; 0 where nothing failed.
    pub error_code: u16,
    /// k6's `error`; empty for statuses of 400 and more, although they have a code.
    pub error: Cow<'static, str>,
    /// Overrules the judgement of the status, for the first round of digest auth.
    pub expected_hint: Option<bool>,
    /// Its phases.
    pub timings: Timings,
    /// When it ended.
    pub at: Instant,
}

impl Hop {
    /// The `url` tag: credentials masked. The same allocation for equal URLs of one VU.
    pub fn url(&self) -> &Arc<str> {
        self.target.clean()
    }
}

/// The phases of one hop; zero where a phase did not happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// Till there was a connection to use: looking up, connecting, the handshake.
    pub blocked: Duration,
    /// The part of it for the TCP connection.
    pub connecting: Duration,
    /// The part of it for TLS.
    pub tls_handshaking: Duration,
    /// Till the request was handed to the system.
    pub sending: Duration,
    /// Till the first byte of the answer.
    pub waiting: Duration,
    /// Till the last byte of the answer.
    pub receiving: Duration,
}

impl Timings {
    /// `http_req_duration`: sending, waiting and receiving.
    pub fn duration(&self) -> Duration {
        self.sending + self.waiting + self.receiving
    }
}

/// A version of HTTP, as the peer named it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Protocol {
    major: u8,
    minor: u8,
}

impl Protocol {
    /// 1.0
    pub const HTTP_10: Self = Self::new(1, 0);
    /// 1.1
    pub const HTTP_11: Self = Self::new(1, 1);
    /// 2
    pub const HTTP_2: Self = Self::new(2, 0);

    /// Both numbers have one digit.
    pub(crate) const fn new(major: u8, minor: u8) -> Self {
        Self { major, minor }
    }

    /// As in the `proto` tag: `HTTP/1.1`, `HTTP/2.0`.
    pub fn as_str(self) -> &'static str {
        let at = (usize::from(self.major) * 10 + usize::from(self.minor)) * VERSION_LEN;
        let name = VERSIONS.get(at..at + VERSION_LEN).unwrap_or_default();
        std::str::from_utf8(name).unwrap_or_default()
    }
}

const VERSION_LEN: usize = "HTTP/1.1".len();

/// The names of all versions of one digit each, one behind the other.
#[expect(clippy::indexing_slicing, reason = "at compile time")]
static VERSIONS: [u8; 100 * VERSION_LEN] = {
    let mut names = [0; 100 * VERSION_LEN];
    let mut at = 0;
    while at < names.len() {
        let version = (at / VERSION_LEN) as u8;
        names[at] = match at % VERSION_LEN {
            5 => b'0' + version / 10,
            6 => b'.',
            7 => b'0' + version % 10,
            letter => b"HTTP/"[letter],
        };
        at += 1;
    }
    names
};
