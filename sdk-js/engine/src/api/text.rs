//! UTF-8 and UTF-16 conversion for `TextEncoder` and `TextDecoder` (modules/web.js).

use rquickjs_sys::JSValue;

use crate::js::{Args, JsResult, Text, Val, buffer_bytes, define, truthy, type_error};
use crate::native;

native! {
    js_encode = encode;
    js_decode = decode;
}

pub fn natives(native: &Val) -> JsResult<()> {
    define(native, c"encodeUtf8", 1, js_encode)?;
    define(native, c"decodeText", 4, js_decode)
}

/// `(string) => ArrayBuffer`.
fn encode(_: JSValue, args: Args) -> JsResult<Val> {
    Val::array_buffer(Text::of(args.at(0))?.as_bytes())
}

/// `(buffer, "utf-8" | "utf-16le" | "utf-16be", fatal, ignoreBOM) => string`.
fn decode(_: JSValue, args: Args) -> JsResult<Val> {
    let Some(bytes) = buffer_bytes(args.at(0)) else {
        return Err(type_error(
            "TextDecoder.decode() needs an ArrayBuffer or a view of one",
        ));
    };
    let encoding = Text::of(args.at(1))?;
    let (fatal, keep_bom) = (truthy(args.at(2))?, truthy(args.at(3))?);
    let invalid = || type_error("The encoded data was not valid.");
    let text = if encoding.as_str() == "utf-8" {
        match core::str::from_utf8(bytes) {
            Ok(text) => std::borrow::Cow::Borrowed(text),
            Err(_) if fatal => return Err(invalid()),
            Err(_) => String::from_utf8_lossy(bytes),
        }
    } else {
        let big = encoding.as_str() == "utf-16be";
        let unit = |pair: &[u8]| match *pair {
            [a, b] if big => u16::from_be_bytes([a, b]),
            [a, b] => u16::from_le_bytes([a, b]),
            _ => 0xfffd,
        };
        let units: Vec<u16> = bytes.chunks(2).map(unit).collect();
        if fatal && (bytes.len() % 2 == 1 || String::from_utf16(&units).is_err()) {
            return Err(invalid());
        }
        String::from_utf16_lossy(&units).into()
    };
    let text = if keep_bom {
        &text
    } else {
        text.strip_prefix('\u{feff}').unwrap_or(&text)
    };
    Val::str(text)
}
