//! Module `k6/encoding`: Base64 in the four variants of RFC 4648.

use rquickjs_sys::{self as q, JSValue};

use crate::js::{Args, JsResult, Text, Val, buffer_bytes, define, host_error, is_nullish};
use crate::native;
use crate::state::ctx;

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

native! {
    js_encode = encode;
    js_decode = decode;
}

/// The exports of `k6/encoding`.
pub fn module() -> JsResult<Val> {
    let module = Val::object()?;
    define(&module, c"b64encode", 2, js_encode)?;
    define(&module, c"b64decode", 3, js_decode)?;
    Ok(module)
}

/// Alphabet, and whether the text is padded; unknown names mean `std`, as in k6.
fn variant(name: JSValue) -> JsResult<(&'static [u8; 64], bool)> {
    if is_nullish(name) {
        return Ok((STANDARD, true));
    }
    Ok(match Text::of(name)?.as_str() {
        "rawstd" => (STANDARD, false),
        "url" => (URL, true),
        "rawurl" => (URL, false),
        _ => (STANDARD, true),
    })
}

fn encode(_: JSValue, args: Args) -> JsResult<Val> {
    let (alphabet, padded) = variant(args.at(1))?;
    let input = args.at(0);
    let text;
    let bytes = if unsafe { q::JS_IsString(input) } {
        text = Text::of(input)?;
        text.as_bytes()
    } else if let Some(bytes) = buffer_bytes(input) {
        bytes
    } else {
        let kind = go_type(input);
        return Err(host_error(&format!(
            "invalid type {kind}, expected string, []byte or ArrayBuffer"
        )));
    };
    Val::str(&to_base64(bytes, alphabet, padded))
}

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

fn to_base64(bytes: &[u8], alphabet: &[u8; 64], padded: bool) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut group = 0u32;
        for index in 0..3 {
            group = group << 8 | u32::from(chunk.get(index).copied().unwrap_or_default());
        }
        for index in 0..4 {
            if index <= chunk.len() {
                let digit = (group >> (18 - 6 * index) & 63) as usize;
                text.push(char::from(alphabet.get(digit).copied().unwrap_or_default()));
            } else if padded {
                text.push('=');
            }
        }
    }
    text
}

fn decode(_: JSValue, args: Args) -> JsResult<Val> {
    let (alphabet, padded) = variant(args.at(1))?;
    let input = if is_nullish(args.at(0)) {
        Val::str("")?
    } else {
        Val::dup(args.at(0))
    };
    let text = input.text()?;
    let bytes = from_base64(text.as_bytes(), alphabet, padded)
        .map_err(|at| host_error(&format!("illegal base64 data at input byte {at}")))?;
    let as_text = unsafe { q::JS_IsString(args.at(2)) } && Text::of(args.at(2))?.as_str() == "s";
    if as_text {
        Val::bytes(&bytes)
    } else {
        Val::array_buffer(&bytes)
    }
}

/// Line breaks are skipped. The error is the position of the character that is wrong, or
/// the start of the group that ends too early.
fn from_base64(text: &[u8], alphabet: &[u8; 64], padded: bool) -> Result<Vec<u8>, usize> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut group, mut digits, mut start) = (0u32, 0, 0);
    let mut position = 0;
    while let Some(&character) = text.get(position) {
        if matches!(character, b'\r' | b'\n') {
            position += 1;
            continue;
        }
        if digits == 0 {
            start = position;
        }
        if character == b'=' && padded && digits >= 2 {
            let rest = text.get(position..).unwrap_or_default();
            let rest: Vec<u8> = rest
                .iter()
                .copied()
                .filter(|c| !matches!(c, b'\r' | b'\n'))
                .collect();
            return match (digits, rest.as_slice()) {
                (2, b"==") | (3, b"=") => {
                    flush(&mut bytes, group, digits);
                    Ok(bytes)
                }
                (2, [b'=', b'=', ..]) => Err(position + 2),
                (2, _) => Err((position + 1).min(text.len())),
                _ => Err(position + 1),
            };
        }
        let Some(value) = alphabet.iter().position(|c| *c == character) else {
            return Err(position);
        };
        group = group << 6 | value as u32;
        digits += 1;
        if digits == 4 {
            flush(&mut bytes, group, 4);
            (group, digits) = (0, 0);
        }
        position += 1;
    }
    match digits {
        0 => Ok(bytes),
        1 => Err(start),
        _ if padded => Err(start),
        _ => {
            flush(&mut bytes, group, digits);
            Ok(bytes)
        }
    }
}

/// Appends the bytes of a group of 2, 3 or 4 digits.
fn flush(bytes: &mut Vec<u8>, group: u32, digits: u32) {
    let whole = group << (6 * (4 - digits));
    for index in 0..digits - 1 {
        bytes.push((whole >> (16 - 8 * index)) as u8);
    }
}
