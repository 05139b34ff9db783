//! Module `k6`: check, group, sleep, fail, randomSeed.

use rquickjs_sys::{self as q, JSValue};

use crate::api::metrics::metric_error;
use crate::api::random;
use crate::api::room::Room;
use crate::api::tags::{TagError, Tags};
use crate::bindings::runner::metrics::metrics;
use crate::bindings::runner::tasks::tasks;
use crate::fork;
use crate::js::{
    Args, JsResult, Keys, Text, Val, call, define, host_error, is_async_function, is_function,
    is_nullish, number, truthy, type_error,
};
use crate::native;
use crate::source::register;
use crate::state::{ctx, engine};

const CHECK_ASYNC: &str = "the built-in check() does not support async functions as arguments. Use the JavaScript utils library as a replacement. Refer to https://grafana.com/docs/k6/latest/javascript-api/jslib/utils/check/ for more info";
const GROUP_ASYNC: &str = "group() does not support async functions as arguments, please see https://grafana.com/docs/k6/latest/javascript-api/k6/group/ for more info";

native! {
    js_check = check;
    js_group = group;
    js_sleep = sleep;
    js_fail = fail;
    js_random_seed = random::random_seed;
}

pub const ROOM: Room = Room::new(install);

fn install(_: &Val) -> JsResult<()> {
    let module = Val::object()?;
    define(&module, c"check", 2, js_check)?;
    define(&module, c"fail", 1, js_fail)?;
    define(&module, c"group", 2, js_group)?;
    define(&module, c"randomSeed", 1, js_random_seed)?;
    define(&module, c"sleep", 1, js_sleep)?;
    register("k6", module)
}

fn check(_: JSValue, args: Args) -> JsResult<Val> {
    if engine().vu.in_init() {
        return Err(host_error(
            "Using check() in the init context is not supported",
        ));
    }
    if args.len() < 2 {
        return Err(host_error("no checks provided to `check`"));
    }
    let (subject, checks) = (args.at(0), args.at(1));
    if is_nullish(checks) {
        return Err(type_error("Cannot convert undefined or null to object"));
    }
    let tags = match Tags::parse(args.at(2)) {
        Ok(tags) => tags,
        Err(TagError::Thrown(thrown)) => return Err(thrown),
        Err(TagError::Invalid(message)) => return Err(host_error(&message)),
    };
    let tags = tags.borrow();
    let checks = Val::check(unsafe { q::JS_ToObject(ctx(), checks) })?;
    let mut all = true;
    for key in Keys::of(checks.raw())?.iter() {
        let predicate = checks.get(key)?;
        // Nothing is known of such a check, so nothing is recorded.
        if is_async_function(predicate.raw()) {
            return Err(host_error(CHECK_ASYNC));
        }
        let name = Text::of_atom(key)?;
        let passed = match evaluate(&predicate, subject) {
            Ok(passed) => passed,
            Err(thrown) => {
                // The check counts as failed; the exception is the script's own business.
                let _ = metrics::check(&name, false, &tags);
                return Err(thrown);
            }
        };
        metrics::check(&name, passed, &tags).map_err(metric_error)?;
        all &= passed;
    }
    Ok(Val::bool(all))
}

fn evaluate(predicate: &Val, subject: JSValue) -> JsResult<bool> {
    if !predicate.is_function() {
        return truthy(predicate.raw());
    }
    // A promise that a plain function returns is true, as any object is.
    truthy(predicate.call(q::JS_UNDEFINED, &[subject])?.raw())
}

fn group(_: JSValue, args: Args) -> JsResult<Val> {
    if engine().vu.in_init() {
        return Err(host_error(
            "Using group() in the init context is not supported",
        ));
    }
    let function = args.at(1);
    if !is_function(function) {
        return Err(host_error(
            "group() requires a callback as a second argument",
        ));
    }
    if is_async_function(function) {
        return Err(host_error(GROUP_ASYNC));
    }
    let name = Text::of(args.at(0))?;
    metrics::enter_group(&name).map_err(metric_error)?;
    let result = call(function, q::JS_UNDEFINED, &[]);
    metrics::leave_group();
    result
}

fn sleep(_: JSValue, args: Args) -> JsResult<Val> {
    let seconds = number(args.at(0))?;
    fork::touch("sleep");
    if seconds > 0.0 {
        // The cast saturates; what is not a number sleeps not at all.
        tasks::sleep((seconds * 1e9) as u64);
    }
    Ok(Val::UNDEFINED)
}

fn fail(_: JSValue, args: Args) -> JsResult<Val> {
    if is_nullish(args.at(0)) {
        return Err(host_error(""));
    }
    let message = Text::of(args.at(0))?;
    Err(host_error(&message))
}
