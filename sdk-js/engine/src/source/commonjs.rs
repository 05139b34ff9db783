//! CommonJS: a file is the body of a sloppy function of `module`, `exports` and `require`.

use core::ffi::CStr;
use std::ffi::CString;

use rquickjs_sys::{self as q, JSValue};

use crate::atoms::atoms;
use crate::bindings::runner::data::modules::Format;
use crate::js::{Args, JsResult, Text, Thrown, Val, function, host_error, type_error};
use crate::lifecycle;
use crate::native;
use crate::source::builtin;
use crate::source::esm;
use crate::source::place;
use crate::source::provider::{Code, module_error};
use crate::state::{ctx, engine, replace};

const OUTSIDE_INIT: &str = "the \"require\" function is only available in the init stage (i.e. the global scope), see https://grafana.com/docs/k6/latest/using-k6/test-lifecycle/ for more information";

/// What stands before the text of a file, on two lines so that no column is shifted.
const BEFORE: &str = "(function(module,exports,require){\n\n";
/// Number of the wrapper's first line: that of the text is 1. QuickJS takes 0 for "not given".
const FIRST_LINE: i32 = -1;

native! {
    js_require = require;
}

/// Runs a CommonJS module, once; the result is its `module.exports`.
pub fn run(id: &str, code: Code) -> JsResult<Val> {
    let atoms = atoms();
    let cache = cache()?;
    let known = cache.get_str(id)?;
    if known.is_object() {
        return known.get(atoms.exports);
    }
    let name = c_string(id);
    let body = compile(&name, id, code)?;
    let module = Val::object()?;
    let exports = Val::object()?;
    module.set(atoms.exports, exports.clone())?;
    cache.set_str(id, module.clone())?;
    let require = function(c"require", 1, js_require)?;
    let arguments = [module.raw(), exports.raw(), require.raw()];
    if let Err(thrown) = place::nested(|| body.call(exports.raw(), &arguments)) {
        // A module that failed is tried again by the next `require`.
        let name = crate::js::Atom::new(id)?;
        unsafe { q::JS_DeleteProperty(ctx(), cache.raw(), name.raw(), 0) };
        return Err(thrown);
    }
    module.get(atoms.exports)
}

fn compile(name: &CStr, id: &str, code: Code) -> JsResult<Val> {
    let compiled = if code.compiled {
        esm::read_bytecode(&code.content)?
    } else {
        let mut text = BEFORE.as_bytes().to_vec();
        text.extend_from_slice(&code.content);
        text.extend_from_slice(b"\n})");
        let flags = q::JS_EVAL_TYPE_GLOBAL | q::JS_EVAL_FLAG_COMPILE_ONLY;
        let compiled = esm::compile_text(name, &text, flags as i32, FIRST_LINE)?;
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

/// `require(specifier)`, in whatever kind of module.
pub fn require(_: JSValue, args: Args) -> JsResult<Val> {
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
    let referrer = place::caller().unwrap_or_default();
    let id = esm::resolve(&specifier, &referrer)?;
    let known = cache()?.get_str(&id)?;
    if known.is_object() {
        return known.get(atoms().exports);
    }
    let code = engine().sources.load(&id).map_err(module_error)?;
    match code.format {
        Format::CommonJs => run(&id, code),
        Format::Json => {
            let text = String::from_utf8_lossy(&code.content);
            Val::parse_json(&text, &c_string(&id))
        }
        Format::Esm => place::nested(|| namespace(&id)),
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
