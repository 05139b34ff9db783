//! What `quickjs-fixes.h` asks this crate, and what it tells. The layouts are those of that file.

use core::ffi::c_int;

use rquickjs_sys::{self as q, JSAtom, JSContext, JSValue};

use crate::bindings::exports::runner::script::lifecycle::FailureKind;
use crate::js::{JsResult, Text, Thrown, Val, callee, caught, syntax_error};
use crate::source::{self, c_string};
use crate::state::ctx;

#[repr(C)]
struct Hooks {
    /// The last value that was thrown, as bits; it may be gone.
    thrown: JSValue,
    not_a_function: unsafe extern "C" fn(*mut JSContext, JSValue, JSValue) -> JSValue,
    cannot_link: unsafe extern "C" fn(*mut JSContext, c_int, JSAtom, JSAtom, JSAtom),
}

unsafe extern "C" {
    static mut runner_hooks: Hooks;
}

/// `js_std_cmd`'s number for taking the stack trace of an exception that is no Error.
const TAKE_BACK_TRACE: c_int = 2;

/// `js_resolve_export`'s answers.
const EXCEPTION: c_int = -1;
const CIRCULAR: c_int = 2;
const AMBIGUOUS: c_int = 3;

/// Before the runtime is made.
pub fn install() {
    unsafe {
        runner_hooks = Hooks {
            thrown: q::JS_UNINITIALIZED,
            not_a_function,
            cannot_link,
        };
    }
}

/// Where `value` was thrown, if it was the last value that was: for what is no Error and so has no
/// `stack`. It is known once.
pub fn thrown_at(value: JSValue) -> Option<Val> {
    unsafe {
        let thrown = &raw mut runner_hooks.thrown;
        let last = thrown.replace(q::JS_UNINITIALIZED);
        if last != value {
            return None;
        }
        let mut trace = q::JS_UNDEFINED;
        q::js_std_cmd(TAKE_BACK_TRACE, ctx(), &raw mut trace);
        let trace = Val::own(trace);
        q::JS_IsString(trace.raw()).then_some(trace)
    }
}

/// The TypeError of a call of something that cannot be called. QuickJS throws it, which knows best
/// when to make the stack trace.
unsafe extern "C" fn not_a_function(
    _: *mut JSContext,
    called: JSValue,
    object: JSValue,
) -> JSValue {
    let message = callee::complaint(called, object).unwrap_or_else(|| "not a function".to_string());
    let message = c_string(&message);
    unsafe { q::JS_ThrowTypeError(ctx(), c"%s".as_ptr(), message.as_ptr()) }
}

/// The SyntaxError of an import or export of something that is not there.
unsafe extern "C" fn cannot_link(
    _: *mut JSContext,
    why: c_int,
    module: JSAtom,
    name: JSAtom,
    importer: JSAtom,
) {
    if why == EXCEPTION {
        return;
    }
    let texts = || -> JsResult<_> {
        Ok((
            Text::of_atom(module)?,
            Text::of_atom(name)?,
            Text::of_atom(importer)?,
        ))
    };
    let (module, name, importer) = match texts() {
        Ok(texts) => texts,
        // Out of memory, which is then what is thrown.
        Err(Thrown) => return,
    };
    let (module, name, importer) = (module.as_str(), name.as_str(), importer.as_str());
    let message = match why {
        CIRCULAR => format!("export '{name}' of module '{module}' refers to itself"),
        AMBIGUOUS => format!(
            "export '{name}' of module '{module}' is ambiguous: two of the modules that it re-exports have one"
        ),
        _ => format!("module '{module}' has no export '{name}'"),
    };
    let thrown = syntax_error(&format!("{importer}: {message}"));
    let Thrown = source::remember(thrown, FailureKind::Syntax);
}

/// Forgets a pending exception; for look-ups that must not throw.
pub fn or_none<T>(result: Result<T, Thrown>) -> Option<T> {
    result.map_err(|thrown| drop(caught(thrown))).ok()
}
