//! Getting a connection: which address a name stands for and whether it may be called, the
//! TCP connection, the TLS handshake, and the count of the bytes that pass.

mod dial;
mod dns;
mod io;
mod local_ips;
mod rules;
mod tls;
mod tls_verify;

pub(crate) use dial::{Dialled, dial};
pub(crate) use dns::Dns;
pub(crate) use io::{Counters, Io};
pub(crate) use local_ips::LocalIps;
pub(crate) use rules::Rules;
pub(crate) use tls::{fault as tls_fault, tls_config};
