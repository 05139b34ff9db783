//! HTTP off the measuring path: what the tool itself fetches and asks for, such as remote scripts and the
//! REST API of a run. Nothing here is counted, and the rules of a test (hosts, blocked names) do not hold.
//!
//! The client is reqwest's, with the TLS settings and roots of `runner-net`, so that there is one TLS
//! stack and a certificate is refused in the same words. Every answer has a bound, in bytes and in time.
//! HTTP/2 and proxies of the environment are not used: no library asks the process for its variables.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
pub use reqwest::{Method, StatusCode};
use reqwest::{RequestBuilder, header, redirect};
use runner_net::{ConfigError, Tls, TlsError};

/// How many times a request follows to elsewhere.
const MOST_REDIRECTS: usize = 10;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// Nobody answers there.
    #[error(transparent)]
    Unreachable(io::Error),
    /// Not in time.
    #[error("no answer within {} s", .0.as_secs_f64())]
    Timeout(Duration),
    /// It is longer than may be read.
    #[error("the answer has more than {0} bytes")]
    TooLarge(usize),
    /// It leads to where requests are not encrypted.
    #[error("it redirects to {0}, which is not https")]
    Plain(String),
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

/// What an answer may take.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// From the start of the request to the last byte.
    pub time: Duration,
    /// Bytes of the body.
    pub bytes: usize,
}

/// A client. Cloning is cheap, and clones share connections.
#[derive(Debug, Clone)]
pub struct Web {
    client: reqwest::Client,
    bounds: Bounds,
}

impl Web {
    /// A client that speaks plain http and follows no redirects.
    ///
    /// # Errors
    /// Where no client can be made.
    pub fn plain(bounds: Bounds) -> Result<Self, WebError> {
        Self::made(bounds, Tls::of_nobody(), redirect::Policy::none(), false)
    }

    /// A client that speaks https only, and follows redirects to https.
    ///
    /// # Errors
    /// As [`Web::plain`].
    pub fn encrypted(bounds: Bounds) -> Result<Self, WebError> {
        let follow = redirect::Policy::custom(|attempt| {
            if attempt.url().scheme() != "https" {
                let to = Plain(attempt.url().to_string());
                return attempt.error(to);
            }
            if attempt.previous().len() > MOST_REDIRECTS {
                return attempt.stop();
            }
            attempt.follow()
        });
        Self::made(bounds, Tls::of_system(), follow, true)
    }

    fn made(
        bounds: Bounds,
        tls: Result<Tls, ConfigError>,
        follow: redirect::Policy,
        encrypted: bool,
    ) -> Result<Self, WebError> {
        let tls = tls.map_err(|error| WebError::Failed(error.to_string()))?;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.client_config())
            .https_only(encrypted)
            .redirect(follow)
            .timeout(bounds.time)
            .user_agent(concat!("runner/", env!("CARGO_PKG_VERSION")))
            .no_proxy()
            .build()
            .map_err(|error| failed(&error, bounds))?;
        Ok(Self { client, bounds })
    }

    /// GET.
    ///
    /// # Errors
    /// Where no whole answer comes; a status is the caller's business.
    pub async fn get(&self, url: &str) -> Result<(StatusCode, Bytes), WebError> {
        self.answer(self.client.get(url)).await
    }

    /// Sends JSON.
    ///
    /// # Errors
    /// As [`Web::get`].
    pub async fn json(
        &self,
        method: Method,
        url: &str,
        body: Bytes,
    ) -> Result<(StatusCode, Bytes), WebError> {
        let request = self.client.request(method, url);
        let request = request.header(header::CONTENT_TYPE, "application/json");
        self.answer(request.body(body)).await
    }

    async fn answer(&self, request: RequestBuilder) -> Result<(StatusCode, Bytes), WebError> {
        let failed = |error: reqwest::Error| failed(&error, self.bounds);
        let mut answer = request.send().await.map_err(failed)?;
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > self.bounds.bytes {
                return Err(WebError::TooLarge(self.bounds.bytes));
            }
            body.extend_from_slice(&chunk);
        }
        Ok((answer.status(), body.freeze()))
    }
}

/// A redirect that is not followed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Plain(String);

/// What went wrong first is the innermost error; reqwest's own words name the URL, which the caller knows.
fn failed(error: &reqwest::Error, bounds: Bounds) -> WebError {
    if error.is_timeout() {
        return WebError::Timeout(bounds.time);
    }
    let mut innermost: &(dyn std::error::Error + 'static) = error;
    while let Some(source) = innermost.source() {
        innermost = source;
        if let Some(plain) = innermost.downcast_ref::<Plain>() {
            return WebError::Plain(plain.0.clone());
        }
        // TLS has words of its own; what the system says is kept as it is.
        if let Some(tls) = TlsError::inside(innermost) {
            return WebError::Failed(tls.to_string());
        }
        if let Some(of_system) = innermost.downcast_ref::<io::Error>() {
            let text = of_system.to_string();
            return WebError::Unreachable(io::Error::new(of_system.kind(), text));
        }
    }
    WebError::Failed(innermost.to_string())
}
