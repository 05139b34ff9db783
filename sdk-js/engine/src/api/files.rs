//! `open`, `require` and `__ENV`.

use core::ffi::CStr;

use rquickjs_sys::{self as q, JSContext, JSValue};

use crate::bindings::runner::data::files::FileError;
use crate::bindings::runner::execution::execution;
use crate::js::{
    Args, Atom, JsResult, Text, Thrown, Val, define, finish, host_error, is_undefined,
};
use crate::native;
use crate::source::require_global;
use crate::state::{ctx, engine, replace};

const OPEN_OUTSIDE_INIT: &str = "the \"open\" function is only available in the init stage (i.e. the global scope), see https://grafana.com/docs/k6/latest/using-k6/test-lifecycle/ for more information";

native! {
    js_open = open;
    js_require = require_global;
}

/// Names that only CommonJS files have; elsewhere they say so.
const COMMON_JS: [(&CStr, &str); 2] = [(c"get module", "module"), (c"get exports", "exports")];

pub fn install(global: &Val) -> JsResult<()> {
    define(global, c"open", 2, js_open)?;
    define(global, c"require", 1, js_require)?;
    let name = Atom::new("__ENV")?;
    unsafe {
        let get = core::mem::transmute::<Getter, crate::js::CFunction>(get_env);
        let set = core::mem::transmute::<Setter, crate::js::CFunction>(set_env);
        let getter = accessor(c"get __ENV", get, q::JSCFunctionEnum_JS_CFUNC_getter)?;
        let setter = accessor(c"set __ENV", set, q::JSCFunctionEnum_JS_CFUNC_setter)?;
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
    finish(env())
}

unsafe extern "C" fn set_env(_: *mut JSContext, _: JSValue, value: JSValue) -> JSValue {
    replace(&engine().vu.env, Val::dup(value).into_raw());
    q::JS_UNDEFINED
}

/// Made when it is first read after init or activation: a script that does not use it pays
/// nothing for the environment of the machine.
fn env() -> JsResult<Val> {
    let vu = &engine().vu;
    if is_undefined(vu.env.get()) {
        let object = Val::object()?;
        for (name, value) in execution::env()
            .iter()
            .chain(vu.scenario_env.borrow().iter())
        {
            object.set_str(name, Val::str(value)?)?;
        }
        replace(&vu.env, object.into_raw());
    }
    Ok(Val::dup(vu.env.get()))
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
    match engine().sources.read_file(&path, None) {
        Ok(content) if binary => Val::array_buffer(&content),
        Ok(content) => Val::bytes(&content),
        Err(FileError::OutsideInit) => Err(host_error(OPEN_OUTSIDE_INIT)),
        Err(
            FileError::NotFound(message) | FileError::Invalid(message) | FileError::Other(message),
        ) => Err(host_error(&message)),
    }
}
