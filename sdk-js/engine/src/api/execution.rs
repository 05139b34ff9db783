//! Native half of `k6/execution` (modules/execution.js). Records come as arrays, in the order
//! of their fields in `wit/deps/execution`.

use rquickjs_sys::JSValue;

use crate::api::errors;
use crate::api::room::Room;
use crate::bindings::runner::execution::execution;
use crate::fork;
use crate::js::{Args, JsResult, Text, Val, define, is_undefined, uncatchable};
use crate::native;
use crate::script;
use crate::source::register;
use crate::state::{Phase, engine};

/// What init code touched, should it touch any of this.
const MODULE: &str = "k6/execution";

native! {
    js_phase = phase;
    js_vu = vu;
    js_scenario = scenario;
    js_instance = instance;
    js_options = options;
    js_abort = abort;
    js_fail = fail;
    js_tags = tags;
    js_tag = tag;
    js_set_tag = set_tag;
    js_delete_tag = delete_tag;
    js_metadata = metadata;
    js_set_metadata = set_metadata;
    js_delete_metadata = delete_metadata;
}

pub const ROOM: Room = Room::new(install);

fn install(_: &Val) -> JsResult<()> {
    let native = errors::natives()?;
    natives(&native)?;
    register("k6/execution", script!("execution.js", &native)?)
}

fn natives(native: &Val) -> JsResult<()> {
    define(native, c"phase", 0, js_phase)?;
    define(native, c"vu", 0, js_vu)?;
    define(native, c"scenario", 0, js_scenario)?;
    define(native, c"instance", 0, js_instance)?;
    define(native, c"options", 0, js_options)?;
    define(native, c"abort", 1, js_abort)?;
    define(native, c"fail", 1, js_fail)?;
    define(native, c"tags", 0, js_tags)?;
    define(native, c"tag", 1, js_tag)?;
    define(native, c"setTag", 2, js_set_tag)?;
    define(native, c"deleteTag", 1, js_delete_tag)?;
    define(native, c"metadata", 0, js_metadata)?;
    define(native, c"setMetadata", 2, js_set_metadata)?;
    define(native, c"deleteMetadata", 1, js_delete_metadata)
}

/// 0 in init code, 1 in an iteration, 2 in setup, 3 in teardown and handleSummary.
fn phase(_: JSValue, _: Args) -> JsResult<Val> {
    Ok(Val::int(match engine().vu.phase.get() {
        Phase::Snapshot | Phase::Init => 0,
        Phase::Iteration => 1,
        Phase::Setup => 2,
        Phase::Teardown | Phase::Summary => 3,
    }))
}

fn list(values: impl IntoIterator<Item = Val>) -> JsResult<Val> {
    let list = Val::array()?;
    for (index, value) in values.into_iter().enumerate() {
        list.push(index as u32, value)?;
    }
    Ok(list)
}

fn vu(_: JSValue, _: Args) -> JsResult<Val> {
    fork::touch(MODULE);
    let vu = execution::vu();
    list([
        Val::count(vu.id_in_instance),
        Val::count(vu.id_in_test),
        Val::count(vu.iteration_in_instance),
        Val::count(vu.iteration_in_scenario),
    ])
}

fn scenario(_: JSValue, _: Args) -> JsResult<Val> {
    fork::touch(MODULE);
    let Some(scenario) = execution::scenario() else {
        return Ok(Val::UNDEFINED);
    };
    list([
        Val::str(&scenario.name)?,
        Val::str(&scenario.executor)?,
        Val::num((scenario.start_time / 1_000_000) as f64),
        Val::num(scenario.progress),
        Val::count(scenario.iteration_in_instance),
        Val::count(scenario.iteration_in_test),
    ])
}

fn instance(_: JSValue, _: Args) -> JsResult<Val> {
    fork::touch(MODULE);
    let instance = execution::instance();
    list([
        Val::num(instance.current_test_run_duration as f64 / 1e6),
        Val::count(instance.iterations_completed),
        Val::count(instance.iterations_interrupted),
        Val::count(instance.vus_active),
        Val::count(instance.vus_initialized),
    ])
}

fn options(_: JSValue, _: Args) -> JsResult<Val> {
    fork::touch(MODULE);
    Val::parse_json(&execution::options(), c"options")
}

/// Ends the run. What the script does with the exception does not matter: it cannot be caught.
fn abort(_: JSValue, args: Args) -> JsResult<Val> {
    fork::touch(MODULE);
    let message = optional_text(args)?;
    execution::abort(&message);
    *engine().vu.aborted.borrow_mut() = Some(message.clone());
    Err(uncatchable(&message))
}

fn fail(_: JSValue, args: Args) -> JsResult<Val> {
    fork::touch(MODULE);
    execution::fail(&optional_text(args)?);
    Ok(Val::UNDEFINED)
}

fn optional_text(args: Args) -> JsResult<String> {
    if is_undefined(args.at(0)) {
        return Ok(String::new());
    }
    Ok(Text::of(args.at(0))?.to_owned())
}

fn object(pairs: Vec<(String, String)>) -> JsResult<Val> {
    let object = Val::object()?;
    for (name, value) in pairs {
        object.set_str(&name, Val::str(&value)?)?;
    }
    Ok(object)
}

fn tags(_: JSValue, _: Args) -> JsResult<Val> {
    fork::touch(MODULE);
    object(execution::tags())
}

fn tag(_: JSValue, args: Args) -> JsResult<Val> {
    fork::touch(MODULE);
    let value = execution::tag(&Text::of(args.at(0))?);
    value.map_or(Ok(Val::UNDEFINED), |value| Val::str(&value))
}

fn set_tag(_: JSValue, args: Args) -> JsResult<Val> {
    fork::touch(MODULE);
    execution::set_tag(&Text::of(args.at(0))?, &Text::of(args.at(1))?);
    Ok(Val::UNDEFINED)
}

fn delete_tag(_: JSValue, args: Args) -> JsResult<Val> {
    fork::touch(MODULE);
    Ok(Val::bool(execution::delete_tag(&Text::of(args.at(0))?)))
}

fn metadata(_: JSValue, _: Args) -> JsResult<Val> {
    fork::touch(MODULE);
    object(execution::metadata())
}

fn set_metadata(_: JSValue, args: Args) -> JsResult<Val> {
    fork::touch(MODULE);
    execution::set_metadata(&Text::of(args.at(0))?, &Text::of(args.at(1))?);
    Ok(Val::UNDEFINED)
}

fn delete_metadata(_: JSValue, args: Args) -> JsResult<Val> {
    fork::touch(MODULE);
    Ok(Val::bool(execution::delete_metadata(&Text::of(
        args.at(0),
    )?)))
}
