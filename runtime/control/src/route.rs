//! Which request asks for what. Answers are those of k6, and so are its omissions: `PATCH`
//! without attributes is fine, a wrong method gets an empty 405.
//!
//! There is no authentication, so nothing that a web page can send is carried out: browsers
//! name a page's origin in every request that is more than a look, and such requests are refused.

use std::time::Duration;

use bytes::Bytes;
use http::header::ORIGIN;
use http::{HeaderMap, Method, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Body;
use percent_encoding::percent_decode_str;

use crate::live::{ControlError, LiveRun};
use crate::process;
use crate::reply::{self, Refused, Reply};
use crate::resources::status::StatusPatch;
use crate::resources::{groups, metrics, setup, status};

/// Longest body of a `PATCH`, in bytes.
const MAX_PATCH: usize = 64 << 10;
/// Largest setup data, in bytes.
const MAX_SETUP: usize = 32 << 20;
/// What a client gets to send its body in.
const BODY_TIME: Duration = Duration::from_secs(10);

type Result<T> = std::result::Result<T, Refused>;

/// Answers one request. `uptime` is that of the run.
pub(crate) async fn answer<B>(
    run: &impl LiveRun,
    uptime: Duration,
    request: http::Request<B>,
) -> Reply
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let (head, body) = request.into_parts();
    let reply = match decoded(head.uri.path()) {
        Some(path) => dispatch(run, uptime, &head.method, &head.headers, &path, body).await,
        None => Err(not_found("the path is not UTF-8")),
    };
    reply.unwrap_or_else(|refused| refused.reply())
}

fn decoded(path: &str) -> Option<String> {
    let text = percent_decode_str(path).decode_utf8().ok()?;
    Some(text.into_owned())
}

async fn dispatch<B>(
    run: &impl LiveRun,
    uptime: Duration,
    method: &Method,
    headers: &HeaderMap,
    path: &str,
    body: B,
) -> Result<Reply>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let is_look = matches!(*method, Method::GET | Method::HEAD);
    if !is_look && headers.contains_key(ORIGIN) {
        let detail = "requests of web pages are not carried out";
        return Err(Refused::new(StatusCode::FORBIDDEN, "Forbidden", detail));
    }
    match (path, method) {
        ("/" | "/ping", _) => Ok(reply::text("ok")),
        ("/metrics", &Method::GET) => {
            Ok(reply::prometheus(process::render(&run.counters(), uptime)))
        }
        ("/v1/status", &Method::GET) => Ok(reply::json(&status::document(run.status()))),
        ("/v1/status", &Method::PATCH) => {
            let body = read(body, MAX_PATCH).await?;
            let patch = status::patch(&body).map_err(|error| {
                Refused::new(StatusCode::BAD_REQUEST, "Invalid data", error.to_string())
            })?;
            apply(run, patch).await?;
            Ok(reply::json(&status::document(run.status())))
        }
        ("/v1/metrics", &Method::GET) => Ok(reply::json(&metrics::list(&run.metrics()))),
        ("/v1/groups", &Method::GET) => Ok(reply::json(&groups::list(&run.groups()))),
        ("/v1/setup", &Method::GET) => Ok(setup_data(run)),
        ("/v1/setup", &Method::PUT) => {
            let body = read(body, MAX_SETUP).await?;
            let data = setup::body(&body).map_err(|detail| {
                let title = "Error parsing request body";
                Refused::new(StatusCode::BAD_REQUEST, title, detail)
            })?;
            run.set_setup_data(data);
            Ok(setup_data(run))
        }
        ("/v1/setup", &Method::POST) => {
            run.run_setup().await?;
            Ok(setup_data(run))
        }
        ("/v1/teardown", &Method::POST) => {
            run.run_teardown().await?;
            Ok(reply::empty(StatusCode::OK))
        }
        (path, method) => by_id(run, path, method),
    }
}

/// Paths with an id, and what there is not.
fn by_id(run: &impl LiveRun, path: &str, method: &Method) -> Result<Reply> {
    let wrong_method = || Ok(reply::empty(StatusCode::METHOD_NOT_ALLOWED));
    if let Some(id) = path.strip_prefix("/v1/metrics/") {
        if method != Method::GET {
            return wrong_method();
        }
        let found = run.metrics();
        let found = metrics::one(&found, id).map(|metric| reply::json(&metric));
        return found.ok_or_else(|| not_found("No metric with that ID was found"));
    }
    if let Some(id) = path.strip_prefix("/v1/groups/") {
        if method != Method::GET {
            return wrong_method();
        }
        let found = groups::one(&run.groups(), id).map(|group| reply::json(&group));
        return found.ok_or_else(|| not_found("No group with that ID was found"));
    }
    match path {
        "/metrics" | "/v1/status" | "/v1/metrics" | "/v1/groups" | "/v1/setup" | "/v1/teardown" => {
            wrong_method()
        }
        _ => Err(not_found("there is no such path")),
    }
}

fn not_found(detail: &str) -> Refused {
    Refused::new(StatusCode::NOT_FOUND, "Not Found", detail)
}

fn setup_data(run: &impl LiveRun) -> Reply {
    reply::json_text(setup::document(run.setup_data().as_deref()))
}

/// In k6's order: stopping makes the rest pointless, then pausing, then VUs.
async fn apply(run: &impl LiveRun, patch: StatusPatch) -> Result<()> {
    if patch.stopped == Some(true) {
        run.stop();
        return Ok(());
    }
    // Before anything has changed.
    let vus = count(patch.vus, "VUs")?;
    let max = count(patch.vus_max, "max VUs")?;
    if let Some(paused) = patch.paused {
        run.set_paused(paused)?;
    }
    if vus.is_some() || max.is_some() {
        run.scale(vus, max).await?;
    }
    Ok(())
}

fn count(number: Option<i64>, what: &str) -> Result<Option<u64>> {
    number
        .map(|number| {
            u64::try_from(number).map_err(|_| {
                let detail = format!(
                    "invalid configuration supplied: the number of {what} can't be negative"
                );
                ControlError::Scale(detail).into()
            })
        })
        .transpose()
}

/// A body of at most `limit` bytes.
async fn read<B>(body: B, limit: usize) -> Result<Bytes>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let collected = Limited::new(body, limit).collect();
    match tokio::time::timeout(BODY_TIME, collected).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Refused::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "Request body too large",
            format!("at most {limit} bytes are read"),
        )),
        Ok(Err(error)) => Err(Refused::new(
            StatusCode::BAD_REQUEST,
            "Error reading request body",
            error.to_string(),
        )),
        Err(_) => Err(Refused::new(
            StatusCode::REQUEST_TIMEOUT,
            "Request timeout",
            format!("the body took longer than {} s", BODY_TIME.as_secs()),
        )),
    }
}
