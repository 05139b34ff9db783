//! Owned JavaScript values. QuickJS counts references; [`Val`] gives its reference back when
//! it is dropped. There is one context per instance, so no value carries it.

use core::ffi::c_void;

use rquickjs_sys::{self as q, JSAtom, JSValue};

use crate::js::Text;
use crate::state::{ctx, rt};

/// The exception that made a call fail is pending in the context.
#[derive(Debug)]
pub struct Thrown;

/// What everything that may run JavaScript returns.
pub type JsResult<T> = Result<T, Thrown>;

/// One owned reference.
#[derive(Debug)]
pub struct Val(JSValue);

impl Val {
    pub const UNDEFINED: Val = Val(q::JS_UNDEFINED);
    pub const NULL: Val = Val(q::JS_NULL);

    /// Takes over a reference that the caller owns. Not for exceptions.
    pub fn own(raw: JSValue) -> Val {
        Val(raw)
    }

    /// Takes over what a QuickJS call returned.
    pub fn check(raw: JSValue) -> JsResult<Val> {
        if unsafe { q::JS_IsException(raw) } {
            Err(Thrown)
        } else {
            Ok(Val(raw))
        }
    }

    /// A new reference to a borrowed value.
    pub fn dup(raw: JSValue) -> Val {
        Val(unsafe { q::JS_DupValueRT(rt(), raw) })
    }

    pub fn raw(&self) -> JSValue {
        self.0
    }

    /// Gives the reference to the caller.
    pub fn into_raw(self) -> JSValue {
        let raw = self.0;
        core::mem::forget(self);
        raw
    }

    pub fn int(value: i32) -> Val {
        Val(q::JS_MKVAL(q::JS_TAG_INT, value))
    }

    pub fn bool(value: bool) -> Val {
        Val(if value { q::JS_TRUE } else { q::JS_FALSE })
    }

    pub fn num(value: f64) -> Val {
        Val(q::JS_NewFloat64(value))
    }

    /// Counters and times of the host: exact up to 2^53, as in k6.
    pub fn count(value: u64) -> Val {
        Val::num(value as f64)
    }

    pub fn str(text: &str) -> JsResult<Val> {
        Val::bytes(text.as_bytes())
    }

    /// A string from bytes that should be UTF-8; what is not becomes U+FFFD.
    pub fn bytes(text: &[u8]) -> JsResult<Val> {
        Val::check(unsafe { q::JS_NewStringLen(ctx(), text.as_ptr().cast(), text.len() as _) })
    }

    pub fn object() -> JsResult<Val> {
        Val::check(unsafe { q::JS_NewObject(ctx()) })
    }

    pub fn array() -> JsResult<Val> {
        Val::check(unsafe { q::JS_NewArray(ctx()) })
    }

    pub fn array_buffer(bytes: &[u8]) -> JsResult<Val> {
        Val::check(unsafe { q::JS_NewArrayBufferCopy(ctx(), bytes.as_ptr(), bytes.len() as _) })
    }

    pub fn parse_json(text: &str, name: &core::ffi::CStr) -> JsResult<Val> {
        // The parser wants a zero behind the text.
        let mut buffer = Vec::with_capacity(text.len() + 1);
        buffer.extend_from_slice(text.as_bytes());
        buffer.push(0);
        Val::check(unsafe {
            q::JS_ParseJSON(
                ctx(),
                buffer.as_ptr().cast(),
                text.len() as _,
                name.as_ptr(),
            )
        })
    }

    pub fn is_undefined(&self) -> bool {
        is_undefined(self.0)
    }

    pub fn is_nullish(&self) -> bool {
        is_nullish(self.0)
    }

    pub fn is_object(&self) -> bool {
        unsafe { q::JS_IsObject(self.0) }
    }

    pub fn is_function(&self) -> bool {
        is_function(self.0)
    }

    pub fn get(&self, name: JSAtom) -> JsResult<Val> {
        get(self.0, name)
    }

    pub fn get_str(&self, name: &str) -> JsResult<Val> {
        let atom = Atom::new(name)?;
        get(self.0, atom.raw())
    }

    pub fn at(&self, index: u32) -> JsResult<Val> {
        Val::check(unsafe { q::JS_GetPropertyUint32(ctx(), self.0, index) })
    }

    /// Defines an ordinary own property, whatever the prototype has.
    pub fn set(&self, name: JSAtom, value: Val) -> JsResult<()> {
        let flags = q::JS_PROP_C_W_E as i32;
        let done =
            unsafe { q::JS_DefinePropertyValue(ctx(), self.0, name, value.into_raw(), flags) };
        if done < 0 { Err(Thrown) } else { Ok(()) }
    }

    pub fn set_str(&self, name: &str, value: Val) -> JsResult<()> {
        let atom = Atom::new(name)?;
        self.set(atom.raw(), value)
    }

    pub fn push(&self, index: u32, value: Val) -> JsResult<()> {
        let flags = q::JS_PROP_C_W_E as i32;
        let done = unsafe {
            q::JS_DefinePropertyValueUint32(ctx(), self.0, index, value.into_raw(), flags)
        };
        if done < 0 { Err(Thrown) } else { Ok(()) }
    }

    pub fn call(&self, this: JSValue, args: &[JSValue]) -> JsResult<Val> {
        call(self.0, this, args)
    }

    pub fn text(&self) -> JsResult<Text> {
        Text::of(self.0)
    }
}

impl Clone for Val {
    fn clone(&self) -> Val {
        Val::dup(self.0)
    }
}

impl Drop for Val {
    fn drop(&mut self) {
        if unsafe { q::JS_VALUE_HAS_REF_COUNT(self.0) } {
            unsafe { q::JS_FreeValueRT(rt(), self.0) }
        }
    }
}

pub fn is_undefined(value: JSValue) -> bool {
    unsafe { q::JS_IsUndefined(value) }
}

pub fn is_nullish(value: JSValue) -> bool {
    unsafe { q::JS_IsUndefined(value) || q::JS_IsNull(value) }
}

pub fn is_function(value: JSValue) -> bool {
    unsafe { q::JS_IsFunction(ctx(), value) }
}

/// Whether this is an async function, one that was bound or a proxy of one: k6 takes both for async
/// by the name of their constructor.
pub fn is_async_function(value: JSValue) -> bool {
    if !is_function(value) || unsafe { q::JS_IsAsyncFunction(value) } {
        return is_function(value);
    }
    // What any other function inherits from is a function; `AsyncFunction.prototype` is none.
    let named = || {
        let proto = Val::check(unsafe { q::JS_GetPrototype(ctx(), value) })?;
        if proto.is_function() || !proto.is_object() {
            return Ok(false);
        }
        let name = proto.get_str("constructor")?.get_str("name")?.text()?;
        Ok(name.as_str() == "AsyncFunction")
    };
    named().unwrap_or_else(|_: Thrown| {
        drop(Val::own(unsafe { q::JS_GetException(ctx()) }));
        false
    })
}

pub fn get(object: JSValue, name: JSAtom) -> JsResult<Val> {
    Val::check(unsafe { q::JS_GetProperty(ctx(), object, name) })
}

pub fn call(function: JSValue, this: JSValue, args: &[JSValue]) -> JsResult<Val> {
    Val::check(unsafe {
        q::JS_Call(
            ctx(),
            function,
            this,
            args.len() as _,
            args.as_ptr().cast_mut(),
        )
    })
}

/// JavaScript's `Boolean(value)`.
pub fn truthy(value: JSValue) -> JsResult<bool> {
    match unsafe { q::JS_ToBool(ctx(), value) } {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Thrown),
    }
}

/// JavaScript's `Number(value)`.
pub fn number(value: JSValue) -> JsResult<f64> {
    let mut result = 0.0;
    if unsafe { q::JS_ToFloat64(ctx(), &mut result, value) } < 0 {
        Err(Thrown)
    } else {
        Ok(result)
    }
}

/// The bytes of an ArrayBuffer, typed array or DataView; none for anything else. They move
/// when JavaScript runs, so use them at once.
pub fn buffer_bytes<'a>(value: JSValue) -> Option<&'a [u8]> {
    let slice = |pointer: *mut u8, start: usize, length: usize| {
        if pointer.is_null() || length == 0 {
            return &[][..];
        }
        unsafe { core::slice::from_raw_parts(pointer.add(start), length) }
    };
    unsafe {
        if q::JS_IsArrayBuffer(value) {
            let mut size = 0;
            let pointer = q::JS_GetArrayBuffer(ctx(), &mut size, value);
            return Some(slice(pointer, 0, size as usize));
        }
        if q::JS_GetTypedArrayType(value) >= 0 {
            let (mut offset, mut length, mut unit) = (0, 0, 0);
            let buffer =
                q::JS_GetTypedArrayBuffer(ctx(), value, &mut offset, &mut length, &mut unit);
            let buffer = Val::check(buffer).ok()?;
            let mut size = 0;
            let pointer = q::JS_GetArrayBuffer(ctx(), &mut size, buffer.raw());
            return Some(slice(pointer, offset as usize, length as usize));
        }
    }
    None
}

/// Class data of `value` when it is an instance of `class`.
pub fn opaque<'a, T>(value: JSValue, class: q::JSClassID) -> Option<&'a T> {
    let pointer: *mut c_void = unsafe { q::JS_GetOpaque(value, class) };
    unsafe { pointer.cast::<T>().as_ref() }
}

/// An owned property name.
pub struct Atom(JSAtom);

impl Atom {
    pub fn new(name: &str) -> JsResult<Atom> {
        let atom = unsafe { q::JS_NewAtomLen(ctx(), name.as_ptr().cast(), name.len() as _) };
        if atom == q::JS_ATOM_NULL as JSAtom {
            Err(Thrown)
        } else {
            Ok(Atom(atom))
        }
    }

    pub fn raw(&self) -> JSAtom {
        self.0
    }
}

impl Drop for Atom {
    fn drop(&mut self) {
        unsafe { q::JS_FreeAtomRT(rt(), self.0) }
    }
}

#[cfg(feature = "tests")]
mod tests;
