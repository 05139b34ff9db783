//! Native functions by the types of their arguments and results. Most functions of a module only pass
//! values to an interface of the host; with [`natives!`](crate::natives) each is a line of a table.

use rquickjs_sys::{self as q, JSValue};

use crate::js::{Args, JsResult, Text, Thrown, Val, is_undefined, number, truthy};

/// What an argument can become. Conversions are JavaScript's own (`Number(x)`, `String(x)`): what is
/// right for a user is checked before.
pub trait FromJs: Sized {
    fn from_js(value: JSValue) -> JsResult<Self>;
}

/// What a result can be.
pub trait IntoJs {
    fn into_js(self) -> JsResult<Val>;
}

/// Errors that a script can catch.
pub trait Throw {
    fn throw(self) -> Thrown;
}

impl Throw for Thrown {
    fn throw(self) -> Thrown {
        self
    }
}

/// The next argument.
pub fn next(args: Args, place: &mut usize) -> JSValue {
    let value = args.at(*place);
    *place += 1;
    value
}

impl FromJs for Val {
    fn from_js(value: JSValue) -> JsResult<Val> {
        Ok(Val::dup(value))
    }
}

impl FromJs for Text {
    fn from_js(value: JSValue) -> JsResult<Text> {
        Text::of(value)
    }
}

impl FromJs for bool {
    fn from_js(value: JSValue) -> JsResult<bool> {
        truthy(value)
    }
}

impl FromJs for f64 {
    fn from_js(value: JSValue) -> JsResult<f64> {
        number(value)
    }
}

macro_rules! whole {
    ($($type:ty)*) => {$(
        /// What does not fit becomes the nearest that does.
        impl FromJs for $type {
            fn from_js(value: JSValue) -> JsResult<$type> {
                Ok(number(value)? as $type)
            }
        }
    )*};
}

whole!(u8 u32 u64);

/// Undefined is none.
impl<T: FromJs> FromJs for Option<T> {
    fn from_js(value: JSValue) -> JsResult<Option<T>> {
        if is_undefined(value) {
            return Ok(None);
        }
        T::from_js(value).map(Some)
    }
}

/// Elements of an array, or of anything with a length.
impl<T: FromJs> FromJs for Vec<T> {
    fn from_js(value: JSValue) -> JsResult<Vec<T>> {
        let list = Val::dup(value);
        let length = number(list.get_str("length")?.raw())? as u32;
        (0..length)
            .map(|index| T::from_js(list.at(index)?.raw()))
            .collect()
    }
}

impl IntoJs for Val {
    fn into_js(self) -> JsResult<Val> {
        Ok(self)
    }
}

impl IntoJs for () {
    fn into_js(self) -> JsResult<Val> {
        Ok(Val::UNDEFINED)
    }
}

impl IntoJs for bool {
    fn into_js(self) -> JsResult<Val> {
        Ok(Val::bool(self))
    }
}

impl IntoJs for f64 {
    fn into_js(self) -> JsResult<Val> {
        Ok(Val::num(self))
    }
}

/// Exact up to 2^53, as in k6.
impl IntoJs for u64 {
    fn into_js(self) -> JsResult<Val> {
        Ok(Val::count(self))
    }
}

impl IntoJs for u32 {
    fn into_js(self) -> JsResult<Val> {
        Ok(Val::count(self.into()))
    }
}

impl IntoJs for &str {
    fn into_js(self) -> JsResult<Val> {
        Val::str(self)
    }
}

impl IntoJs for String {
    fn into_js(self) -> JsResult<Val> {
        Val::str(&self)
    }
}

/// None is null.
impl<T: IntoJs> IntoJs for Option<T> {
    fn into_js(self) -> JsResult<Val> {
        self.map_or(Ok(Val::NULL), T::into_js)
    }
}

impl<T: IntoJs> IntoJs for Vec<T> {
    fn into_js(self) -> JsResult<Val> {
        array(self.into_iter().map(T::into_js))
    }
}

impl<T: IntoJs, U: IntoJs> IntoJs for (T, U) {
    fn into_js(self) -> JsResult<Val> {
        array([self.0.into_js(), self.1.into_js()])
    }
}

impl<T: IntoJs, E: Throw> IntoJs for Result<T, E> {
    fn into_js(self) -> JsResult<Val> {
        match self {
            Ok(value) => value.into_js(),
            Err(error) => Err(error.throw()),
        }
    }
}

/// An array of values.
pub fn array(values: impl IntoIterator<Item = JsResult<Val>>) -> JsResult<Val> {
    let list = Val::array()?;
    for (index, value) in values.into_iter().enumerate() {
        list.push(index as u32, value?)?;
    }
    Ok(list)
}

/// A promise that is settled with the result.
pub fn settled(result: JsResult<Val>) -> JsResult<Val> {
    let (value, rejected) = match result {
        Ok(value) => (value, false),
        Err(thrown) => (crate::js::caught(thrown), true),
    };
    Val::check(unsafe { q::JS_NewSettledPromise(crate::state::ctx(), rejected, value.raw()) })
}

/// A table of native functions: `natives! { install { c"name"(argument: Type, …) => expression, … } }`
/// makes `install`, which puts them on an object. The expression's type is one of [`IntoJs`]; in it,
/// `?` throws.
#[macro_export]
macro_rules! natives {
    ($install:ident {
        $($(#[$doc:meta])* $name:literal ($($argument:ident: $type:ty),*) => $body:expr,)*
    }) => {
        pub fn $install(native: &$crate::js::Val) -> $crate::js::JsResult<()> {
            $({
                unsafe extern "C" fn wrapper(
                    _: *mut rquickjs_sys::JSContext,
                    _: rquickjs_sys::JSValue,
                    argc: core::ffi::c_int,
                    argv: *mut rquickjs_sys::JSValue,
                ) -> rquickjs_sys::JSValue {
                    let _args = unsafe { $crate::js::args(argc, argv) };
                    let call = || -> $crate::js::JsResult<$crate::js::Val> {
                        let mut _place = 0;
                        $(let $argument = <$type as $crate::js::FromJs>::from_js(
                            $crate::js::next(_args, &mut _place),
                        )?;)*
                        $crate::js::IntoJs::into_js($body)
                    };
                    $crate::js::finish(call())
                }
                const ARGUMENTS: &[&str] = &[$(stringify!($argument)),*];
                $crate::js::define(native, $name, ARGUMENTS.len() as i32, wrapper)?;
            })*
            Ok(())
        }
    };
}

/// Records as objects: `fields! { Record { field, other_field = "otherField" } }`.
#[macro_export]
macro_rules! fields {
    ($($record:ident { $($field:ident $(= $name:literal)?),* $(,)? })*) => {$(
        impl $crate::js::IntoJs for $record {
            fn into_js(self) -> $crate::js::JsResult<$crate::js::Val> {
                let object = $crate::js::Val::object()?;
                $(object.set_str(
                    $crate::atoms!(@text $field $($name)?),
                    $crate::js::IntoJs::into_js(self.$field)?,
                )?;)*
                Ok(object)
            }
        }
    )*};
}
