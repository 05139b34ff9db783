//! Which endpoint answers which path, and with which methods.
//!
//! `/` and `/get` leave first: they are what benchmarks ask for. HEAD is answered wherever
//! GET is (hyper drops the body), and OPTIONS everywhere, with the methods in `Allow`.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, HeaderValue,
};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body as _, Incoming};

use crate::demo::Accounts;
use crate::reply::Reply;
use crate::request::{BODY_LIMIT, Call};
use crate::wire::Wire;
use crate::{
    auth, cookies, demo, digest, echo, encodings, faults, pages, redirects, reply, status, streams,
};

/// Methods of most endpoints, of the verbs' own, and of those that take any.
const GET: &[Method] = &[Method::GET];
const POST: &[Method] = &[Method::POST];
const PROFILE: &[Method] = &[Method::GET, Method::PUT];
const ANY: &[Method] = &[
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::TRACE,
];

/// Reads one request and answers it. Never fails: what is wrong is an answer too.
pub(crate) async fn answer(
    request: Request<Incoming>,
    peer: IpAddr,
    scheme: &'static str,
    wire: Arc<Wire>,
    accounts: Arc<Accounts>,
) -> Result<Reply, Infallible> {
    let (parts, incoming) = request.into_parts();
    let body = if incoming.is_end_stream() {
        Ok(Bytes::new())
    } else {
        Limited::new(incoming, BODY_LIMIT)
            .collect()
            .await
            .map(|body| body.to_bytes())
    };
    let mut reply = match body {
        Err(_) => reply::problem(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body cannot be read, or is larger than {BODY_LIMIT} bytes"),
        ),
        Ok(body) => {
            let call = Call {
                method: parts.method,
                uri: parts.uri,
                headers: parts.headers,
                body,
                peer,
                scheme,
                wire,
                accounts,
            };
            match call.uri.path() {
                "/" if call.method == Method::GET => pages::index(),
                "/get" if call.method == Method::GET => echo::get(&call),
                _ => dispatch(&call).await,
            }
        }
    };
    let headers = reply.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        ACCESS_CONTROL_ALLOW_CREDENTIALS,
        HeaderValue::from_static("true"),
    );
    Ok(reply)
}

async fn dispatch(call: &Call) -> Reply {
    let segments = call.segments();
    let path: Vec<&str> = segments.iter().map(String::as_str).collect();
    let allowed = methods(&path);
    if call.method == Method::OPTIONS {
        return options(allowed);
    }
    let asked = if call.method == Method::HEAD {
        &Method::GET
    } else {
        &call.method
    };
    // Endpoints that take any method take those without a name of their own, too.
    if allowed != ANY && !allowed.contains(asked) {
        let mut reply = options(allowed);
        *reply.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        return reply;
    }
    endpoint(call, &path).await
}

/// The methods that an endpoint knows, beside HEAD and OPTIONS.
fn methods(path: &[&str]) -> &'static [Method] {
    match path.first().copied().unwrap_or_default() {
        "post" | "login" => POST,
        "put" => &[Method::PUT],
        "patch" => &[Method::PATCH],
        "delete" => &[Method::DELETE],
        "profile" => PROFILE,
        "response-headers" => &[Method::GET, Method::POST],
        "anything" | "status" | "delay" | "redirect-to" | "fault" => ANY,
        _ => GET,
    }
}

fn options(allowed: &[Method]) -> Reply {
    let mut names: Vec<&str> = allowed.iter().map(Method::as_str).collect();
    if allowed.contains(&Method::GET) {
        names.push("HEAD");
    }
    names.push("OPTIONS");
    let mut answer = reply::empty(StatusCode::OK);
    reply::header(&mut answer, ALLOW, &names.join(", "));
    answer
}

async fn endpoint(call: &Call, path: &[&str]) -> Reply {
    match path {
        [] => pages::index(),
        ["get"] => echo::get(call),
        ["post" | "put" | "patch" | "delete"] => echo::body(call),
        ["anything", ..] => echo::anything(call),
        ["headers"] => echo::headers(call),
        ["ip"] => echo::ip(call),
        ["user-agent"] => echo::user_agent(call),

        ["status", codes] => status::status(call, codes),
        ["delay", seconds] => status::delay(call, seconds).await,

        ["redirect", count] => redirects::chain(call, count, redirects::Style::Mixed),
        ["relative-redirect", count] => redirects::chain(call, count, redirects::Style::Relative),
        ["absolute-redirect", count] => redirects::chain(call, count, redirects::Style::Absolute),
        ["redirect-to"] => redirects::to(call),

        ["cookies"] => cookies::show(call),
        ["cookies", "set"] => cookies::set(&call.query()),
        ["cookies", "set", name, value] => cookies::set(&[((*name).into(), (*value).into())]),
        ["cookies", "delete"] => cookies::delete(&call.query()),

        ["basic-auth", user, password] => auth::basic(call, user, password),
        ["hidden-basic-auth", user, password] => auth::hidden_basic(call, user, password),
        ["bearer"] => auth::bearer(call),
        ["digest-auth", qop, user, password] => digest::answer(call, qop, user, password, "MD5"),
        ["digest-auth", qop, user, password, algorithm, ..] => {
            digest::answer(call, qop, user, password, algorithm)
        }

        ["gzip"] => encodings::gzip(call),
        ["deflate"] => encodings::deflate(call),
        ["brotli"] => encodings::brotli(call),
        ["zstd"] => encodings::zstd(call),

        ["bytes", count] => streams::bytes(call, count),
        ["stream-bytes", count] => streams::stream_bytes(call, count),
        ["stream", count] => streams::lines(call, count),
        ["drip"] => streams::drip(call).await,
        ["range", count] => streams::range(call, count),

        ["json"] => pages::json(),
        ["html"] => pages::html(),
        ["xml"] => pages::xml(),
        ["robots.txt"] => pages::robots(),
        ["deny"] => pages::deny(),
        ["forms", "post"] => pages::form(),
        ["encoding", "utf8"] => pages::utf8(),
        ["uuid"] => pages::uuid(),
        ["base64", value] => pages::base64(value),
        ["image" | "image.png"] | ["image", "png"] => pages::png(),
        ["cache"] => pages::cache(call),
        ["cache", seconds] => pages::cache_for(call, seconds),
        ["etag", etag] => pages::etag(call, etag),
        ["response-headers"] => pages::response_headers(call),

        ["login"] => demo::login(call),
        ["profile"] => demo::profile(call),

        ["fault", name] => faults::play(call, name),
        _ => reply::not_found(),
    }
}
