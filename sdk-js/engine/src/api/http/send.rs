//! Sending: `get` and its siblings, `request`, `asyncRequest`; and what becomes of errors.

use core::ffi::CStr;

use rquickjs_sys::{self as q, JSValue};

use crate::api::http::call::{Call, Refused};
use crate::api::http::response::{self, Failed};
use crate::api::tags::throws;
use crate::bindings::runner::http::http::{self as host, Error, ErrorKind, ResponseType};
use crate::bindings::runner::log::log::{self, Level};
use crate::js::{Args, JsResult, Text, Val, define_magic, host_error, is_nullish};
use crate::lifecycle::{Finish, promise};
use crate::native;
use crate::state::engine;

/// The error code of a URL that cannot be read.
pub const UNREADABLE: u16 = 1020;
/// How the client's answer to 101 begins; k6 throws it whatever `throw` says.
const SWITCHED: &str = "unsupported response status";
const IN_INIT: &str = "Making http requests in the init context is not supported";

/// Names as scripts see them, methods as servers see them, and whether a body comes before
/// the params.
const VERBS: [(&CStr, &str, bool); 7] = [
    (c"get", "GET", false),
    (c"head", "HEAD", false),
    (c"post", "POST", true),
    (c"put", "PUT", true),
    (c"patch", "PATCH", true),
    (c"del", "DELETE", true),
    (c"options", "OPTIONS", true),
];
const REQUEST: i32 = 100;
const ASYNC: i32 = 101;

native! { magic
    js_verb = verb;
    js_request = request;
}

pub fn install(native: &Val) -> JsResult<()> {
    for (magic, (name, _, body)) in VERBS.iter().enumerate() {
        define_magic(
            native,
            name,
            if *body { 3 } else { 2 },
            js_verb,
            magic as i32,
        )?;
    }
    define_magic(native, c"request", 4, js_request, REQUEST)?;
    define_magic(native, c"asyncRequest", 4, js_request, ASYNC)
}

fn verb(_: JSValue, args: Args, magic: i32) -> JsResult<Val> {
    if engine().vu.in_init() {
        return Err(host_error(IN_INIT));
    }
    let Some((_, method, has_body)) = VERBS.get(magic as usize) else {
        return Ok(Val::UNDEFINED);
    };
    let method = Text::Static(method);
    let call = if *has_body {
        Call::new(method, args.at(0), args.at(1), args.at(2))
    } else {
        Call::new(method, args.at(0), q::JS_UNDEFINED, args.at(1))
    };
    send(call)
}

fn request(_: JSValue, args: Args, magic: i32) -> JsResult<Val> {
    if engine().vu.in_init() {
        return Err(host_error(IN_INIT));
    }
    let method = method(args.at(0))?;
    let call = Call::new(method, args.at(1), args.at(2), args.at(3));
    if magic == ASYNC {
        start(call)
    } else {
        send(call)
    }
}

/// A method as it is sent; k6 takes none for GET.
pub fn method(value: JSValue) -> JsResult<Text> {
    if is_nullish(value) {
        return Ok(Text::Static("GET"));
    }
    let text = Text::of(value)?;
    if text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return Ok(Text::Own(text.to_ascii_uppercase()));
    }
    Ok(text)
}

fn send(call: Result<Call, Refused>) -> JsResult<Val> {
    let call = match call {
        Ok(call) => call,
        Err(refused) => return refuse(refused, "Request Failed"),
    };
    let parts = call.parts();
    match host::send(call.request(&parts)) {
        Ok(answer) => response::new(answer, call.params.response_type),
        Err(error) => failed(
            error,
            &call.method,
            &call.url,
            call.params.throw,
            call.params.response_type,
            "Request Failed",
        ),
    }
}

/// A request that was never made. `what` opens the warning.
pub fn refuse(refused: Refused, what: &str) -> JsResult<Val> {
    match refused {
        Refused::Thrown(thrown) => Err(thrown),
        Refused::Invalid { message, code } => {
            if throws()? {
                return Err(host_error(&message));
            }
            warn(what, &message);
            response::failed(
                Failed {
                    message,
                    code,
                    url: String::new(),
                    exchange: None,
                },
                None,
            )
        }
    }
}

/// A request that failed: a response that says so, or an exception.
pub fn failed(
    error: Error,
    method: &str,
    url: &str,
    throw: Option<bool>,
    kind: Option<ResponseType>,
    what: &str,
) -> JsResult<Val> {
    let full = if error.kind == ErrorKind::InvalidRequest && error.exchange.is_none() {
        error.message.clone()
    } else {
        let (first, rest) = method.split_at_checked(1).unwrap_or((method, ""));
        format!(
            "{first}{} \"{}\": {}",
            rest.to_ascii_lowercase(),
            masked(url),
            error.message
        )
    };
    // Of a request that cannot be made, k6 has not read the params.
    let throw = match throw {
        Some(throw) if error.code != UNREADABLE => throw,
        _ => throws()?,
    };
    // A switch to another protocol is nothing that a response could say.
    if throw || error.message.starts_with(SWITCHED) {
        return Err(host_error(if throw { &full } else { &error.message }));
    }
    warn(what, &full);
    let url = if error.exchange.is_none() {
        String::new()
    } else {
        url.to_string()
    };
    let Error {
        code,
        message,
        exchange,
        ..
    } = error;
    response::failed(
        Failed {
            message,
            code,
            url,
            exchange,
        },
        kind,
    )
}

/// The URL as it may be shown: a password in it becomes `***`.
fn masked(url: &str) -> std::borrow::Cow<'_, str> {
    let start = url.find("://").map_or(0, |at| at + 3);
    let rest = url.get(start..).unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((user, _)) = authority
        .rsplit_once('@')
        .and_then(|(userinfo, _)| userinfo.split_once(':'))
    else {
        return url.into();
    };
    let secret = start + user.len() + 1;
    let end = start + authority.rfind('@').unwrap_or_default();
    let (head, tail) = (url.get(..secret), url.get(end..));
    format!(
        "{}***{}",
        head.unwrap_or_default(),
        tail.unwrap_or_default()
    )
    .into()
}

fn warn(what: &str, error: &str) {
    log::write(Level::Warn, "", what, &[("error", error)]);
}

fn start(call: Result<Call, Refused>) -> JsResult<Val> {
    promise(|| {
        let call = call.map_err(|refused| refuse(refused, "Request Failed"))?;
        let id = host::start(call.request(&call.parts()));
        let (method, url) = (call.method.to_owned(), call.url.to_owned());
        let (throw, kind) = (call.params.throw, call.params.response_type);
        let finish: Finish = Box::new(move |id| match host::finish(id) {
            Ok(answer) => response::new(answer, kind),
            Err(error) => failed(error, &method, &url, throw, kind, "Request Failed"),
        });
        Ok((id, finish))
    })
}
