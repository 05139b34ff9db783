//! Runs the main module and gives its exports.

use rquickjs_sys::{self as q};

use crate::bindings::runner::data::modules::Format;
use crate::js::{JsResult, Val, host_error};
use crate::source::commonjs::{self, c_string};
use crate::source::esm;
use crate::source::provider::module_error;
use crate::state::{ctx, engine};

/// What the main module left: its exports, and the promise of its evaluation where it is an
/// ES module.
pub struct Entry {
    pub exports: Val,
    pub promise: Option<Val>,
}

/// Loads and starts the main module. A `k6` script always has one; an engine without is a
/// build that was not given its bundle.
pub fn run_entry() -> JsResult<Entry> {
    let sources = &engine().sources;
    let Some(id) = sources.entry() else {
        return Err(host_error(
            "there is no script: the host names no main module and the image holds none",
        ));
    };
    let code = sources.load(&id).map_err(module_error)?;
    if code.format != Format::Esm {
        return Ok(Entry {
            exports: commonjs::run(&id, code)?,
            promise: None,
        });
    }
    let name = c_string(&id);
    let module = esm::compile(&name, code)?;
    let pointer = esm::pointer(&module);
    unsafe {
        if q::JS_ResolveModule(ctx(), module.raw()) < 0 {
            return Err(crate::js::Thrown);
        }
        let promise = Val::check(q::JS_EvalFunction(ctx(), module.into_raw()))?;
        let exports = Val::check(q::JS_GetModuleNamespace(ctx(), pointer))?;
        Ok(Entry {
            exports,
            promise: Some(promise),
        })
    }
}
