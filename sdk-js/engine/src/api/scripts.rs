//! The embedded JavaScript: each file is an expression that evaluates to a function of the
//! object with the native functions; what that function returns is said here.

use core::ffi::CStr;

use rquickjs_sys as q;

use crate::api::{
    check, console, encoding, execution, http, kv, methods, metrics, random, shared, text,
};
use crate::boot::evaluate;
use crate::js::{JsResult, Val};
use crate::lifecycle;
use crate::source::register;
use crate::state::{engine, replace};

macro_rules! script {
    ($file:literal) => {
        (
            concat!("k6:", $file, "\0").as_bytes(),
            concat!(include_str!(concat!("../../../modules/", $file)), "\0").as_bytes(),
        )
    };
}

/// Runs one file with its native functions. Both texts end with a zero.
fn run((name, source): (&[u8], &[u8]), native: &Val) -> JsResult<Val> {
    let name = CStr::from_bytes_until_nul(name).unwrap_or_default();
    let source = CStr::from_bytes_until_nul(source).unwrap_or_default();
    evaluate(name, source)?.call(q::JS_UNDEFINED, &[native.raw()])
}

/// Everything that `modules/` holds.
pub fn install(global: &Val) -> JsResult<()> {
    let engine = engine();
    let native = Val::object()?;
    console::install(&native)?;
    text::install(&native)?;
    random::natives(&native)?;
    methods::natives(&native)?;

    let errors = run(script!("errors.js"), &native)?;
    replace(
        &engine.protos.host_error,
        errors.get(engine.atoms.prototype)?.into_raw(),
    );
    native.set_str("GoError", errors.clone())?;
    let to_json = run(script!("export.js"), &native)?;
    replace(&engine.hooks.to_json, to_json.into_raw());
    global.set_str("console", run(script!("console.js"), &native)?)?;
    run(script!("web.js"), &native)?;

    register("k6", check::module()?)?;
    let metrics = metrics::module()?;
    register("k6/metrics", metrics.clone())?;
    let timers = Val::object()?;
    lifecycle::install_timers(&timers)?;
    register("k6/timers", timers)?;

    let natives = || -> JsResult<Val> {
        let native = Val::object()?;
        native.set_str("GoError", errors.clone())?;
        Ok(native)
    };
    let native = natives()?;
    http::install(&native)?;
    console::install(&native)?;
    text::install(&native)?;
    random::natives(&native)?;
    let module = run(script!("http.js"), &native)?;
    replace(
        &engine.hooks.encode_form,
        native.get_str("encodeForm")?.into_raw(),
    );
    register("k6/http", module)?;

    let native = natives()?;
    execution::install(&native)?;
    register("k6/execution", run(script!("execution.js"), &native)?)?;

    let native = natives()?;
    shared::install(&native)?;
    register("k6/data", run(script!("data.js"), &native)?)?;

    let native = natives()?;
    kv::install(&native)?;
    native.set_str("metrics", metrics)?;
    native.set_str("arguments", run(script!("kv-arguments.js"), &native)?)?;
    let module = run(script!("kv.js"), &native)?;
    replace(
        &engine.hooks.kv_error,
        native.get_str("makeError")?.into_raw(),
    );
    register("k6/x/kv", module)?;

    register("k6/encoding", encoding::module()?)
}
