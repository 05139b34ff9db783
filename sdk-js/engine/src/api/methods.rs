//! Methods of objects that the host gives to scripts. As in k6 they are properties of the object
//! itself and bound to it, so that `const { json } = http.get(url)` and `list.forEach(trend.add)`
//! work. An object carries none of them: each is made when a script asks for it, and gone when the
//! script lets go of it, so that a response costs nothing for what it could do.

use core::cell::RefCell;
use core::ffi::{CStr, c_int};

use rquickjs_sys::{
    self as q, JSAtom, JSClassID, JSContext, JSPropertyDescriptor, JSPropertyEnum, JSValue,
};

use crate::js::{Args, Class, JsResult, Val, args, define, finish};
use crate::local::Local;
use crate::native;
use crate::state::ctx;

/// One method.
pub struct Method {
    pub name: &'static CStr,
    /// How many arguments it says it takes.
    pub length: c_int,
    /// What it does, with the object that it is bound to.
    pub function: fn(JSValue, Args) -> JsResult<Val>,
}

/// A class of host objects.
pub trait Methods {
    const METHODS: &'static [Method];
}

/// Flags of a method's property: seen by loops, not to be replaced.
pub const FLAGS: c_int = q::JS_PROP_ENUMERABLE as c_int;

native! {
    js_is_host_object = is_host_object;
}

pub fn natives(native: &Val) -> JsResult<()> {
    define(native, c"isHostObject", 1, js_is_host_object)
}

/// The method at `index`, bound to `object`.
pub fn bound<T: Methods>(object: JSValue, index: usize) -> JsResult<Val> {
    let Some(method) = T::METHODS.get(index) else {
        return Ok(Val::UNDEFINED);
    };
    let mut object = object;
    // QuickJS keeps a reference to the object, and copies the name.
    Val::check(unsafe {
        q::JS_NewCFunctionData2(
            ctx(),
            Some(call::<T>),
            method.name.as_ptr(),
            method.length,
            index as c_int,
            1,
            &raw mut object,
        )
    })
}

unsafe extern "C" fn call<T: Methods>(
    _: *mut JSContext,
    _: JSValue,
    argc: c_int,
    argv: *mut JSValue,
    index: c_int,
    data: *mut JSValue,
) -> JSValue {
    let (Some(object), Some(method)) = (unsafe { data.as_ref() }, T::METHODS.get(index as usize))
    else {
        return q::JS_UNDEFINED;
    };
    finish((method.function)(*object, unsafe { args(argc, argv) }))
}

/// Describes a property to QuickJS.
pub fn describe(
    descriptor: *mut JSPropertyDescriptor,
    value: JsResult<Val>,
    flags: c_int,
) -> c_int {
    let Ok(value) = value else { return -1 };
    if let Some(descriptor) = unsafe { descriptor.as_mut() } {
        descriptor.flags = flags;
        descriptor.value = value.into_raw();
        descriptor.getter = q::JS_UNDEFINED;
        descriptor.setter = q::JS_UNDEFINED;
    }
    1
}

/// Lists property names for QuickJS, which frees the list.
pub unsafe fn list_names(
    ctx: *mut JSContext,
    known: &[JSAtom],
    names: *mut *mut JSPropertyEnum,
    length: *mut u32,
) -> c_int {
    unsafe {
        let size = core::mem::size_of::<JSPropertyEnum>() * known.len();
        let table = q::js_malloc(ctx, size as _).cast::<JSPropertyEnum>();
        if table.is_null() {
            return -1;
        }
        for (index, name) in known.iter().enumerate() {
            table.add(index).write(JSPropertyEnum {
                is_enumerable: true,
                atom: q::JS_DupAtom(ctx, *name),
            });
        }
        *names = table;
        *length = known.len() as u32;
    }
    0
}

/// Classes whose objects are the host's.
static HOST: Local<RefCell<Vec<JSClassID>>> = Local::new(RefCell::new(Vec::new()));

/// Objects of this class have methods, which are no data of a script. While the snapshot is made.
pub fn belongs_to_host(class: &Class) {
    HOST.borrow_mut().push(class.id());
}

/// `(value) => boolean`: an object of the host.
fn is_host_object(_: JSValue, args: Args) -> JsResult<Val> {
    let class = unsafe { q::JS_GetClassID(args.at(0)) };
    Ok(Val::bool(HOST.borrow().contains(&class)))
}
