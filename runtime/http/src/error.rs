//! What can go wrong, with k6's numbers and messages (the error_code table), so that scripts
//! and dashboards that compare either keep working.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

use runner_net::{Error, TlsError};

use crate::exchange::Exchange;

/// How much of what a peer sent is shown in a message.
const EXCERPT: usize = 200;

/// The coarse reason of a failure; [`Failure::code`] has the finer number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Nothing could be sent because the request makes no sense.
    InvalidRequest,
    /// The call took longer than its timeout.
    Timeout,
    /// The name could not be looked up.
    Dns,
    /// `blockHostnames` or `blacklistIPs` forbid it.
    Blocked,
    /// Nobody listens there.
    Refused,
    /// The peer dropped the connection.
    Reset,
    /// The handshake failed or the certificate was not accepted.
    Tls,
    /// An error of the HTTP/2 layer.
    Http2,
    /// The body does not decode as its `Content-Encoding` says.
    Decompression,
    /// Anything else.
    Other,
}

/// A call that brought no answer. The hop that failed is the last one of `exchange`.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// The coarse reason.
    pub kind: ErrorKind,
    /// k6's `error_code`: 1000 to 1799.
    pub code: u16,
    /// k6's `error`.
    pub message: Cow<'static, str>,
    /// What was sent and measured; none where the request itself was invalid.
    pub exchange: Option<Box<Exchange>>,
}

/// A failure inside the client, before it is paired with its exchange.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub kind: ErrorKind,
    pub code: u16,
    pub message: Cow<'static, str>,
    /// The connection broke before the first byte of an answer: a reused one may have been
    /// closed by the peer while it was idle, so the request deserves a fresh one.
    pub stale: bool,
}

impl Fault {
    pub fn new(kind: ErrorKind, code: u16, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            code,
            message: message.into(),
            stale: false,
        }
    }

    pub fn other(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Other, 1000, message)
    }

    pub fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::InvalidRequest, 1000, message)
    }

    /// `problem` names the URL.
    pub fn bad_url(problem: &str) -> Self {
        let message = format!("invalid URL: {problem}");
        Self::new(ErrorKind::InvalidRequest, 1020, message)
    }

    pub fn timeout() -> Self {
        Self::new(ErrorKind::Timeout, 1050, "request timeout")
    }

    pub fn decompression(problem: &str) -> Self {
        let message = format!("error decompressing response body ({problem})");
        Self::new(ErrorKind::Decompression, 1701, message)
    }

    /// A `read` or `write` (`op`) that failed on a connection, plain or TLS.
    pub fn io(op: &'static str, error: &io::Error) -> Self {
        Error::io(op, error).into()
    }

    pub fn stale(mut self, stale: bool) -> Self {
        self.stale = stale;
        self
    }

    pub fn without_exchange(self) -> Failure {
        self.with(None)
    }

    pub fn with(self, exchange: Option<Box<Exchange>>) -> Failure {
        Failure {
            kind: self.kind,
            code: self.code,
            message: self.message,
            exchange,
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let (kind, code) = match &error {
            Error::BlockedName => (ErrorKind::Blocked, 1111),
            Error::BlockedAddress => (ErrorKind::Blocked, 1110),
            Error::NoSuchHost => (ErrorKind::Dns, 1101),
            Error::Lookup { .. } => (ErrorKind::Dns, 1100),
            Error::Refused => (ErrorKind::Refused, 1212),
            Error::DialTimeout => (ErrorKind::Timeout, 1211),
            Error::Dial(error) if error.errno.is_some() => (ErrorKind::Other, 1213),
            Error::Dial(_) => (ErrorKind::Other, 1210),
            Error::Tls(TlsError::UnknownAuthority) => (ErrorKind::Tls, 1310),
            Error::Tls(TlsError::WrongName) => (ErrorKind::Tls, 1311),
            Error::Tls(TlsError::NotTls) => (ErrorKind::Tls, 1301),
            Error::Tls(_) => (ErrorKind::Tls, 1000),
            Error::Reset(_) => (ErrorKind::Reset, 1220),
            Error::BrokenPipe(_) => (ErrorKind::Reset, 1201),
            Error::Io(_, error) if error.errno.is_some() => (ErrorKind::Other, 1202),
            Error::ServerName(_) | Error::Closed | Error::UnexpectedEof | Error::Io(..) => {
                (ErrorKind::Other, 1000)
            }
        };
        Self::new(kind, code, error.text())
    }
}

/// Bytes that a peer sent, as text of bounded length for a message.
pub(crate) fn excerpt(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes.get(..bytes.len().min(EXCERPT)).unwrap_or_default())
}

/// The same in quotation marks and without anything that a terminal would act on, as Go's `%q`.
pub(crate) fn quoted(bytes: &[u8]) -> String {
    let shown = bytes.get(..bytes.len().min(EXCERPT)).unwrap_or_default();
    let mut text = String::with_capacity(shown.len() + 2);
    text.push('"');
    for chunk in shown.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' | '\\' => text.extend(['\\', c]),
                '\t' => text.push_str("\\t"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\0'..='\x7f' if c.is_control() => {
                    let _ = write!(text, "\\x{:02x}", u32::from(c));
                }
                _ if c.is_control() => {
                    let _ = write!(text, "\\u{:04x}", u32::from(c));
                }
                _ => text.push(c),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text.push('"');
    text
}
