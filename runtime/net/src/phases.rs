//! The moments of dialling, and what is known of the other end.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use runner_values::TlsVersion;

/// How far dialling has come. It lives outside the future that dials, so that one that is cut off
/// still leaves its figures.
#[derive(Clone, Copy, Debug, Default)]
pub struct Phases {
    connecting: Option<Instant>,
    connected: Option<Instant>,
    handshaking: Option<Instant>,
    handshaken: Option<Instant>,
    /// The other end; none where no connection was made.
    pub remote: Option<SocketAddr>,
    /// What the handshake agreed on; none without TLS.
    pub tls: Option<TlsInfo>,
}

impl Phases {
    /// How long the TCP connection took; zero where none was made.
    #[must_use]
    pub fn connecting(&self) -> Duration {
        between(self.connecting, self.connected)
    }

    /// How long the TLS handshake took; zero where there was none.
    #[must_use]
    pub fn tls_handshaking(&self) -> Duration {
        between(self.handshaking, self.handshaken)
    }

    pub(crate) fn connect(&mut self) {
        self.connecting = Some(Instant::now());
    }

    pub(crate) fn connected(&mut self, remote: SocketAddr) {
        self.remote = Some(remote);
        self.connected = Some(Instant::now());
    }

    pub(crate) fn handshake(&mut self) {
        self.handshaking = Some(Instant::now());
    }

    pub(crate) fn handshaken(&mut self, info: Option<TlsInfo>) {
        self.handshaken = Some(Instant::now());
        self.tls = info;
    }
}

fn between(from: Option<Instant>, to: Option<Instant>) -> Duration {
    match (from, to) {
        (Some(from), Some(to)) => to.saturating_duration_since(from),
        _ => Duration::ZERO,
    }
}

/// What a handshake agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TlsInfo {
    /// The version.
    pub version: TlsVersion,
    /// IANA's name of the suite.
    pub cipher_suite: &'static str,
}
