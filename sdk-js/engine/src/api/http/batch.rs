//! `http.batch`: an array, a set or an object of requests, sent in parallel, answered in kind.

use rquickjs_sys::{self as q, JSAtom, JSValue};

use crate::api::go_type::{PLAIN_OBJECT, go_type};
use crate::api::http::atoms::atoms;
use crate::api::http::call::{Call, Parts, Refused};
use crate::api::http::{response, send};
use crate::bindings::runner::http::http::{self as host, Request};
use crate::js::{Args, JsResult, Keys, Text, Val, define, host_error, number};
use crate::native;
use crate::state::engine;

/// Opens the warning about an entry that cannot be understood.
const REFUSED: &str = "A batch request failed";
const FAILED: &str = "Request Failed";
/// What [`go_type`] says of arrays and sets.
const LIST: &str = "[]interface {}";

native! {
    js_batch = batch;
}

pub fn install(native: &Val) -> JsResult<()> {
    define(native, c"batch", 1, js_batch)
}

fn batch(_: JSValue, args: Args) -> JsResult<Val> {
    if engine().vu.in_init() {
        return Err(host_error(
            "Using batch in the init context is not supported",
        ));
    }
    let requests = args.at(0);
    if args.len() == 0 {
        return Err(host_error("no argument was provided to http.batch()"));
    }
    let kind = go_type(requests);
    let requests = match kind {
        LIST => list(requests)?,
        PLAIN_OBJECT => Val::dup(requests),
        _ => {
            return Err(host_error(&format!(
                "invalid http.batch() argument type {kind}"
            )));
        }
    };
    let result = if kind == LIST {
        Val::array()?
    } else {
        Val::object()?
    };
    let keys = Keys::of(requests.raw())?;
    let mut calls: Vec<(JSAtom, Call)> = Vec::with_capacity(keys.len());
    for key in keys.iter() {
        // Kept in the order of the keys: a failed one has its place already.
        result.set(key, Val::NULL)?;
        match parse(key, requests.get(key)?) {
            Ok(call) => calls.push((key, call)),
            Err(refused) => {
                // Then nothing is sent: entries before it have empty responses, those after
                // it none.
                result.set(key, send::refuse(refused, REFUSED)?)?;
                for (before, _) in &calls {
                    result.set(*before, response::empty()?)?;
                }
                for after in keys.iter().skip(calls.len() + 1) {
                    result.set(after, Val::NULL)?;
                }
                return Ok(result);
            }
        }
    }
    let parts: Vec<Parts<'_>> = calls.iter().map(|(_, call)| call.parts()).collect();
    let wanted: Vec<Request<'_>> = calls
        .iter()
        .zip(&parts)
        .map(|((_, call), parts)| call.request(parts))
        .collect();
    let answers = host::batch(&wanted);
    // The host sends nothing where it cannot read a URL.
    let unreadable = |answer: &Result<_, host::Error>| matches!(answer, Err(error) if error.code == send::UNREADABLE);
    if let Some(place) = answers.iter().position(unreadable) {
        for ((key, call), (index, answer)) in calls.iter().zip(answers.into_iter().enumerate()) {
            let response = match answer {
                Err(error) if index == place => {
                    let kind = call.params.response_type;
                    send::failed(error, &call.method, &call.url, None, kind, REFUSED)?
                }
                _ if index < place => response::empty()?,
                _ => break,
            };
            result.set(*key, response)?;
        }
        return Ok(result);
    }
    for ((key, call), answer) in calls.iter().zip(answers) {
        let params = &call.params;
        let response = match answer {
            Ok(answer) => response::new(answer, params.response_type)?,
            Err(error) => send::failed(
                error,
                &call.method,
                &call.url,
                params.throw,
                params.response_type,
                FAILED,
            )?,
        };
        result.set(*key, response)?;
    }
    Ok(result)
}

/// The elements of an array or a set as an array of its own, with nothing else and without holes:
/// those are undefined.
fn list(requests: JSValue) -> JsResult<Val> {
    let global = Val::own(engine().global_dup());
    let array = global.get_str("Array")?;
    array.get_str("from")?.call(array.raw(), &[requests])
}

/// One entry: a URL, `[method, url, body, params]`, or an object with those keys.
fn parse(key: JSAtom, entry: Val) -> Result<Call, Refused> {
    let atoms = atoms();
    if go_type(entry.raw()) == LIST {
        let entry = if unsafe { q::JS_IsSet(entry.raw()) } {
            list(entry.raw())?
        } else {
            entry
        };
        if number(entry.get_str("length")?.raw())? < 2.0 {
            return Err(Refused::Invalid {
                message: "invalid batch request: an array needs a method and a URL".to_string(),
                code: 0,
            });
        }
        let url = entry.at(1)?;
        let method = method(&entry.at(0)?)?;
        return Call::new(method, url.raw(), entry.at(2)?.raw(), entry.at(3)?.raw());
    }
    // What http.url makes has a name and no method; a request object says how, too.
    let plain = go_type(entry.raw()) == PLAIN_OBJECT;
    if !plain || !entry.get_str("clean_url")?.is_undefined() {
        return Call::new(
            Text::Static("GET"),
            entry.raw(),
            q::JS_UNDEFINED,
            q::JS_UNDEFINED,
        );
    }
    let url = entry.get(atoms.url)?;
    if url.is_undefined() {
        let name = Text::of_atom(key)?;
        let name = name.as_str();
        let message = format!("batch request {name} doesn't have a url key");
        return Err(Refused::Invalid { message, code: 0 });
    }
    let given = entry.get(atoms.method)?;
    let method = if given.is_undefined() {
        Text::Static("GET")
    } else {
        method(&given)?
    };
    Call::new(
        method,
        url.raw(),
        entry.get(atoms.body)?.raw(),
        entry.get(atoms.params)?.raw(),
    )
}

/// A method that was given must be a text: anything else is in its place by mistake.
fn method(value: &Val) -> Result<Text, Refused> {
    if unsafe { q::JS_IsString(value.raw()) } {
        return Ok(send::method(value.raw())?);
    }
    let shown = if value.is_nullish() {
        "<nil>".to_string()
    } else {
        value.text()?.to_owned()
    };
    Err(Refused::Invalid {
        message: format!("invalid method type '{shown}'"),
        code: 0,
    })
}
