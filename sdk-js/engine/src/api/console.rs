//! `native.log(level, message)`: what `console` writes with (modules/console.js formats).

use rquickjs_sys::JSValue;

use crate::api::errors;
use crate::api::room::Room;
use crate::bindings::runner::log::log::{self, Level};
use crate::fork;
use crate::js::{Args, JsResult, Text, Val, define, number};
use crate::native;
use crate::script;
use crate::state::{Phase, engine};

native! {
    js_log = write;
    js_warn = warn;
}

pub const ROOM: Room = Room::new(install);

fn install(global: &Val) -> JsResult<()> {
    let native = errors::natives()?;
    natives(&native)?;
    global.set_str("console", script!("console.js", &native)?)
}

pub fn natives(native: &Val) -> JsResult<()> {
    define(native, c"log", 2, js_log)?;
    define(native, c"warn", 1, js_warn)
}

/// A line of the script's own.
fn write(_: JSValue, args: Args) -> JsResult<Val> {
    let level = match number(args.at(0))? as i32 {
        0 => Level::Debug,
        2 => Level::Warn,
        3 => Level::Error,
        _ => Level::Info,
    };
    send(level, "console", args.at(1))
}

/// A warning of the engine.
fn warn(_: JSValue, args: Args) -> JsResult<Val> {
    send(Level::Warn, "js", args.at(0))
}

fn send(level: Level, source: &str, message: JSValue) -> JsResult<Val> {
    if engine().vu.phase.get() != Phase::Snapshot {
        fork::touch_run("console");
        log::write(level, source, &Text::of(message)?, &[]);
    }
    Ok(Val::UNDEFINED)
}
