//! Strings on their way from JavaScript to the host. A pure ASCII string is not copied: the
//! text points into the JavaScript string, whose reference it holds.

use core::ffi::c_char;

use rquickjs_sys::{self as q, JSAtom, JSValue};

use crate::js::{JsResult, Thrown};
use crate::state::ctx;

/// UTF-8 text made from a JavaScript value as `String(value)` would.
pub enum Text {
    /// Borrowed from QuickJS.
    Shared {
        pointer: *const c_char,
        length: usize,
    },
    /// A constant of this crate.
    Static(&'static str),
    /// A lone surrogate had to be replaced, or the text was made here.
    Own(String),
}

impl Text {
    pub fn of(value: JSValue) -> JsResult<Text> {
        let mut length = 0;
        let pointer = unsafe { q::JS_ToCStringLen2(ctx(), &mut length, value, false) };
        Text::take(pointer, length as usize)
    }

    pub fn of_atom(atom: JSAtom) -> JsResult<Text> {
        let mut length = 0;
        let pointer = unsafe { q::JS_AtomToCStringLen(ctx(), &mut length, atom) };
        Text::take(pointer, length as usize)
    }

    fn take(pointer: *const c_char, length: usize) -> JsResult<Text> {
        if pointer.is_null() {
            return Err(Thrown);
        }
        let text = Text::Shared { pointer, length };
        let bytes = unsafe { core::slice::from_raw_parts(pointer.cast::<u8>(), length) };
        if core::str::from_utf8(bytes).is_ok() {
            return Ok(text);
        }
        Ok(Text::Own(with_halves_replaced(bytes)))
    }

    pub fn as_str(&self) -> &str {
        match self {
            // Checked when the text was taken.
            Text::Shared { pointer, length } => unsafe {
                core::str::from_utf8_unchecked(core::slice::from_raw_parts(
                    pointer.cast::<u8>(),
                    *length,
                ))
            },
            Text::Static(text) => text,
            Text::Own(text) => text,
        }
    }

    pub fn to_owned(&self) -> String {
        self.as_str().to_string()
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        if let Text::Shared { pointer, .. } = self {
            unsafe { q::JS_FreeCString(ctx(), *pointer) }
        }
    }
}

/// Lone halves of surrogate pairs, which QuickJS writes in three bytes each, as one U+FFFD each.
#[cold]
fn with_halves_replaced(bytes: &[u8]) -> String {
    let mut rest = bytes;
    let mut text = Vec::with_capacity(bytes.len());
    while let Some((first, tail)) = rest.split_first() {
        rest = match tail {
            [0xa0..=0xbf, _, tail @ ..] if *first == 0xed => {
                text.extend_from_slice("\u{fffd}".as_bytes());
                tail
            }
            _ => {
                text.push(*first);
                tail
            }
        };
    }
    String::from_utf8_lossy(&text).into_owned()
}

impl core::ops::Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}
