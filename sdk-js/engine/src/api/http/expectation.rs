//! `expectedStatuses` and `setResponseCallback`.

use rquickjs_sys::{self as q, JSRuntime, JSValue};

use crate::api::http::atoms::atoms;
use crate::bindings::runner::http::http::{Expectation, StatusRange, set_expectation};
use crate::fork;
use crate::js::{Args, Class, JsResult, Val, define, get, host_error, number};
use crate::native;

static CLASS: Class = Class::new();

native! {
    js_expected_statuses = expected_statuses;
    js_set_response_callback = set_response_callback;
}

/// What a request expects of its answer.
pub enum Expected {
    Inherited,
    None,
    /// An object that `expectedStatuses` made.
    Statuses(Val),
}

impl Expected {
    /// A `responseCallback`: null, or what `expectedStatuses` returned; none for others.
    pub fn of(value: JSValue) -> Option<Expected> {
        if crate::js::is_undefined(value) {
            return Some(Expected::Inherited);
        }
        if unsafe { q::JS_IsNull(value) } {
            return Some(Expected::None);
        }
        ranges(value).map(|_| Expected::Statuses(Val::dup(value)))
    }

    pub fn borrow(&self) -> Expectation<'_> {
        match self {
            Expected::Inherited => Expectation::Inherited,
            Expected::None => Expectation::None,
            Expected::Statuses(value) => {
                Expectation::Statuses(ranges(value.raw()).unwrap_or_default())
            }
        }
    }
}

fn ranges<'a>(value: JSValue) -> Option<&'a [StatusRange]> {
    let ranges: &Vec<StatusRange> = CLASS.data(value)?;
    Some(ranges.as_slice())
}

pub fn install(native: &Val) -> JsResult<()> {
    CLASS.define(&q::JSClassDef {
        class_name: c"ExpectedStatuses".as_ptr(),
        finalizer: Some(finalize),
        gc_mark: None,
        call: None,
        exotic: core::ptr::null_mut(),
    });
    CLASS.set_proto(Val::object()?);
    define(native, c"expectedStatuses", 1, js_expected_statuses)?;
    define(native, c"setResponseCallback", 1, js_set_response_callback)
}

unsafe extern "C" fn finalize(_: *mut JSRuntime, value: JSValue) {
    unsafe { CLASS.free::<Vec<StatusRange>>(value) };
}

fn expected_statuses(_: JSValue, args: Args) -> JsResult<Val> {
    if args.len() == 0 {
        return Err(host_error("no arguments"));
    }
    let mut ranges = Vec::with_capacity(args.len());
    for (index, value) in args.0.iter().enumerate() {
        let Some(range) = range(*value)? else {
            let place = index + 1;
            return Err(host_error(&format!(
                "argument number {place} to expectedStatuses was neither an integer nor an object like {{min:100, max:329}}"
            )));
        };
        ranges.push(range);
    }
    let object = CLASS.object()?;
    unsafe { q::JS_SetOpaque(object.raw(), Box::into_raw(Box::new(ranges)).cast()) };
    Ok(object)
}

fn range(value: JSValue) -> JsResult<Option<StatusRange>> {
    let atoms = atoms();
    if let Some(status) = integer(value)? {
        return Ok(Some(StatusRange {
            min: status,
            max: status,
        }));
    }
    if !unsafe { q::JS_IsObject(value) } {
        return Ok(None);
    }
    let min = integer(get(value, atoms.min)?.raw())?;
    let max = integer(get(value, atoms.max)?.raw())?;
    Ok(min.zip(max).map(|(min, max)| StatusRange { min, max }))
}

fn integer(value: JSValue) -> JsResult<Option<u16>> {
    if !unsafe { q::JS_IsNumber(value) } {
        return Ok(None);
    }
    let number = number(value)?;
    let fits = number.fract() == 0.0 && (0.0..=65535.0).contains(&number);
    Ok(fits.then_some(number as u16))
}

fn set_response_callback(_: JSValue, args: Args) -> JsResult<Val> {
    // Without an argument nothing changes what `inherited` means: k6 takes it for null.
    let value = if args.len() == 0 {
        q::JS_NULL
    } else {
        args.at(0)
    };
    match Expected::of(value) {
        Some(expected) if !crate::js::is_undefined(value) => {
            fork::touch_run("http.setResponseCallback");
            set_expectation(expected.borrow());
            Ok(Val::UNDEFINED)
        }
        _ => Err(host_error(
            "unsupported argument, expected http.expectedStatuses",
        )),
    }
}
