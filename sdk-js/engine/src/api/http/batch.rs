//! `http.batch`: an array or an object of requests, sent in parallel, answered in kind.

use rquickjs_sys::{self as q, JSAtom, JSValue};

use crate::api::encoding::go_type;
use crate::api::http::call::{Call, Parts, Refused};
use crate::api::http::{response, send};
use crate::bindings::runner::http::http::{self as host, Request};
use crate::js::{Args, JsResult, Keys, Text, Val, define, get, host_error, is_nullish};
use crate::native;
use crate::state::engine;

/// Opens the warning about an entry that cannot be understood.
const REFUSED: &str = "A batch request failed";
const FAILED: &str = "Request Failed";

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
    if is_nullish(requests) {
        return Err(host_error("no argument was provided to http.batch()"));
    }
    if !unsafe { q::JS_IsObject(requests) } {
        let kind = go_type(requests);
        return Err(host_error(&format!(
            "invalid http.batch() argument type {kind}"
        )));
    }
    let result = if unsafe { q::JS_IsArray(requests) } {
        Val::array()?
    } else {
        Val::object()?
    };
    let keys = Keys::of(requests)?;
    let mut calls: Vec<(JSAtom, Call)> = Vec::with_capacity(keys.len());
    for key in keys.iter() {
        // Kept in the order of the keys: a failed one has its place already.
        result.set(key, Val::NULL)?;
        match parse(key, get(requests, key)?) {
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
    let requests: Vec<Request<'_>> = calls
        .iter()
        .zip(&parts)
        .map(|((_, call), parts)| call.request(parts))
        .collect();
    let answers = host::batch(&requests);
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

/// One entry: a URL, `[method, url, body, params]`, or an object with those keys.
fn parse(key: JSAtom, entry: Val) -> Result<Call, Refused> {
    let atoms = &engine().atoms;
    if unsafe { q::JS_IsArray(entry.raw()) } {
        let url = entry.at(1)?;
        if url.is_undefined() {
            return Err(Refused::Invalid {
                message: "invalid batch request: an array needs a method and a URL".to_string(),
                code: 0,
            });
        }
        let method = send::method(entry.at(0)?.raw())?;
        return Call::new(method, url.raw(), entry.at(2)?.raw(), entry.at(3)?.raw());
    }
    // What http.url makes has a name and no method; a request object says how, too.
    let tagged = entry.is_object() && !entry.get_str("clean_url")?.is_undefined();
    if !entry.is_object() || tagged {
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
    let method = send::method(entry.get(atoms.method)?.raw())?;
    Call::new(
        method,
        url.raw(),
        entry.get(atoms.body)?.raw(),
        entry.get(atoms.params)?.raw(),
    )
}
