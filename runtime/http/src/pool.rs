//! The connections of one VU. Idle ones are plain values that nobody polls: whether one is
//! still good is looked at when it is taken out again.

use std::net::SocketAddr;
use std::sync::Arc;

use runner_net::TlsInfo;

use crate::h1::H1;
use crate::h2::H2;
use crate::target::Origin;

/// A connection and what is known about it.
#[derive(Debug)]
pub(crate) struct Conn<T> {
    pub origin: Arc<Origin>,
    pub remote: Option<SocketAddr>,
    pub tls: Option<TlsInfo>,
    pub inner: T,
}

/// A connection taken out of the pool, or a new one.
#[derive(Debug)]
pub(crate) enum Lease {
    H1(Conn<H1>),
    /// A further handle: many requests share an HTTP/2 connection.
    H2(Conn<H2>),
}

impl Lease {
    /// The other end, and how the connection to it is secured.
    pub fn peer(&self) -> (Option<SocketAddr>, Option<TlsInfo>) {
        match self {
            Self::H1(conn) => (conn.remote, conn.tls),
            Self::H2(conn) => (conn.remote, conn.tls),
        }
    }
}

/// The idle connections, those used last at the end.
#[derive(Debug)]
pub(crate) struct Pool {
    idle: Vec<Conn<H1>>,
    h2: Vec<Conn<H2>>,
    max: usize,
    max_per_host: usize,
}

impl Pool {
    /// Limits of idle connections, if any: `batch` and `batchPerHost`.
    pub fn new(max: Option<usize>, max_per_host: Option<usize>) -> Self {
        Self {
            idle: Vec::new(),
            h2: Vec::new(),
            max: max.unwrap_or(usize::MAX),
            max_per_host: max_per_host.unwrap_or(usize::MAX),
        }
    }

    /// A connection to the origin that is still good.
    pub fn take(&mut self, origin: &Arc<Origin>) -> Option<Lease> {
        while let Some(at) = self
            .idle
            .iter()
            .rposition(|conn| same(&conn.origin, origin))
        {
            let mut conn = self.idle.remove(at);
            if conn.inner.is_open() {
                return Some(Lease::H1(conn));
            }
        }
        if self.h2.is_empty() {
            return None;
        }
        self.h2.retain(|conn| !conn.inner.is_closed());
        let conn = self.h2.iter().find(|conn| same(&conn.origin, origin))?;
        Some(Lease::H2(conn.handle()))
    }

    /// Puts a connection back that is ready for a next request.
    pub fn put(&mut self, conn: Conn<H1>) {
        if self.idle.len() >= self.max_per_host {
            let mine = self
                .idle
                .iter()
                .filter(|idle| same(&idle.origin, &conn.origin))
                .count();
            if mine >= self.max_per_host {
                return;
            }
        }
        if self.idle.len() >= self.max {
            self.idle.remove(0);
        }
        self.idle.push(conn);
    }

    /// Keeps a new HTTP/2 connection for others to share.
    pub fn share(&mut self, conn: Conn<H2>) {
        self.h2.push(conn);
    }

    /// Closes everything that is idle, and HTTP/2 connections once their requests are done.
    pub fn clear(&mut self) {
        self.idle.clear();
        self.h2.clear();
    }
}

impl Conn<H2> {
    /// Another handle on the same connection.
    pub fn handle(&self) -> Self {
        Self {
            origin: self.origin.clone(),
            remote: self.remote,
            tls: self.tls,
            inner: self.inner.clone(),
        }
    }
}

fn same(a: &Arc<Origin>, b: &Arc<Origin>) -> bool {
    Arc::ptr_eq(a, b) || a == b
}
