//! Throwing from native code. What k6 itself reports is a `GoError`; misuse of a value is a
//! `TypeError`. The stack is filled in by QuickJS in the JavaScript frame that called.

use rquickjs_sys as q;

use crate::atoms::atoms;
use crate::js::{JsResult, Thrown, Val};
use crate::state::{ctx, engine};

/// Throws a `GoError`, k6's name for errors of the tool.
pub fn host_error(message: &str) -> Thrown {
    throw_as(engine().protos.host_error.get(), message)
}

/// Throws a `TypeError`.
pub fn type_error(message: &str) -> Thrown {
    throw_as(engine().protos.type_error.get(), message)
}

/// Throws a `SyntaxError`.
pub fn syntax_error(message: &str) -> Thrown {
    throw_as(engine().protos.syntax_error.get(), message)
}

/// Throws an error that no `catch` of the script sees.
pub fn uncatchable(message: &str) -> Thrown {
    match new_error(engine().protos.host_error.get(), message) {
        Ok(error) => unsafe {
            q::JS_SetUncatchableError(ctx(), error.raw());
            throw(error)
        },
        Err(thrown) => thrown,
    }
}

/// Makes `error` the pending exception.
pub fn throw(error: Val) -> Thrown {
    unsafe { q::JS_Throw(ctx(), error.into_raw()) };
    Thrown
}

/// The pending exception, which is then no longer pending.
pub fn caught(_: Thrown) -> Val {
    Val::own(unsafe { q::JS_GetException(ctx()) })
}

/// A `GoError` object.
pub fn new_host_error(message: &str) -> JsResult<Val> {
    new_error(engine().protos.host_error.get(), message)
}

fn throw_as(proto: q::JSValue, message: &str) -> Thrown {
    match new_error(proto, message) {
        Ok(error) => throw(error),
        Err(thrown) => thrown,
    }
}

fn new_error(proto: q::JSValue, message: &str) -> JsResult<Val> {
    let error = Val::check(unsafe { q::JS_NewError(ctx()) })?;
    if unsafe { q::JS_SetPrototype(ctx(), error.raw(), proto) } < 0 {
        return Err(Thrown);
    }
    let flags = (q::JS_PROP_WRITABLE | q::JS_PROP_CONFIGURABLE) as i32;
    let text = Val::str(message)?;
    let name = atoms().message;
    let done =
        unsafe { q::JS_DefinePropertyValue(ctx(), error.raw(), name, text.into_raw(), flags) };
    if done < 0 { Err(Thrown) } else { Ok(error) }
}
