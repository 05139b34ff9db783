//! Native half of `SharedArray` (modules/data.js): the host keeps each element as JSON text.

use rquickjs_sys::JSValue;

use crate::api::errors;
use crate::api::room::Room;
use crate::bindings::runner::data::shared::{self, SharedArray};
use crate::fork;
use crate::js::{Args, JsResult, Text, Val, define, host_error, number, syntax_error};
use crate::native;
use crate::script;
use crate::source::register;
use crate::state::engine;

native! {
    js_open = open;
    js_create = create;
    js_get = get;
    js_in_init = in_init;
}

pub const ROOM: Room = Room::new(install);

fn install(_: &Val) -> JsResult<()> {
    let native = errors::natives()?;
    natives(&native)?;
    register("k6/data", script!("data.js", &native)?)
}

fn natives(native: &Val) -> JsResult<()> {
    define(native, c"open", 1, js_open)?;
    define(native, c"create", 2, js_create)?;
    define(native, c"get", 2, js_get)?;
    define(native, c"inInit", 0, js_in_init)
}

fn in_init(_: JSValue, _: Args) -> JsResult<Val> {
    Ok(Val::bool(engine().vu.in_init()))
}

/// `(name) => [id, length] | undefined`.
fn open(_: JSValue, args: Args) -> JsResult<Val> {
    fork::touch_run("SharedArray");
    shared::open(&Text::of(args.at(0))?).map_or(Ok(Val::UNDEFINED), pair)
}

/// `(name, jsonTexts) => [id, length]`.
fn create(_: JSValue, args: Args) -> JsResult<Val> {
    let name = Text::of(args.at(0))?;
    let list = Val::dup(args.at(1));
    let length = number(list.get_str("length")?.raw())? as u32;
    let mut elements = Vec::with_capacity(length as usize);
    for index in 0..length {
        elements.push(list.at(index)?.text()?);
    }
    let borrowed: Vec<&str> = elements.iter().map(Text::as_str).collect();
    pair(shared::create(&name, &borrowed))
}

/// `(id, index) => value`, a new one at each call.
fn get(_: JSValue, args: Args) -> JsResult<Val> {
    let (id, index) = (number(args.at(0))? as u32, number(args.at(1))? as u32);
    match shared::get(id, index) {
        Some(json) if json == "undefined" => Err(syntax_error(&format!(
            "invalid character 'u' looking for beginning of value: element {index} of the SharedArray has no JSON, as undefined, functions and holes in a list have none"
        ))),
        Some(json) => Val::parse_json(&json, c"SharedArray"),
        None => Err(host_error("the host no longer has this SharedArray")),
    }
}

fn pair(array: SharedArray) -> JsResult<Val> {
    let pair = Val::array()?;
    pair.push(0, Val::count(array.id.into()))?;
    pair.push(1, Val::count(array.length.into()))?;
    Ok(pair)
}
