//! Native functions as JavaScript sees them. `native!` wraps a Rust function in the C calling
//! convention; the wrapper adds nothing that is not needed on the hot path.

use core::ffi::{CStr, c_int};

use rquickjs_sys::{self as q, JSContext, JSValue};

use crate::js::{Atom, JsResult, Thrown, Val};
use crate::state::ctx;

/// A wrapped native function.
pub type CFunction = unsafe extern "C" fn(*mut JSContext, JSValue, c_int, *mut JSValue) -> JSValue;
/// A wrapped native function that serves several names, told apart by a number.
pub type CFunctionMagic =
    unsafe extern "C" fn(*mut JSContext, JSValue, c_int, *mut JSValue, c_int) -> JSValue;

/// Arguments of a call; those not given read as `undefined`.
#[derive(Clone, Copy)]
pub struct Args<'a>(pub &'a [JSValue]);

impl Args<'_> {
    pub fn at(&self, index: usize) -> JSValue {
        self.0.get(index).copied().unwrap_or(q::JS_UNDEFINED)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// The arguments that QuickJS passed.
///
/// # Safety
/// `argc` and `argv` must be what QuickJS gave to a native function.
pub unsafe fn args<'a>(argc: c_int, argv: *mut JSValue) -> Args<'a> {
    if argc <= 0 {
        return Args(&[]);
    }
    Args(unsafe { core::slice::from_raw_parts(argv, argc as usize) })
}

/// The result as QuickJS wants it.
pub fn finish(result: JsResult<Val>) -> JSValue {
    match result {
        Ok(value) => value.into_raw(),
        Err(_) => q::JS_EXCEPTION,
    }
}

/// `native!(wrapper = rust_function)`: an `extern "C"` wrapper for
/// `fn(this: JSValue, args: Args) -> JsResult<Val>`; `magic` adds the number.
#[macro_export]
macro_rules! native {
    ($($wrapper:ident = $function:path;)*) => {$(
        unsafe extern "C" fn $wrapper(
            _: *mut rquickjs_sys::JSContext,
            this: rquickjs_sys::JSValue,
            argc: core::ffi::c_int,
            argv: *mut rquickjs_sys::JSValue,
        ) -> rquickjs_sys::JSValue {
            $crate::js::finish($function(this, unsafe { $crate::js::args(argc, argv) }))
        }
    )*};
    (magic $($wrapper:ident = $function:path;)*) => {$(
        unsafe extern "C" fn $wrapper(
            _: *mut rquickjs_sys::JSContext,
            this: rquickjs_sys::JSValue,
            argc: core::ffi::c_int,
            argv: *mut rquickjs_sys::JSValue,
            magic: core::ffi::c_int,
        ) -> rquickjs_sys::JSValue {
            $crate::js::finish($function(this, unsafe { $crate::js::args(argc, argv) }, magic))
        }
    )*};
}

/// A function object.
pub fn function(name: &CStr, length: i32, wrapper: CFunction) -> JsResult<Val> {
    Val::check(unsafe {
        q::JS_NewCFunction2(
            ctx(),
            Some(wrapper),
            name.as_ptr(),
            length,
            q::JSCFunctionEnum_JS_CFUNC_generic,
            0,
        )
    })
}

/// A function object that gets `magic` with each call.
pub fn function_magic(
    name: &CStr,
    length: i32,
    wrapper: CFunctionMagic,
    magic: i32,
) -> JsResult<Val> {
    // QuickJS tells the two kinds apart by the enum, not by the type of the pointer.
    let wrapper = unsafe { core::mem::transmute::<CFunctionMagic, CFunction>(wrapper) };
    Val::check(unsafe {
        q::JS_NewCFunction2(
            ctx(),
            Some(wrapper),
            name.as_ptr(),
            length,
            q::JSCFunctionEnum_JS_CFUNC_generic_magic,
            magic,
        )
    })
}

/// Puts a native function on an object.
pub fn define(object: &Val, name: &CStr, length: i32, wrapper: CFunction) -> JsResult<()> {
    object.set_str(
        name.to_str().unwrap_or_default(),
        function(name, length, wrapper)?,
    )
}

/// Puts a native function on an object of the language itself, where loops do not see it.
pub fn define_hidden(object: &Val, name: &CStr, length: i32, wrapper: CFunction) -> JsResult<()> {
    let atom = Atom::new(name.to_str().unwrap_or_default())?;
    let function = function(name, length, wrapper)?;
    let flags = (q::JS_PROP_WRITABLE | q::JS_PROP_CONFIGURABLE) as i32;
    let done = unsafe {
        q::JS_DefinePropertyValue(ctx(), object.raw(), atom.raw(), function.into_raw(), flags)
    };
    if done < 0 { Err(Thrown) } else { Ok(()) }
}

/// Puts a native function with a number on an object.
pub fn define_magic(
    object: &Val,
    name: &CStr,
    length: i32,
    wrapper: CFunctionMagic,
    magic: i32,
) -> JsResult<()> {
    object.set_str(
        name.to_str().unwrap_or_default(),
        function_magic(name, length, wrapper, magic)?,
    )
}
