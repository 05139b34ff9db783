//! `runner:http/http.exchange`: what a script reads of a call that was made.

use runner_http::{Cookie, Exchange, RequestCookie};
use wasmtime::component::Resource;

use super::convert::timings;
use crate::VuState;
use crate::bindings::runner::http::http as wit;

/// A finished call that the guest holds a handle of.
pub struct HostExchange(pub(crate) Exchange);

impl std::fmt::Debug for HostExchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HostExchange").finish_non_exhaustive()
    }
}

impl wit::HostExchange for VuState {
    fn timings(&mut self, exchange: Resource<HostExchange>) -> wit::Timings {
        timings(
            self.exchange(&exchange)
                .map(Exchange::timings)
                .unwrap_or_default(),
        )
    }

    fn url(&mut self, exchange: Resource<HostExchange>) -> String {
        self.exchange(&exchange)
            .map_or_else(String::new, |found| found.url().to_owned())
    }

    fn status_text(&mut self, exchange: Resource<HostExchange>) -> String {
        self.exchange(&exchange)
            .map_or_else(String::new, Exchange::status_text)
    }

    fn protocol(&mut self, exchange: Resource<HostExchange>) -> String {
        let protocol = self.exchange(&exchange).and_then(Exchange::protocol);
        protocol.map_or_else(String::new, |protocol| protocol.as_str().to_owned())
    }

    fn headers(&mut self, exchange: Resource<HostExchange>) -> Vec<(String, String)> {
        self.exchange(&exchange)
            .map_or_else(Vec::new, |found| found.headers.to_vec())
    }

    fn cookies(&mut self, exchange: Resource<HostExchange>) -> Vec<wit::Cookie> {
        let cookies = self
            .exchange(&exchange)
            .map_or_else(Vec::new, Exchange::cookies);
        let convert = |cookie: Cookie| wit::Cookie {
            name: cookie.name,
            value: cookie.value,
            domain: cookie.domain,
            path: cookie.path,
            http_only: cookie.http_only,
            secure: cookie.secure,
            max_age: cookie.max_age,
            expires: cookie.expires,
        };
        cookies.into_iter().map(convert).collect()
    }

    fn body(&mut self, exchange: Resource<HostExchange>) -> Option<Vec<u8>> {
        self.exchange(&exchange)?
            .body
            .as_ref()
            .map(|body| body.to_vec())
    }

    fn remote(&mut self, exchange: Resource<HostExchange>) -> Option<(String, u16)> {
        let remote = self.exchange(&exchange)?.remote()?;
        Some((remote.ip().to_string(), remote.port()))
    }

    fn tls(&mut self, exchange: Resource<HostExchange>) -> Option<wit::TlsInfo> {
        let tls = self.exchange(&exchange)?.tls()?;
        Some(wit::TlsInfo {
            version: tls.version.name().to_owned(),
            cipher_suite: tls.cipher_suite.to_owned(),
        })
    }

    fn request(&mut self, exchange: Resource<HostExchange>) -> wit::SentRequest {
        let Some(sent) = self.exchange(&exchange).map(Exchange::sent) else {
            return wit::SentRequest {
                method: String::new(),
                url: String::new(),
                headers: Vec::new(),
                body: Vec::new(),
                cookies: Vec::new(),
            };
        };
        let cookie = |cookie: RequestCookie| wit::RequestCookie {
            name: cookie.name,
            value: cookie.value,
            replace: cookie.replace,
        };
        wit::SentRequest {
            method: sent.method.as_str().to_owned(),
            url: sent.url,
            headers: sent.headers,
            body: sent.body.map_or_else(Vec::new, |body| body.to_vec()),
            cookies: sent.cookies.into_iter().map(cookie).collect(),
        }
    }

    fn drop(&mut self, exchange: Resource<HostExchange>) -> wasmtime::Result<()> {
        self.table.delete(exchange)?;
        Ok(())
    }
}

impl VuState {
    fn exchange(&self, handle: &Resource<HostExchange>) -> Option<&Exchange> {
        self.table.get(handle).ok().map(|kept| &kept.0)
    }
}
