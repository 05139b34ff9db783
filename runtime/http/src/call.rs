//! The state of one call while it runs. It lives outside the future that does the work, so
//! that a call cut off by its timeout still has the figures of what it did.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::Method;
use runner_net::{Phases, TlsInfo};
use smallvec::SmallVec;

use crate::error::Fault;
use crate::exchange::{Exchange, Hop, Protocol, Timings};
use crate::headers::Headers;
use crate::request::Request;
use crate::target::TargetRef;
use crate::upgrade::Upgraded;

/// The moments of one hop.
#[derive(Debug)]
pub(crate) struct Progress {
    started: Instant,
    pub dial: Phases,
    ready: Option<Instant>,
    sent: Option<Instant>,
    pub first_byte: Option<Instant>,
    ended: Option<Instant>,
    /// What had come of a body when the connection failed.
    pub partial: Option<Bytes>,
}

impl Progress {
    pub fn start(started: Instant) -> Self {
        Self {
            started,
            dial: Phases::default(),
            ready: None,
            sent: None,
            first_byte: None,
            ended: None,
            partial: None,
        }
    }

    /// There is a connection, with what is known of its other end.
    pub fn ready(&mut self, (remote, tls): (Option<SocketAddr>, Option<TlsInfo>)) {
        (self.dial.remote, self.dial.tls) = (remote, tls);
        self.ready = Some(Instant::now());
    }

    /// The request has been handed to the system.
    pub fn sent(&mut self) {
        self.sent = Some(Instant::now());
    }

    /// Some of the answer has come.
    pub fn received(&mut self) {
        if self.first_byte.is_none() {
            self.first_byte = Some(Instant::now());
        }
    }

    /// The connection turned out to be dead; a new one is looked for.
    pub fn again(&mut self) {
        *self = Self::start(self.started);
    }

    /// All of the answer has come.
    pub fn end(&mut self) {
        self.ended = Some(Instant::now());
    }

    fn timings(&self, end: Instant) -> Timings {
        let between = |from: Option<Instant>, to: Option<Instant>| match (from, to) {
            (Some(from), Some(to)) => to.saturating_duration_since(from),
            _ => Default::default(),
        };
        let mut timings = Timings {
            blocked: between(Some(self.started), self.ready),
            connecting: self.dial.connecting(),
            tls_handshaking: self.dial.tls_handshaking(),
            ..Timings::default()
        };
        if self.ready.is_some() {
            timings.sending = between(self.ready, self.sent.or(Some(end)));
            // Where no answer ever came, the wait lasted till we gave up.
            timings.waiting = between(self.sent, self.first_byte.or(Some(end)));
            timings.receiving = between(self.first_byte, Some(end));
        }
        timings
    }
}

/// An answer, from either version of HTTP.
#[derive(Debug)]
pub(crate) struct Received {
    pub status: u16,
    pub protocol: Protocol,
    pub headers: Headers,
    pub body: Bytes,
    /// There is a `Content-Encoding`.
    pub encoded: bool,
    /// There is a `Set-Cookie`.
    pub cookies: bool,
    /// The connection, where the protocol was switched as asked.
    pub upgraded: Option<Box<Upgraded>>,
}

/// One call with all its hops.
#[derive(Debug)]
pub(crate) struct Call {
    pub request: Request,
    pub started: Instant,
    pub hops: SmallVec<[Hop; 1]>,
    /// Of the next hop.
    pub method: Method,
    /// Of the next hop.
    pub target: TargetRef,
    /// Of the next hop, compressed.
    pub body: Option<Bytes>,
    /// What the client adds to the script's headers.
    pub extra: SmallVec<[(&'static str, String); 1]>,
    /// The host is not the one that the script addressed.
    pub foreign: bool,
    pub progress: Progress,
    open: bool,
    pub sent_cookies: Option<String>,
    pub status: u16,
    pub headers: Headers,
    pub answer: Option<Bytes>,
    /// A switch of protocols is asked for.
    pub upgrade: bool,
    pub upgraded: Option<Box<Upgraded>>,
}

impl Call {
    pub fn new(request: Request, target: TargetRef, started: Instant) -> Self {
        Self {
            hops: SmallVec::new(),
            method: request.method.clone(),
            target,
            body: request.body.clone(),
            extra: SmallVec::new(),
            foreign: false,
            progress: Progress::start(started),
            started,
            open: true,
            sent_cookies: None,
            status: 0,
            headers: Headers::default(),
            answer: None,
            upgrade: false,
            upgraded: None,
            request,
        }
    }

    /// Starts a further hop.
    pub fn open_hop(&mut self) {
        if !self.open {
            self.progress = Progress::start(Instant::now());
            self.open = true;
        }
    }

    /// Ends a hop that has an answer.
    pub fn close_hop(&mut self, status: u16, protocol: Protocol, expected_hint: Option<bool>) {
        let error_code = if status >= 400 {
            1000u16.saturating_add(status)
        } else {
            0
        };
        self.push(status, Some(protocol), error_code, "".into(), expected_hint);
    }

    /// Ends the hop that is under way, if one is, without an answer.
    pub fn fail_hop(&mut self, fault: &Fault) {
        if self.open {
            self.answer = self.progress.partial.take();
            self.headers = Headers::default();
            self.status = 0;
            self.push(0, None, fault.code, fault.message.clone(), None);
        }
    }

    fn push(
        &mut self,
        status: u16,
        protocol: Option<Protocol>,
        error_code: u16,
        error: std::borrow::Cow<'static, str>,
        expected_hint: Option<bool>,
    ) {
        self.open = false;
        let at = self.progress.ended.unwrap_or_else(Instant::now);
        self.hops.push(Hop {
            method: self.method.clone(),
            target: self.target.clone(),
            status,
            protocol,
            tls: self.progress.dial.tls,
            remote: self.progress.dial.remote,
            error_code,
            error,
            expected_hint,
            timings: self.progress.timings(at),
            at,
        });
    }

    /// The end of the call.
    pub fn finish(self, user_agent: Option<Arc<str>>) -> Exchange {
        Exchange {
            hops: self.hops,
            status: self.status,
            headers: self.headers,
            body: self.answer,
            request: self.request,
            sent_cookies: self.sent_cookies,
            user_agent,
        }
    }
}
