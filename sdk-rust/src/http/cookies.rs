//! Cookie jars.

use crate::bindings::runner::http::http as raw;
use crate::{Error, Result};

/// Cookies by URL: the VU's own, or one of yours.
///
/// ```no_run
/// use runner_sdk::prelude::*;
///
/// # fn f() -> Result {
/// http::cookie_jar().set("http://127.0.0.1:8080", "session", "1")?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct CookieJar(raw::CookieJar);

impl CookieJar {
    /// An empty jar; give it to requests with [`Request::jar`](super::Request::jar).
    pub fn new() -> Self {
        Self(raw::CookieJar::new())
    }

    pub(super) fn of_vu() -> Self {
        Self(raw::vu_jar())
    }

    pub(super) fn raw(&self) -> &raw::CookieJar {
        &self.0
    }

    /// The cookies that a request to `url` would carry, in that order.
    ///
    /// # Errors
    /// The URL cannot be used.
    pub fn cookies(&self, url: &str) -> Result<Vec<(String, String)>> {
        self.0.cookies_for_url(url).map_err(Error::new)
    }

    /// Sets a session cookie for `url`.
    ///
    /// # Errors
    /// The URL cannot be used.
    pub fn set(&self, url: &str, name: &str, value: &str) -> Result {
        let attributes = raw::CookieAttributes {
            domain: None,
            path: None,
            expires: None,
            max_age: None,
            secure: false,
            http_only: false,
        };
        self.0.set(url, name, value, attributes).map_err(Error::new)
    }

    /// Removes all cookies for `url`.
    ///
    /// # Errors
    /// The URL cannot be used.
    pub fn clear(&self, url: &str) -> Result {
        self.0.clear(url).map_err(Error::new)
    }

    /// Removes one cookie for `url`.
    ///
    /// # Errors
    /// The URL cannot be used.
    pub fn delete(&self, url: &str, name: &str) -> Result {
        self.0.delete(url, name).map_err(Error::new)
    }
}

impl Default for CookieJar {
    fn default() -> Self {
        Self::new()
    }
}
