//! `open` and `require`. Files that are opened are looked for from
//! the folder of the module that is being evaluated, as in k6.

use core::ffi::CStr;

use rquickjs_sys::{self as q, JSContext, JSValue};

use crate::api::room::Room;
use crate::bindings::runner::data::files::FileError;
use crate::js::{
    Args, Atom, CFunction, Getter, JsResult, Text, Thrown, Val, accessor, define, finish,
    host_error, is_undefined,
};
use crate::native;
use crate::source::{evaluating, require};
use crate::state::{ctx, engine};

const OPEN_OUTSIDE_INIT: &str = "the \"open\" function is only available in the init stage (i.e. the global scope), see https://grafana.com/docs/k6/latest/using-k6/test-lifecycle/ for more information";

pub const ROOM: Room = Room::new(install);

native! {
    js_open = open;
    js_require = require;
}

/// Names that only CommonJS files have; elsewhere they say so.
const COMMON_JS: [(&CStr, &str); 2] = [(c"get module", "module"), (c"get exports", "exports")];

fn install(global: &Val) -> JsResult<()> {
    define(global, c"open", 2, js_open)?;
    define(global, c"require", 1, js_require)?;
    let mixing = [get_module as Getter, get_exports as Getter];
    for ((label, name), getter) in COMMON_JS.iter().zip(mixing) {
        let name = Atom::new(name)?;
        unsafe {
            let getter = core::mem::transmute::<Getter, CFunction>(getter);
            let getter = accessor(label, getter, q::JSCFunctionEnum_JS_CFUNC_getter)?;
            q::JS_DefinePropertyGetSet(
                ctx(),
                global.raw(),
                name.raw(),
                getter.into_raw(),
                q::JS_UNDEFINED,
                q::JS_PROP_CONFIGURABLE as i32,
            );
        }
    }
    Ok(())
}

/// `__VU`: asked for and not stored, so that an image notices who asks in init code.
unsafe extern "C" fn get_module(_: *mut JSContext, _: JSValue) -> JSValue {
    finish(Err(mixing("module")))
}

unsafe extern "C" fn get_exports(_: *mut JSContext, _: JSValue) -> JSValue {
    finish(Err(mixing("exports")))
}

fn mixing(name: &str) -> Thrown {
    host_error(&format!(
        "you are trying to access identifier \"{name}\", this likely is due to mixing ECMAScript Modules (ESM) and CommonJS syntax. This isn't supported in the JavaScript standard, please use only one or the other"
    ))
}

fn open(_: JSValue, args: Args) -> JsResult<Val> {
    if !engine().vu.in_init() {
        return Err(host_error(OPEN_OUTSIDE_INIT));
    }
    let path = if is_undefined(args.at(0)) {
        Val::str("")?
    } else {
        Val::dup(args.at(0))
    }
    .text()?;
    if path.is_empty() {
        return Err(host_error("open() can't be used with an empty filename"));
    }
    let binary = unsafe { q::JS_IsString(args.at(1)) } && Text::of(args.at(1))?.contains('b');
    match engine().sources.read_file(&path, evaluating().as_deref()) {
        Ok(content) if binary => Val::array_buffer(&content),
        Ok(content) => Val::bytes(&content),
        Err(FileError::OutsideInit) => Err(host_error(OPEN_OUTSIDE_INIT)),
        Err(
            FileError::NotFound(message) | FileError::Invalid(message) | FileError::Other(message),
        ) => Err(host_error(&message)),
    }
}
