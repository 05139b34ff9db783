//! `Response.json(selector)`. Selectors are GJSON paths.

use rquickjs_sys::{self as q, JSValue};

use crate::api::http::fields::BODY;
use crate::api::http::response::{self, Response};
use crate::api::http::{json_error, json_path};
use crate::js::{Args, JsResult, Text, Val, buffer_bytes, caught, host_error};

const NO_BODY: &str = "the body is null so we can't transform it to JSON - this likely was because of a request error getting the response";

pub fn json(this: JSValue, args: Args) -> JsResult<Val> {
    let response = response::of(this)?;
    let Some(body) = body(response)? else {
        return Err(host_error(NO_BODY));
    };
    let text = String::from_utf8_lossy(&body);
    if args.len() == 0 {
        return Val::parse_json(&text, c"response").map_err(|thrown| {
            drop(caught(thrown));
            host_error(&json_error::message(text.as_bytes()))
        });
    }
    let selector = Text::of(args.at(0))?;
    // A path into broken JSON finds nothing, even where the part before the fault has it.
    if !gjson::valid(&text) {
        return Ok(Val::UNDEFINED);
    }
    if selector.contains(['@', '!']) {
        let found = json_path::find(&text, &selector);
        return found.map_or(Ok(Val::UNDEFINED), |json| parsed(&json));
    }
    let found = gjson::get(&text, &selector);
    if !found.exists() {
        return Ok(Val::UNDEFINED);
    }
    match found.kind() {
        gjson::Kind::String => Val::str(found.str()),
        _ => parsed(found.json()),
    }
}

/// The value of a JSON text; undefined where it is none after all.
fn parsed(json: &str) -> JsResult<Val> {
    Val::parse_json(json, c"response").or_else(|thrown| {
        drop(caught(thrown));
        Ok(Val::UNDEFINED)
    })
}

/// The body, from what the script put there or from the host; read without keeping it.
fn body(response: &Response) -> JsResult<Option<Vec<u8>>> {
    if let Some(value) = response.cached(BODY) {
        if unsafe { q::JS_IsNull(value) } {
            return Ok(None);
        }
        if let Some(bytes) = buffer_bytes(value) {
            return Ok(Some(bytes.to_vec()));
        }
        return Ok(Some(Text::of(value)?.as_bytes().to_vec()));
    }
    Ok(response
        .exchange
        .as_ref()
        .and_then(|exchange| exchange.body()))
}
