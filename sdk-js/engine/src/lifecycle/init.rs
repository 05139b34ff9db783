//! The script's init code, and what the script says about itself.

use rquickjs_sys as q;

use crate::api;
use crate::bindings::exports::runner::script::lifecycle::{Description, Failure, FailureKind};
use crate::bindings::runner::data::modules;
use crate::fork;
use crate::js::{Atom, JsResult, Keys, Text, Thrown, Val, is_nullish};
use crate::lifecycle::event_loop::settle;
use crate::lifecycle::failure;
use crate::source;
use crate::state::{Phase, ctx, engine, replace};

/// The host answers for this id with a JSON list of what is to be unusual, if anything is.
const SETTINGS: &str = "runner:settings";

/// Runs the script once.
pub fn init(vu: u64) -> Result<Description, Failure> {
    let state = &engine().vu;
    state.phase.set(Phase::Init);
    state.id.set(vu);
    settings().map_err(failure::from_thrown)?;
    let entry = source::run_entry().map_err(failure::from_thrown)?;
    let promise = entry.promise.unwrap_or(Val::UNDEFINED);
    // Timers work in init code, and so does top-level await.
    settle(promise.clone()).map_err(|mut failure| {
        if !is(&promise, q::JSPromiseStateEnum_JS_PROMISE_REJECTED) {
            return failure::rejected(failure);
        }
        // A module that throws is a rejected promise inside; the script's author sees a throw.
        if let Some(rest) = failure.message.strip_prefix(failure::IN_PROMISE) {
            failure.message = rest.to_string();
        }
        failure
    })?;
    if is(&promise, q::JSPromiseStateEnum_JS_PROMISE_PENDING) {
        fork::touch("a top-level await that has not ended");
    }
    replace(&state.exports, entry.exports.into_raw());
    let description = describe()?;
    api::initialised();
    fork::initialised(&description);
    Ok(description)
}

/// Applies what the host says about JavaScript itself.
pub fn settings() -> JsResult<()> {
    let Ok(told) = modules::load(SETTINGS) else {
        return Ok(());
    };
    let says = |name: &str| told.source.contains(&format!("\"{name}\""));
    if says("base") {
        let name = Atom::new("global")?;
        if unsafe { q::JS_DeleteProperty(ctx(), engine().global, name.raw(), 0) } < 0 {
            return Err(Thrown);
        }
    }
    engine().vu.freeze_env.set(says("freeze-env"));
    Ok(())
}

fn is(promise: &Val, state: q::JSPromiseStateEnum) -> bool {
    unsafe { q::JS_IsPromise(promise.raw()) && q::JS_PromiseState(ctx(), promise.raw()) == state }
}

fn describe() -> Result<Description, Failure> {
    let engine = engine();
    let exports = Val::dup(engine.vu.exports.get());
    let mut description = Description {
        options: "{}".to_string(),
        functions: Vec::new(),
        setup: false,
        teardown: false,
        handle_summary: false,
    };
    if !exports.is_object() {
        return Ok(description);
    }
    let keys = Keys::of(exports.raw()).map_err(failure::from_thrown)?;
    for key in keys.iter() {
        let value = exports.get(key).map_err(failure::from_thrown)?;
        let name = Text::of_atom(key).map_err(failure::from_thrown)?.to_owned();
        let function = value.is_function();
        match name.as_str() {
            "options" if !is_nullish(value.raw()) => description.options = options(&value)?,
            "setup" | "teardown" | "handleSummary" if !function => {
                if is_nullish(value.raw()) {
                    continue;
                }
                let message = format!("exported '{name}' must be a function");
                return Err(failure::plain(FailureKind::InvalidResult, message));
            }
            "setup" => description.setup = true,
            "teardown" => description.teardown = true,
            "handleSummary" => description.handle_summary = true,
            _ => {}
        }
        if function {
            description.functions.push(name);
        }
    }
    Ok(description)
}

fn options(value: &Val) -> Result<String, Failure> {
    to_json(value).map_err(|mut failure| {
        failure.message = format!("the exported 'options' cannot be used: {}", failure.message);
        failure
    })
}

/// A value as JSON by the host's rules.
pub fn to_json(value: &Val) -> Result<String, Failure> {
    let json = api::export::to_json(value).map_err(|thrown| Failure {
        kind: FailureKind::InvalidResult,
        ..failure::from_thrown(thrown)
    })?;
    Ok(json.to_owned())
}
