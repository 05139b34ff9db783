//! `__ENV`: an object whose values are text, as the environment's are. What a script assigns is
//! made text, so that `__ENV.N = 5` reads as '5' like `-e N=5` does; null and undefined become
//! the empty string. Symbols as keys name ordinary properties.
//!
//! The texts are in an object of their own, which no script sees: QuickJS writes to a property
//! that an object itself has without asking anybody.

use core::ffi::c_int;

use rquickjs_sys::{
    self as q, JSAtom, JSClassExoticMethods, JSContext, JSPropertyDescriptor, JSPropertyEnum,
    JSRuntime, JSValue,
};

use crate::bindings::runner::execution::execution;
use crate::fork;
use crate::js::{Atom, JsResult, Text, Thrown, Val, is_nullish, is_undefined, type_error};
use crate::state::{ctx, engine, replace, rt};

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

/// Registers the class.
pub fn define_class() -> JsResult<()> {
    let definition = q::JSClassDef {
        class_name: c"Object".as_ptr(),
        finalizer: Some(finalize),
        gc_mark: Some(mark),
        call: None,
        exotic: (&raw const EXOTIC.0).cast_mut(),
    };
    let ordinary = Val::object()?;
    unsafe {
        q::JS_NewClass(rt(), engine().classes.env, &definition);
        let proto = q::JS_GetPrototype(ctx(), ordinary.raw());
        q::JS_SetClassProto(ctx(), engine().classes.env, proto);
    }
    Ok(())
}

/// The value of `__ENV`. Made when it is first read after init or activation: a script that does
/// not use it pays nothing for the environment of the machine.
pub fn current() -> JsResult<Val> {
    let vu = &engine().vu;
    fork::touch_run("__ENV");
    if is_undefined(vu.env.get()) {
        let object = if vu.scenario_env.borrow().is_empty() && !is_undefined(vu.env_ready.get()) {
            Val::own(vu.env_ready.replace(q::JS_UNDEFINED))
        } else {
            new()?
        };
        replace(&vu.env, object.into_raw());
    }
    Ok(Val::dup(vu.env.get()))
}

/// Makes the next `__ENV` part of the image: VUs share what none of them writes to.
pub fn prepare() -> JsResult<()> {
    replace(&engine().vu.env_ready, new()?.into_raw());
    Ok(())
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
        let class = engine().classes.env as _;
        let object = Val::check(q::JS_NewObjectClass(ctx(), class))?;
        q::JS_SetOpaque(object.raw(), q::JS_VALUE_GET_PTR(texts.into_raw()));
        Ok(object)
    }
}

/// The object with the texts, borrowed.
fn texts(object: JSValue) -> Option<JSValue> {
    let pointer = unsafe { q::JS_GetOpaque(object, engine().classes.env) };
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
