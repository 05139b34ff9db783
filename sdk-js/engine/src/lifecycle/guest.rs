//! The exports of the world. `iterate` is the hot path: it sets `__ITER`, calls the function
//! and returns, unless the function left something to wait for.

use rquickjs_sys::{self as q, JSValue};

use crate::api;
use crate::atoms::atoms;
use crate::bindings::exports::runner::script::lifecycle::{
    Description, Failure, FailureKind, Guest,
};
use crate::boot;
use crate::fork;
use crate::js::{Val, is_function, is_undefined};
use crate::lifecycle::event_loop::run;
use crate::lifecycle::failure::{self, rejected};
use crate::lifecycle::{init, summary};
use crate::state::{Phase, ctx, engine, replace};

/// This component.
pub struct Engine;

impl Guest for Engine {
    fn init(vu: u64) -> Result<Description, Failure> {
        boot::ensure();
        match fork::adopt(vu)? {
            Some(description) => Ok(description),
            None => init::init(vu),
        }
    }

    fn setup() -> Result<Option<String>, Failure> {
        let setup = exported("setup")?;
        engine().vu.phase.set(Phase::Setup);
        let result = run(setup.raw(), &[]).map_err(rejected)?;
        if result.is_undefined() {
            return Ok(None);
        }
        init::to_json(&result).map(Some).map_err(|mut failure| {
            failure.message = format!("setup() data cannot be used: {}", failure.message);
            failure
        })
    }

    fn activate(
        exec: String,
        env: Vec<(String, String)>,
        data: Option<String>,
    ) -> Result<(), Failure> {
        let vu = &engine().vu;
        let function = exported(&exec)?;
        replace(&vu.function, function.into_raw());
        replace(&vu.data, parse(data)?.into_raw());
        *vu.scenario_env.borrow_mut() = env;
        api::activated();
        Ok(())
    }

    fn iterate(iteration: u64) -> Result<(), Failure> {
        let engine = engine();
        engine.vu.phase.set(Phase::Iteration);
        let count = Val::count(iteration);
        let flags = q::JS_PROP_C_W_E as i32;
        unsafe {
            q::JS_DefinePropertyValue(ctx(), engine.global, atoms().iter, count.into_raw(), flags);
        }
        let function = engine.vu.function.get();
        if is_undefined(function) {
            let message = "no function was activated".to_string();
            return Err(failure::plain(FailureKind::Missing, message));
        }
        run(function, &[engine.vu.data.get()]).map(drop)
    }

    fn teardown(data: Option<String>) -> Result<(), Failure> {
        let teardown = exported("teardown")?;
        let data = parse(data)?;
        engine().vu.phase.set(Phase::Teardown);
        run(teardown.raw(), &[data.raw()])
            .map(drop)
            .map_err(rejected)
    }

    fn handle_summary(data: String) -> Result<Option<Vec<(String, Vec<u8>)>>, Failure> {
        let handler = exported("handleSummary")?;
        engine().vu.phase.set(Phase::Summary);
        let data = Val::parse_json(&data, c"summary").map_err(failure::from_thrown)?;
        let result = run(handler.raw(), &[data.raw()]).map_err(rejected)?;
        summary::files(&result)
    }
}

/// An exported function.
fn exported(name: &str) -> Result<Val, Failure> {
    boot::ensure();
    let exports: JSValue = engine().vu.exports.get();
    if unsafe { q::JS_IsObject(exports) } {
        let value = Val::dup(exports)
            .get_str(name)
            .map_err(failure::from_thrown)?;
        if is_function(value.raw()) {
            return Ok(value);
        }
    }
    let message = format!("function '{name}' not found in exports");
    Err(failure::plain(FailureKind::Missing, message))
}

fn parse(data: Option<String>) -> Result<Val, Failure> {
    match data {
        None => Ok(Val::UNDEFINED),
        Some(json) => Val::parse_json(&json, c"setup").map_err(failure::from_thrown),
    }
}
