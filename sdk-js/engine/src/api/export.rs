//! Values as JSON by the host's rules, which differ from `JSON.stringify` (modules/export.js).

use core::cell::Cell;

use rquickjs_sys::{self as q, JSValue};

use crate::api::room::Room;
use crate::api::{errors, methods};
use crate::js::{JsResult, Text, Val, call};
use crate::local::Local;
use crate::script;
use crate::state::replace;

/// `(value) => string`.
static TO_JSON: Local<Cell<JSValue>> = Local::new(Cell::new(q::JS_UNDEFINED));

pub const ROOM: Room = Room::new(install);

fn install(_: &Val) -> JsResult<()> {
    let native = errors::natives()?;
    methods::natives(&native)?;
    replace(&TO_JSON, script!("export.js", &native)?.into_raw());
    Ok(())
}

pub fn to_json(value: &Val) -> JsResult<Text> {
    call(TO_JSON.get(), q::JS_UNDEFINED, &[value.raw()])?.text()
}
