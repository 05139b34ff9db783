//! `__ENV`: an object whose values are text, as the environment's are. What a script assigns is
//! made text, so that `__ENV.N = 5` reads as '5' like `-e N=5` does; null and undefined become
//! the empty string. Symbols as keys name ordinary properties.
//!
//! The texts are in an object of their own, which no script sees: QuickJS writes to a property
//! that an object itself has without asking anybody.

use core::cell::Cell;
use core::ffi::c_int;

use rquickjs_sys::{
    self as q, JSAtom, JSClassExoticMethods, JSContext, JSPropertyDescriptor, JSPropertyEnum,
    JSRuntime, JSValue,
};

use crate::api::room::Room;
use crate::bindings::runner::execution::execution;
use crate::fork;
use crate::js::{
    Atom, Class, JsResult, Text, Thrown, Val, accessors, caught, finish, is_nullish, is_undefined,
    type_error,
};
use crate::local::Local;
use crate::state::{ctx, engine, replace};

struct Exotic(JSClassExoticMethods);

// One thread per instance.
unsafe impl Sync for Exotic {}

static EXOTIC: Exotic = Exotic(JSClassExoticMethods {
    get_own_property: Some(get_own_property),
    get_own_property_names: Some(get_own_property_names),
    delete_property: Some(delete_property),
    define_own_property: Some(define_own_property),
    has_property: None,
    get_property: None,
    set_property: None,
});

/// Its class.
static CLASS: Class = Class::new();

/// The value, made when it is first read.
static CURRENT: Local<Cell<JSValue>> = Local::new(Cell::new(q::JS_UNDEFINED));
/// The next value of an instance that started from an image; undefined in others.
static READY: Local<Cell<JSValue>> = Local::new(Cell::new(q::JS_UNDEFINED));

pub const ROOM: Room = Room {
    activated: forget,
    imaged: prepare,
    ..Room::new(install)
};

fn install(global: &Val) -> JsResult<()> {
    CLASS.define(&q::JSClassDef {
        class_name: c"Object".as_ptr(),
        finalizer: Some(finalize),
        gc_mark: Some(mark),
        call: None,
        exotic: (&raw const EXOTIC.0).cast_mut(),
    });
    let ordinary = Val::object()?;
    CLASS.set_proto(Val::own(unsafe {
        q::JS_GetPrototype(ctx(), ordinary.raw())
    }));
    accessors(
        global,
        "__ENV",
        (c"get __ENV", get_env),
        (c"set __ENV", set_env),
    )
}

unsafe extern "C" fn get_env(_: *mut JSContext, _: JSValue) -> JSValue {
    finish(current())
}

unsafe extern "C" fn set_env(_: *mut JSContext, _: JSValue, value: JSValue) -> JSValue {
    replace(&CURRENT, Val::dup(value).into_raw());
    q::JS_UNDEFINED
}

/// A scenario may add to it: it is made anew when the script next reads it.
fn forget() {
    replace(&CURRENT, q::JS_UNDEFINED);
}

/// The value of `__ENV`. Made when it is first read after init or activation: a script that does
/// not use it pays nothing for the environment of the machine.
fn current() -> JsResult<Val> {
    let vu = &engine().vu;
    fork::touch_run("__ENV");
    if is_undefined(CURRENT.get()) {
        let object = if vu.scenario_env.borrow().is_empty() && !is_undefined(READY.get()) {
            Val::own(READY.replace(q::JS_UNDEFINED))
        } else {
            new()?
        };
        replace(&CURRENT, object.into_raw());
    }
    Ok(Val::dup(CURRENT.get()))
}

/// Makes the next `__ENV` part of an image for this run: VUs share what none of them writes to.
fn prepare(portable: bool) {
    if portable {
        return;
    }
    match new() {
        Ok(ready) => replace(&READY, ready.into_raw()),
        // Out of memory: each VU makes its own.
        Err(thrown) => drop(caught(thrown)),
    }
}

fn new() -> JsResult<Val> {
    let texts = Val::object()?;
    let scenario = engine().vu.scenario_env.borrow();
    for (name, value) in execution::env().iter().chain(scenario.iter()) {
        texts.set_str(name, Val::str(value)?)?;
    }
    unsafe {
        if engine().vu.freeze_env.get() {
            // Nobody can assign to it.
            return match q::JS_FreezeObject(ctx(), texts.raw()) {
                0.. => Ok(texts),
                _ => Err(Thrown),
            };
        }
        if q::JS_SetPrototype(ctx(), texts.raw(), q::JS_NULL) < 0 {
            return Err(Thrown);
        }
        let object = CLASS.object()?;
        q::JS_SetOpaque(object.raw(), q::JS_VALUE_GET_PTR(texts.into_raw()));
        Ok(object)
    }
}

/// The object with the texts, borrowed.
fn texts(object: JSValue) -> Option<JSValue> {
    let pointer = unsafe { q::JS_GetOpaque(object, CLASS.id()) };
    (!pointer.is_null()).then(|| q::JS_MKPTR(q::JS_TAG_OBJECT, pointer))
}

unsafe extern "C" fn finalize(_: *mut JSRuntime, object: JSValue) {
    drop(texts(object).map(Val::own));
}

unsafe extern "C" fn mark(rt: *mut JSRuntime, object: JSValue, mark: q::JS_MarkFunc) {
    if let Some(texts) = texts(object) {
        unsafe { q::JS_MarkValue(rt, texts, mark) };
    }
}

unsafe extern "C" fn get_own_property(
    ctx: *mut JSContext,
    descriptor: *mut JSPropertyDescriptor,
    object: JSValue,
    name: JSAtom,
) -> c_int {
    let Some(texts) = texts(object) else { return 0 };
    let found = unsafe { q::JS_GetOwnProperty(ctx, descriptor, texts, name) };
    if found > 0
        && let Some(descriptor) = unsafe { descriptor.as_mut() }
    {
        // What k6 says of them, though they can be deleted.
        descriptor.flags &= !(q::JS_PROP_CONFIGURABLE as c_int);
    }
    found
}

unsafe extern "C" fn get_own_property_names(
    ctx: *mut JSContext,
    names: *mut *mut JSPropertyEnum,
    length: *mut u32,
    object: JSValue,
) -> c_int {
    let Some(texts) = texts(object) else {
        return -1;
    };
    let flags = q::JS_GPN_STRING_MASK as c_int;
    unsafe { q::JS_GetOwnPropertyNames(ctx, names, length, texts, flags) }
}

unsafe extern "C" fn delete_property(ctx: *mut JSContext, object: JSValue, name: JSAtom) -> c_int {
    texts(object).map_or(1, |texts| unsafe {
        q::JS_DeleteProperty(ctx, texts, name, 0)
    })
}

/// Assignments come here too, as does everything that `Object` does to properties.
unsafe extern "C" fn define_own_property(
    ctx: *mut JSContext,
    object: JSValue,
    name: JSAtom,
    value: JSValue,
    getter: JSValue,
    setter: JSValue,
    flags: c_int,
) -> c_int {
    let Some(texts) = texts(object) else {
        return -1;
    };
    match define(object, texts, name, value, flags) {
        Ok(true) => 1,
        Ok(false) => {
            let flags = flags | q::JS_PROP_NO_EXOTIC as c_int;
            unsafe { q::JS_DefineProperty(ctx, object, name, value, getter, setter, flags) }
        }
        Err(_) => -1,
    }
}

/// False where `name` is a symbol.
fn define(
    object: JSValue,
    texts: JSValue,
    name: JSAtom,
    value: JSValue,
    flags: c_int,
) -> JsResult<bool> {
    let key = Val::check(unsafe { q::JS_AtomToValue(ctx(), name) })?;
    if unsafe { q::JS_IsSymbol(key.raw()) } {
        return Ok(false);
    }
    let says = |flag: u32| flags as u32 & flag != 0;
    if says(q::JS_PROP_HAS_GET) || says(q::JS_PROP_HAS_SET) {
        let message = "Host objects do not support accessor properties";
        return Err(type_error(message));
    }
    if says(q::JS_PROP_HAS_WRITABLE) && !says(q::JS_PROP_WRITABLE) {
        let name = Text::of_atom(name)?;
        return Err(type_error(&format!(
            "Host object field {} cannot be made read-only",
            name.as_str()
        )));
    }
    let known = unsafe { q::JS_HasProperty(ctx(), texts, name) } > 0;
    if known && !says(q::JS_PROP_HAS_VALUE) {
        return Ok(true);
    }
    if !known && unsafe { q::JS_IsExtensible(ctx(), object) } == 0 {
        let name = Text::of_atom(name)?;
        return Err(type_error(&format!(
            "Cannot add property {}, object is not extensible",
            name.as_str()
        )));
    }
    // Making text of it can run the script's code.
    let text = text_of(value)?;
    Val::dup(texts).set(name, text)?;
    Ok(true)
}

fn text_of(value: JSValue) -> JsResult<Val> {
    if is_nullish(value) {
        return Val::str("");
    }
    if unsafe { q::JS_IsSymbol(value) } {
        let description = Val::check(unsafe {
            q::JS_GetProperty(ctx(), value, Atom::new("description")?.raw())
        })?;
        return text_of(description.raw());
    }
    Val::check(unsafe { q::JS_ToString(ctx(), value) })
}
