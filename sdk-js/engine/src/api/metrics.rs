//! Module `k6/metrics`: Counter, Gauge, Rate, Trend. The function `add` of a metric holds the
//! metric's place in a list, where the host's id is, so that a sample costs one host call and `add`
//! works wherever it is passed to.

use core::cell::RefCell;
use core::ffi::c_int;

use rquickjs_sys::{self as q, JSContext, JSValue};

use crate::api::methods;
use crate::api::room::Room;
use crate::api::tags::{TagError, Tags, throws};
use crate::atoms::atoms;
use crate::bindings::runner::log::log::{self, Level};
use crate::bindings::runner::metrics::metrics::{self, Kind, MetricError, Unit};
use crate::js::{
    Args, Class, JsResult, Text, Thrown, Val, args, finish, host_error, is_nullish, is_undefined,
    number, truthy, type_error,
};
use crate::local::Local;
use crate::source::register;
use crate::state::{ctx, engine};

/// A metric as the script declared it. An image that goes into a file meets hosts that gave
/// its name another id.
struct Declared {
    name: String,
    kind: Kind,
    unit: Unit,
    id: u32,
}

static DECLARED: Local<RefCell<Vec<Declared>>> = Local::new(RefCell::new(Vec::new()));

/// Most characters of a wrong name in a message.
const MOST_SHOWN: usize = 150;

const KINDS: [(&core::ffi::CStr, Kind); 4] = [
    (c"Counter", Kind::Counter),
    (c"Gauge", Kind::Gauge),
    (c"Rate", Kind::Rate),
    (c"Trend", Kind::Trend),
];

static CLASS: Class = Class::new();

pub const ROOM: Room = Room {
    adopted: redefine,
    ..Room::new(install)
};

fn install(_: &Val) -> JsResult<()> {
    CLASS.define(&q::JSClassDef {
        class_name: c"Metric".as_ptr(),
        finalizer: None,
        gc_mark: None,
        call: None,
        exotic: core::ptr::null_mut(),
    });
    methods::belongs_to_host(&CLASS);
    let module = Val::object()?;
    for (magic, (name, _)) in KINDS.iter().enumerate() {
        let proto = Val::object()?;
        // QuickJS tells constructors with a magic number apart by the enum.
        let wrapper = unsafe {
            core::mem::transmute::<crate::js::CFunctionMagic, crate::js::CFunction>(js_construct)
        };
        let constructor = Val::check(unsafe {
            q::JS_NewCFunction2(
                ctx(),
                Some(wrapper),
                name.as_ptr(),
                2,
                q::JSCFunctionEnum_JS_CFUNC_constructor_or_func_magic,
                magic as i32,
            )
        })?;
        unsafe { q::JS_SetConstructor(ctx(), constructor.raw(), proto.raw()) };
        module.set_str(name.to_str().unwrap_or_default(), constructor)?;
    }
    register("k6/metrics", module)
}

/// What scripts import.
pub fn exports() -> JsResult<Val> {
    Val::dup(engine().modules.get()).get_str("k6/metrics")
}

unsafe extern "C" fn js_construct(
    _: *mut JSContext,
    target: JSValue,
    argc: c_int,
    argv: *mut JSValue,
    magic: c_int,
) -> JSValue {
    finish(construct(
        target,
        unsafe { crate::js::args(argc, argv) },
        magic,
    ))
}

fn construct(target: JSValue, args: Args, magic: i32) -> JsResult<Val> {
    let engine = engine();
    if !engine.vu.in_init() {
        return Err(host_error("metrics must be declared in the init context"));
    }
    let Some((kind_name, kind)) = KINDS.get(magic as usize) else {
        return Ok(Val::UNDEFINED);
    };
    let name = if is_nullish(args.at(0)) {
        Val::str("")?
    } else {
        Val::dup(args.at(0))
    };
    let text = name.text()?;
    let unit = if truthy(args.at(1))? {
        Unit::Time
    } else {
        Unit::Plain
    };
    let id = metrics::define(&text, *kind, unit).map_err(|error| match error {
        MetricError::InvalidName(_) => metric_error(MetricError::InvalidName(text.to_owned())),
        error => metric_error(error),
    })?;
    let index = remember(&text, *kind, unit, id);
    let proto = if is_undefined(target) {
        // Called without `new`, which k6 allows.
        exports()?
            .get_str(kind_name.to_str().unwrap_or_default())?
            .get(atoms().prototype)?
    } else {
        crate::js::get(target, atoms().prototype)?
    };
    let metric = CLASS.object_of(proto.raw())?;
    unsafe {
        q::JS_DefinePropertyValue(
            ctx(),
            metric.raw(),
            atoms().name,
            Val::str(&text)?.into_raw(),
            q::JS_PROP_ENUMERABLE as i32,
        );
    }
    metric.set_str("add", adder(index)?)?;
    Ok(metric)
}

/// `add` of the metric at `index`.
fn adder(index: usize) -> JsResult<Val> {
    let mut index = Val::int(index as i32).into_raw();
    Val::check(unsafe {
        q::JS_NewCFunctionData2(
            ctx(),
            Some(js_add),
            c"add".as_ptr(),
            2,
            0,
            1,
            &raw mut index,
        )
    })
}

unsafe extern "C" fn js_add(
    _: *mut JSContext,
    _: JSValue,
    argc: c_int,
    argv: *mut JSValue,
    _: c_int,
    index: *mut JSValue,
) -> JSValue {
    let index = unsafe { index.as_ref() }.map_or(0, |index| unsafe { q::JS_VALUE_GET_INT(*index) });
    finish(add(index as usize, unsafe { args(argc, argv) }))
}

/// Index of a metric that the host knows as `id`.
fn remember(name: &str, kind: Kind, unit: Unit, id: u32) -> usize {
    let mut declared = DECLARED.borrow_mut();
    if let Some(index) = declared.iter().position(|metric| metric.id == id) {
        return index;
    }
    declared.push(Declared {
        name: name.to_owned(),
        kind,
        unit,
        id,
    });
    declared.len() - 1
}

fn id_of(index: usize) -> Option<u32> {
    DECLARED.borrow().get(index).map(|metric| metric.id)
}

/// Declares the metrics of an image once more, to a host that has not heard of them.
fn redefine() -> JsResult<()> {
    for metric in DECLARED.borrow_mut().iter_mut() {
        let id = metrics::define(&metric.name, metric.kind, metric.unit).map_err(metric_error)?;
        if id != metric.id {
            metric.id = id;
        }
    }
    Ok(())
}

fn name_of(index: usize) -> String {
    let declared = DECLARED.borrow();
    declared
        .get(index)
        .map_or_else(String::new, |metric| metric.name.clone())
}

fn add(index: usize, args: Args) -> JsResult<Val> {
    let Some(id) = id_of(index) else {
        return Err(type_error("there is no such metric"));
    };
    if engine().vu.in_init() {
        return Err(host_error(
            "Adding to metrics in the init context is not supported",
        ));
    }
    let value = args.at(0);
    let amount = if is_nullish(value) {
        f64::NAN
    } else {
        number(value)?
    };
    if amount.is_nan() {
        return invalid(index, args);
    }
    let tags = match Tags::parse(args.at(1)) {
        Ok(tags) => tags,
        Err(TagError::Thrown(thrown)) => return Err(thrown),
        Err(TagError::Invalid(message)) => {
            let name = name_of(index);
            let message = format!("cannot add tags for the '{name}' custom metric: {message}");
            return Err(host_error(&message));
        }
    };
    metrics::add(id, amount, &tags.borrow()).map_err(metric_error)?;
    Ok(Val::bool(true))
}

#[cold]
fn invalid(index: usize, args: Args) -> JsResult<Val> {
    let name = name_of(index);
    let message = if args.len() == 0 {
        format!(
            "no value was provided for metric '{name}', a number or a boolean value is expected"
        )
    } else {
        let value = Text::of(args.at(0))?;
        let value = value.as_str();
        format!(
            "'{value}' is an invalid value for metric '{name}', a number or a boolean value is expected"
        )
    };
    if throws()? {
        return Err(host_error(&message));
    }
    log::write(Level::Warn, "", &message, &[]);
    Ok(Val::bool(false))
}

/// A name for a message: its beginning, where it is longer than any that would be right.
fn shortened(name: &str) -> String {
    match name.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_string(),
    }
}

/// Throws what the host said about a metric, in k6's words.
pub fn metric_error(error: MetricError) -> Thrown {
    let message = match error {
        MetricError::InvalidName(name) => format!(
            "Invalid metric name: '{}'. Metric names must only include up to 128 ASCII letters, numbers, or underscores and start with a letter or an underscore.",
            shortened(&name)
        ),
        MetricError::Conflict(text) | MetricError::Other(text) => text,
        MetricError::OutsideInit => "metrics must be declared in the init context".to_string(),
        MetricError::InsideInit => {
            "Adding to metrics in the init context is not supported".to_string()
        }
        MetricError::SeparatorInName(_) => "group and check names may not contain '::'".to_string(),
        MetricError::UnknownMetric(id) => format!("the host does not know metric {id}"),
    };
    host_error(&message)
}
