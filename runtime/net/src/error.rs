//! Why there is no connection, or no longer one: a cause each, in k6's words. Which number a cause
//! has, and what it means for a protocol, is that protocol's business.

use std::borrow::Cow;
use std::fmt;
use std::io;

use rustls::{CertificateError, InvalidMessage};

/// A setting that cannot be used. The message names the option and the value.
#[derive(Debug, thiserror::Error)]
#[error("{option}: {problem}")]
pub struct ConfigError {
    /// The option's name in a script.
    pub option: &'static str,
    /// What is wrong with which value, and what would be right.
    pub problem: String,
}

impl ConfigError {
    /// Of an option.
    pub fn new(option: &'static str, problem: impl Into<String>) -> Self {
        Self {
            option,
            problem: problem.into(),
        }
    }
}

/// What went wrong while dialling, or later on a connection.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text())]
pub enum Error {
    /// `blockHostnames` has the name.
    BlockedName,
    /// `blacklistIPs` has the address.
    BlockedAddress,
    /// Nobody has the name.
    NoSuchHost,
    /// The name could not be looked up.
    Lookup {
        /// The name.
        host: String,
        /// What the system says.
        reason: String,
    },
    /// Nobody listens there.
    Refused,
    /// No answer within the time that a connection may take.
    DialTimeout,
    /// No connection for another reason.
    Dial(SystemError),
    /// The name cannot be one of a TLS server.
    ServerName(String),
    /// The handshake failed, the certificate was not accepted, or the peer broke the protocol.
    Tls(TlsError),
    /// The peer closed the connection instead of answering.
    Closed,
    /// The peer closed the connection in the middle of something.
    UnexpectedEof,
    /// The peer dropped the connection, noticed by a `read` or `write`.
    Reset(&'static str),
    /// There was nobody left to write to, noticed by a `read` or `write`.
    BrokenPipe(&'static str),
    /// A `read` or `write` failed for another reason.
    Io(&'static str, SystemError),
}

impl Error {
    /// The message, without an allocation where it is always the same.
    #[must_use]
    pub fn text(&self) -> Cow<'static, str> {
        match self {
            Self::BlockedName => "hostname is blocked".into(),
            Self::BlockedAddress => "ip is blacklisted".into(),
            Self::NoSuchHost => "lookup: no such host".into(),
            Self::Lookup { host, reason } => format!("lookup {host}: {reason}").into(),
            Self::Refused => "dial: connection refused".into(),
            Self::DialTimeout => "dial: i/o timeout".into(),
            Self::Dial(error) => format!("dial: {error}").into(),
            Self::ServerName(name) => format!("tls: invalid server name {name:?}").into(),
            Self::Tls(error) => error.text(),
            Self::Closed => "EOF".into(),
            Self::UnexpectedEof => "unexpected EOF".into(),
            Self::Reset(op) => format!("{op}: connection reset by peer").into(),
            Self::BrokenPipe(op) => format!("{op}: broken pipe").into(),
            Self::Io(op, error) => format!("{op}: {error}").into(),
        }
    }

    /// Of a `read` or `write` (`op`) that failed on a connection, plain or TLS.
    #[must_use]
    pub fn io(op: &'static str, error: &io::Error) -> Self {
        if let Some(tls) = TlsError::inside(error) {
            return Self::Tls(tls);
        }
        match error.kind() {
            io::ErrorKind::ConnectionReset => Self::Reset(op),
            io::ErrorKind::BrokenPipe => Self::BrokenPipe(op),
            io::ErrorKind::UnexpectedEof => Self::UnexpectedEof,
            _ => Self::Io(op, SystemError::of(error)),
        }
    }

    /// Of a `connect` that failed.
    pub(crate) fn dial(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::TimedOut => Self::DialTimeout,
            _ => Self::Dial(SystemError::of(error)),
        }
    }
}

/// What the system said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemError {
    /// Its number, where it has one.
    pub errno: Option<i32>,
    text: String,
}

impl SystemError {
    fn of(error: &io::Error) -> Self {
        let errno = error.raw_os_error();
        let mut text = error.to_string();
        if errno.is_some() {
            // The number that std appends.
            if let Some(at) = text.find(" (os error") {
                text.truncate(at);
            }
            text = text.to_lowercase();
        }
        Self { errno, text }
    }
}

impl fmt::Display for SystemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.errno {
            Some(errno) => write!(
                f,
                "unknown errno `{errno}` on {} with message `{}`",
                std::env::consts::OS,
                self.text
            ),
            None => f.write_str(&self.text),
        }
    }
}

/// What went wrong with TLS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text())]
pub enum TlsError {
    /// Nobody who is trusted vouches for the certificate.
    UnknownAuthority,
    /// The certificate is for another name.
    WrongName,
    /// The certificate is of another time.
    Expired,
    /// The peer does not speak TLS.
    NotTls,
    /// The peer gave up, with this alert.
    Alert(String),
    /// Anything else.
    Other(String),
}

impl TlsError {
    /// The message, without an allocation where it is always the same.
    #[must_use]
    pub fn text(&self) -> Cow<'static, str> {
        match self {
            Self::UnknownAuthority => "x509: unknown authority".into(),
            Self::WrongName => "x509: certificate doesn't match hostname".into(),
            Self::Expired => "x509: certificate has expired or is not yet valid".into(),
            Self::NotTls => "tls: first record does not look like a TLS handshake".into(),
            Self::Alert(alert) => format!("remote error: tls: {alert}").into(),
            Self::Other(problem) => format!("tls: {problem}").into(),
        }
    }

    /// The one that `error` is, or that an error of a stream holds; none where TLS has nothing to do
    /// with it.
    #[must_use]
    pub fn inside(error: &(dyn std::error::Error + 'static)) -> Option<Self> {
        match error.downcast_ref::<io::Error>() {
            // One can hold another.
            Some(of_stream) => Self::inside(of_stream.get_ref()?),
            None => error.downcast_ref().map(Self::of),
        }
    }

    fn of(error: &rustls::Error) -> Self {
        match error {
            rustls::Error::InvalidCertificate(problem) => match problem {
                CertificateError::UnknownIssuer => Self::UnknownAuthority,
                // A root that serves as the server's own certificate: nobody else vouches for it.
                CertificateError::Other(other)
                    if other.to_string().contains("CaUsedAsEndEntity") =>
                {
                    Self::UnknownAuthority
                }
                CertificateError::NotValidForName
                | CertificateError::NotValidForNameContext { .. } => Self::WrongName,
                CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. } => Self::Expired,
                _ => Self::Other(error.to_string()),
            },
            rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => Self::NotTls,
            rustls::Error::AlertReceived(alert) => Self::Alert(format!("{alert:?}")),
            other => Self::Other(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_have_the_words_of_k6() {
        let of = |error: io::Error| Error::io("read", &error).to_string();
        assert_eq!(
            of(io::ErrorKind::ConnectionReset.into()),
            "read: connection reset by peer"
        );
        assert_eq!(of(io::ErrorKind::UnexpectedEof.into()), "unexpected EOF");
        assert_eq!(of(io::Error::other("odd")), "read: odd");
        let tls = rustls::Error::General("odd".to_owned());
        assert_eq!(of(io::Error::other(tls)), "tls: unexpected error: odd");
        #[cfg(target_os = "linux")]
        assert_eq!(
            Error::dial(&io::Error::from_raw_os_error(113)).to_string(),
            "dial: unknown errno `113` on linux with message `no route to host`"
        );
        assert_eq!(
            Error::dial(&io::ErrorKind::ConnectionRefused.into()),
            Error::Refused
        );
    }
}
