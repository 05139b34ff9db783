//! `Function.prototype.bind`. What it makes inherits from what the function inherits from, as the
//! language says; QuickJS's is always a plain function, so that an async function which was bound
//! would pass for one that is none.

use core::ffi::c_int;

use rquickjs_sys::{self as q, JSContext, JSValue};

use crate::api::room::Room;
use crate::atoms::atoms;
use crate::js::{JsResult, Thrown, Val, finish};
use crate::state::ctx;

pub const ROOM: Room = Room::new(install);

fn install(global: &Val) -> JsResult<()> {
    let function = global.get_str("Function")?.get(atoms().prototype)?;
    let mut original = function.get_str("bind")?.raw();
    // QuickJS keeps a reference to the original, and copies the name.
    let bind = Val::check(unsafe {
        q::JS_NewCFunctionData2(
            ctx(),
            Some(bind),
            c"bind".as_ptr(),
            1,
            0,
            1,
            &raw mut original,
        )
    })?;
    let flags = (q::JS_PROP_WRITABLE | q::JS_PROP_CONFIGURABLE) as c_int;
    let done = unsafe {
        q::JS_DefinePropertyValueStr(
            ctx(),
            function.raw(),
            c"bind".as_ptr(),
            bind.into_raw(),
            flags,
        )
    };
    if done < 0 { Err(Thrown) } else { Ok(()) }
}

unsafe extern "C" fn bind(
    _: *mut JSContext,
    this: JSValue,
    argc: c_int,
    argv: *mut JSValue,
    _: c_int,
    data: *mut JSValue,
) -> JSValue {
    finish((|| {
        let Some(original) = (unsafe { data.as_ref() }) else {
            return Ok(Val::UNDEFINED);
        };
        let bound = Val::check(unsafe { q::JS_Call(ctx(), *original, this, argc, argv) })?;
        let proto = Val::check(unsafe { q::JS_GetPrototype(ctx(), this) })?;
        if unsafe { q::JS_SetPrototype(ctx(), bound.raw(), proto.raw()) } < 0 {
            return Err(Thrown);
        }
        Ok(bound)
    })())
}
