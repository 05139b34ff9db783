//! Properties that native functions read and write.

use core::ffi::CStr;

use rquickjs_sys::{self as q, JSContext, JSValue};

use crate::js::{Atom, CFunction, JsResult, Val};
use crate::state::ctx;

pub type Getter = unsafe extern "C" fn(*mut JSContext, JSValue) -> JSValue;
pub type Setter = unsafe extern "C" fn(*mut JSContext, JSValue, JSValue) -> JSValue;

/// A function object: QuickJS tells accessors from functions by `kind`.
pub fn accessor(name: &CStr, wrapper: CFunction, kind: q::JSCFunctionEnum) -> JsResult<Val> {
    Val::check(unsafe { q::JS_NewCFunction2(ctx(), Some(wrapper), name.as_ptr(), 0, kind, 0) })
}

/// Defines a property that scripts can configure and loops see.
pub fn accessors(
    global: &Val,
    name: &str,
    get: (&CStr, Getter),
    set: (&CStr, Setter),
) -> JsResult<()> {
    let name = Atom::new(name)?;
    unsafe {
        let getter = core::mem::transmute::<Getter, CFunction>(get.1);
        let setter = core::mem::transmute::<Setter, CFunction>(set.1);
        let getter = accessor(get.0, getter, q::JSCFunctionEnum_JS_CFUNC_getter)?;
        let setter = accessor(set.0, setter, q::JSCFunctionEnum_JS_CFUNC_setter)?;
        let flags = (q::JS_PROP_CONFIGURABLE | q::JS_PROP_ENUMERABLE) as i32;
        q::JS_DefinePropertyGetSet(
            ctx(),
            global.raw(),
            name.raw(),
            getter.into_raw(),
            setter.into_raw(),
            flags,
        );
    }
    Ok(())
}
