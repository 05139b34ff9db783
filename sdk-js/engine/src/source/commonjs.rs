//! CommonJS: a file is the body of a sloppy function of `module`, `exports` and `require`.
//! The wrapper stands on a line of its own, numbered 0, so that positions in the file are right.

use core::ffi::CStr;
use std::ffi::CString;

use rquickjs_sys::{self as q, JSContext, JSValue};

use crate::bindings::runner::data::modules::Format;
use crate::js::{Args, JsResult, Text, Thrown, Val, host_error, type_error};
use crate::lifecycle;
use crate::source::builtin;
use crate::source::esm;
use crate::source::provider::{Code, module_error};
use crate::state::{ctx, engine, replace};

const OUTSIDE_INIT: &str = "the \"require\" function is only available in the init stage (i.e. the global scope), see https://grafana.com/docs/k6/latest/using-k6/test-lifecycle/ for more information";

/// Runs a CommonJS module, once; the result is its `module.exports`.
pub fn run(id: &str, code: Code) -> JsResult<Val> {
    let atoms = &engine().atoms;
    let cache = cache()?;
    let known = cache.get_str(id)?;
    if known.is_object() {
        return known.get(atoms.exports);
    }
    let name = c_string(id);
    let function = compile(&name, id, code)?;
    let module = Val::object()?;
    let exports = Val::object()?;
    module.set(atoms.exports, exports.clone())?;
    cache.set_str(id, module.clone())?;
    let require = require_for(id)?;
    let arguments = [module.raw(), exports.raw(), require.raw()];
    if let Err(thrown) = function.call(exports.raw(), &arguments) {
        // A module that failed is tried again by the next `require`.
        let name = crate::js::Atom::new(id)?;
        unsafe { q::JS_DeleteProperty(ctx(), cache.raw(), name.raw(), 0) };
        return Err(thrown);
    }
    module.get(atoms.exports)
}

/// The global `require`, which looks from the main script.
pub fn require_global(_: JSValue, args: Args) -> JsResult<Val> {
    require(args, "")
}

fn compile(name: &CStr, id: &str, code: Code) -> JsResult<Val> {
    let compiled = if code.compiled {
        esm::read_bytecode(&code.content)?
    } else {
        let mut text = b"(function(module,exports,require){\n".to_vec();
        text.extend_from_slice(&code.content);
        text.extend_from_slice(b"\n})");
        let flags = q::JS_EVAL_TYPE_GLOBAL | q::JS_EVAL_FLAG_COMPILE_ONLY;
        let compiled = esm::compile_text(name, &text, flags as i32, 0)?;
        esm::write_bytecode(id, &compiled);
        compiled
    };
    Val::check(unsafe { q::JS_EvalFunction(ctx(), compiled.into_raw()) })
}

fn cache() -> JsResult<Val> {
    let cell = &engine().sources.commonjs;
    if crate::js::is_undefined(cell.get()) {
        replace(cell, Val::object()?.into_raw());
    }
    Ok(Val::dup(cell.get()))
}

fn require_for(id: &str) -> JsResult<Val> {
    let mut data = Val::str(id)?.into_raw();
    unsafe {
        let function = q::JS_NewCFunctionData(ctx(), Some(require_entry), 1, 0, 1, &mut data);
        q::JS_FreeValue(ctx(), data);
        Val::check(function)
    }
}

unsafe extern "C" fn require_entry(
    _: *mut JSContext,
    _: JSValue,
    argc: i32,
    argv: *mut JSValue,
    _: i32,
    data: *mut JSValue,
) -> JSValue {
    let result = Text::of(unsafe { *data })
        .and_then(|referrer| require(unsafe { crate::js::args(argc, argv) }, &referrer));
    crate::js::finish(result)
}

fn require(args: Args, referrer: &str) -> JsResult<Val> {
    if !engine().vu.in_init() {
        return Err(host_error(OUTSIDE_INIT));
    }
    if !unsafe { q::JS_IsString(args.at(0)) } {
        return Err(type_error("require() needs the name of a module"));
    }
    let specifier = Text::of(args.at(0))?;
    if specifier.is_empty() {
        return Err(host_error(
            "require() can't be used with an empty specifier",
        ));
    }
    if builtin::is_builtin(&specifier) {
        return builtin::exports(&specifier);
    }
    let id = esm::resolve(&specifier, referrer)?;
    let known = cache()?.get_str(&id)?;
    if known.is_object() {
        return known.get(engine().atoms.exports);
    }
    let code = engine().sources.load(&id).map_err(module_error)?;
    match code.format {
        Format::CommonJs => run(&id, code),
        Format::Json => {
            let text = String::from_utf8_lossy(&code.content);
            Val::parse_json(&text, &c_string(&id))
        }
        Format::Esm => namespace(&id),
    }
}

/// Runs an ES module for `require`; it must not wait for anything.
fn namespace(id: &str) -> JsResult<Val> {
    let name = c_string(id);
    let promise = Val::check(unsafe { q::JS_LoadModule(ctx(), c"".as_ptr(), name.as_ptr()) })?;
    lifecycle::drain_jobs();
    match unsafe { q::JS_PromiseState(ctx(), promise.raw()) } {
        q::JSPromiseStateEnum_JS_PROMISE_FULFILLED => {
            Val::check(unsafe { q::JS_PromiseResult(ctx(), promise.raw()) })
        }
        q::JSPromiseStateEnum_JS_PROMISE_REJECTED => {
            engine().rejections.forget(promise.raw());
            let reason = Val::own(unsafe { q::JS_PromiseResult(ctx(), promise.raw()) });
            Err(crate::js::throw(reason))
        }
        _ => Err::<Val, Thrown>(host_error(&format!(
            "cannot require {id}: it uses top-level await; import it instead"
        ))),
    }
}

/// Ids come from URLs, which have no zero bytes; one that has is cut there.
pub fn c_string(text: &str) -> CString {
    let end = text.find('\0').unwrap_or(text.len());
    CString::new(text.get(..end).unwrap_or_default()).unwrap_or_default()
}
