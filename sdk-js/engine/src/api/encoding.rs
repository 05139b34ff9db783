//! Module `k6/encoding`: Base64 in the four variants of RFC 4648.
//!
//! Line breaks are skipped and the bits behind the last byte may be anything, as in Go; the error
//! says where Go's decoder would have stopped, which no crate does.

use data_encoding::{Encoding, Specification};
use rquickjs_sys::{self as q, JSValue};

use crate::api::go_type::go_type;
use crate::api::room::Room;
use crate::js::{Args, JsResult, Text, Val, buffer_bytes, define, host_error, is_nullish};
use crate::local::Late;
use crate::native;
use crate::source::register;

const STANDARD: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// By name: alphabet, and whether the text is padded.
const VARIANTS: [(&str, &str, bool); 4] = [
    ("std", STANDARD, true),
    ("rawstd", STANDARD, false),
    ("url", URL, true),
    ("rawurl", URL, false),
];

struct Variant {
    name: &'static str,
    alphabet: &'static str,
    padded: bool,
    encoding: Encoding,
}

static TABLE: Late<[Option<Variant>; 4]> = Late::new();

native! {
    js_encode = encode;
    js_decode = decode;
}

pub const ROOM: Room = Room::new(install);

fn install(_: &Val) -> JsResult<()> {
    let variant = |(name, alphabet, padded): (&'static str, &'static str, bool)| {
        let mut wanted = Specification::new();
        wanted.symbols.push_str(alphabet);
        wanted.padding = padded.then_some('=');
        wanted.ignore.push_str("\r\n");
        wanted.check_trailing_bits = false;
        let encoding = wanted.encoding().ok()?;
        Some(Variant {
            name,
            alphabet,
            padded,
            encoding,
        })
    };
    unsafe { TABLE.set(VARIANTS.map(variant)) };
    let module = Val::object()?;
    define(&module, c"b64encode", 2, js_encode)?;
    define(&module, c"b64decode", 3, js_decode)?;
    register("k6/encoding", module)
}

/// Unknown names mean `std`, as in k6.
fn variant(name: JSValue) -> JsResult<&'static Variant> {
    let mut all = TABLE.get().iter().flatten();
    let named = if is_nullish(name) {
        None
    } else {
        let name = Text::of(name)?;
        all.clone().find(|variant| variant.name == name.as_str())
    };
    named
        .or_else(|| all.next())
        .ok_or_else(|| host_error("Base64 is not available"))
}

fn encode(_: JSValue, args: Args) -> JsResult<Val> {
    let variant = variant(args.at(1))?;
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
    Val::str(&variant.encoding.encode(bytes))
}

fn decode(_: JSValue, args: Args) -> JsResult<Val> {
    let variant = variant(args.at(1))?;
    let input = if is_nullish(args.at(0)) {
        Val::str("")?
    } else {
        Val::dup(args.at(0))
    };
    let text = input.text()?;
    let bytes = (variant.decode(text.as_bytes()))
        .map_err(|at| host_error(&format!("illegal base64 data at input byte {at}")))?;
    let as_text = unsafe { q::JS_IsString(args.at(2)) } && Text::of(args.at(2))?.as_str() == "s";
    if as_text {
        Val::bytes(&bytes)
    } else {
        Val::array_buffer(&bytes)
    }
}

fn is_break(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

impl Variant {
    fn decode(&self, text: &[u8]) -> Result<Vec<u8>, usize> {
        // The crate takes several padded texts in a row, Go does not.
        let mut after = text.iter().skip_while(|byte| **byte != b'=');
        let one = after.all(|byte| *byte == b'=' || is_break(*byte));
        match self.encoding.decode(text) {
            Ok(bytes) if one => Ok(bytes),
            _ => Err(self.fault(text)),
        }
    }

    /// Where a text that cannot be decoded is wrong: the position of a character, or the start of the
    /// group that ends too early.
    fn fault(&self, text: &[u8]) -> usize {
        let (mut digits, mut start) = (0, 0);
        for (position, &byte) in text.iter().enumerate() {
            if is_break(byte) {
                continue;
            }
            if digits == 0 {
                start = position;
            }
            if byte == b'=' && self.padded && digits >= 2 {
                let rest = text.iter().skip(position + 1);
                let next = rest.copied().find(|byte| !is_break(*byte));
                return match (digits, next) {
                    (2, Some(b'=')) => position + 2,
                    _ => position + 1,
                };
            }
            if !self.alphabet.as_bytes().contains(&byte) {
                return position;
            }
            digits = (digits + 1) % 4;
        }
        start
    }
}

#[cfg(feature = "tests")]
mod tests;
