//! The client of one VU: its connections, its cookies, and the course of a call.

use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use parking_lot::Mutex;
use runner_net::Caller;

use crate::batch;
use crate::call::{Call, Received};
use crate::codec;
use crate::cookies::CookieJar;
use crate::debug::DumpKind;
use crate::error::{Failure, Fault};
use crate::exchange::Exchange;
use crate::h1::{is_bodiless, validate};
use crate::hop::keeps_body;
use crate::pool::Pool;
use crate::redirect;
use crate::request::{Auth, Request};
use crate::shared::Shared;
use crate::target::TargetRef;
use crate::timer::Timer;
use crate::upgrade::Upgraded;

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
    pub(crate) shared: Arc<Shared>,
    pub(crate) caller: Caller,
    /// A copy of the VU's own, so that counting handles on it is nobody else's business.
    pub(crate) user_agent: Option<Arc<str>>,
    pub(crate) pool: Mutex<Pool>,
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
        let settings = &shared.settings;
        Self {
            caller: shared.dialer.caller(vu_id),
            user_agent: shared.user_agent.as_deref().map(Arc::from),
            pool: Mutex::new(Pool::new(settings.batch, settings.batch_per_host)),
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
        if !self.shared.settings.no_cookies_reset {
            let mut jar = self.jar.lock();
            if !jar.is_sole() || !jar.is_empty() {
                *jar = CookieJar::new();
            }
        }
    }

    /// Closes idle connections under `noVUConnectionReuse`.
    pub fn end_iteration(&self) {
        if self.shared.settings.no_vu_connection_reuse {
            self.pool.lock().clear();
        }
    }

    /// Bytes sent and received on all connections since the last call, TLS included.
    pub fn take_bytes(&self) -> (u64, u64) {
        self.caller.counters.take()
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
        let settings = &self.shared.settings;
        batch::run(self, calls, settings.batch, settings.batch_per_host).await
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
        let mut call = Call::new(request, target, Instant::now());
        let outcome = self.make(&mut call, jar).await;
        self.conclude(call, outcome)
    }

    /// Makes a call that asks to go on in another protocol, which its headers name (`Connection`,
    /// `Upgrade`); over HTTP/1.1, on a connection of its own. That comes with an answer with status
    /// 101, which is an error to [`Client::send`]; from there on the call's timeout is over.
    ///
    /// # Errors
    /// As [`Client::send`]. Any other status is an answer without a connection.
    pub async fn upgrade(
        &self,
        request: Request,
        jar: Option<&CookieJar>,
    ) -> Result<(Exchange, Option<Box<Upgraded>>), Failure> {
        let target = self.target(&request.url).map_err(Fault::without_exchange)?;
        self.shared.turn().await;
        let mut call = Call::new(request, target, Instant::now());
        call.upgrade = true;
        let outcome = self.make(&mut call, jar).await;
        let upgraded = call.upgraded.take();
        Ok((self.conclude(call, outcome)?, upgraded))
    }

    /// Runs a call within its time.
    async fn make(&self, call: &mut Call, jar: Option<&CookieJar>) -> Result<(), Fault> {
        let timeout = call.request.timeout.unwrap_or(TIMEOUT).min(NEVER);
        let deadline = tokio::time::Instant::from_std(call.started + timeout);
        let timer = self.timers.lock().pop();
        let mut timer = timer.unwrap_or_else(|| Timer::new(deadline));
        let outcome = {
            let work = pin!(self.run(call, jar));
            timer.limit(deadline, work).await
        };
        self.timers.lock().push(timer);
        outcome.unwrap_or_else(|| Err(Fault::timeout()))
    }

    fn conclude(&self, mut call: Call, outcome: Result<(), Fault>) -> Result<Exchange, Failure> {
        match outcome {
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
            .unwrap_or(self.shared.settings.max_redirects);
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
                if call.request.redirects.is_none() && !self.shared.settings.max_redirects_set {
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

    /// Makes an answer the outcome of the call.
    fn accept(&self, call: &mut Call, answer: Received) {
        call.status = answer.status;
        call.headers = answer.headers;
        let wanted = keeps_body(&call.request, &self.shared) && !is_bodiless(answer.status);
        call.answer = wanted.then_some(answer.body);
    }

    fn warn(&self, message: &str, url: &str) {
        if let Some(notices) = self.notices.get() {
            notices.warn(message, url);
        }
    }

    pub(crate) fn dump(&self, kind: DumpKind, text: impl FnOnce() -> String) {
        if let Some(notices) = self.notices.get() {
            notices.dump(kind, text());
        }
    }
}
