//! The `k6` modules: exports objects made while the snapshot is taken. An importing module gets
//! each of their properties as a named export, and the object itself as the default.

use core::ffi::{CStr, c_int};

use rquickjs_sys::{self as q, JSContext, JSModuleDef};

use crate::api::extension;
use crate::atoms::atoms;
use crate::js::{JsResult, Keys, Thrown, Val, host_error};
use crate::state::{ctx, engine};

/// Modules of k6 that this engine does not have yet.
const PLANNED: [&str; 12] = [
    "k6/browser",
    "k6/crypto",
    "k6/crypto/x509",
    "k6/experimental/csv",
    "k6/experimental/fs",
    "k6/experimental/streams",
    "k6/experimental/websockets",
    "k6/html",
    "k6/net/grpc",
    "k6/secrets",
    "k6/websockets",
    "k6/ws",
];

/// Makes `exports` importable as `name`.
pub fn register(name: &str, exports: Val) -> JsResult<()> {
    let modules = Val::dup(engine().modules.get());
    modules.set_str(name, exports)
}

/// True for specifiers that never go to the host.
pub fn is_builtin(specifier: &str) -> bool {
    specifier == "k6" || specifier.starts_with("k6/")
}

/// The exports object of a `k6` module.
pub fn exports(name: &str) -> JsResult<Val> {
    let modules = Val::dup(engine().modules.get());
    let exports = modules.get_str(name)?;
    if !exports.is_undefined() {
        return Ok(exports);
    }
    if let Some(extension) = name.strip_prefix("k6/x/") {
        let exports = extension::open(extension)?;
        register(name, exports.clone())?;
        return Ok(exports);
    }
    Err(host_error(&import_hint(name)?))
}

/// Why a `k6` module cannot be imported, and what can.
fn import_hint(name: &str) -> JsResult<String> {
    let keys = Keys::of(engine().modules.get())?;
    let mut names = Vec::with_capacity(keys.len());
    for key in keys.iter() {
        names.push(crate::js::Text::of_atom(key)?.to_owned());
    }
    let all = names.join(", ");
    if PLANNED.contains(&name) {
        return Ok(format!(
            "not supported yet: {name}; available modules: {all}"
        ));
    }
    let guess = runner_hints::guess(name, names.iter().map(String::as_str));
    Ok(format!(
        "unknown module: {name}{guess}; available modules: {all}"
    ))
}

/// Loads and runs the module of that name; imports then find it.
pub fn preload(name: &str) -> JsResult<()> {
    let name = crate::source::commonjs::c_string(name);
    Val::check(unsafe { q::JS_LoadModule(ctx(), c"".as_ptr(), name.as_ptr()) }).map(drop)
}

/// A native module with the exports of `name`.
pub fn module(name: &CStr) -> JsResult<*mut JSModuleDef> {
    let exports = exports(&name.to_string_lossy())?;
    synthetic(name, exports)
}

/// A module whose exports are the properties of `exports`, which is also the default export
/// unless it has a `default` of its own and says `__esModule`.
pub fn synthetic(name: &CStr, exports: Val) -> JsResult<*mut JSModuleDef> {
    unsafe {
        let module = q::JS_NewCModule(ctx(), name.as_ptr(), Some(initialise));
        if module.is_null() {
            return Err(Thrown);
        }
        q::JS_AddModuleExport(ctx(), module, c"default".as_ptr());
        if exports.is_object() {
            for key in Keys::of(exports.raw())?.iter() {
                let text = q::JS_AtomToCStringLen(ctx(), core::ptr::null_mut(), key);
                if text.is_null() {
                    return Err(Thrown);
                }
                if CStr::from_ptr(text) != c"default" {
                    q::JS_AddModuleExport(ctx(), module, text);
                }
                q::JS_FreeCString(ctx(), text);
            }
        }
        q::JS_SetModulePrivateValue(ctx(), module, exports.into_raw());
        Ok(module)
    }
}

unsafe extern "C" fn initialise(_: *mut JSContext, module: *mut JSModuleDef) -> c_int {
    match unsafe { fill(module) } {
        Ok(()) => 0,
        Err(_) => -1,
    }
}

unsafe fn fill(module: *mut JSModuleDef) -> JsResult<()> {
    let atoms = atoms();
    let exports = Val::own(unsafe { q::JS_GetModulePrivateValue(ctx(), module) });
    let mut default = exports.clone();
    if exports.is_object() {
        let marked = crate::js::truthy(exports.get(atoms.es_module)?.raw())?;
        if marked {
            default = exports.get(atoms.default)?;
        }
        for key in Keys::of(exports.raw())?.iter() {
            if key == atoms.default {
                continue;
            }
            let value = exports.get(key)?;
            unsafe {
                let text = q::JS_AtomToCStringLen(ctx(), core::ptr::null_mut(), key);
                if text.is_null() {
                    return Err(Thrown);
                }
                q::JS_SetModuleExport(ctx(), module, text, value.into_raw());
                q::JS_FreeCString(ctx(), text);
            }
        }
    }
    let done =
        unsafe { q::JS_SetModuleExport(ctx(), module, c"default".as_ptr(), default.into_raw()) };
    if done < 0 { Err(Thrown) } else { Ok(()) }
}
