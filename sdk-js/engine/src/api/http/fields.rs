//! The properties of a response: their names in k6's order, and how each is made. After the fields
//! come the methods (response.rs).

use std::collections::BTreeMap;

use rquickjs_sys::{self as q, JSAtom};

use crate::api::http::atoms::atoms;
use crate::api::http::response::Response;
use crate::bindings::runner::http::http::{Exchange, Timings};
use crate::js::{Atom, JsResult, Keys, Val};
use crate::state::ctx;

/// How many fields there are; what has a higher place is a method.
pub const FIELDS: usize = 16;
/// Fields and methods.
const NAMES: usize = FIELDS + 4;
/// Places of those that other files know by name.
pub const BODY: usize = 8;

/// What k6 gives for a cookie that does not expire.
const NO_EXPIRY: i64 = -6_795_364_578_871;

/// Names by place.
pub fn names() -> [JSAtom; NAMES] {
    let a = atoms();
    [
        a.remote_ip,
        a.remote_port,
        a.url,
        a.status,
        a.status_text,
        a.proto,
        a.headers,
        a.cookies,
        a.body,
        a.timings,
        a.tls_version,
        a.tls_cipher_suite,
        a.ocsp,
        a.error,
        a.error_code,
        a.request,
        a.click_link,
        a.html,
        a.json,
        a.submit_form,
    ]
}

/// The place of that name; those that scripts read most are compared first.
pub fn field(name: JSAtom) -> Option<usize> {
    let a = atoms();
    if name == a.status {
        return Some(3);
    }
    if name == a.body {
        return Some(BODY);
    }
    if name == a.timings {
        return Some(9);
    }
    names().iter().position(|known| *known == name)
}

/// The value of a field, and whether it must be kept: objects, because scripts may change
/// them, and what cost a call to the host.
pub fn read(response: &Response, field: usize) -> JsResult<(Val, bool)> {
    let exchange = response.exchange.as_ref();
    let text = |read: fn(&Exchange) -> String| match exchange {
        Some(exchange) => Val::str(&read(exchange)),
        None => Val::str(""),
    };
    let kept = match field {
        0 => Val::str(
            &exchange
                .and_then(Exchange::remote)
                .map(|r| r.0)
                .unwrap_or_default(),
        )?,
        1 => Val::int(
            exchange
                .and_then(Exchange::remote)
                .map_or(0, |r| r.1.into()),
        ),
        2 => match (&response.failed, exchange) {
            (_, Some(exchange)) => Val::str(&exchange.url())?,
            (Some(failed), None) => Val::str(&failed.url)?,
            (None, None) => Val::str("")?,
        },
        3 => return Ok((Val::int(response.status.into()), false)),
        4 => text(Exchange::status_text)?,
        5 => text(Exchange::protocol)?,
        6 => headers(exchange)?,
        7 => cookies(exchange)?,
        BODY => body(response)?,
        9 => timings(&response.timings)?,
        10 => tls(exchange, false)?,
        11 => tls(exchange, true)?,
        12 => ocsp(exchange)?,
        13 => match &response.failed {
            Some(failed) => Val::str(&failed.message)?,
            None => Val::str("")?,
        },
        14 => return Ok((Val::int(error_code(response).into()), false)),
        _ => request(response)?,
    };
    Ok((kept, true))
}

/// Answers of 400 and more have a code of their own; their `error` stays empty.
fn error_code(response: &Response) -> u16 {
    match (&response.failed, response.status) {
        (Some(failed), _) => failed.code,
        (None, status @ 400..) => 1000 + status,
        _ => 0,
    }
}

/// An object with these properties, whose shape QuickJS shares.
fn object<const N: usize>(names: [JSAtom; N], values: [Val; N]) -> JsResult<Val> {
    let values = values.map(Val::into_raw);
    Val::check(unsafe { q::JS_NewObjectFrom(ctx(), N as i32, names.as_ptr(), values.as_ptr()) })
}

fn timings(timings: &Timings) -> JsResult<Val> {
    let a = atoms();
    let ms = |nanoseconds: u64| Val::num(nanoseconds as f64 / 1e6);
    let duration = timings.sending + timings.waiting + timings.receiving;
    object(
        [
            a.duration,
            a.blocked,
            a.looking_up,
            a.connecting,
            a.tls_handshaking,
            a.sending,
            a.waiting,
            a.receiving,
        ],
        [
            ms(duration),
            ms(timings.blocked),
            Val::int(0),
            ms(timings.connecting),
            ms(timings.tls_handshaking),
            ms(timings.sending),
            ms(timings.waiting),
            ms(timings.receiving),
        ],
    )
}

/// Repeated names are joined with a comma. There is no telling how many a server sends, so no
/// step looks at all of them.
fn headers(exchange: Option<&Exchange>) -> JsResult<Val> {
    let object = Val::object()?;
    let mut joined: Vec<(String, String)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (name, value) in exchange.map(Exchange::headers).unwrap_or_default() {
        match places.get(&name).and_then(|place| joined.get_mut(*place)) {
            Some((_, values)) => {
                values.push_str(", ");
                values.push_str(&value);
            }
            None => {
                places.insert(name.clone(), joined.len());
                joined.push((name, value));
            }
        }
    }
    for (name, value) in &joined {
        object.set(Atom::new(name)?.raw(), Val::str(value)?)?;
    }
    Ok(object)
}

/// The list at `object[name]`, made when it is missing, with one more element.
fn append(map: &Val, name: &str, value: Val) -> JsResult<()> {
    let name = Atom::new(name)?;
    let mut list = map.get(name.raw())?;
    if !list.is_object() {
        list = Val::array()?;
        map.set(name.raw(), list.clone())?;
    }
    list.push(Keys::of(list.raw())?.len() as u32, value)
}

fn cookies(exchange: Option<&Exchange>) -> JsResult<Val> {
    let a = atoms();
    let map = Val::object()?;
    for cookie in exchange.map(Exchange::cookies).unwrap_or_default() {
        let value = object(
            [
                a.name,
                a.value,
                a.domain,
                a.path,
                a.http_only,
                a.secure,
                a.max_age,
                a.expires,
            ],
            [
                Val::str(&cookie.name)?,
                Val::str(&cookie.value)?,
                Val::str(&cookie.domain)?,
                Val::str(&cookie.path)?,
                Val::bool(cookie.http_only),
                Val::bool(cookie.secure),
                Val::num(cookie.max_age as f64),
                Val::num(cookie.expires.unwrap_or(NO_EXPIRY) as f64),
            ],
        )?;
        append(&map, &cookie.name, value)?;
    }
    Ok(map)
}

fn body(response: &Response) -> JsResult<Val> {
    match (&response.exchange, &response.failed) {
        // k6 answers requests that were never made with an empty list.
        (None, Some(_)) => Val::array(),
        (Some(exchange), _) => match exchange.body() {
            Some(bytes) if response.binary => Val::array_buffer(&bytes),
            Some(bytes) => Val::bytes(&bytes),
            None => Ok(Val::NULL),
        },
        (None, None) => Ok(Val::NULL),
    }
}

fn tls(exchange: Option<&Exchange>, cipher: bool) -> JsResult<Val> {
    match exchange.and_then(Exchange::tls) {
        Some(info) => Val::str(if cipher {
            &info.cipher_suite
        } else {
            &info.version
        }),
        None => Val::str(""),
    }
}

/// No server's OCSP answer is looked at: over TLS the status is unknown, as k6 says where there
/// is none.
fn ocsp(exchange: Option<&Exchange>) -> JsResult<Val> {
    let a = atoms();
    let secure = exchange.is_some_and(|exchange| exchange.tls().is_some());
    object(
        [
            a.produced_at,
            a.this_update,
            a.next_update,
            a.revoked_at,
            a.revocation_reason,
            a.status,
        ],
        [
            Val::int(0),
            Val::int(0),
            Val::int(0),
            Val::int(0),
            Val::str("")?,
            Val::str(if secure { "unknown" } else { "" })?,
        ],
    )
}

fn request(response: &Response) -> JsResult<Val> {
    let Some(exchange) = &response.exchange else {
        return Ok(Val::NULL);
    };
    let a = atoms();
    let sent = exchange.request();
    let headers = Val::object()?;
    for (name, value) in &sent.headers {
        append(&headers, name, Val::str(value)?)?;
    }
    let cookies = Val::object()?;
    for cookie in &sent.cookies {
        let value = object(
            [a.name, a.value, a.replace],
            [
                Val::str(&cookie.name)?,
                Val::str(&cookie.value)?,
                Val::bool(cookie.replace),
            ],
        )?;
        append(&cookies, &cookie.name, value)?;
    }
    object(
        [a.method, a.url, a.headers, a.body, a.cookies],
        [
            Val::str(&sent.method)?,
            Val::str(&sent.url)?,
            headers,
            Val::bytes(&sent.body)?,
            cookies,
        ],
    )
}
