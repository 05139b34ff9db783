//! `Response`: an object whose properties are answered from native data. Numbers are at hand;
//! everything else is read from the host's exchange when the script first looks at it, and
//! kept. To a script it looks like a plain object with those keys.

use core::cell::{Cell, RefCell};
use core::ffi::c_int;

use rquickjs_sys::{
    self as q, JSAtom, JSClassExoticMethods, JSContext, JSPropertyDescriptor, JSPropertyEnum,
    JSRuntime, JSValue,
};

use crate::api::http::fields::{self, FIELDS};
use crate::api::http::json;
use crate::api::methods::{self, Method, Methods};
use crate::bindings::runner::http::http::{self as host, Exchange, ResponseType, Timings};
use crate::js::{Args, Class, JsResult, Val, host_error, type_error};

/// A request without an answer.
pub struct Failed {
    pub message: String,
    pub code: u16,
    /// Of the request; empty where it was never made.
    pub url: String,
    pub exchange: Option<Exchange>,
}

/// What an answer is kept as.
pub struct Response {
    pub status: u16,
    pub binary: bool,
    pub timings: Timings,
    pub exchange: Option<Exchange>,
    pub failed: Option<Box<Failed>>,
    /// Owned values of properties that were read or set, by field; made at the first of them.
    cache: RefCell<Option<Box<[Cell<JSValue>; FIELDS]>>>,
}

/// In the order of `fields::names`.
impl Methods for Response {
    const METHODS: &'static [Method] = &[
        Method {
            name: c"clickLink",
            length: 1,
            function: not_supported,
        },
        Method {
            name: c"html",
            length: 1,
            function: not_supported,
        },
        Method {
            name: c"json",
            length: 1,
            function: json::json,
        },
        Method {
            name: c"submitForm",
            length: 1,
            function: not_supported,
        },
    ];
}

struct Exotic(JSClassExoticMethods);

// One thread per instance.
unsafe impl Sync for Exotic {}

static EXOTIC: Exotic = Exotic(JSClassExoticMethods {
    get_own_property: Some(get_own_property),
    get_own_property_names: Some(get_own_property_names),
    delete_property: None,
    define_own_property: Some(define_own_property),
    has_property: None,
    get_property: None,
    set_property: None,
});

static CLASS: Class = Class::new();

/// Registers the class.
pub fn install() -> JsResult<()> {
    CLASS.define(&q::JSClassDef {
        class_name: c"Object".as_ptr(),
        finalizer: Some(finalize),
        gc_mark: Some(mark),
        call: None,
        exotic: (&raw const EXOTIC.0).cast_mut(),
    });
    methods::belongs_to_host(&CLASS);
    CLASS.set_proto(Val::object()?);
    Ok(())
}

fn not_supported(_: JSValue, _: Args) -> JsResult<Val> {
    Err(host_error(
        "html(), submitForm() and clickLink() are not supported yet: they need k6/html",
    ))
}

/// The response of an answered request.
pub fn new(answer: host::Response, kind: Option<ResponseType>) -> JsResult<Val> {
    wrap(Response {
        status: answer.status,
        binary: kind == Some(ResponseType::Binary),
        timings: answer.timings,
        exchange: Some(answer.exchange),
        failed: None,
        cache: RefCell::new(None),
    })
}

/// The response of a request that failed.
pub fn failed(mut failed: Failed, kind: Option<ResponseType>) -> JsResult<Val> {
    let exchange = failed.exchange.take();
    let timings = exchange.as_ref().map(Exchange::timings);
    wrap(Response {
        status: 0,
        binary: kind == Some(ResponseType::Binary),
        timings: timings.unwrap_or(Timings {
            blocked: 0,
            connecting: 0,
            tls_handshaking: 0,
            sending: 0,
            waiting: 0,
            receiving: 0,
        }),
        exchange,
        failed: Some(Box::new(failed)),
        cache: RefCell::new(None),
    })
}

fn wrap(response: Response) -> JsResult<Val> {
    let object = CLASS.object()?;
    unsafe { q::JS_SetOpaque(object.raw(), Box::into_raw(Box::new(response)).cast()) };
    Ok(object)
}

/// The response of a request that was left out.
pub fn empty() -> JsResult<Val> {
    let failed = Failed {
        message: String::new(),
        code: 0,
        url: String::new(),
        exchange: None,
    };
    self::failed(failed, None)
}

/// The data behind `value`, where it is a response.
pub fn of<'a>(value: JSValue) -> JsResult<&'a Response> {
    CLASS
        .data(value)
        .ok_or_else(|| type_error("this is not a Response"))
}

impl Response {
    /// A kept property, as a borrowed value.
    pub fn cached(&self, field: usize) -> Option<JSValue> {
        let cache = self.cache.borrow();
        let value = cache.as_ref()?.get(field)?.get();
        if unsafe { q::JS_IsUninitialized(value) } {
            None
        } else {
            Some(value)
        }
    }

    /// Keeps a property.
    fn keep(&self, field: usize, value: Val) {
        let old = {
            let mut cache = self.cache.borrow_mut();
            let cache = cache.get_or_insert_with(|| {
                Box::new([const { Cell::new(q::JS_UNINITIALIZED) }; FIELDS])
            });
            cache.get(field).map(|cell| cell.replace(value.into_raw()))
        };
        // Freed when nothing is borrowed: it may be anything.
        drop(old.map(Val::own));
    }

    fn read(&self, field: usize) -> JsResult<Val> {
        if let Some(value) = self.cached(field) {
            return Ok(Val::dup(value));
        }
        let (value, keep) = fields::read(self, field)?;
        if keep {
            self.keep(field, value.clone());
        }
        Ok(value)
    }
}

unsafe extern "C" fn finalize(_: *mut JSRuntime, value: JSValue) {
    let pointer = unsafe { q::JS_GetOpaque(value, CLASS.id()) };
    if pointer.is_null() {
        return;
    }
    let response = unsafe { Box::from_raw(pointer.cast::<Response>()) };
    if let Some(cache) = response.cache.borrow_mut().take() {
        for cell in cache.iter() {
            drop(Val::own(cell.get()));
        }
    }
}

unsafe extern "C" fn mark(rt: *mut JSRuntime, value: JSValue, mark: q::JS_MarkFunc) {
    let response: Option<&Response> = CLASS.data(value);
    let Some(response) = response else { return };
    if let Some(cache) = response.cache.borrow().as_ref() {
        for cell in cache.iter() {
            unsafe { q::JS_MarkValue(rt, cell.get(), mark) };
        }
    }
}

unsafe extern "C" fn get_own_property(
    _: *mut JSContext,
    descriptor: *mut JSPropertyDescriptor,
    object: JSValue,
    name: JSAtom,
) -> c_int {
    let Some(field) = fields::field(name) else {
        return 0;
    };
    let Ok(response) = of(object) else { return -1 };
    if descriptor.is_null() {
        return 1;
    }
    match field.checked_sub(FIELDS) {
        None => methods::describe(descriptor, response.read(field), q::JS_PROP_C_W_E as c_int),
        Some(index) => {
            let method = methods::bound::<Response>(object, index);
            methods::describe(descriptor, method, methods::FLAGS)
        }
    }
}

unsafe extern "C" fn get_own_property_names(
    ctx: *mut JSContext,
    names: *mut *mut JSPropertyEnum,
    length: *mut u32,
    _: JSValue,
) -> c_int {
    unsafe { methods::list_names(ctx, &fields::names(), names, length) }
}

/// Assignments to k6's own fields replace what is kept; others make ordinary properties. Methods stay
/// what they are.
unsafe extern "C" fn define_own_property(
    ctx: *mut JSContext,
    object: JSValue,
    name: JSAtom,
    value: JSValue,
    getter: JSValue,
    setter: JSValue,
    flags: c_int,
) -> c_int {
    let known = fields::field(name);
    if known.is_some_and(|field| field >= FIELDS) {
        type_error("the methods of a Response cannot be replaced");
        return -1;
    }
    if let Some(field) = known
        && let Ok(response) = of(object)
        && flags as u32 & q::JS_PROP_HAS_VALUE != 0
    {
        response.keep(field, Val::dup(value));
        return 1;
    }
    let flags = flags | q::JS_PROP_NO_EXOTIC as c_int;
    unsafe { q::JS_DefineProperty(ctx, object, name, value, getter, setter, flags) }
}
