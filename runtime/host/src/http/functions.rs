//! `runner:http`: from the contract's types to the measuring client and back.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use runner_http::{
    Auth, Client, Compression, CookieJar, DumpKind, Exchange, Expectation, Failure, Method,
    Notices, Request, RequestCookie, ResponseType, StatusRange,
};
use wasmtime::component::Resource;

use crate::bindings::runner::http::http::{self as wit, Host, HostCookieJar};
use crate::context::{Level, LoadContext, LogSink};
use crate::repeats::Repeats;
use crate::samples::record;
use crate::tags::Carried;
use crate::thread_stack::OnThreadStack;
use crate::{Phase, VuState};

/// Turns what the client has to say into log lines.
pub struct HttpLog {
    /// For what was asked for.
    pub log: Arc<dyn LogSink>,
    /// For warnings.
    pub repeats: Arc<Repeats>,
}

impl Notices for HttpLog {
    fn warn(&self, message: &str, url: &str) {
        self.repeats
            .notice(Level::Warn, "", message, &[("url", url)]);
    }

    fn dump(&self, kind: DumpKind, text: String) {
        let heading = match kind {
            DumpKind::Request => "Request:",
            DumpKind::Response => "Response:",
        };
        self.log.log(
            Level::Info,
            "http-debug",
            &format!("{heading}\n{text}\n"),
            &[],
        );
    }
}

/// A finished call that the guest holds a handle of.
pub struct HostExchange(pub(crate) Exchange);

impl std::fmt::Debug for HostExchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HostExchange").finish_non_exhaustive()
    }
}

/// A request with what the client does not need to know of it.
struct Call {
    request: Request,
    jar: Option<CookieJar>,
    tags: Vec<(String, String)>,
}

impl VuState {
    fn call(&self, mut request: wit::Request) -> Result<Call, wit::Error> {
        if let Some(reach) = &self.reach {
            reach.http(&request.url).map_err(|text| invalid(&text))?;
            // The next hop is for the extension to ask for, because it may lead elsewhere.
            if !reach.any_host() {
                request.redirects = Some(0);
            }
        }
        let jar = request
            .jar
            .and_then(|jar| self.table.get(&jar).ok().cloned());
        let cookies = request.cookies.into_iter().map(|cookie| RequestCookie {
            name: cookie.name,
            value: cookie.value,
            replace: cookie.replace,
        });
        let Ok(method) = Method::from_bytes(request.method.as_bytes()) else {
            return Err(invalid(&format!(
                "net/http: invalid method {:?}",
                request.method
            )));
        };
        let compression = request
            .compression
            .into_iter()
            .map(|compression| match compression {
                wit::Compression::Gzip => Compression::Gzip,
                wit::Compression::Deflate => Compression::Deflate,
                wit::Compression::Zstd => Compression::Zstd,
                wit::Compression::Br => Compression::Br,
            });
        Ok(Call {
            jar,
            tags: request.tags,
            request: Request {
                method,
                url: request.url,
                name: request.name,
                headers: request.headers,
                body: request.body.map(Bytes::from),
                cookies: cookies.collect(),
                timeout: request.timeout.map(Duration::from_nanos),
                redirects: request.redirects,
                auth: request.auth.map(|auth| match auth {
                    wit::Auth::Basic => Auth::Basic,
                    wit::Auth::Digest => Auth::Digest,
                    wit::Auth::Ntlm => Auth::Ntlm,
                }),
                compression: compression.collect(),
                response_type: request.response_type.map(|kind| match kind {
                    wit::ResponseType::Text => ResponseType::Text,
                    wit::ResponseType::Binary => ResponseType::Binary,
                    wit::ResponseType::None => ResponseType::None,
                }),
                expected: expectation(request.expected),
            },
        })
    }

    /// The client and the load context, unless this is no time for load.
    fn client(&self) -> Result<(Arc<Client>, Arc<LoadContext>), wit::Error> {
        match (&self.http, &self.load, self.phase) {
            (Some(http), Some(load), Phase::Setup | Phase::Iteration | Phase::Teardown) => {
                Ok((Arc::clone(http), Arc::clone(load)))
            }
            _ => Err(invalid(
                "HTTP requests can be made in setup, iterations and teardown only",
            )),
        }
    }

    fn answer(&mut self, result: Result<Exchange, Failure>) -> Result<wit::Response, wit::Error> {
        match result {
            Ok(exchange) => {
                let status = exchange.status;
                let timings = timings(exchange.timings());
                let exchange = self.keep(exchange)?;
                Ok(wit::Response {
                    status,
                    timings,
                    exchange,
                })
            }
            Err(failure) => {
                let exchange = match failure.exchange {
                    Some(exchange) => Some(self.keep(*exchange)?),
                    None => None,
                };
                let kind = error_kind(failure.kind);
                let message = failure.message.into_owned();
                Err(wit::Error {
                    kind,
                    code: failure.code,
                    message,
                    exchange,
                })
            }
        }
    }

    fn keep(&mut self, exchange: Exchange) -> Result<Resource<HostExchange>, wit::Error> {
        self.table
            .push(HostExchange(exchange))
            .map_err(|error| invalid(&error.to_string()))
    }
}

/// Sends one call and records what it took.
async fn perform(
    client: &Client,
    load: &LoadContext,
    shard: u64,
    carried: &Carried,
    inherited: &Expectation,
    call: Call,
) -> Result<Exchange, Failure> {
    let result = client.send(call.request, call.jar.as_ref()).await;
    if let Some(exchange) = made(&result) {
        record(load, shard, carried, &call.tags, inherited, exchange, None);
    }
    result
}

/// What was measured, also of a call that failed.
fn made(result: &Result<Exchange, Failure>) -> Option<&Exchange> {
    match result {
        Ok(exchange) => Some(exchange),
        Err(failure) => failure.exchange.as_deref(),
    }
}

impl Host for VuState {
    fn vu_jar(&mut self) -> Resource<CookieJar> {
        self.touched("http.cookieJar");
        let jar = self
            .http
            .as_ref()
            .map_or_else(CookieJar::default, |client| client.jar());
        self.new_jar(jar)
    }

    fn set_expectation(&mut self, expected: wit::Expectation) {
        self.expectation = expectation(expected);
    }

    async fn send(&mut self, request: wit::Request) -> Result<wit::Response, wit::Error> {
        let (client, load) = self.client()?;
        let call = self.call(request)?;
        let sent = pin!(client.send(call.request, call.jar.as_ref()));
        let result = OnThreadStack(sent).await;
        if let Some(exchange) = made(&result) {
            let cache = Some(&mut self.tags.http);
            record(
                &load,
                self.vu,
                &self.tags.carried,
                &call.tags,
                &self.expectation,
                exchange,
                cache,
            );
        }
        self.answer(result)
    }

    async fn batch(
        &mut self,
        requests: Vec<wit::Request>,
    ) -> Vec<Result<wit::Response, wit::Error>> {
        let refuse = |error: wit::Error, count: usize| {
            (0..count).map(|_| Err(invalid(&error.message))).collect()
        };
        let count = requests.len();
        let (client, load) = match self.client() {
            Ok(found) => found,
            Err(error) => return refuse(error, count),
        };
        let mut all_tags = Vec::with_capacity(count);
        let mut sent = Vec::with_capacity(count);
        for request in requests {
            match self.call(request) {
                Ok(call) => {
                    all_tags.push(call.tags);
                    sent.push((call.request, call.jar));
                }
                // One that cannot be sent stops all of them, as in k6.
                Err(error) => return refuse(error, count),
            }
        }
        let results = OnThreadStack(pin!(client.batch_with(sent))).await;
        for (result, tags) in results.iter().zip(&all_tags) {
            if let Some(exchange) = made(result) {
                let cache = Some(&mut self.tags.http);
                record(
                    &load,
                    self.vu,
                    &self.tags.carried,
                    tags,
                    &self.expectation,
                    exchange,
                    cache,
                );
            }
        }
        results
            .into_iter()
            .map(|result| self.answer(result))
            .collect()
    }

    fn start(&mut self, request: wit::Request) -> u64 {
        let ready = self
            .client()
            .and_then(|found| Ok((found, self.call(request)?)));
        let ((client, load), call) = match ready {
            Ok(ready) => ready,
            Err(error) => {
                let failure = Failure {
                    kind: runner_http::ErrorKind::InvalidRequest,
                    code: error.code,
                    message: error.message.into(),
                    exchange: None,
                };
                return self.tasks.start(async { Err(failure) });
            }
        };
        let (shard, inherited) = (self.vu, self.expectation.clone());
        let carried = self.tags.carried.clone();
        self.tasks
            .start(async move { perform(&client, &load, shard, &carried, &inherited, call).await })
    }

    fn finish(&mut self, task: u64) -> Result<wit::Response, wit::Error> {
        match self.tasks.take(task) {
            Some(result) => self.answer(result),
            None => Err(invalid(&format!("task {task} has no answer to give"))),
        }
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
        let convert = |cookie: runner_http::Cookie| wit::Cookie {
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
            version: tls.version.as_str().to_owned(),
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

    fn new_jar(&mut self, jar: CookieJar) -> Resource<CookieJar> {
        // The table holds four billion entries; a guest that keeps so many has trapped for want
        // of memory long before.
        self.table
            .push(jar)
            .unwrap_or_else(|_| Resource::new_own(u32::MAX))
    }
}

impl HostCookieJar for VuState {
    fn new(&mut self) -> Resource<CookieJar> {
        self.new_jar(CookieJar::default())
    }

    fn cookies_for_url(
        &mut self,
        jar: Resource<CookieJar>,
        url: String,
    ) -> Result<Vec<(String, String)>, String> {
        self.jar(&jar)?.cookies_for_url(&url)
    }

    fn set(
        &mut self,
        jar: Resource<CookieJar>,
        url: String,
        name: String,
        value: String,
        attributes: wit::CookieAttributes,
    ) -> Result<(), String> {
        let attributes = runner_http::CookieAttributes {
            domain: attributes.domain,
            path: attributes.path,
            expires: attributes.expires,
            max_age: attributes.max_age,
            secure: attributes.secure,
            http_only: attributes.http_only,
        };
        self.jar(&jar)?.set(&url, &name, &value, &attributes)
    }

    fn clear(&mut self, jar: Resource<CookieJar>, url: String) -> Result<(), String> {
        self.jar(&jar)?.clear(&url)
    }

    fn delete(
        &mut self,
        jar: Resource<CookieJar>,
        url: String,
        name: String,
    ) -> Result<(), String> {
        self.jar(&jar)?.delete(&url, &name)
    }

    fn drop(&mut self, jar: Resource<CookieJar>) -> wasmtime::Result<()> {
        self.table.delete(jar)?;
        Ok(())
    }
}

impl VuState {
    fn jar(&self, handle: &Resource<CookieJar>) -> Result<&CookieJar, String> {
        self.table.get(handle).map_err(|error| error.to_string())
    }
}

fn expectation(expected: wit::Expectation) -> Expectation {
    match expected {
        wit::Expectation::Inherited => Expectation::default(),
        wit::Expectation::None => Expectation::None,
        wit::Expectation::Statuses(ranges) => {
            let range = |range: wit::StatusRange| StatusRange {
                min: range.min,
                max: range.max,
            };
            Expectation::Statuses(ranges.into_iter().map(range).collect())
        }
    }
}

fn timings(timings: runner_http::Timings) -> wit::Timings {
    let nanos = |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    wit::Timings {
        blocked: nanos(timings.blocked),
        connecting: nanos(timings.connecting),
        tls_handshaking: nanos(timings.tls_handshaking),
        sending: nanos(timings.sending),
        waiting: nanos(timings.waiting),
        receiving: nanos(timings.receiving),
    }
}

fn invalid(message: &str) -> wit::Error {
    wit::Error {
        kind: wit::ErrorKind::InvalidRequest,
        code: 1000,
        message: message.to_owned(),
        exchange: None,
    }
}

fn error_kind(kind: runner_http::ErrorKind) -> wit::ErrorKind {
    use runner_http::ErrorKind;
    match kind {
        ErrorKind::InvalidRequest => wit::ErrorKind::InvalidRequest,
        ErrorKind::Timeout => wit::ErrorKind::Timeout,
        ErrorKind::Dns => wit::ErrorKind::Dns,
        ErrorKind::Blocked => wit::ErrorKind::Blocked,
        ErrorKind::Refused => wit::ErrorKind::Refused,
        ErrorKind::Reset => wit::ErrorKind::Reset,
        ErrorKind::Tls => wit::ErrorKind::Tls,
        ErrorKind::Http2 => wit::ErrorKind::Http2,
        ErrorKind::Decompression => wit::ErrorKind::Decompression,
        ErrorKind::Other => wit::ErrorKind::Other,
    }
}
