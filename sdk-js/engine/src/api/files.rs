//! `open`, `require`, and the globals `__ENV` and `__VU`. Files that are opened are looked for from
//! the folder of the module that is being evaluated, as in k6.

use core::ffi::CStr;

use rquickjs_sys::{self as q, JSContext, JSValue};

use crate::api::env;
use crate::bindings::runner::data::files::FileError;
use crate::fork;
use crate::js::{
    Args, Atom, JsResult, Text, Thrown, Val, define, finish, host_error, is_undefined,
};
use crate::native;
use crate::source::{evaluating, require};
use crate::state::{ctx, engine, replace};

const OPEN_OUTSIDE_INIT: &str = "the \"open\" function is only available in the init stage (i.e. the global scope), see https://grafana.com/docs/k6/latest/using-k6/test-lifecycle/ for more information";

native! {
    js_open = open;
    js_require = require;
}

/// Names that only CommonJS files have; elsewhere they say so.
const COMMON_JS: [(&CStr, &str); 2] = [(c"get module", "module"), (c"get exports", "exports")];

pub fn install(global: &Val) -> JsResult<()> {
    define(global, c"open", 2, js_open)?;
    define(global, c"require", 1, js_require)?;
    accessors(
        global,
        "__ENV",
        (c"get __ENV", get_env),
        (c"set __ENV", set_env),
    )?;
    let mixing = [get_module as Getter, get_exports as Getter];
    for ((label, name), getter) in COMMON_JS.iter().zip(mixing) {
        let name = Atom::new(name)?;
        unsafe {
            let getter = core::mem::transmute::<Getter, crate::js::CFunction>(getter);
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
pub fn define_vu(global: &Val) -> JsResult<()> {
    accessors(global, "__VU", (c"get __VU", get_vu), (c"set __VU", set_vu))
}

fn accessors(global: &Val, name: &str, get: (&CStr, Getter), set: (&CStr, Setter)) -> JsResult<()> {
    let name = Atom::new(name)?;
    unsafe {
        let getter = core::mem::transmute::<Getter, crate::js::CFunction>(get.1);
        let setter = core::mem::transmute::<Setter, crate::js::CFunction>(set.1);
        let getter = accessor(get.0, getter, q::JSCFunctionEnum_JS_CFUNC_getter)?;
        let setter = accessor(set.0, setter, q::JSCFunctionEnum_JS_CFUNC_setter)?;
        let flags = (q::JS_PROP_CONFIGURABLE | q::JS_PROP_ENUMERABLE) as i32;
        q::JS_DefinePropertyGetSet(
            ctx(),
            global.raw(),
            name.raw(),
            getter.into_raw(),
            setter.into_raw(),
            flags,
        );
    }
    Ok(())
}

unsafe extern "C" fn get_vu(_: *mut JSContext, _: JSValue) -> JSValue {
    fork::touch("__VU");
    Val::count(engine().vu.id.get()).into_raw()
}

/// A script that assigns to it has an ordinary global from then on.
unsafe extern "C" fn set_vu(_: *mut JSContext, _: JSValue, value: JSValue) -> JSValue {
    let engine = engine();
    let value = Val::dup(value).into_raw();
    let flags = q::JS_PROP_C_W_E as i32;
    unsafe { q::JS_DefinePropertyValue(ctx(), engine.global, engine.atoms.vu, value, flags) };
    q::JS_UNDEFINED
}

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

type Getter = unsafe extern "C" fn(*mut JSContext, JSValue) -> JSValue;
type Setter = unsafe extern "C" fn(*mut JSContext, JSValue, JSValue) -> JSValue;

/// QuickJS tells accessors from functions by `kind`.
fn accessor(name: &CStr, wrapper: crate::js::CFunction, kind: q::JSCFunctionEnum) -> JsResult<Val> {
    Val::check(unsafe { q::JS_NewCFunction2(ctx(), Some(wrapper), name.as_ptr(), 0, kind, 0) })
}

unsafe extern "C" fn get_env(_: *mut JSContext, _: JSValue) -> JSValue {
    finish(env::current())
}

unsafe extern "C" fn set_env(_: *mut JSContext, _: JSValue, value: JSValue) -> JSValue {
    replace(&engine().vu.env, Val::dup(value).into_raw());
    q::JS_UNDEFINED
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
