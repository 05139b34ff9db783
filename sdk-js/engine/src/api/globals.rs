//! Globals that say where the script runs: `__ITER`, `__VU` and `global`.

use rquickjs_sys::{self as q, JSContext, JSValue};

use crate::api::room::Room;
use crate::atoms::atoms;
use crate::fork;
use crate::js::{JsResult, Val, accessors};
use crate::state::{ctx, engine};

pub const ROOM: Room = Room::new(install);

fn install(global: &Val) -> JsResult<()> {
    // Known in advance, so that a VU changes their values and not the shape of the object.
    global.set(atoms().iter, Val::UNDEFINED)?;
    accessors(global, "__VU", (c"get __VU", get_vu), (c"set __VU", set_vu))?;
    global.set_str("global", global.clone())
}

unsafe extern "C" fn get_vu(_: *mut JSContext, _: JSValue) -> JSValue {
    fork::touch("__VU");
    Val::count(engine().vu.id.get()).into_raw()
}

/// A script that assigns to it has an ordinary global from then on.
unsafe extern "C" fn set_vu(_: *mut JSContext, _: JSValue, value: JSValue) -> JSValue {
    let value = Val::dup(value).into_raw();
    let flags = q::JS_PROP_C_W_E as i32;
    unsafe { q::JS_DefinePropertyValue(ctx(), engine().global, atoms().vu, value, flags) };
    q::JS_UNDEFINED
}
