//! One hop of a call: the request that goes out, the connection that it goes out on, and
//! what is done with the answer whatever it is.

use runner_net::Destination;
use runner_values::HttpDebug;

use crate::call::{Call, Progress, Received};
use crate::client::Client;
use crate::codec;
use crate::cookies::CookieJar;
use crate::debug::{self, DumpKind};
use crate::digest;
use crate::error::Fault;
use crate::h1::{H1, Outgoing};
use crate::h2::H2;
use crate::headers::{Headers, is_value};
use crate::pool::{Conn, Lease};
use crate::request::{Auth, Request, ResponseType};
use crate::shared::{H2_PROTOCOL, Shared};
use crate::upgrade::Upgraded;

impl Client {
    /// One hop, or two where a digest has to be computed from the first one's answer.
    pub(crate) async fn authenticated_hop(
        &self,
        call: &mut Call,
        jar: &CookieJar,
    ) -> Result<Received, Fault> {
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
        let cookie = cookie_header(call, jar)?;
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
            close: self.shared.settings.no_connection_reuse,
            foreign: call.foreign,
            basic: call.request.auth != Some(Auth::Digest),
            upgrade: call.upgrade,
        };
        let debug = self.shared.settings.debug;
        if debug != HttpDebug::Off {
            self.dump(DumpKind::Request, || debug::request(&out, debug));
        }
        let keep = keeps_body(&call.request, &self.shared) || debug == HttpDebug::Full;
        let mut answer = self.exchange(&out, keep, &mut call.progress).await?;
        if answer.status == 101 && answer.upgraded.is_none() {
            return Err(Fault::other(
                "unsupported response status: 101 Switching Protocols",
            ));
        }
        call.upgraded = answer.upgraded.take();
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
            let idle = if out.close || out.upgrade {
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
            progress.ready(lease.peer());
            let outcome = match lease {
                Lease::H1(conn) => self.round_h1(conn, out, keep, progress).await,
                Lease::H2(mut conn) => Box::pin(conn.inner.round(out, keep, progress)).await,
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
        let answer = conn.inner.round(out, keep, progress).await?;
        let mut upgraded = None;
        if out.upgrade {
            // With another answer it ends here: the pool would take it for one that offered HTTP/2.
            if answer.head.status == 101 && answer.complete {
                let stream = conn.inner.into_stream();
                upgraded = Some(Box::new(Upgraded::new(stream, answer.surplus.into())));
            }
        } else if answer.reusable() && !out.wants_close() {
            self.pool.lock().put(conn);
        }
        Ok(Received {
            status: answer.head.status,
            protocol: answer.head.protocol,
            encoded: answer.head.encoded,
            cookies: answer.head.cookies,
            headers: Headers::raw(answer.head.raw, answer.head.hidden),
            body: answer.body,
            upgraded,
        })
    }

    async fn connect(&self, out: &Outgoing<'_>, progress: &mut Progress) -> Result<Lease, Fault> {
        let origin = out.target.origin().clone();
        let shared = &self.shared;
        let to = Destination {
            host: &origin.host,
            port: origin.port,
            tls: origin.tls.then_some(if out.upgrade {
                &shared.h1_tls
            } else {
                &shared.tls
            }),
        };
        let io = shared
            .dialer
            .dial(to, &self.caller, &mut progress.dial)
            .await?;
        let (remote, tls) = (progress.dial.remote, progress.dial.tls);
        if io.protocol() != Some(H2_PROTOCOL.as_bytes()) {
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
}

pub(crate) fn keeps_body(request: &Request, shared: &Shared) -> bool {
    match request.response_type {
        Some(kind) => kind != ResponseType::None,
        None => !shared.settings.discard_response_bodies,
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
fn cookie_header(call: &Call, jar: &CookieJar) -> Result<Option<String>, Fault> {
    let request = &call.request;
    let own = if call.foreign {
        None
    } else {
        request.header("cookie")
    };
    if own.is_none() && request.cookies.is_empty() && jar.is_empty() {
        return Ok(None);
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
    if !is_value(&header) {
        return Err(Fault::invalid(
            "net/http: invalid header field value for \"Cookie\"",
        ));
    }
    Ok(Some(header).filter(|header| !header.is_empty()))
}
