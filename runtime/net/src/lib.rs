//! Connections of VUs, whatever is spoken on them: which address a name stands for and whether it
//! may be called, the TCP connection, the TLS handshake, and the count of the bytes that pass.
//!
//! One [`Dialer`] per run holds the rules, the names already looked up and the TLS settings; each
//! VU dials as a [`Caller`]. Everything that VUs connect with goes through it, so that every rule
//! holds everywhere. What was measured is in [`Phases`], also where dialling failed or was cut
//! off. Pools, protocols and their timeouts are those of whoever dials.

mod dialer;
mod dns;
mod error;
mod phases;
mod rules;
mod stream;
mod tls;
mod tls_verify;

pub use dialer::{Caller, Destination, Dialer};
pub use error::{ConfigError, Error, SystemError, TlsError};
pub use phases::{Phases, TlsInfo};
pub use stream::{Counters, Stream};
pub use tls::Tls;
