//! ES modules: QuickJS asks [`normalize`] what a specifier means and [`load`] for the module.

use core::ffi::{CStr, c_char, c_void};

use rquickjs_sys::{self as q, JSContext, JSModuleDef, JSValue};

use crate::atoms::atoms;
use crate::bindings::exports::runner::script::lifecycle::FailureKind;
use crate::bindings::runner::data::modules::Format;
use crate::js::{Args, JsResult, Thrown, Val, host_error, type_error};
use crate::source::builtin;
use crate::source::commonjs;
use crate::source::provider::{Code, module_error, remember};
use crate::state::{ctx, engine};

/// Absolute id of `specifier` as seen from `referrer`.
pub fn resolve(specifier: &str, referrer: &str) -> JsResult<String> {
    if builtin::is_builtin(specifier) {
        return Ok(specifier.to_string());
    }
    engine()
        .sources
        .resolve(specifier, referrer)
        .map_err(module_error)
}

/// QuickJS's hook; the result is freed by QuickJS.
pub unsafe extern "C" fn normalize(
    ctx: *mut JSContext,
    referrer: *const c_char,
    specifier: *const c_char,
    _: *mut c_void,
) -> *mut c_char {
    let (referrer, specifier) = unsafe { (CStr::from_ptr(referrer), CStr::from_ptr(specifier)) };
    match resolve(&specifier.to_string_lossy(), &referrer.to_string_lossy()) {
        Ok(id) => unsafe { q::js_strndup(ctx, id.as_ptr().cast(), id.len() as _) },
        Err(_) => core::ptr::null_mut(),
    }
}

/// QuickJS's hook for a module that it has not seen.
pub unsafe extern "C" fn load(
    _: *mut JSContext,
    id: *const c_char,
    _: *mut c_void,
) -> *mut JSModuleDef {
    load_module(unsafe { CStr::from_ptr(id) }).unwrap_or(core::ptr::null_mut())
}

/// The module `id`, compiled but not run (CommonJS runs at once, because its exports are known
/// only then).
pub fn load_module(id: &CStr) -> JsResult<*mut JSModuleDef> {
    let name = id.to_string_lossy();
    if builtin::is_builtin(&name) {
        return builtin::module(id);
    }
    if !engine().vu.in_init() {
        return Err(host_error(&format!(
            "module {name} was not loaded while the script was initialised; import it at the top of a file"
        )));
    }
    let code = engine().sources.load(&name).map_err(module_error)?;
    match code.format {
        Format::Esm => Ok(pointer(&compile(id, code)?)),
        Format::CommonJs => builtin::synthetic(id, commonjs::run(&name, code)?),
        Format::Json => builtin::synthetic(id, json(id, &code)?),
    }
}

/// A compiled ES module as a value; its imports are resolved.
pub fn compile(id: &CStr, code: Code) -> JsResult<Val> {
    let module = if code.compiled {
        read_bytecode(&code.content)?
    } else {
        let flags = q::JS_EVAL_TYPE_MODULE | q::JS_EVAL_FLAG_COMPILE_ONLY;
        let module = compile_text(id, &code.content, flags as i32, 1)?;
        write_bytecode(&id.to_string_lossy(), &module);
        module
    };
    // `import.meta.resolve` needs to know who asks.
    unsafe {
        let meta = Val::check(q::JS_GetImportMeta(ctx(), pointer(&module)))?;
        let mut name = Val::str(&id.to_string_lossy())?.into_raw();
        let resolve = q::JS_NewCFunctionData(ctx(), Some(meta_resolve), 1, 0, 1, &mut name);
        q::JS_FreeValue(ctx(), name);
        meta.set(atoms().resolve, Val::check(resolve)?)?;
    }
    Ok(module)
}

/// Compiles text. `line` is the number of its first line.
pub fn compile_text(id: &CStr, source: &[u8], flags: i32, line: i32) -> JsResult<Val> {
    let mut text = Vec::with_capacity(source.len() + 1);
    text.extend_from_slice(source);
    text.push(0);
    let mut options = q::JSEvalOptions {
        version: q::JS_EVAL_OPTIONS_VERSION as i32,
        eval_flags: flags,
        filename: id.as_ptr(),
        line_num: line,
    };
    let compiled =
        unsafe { q::JS_Eval2(ctx(), text.as_ptr().cast(), source.len() as _, &mut options) };
    Val::check(compiled).map_err(|thrown| {
        let error = crate::js::caught(thrown);
        if !crate::lifecycle::is_syntax_error(&error, id) {
            return crate::js::throw(error);
        }
        if let Err(thrown) = crate::lifecycle::show_line(&error, id, source, line) {
            return thrown;
        }
        remember(crate::js::throw(error), FailureKind::Syntax)
    })
}

/// Reads what [`write_bytecode`] wrote.
pub fn read_bytecode(bytes: &[u8]) -> JsResult<Val> {
    Val::check(unsafe {
        q::JS_ReadObject(
            ctx(),
            bytes.as_ptr(),
            bytes.len() as _,
            q::JS_READ_OBJ_BYTECODE as i32,
        )
    })
}

/// Hands compiled code to the host. Source text is left out (functions print as native
/// code then); names and positions stay, for stack traces.
pub fn write_bytecode(id: &str, compiled: &Val) {
    let flags = q::JS_WRITE_OBJ_BYTECODE | q::JS_WRITE_OBJ_STRIP_SOURCE;
    unsafe {
        let mut size = 0;
        let bytes = q::JS_WriteObject(ctx(), &mut size, compiled.raw(), flags as i32);
        if bytes.is_null() {
            return drop(crate::js::caught(Thrown));
        }
        engine()
            .sources
            .store(id, core::slice::from_raw_parts(bytes, size as usize));
        q::js_free(ctx(), bytes.cast());
    }
}

/// The module behind a module value.
pub fn pointer(module: &Val) -> *mut JSModuleDef {
    unsafe { q::JS_VALUE_GET_PTR(module.raw()).cast() }
}

fn json(id: &CStr, code: &Code) -> JsResult<Val> {
    let text = String::from_utf8_lossy(&code.content);
    let value = Val::parse_json(&text, id)?;
    let exports = Val::object()?;
    let atoms = atoms();
    exports.set(atoms.es_module, Val::bool(true))?;
    exports.set(atoms.default, value)?;
    Ok(exports)
}

unsafe extern "C" fn meta_resolve(
    _: *mut JSContext,
    _: JSValue,
    argc: i32,
    argv: *mut JSValue,
    _: i32,
    data: *mut JSValue,
) -> JSValue {
    let args: Args = unsafe { crate::js::args(argc, argv) };
    let resolved = || -> JsResult<Val> {
        if crate::js::is_nullish(args.at(0)) {
            return Err(type_error("import.meta.resolve needs a specifier"));
        }
        let specifier = crate::js::Text::of(args.at(0))?;
        let referrer = crate::js::Text::of(unsafe { *data })?;
        Val::str(&resolve(&specifier, &referrer)?)
    };
    crate::js::finish(resolved())
}
