//! The client of one VU: its connections, its cookies, and the course of a call.

use std::net::IpAddr;
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use parking_lot::Mutex;

use crate::batch;
use crate::call::{Call, Progress, Received};
use crate::codec;
use crate::cookies::CookieJar;
use crate::debug::{self, DumpKind};
use crate::digest;
use crate::error::{Failure, Fault};
use crate::exchange::Exchange;
use crate::h1::{H1, Outgoing, validate};
use crate::h2::H2;
use crate::headers::Headers;
use crate::net::{Counters, Dialled, dial};
use crate::options::HttpDebug;
use crate::pool::{Conn, Lease, Pool};
use crate::redirect;
use crate::request::{Auth, Request, ResponseType};
use crate::shared::Shared;
use crate::target::TargetRef;
use crate::timer::Timer;

const TIMEOUT: Duration = Duration::from_secs(60);
/// Far enough for a run, near enough for the clock.
const NEVER: Duration = Duration::from_secs(10 * 365 * 86_400);
/// URLs that a VU has at hand without asking the run's cache.
const URLS_AT_HAND: usize = 8;

/// Who is told what a call has to say besides its outcome.
pub trait Notices: Send + Sync {
    /// Something that a script's author should know.
    fn warn(&self, message: &str, url: &str);
    /// A request or an answer as text, under `--http-debug`.
    fn dump(&self, kind: DumpKind, text: String);
}

/// The HTTP client of one VU. Calls may run at the same time.
pub struct Client {
    shared: Arc<Shared>,
    local_ip: Option<IpAddr>,
    /// A copy of the VU's own, so that counting handles on it is nobody else's business.
    user_agent: Option<Arc<str>>,
    counters: Arc<Counters>,
    pool: Mutex<Pool>,
    urls: Mutex<Vec<TargetRef>>,
    timers: Mutex<Vec<Timer>>,
    jar: Mutex<CookieJar>,
    notices: OnceLock<Arc<dyn Notices>>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// The client of the VU with this number, counted from 1.
    pub fn new(shared: Arc<Shared>, vu_id: u64) -> Self {
        let options = &shared.options;
        Self {
            local_ip: shared.local_ips.of_vu(vu_id),
            user_agent: shared.user_agent.as_deref().map(Arc::from),
            counters: Arc::default(),
            pool: Mutex::new(Pool::new(options.batch, options.batch_per_host)),
            urls: Mutex::default(),
            timers: Mutex::default(),
            jar: Mutex::default(),
            notices: OnceLock::new(),
            shared,
        }
    }

    /// Says who is told about warnings and dumps; the first one stays.
    pub fn set_notices(&self, notices: Arc<dyn Notices>) {
        let _ = self.notices.set(notices);
    }

    /// Empties the VU's jar unless `noCookiesReset`. Handles on it keep what they had.
    pub fn begin_iteration(&self) {
        if !self.shared.options.no_cookies_reset {
            let mut jar = self.jar.lock();
            if !jar.is_sole() || !jar.is_empty() {
                *jar = CookieJar::new();
            }
        }
    }

    /// Closes idle connections under `noVUConnectionReuse`.
    pub fn end_iteration(&self) {
        if self.shared.options.no_vu_connection_reuse {
            self.pool.lock().clear();
        }
    }

    /// Bytes sent and received on all connections since the last call, TLS included.
    pub fn take_bytes(&self) -> (u64, u64) {
        self.counters.take()
    }

    /// A handle on the VU's jar as it is in this iteration.
    pub fn jar(&self) -> CookieJar {
        self.jar.lock().clone()
    }

    /// Makes several calls at once, within the run's `batch` and `batchPerHost`; outcomes
    /// are in the order of the calls. The VU's jar serves all.
    pub async fn batch(&self, requests: Vec<Request>) -> Vec<Result<Exchange, Failure>> {
        self.batch_with(
            requests
                .into_iter()
                .map(|request| (request, None))
                .collect(),
        )
        .await
    }

    /// [`Client::batch`] with a jar of its own for each call that has one.
    pub async fn batch_with(
        &self,
        calls: Vec<(Request, Option<CookieJar>)>,
    ) -> Vec<Result<Exchange, Failure>> {
        let options = &self.shared.options;
        batch::run(self, calls, options.batch, options.batch_per_host).await
    }

    /// Makes one call with its redirects and reads the answer. The VU's jar where none.
    ///
    /// # Errors
    /// Where there is no answer: see [`crate::ErrorKind`]. What had happened till then is in
    /// the failure's exchange.
    pub async fn send(
        &self,
        request: Request,
        jar: Option<&CookieJar>,
    ) -> Result<Exchange, Failure> {
        let target = self.target(&request.url).map_err(Fault::without_exchange)?;
        self.shared.turn().await;
        let started = Instant::now();
        let timeout = request.timeout.unwrap_or(TIMEOUT).min(NEVER);
        let deadline = tokio::time::Instant::from_std(started + timeout);
        let mut call = Call::new(request, target, started);
        let timer = self.timers.lock().pop();
        let mut timer = timer.unwrap_or_else(|| Timer::new(deadline));
        let outcome = {
            let work = pin!(self.run(&mut call, jar));
            timer.limit(deadline, work).await
        };
        self.timers.lock().push(timer);
        match outcome.unwrap_or_else(|| Err(Fault::timeout())) {
            Ok(()) => Ok(call.finish(self.user_agent.clone())),
            Err(fault) => {
                call.fail_hop(&fault);
                let exchange = call.finish(self.user_agent.clone());
                Err(fault.with(Some(Box::new(exchange))))
            }
        }
    }

    /// A URL taken apart, from the VU's few at hand or the run's cache.
    pub(crate) fn target(&self, url: &str) -> Result<TargetRef, Fault> {
        let mut urls = self.urls.lock();
        if let Some(found) = urls.iter().find(|target| target.typed() == url) {
            return Ok(found.clone());
        }
        let target = TargetRef::new(self.shared.target(url)?);
        if urls.len() < URLS_AT_HAND {
            urls.push(target.clone());
        } else if let Some(slot) = urls.get_mut(fastrand::usize(..URLS_AT_HAND)) {
            *slot = target.clone();
        }
        Ok(target)
    }

    async fn run(&self, call: &mut Call, jar: Option<&CookieJar>) -> Result<(), Fault> {
        self.prepare(call)?;
        let limit = call
            .request
            .redirects
            .unwrap_or(self.shared.options.max_redirects);
        let own_jar = jar.is_none().then(|| self.jar());
        let Some(jar) = jar.or(own_jar.as_ref()) else {
            return Ok(());
        };
        let mut followed = 0;
        loop {
            let answer = self.authenticated_hop(call, jar).await?;
            let Some(location) = redirect::location(call, &answer)? else {
                self.accept(call, answer);
                return Ok(());
            };
            if followed >= limit {
                if call.request.redirects.is_none() && !self.shared.options.max_redirects_explicit {
                    let message = format!(
                        "Stopped after {} redirects and returned the redirection; pass {{ \
                         redirects: n }} in request params or set global maxRedirects to \
                         silence this",
                        followed.saturating_add(1)
                    );
                    self.warn(&message, call.target.clean());
                }
                self.accept(call, answer);
                return Ok(());
            }
            followed += 1;
            redirect::apply(call, &answer);
            let next = self.target(&location)?;
            let first = self.target(&call.request.url)?;
            call.foreign = redirect::is_foreign(&first.origin().host, &next.origin().host);
            call.target = next;
        }
    }

    /// Checks and completes the request before anything is sent.
    fn prepare(&self, call: &mut Call) -> Result<(), Fault> {
        validate(&call.request.headers)?;
        if call.request.auth == Some(Auth::Ntlm) {
            return Err(Fault::invalid("ntlm authentication is not supported yet"));
        }
        if let Some(body) = call
            .body
            .as_ref()
            .filter(|_| !call.request.compression.is_empty())
        {
            let encoded = codec::encode(body, &call.request.compression)
                .map_err(|error| Fault::invalid(format!("cannot compress the body: {error}")))?;
            call.body = Some(encoded);
            if call.request.header("content-encoding").is_none() {
                let names: Vec<_> = call
                    .request
                    .compression
                    .iter()
                    .map(|c| c.as_str())
                    .collect();
                call.extra.push(("Content-Encoding", names.join(", ")));
            }
        }
        if let Some(given) = call.request.header("content-length") {
            let len = call.body.as_ref().map_or(0, Bytes::len);
            if given.trim().parse() != Ok(len) {
                let message = format!(
                    "The specified Content-Length header {given:?} in the {} request for {} \
                     doesn't match the actual request body length of {len}, so it will be \
                     ignored!",
                    call.method,
                    call.target.clean()
                );
                self.warn(&message, call.target.clean());
            }
        }
        Ok(())
    }

    /// One hop, or two where a digest has to be computed from the first one's answer.
    async fn authenticated_hop(&self, call: &mut Call, jar: &CookieJar) -> Result<Received, Fault> {
        let digest = call.request.auth == Some(Auth::Digest)
            && call.target.credentials().is_some()
            && !call.foreign;
        let answer = self.hop(call, jar, digest).await?;
        if !digest || answer.status != 401 {
            return Ok(answer);
        }
        let authorization = call.target.credentials().and_then(|credentials| {
            let challenges = answer.headers.all("www-authenticate");
            digest::answer(
                challenges,
                credentials,
                call.method.as_str(),
                call.target.path(),
            )
        });
        let Some(authorization) = authorization else {
            return Ok(answer);
        };
        call.extra.push(("Authorization", authorization));
        self.hop(call, jar, false).await
    }

    async fn hop(
        &self,
        call: &mut Call,
        jar: &CookieJar,
        unauthenticated: bool,
    ) -> Result<Received, Fault> {
        call.open_hop();
        if let Some(fault) = call.target.fault() {
            return Err(fault.clone());
        }
        let cookie = cookie_header(call, jar);
        if call.hops.is_empty() {
            call.sent_cookies.clone_from(&cookie);
        }
        let out = Outgoing {
            method: &call.method,
            target: &call.target,
            headers: &call.request.headers,
            extra: &call.extra,
            cookie: cookie.as_deref(),
            user_agent: self.user_agent.as_deref(),
            body: call.body.as_ref(),
            close: self.shared.options.no_connection_reuse,
            foreign: call.foreign,
            basic: call.request.auth != Some(Auth::Digest),
        };
        let debug = self.shared.options.debug;
        if debug != HttpDebug::Off {
            self.dump(DumpKind::Request, || debug::request(&out, debug));
        }
        let keep = keeps_body(&call.request, &self.shared) || debug == HttpDebug::Full;
        let mut answer = self.exchange(&out, keep, &mut call.progress).await?;
        if answer.status == 101 {
            return Err(Fault::other(
                "unsupported response status: 101 Switching Protocols",
            ));
        }
        if answer.encoded {
            answer.body = codec::decode(answer.body, answer.headers.all("content-encoding"))?;
        }
        if debug != HttpDebug::Off {
            self.dump(DumpKind::Response, || debug::response(&answer, debug));
        }
        if answer.cookies {
            jar.absorb(&call.target, &answer.headers);
        }
        // A first round without credentials is meant to be refused.
        let hint = unauthenticated.then_some(answer.status == 401);
        call.close_hop(answer.status, answer.protocol, hint);
        Ok(answer)
    }

    /// One request on one connection; on a second one where the first, being old, turned out
    /// to be dead and nothing can have come of the request.
    async fn exchange(
        &self,
        out: &Outgoing<'_>,
        keep: bool,
        progress: &mut Progress,
    ) -> Result<Received, Fault> {
        loop {
            let idle = if out.close {
                None
            } else {
                self.pool.lock().take(out.target.origin())
            };
            let reused = idle.is_some();
            let lease = match idle {
                Some(lease) => lease,
                // Rare and large, so it is kept out of the future of every call.
                None => Box::pin(self.connect(out, progress)).await?,
            };
            progress.ready();
            let outcome = match lease {
                Lease::H1(conn) => self.round_h1(conn, out, keep, progress).await,
                Lease::H2(conn) => Box::pin(round_h2(conn, out, keep, progress)).await,
            };
            match outcome {
                Err(fault) if fault.stale && reused && replayable(out) => progress.again(),
                outcome => return outcome,
            }
        }
    }

    async fn round_h1(
        &self,
        mut conn: Conn<H1>,
        out: &Outgoing<'_>,
        keep: bool,
        progress: &mut Progress,
    ) -> Result<Received, Fault> {
        progress.remote = conn.remote;
        progress.tls = conn.tls;
        let answer = conn.inner.round(out, keep, progress).await?;
        if answer.reusable && !out.wants_close() {
            self.pool.lock().put(conn);
        }
        Ok(Received {
            status: answer.head.status,
            protocol: answer.head.protocol,
            encoded: answer.head.encoded,
            cookies: answer.head.cookies,
            headers: Headers::raw(answer.head.raw),
            body: answer.body,
        })
    }

    async fn connect(&self, out: &Outgoing<'_>, progress: &mut Progress) -> Result<Lease, Fault> {
        let origin = out.target.origin().clone();
        let counters = self.counters.clone();
        let Dialled { io, h2 } =
            dial(&self.shared, &origin, self.local_ip, counters, progress).await?;
        let (remote, tls) = (progress.remote, progress.tls);
        if !h2 {
            return Ok(Lease::H1(Conn {
                origin,
                remote,
                tls,
                inner: H1::new(io),
            }));
        }
        let conn = Conn {
            origin,
            remote,
            tls,
            inner: H2::open(io).await?,
        };
        if !out.close {
            self.pool.lock().share(conn.handle());
        }
        Ok(Lease::H2(conn))
    }

    /// Makes an answer the outcome of the call.
    fn accept(&self, call: &mut Call, answer: Received) {
        call.status = answer.status;
        call.headers = answer.headers;
        let bodiless = answer.status < 200 || matches!(answer.status, 204 | 304);
        let wanted = keeps_body(&call.request, &self.shared) && !bodiless;
        call.answer = wanted.then_some(answer.body);
    }

    fn warn(&self, message: &str, url: &str) {
        if let Some(notices) = self.notices.get() {
            notices.warn(message, url);
        }
    }

    fn dump(&self, kind: DumpKind, text: impl FnOnce() -> String) {
        if let Some(notices) = self.notices.get() {
            notices.dump(kind, text());
        }
    }
}

async fn round_h2(
    mut conn: Conn<H2>,
    out: &Outgoing<'_>,
    keep: bool,
    progress: &mut Progress,
) -> Result<Received, Fault> {
    progress.remote = conn.remote;
    progress.tls = conn.tls;
    conn.inner.round(out, keep, progress).await
}

fn keeps_body(request: &Request, shared: &Shared) -> bool {
    match request.response_type {
        Some(kind) => kind != ResponseType::None,
        None => !shared.options.discard_response_bodies,
    }
}

/// Go's rule for sending a request again: repeating it must not do anything twice.
fn replayable(out: &Outgoing<'_>) -> bool {
    matches!(out.method.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE")
        || out.headers.iter().any(|(name, _)| {
            name.eq_ignore_ascii_case("idempotency-key")
                || name.eq_ignore_ascii_case("x-idempotency-key")
        })
}

/// The script's own header, the request's cookies, the jar's cookies, in this order.
fn cookie_header(call: &Call, jar: &CookieJar) -> Option<String> {
    let request = &call.request;
    let own = if call.foreign {
        None
    } else {
        request.header("cookie")
    };
    if own.is_none() && request.cookies.is_empty() && jar.is_empty() {
        return None;
    }
    let mut header = own.unwrap_or_default().to_owned();
    for cookie in &request.cookies {
        crate::cookies::push_pair(&mut header, &cookie.name, &cookie.value);
    }
    jar.append_to(&call.target, &mut header, |name| {
        request
            .cookies
            .iter()
            .any(|cookie| cookie.replace && cookie.name == name)
    });
    (!header.is_empty()).then_some(header)
}
