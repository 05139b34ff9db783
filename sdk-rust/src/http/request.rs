//! A request with all that can be said about it. Everything is borrowed until it is sent: a
//! GET without headers allocates nothing in the VU.

use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::{Auth, Body, Compression, CookieJar, Response, ResponseType, StatusRange};
use crate::bindings::runner::http::http as raw;
use crate::bindings::runner::tasks::tasks;

/// A request to build and send.
///
/// ```no_run
/// use std::time::Duration;
/// use runner_sdk::prelude::*;
///
/// let token = "secret";
/// let res = Request::put("http://127.0.0.1:8080/profile")
///     .header("Authorization", &format!("Bearer {token}"))
///     .json(&json!({ "name": "Ann" }))
///     .tag("kind", "update")
///     .timeout(Duration::from_secs(5))
///     .send();
/// ```
#[derive(Debug)]
pub struct Request<'a> {
    method: &'a str,
    url: &'a str,
    name: Option<&'a str>,
    headers: Vec<(&'a str, &'a str)>,
    body: Option<Body<'a>>,
    tags: Vec<(&'a str, &'a str)>,
    cookies: Vec<raw::RequestCookieParam<'a>>,
    jar: Option<&'a CookieJar>,
    timeout: Option<u64>,
    redirects: Option<u32>,
    auth: Option<Auth>,
    compression: &'a [Compression],
    response_type: Option<ResponseType>,
    expected: Expected,
}

#[derive(Debug)]
enum Expected {
    Inherited,
    None,
    Statuses(Vec<StatusRange>),
}

impl<'a> Request<'a> {
    /// A request with any method, in upper case.
    pub fn new(method: &'a str, url: &'a str) -> Self {
        Self {
            method,
            url,
            name: None,
            headers: Vec::new(),
            body: None,
            tags: Vec::new(),
            cookies: Vec::new(),
            jar: None,
            timeout: None,
            redirects: None,
            auth: None,
            compression: &[],
            response_type: None,
            expected: Expected::Inherited,
        }
    }

    /// A GET request.
    pub fn get(url: &'a str) -> Self {
        Self::new("GET", url)
    }

    /// A POST request.
    pub fn post(url: &'a str) -> Self {
        Self::new("POST", url)
    }

    /// A PUT request.
    pub fn put(url: &'a str) -> Self {
        Self::new("PUT", url)
    }

    /// A PATCH request.
    pub fn patch(url: &'a str) -> Self {
        Self::new("PATCH", url)
    }

    /// A DELETE request.
    pub fn delete(url: &'a str) -> Self {
        Self::new("DELETE", url)
    }

    /// Adds a header.
    pub fn header(mut self, name: &'a str, value: &'a str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The body, with its content type unless a header says another.
    pub fn body(mut self, body: impl Into<Body<'a>>) -> Self {
        let body = body.into();
        let typed = self
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if let Some(kind) = body.content_type.filter(|_| !typed) {
            self.headers.push(("Content-Type", kind));
        }
        self.body = Some(body);
        self
    }

    /// A value as JSON, with its content type.
    pub fn json<T: serde::Serialize + ?Sized>(self, value: &T) -> Self {
        self.body(Body::json(value))
    }

    /// Fields of a form, with their content type.
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        self.body(Body::form(fields))
    }

    /// The `name` tag of its samples instead of the URL: one name for many URLs keeps the
    /// results readable and the memory small.
    pub fn name(mut self, name: &'a str) -> Self {
        self.name = Some(name);
        self
    }

    /// Adds a tag to its samples.
    pub fn tag(mut self, name: &'a str, value: &'a str) -> Self {
        self.tags.push((name, value));
        self
    }

    /// Adds a cookie to this request, beside those of the jar.
    pub fn cookie(mut self, name: &'a str, value: &'a str) -> Self {
        self.cookies.push(raw::RequestCookieParam {
            name,
            value,
            replace: false,
        });
        self
    }

    /// Uses that jar instead of the VU's own.
    pub fn jar(mut self, jar: &'a CookieJar) -> Self {
        self.jar = Some(jar);
        self
    }

    /// Limit for the whole call with redirects and body; 60 s where nothing is said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX));
        self
    }

    /// How many redirects to follow; the run's `maxRedirects` where nothing is said.
    pub fn redirects(mut self, most: u32) -> Self {
        self.redirects = Some(most);
        self
    }

    /// How the user and password of the URL are sent.
    pub fn auth(mut self, auth: Auth) -> Self {
        self.auth = Some(auth);
        self
    }

    /// Compresses the body, in that order.
    pub fn compression(mut self, steps: &'a [Compression]) -> Self {
        self.compression = steps;
        self
    }

    /// Whether the body of the answer is kept; `discardResponseBodies` decides where nothing
    /// is said.
    pub fn response_type(mut self, kind: ResponseType) -> Self {
        self.response_type = Some(kind);
        self
    }

    /// Which statuses count as a success of this request.
    pub fn expect(mut self, statuses: &[RangeInclusive<u16>]) -> Self {
        self.expected = Expected::Statuses(ranges(statuses));
        self
    }

    /// No status counts as a success or a failure of this request.
    pub fn expect_anything(mut self) -> Self {
        self.expected = Expected::None;
        self
    }

    /// Sends the request and blocks until its answer has been read.
    pub fn send(&self) -> Response {
        Response::new(raw::send(self.raw()))
    }

    /// Starts the request and returns at once.
    ///
    /// ```no_run
    /// use runner_sdk::prelude::*;
    ///
    /// let slow = Request::get("http://127.0.0.1:8080/delay/1").start();
    /// http::get("http://127.0.0.1:8080/get");
    /// let res = slow.wait();
    /// ```
    pub fn start(&self) -> Pending {
        Pending {
            task: Some(raw::start(self.raw())),
        }
    }

    pub(super) fn raw(&self) -> raw::Request<'_> {
        raw::Request {
            method: self.method,
            url: self.url,
            name: self.name,
            headers: &self.headers,
            body: self.body.as_ref().map(|body| &*body.bytes),
            tags: &self.tags,
            cookies: &self.cookies,
            jar: self.jar.map(CookieJar::raw),
            timeout: self.timeout,
            redirects: self.redirects,
            auth: self.auth,
            compression: self.compression,
            response_type: self.response_type,
            expected: match &self.expected {
                Expected::Inherited => raw::Expectation::Inherited,
                Expected::None => raw::Expectation::None,
                Expected::Statuses(ranges) => raw::Expectation::Statuses(ranges),
            },
        }
    }
}

pub(super) fn ranges(statuses: &[RangeInclusive<u16>]) -> Vec<StatusRange> {
    statuses
        .iter()
        .map(|range| StatusRange {
            min: *range.start(),
            max: *range.end(),
        })
        .collect()
}

thread_local! {
    /// Tasks that completed while another was waited for.
    static DONE: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

/// A request that is under way. Dropping it stops it.
#[derive(Debug)]
#[must_use = "dropping it stops the request"]
pub struct Pending {
    task: Option<u64>,
}

impl Pending {
    /// Blocks until the answer has been read.
    pub fn wait(mut self) -> Response {
        let task = self.task.take().unwrap_or_default();
        while !take_done(task) {
            match tasks::next(None) {
                Some(done) => DONE.with_borrow_mut(|all| all.push(done)),
                // Nothing is pending: `finish` knows why.
                None => break,
            }
        }
        Response::new(raw::finish(task))
    }
}

fn take_done(task: u64) -> bool {
    DONE.with_borrow_mut(|all| {
        let at = all.iter().position(|done| *done == task);
        at.map(|at| all.swap_remove(at)).is_some()
    })
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            take_done(task);
            tasks::cancel(task);
        }
    }
}
