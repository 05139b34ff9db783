//! What Go calls the types of JavaScript's values: k6's messages name them so.

use rquickjs_sys::{self as q, JSValue};

use crate::js::is_nullish;
use crate::state::ctx;

/// How k6 names the type of a value that it cannot use.
pub fn go_type(value: JSValue) -> &'static str {
    unsafe {
        if is_nullish(value) {
            "<nil>"
        } else if q::JS_IsBool(value) {
            "bool"
        } else if q::JS_IsInt(value) {
            "int64"
        } else if q::JS_IsNumber(value) {
            "float64"
        } else if q::JS_IsArray(value) {
            "[]interface {}"
        } else if q::JS_IsString(value) {
            "string"
        } else if q::JS_IsBigInt(value) {
            "*big.Int"
        } else if q::JS_IsFunction(ctx(), value) {
            "func(sobek.FunctionCall) sobek.Value"
        } else if q::JS_IsDate(value) {
            "time.Time"
        } else if q::JS_IsMap(value) {
            "[][2]interface {}"
        } else if q::JS_IsSet(value) {
            "[]interface {}"
        } else if q::JS_IsPromise(value) {
            "*sobek.Promise"
        } else if q::JS_IsProxy(value) {
            "sobek.Proxy"
        } else if q::JS_IsArrayBuffer(value) {
            "sobek.ArrayBuffer"
        } else {
            usize::try_from(q::JS_GetTypedArrayType(value))
                .ok()
                .and_then(|kind| TYPED_ARRAYS.get(kind).copied())
                .unwrap_or(PLAIN_OBJECT)
        }
    }
}

/// What [`go_type`] says of objects that are nothing special.
pub const PLAIN_OBJECT: &str = "map[string]interface {}";

/// In the order of QuickJS.
const TYPED_ARRAYS: [&str; 12] = [
    "[]uint8",
    "[]int8",
    "[]uint8",
    "[]int16",
    "[]uint16",
    "[]int32",
    "[]uint32",
    "[]int64",
    "[]uint64",
    "[]float16",
    "[]float32",
    "[]float64",
];

#[cfg(feature = "tests")]
mod tests;
